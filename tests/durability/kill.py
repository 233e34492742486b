"""SIGKILL at random instants under writers: nothing acknowledged is lost, and nothing is there twice."""

import random
import signal
import statistics
import tempfile
import threading
import time

from documents import Source
from ledger import Check, Findings, Ledger
from service import ROOT, Client, Server
from writers import Writer, fleet

WRITERS = 8


def arguments(parser):
    parser.add_argument("--rounds", type=int, default=100, help="how often to kill (%(default)s)")
    parser.add_argument("--documents", type=int, default=20_000, help="documents stored before (%(default)s)")
    parser.add_argument("--writes", type=int, default=20_000, help="writes acknowledged in all, at least (%(default)s)")


def main(args):
    chance, findings, ledger = random.Random(args.seed), Findings(), Ledger()
    with tempfile.TemporaryDirectory(dir=ROOT / "target", prefix="kill-") as folder:
        fill(folder, args.documents, args.seed, ledger)
        acknowledged, starts = 0, []
        for number in range(1, args.rounds + 1):
            if chance.random() < 0.2:
                kill_at_start(folder, chance)
            # A kill comes when this many are acknowledged, and then after a moment of no particular length.
            wanted = chance.uniform(0.7, 1.7) * args.writes / args.rounds
            server, seconds = started(folder)
            if number > 1:
                starts.append(seconds)
            writers = fleet(WRITERS, args.seed * 100_003 + number, server.address, ledger)
            write_until_killed(server, writers, wanted, chance.uniform(0, 0.2), findings)
            done = sum(writer.acknowledged for writer in writers)
            acknowledged += done
            in_doubt = len(ledger.begun)
            server, seconds = started(folder)
            starts.append(seconds)
            touched = set().union(*(writer.touched for writer in writers))
            touched.update(chance.sample(sorted(ledger.settled), min(len(ledger.settled), 100)))
            checked(server, ledger, touched, findings)
            server.stop(signal.SIGKILL if number % 2 else signal.SIGTERM)
            print(f"round {number}: {done} acknowledged, {in_doubt} in doubt, {len(ledger.live())} documents, "
                  f"restart {seconds:.2f} s, wrong so far: {dict(findings)}", flush=True)
        server, _ = started(folder)
        print(f"all {len(ledger.settled)} ids once more")
        checked(server, ledger, set(ledger.settled), findings)
        server.stop()
    documents = len(ledger.live())
    print(f"{args.rounds} kills, {acknowledged} writes acknowledged under them, "
          + ", ".join(f"{findings[kind]} {kind}" for kind in ("lost", "twice", "unsearchable", "resurrected"))
          + f", {findings['wrong bytes'] + findings['wrong text']} wrong, {findings['failed calls']} failed calls")
    print(f"restart at {documents} documents: median {statistics.median(starts):.2f} s, longest {max(starts):.2f} s")
    return not findings and acknowledged >= args.writes


def fill(folder, count, seed, ledger):
    """Stores so many documents by import, acknowledged and known to the ledger."""
    server = Server("--data-dir", folder)
    writer = Writer("fill", seed, server.address, ledger)
    client, start = Client(server.address), time.monotonic()
    source = Source(random.Random(seed), "fill")
    for first in range(0, count, 500):
        ids = range(first, min(first + 500, count))
        writer.import_documents(client, [(f"fill-{number}", source.next()) for number in ids])
    print(f"{count} documents imported in {time.monotonic() - start:.1f} s", flush=True)
    client.close()
    server.stop(signal.SIGKILL)


def started(folder):
    start = time.monotonic()
    server = Server("--data-dir", folder)
    return server, time.monotonic() - start


def kill_at_start(folder, chance):
    """Kills a server that has not come far, and may be busy with what the kill before it left."""
    server = Server("--data-dir", folder, wait=False)
    time.sleep(chance.uniform(0, 0.5))
    server.stop(signal.SIGKILL)


def write_until_killed(server, writers, wanted, moment, findings):
    enough = threading.Event()

    def count():
        if sum(writer.acknowledged for writer in writers) >= wanted:
            enough.set()

    for writer in writers:
        writer.on_acknowledged = count
        writer.start()
    while not enough.wait(0.05):
        if any(writer.error for writer in writers) or not all(writer.is_alive() for writer in writers):
            break
    time.sleep(moment)
    errors = [writer.error for writer in writers if writer.error]
    server.stop(signal.SIGKILL)
    for writer in writers:
        writer.stop()
    # A server that is gone is no failure of a call; an answer that was wrong is one also then.
    wrong = (writer.error for writer in writers if isinstance(writer.error, AssertionError))
    errors += [error for error in wrong if error not in errors]
    for error in errors:
        findings.add("failed calls", repr(error))


def checked(server, ledger, ids, findings):
    check = Check(server.address, ledger, findings)
    check.run(ids)
    check.close()
