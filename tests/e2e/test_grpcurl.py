"""grpcurl, by reflection alone, as a person would use it; and the README's own examples."""

import json
import os
import pathlib
import re
import subprocess

import pytest

from service import BINARY, ROOT, Server


def grpcurl(address, *args, data=None, ok=True):
    command = ["grpcurl", "-plaintext", *(["-d", data] if data else []), address, *args]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.returncode == 0) == ok, done.stderr
    return done.stdout if ok else done.stderr


def test_services_and_messages_are_described(server):
    assert {"onrecord.v1.SearchService", "onrecord.v1.DocumentService"} <= set(grpcurl(server.address, "list").split())
    assert "quote_sha256" in grpcurl(server.address, "describe", "onrecord.v1.Citation")


def test_a_search_answers(server):
    answer = json.loads(grpcurl(server.address, "onrecord.v1.SearchService/Search", data='{"query": "Syria talks"}'))
    assert answer["results"][0]["passage"]["citation"]["documentId"] == "syria-talks-envoy.txt"


def test_error_details_are_decoded(server):
    said = grpcurl(server.address, "onrecord.v1.SearchService/Search", data='{"query": ""}', ok=False)
    assert "InvalidArgument" in said
    assert '"reason": "QUERY_EMPTY"' in said and '"field": "query"' in said
    said = grpcurl(server.address, "onrecord.v1.DocumentService/GetDocument", data='{"document_id": "x"}', ok=False)
    assert "NotFound" in said and '"resourceName": "x"' in said


def steady(output):
    """Output without what differs from run to run: tokens are sealed again, times and generations go on."""
    output = re.sub(r"(--page-token )[\w-]+", r"\1…", output)
    names = "nextPageToken|generation|corpusId|lastCommitTime|createTime|updateTime|retireTime|storeBytes|indexBytes|service"
    return re.sub(rf'("(?:{names})": ")[^"]+', r"\1…", output)


CONSOLE = re.compile(r"^```console\n\$ (?P<command>.+)\n(?P<output>(?:(?!```).*\n)*)```$", flags=re.M)


@pytest.mark.parametrize("page", ["README.md", *sorted(map(str, pathlib.Path("docs/api").glob("*-*.md"))), "docs/api/search.md"])
def test_pages_show_real_output(page):
    """Each command of a page is run and prints what is below it; UPDATE_EXPECT=1 writes the page again."""
    path = ROOT / page
    text = path.read_text()
    server = Server("samples")
    folder = BINARY.resolve().parent
    env = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "ONRECORD_SERVER": f"http://{server.address}"}

    def run(block):
        command = block["command"].replace("127.0.0.1:50051", server.address)
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=env, cwd=ROOT, timeout=60)
        output = done.stdout if done.stdout.endswith("\n") else done.stdout + "\n"
        if os.environ.get("UPDATE_EXPECT"):
            return f"```console\n$ {block['command']}\n{output}```"
        assert steady(output) == steady(block["output"]), command
        return block[0]

    try:
        written, count = CONSOLE.subn(run, text)
        assert count > 0
    finally:
        server.stop()
    if written != text:
        path.write_text(written)
