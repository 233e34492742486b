"""What the service survives: see `--help`."""

import argparse
import importlib
import sys
import time

MODES = {
    "kill": "SIGKILL at random instants under 8 writers",
    "syncs": "order and number of syncs, by strace",
    "power": "power loss: only what was synced is left, by strace",
    "disk_full": "a full disk under writers and readers",
    "corrupt": "flips, truncations and removals in a stopped data folder",
    "soak": "mixed reading and writing for a long time",
    "benchmark": "acknowledged writes per second, against SQLite",
    "ci": "a short run of all that needs no privileges",
}


def main():
    parser = argparse.ArgumentParser(prog="tests/durability/run", description=__doc__)
    modes = parser.add_subparsers(required=True, metavar="MODE")
    for name, about in MODES.items():
        module = importlib.import_module(name)
        mode = modes.add_parser(name.replace("_", "-"), help=about, description=module.__doc__)
        mode.add_argument("--seed", type=int, help="the run to repeat; a new one without it")
        module.arguments(mode)
        mode.set_defaults(run=module.main, name=name)
    args = parser.parse_args()
    if args.seed is None:
        args.seed = time.time_ns() % 1_000_000
    print(f"{args.name.replace('_', '-')}: --seed {args.seed}", flush=True)
    start = time.monotonic()
    passed = args.run(args)
    print(f"{'passed' if passed else 'FAILED'} in {time.monotonic() - start:.0f} s (--seed {args.seed})")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
