"""Python's grpcio, which shares no code with the server."""

import hashlib
import os
import pathlib
import signal
import threading

import grpc
import pytest
from service import ROOT, Client, Server
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc


def bare(text):
    return "".join(text.split())


def quoted(source, spans):
    return b"".join(source[span.start : span.end] for span in spans)


def details(error):
    trailers = dict(error.trailing_metadata())
    status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
    found = {}
    for detail in status.details:
        kind = getattr(error_details_pb2, detail.TypeName().split(".")[-1])
        found[kind.__name__] = kind.FromString(detail.value)
    return found


def refuse(client, service, method, code, reason, **fields):
    with pytest.raises(grpc.RpcError) as caught:
        answer = client.call(service, method, **fields)
        list(answer) if hasattr(answer, "__iter__") else None
    assert caught.value.code() == code, caught.value
    found = details(caught.value)
    assert (found["ErrorInfo"].domain, found["ErrorInfo"].reason) == ("onrecord", reason)
    return found


def test_best_passages_are_found_and_their_citations_hold(client):
    for query, document in [("threats", "threats-secretary-general.txt"), ("Syria talks", "syria-talks-envoy.txt")]:
        response = client.call("SearchService", "Search", query=query)
        documents = [result.passage.citation.document_id for result in response.results]
        assert document in documents[:2], documents
        assert response.total_size >= len(response.results) > 0
        for result in response.results:
            citation = result.passage.citation
            source = client.source(citation.document_id)
            assert hashlib.sha256(source).hexdigest() == citation.document_sha256
            quote = quoted(source, citation.answer_spans)
            assert hashlib.sha256(quote).hexdigest() == citation.quote_sha256
            if not citation.document_id.endswith((".html", ".json")):
                assert bare(quote.decode()) == bare(result.passage.answer)
                assert bare(quoted(source, citation.question_spans).decode()) == bare(result.passage.question)


def test_sources_are_the_files_that_were_served(client):
    for path in sorted((ROOT / "samples").iterdir()):
        if not path.name.startswith("README"):
            assert client.source(path.name) == path.read_bytes(), path


def test_errors_carry_their_details(client):
    invalid, missing = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND
    found = refuse(client, "SearchService", "Search", invalid, "QUERY_EMPTY", query=" ")
    assert [violation.field for violation in found["BadRequest"].field_violations] == ["query"]
    refuse(client, "SearchService", "Search", invalid, "PAGE_TOKEN_INVALID", query="x", page_token="forged")
    found = refuse(client, "SearchService", "GetExchange", missing, "EXCHANGE_NOT_FOUND", exchange_id="none")
    assert found["ResourceInfo"].resource_name == "none"
    refuse(client, "DocumentService", "GetSource", missing, "DOCUMENT_NOT_FOUND", document_id="none")
    refuse(client, "DocumentService", "PutDocument", invalid, "FIELD_REQUIRED")


def test_a_document_goes_in_is_found_and_goes(client):
    document = client.message("Document")(id="e2e", text="Ann: What is a wombat?\n\nBo: A wombat digs at night.\n")
    stored = client.call("DocumentService", "PutDocument", document=document)
    assert (stored.exchange_count, stored.document.id) == (1, "e2e")
    found = client.call("SearchService", "Search", query="wombats")
    assert [result.passage.speaker for result in found.results] == ["Bo"]
    client.call("DocumentService", "DeleteDocument", document_id="e2e")
    assert client.call("SearchService", "Search", query="wombats").total_size == 0


def test_a_snapshot_is_what_its_summary_says(client):
    parts = list(client.call("AdminService", "CreateSnapshot"))
    snapshot = b"".join(part.content for part in parts)
    summary = parts[-1].summary
    assert summary.sha256 == hashlib.sha256(snapshot).hexdigest() and summary.size_bytes == len(snapshot)
    assert snapshot.startswith(b"redb"), "it is a database file"
    assert summary.document_count == client.call("AdminService", "GetStats").document_count > 0
    found = refuse(client, "AdminService", "CreateSnapshot", grpc.StatusCode.FAILED_PRECONDITION, "NO_SNAPSHOT_FOLDER", name="x")
    assert "PreconditionFailure" in found
    assert list(client.call("AdminService", "VerifyIntegrity"))[-1].damaged_document_count == 0


def test_health_speaks_of_the_server_and_each_service(server):
    health = health_pb2_grpc.HealthStub(grpc.insecure_channel(server.address))
    for service in ["", *(f"onrecord.v1.{name}Service" for name in ["Search", "Document", "Citation", "Admin"])]:
        answer = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=10)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING, service


def test_reflection_v1alpha_lists_the_services(server):
    stub = reflection_pb2_grpc.ServerReflectionStub(grpc.insecure_channel(server.address))
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    answer = next(iter(stub.ServerReflectionInfo(iter([request]), timeout=10)))
    names = {service.name for service in answer.list_services_response.service}
    assert {"onrecord.v1.SearchService", "onrecord.v1.DocumentService", "grpc.health.v1.Health"} <= names


def test_a_restart_keeps_answers_and_ids_with_and_without_the_index(tmp_path):
    def answers(server):
        client = Client(server.address)
        responses = [client.call("SearchService", "Search", query=query) for query in ["threats", "Syria talks", "water"]]
        return [[result.SerializeToString(deterministic=True) for result in response.results] for response in responses]

    server = Server("--data-dir", tmp_path, "samples")
    before = answers(server)
    assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    server = Server("--data-dir", tmp_path)
    assert answers(server) == before
    assert server.stop(signal.SIGINT) == 0
    for path in sorted((tmp_path / "index").iterdir()):
        path.unlink()
    (tmp_path / "index").rmdir()
    server = Server("--data-dir", tmp_path)
    assert answers(server) == before
    assert server.stop() == 0


def test_many_clients_at_once(server):
    failures = []

    def work(number):
        try:
            client = Client(server.address)
            document = client.message("Document")(
                id=f"many-{number}", text=f"Ann: Which number?\n\nBo: The number is quokka{number}.\n"
            )
            client.call("DocumentService", "PutDocument", document=document)
            assert client.call("SearchService", "Search", query=f"quokka{number}").total_size == 1
            client.call("DocumentService", "DeleteDocument", document_id=f"many-{number}")
        except Exception as error:
            failures.append((number, error))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(24)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not failures


@pytest.mark.skipif("ONRECORD_CORPUS" not in os.environ, reason="set ONRECORD_CORPUS to the folder of the interview")
def test_the_real_interview(tmp_path):
    folder = pathlib.Path(os.environ["ONRECORD_CORPUS"])
    server = Server("--data-dir", tmp_path, folder / "csto-mir-nazarbayev-2017.txt")
    assert server.ready.rstrip().endswith("1 documents, 8 exchanges"), server.ready
    client = Client(server.address)
    best = client.call("SearchService", "Search", query="Syria talks").results[0].passage
    assert "Syrian opposition" in best.answer and best.speaker == "Nursultan Nazarbayev"
    assert server.stop() == 0
