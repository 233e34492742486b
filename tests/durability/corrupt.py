"""Flips, truncations and removals in copies of a stopped data folder: never a wrong text, a silent loss or a panic.

A server may serve all of it as it was, or refuse to start and say what to do, or serve what is whole and answer DATA_LOSS
for what it names as damaged. Anything else is counted.
"""

import collections
import dataclasses
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
import threading

import grpc
from documents import Source
from ledger import Check, Findings, Ledger, bare, listed
from service import BINARY, ROOT, Client, Refused, Server
from writers import Writer

DAMAGED, MISSING = grpc.StatusCode.DATA_LOSS, grpc.StatusCode.NOT_FOUND
PAGE = 4096


def arguments(parser):
    parser.add_argument("--rounds", type=int, default=400, help="how many corruptions (%(default)s)")
    parser.add_argument("--documents", type=int, default=60, help="documents stored (%(default)s)")


def main(args):
    chance, findings, outcomes = random.Random(args.seed), Findings(), collections.Counter()
    with tempfile.TemporaryDirectory(dir=ROOT / "target", prefix="corrupt-") as work:
        work = pathlib.Path(work)
        whole = work / "whole"
        stored = prepare(whole, args)
        for number in range(1, args.rounds + 1):
            folder = work / "damaged"
            shutil.copytree(whole, folder)
            told = damage(folder, random.Random(args.seed * 100_003 + number))
            outcome = Trial(f"{number}: {told}", folder, stored, findings).run()
            outcomes[told.split(":")[0].split(" ", 1)[1], outcome] += 1
            shutil.rmtree(folder)
            if number % 50 == 0:
                print(f"{number} corruptions, wrong so far: {dict(findings)}", flush=True)
    for (kind, outcome), count in sorted(outcomes.items()):
        print(f"{count:>4}  {kind}: {outcome}")
    wrong, silent = findings["wrong text"], findings["silent loss"]
    print(f"{args.rounds} corruptions: {wrong} wrong texts, {silent} silent losses, {findings['panic']} panics, "
          f"{sum(findings.values()) - wrong - silent - findings['panic']} other faults")
    return not findings


@dataclasses.dataclass
class Stored:
    """What is in the whole folder: interviews by id, exchanges as served by id, and all texts, earlier ones too."""

    interviews: dict
    exchanges: dict
    texts: set


def prepare(folder, args):
    """Stores interviews in several commits, some replaced and deleted."""
    server, ledger = Server("--data-dir", folder), Ledger()
    writer, client = Writer("d", args.seed, server.address, ledger), Client(server.address)
    source = Source(random.Random(args.seed), "d")
    for number in range(args.documents + 5):
        # One of several pages, now and then.
        writer.put(client, f"d-{number}", source.next(60 if number % 20 == 7 else None))
    for number in range(0, args.documents, 9):
        writer.put(client, f"d-{number}", source.next())
    for number in range(args.documents, args.documents + 5):
        writer.delete(client, f"d-{number}")
    check, findings = Check(server.address, ledger, Findings()), Findings()
    check.run(set(ledger.settled))
    check.close()
    assert not findings
    interviews = {document_id: ledger.settled[document_id] for document_id in ledger.live()}
    texts = {interview.text for interview in set(interviews.values()).union(*ledger.past.values())}
    exchanges = {
        exchange.id: exchange
        for document_id in interviews
        for exchange in client.call("DocumentService", "GetDocument", document_id=document_id).exchanges
    }
    client.close()
    assert server.stop() == 0
    return Stored(interviews, exchanges, texts)


def wire(message):
    """A message's bytes: messages of two clients have classes of their own, which are never equal."""
    return message.SerializeToString(deterministic=True)


def damage(folder, chance):
    """Damages one file; says which and how."""
    files = files_of(folder)
    kept = [path for path in files if path.parent == folder and path.stat().st_size]
    path = chance.choice(kept if kept and chance.random() < 0.5 else files)
    name = path.relative_to(folder)
    part = "index" if str(name).startswith("index") else "store"
    kind = chance.choices(["bit", "bits", "page of zeros", "page of noise", "swap", "truncation", "removal"],
                          [30, 10, 15, 10, 10, 15, 10])[0]
    content = bytearray(path.read_bytes())
    if kind == "removal" or not content:
        path.unlink()
        return f"in {part}, removal: {name}"
    size = len(content)
    at = [chance.randrange(size)]
    if kind in ("bit", "bits"):
        at += [chance.randrange(size) for _ in range(chance.randint(1, 8) if kind == "bits" else 0)]
        for place in at:
            content[place] ^= 1 << chance.randrange(8)
    elif kind.startswith("page"):
        start = at[0] - at[0] % PAGE
        length = min(PAGE, size - start)
        content[start : start + length] = bytes(length) if kind == "page of zeros" else chance.randbytes(length)
    elif kind == "swap":
        start, other = (place - place % PAGE for place in (at[0], chance.randrange(size)))
        length = min(PAGE, size - max(start, other))
        content[start : start + length], content[other : other + length] = (
            content[other : other + length], content[start : start + length])
    else:
        del content[at[0] :]
    path.write_bytes(content)
    return f"in {part}, {kind}: {name} at {at} of {size}"


