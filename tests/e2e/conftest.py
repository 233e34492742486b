"""A server of the release binary with the samples, and a client of it."""

import pytest
from service import Client, Server


@pytest.fixture(scope="session")
def server():
    server = Server("samples")
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def client(server):
    return Client(server.address)
