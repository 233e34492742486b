"""Writes documents into SQLite with a full-text index (FTS5), one durable transaction each, and says how many in how long.

The yardstick of `benches/writes.rs`: usage `sqlite_writes.py FOLDER JOURNAL WRITERS SECONDS DOCUMENTS`, where DOCUMENTS has
one JSON object of `id` and `text` a line. Prints the documents written and the seconds they took.
"""

import json
import pathlib
import sqlite3
import sys
import threading
import time

# A document by its id, and every word of it findable: what a put and a search need, and no copy of the text beside.
SCHEMA = """
CREATE TABLE documents (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5 (body, content = 'documents', content_rowid = 'number');
"""


def connect(path, journal):
    """A connection as durable as SQLite is by the book: no commit returns before it is on disk."""
    connection = sqlite3.connect(path, timeout=60, isolation_level=None)
    if connection.execute(f"PRAGMA journal_mode = {journal}").fetchone()[0] != journal:
        raise SystemExit(f"no journal mode {journal}")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def main(folder, journal, writers, seconds, documents):
    path = pathlib.Path(folder) / "documents.sqlite"
    connect(path, journal).executescript(SCHEMA)
    waiting = iter([json.loads(line) for line in open(documents, encoding="utf-8")])
    # Writers take turns here and not in SQLite's busy handler, whose naps of up to 100 ms would make it look slower.
    turn = threading.Lock()
    written = []
    start = time.perf_counter()

    def write():
        connection = connect(path, journal)
        count = 0
        while time.perf_counter() - start < seconds:
            with turn:
                document = next(waiting, None)
                if document is None:
                    break
                connection.execute("BEGIN IMMEDIATE")
                row = connection.execute("INSERT INTO documents (id, body) VALUES (?, ?)", (document["id"], document["text"]))
                connection.execute("INSERT INTO words (rowid, body) VALUES (?, ?)", (row.lastrowid, document["text"]))
                connection.execute("COMMIT")
            count += 1
        written.append(count)

    threads = [threading.Thread(target=write) for _ in range(int(writers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sum(written), time.perf_counter() - start)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]), sys.argv[5])
