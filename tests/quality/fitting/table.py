"""Scores the predictions of fit with the scorer of the data, and prints a table of all sources and one of those set aside."""

import json
import pathlib
import subprocess
import sys
import tempfile

# Folder of predictions and title of its column.
COLUMNS = {"by-hand": "by hand", "fitted": "fitted", "left-out": "left out"}
ASIDE = {"aside-by-hand": "by hand", "aside-fitted": "fitted"}
# What is fitted besides the chain.
TRIAL = {
    "trial-chain": "-",
    "trial-asker": "asker",
    "trial-set_off": "set_off",
    "trial-label": "label",
    "trial-evidence": "asks",
}


def f1(counts):
    hits, spurious, missed = (counts.get(f"{kind}_s", 0) for kind in ("tp", "fp", "fn"))
    return 2 * hits / max(1, 2 * hits + spurious + missed)


def share(counts, part, whole):
    return 100 * counts.get(part, 0) / max(1, counts.get(whole, 0))


def score(data, folders, predictions):
    """The scorer's counts by source of originals, and by kind of degraded copy, over some sets, each given by its
    folder of files and its folder of labels."""
    sources, variants = {}, {}
    for raw, labels in folders:
        with tempfile.TemporaryDirectory() as place:
            place = pathlib.Path(place)
            (place / "gold").mkdir()
            (place / "raw").symlink_to(raw)
            for gold in sorted(labels.glob("*.json")):
                name = json.loads(gold.read_text())["id"]
                # What was not predicted was excluded.
                if (predictions / f"{name}.jsonl").exists():
                    (place / "gold" / f"{name}.json").symlink_to(gold)
            command = [sys.executable, data / "segmentation" / "score.py", place, "--pred", predictions]
            subprocess.run([*command, "--json", place / "score.json"], check=True, stdout=subprocess.DEVNULL)
            found = json.loads((place / "score.json").read_text())
        sources.update(found["sources"])
        variants.update(found["variants"])
    return sources, variants


def total(groups, part, whole):
    """The share of one count in another, over all sources."""
    counts = {key: sum(counts.get(key, 0) for counts in groups.values()) for key in (part, whole)}
    return share(counts, part, whole)


def macro(groups):
    return sum(map(f1, groups.values())) / max(1, len(groups))


# Title, and value of the scorer's counts by source and by kind of degraded copy.
SUMMARIES = [
    ("macro over sources", lambda sources, _: macro(sources)),
    ("macro over degraded files", lambda _, variants: macro(variants)),
    ("cross, per cent", lambda sources, _: total(sources, "x_bad", "x_all")),
    ("lost, per cent", lambda sources, _: total(sources, "l_bad", "l_all")),
    ("answer speakers, per cent", lambda sources, _: total(sources, "asp_ok", "asp_n")),
    ("question speakers, per cent", lambda sources, _: total(sources, "qsp_ok", "qsp_n")),
]


def table(title, columns, found, copies=None):
    """Prints strict F1 by source and what is summed up, and strict F1 by layout of the copies that fit made."""
    sources = sorted(next(iter(found.values()))[0])
    wide = max(map(len, [*sources, *(title for title, _ in SUMMARIES)])) + 2
    line = lambda title, values: print(f"{title:{wide}}" + "".join(f"{value:>10.3f}" for value in values))
    print(f"{title:{wide}}" + "".join(f"{column:>10}" for column in columns.values()))
    for source in sources:
        line(source, [f1(found[name][0][source]) for name in columns])
    for title, value in SUMMARIES:
        # Sources set aside have no degraded copies.
        if any(found[name][1] for name in columns) or "degraded" not in title:
            line(title, [value(*found[name]) for name in columns])
    if copies:
        print("copies degraded by the script")
        for kind in sorted(next(iter(copies.values()))):
            line(kind, [f1(copies[name][kind]) for name in columns])
        line("macro over kinds", [macro(copies[name]) for name in columns])


def main():
    data, out = map(pathlib.Path, sys.argv[1:])
    folders = [data / "segmentation", data / "segmentation" / "second"]
    sets = [(folder / "raw", folder / "gold") for folder in folders] + [(data / "corpus", data / "corpus")]
    degraded = [(out / "copies" / "raw", out / "copies" / "gold")]
    found = lambda columns: {name: score(data, sets, out / name) for name in columns}
    copies = lambda columns: {name: score(data, degraded, out / name)[1] for name in columns}
    if (out / "left-out").exists():
        table("strict F1", COLUMNS, found(COLUMNS), copies(COLUMNS))
    if (out / "trial-chain").exists():
        print("\ndecisions      number   sources   by hand    fitted  left out  (per cent that are right)")
        for line in (out / "decisions.tsv").read_text().splitlines():
            part, *numbers = line.split("\t")
            print(f"{part:11}" + "".join(f"{number:>10}" for number in numbers))
        print()
        table("left out, with", TRIAL, found(TRIAL), copies(TRIAL))
    if (out / "aside-fitted").exists():
        print()
        table("sources set aside", ASIDE, found(ASIDE))


if __name__ == "__main__":
    main()
