"""Writes a fixed test collection in BEIR layout: `guard_corpus.py FOLDER DOCUMENTS QUERIES`.

Words by Zipf's law over an invented vocabulary behind English's commonest words; the same on every machine.
"""

import json
import pathlib
import random
import sys

COMMON = (
    "the of and to in a is that it for was on be with as by at this not are but from or have an they which one you"
    " were all her she there would their we him been has when who will no more if out so up said what"
).split()
SYLLABLES = "ba ce di fo gu ha ke li mo nu pa re si to vu za".split()


def word(number):
    """The word of a rank."""
    if number < len(COMMON):
        return COMMON[number]
    text = ""
    while number:
        number, syllable = divmod(number, len(SYLLABLES))
        text += SYLLABLES[syllable]
    return text


def main(folder, documents, queries):
    folder = pathlib.Path(folder)
    (folder / "qrels").mkdir(parents=True)
    words = [word(rank) for rank in range(20_000)]
    weights = [1 / (rank + 2.7) for rank in range(len(words))]
    # One source for each, so that more documents leave the queries as they are.
    of_documents, of_queries = random.Random(1), random.Random(2)

    def said(source, length):
        return " ".join(source.choices(words, weights, k=length))

    with open(folder / "corpus.jsonl", "w", encoding="utf-8") as out:
        for number in range(documents):
            question, answer = said(of_documents, 25) + "?", said(of_documents, 120) + "."
            out.write(json.dumps({"_id": f"d{number}", "title": question, "text": answer}) + "\n")
    with open(folder / "queries.jsonl", "w", encoding="utf-8") as out:
        for number in range(queries):
            out.write(json.dumps({"_id": f"q{number}", "text": said(of_queries, 1 + number % 6)}) + "\n")
    with open(folder / "qrels" / "test.tsv", "w", encoding="utf-8") as out:
        out.write("query-id\tcorpus-id\tscore\n")
        for number in range(queries):
            out.write(f"q{number}\td0\t1\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
