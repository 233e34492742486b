"""Scores the predictions of fit with the scorer of the data, and prints one table of all sources."""

import json
import pathlib
import subprocess
import sys
import tempfile

COLUMNS = {"by-hand": "by hand", "fitted": "fitted", "left-out": "left out"}


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


def main():
    data, out = map(pathlib.Path, sys.argv[1:])
    folders = [data / "segmentation", data / "segmentation" / "second"]
    sets = [(folder / "raw", folder / "gold") for folder in folders] + [(data / "corpus", data / "corpus")]
    found = {name: score(data, sets, out / name) for name in COLUMNS}
    degraded = [(out / "copies" / "raw", out / "copies" / "gold")]
    copies = {name: score(data, degraded, out / name)[1] for name in COLUMNS}
    sources = sorted(found["fitted"][0])
    wide = max(len(source) for source in sources) + 2
    print(f"{'strict F1':{wide}}" + "".join(f"{title:>10}" for title in COLUMNS.values()))
    for source in sources:
        print(f"{source:{wide}}" + "".join(f"{f1(found[name][0][source]):10.3f}" for name in COLUMNS))

    def summary(title, value):
        print(f"{title:{wide}}" + "".join(f"{value(*found[name]):10.3f}" for name in COLUMNS))

    def macro(groups):
        return sum(map(f1, groups.values())) / max(1, len(groups))

    def total(sources, part, whole):
        all_of = {key: sum(counts.get(key, 0) for counts in sources.values()) for key in (part, whole)}
        return share(all_of, part, whole)

    summary("macro over sources", lambda sources, _: macro(sources))
    summary("macro over degraded files", lambda _, variants: macro(variants))
    summary("cross, per cent", lambda sources, _: total(sources, "x_bad", "x_all"))
    summary("lost, per cent", lambda sources, _: total(sources, "l_bad", "l_all"))
    summary("answer speakers, per cent", lambda sources, _: total(sources, "asp_ok", "asp_n"))
    summary("question speakers, per cent", lambda sources, _: total(sources, "qsp_ok", "qsp_n"))
    print("copies degraded by the script")
    for kind in sorted(copies["fitted"]):
        print(f"{kind:{wide}}" + "".join(f"{f1(copies[name][kind]):10.3f}" for name in COLUMNS))
    print(f"{'macro over kinds':{wide}}" + "".join(f"{macro(copies[name]):10.3f}" for name in COLUMNS))


if __name__ == "__main__":
    main()
