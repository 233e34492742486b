"""A server of the release binary, and a client that knows the service only by reflection."""

import pathlib
import signal
import subprocess

import grpc
import pytest
from google.protobuf import message_factory
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / "target/release/onrecord"


class Server:
    """The binary, serving on a port of its own."""

    def __init__(self, *args):
        command = [BINARY, "serve", "--listen", "127.0.0.1:0", *map(str, args)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.ready = self.process.stdout.readline()
        self.address = next(word for word in self.ready.split() if word.startswith("127.")).rstrip(":")

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=40)


class Client:
    """Calls methods by name, with messages built from what reflection (v1alpha) tells."""

    def __init__(self, address):
        self.channel = grpc.insecure_channel(address)
        self.database = ProtoReflectionDescriptorDatabase(self.channel)
        self.pool = DescriptorPool(self.database)

    def message(self, name):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(f"onrecord.v1.{name}"))

    def call(self, service, method, timeout=20, **fields):
        described = self.pool.FindServiceByName(f"onrecord.v1.{service}").FindMethodByName(method)
        request = message_factory.GetMessageClass(described.input_type)(**fields)
        response = message_factory.GetMessageClass(described.output_type)
        kind = self.channel.unary_stream if described.server_streaming else self.channel.unary_unary
        path = f"/onrecord.v1.{service}/{method}"
        return kind(path, lambda sent: sent.SerializeToString(), response.FromString)(request, timeout=timeout)

    def stream(self, service, method, requests):
        described = self.pool.FindServiceByName(f"onrecord.v1.{service}").FindMethodByName(method)
        response = message_factory.GetMessageClass(described.output_type)
        call = self.channel.stream_stream(
            f"/onrecord.v1.{service}/{method}", lambda sent: sent.SerializeToString(), response.FromString
        )
        return call(requests, timeout=600)

    def source(self, document_id):
        return b"".join(piece.content for piece in self.call("DocumentService", "GetSource", document_id=document_id))


@pytest.fixture(scope="session")
def server():
    server = Server("samples")
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def client(server):
    return Client(server.address)
