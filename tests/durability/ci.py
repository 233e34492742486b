"""A short run of all that needs no privileges: at most two minutes."""

import argparse

import corrupt
import kill
import power
import syncs

PARTS = [
    (kill, ["--rounds", "5", "--documents", "500", "--writes", "1000"]),
    (corrupt, ["--rounds", "20"]),
    (syncs, []),
    (power, ["--rounds", "6", "--writes", "160"]),
]


def arguments(parser):
    """None of its own."""


def main(args):
    passed = []
    for module, given in PARTS:
        print(f"\n{module.__name__} {' '.join(given)}", flush=True)
        parser = argparse.ArgumentParser()
        module.arguments(parser)
        passed.append(module.main(parser.parse_args(given, argparse.Namespace(seed=args.seed))))
    return all(passed)
