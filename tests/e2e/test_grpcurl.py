"""grpcurl, by reflection alone, as a person would use it; and the README's own examples."""

import json
import re
import subprocess

from service import ROOT, Server


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
    """Output without what differs from run to run: page tokens are sealed anew, generations count commits."""
    return re.sub(r'(--page-token |"nextPageToken": "|"generation": ")[\w-]+', r"\1…", output)


def test_the_readme_shows_real_output():
    """Each `grpcurl` and `onrecord` command of the README is run, and prints what stands below it."""
    readme = (ROOT / "README.md").read_text()
    server = Server("samples")
    try:
        shown = re.findall(r"^```console\n\$ (.+?)\n(.*?)^```", readme, flags=re.M | re.S)
        assert len(shown) >= 2
        for command, output in shown:
            command = command.replace("127.0.0.1:50051", server.address)
            env = {"PATH": f"{ROOT}/target/release:{__import__('os').environ['PATH']}", "HOME": "/"}
            env["ONRECORD_SERVER"] = f"http://{server.address}"
            done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=env, cwd=ROOT, timeout=30)
            assert steady(done.stdout) == steady(output), command
    finally:
        server.stop()
