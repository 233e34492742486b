"""SQLite FTS5 in process: two Porter-stemmed columns, the ten best with their texts, and the exact count."""

import re
import sqlite3
import sys
import time
from pathlib import Path

corpus, database, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
connection = sqlite3.connect(database)
connection.execute("CREATE VIRTUAL TABLE pairs USING fts5(question, answer, tokenize = 'porter unicode61')")
begin = time.thread_time()
with (corpus / "pairs.tsv").open(encoding="utf-8") as lines, connection:
    connection.executemany("INSERT INTO pairs VALUES (?, ?)", (line.rstrip("\n").split("\t", 1) for line in lines))
    connection.execute("INSERT INTO pairs(pairs) VALUES ('optimize')")
print(f"sqlite indexing: {time.thread_time() - begin:.1f} s")

texts = (corpus / "queries.txt").read_text(encoding="utf-8").splitlines()
queries = [" OR ".join(f'"{word}"' for word in dict.fromkeys(re.findall(r"\w+", text))) for text in texts]
ranked = "SELECT question, answer FROM pairs WHERE pairs MATCH ? ORDER BY rank LIMIT 10"
counted = "SELECT count(*) FROM pairs WHERE pairs MATCH ?"
for turn in range(rounds + 1):
    begin = time.thread_time()
    matches = 0
    for query in queries:
        connection.execute(ranked, (query,)).fetchall()
        matches += connection.execute(counted, (query,)).fetchone()[0]
    # The first round fills the cache and is not told.
    if turn:
        spent = (time.thread_time() - begin) * 1e6 / len(queries)
        print(f"sqlite: {spent:.0f} us per query, {matches} matches", flush=True)
