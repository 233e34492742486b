"""OpenSearch, one node over HTTP: two Porter-stemmed fields, the ten best with their texts, and the exact count.

Told is the processor time of the node's whole process, so with HTTP, garbage collection and compilation in it.
"""

import http.client
import json
import os
import sys
import time
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

corpus, node, process, rounds = Path(sys.argv[1]), urlsplit(sys.argv[2]), sys.argv[3], int(sys.argv[4])
connection = http.client.HTTPConnection(node.netloc)


def call(method: str, path: str, body: str = "") -> bytes:
    connection.request(method, path, body.encode(), {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    if response.status != 200:
        sys.exit(f"opensearch: {method} {path}: {response.status} {answer.decode()}")
    return answer


def processor_time() -> float:
    fields = Path("/proc", process, "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


stemmed = {"type": "custom", "tokenizer": "standard", "filter": ["lowercase", "porter_stem"]}
text = {"type": "text", "analyzer": "stemmed"}
index = {
    "settings": {
        "number_of_shards": 1,
        "number_of_replicas": 0,
        "refresh_interval": "-1",
        "analysis": {"analyzer": {"stemmed": stemmed}},
    },
    "mappings": {"properties": {"question": text, "answer": text}},
}
call("GET", "/_cluster/health?wait_for_status=green&timeout=60s")
call("PUT", "/pairs", json.dumps(index))

begin = processor_time()
with (corpus / "pairs.tsv").open(encoding="utf-8") as lines:
    pairs = (line.rstrip("\n").split("\t", 1) for line in lines)
    documents = (json.dumps({"question": question, "answer": answer}) for question, answer in pairs)
    while body := "".join(f'{{"index":{{}}}}\n{document}\n' for document in islice(documents, 1000)):
        if json.loads(call("POST", "/pairs/_bulk?filter_path=errors", body))["errors"]:
            sys.exit("opensearch: a pair was refused")
call("POST", "/pairs/_forcemerge?max_num_segments=1")
call("POST", "/pairs/_refresh")
print(f"opensearch indexing, whole process: {processor_time() - begin:.1f} s")

texts = (corpus / "queries.txt").read_text(encoding="utf-8").splitlines()
queries = []
for words in texts:
    should = [{"match": {field: words}} for field in ("question", "answer")]
    queries.append(json.dumps({"query": {"bool": {"should": should}}, "size": 10, "track_total_hits": True}))
warm_up = 30
for turn in range(warm_up + rounds):
    begin, clock = processor_time(), time.perf_counter()
    answers = [call("POST", "/pairs/_search", query) for query in queries]
    spent = (processor_time() - begin) * 1e6 / len(queries)
    waited = (time.perf_counter() - clock) * 1e6 / len(queries)
    matches = sum(json.loads(answer)["hits"]["total"]["value"] for answer in answers)
    # The first rounds warm the compiler up and are not told.
    if turn >= warm_up:
        print(f"opensearch: {spent:.0f} us per query, {waited:.0f} us waited, {matches} matches", flush=True)
