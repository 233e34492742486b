"""Ranks the collections by `eval` and by the running service, and measures both with pytrec_eval."""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile
from collections import defaultdict

import pytrec_eval
from service import BINARY, Client, Server

MEASURES = {"ndcg_cut_10": "nDCG@10", "recip_rank": "MRR@10", "recall_100": "Recall@100"}


def read_lines(path):
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def judgements(folder):
    qrels = defaultdict(dict)
    for line in (folder / "qrels/test.tsv").read_text().splitlines()[1:]:
        query, document, gain = line.split("\t")
        qrels[query][document] = int(gain)
    return qrels


def read_run(path):
    run = defaultdict(dict)
    for line in path.read_text().splitlines():
        query, _, document, _, score, _ = line.split()
        # Scores are single precision, on the wire and in the run.
        run[query][document] = struct.unpack("f", struct.pack("f", float(score)))[0]
    return run


def served_run(folder, queries):
    """What a client gets that imports the collection as ready pairs and searches."""
    with tempfile.TemporaryDirectory() as data:
        server = Server("--data-dir", data)
        client = Client(server.address)
        said, pair, pairs, document = map(client.message, ["Utterance", "Exchange", "ExchangeList", "Document"])
        request = client.message("ImportDocumentsRequest")

        def requests():
            for line in read_lines(folder / "corpus.jsonl"):
                question = said(text=line["title"]) if line.get("title") else None
                exchange = pair(question=question, answer=said(text=line["text"]))
                yield request(document=document(id=line["_id"], exchanges=pairs(exchanges=[exchange])))

        answers = list(client.stream("DocumentService", "ImportDocuments", requests()))
        refused = [answer for answer in answers if answer.HasField("error")]
        assert not refused, refused[0]
        run = {}
        for query in queries:
            response = client.call("SearchService", "Search", query=query["text"], page_size=100)
            run[query["_id"]] = {it.passage.citation.document_id: it.score for it in response.results}
        assert server.stop() == 0
        return run


def measure(qrels, run):
    ten = {query: dict(sorted(found.items(), key=lambda it: (it[1], it[0]))[-10:]) for query, found in run.items()}
    deep = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut_10", "recall_100"}).evaluate(run)
    first = pytrec_eval.RelevanceEvaluator(qrels, {"recip_rank"}).evaluate(ten)
    mean = lambda values: sum(values) / len(qrels)
    return {
        "nDCG@10": mean(query["ndcg_cut_10"] for query in deep.values()),
        "MRR@10": mean(query["recip_rank"] for query in first.values()),
        "Recall@100": mean(query["recall_100"] for query in deep.values()),
    }


def main():
    root, out = map(pathlib.Path, sys.argv[1:])
    figures = {}
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        with tempfile.NamedTemporaryFile(suffix=".trec") as trec:
            command = [BINARY, "eval", folder, "--run", trec.name]
            table = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
            run = read_run(pathlib.Path(trec.name))
        qrels = judgements(folder)
        queries = [query for query in read_lines(folder / "queries.jsonl") if query["_id"] in qrels]
        printed = table[1].split()
        measured = measure(qrels, run)
        assert printed[2:] == [f"{value:.4f}" for value in measured.values()], (printed, measured)
        served = served_run(folder, queries)
        differ = [query["_id"] for query in queries if run.get(query["_id"], {}) != served.get(query["_id"], {})]
        shown = ", ".join(f"{name} {value:.4f}" for name, value in measured.items())
        print(f"{folder.name}: {shown}; eval, pytrec_eval and the service agree on {len(queries) - len(differ)} of {len(queries)}")
        assert not differ, differ[:5]
        figures[folder.name] = measured["nDCG@10"]
    out.write_text(json.dumps(figures))


if __name__ == "__main__":
    main()
