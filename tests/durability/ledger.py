"""What was acknowledged, and whether the service still has exactly that."""

import collections
import concurrent.futures
import hashlib

import grpc
from service import Client

MISSING = grpc.StatusCode.NOT_FOUND


class Ledger:
    """What each id must hold: an interview, or `None` once it is deleted.

    A write is begun, then settled when it is acknowledged. One that never was leaves its id in doubt: there the service
    may hold the old or the new, but either of them wholly.
    """

    def __init__(self):
        self.settled = {}
        self.begun = {}
        self.past = {}

    def begin(self, document_id, interview):
        self.begun.setdefault(document_id, []).append(interview)

    def settle(self, document_id, interview):
        """A write begun on this id, which was of `interview`, is acknowledged, and so overrules those begun before it."""
        begun = self.begun.pop(document_id)
        at = next(number for number, other in enumerate(begun) if other is interview)
        self.past.setdefault(document_id, set()).update(begun[:at])
        if begun[at + 1 :]:
            self.begun[document_id] = begun[at + 1 :]
        self.hold(document_id, interview)

    def hold(self, document_id, interview):
        """From now on the id holds this, and nothing it held before."""
        past = self.past.setdefault(document_id, set())
        past.add(self.settled.get(document_id))
        past -= {None, interview}
        self.settled[document_id] = interview

    def may_hold(self, document_id):
        return [self.settled.get(document_id), *self.begun.get(document_id, [])]

    def live(self):
        return [document_id for document_id, interview in self.settled.items() if interview]


class Findings(collections.Counter):
    """Counts what went wrong, by kind, and prints the first of each."""

    def add(self, kind, about):
        self[kind] += 1
        if self[kind] <= 5:
            print(f"  {kind}: {about}", flush=True)


def listed(client):
    """The ids of all documents, as listed."""
    ids, token = [], ""
    while True:
        page = client.call("DocumentService", "ListDocuments", page_size=1000, page_token=token)
        ids += [document.id for document in page.documents]
        token = page.next_page_token
        if not token:
            return ids


def bare(text):
    return "".join(text.split())


def held(client, document_id):
    """The bytes under an id, `None` where there is no such document."""
    try:
        return client.source(document_id)
    except grpc.RpcError as error:
        if error.code() == MISSING:
            return None
        raise


class Check:
    """Compares a service with a ledger."""

    def __init__(self, address, ledger, findings, threads=4):
        self.ledger, self.findings = ledger, findings
        self.clients = [Client(address) for _ in range(threads)]

    def close(self):
        for client in self.clients:
            client.close()

    def run(self, ids, settle=True):
        """Checks the list of documents, and each of `ids` in full. What was in doubt is settled as found, unless the
        service that was in the middle of it still runs."""
        self.list()
        ids = sorted(ids)
        shares = [ids[number :: len(self.clients)] for number in range(len(self.clients))]
        with concurrent.futures.ThreadPoolExecutor(len(self.clients)) as pool:
            for found in pool.map(self.bytes, self.clients, shares):
                for document_id, interview in found.items() if settle else ():
                    doubted = self.ledger.begun.pop(document_id, [])
                    self.ledger.past.setdefault(document_id, set()).update(doubted)
                    self.ledger.hold(document_id, interview)
            expected = collections.defaultdict(set)
            for document_id in {**self.ledger.settled, **self.ledger.begun}:
                for interview in filter(None, self.ledger.may_hold(document_id)):
                    expected[interview.word].add(document_id)
            list(pool.map(lambda client, share: self.words(client, share, expected), self.clients, shares))

    def list(self):
        ids = listed(self.clients[0])
        if len(ids) != len(set(ids)):
            self.findings.add("twice", "an id is listed twice")
        must = {document_id for document_id in self.ledger.live() if document_id not in self.ledger.begun}
        for document_id in must.difference(ids):
            self.findings.add("lost", f"{document_id} is not listed")
        for document_id in set(ids).difference(must, self.ledger.begun):
            self.findings.add("resurrected", f"{document_id} is listed")

    def bytes(self, client, ids):
        """What the service holds under each id; told where that is none of what it may hold."""
        found = {}
        for document_id in ids:
            may_hold = self.ledger.may_hold(document_id)
            source = held(client, document_id)
            holds = [interview for interview in may_hold if (interview.text.encode() if interview else None) == source]
            if holds:
                found[document_id] = holds[-1]
            elif source is None:
                self.findings.add("lost", f"{document_id} is not found")
            elif None in may_hold and len(may_hold) == 1:
                self.findings.add("resurrected", f"{document_id} is back after its deletion")
            else:
                self.findings.add("wrong bytes", document_id)
        return found

    def words(self, client, ids, expected):
        """Each document is found by its own word, once, with its own text, and by no word it no longer says."""
        for document_id in ids:
            for old in self.ledger.past.get(document_id, ()):
                if old.word not in expected and client.call("SearchService", "Search", query=old.word).total_size:
                    self.findings.add("resurrected", f"{document_id} is found by {old.word}, which it no longer says")
            interview = self.ledger.settled.get(document_id)
            if not interview or document_id in self.ledger.begun:
                continue
            answer = client.call("SearchService", "Search", query=interview.word, page_size=100)
            ids_found = [result.passage.citation.document_id for result in answer.results]
            if document_id not in ids_found:
                self.findings.add("unsearchable", f"{document_id} by {interview.word}")
            if ids_found.count(document_id) > 1 or answer.total_size > len(expected[interview.word]):
                self.findings.add("twice", f"{document_id} by {interview.word}: {ids_found}")
            for result in answer.results:
                check_result(result, interview, self.findings)


def check_result(result, interview, findings):
    """A result's text, spans and digests are those of the interview."""
    source, passage = interview.text.encode(), result.passage
    citation = passage.citation
    quote = b"".join(source[span.start : span.end] for span in citation.answer_spans)
    right = (
        citation.document_sha256 == interview.digest
        and citation.quote_sha256 == hashlib.sha256(quote).hexdigest()
        and bare(passage.answer) == bare(quote.decode())
        and bare(passage.question) in bare(interview.text)
    )
    if not right:
        findings.add("wrong text", f"{citation.document_id} by {interview.word}")
