"""Mixed reading and writing for a long time: no failed read, and memory that stays level after warm-up."""

import random
import statistics
import tempfile
import threading
import time

import grpc
from documents import Source
from ledger import Check, Findings, Ledger, check_result
from service import ROOT, Client, Server
from writers import Writer, fleet

WRITERS = 4
READERS = 4
# How much the last quarter's memory may be above the second's: growth that a level line does not show.
GROWTH, ROOM = 1.10, 16 << 20


def arguments(parser):
    parser.add_argument("--minutes", type=float, default=15, help="how long (%(default)s)")
    parser.add_argument("--documents", type=int, default=2000, help="documents stored before (%(default)s)")


def main(args):
    findings, ledger = Findings(), Ledger()
    with tempfile.TemporaryDirectory(dir=ROOT / "target", prefix="soak-") as folder:
        with tempfile.TemporaryFile("w+") as log:
            server = Server("--data-dir", folder, stderr=log)
            fixed = store_fixed(server, args, ledger)
            writers = fleet(WRITERS, args.seed, server.address, ledger, live=250)
            readers = [Reader(server.address, number, args.seed, fixed, findings) for number in range(READERS)]
            for thread in writers + readers:
                thread.start()
            samples = watched(server, writers, readers, args.minutes * 60)
            for thread in writers + readers:
                thread.stop()
            for writer in writers:
                if writer.error:
                    findings.add("failed write", repr(writer.error))
            check = Check(server.address, ledger, findings)
            check.run(set(ledger.settled))
            check.close()
            if (code := server.stop()) != 0:
                findings.add("bad exit", code)
            log.seek(0)
            if said := log.read():
                findings.add("said", said[:400])
    reads, written = sum(reader.count for reader in readers), sum(writer.acknowledged for writer in writers)
    second, last = (statistics.mean(samples[part]) for part in quarters(samples))
    level = last <= max(second * GROWTH, second + ROOM)
    print(f"{args.minutes:g} minutes: {reads} reads, {findings['failed read']} failed; {written} writes; wrong: "
          f"{dict(findings) or 'nothing'}")
    print(f"anonymous memory: {second / 2**20:.1f} MiB in the second quarter, {last / 2**20:.1f} MiB in the last, "
          f"{max(samples) / 2**20:.1f} MiB at most: {'level' if level else 'GROWING'}")
    return level and not findings


def quarters(samples):
    """The second quarter of a list, and the last."""
    quarter = len(samples) // 4
    return slice(quarter, 2 * quarter), slice(3 * quarter, None)


def store_fixed(server, args, ledger):
    """Interviews that are read all the time and never written again."""
    writer, client = Writer("fixed", args.seed, server.address, ledger), Client(server.address)
    source = Source(random.Random(args.seed), "fixed")
    writer.import_documents(client, [(f"fixed-{number}", source.next()) for number in range(args.documents)])
    client.close()
    return [(document_id, interview) for document_id, interview in ledger.settled.items()]


def watched(server, writers, readers, seconds):
    """Anonymous resident bytes, once a second."""
    samples, start = [], time.monotonic()
    while time.monotonic() - start < seconds and server.process.poll() is None:
        time.sleep(1)
        for line in open(f"/proc/{server.process.pid}/status"):
            if line.startswith("RssAnon:"):
                samples.append(int(line.split()[1]) << 10)
        if len(samples) % 60 == 0:
            print(f"{len(samples) // 60} min: {samples[-1] / 2**20:.1f} MiB, {sum(r.count for r in readers)} reads, "
                  f"{sum(w.acknowledged for w in writers)} writes", flush=True)
    return samples


class Reader(threading.Thread):
    """Asks in all ways for what must be there."""

    def __init__(self, address, number, seed, fixed, findings):
        super().__init__(daemon=True)
        self.client, self.chance, self.fixed = Client(address), random.Random(seed + number), fixed
        self.findings, self.stopping, self.count = findings, threading.Event(), 0

    def run(self):
        while not self.stopping.is_set():
            document_id, interview = self.chance.choice(self.fixed)
            try:
                self.read(document_id, interview)
                self.count += 1
            except (grpc.RpcError, AssertionError) as error:
                self.findings.add("failed read", f"{document_id}: {error!r}")

    def stop(self):
        self.stopping.set()
        self.join()
        self.client.close()

    def read(self, document_id, interview):
        kind = self.chance.randrange(5)
        if kind == 0:
            assert self.client.source(document_id) == interview.text.encode(), "other bytes"
        elif kind == 1:
            answer = self.client.call("DocumentService", "GetDocument", document_id=document_id)
            assert answer.exchanges, "no exchanges"
        elif kind == 2:
            # Words of many documents, and a page further.
            query = " ".join(self.chance.sample(interview.text.replace("?", "").replace(".", "").split(), 3))
            page = self.client.call("SearchService", "Search", query=query, page_size=20)
            if page.next_page_token:
                self.client.call(
                    "SearchService", "Search", query=query, page_size=20, page_token=page.next_page_token
                )
        else:
            results = self.client.call("SearchService", "Search", query=interview.word).results
            assert [result.passage.citation.document_id for result in results] == [document_id], "not found"
            check_result(results[0], interview, self.findings)
