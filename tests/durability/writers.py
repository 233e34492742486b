"""Writers that keep a ledger: puts, replacements, deletions and import streams, all at random."""

import random
import threading

import grpc
from documents import Interview, Source
from service import Client


class Writer(threading.Thread):
    """Writes to ids of its own until it is stopped or the service goes away.

    `refused` says whether an error is one the service may answer with; others end the writer with `error`. Of what is
    acknowledged a share is searched at once: the next search must show it.
    """

    LOOK = 0.1

    def __init__(self, name, seed, address, ledger, refused=lambda _: False, live=400):
        super().__init__(daemon=True)
        self.prefix, self.chance = name, random.Random(seed)
        self.source = Source(self.chance, f"{name}n{seed % 1_000_000_007}n")
        self.address, self.ledger, self.refused, self.most = address, ledger, refused, live
        self.mine = [known for known in {**ledger.settled, **ledger.begun} if known.startswith(f"{name}-")]
        self.stopping, self.error, self.touched = threading.Event(), None, set()
        self.acknowledged = self.refusals = 0
        self.on_acknowledged = lambda: None

    def run(self):
        client = Client(self.address)
        try:
            while not self.stopping.is_set():
                try:
                    self.step(client)
                except grpc.RpcError as error:
                    if not self.refused(error):
                        raise
                    self.refusals += 1
                    self.stopping.wait(0.05)
        except Exception as error:
            self.error = error
        finally:
            client.close()

    def stop(self):
        self.stopping.set()
        self.join()

    def step(self, client):
        live = [known for known in self.mine if self.ledger.settled.get(known)]
        kinds = {"put": 40, "again": 25, "delete": 15, "import": 15, "copy": 5}
        if len(live) > self.most:
            kinds["delete"] += 60
        kind = self.chance.choices(list(kinds), list(kinds.values()))[0]
        if kind == "delete" and live:
            self.delete(client, self.chance.choice(live))
        elif kind == "again" and self.mine:
            # Also ids that were deleted, which come back with new words.
            self.put(client, self.chance.choice(self.mine), self.source.next())
        elif kind == "copy" and live:
            # The same bytes under a second id; either may be deleted without harm to the other.
            self.put(client, self.new_id(), self.ledger.settled[self.chance.choice(live)])
        elif kind == "import":
            ids = [self.new_id() for _ in range(self.chance.randint(2, 30))]
            old = self.chance.sample(live, min(len(live), self.chance.randint(0, 8)))
            self.import_documents(client, [(document_id, self.source.next()) for document_id in ids + old])
        else:
            self.put(client, self.new_id(), self.source.next())

    def new_id(self):
        self.mine.append(f"{self.prefix}-{len(self.mine)}")
        return self.mine[-1]

    def begin(self, document_id, interview):
        self.touched.add(document_id)
        self.ledger.begin(document_id, interview)

    def settle(self, document_id, interview):
        self.ledger.settle(document_id, interview)
        self.acknowledged += 1
        self.on_acknowledged()

    def look(self, client, document_id, interview):
        """Whether the next search finds what was just acknowledged, and no longer what stood there before."""
        if self.chance.random() >= self.LOOK:
            return
        if interview and document_id not in found_by(client, interview):
            raise AssertionError(f"{document_id} was acknowledged, and {interview.word} does not find it")
        for old in self.ledger.past.get(document_id, ()):
            if old is not interview and document_id in found_by(client, old):
                raise AssertionError(f"{document_id} is still found by {old.word}, after an acknowledged write")

    def put(self, client, document_id, interview):
        document = client.message("Document")(id=document_id, text=interview.text)
        self.begin(document_id, interview)
        client.call("DocumentService", "PutDocument", document=document)
        self.settle(document_id, interview)
        self.look(client, document_id, interview)

    def delete(self, client, document_id):
        self.begin(document_id, None)
        try:
            client.call("DocumentService", "DeleteDocument", document_id=document_id)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.NOT_FOUND or not self.in_doubt(document_id):
                raise
        self.settle(document_id, None)
        self.look(client, document_id, None)

    def in_doubt(self, document_id):
        """Whether the id may be without a document, so that there may be none to delete."""
        return None in self.ledger.may_hold(document_id)[:-1]

    def import_documents(self, client, documents):
        request, _ = client.method("DocumentService", "ImportDocuments")

        def sent():
            for document_id, interview in documents:
                yield request(document=client.message("Document")(id=document_id, text=interview.text))

        for document_id, interview in documents:
            self.begin(document_id, interview)
        answers = client.stream("DocumentService", "ImportDocuments", sent())
        for (document_id, interview), answer in zip(documents, answers):
            if answer.document_id != document_id:
                raise AssertionError(f"{document_id} was answered as {answer.document_id}")
            if answer.HasField("error"):
                refusal = ImportRefused(answer.error)
                if not self.refused(refusal):
                    raise refusal
                self.refusals += 1
            else:
                self.settle(document_id, interview)
                self.look(client, document_id, interview)


class ImportRefused(grpc.RpcError):
    """One document of an import was refused."""

    def __init__(self, status):
        super().__init__(status.message)
        self.status = status

    def code(self):
        return next(code for code in grpc.StatusCode if code.value[0] == self.status.code)


def found_by(client, interview):
    """The ids of the documents that an interview's word finds."""
    answer = client.call("SearchService", "Search", query=interview.word, page_size=100)
    return [result.passage.citation.document_id for result in answer.results]


def fleet(count, seed, address, ledger, **options):
    """Writers that share a ledger, each writing to ids of its own."""
    return [Writer(f"w{number}", seed * 1009 + number, address, ledger, **options) for number in range(count)]
