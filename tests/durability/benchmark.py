"""Acknowledged writes per second, against SQLite with FTS5: `cargo bench -p onrecord-benches --bench writes`."""

import subprocess

from service import ROOT


def arguments(parser):
    parser.add_argument("--rounds", type=int, default=5, help="how often everyone runs (%(default)s)")
    parser.add_argument("--seconds", type=float, default=5, help="how long each run writes (%(default)s)")


def main(args):
    command = ["cargo", "bench", "-p", "onrecord-benches", "--bench", "writes", "--"]
    rounds = ["--rounds", str(args.rounds), "--seconds", str(args.seconds)]
    return subprocess.run([*command, *rounds], cwd=ROOT).returncode == 0
