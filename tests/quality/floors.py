"""Compares measured figures with the floors kept beside this file; exits 1 where one is lost."""

import json
import pathlib
import sys


def f1(counts):
    hits, spurious, missed = (counts.get(f"{kind}_s", 0) for kind in ("tp", "fp", "fn"))
    return 2 * hits / max(1, 2 * hits + spurious + missed)


def segmentation(path):
    score = json.loads(pathlib.Path(path).read_text())
    sources = {name: f1(counts) for name, counts in score["sources"].items()}
    variants = {name: f1(counts) for name, counts in score["variants"].items()}
    total = score["total"]
    originals = [value for name, value in sources.items() if name != "seed"]
    return {
        "interview": sources["seed"],
        "originals": sum(originals) / len(originals),
        "variants": sum(variants.values()) / len(variants),
        "worst": min([*sources.values(), *variants.values()]),
        "citations": total["cite_dec"] / total["cite_n"],
    }


def ranking(path):
    return json.loads(pathlib.Path(path).read_text())


def main():
    kind, path = sys.argv[1:]
    floors = json.loads((pathlib.Path(__file__).parent / "floors.json").read_text())[kind]
    measured = {"segmentation": segmentation, "ranking": ranking}[kind](path)
    lost = [name for name, floor in floors.items() if measured[name] < floor - 1e-9]
    for name, floor in floors.items():
        print(f"{kind} {name}: {measured[name]:.4f}, floor {floor:.4f}{'  LOST' if name in lost else ''}")
    print(f"{len(floors) - len(lost)} passed, {len(lost)} failed")
    return bool(lost)


if __name__ == "__main__":
    sys.exit(main())
