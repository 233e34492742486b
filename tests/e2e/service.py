"""A server of the release binary, and a client that knows the service only by reflection."""

import os
import pathlib
import signal
import subprocess

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("ONRECORD_BINARY", ROOT / "target/release/onrecord"))


class Refused(Exception):
    """The server ended before it was ready."""

    def __init__(self, code):
        super().__init__(f"the server ended with {code} before it was ready")
        self.code = code


class Server:
    """The binary, serving on a port of its own."""

    def __init__(self, *args, wait=True, under=(), stderr=None):
        """Starts it, below the command `under` if one is given; `wait` says whether to wait until it is ready."""
        command = [*under, BINARY, "serve", "--listen", "127.0.0.1:0", *map(str, args)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True)
        if wait:
            self.await_ready()

    def await_ready(self):
        self.ready = self.process.stdout.readline()
        if not self.ready:
            raise Refused(self.process.wait())
        self.address = next(word for word in self.ready.split() if word.startswith("127.")).rstrip(":")

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        code = self.process.wait(timeout=40)
        self.process.stdout.close()
        return code


class Client:
    """Calls methods by name, with messages built from what reflection (v1alpha) tells."""

    def __init__(self, address):
        # Clients of one process would share a connection.
        self.channel = grpc.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)])
        self.database = ProtoReflectionDescriptorDatabase(self.channel)
        self.pool = DescriptorPool(self.database)
        self.methods = {}

    def message(self, name):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(f"onrecord.v1.{name}"))

    def method(self, service, name):
        """The request's class and the callable of a method."""
        found = self.methods.get((service, name))
        if not found:
            described = self.pool.FindServiceByName(f"onrecord.v1.{service}").FindMethodByName(name)
            request, response = map(message_factory.GetMessageClass, (described.input_type, described.output_type))
            kind = ("stream_" if described.client_streaming else "unary_") + (
                "stream" if described.server_streaming else "unary"
            )
            call = getattr(self.channel, kind)(
                f"/onrecord.v1.{service}/{name}", lambda sent: sent.SerializeToString(), response.FromString
            )
            found = self.methods[service, name] = (request, call)
        return found

    def call(self, service, method, timeout=20, **fields):
        request, call = self.method(service, method)
        return call(request(**fields), timeout=timeout)

    def stream(self, service, method, requests):
        return self.method(service, method)[1](requests, timeout=600)

    def source(self, document_id):
        return b"".join(piece.content for piece in self.call("DocumentService", "GetSource", document_id=document_id))

    def close(self):
        self.channel.close()
