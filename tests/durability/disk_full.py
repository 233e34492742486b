"""A full disk under writers and readers, on a filesystem of its own: refusals, never a failed read or a false acknowledgement.

Two ways to fill it: a ballast that leaves some room, which the service's own reserve must notice, and one that takes
every last byte at any instant, so that a commit is hit in its middle. After each the ballast goes, and writes must be
taken again without a restart. Needs root, to mount.
"""

import contextlib
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import threading
import time

import grpc
from documents import Source
from google.rpc import error_details_pb2, status_pb2
from ledger import Check, Findings, Ledger, check_result
from service import ROOT, Client, Refused, Server
from writers import ImportRefused, Writer, fleet

FULL = grpc.StatusCode.RESOURCE_EXHAUSTED
WRITERS = 8
READERS = 2
# What is asked: seconds until a write is taken again, once there is room.
RESUME = 5


def arguments(parser):
    parser.add_argument("--rounds", type=int, default=10, help="how often each filesystem is filled (%(default)s)")
    parser.add_argument("--megabytes", type=int, default=768, help="size of the filesystem (%(default)s)")
    parser.add_argument("--filesystem", choices=["tmpfs", "ext4", "both"], default="both", help="(%(default)s)")


def main(args):
    if os.geteuid() != 0:
        print("not root, and so no filesystem can be mounted: nothing shown")
        return True
    kinds = ["tmpfs", "ext4"] if args.filesystem == "both" else [args.filesystem]
    return all([Trial(kind, args).run() for kind in kinds])


@contextlib.contextmanager
def mounted(kind, megabytes):
    """A small filesystem."""
    with tempfile.TemporaryDirectory(dir=ROOT / "target", prefix="full-") as work:
        point = pathlib.Path(work) / "mount"
        point.mkdir()
        if kind == "tmpfs":
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", point], check=True)
        else:
            image = pathlib.Path(work) / "image"
            with open(image, "wb") as file:
                file.truncate(megabytes << 20)
            subprocess.run(["mkfs.ext4", "-q", "-m", "0", image], check=True)
            subprocess.run(["mount", "-o", "loop", image, point], check=True)
        try:
            yield point
        finally:
            subprocess.run(["umount", "--lazy", point], check=True)