class Trial:
    """One start on a damaged folder, and all that can be asked of it."""

    def __init__(self, name, folder, stored, findings):
        self.name, self.folder, self.stored, self.findings = name, folder, stored, findings
        # Those whose damage an answer told, and those that just are not there, or not found.
        self.damaged, self.gone = set(), set()

    def run(self):
        with tempfile.TemporaryFile("w+") as log:
            outcome = self.serve(log)
            log.seek(0)
            said = log.read()
        if "panicked" in said:
            self.add("panic", said[-400:])
        if outcome == "refused":
            self.check_refusal(said)
        named = set(re.findall(r"\bd-\d+\b", said))
        if self.gone - self.damaged - named:
            self.add("silent loss", f"neither there nor told: {sorted(self.gone - self.damaged - named)[:5]}")
        if self.damaged - named:
            self.add("unnamed damage", f"DATA_LOSS, but not in the log: {sorted(self.damaged - named)[:5]}")
        return outcome

    def add(self, kind, about):
        self.findings.add(kind, f"{self.name}: {about}")

    def serve(self, log):
        server = Server("--data-dir", self.folder, stderr=log, wait=False)
        watchdog = threading.Timer(60, server.process.kill)
        watchdog.start()
        try:
            server.await_ready()
        except Refused as refused:
            if refused.code != 1:
                self.add("panic" if refused.code in (101, -6, -11) else "bad exit", f"ended with {refused.code}")
            return "refused"
        finally:
            watchdog.cancel()
        client = Client(server.address)
        try:
            self.ask(client)
        except grpc.RpcError as error:
            self.add("failed calls", f"{error.code()}: {error.details()}")
        finally:
            client.close()
            code = server.stop()
            if code != 0:
                self.add("bad exit", f"the stop ended with {code}")
        return "served, but for what is damaged" if self.damaged | self.gone else "served as it was"

    def ask(self, client):
        ids = set(self.listed(client))
        for document_id in ids - set(self.stored.interviews):
            self.add("wrong text", f"{document_id} is listed")
        for document_id, interview in self.stored.interviews.items():
            self.source(client, document_id, interview)
            self.document(client, document_id)
            if not self.search(client, document_id, interview) or document_id not in ids:
                self.gone.add(document_id)
        for exchange_id, exchange in self.stored.exchanges.items():
            answer = self.answered(
                exchange.document_id, lambda: client.call("SearchService", "GetExchange", exchange_id=exchange_id)
            )
            if answer and wire(answer.exchange) != wire(exchange):
                self.add("wrong text", f"exchange {exchange_id}")
        # A store that is half broken may refuse a write, but must live on.
        document = client.message("Document")(id="after", text="Ann: And now?\n\nBo: It goes on after the wombat came.\n")
        if self.answered("after", lambda: client.call("DocumentService", "PutDocument", document=document)):
            found = client.call("SearchService", "Search", query="wombat").results
            if [result.passage.citation.document_id for result in found] != ["after"]:
                self.add("silent loss", "a new document is not found")

    def listed(self, client):
        try:
            return listed(client)
        except grpc.RpcError as error:
            if error.code() != DAMAGED:
                raise
            return []

    def answered(self, document_id, ask):
        """The answer, `None` where there is none of this document."""
        try:
            return ask()
        except grpc.RpcError as error:
            if error.code() == DAMAGED:
                self.damaged.add(document_id)
            elif error.code() == MISSING:
                self.gone.add(document_id)
            else:
                self.add("failed calls", f"{document_id}: {error.code()}: {error.details()}")
            return None

    def source(self, client, document_id, interview):
        source = self.answered(document_id, lambda: client.source(document_id))
        if source is not None and source != interview.text.encode():
            self.add("wrong text", f"the source of {document_id}")

    def document(self, client, document_id):
        answer = self.answered(
            document_id, lambda: client.call("DocumentService", "GetDocument", document_id=document_id)
        )
        if not answer:
            return
        expected = [exchange for exchange in self.stored.exchanges.values() if exchange.document_id == document_id]
        if list(map(wire, answer.exchanges)) != list(map(wire, expected)):
            self.add("wrong text", f"the exchanges of {document_id}")

    def search(self, client, document_id, interview):
        answer = self.answered(document_id, lambda: client.call("SearchService", "Search", query=interview.word))
        if not answer:
            return False
        for result in answer.results:
            passage = result.passage
            exchange = self.stored.exchanges.get(passage.exchange_id)
            right = (
                passage.citation.document_id == document_id
                and passage.citation.document_sha256 == interview.digest
                and exchange
                and bare(passage.answer) in bare(exchange.answer.text)
                and interview.word in passage.answer
            )
            if not right:
                self.add("wrong text", f"a search for {interview.word} gives {passage.citation.document_id}")
        return answer.total_size == len(answer.results) == 1

    def check_refusal(self, said):
        """A refusal says what to do, and what is recovered is what was stored."""
        if "recover" not in said and not any(document_id in said for document_id in self.stored.interviews):
            self.add("unhelpful refusal", said[-300:] or "nothing was said")
        into = self.folder.with_name("recovered")
        done = subprocess.run(
            [BINARY, "recover", "--data-dir", self.folder, into], capture_output=True, text=True, timeout=60
        )
        said = done.stdout + done.stderr
        if done.returncode not in (0, 1) or "panicked" in said:
            self.add("panic", f"recover ended with {done.returncode}: {said[-400:]}")
        found = [path.read_text(errors="replace") for part in ("documents", "unnamed") for path in files_of(into / part)]
        for text in found:
            if text not in self.stored.texts:
                self.add("wrong text", f"recovered: {text[:80]}")
        lost = [
            document_id
            for document_id, interview in self.stored.interviews.items()
            if interview.text not in found and not re.search(rf"\b{document_id}\b", said)
        ]
        if lost and (done.returncode == 0 or "lost" not in said):
            self.add("silent loss", f"neither recovered nor told: {lost[:5]}: {said[-300:]}")
        shutil.rmtree(into, ignore_errors=True)


def files_of(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())
