"""Compares measured figures with the floors kept in floors.json; exits 1 where one is lost.

Usage: floors.py KIND FILE, with KIND one of `segmentation`, `second_set` (score.py's JSON), `cases` (check.py's
output) and `ranking` (ranking.py's JSON). `floors.py --measured KIND FILE` prints what would be the floors.
"""

import json
import math
import pathlib
import re
import sys


def f1(counts):
    hits, spurious, missed = (counts.get(f"{kind}_s", 0) for kind in ("tp", "fp", "fn"))
    return 2 * hits / max(1, 2 * hits + spurious + missed)


def share(counts, part, whole):
    return counts.get(part, 0) / max(1, counts.get(whole, 0))


def mean(values):
    return sum(values) / max(1, len(values))


def segmentation(path):
    score = json.loads(pathlib.Path(path).read_text())
    sources = {name: f1(counts) for name, counts in score["sources"].items()}
    variants = {name: f1(counts) for name, counts in score["variants"].items()}
    total = score["total"]
    return {
        "interview": sources["seed"],
        "originals": mean([value for name, value in sources.items() if name != "seed"]),
        "variants": mean(list(variants.values())),
        "worst": min([*sources.values(), *variants.values()]),
        "citations": share(total, "cite_dec", "cite_n"),
    }


def second_set(path):
    """Strict F1 of each source and their mean; shares of right speakers, of bytes not in another's mouth (`own`,
    one less `cross`) and of required letters kept (one less `lost`), over all files."""
    score = json.loads(pathlib.Path(path).read_text())
    sources = {name: f1(counts) for name, counts in sorted(score["sources"].items())}
    total = score["total"]
    return {
        "macro": mean(list(sources.values())),
        "citations": share(total, "cite_dec", "cite_n"),
        "answer_speakers": share(total, "asp_ok", "asp_n"),
        "question_speakers": share(total, "qsp_ok", "qsp_n"),
        "own": 1 - share(total, "x_bad", "x_all"),
        "kept": 1 - share(total, "l_bad", "l_all"),
        **sources,
    }


def cases(path):
    passed = re.search(r"^(\d+) passed", pathlib.Path(path).read_text(), re.MULTILINE)
    return {"passed": int(passed.group(1))}


def ranking(path):
    return json.loads(pathlib.Path(path).read_text())


KINDS = {"segmentation": segmentation, "second_set": second_set, "cases": cases, "ranking": ranking}


def main():
    kind, path = sys.argv[-2:]
    measured = KINDS[kind](path)
    if sys.argv[1] == "--measured":
        # Rounded down, so that the same figures pass.
        print(json.dumps({name: math.floor(value * 1000) / 1000 for name, value in measured.items()}, indent=2))
        return 0
    floors = json.loads((pathlib.Path(__file__).parent / "floors.json").read_text())[kind]
    lost = [name for name, floor in floors.items() if measured.get(name, 0) < floor - 1e-9]
    for name, floor in floors.items():
        print(f"{kind} {name}: {measured.get(name, 0):.4f}, floor {floor:.4f}{'  LOST' if name in lost else ''}")
    print(f"{len(floors) - len(lost)} passed, {len(lost)} failed")
    return bool(lost)


if __name__ == "__main__":
    sys.exit(main())
