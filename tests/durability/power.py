"""Power loss at random instants: of a traced server's files only what it synced is sure to be left.

Its calls are followed in order; at each instant a folder is made of what was synced by then, with any part of the later
writes, torn ones too, and any of the later names. A server that starts on it must hold every document whose
acknowledgement had left by then.
"""

import collections
import pathlib
import random
import shutil
import tempfile
import threading

from disk import Disk
from documents import Source
from ledger import Check, Findings, Ledger
from service import ROOT, Client, Refused, Server
from syncs import sent_bytes
from trace import TracedServer, available

WRITERS = 8


def arguments(parser):
    parser.add_argument("--rounds", type=int, default=60, help="how many instants (%(default)s)")
    parser.add_argument("--writes", type=int, default=600, help="documents written (%(default)s)")


def main(args):
    if not available():
        print("strace is missing, or may not trace here: nothing shown")
        return True
    chance, findings = random.Random(args.seed), Findings()
    with tempfile.TemporaryDirectory(dir=ROOT / "target", prefix="power-") as work:
        work = pathlib.Path(work)
        server = TracedServer(work / "trace", "--data-dir", work / "data")
        versions = written(server.address, args)
        server.stop()
        calls = server.calls()
        answers = list(answered(calls))
        ends = [call.end for _, call in answers]
        instants = sorted(
            chance.choice(ends) + 1 if chance.random() < 0.5 else chance.randrange(ends[0], ends[-1])
            for _ in range(args.rounds)
        )
        disk, following = Disk(work / "data"), iter(calls)
        call = next(following)
        for number, instant in enumerate(instants, 1):
            while call.end < instant:
                disk.follow(call)
                call = next(following)
            told = disk.lose_power(work / "left", chance)
            acknowledged = collections.Counter(document_id for document_id, call in answers if call.end < instant)
            outcome = tried(work / "left", ledger_of(versions, acknowledged), findings, f"{number}: {told}")
            print(f"instant {number}: {acknowledged.total()} acknowledged, {told}: {outcome}", flush=True)
            shutil.rmtree(work / "left")
    print(f"{args.rounds} power losses: "
          + ", ".join(f"{findings[kind]} {kind}" for kind in ("lost", "twice", "unsearchable", "resurrected", "refused")))
    return not findings


def written(address, args):
    """Puts and replaces side by side, all acknowledged; what each id held, in order."""
    versions, failures = {}, []

    def write(number):
        try:
            client, chance = Client(address), random.Random(args.seed * 1009 + number)
            source, mine = Source(chance, f"p{number}n"), []
            for place in range(args.writes // WRITERS):
                if not mine or chance.random() < 0.8:
                    mine.append(f"put-{number}-{place}-")
                document_id, interview = chance.choice(mine[-20:]), source.next()
                versions.setdefault(document_id, []).append(interview)
                document = client.message("Document")(id=document_id, text=interview.text)
                client.call("DocumentService", "PutDocument", document=document)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return versions


def answered(calls):
    """Each acknowledgement: the document's id and the call that sent it."""
    return sorted(sent_bytes(calls, rb"put-\d+-\d+-"), key=lambda found: found[1].end)


def ledger_of(versions, acknowledged):
    ledger = Ledger()
    for document_id, interviews in versions.items():
        done = acknowledged[document_id]
        ledger.past[document_id] = set(interviews[: max(0, done - 1)])
        if done:
            ledger.settled[document_id] = interviews[done - 1]
        if interviews[done:]:
            ledger.begun[document_id] = interviews[done:]
    return ledger


def tried(folder, ledger, findings, about):
    """Starts a server on the folder and compares it with the ledger."""
    before = findings.total()
    with tempfile.TemporaryFile("w+") as log:
        try:
            server = Server("--data-dir", folder, stderr=log)
        except Refused as refused:
            log.seek(0)
            findings.add("refused", f"{about}: {refused}: {log.read()[-400:]}")
            return "refused"
        try:
            check = Check(server.address, ledger, findings)
            check.run(set(ledger.settled) | set(ledger.begun))
            check.close()
        except Exception as error:
            findings.add("failed calls", f"{about}: {error}")
        server.stop()
        log.seek(0)
        said = log.read()
        if "panicked" in said:
            findings.add("panic", f"{about}: {said[-400:]}")
    return "whole" if findings.total() == before else "not whole"
