"""By strace: each acknowledgement leaves after the sync that covers its document, and how many syncs there are."""

import bisect
import collections
import itertools
import pathlib
import random
import re
import tempfile
import threading

from documents import Source
from ledger import Findings, Ledger
from service import ROOT, Client
from trace import SYNCS, WRITES, TracedServer, available
from writers import Writer

WRITERS = 8
# What is asked: with 8 writers, syncs per acknowledged document.
MOST = 0.5


def arguments(parser):
    parser.add_argument("--documents", type=int, default=800, help="documents to write (%(default)s)")


def main(args):
    if not available():
        print("strace is missing, or may not trace here: nothing shown")
        return True
    findings = Findings()
    with tempfile.TemporaryDirectory(dir=ROOT / "target", prefix="syncs-") as work:
        folder = pathlib.Path(work) / "data"
        server = TracedServer(pathlib.Path(work) / "trace", "--data-dir", folder)
        puts = written(server.address, args, WRITERS, put)
        imports = written(server.address, args, 1, import_all)
        server.stop()
        calls = [call for call in server.calls() if call.result >= 0]
        share = report("8 writers, PutDocument", calls, str(folder), puts, findings)
        report("1 stream, ImportDocuments", calls, str(folder), imports, findings)
    if any(call.name == "io_uring_setup" for call in calls):
        findings.add("hidden", "io_uring is used, which strace does not see")
    print(f"{findings['early']} acknowledgements before their sync, {share:.2f} syncs per document (at most {MOST} asked)")
    return not findings and share <= MOST


def put(writer, client, documents):
    for document_id, interview in documents:
        writer.put(client, document_id, interview)


def import_all(writer, client, documents):
    writer.import_documents(client, documents)


def written(address, args, count, work):
    """Writes side by side; the interviews by id, all acknowledged."""
    ledger, threads = Ledger(), []
    for number in range(count):
        source = Source(random.Random(args.seed + number), f"{work.__name__[:1]}{number}n")
        documents = [(f"{work.__name__}-{number}-{place}-", source.next()) for place in range(args.documents // count)]
        writer = Writer(f"{number}", args.seed, address, ledger)
        threads.append(threading.Thread(target=work, args=(writer, Client(address), documents)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not ledger.begun, "a write was not acknowledged"
    return ledger.settled


def report(name, calls, folder, interviews, findings):
    """Checks the order for each document; syncs per document, from the first one's write to the last one's answer."""
    stored, answers = first_writes(calls, folder), first_answers(calls)
    stored = {document_id: stored[interview.word] for document_id, interview in interviews.items() if interview.word in stored}
    answers = {document_id: answers[document_id] for document_id in interviews if document_id in answers}
    syncs = [call for call in calls if call.name in SYNCS]
    for document_id in interviews:
        write, answer = stored.get(document_id), answers.get(document_id)
        if not write or not answer:
            findings.add("unseen", f"{document_id}: stored {bool(write)}, answered {bool(answer)}")
        elif not any(
            sync.handle[1] == write.handle[1] and sync.start > write.end and sync.end < answer.start for sync in syncs
        ):
            findings.add("early", f"{document_id} was answered before {write.handle[1]} was synced")
    if not stored or not answers:
        return float("inf")
    first, last = min(call.start for call in stored.values()), max(call.end for call in answers.values())
    within = collections.Counter(
        f"{call.name} {(call.handle[1] or '').removeprefix(folder)[:14]}"
        for call in syncs
        if first <= call.start and call.end <= last
    )
    share = sum(within.values()) / len(interviews)
    print(f"{name}: {len(interviews)} documents, {sum(within.values())} syncs, {share:.3f} a document")
    for what, count in within.most_common(6):
        print(f"  {count:>6} {what}")
    return share


def first_writes(calls, folder):
    """The first write of each interview's word to a file that is not the index's."""
    stored = {}
    for call in calls:
        path = call.handle[1] or ""
        if call.name in WRITES and path.startswith(folder) and not path.startswith(f"{folder}/index"):
            for word in re.findall(r"quokka\w+", call.arguments):
                stored.setdefault(word, call)
    return stored


def first_answers(calls):
    """The call that sent the first byte of each document's id to a client."""
    answers = {}
    for document_id, call in sent_bytes(calls, rb"[a-z_]+-\d+-\d+-"):
        answers.setdefault(document_id, call)
    return answers


def sent_bytes(calls, pattern):
    """Where clients were sent what matches: the match, and the call that sent its first byte."""
    sent = collections.defaultdict(list)
    for call in calls:
        number, path = call.handle
        if call.name in WRITES and call.result > 0 and not (path or "/").startswith("/"):
            # What was not taken is sent again by another call.
            sent[number, path].append((call, call.data()[: call.result]))
    for pieces in sent.values():
        whole = b"".join(piece for _, piece in pieces)
        ends = list(itertools.accumulate(len(piece) for _, piece in pieces))
        for found in re.finditer(pattern, whole):
            yield found[0].decode(), pieces[bisect.bisect_right(ends, found.start())][0]