class Ballast:
    """A file that takes up room."""

    def __init__(self, folder):
        self.path = folder / "ballast"

    def free(self):
        found = os.statvfs(self.path.parent)
        return found.f_bavail * found.f_frsize

    def grow(self, leave):
        """Takes all but so many bytes, whatever else is being written."""
        with open(self.path, "ab", buffering=0) as file:
            piece = bytes(1 << 20)
            while (room := self.free() - leave) > 0:
                try:
                    file.write(piece[: min(room, len(piece))])
                    os.fsync(file.fileno())
                except OSError:
                    if len(piece) == 1:
                        return
                    # To the last byte.
                    piece = piece[: max(1, len(piece) // 16)]

    def go(self):
        self.path.unlink(missing_ok=True)


class Trial:
    def __init__(self, kind, args):
        self.kind, self.args = kind, args
        self.chance, self.findings, self.ledger = random.Random(args.seed), Findings(), Ledger()
        self.refusals, self.without_retry, self.reads = 0, 0, 0
        self.resumed, self.first_refusals = [], []

    def run(self):
        with mounted(self.kind, self.args.megabytes) as mount:
            self.data, self.ballast = mount / "data", Ballast(mount)
            log = open(mount.parent / "log", "w+")
            self.server = Server("--data-dir", self.data, stderr=log)
            self.fixed = self.store_fixed()
            for number in range(1, self.args.rounds + 1):
                self.round(number)
            self.restart_while_full(log)
            self.check("at last")
            self.server.stop()
            log.seek(0)
            if "panicked" in (said := log.read()):
                self.findings.add("panic", said[-400:])
            log.close()
        wrong = {kind: count for kind, count in self.findings.items()}
        longest = max(self.resumed, default=0)
        print(f"{self.kind}: {self.refusals} refusals, all RESOURCE_EXHAUSTED" if not wrong.get("wrong refusal") else
              f"{self.kind}: {wrong['wrong refusal']} wrong refusals")
        print(f"  {self.reads} reads; writes resumed after {longest:.2f} s at most ({RESUME} asked); wrong: {wrong or 'nothing'}")
        return not wrong

    def store_fixed(self):
        """Interviews that readers ask for all the time."""
        client, source, fixed = Client(self.server.address), Source(self.chance, "fixed"), {}
        for number in range(20):
            fixed[f"fixed-{number}"] = interview = source.next()
            document = client.message("Document")(id=f"fixed-{number}", text=interview.text)
            client.call("DocumentService", "PutDocument", document=document)
            self.ledger.settled[f"fixed-{number}"] = interview
        client.close()
        return fixed

    def refused(self, error):
        """Whether this is how a full disk is told."""
        if error.code() != FULL:
            return False
        if isinstance(error, ImportRefused):
            status = error.status
        else:
            status = status_pb2.Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
        if not any(detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR) for detail in status.details):
            self.findings.add("wrong refusal", f"without RetryInfo: {error}")
        self.refusals += 1
        return True

    def round(self, number):
        """Writes and reads, fills the disk meanwhile, sees refusals, makes room, sees writes taken again."""
        writers = fleet(WRITERS, self.args.seed * 100_003 + number, self.server.address, self.ledger, refused=self.refused)
        stopping = threading.Event()
        readers = [threading.Thread(target=self.read, args=(stopping,)) for _ in range(READERS)]
        for thread in writers + readers:
            thread.start()
        time.sleep(self.chance.uniform(0.2, 1.5))
        leave = self.chance.choice([0, 0, 256 << 20])
        self.ballast.grow(leave)
        until, before = time.monotonic() + 30, self.refusals
        while self.refusals < before + 40 and time.monotonic() < until and any(w.is_alive() for w in writers):
            time.sleep(0.1)
            if self.refusals == before:
                leave -= leave // 20
            # What a writer frees, by a merge or a deletion, is taken at once.
            self.ballast.grow(leave)
        refusals = self.refusals - before
        if not refusals:
            self.findings.add("never refused", f"round {number}: {leave} bytes left, {self.ballast.free()} free")
        acknowledged = sum(writer.acknowledged for writer in writers)
        start = time.monotonic()
        self.ballast.go()
        while sum(w.acknowledged for w in writers) == acknowledged and time.monotonic() < start + 4 * RESUME:
            time.sleep(0.01)
        self.resumed.append(time.monotonic() - start)
        if self.resumed[-1] > RESUME:
            self.findings.add("late", f"round {number}: no write was taken {self.resumed[-1]:.1f} s after there was room")
        time.sleep(1)
        stopping.set()
        for writer in writers:
            writer.stop()
            if writer.error:
                self.findings.add("wrong refusal", f"round {number}: {writer.error!r}")
        for reader in readers:
            reader.join()
        self.check(f"round {number}", {document_id for writer in writers for document_id in writer.touched})
        print(f"{self.kind} round {number}: {leave >> 20} MiB left, {refusals} refusals, "
              f"writes again after {self.resumed[-1]:.2f} s, {len(self.ledger.live())} documents", flush=True)

    def read(self, stopping):
        client = Client(self.server.address)
        while not stopping.is_set():
            for document_id, interview in self.fixed.items():
                try:
                    found = client.call("SearchService", "Search", query=interview.word).results
                    if [result.passage.citation.document_id for result in found] != [document_id]:
                        self.findings.add("failed read", f"{interview.word} does not find {document_id}")
                    for result in found:
                        check_result(result, interview, self.findings)
                    if client.source(document_id) != interview.text.encode():
                        self.findings.add("wrong bytes", document_id)
                    client.call("DocumentService", "GetDocument", document_id=document_id)
                    self.reads += 3
                except grpc.RpcError as error:
                    self.findings.add("failed read", f"{error.code()}: {error.details()}")
                stopping.wait(0.01)
        client.close()

    def check(self, when, ids=None):
        before = self.findings.total()
        check = Check(self.server.address, self.ledger, self.findings)
        # Within a run, a write that was answered with an error may still come to be.
        check.run(ids or set(self.ledger.settled) | set(self.ledger.begun), settle=not ids)
        check.close()
        if self.findings.total() > before:
            print(f"  {when}: {dict(self.findings)}")

    def restart_while_full(self, log):
        """Killed on a full disk, the service must start on it, and serve."""
        writers = fleet(WRITERS, self.args.seed, self.server.address, self.ledger, refused=self.refused)
        for writer in writers:
            writer.start()
        time.sleep(1)
        self.ballast.grow(0)
        time.sleep(1)
        self.server.stop(signal.SIGKILL)
        for writer in writers:
            writer.stop()
        self.ballast.grow(0)
        try:
            self.server = Server("--data-dir", self.data, stderr=log)
            self.check("restarted while full")
            print(f"{self.kind}: restarts while the disk is full")
        except Refused as refused:
            self.findings.add("no start on a full disk", refused)
            self.ballast.go()
            self.server = Server("--data-dir", self.data, stderr=log)
        self.ballast.go()
        writer = Writer("w0", self.args.seed + 1, self.server.address, self.ledger, refused=self.refused)
        writer.start()
        start = time.monotonic()
        while not writer.acknowledged and time.monotonic() < start + 4 * RESUME:
            time.sleep(0.01)
        self.resumed.append(time.monotonic() - start)
        writer.stop()
