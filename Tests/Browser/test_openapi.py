"""The whole API, called by Schemathesis as its document says, and as it must not be called."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

from caller import Caller
from running_server import ROOT, RunningServer
from signed_in import sign_in

HERE = Path(__file__).parent
SECONDS_MAX = 180
#: So that signing in again and again is not what is refused.
LIMITS = ["--stranger-per-minute", "1000000", "--strangers-per-minute", "1000000"]

#: Operations that succeed only for whoever holds what cannot be guessed: a refresh token, a code, bytes with a given
#: hash, a claim that waits. The tests of ServerTests hold it.
GUARDED = {
    "POST /api/v1/auth/refresh",
    "POST /api/v1/auth/extension-refresh",
    "POST /api/v1/auth/extension-pair",
    "POST /api/v1/auth/pair-extension/confirm",
    "DELETE /api/v1/auth/sessions/{id}",
    "POST /api/v1/sync/exchange",
    "GET /api/v1/sync/snapshot/{sha256}",
    "PUT /api/v1/sync/blobs/{sha256}",
    "HEAD /api/v1/sync/blobs/{sha256}",
    "GET /api/v1/sync/blobs/{sha256}",
}


def seed(server, token):
    """Something to find in the journal."""


def operations(server):
    with urlopen(f"http://127.0.0.1:{server.port}/api/v1/openapi.json") as answer:
        document = json.load(answer)
    return {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}


def succeeded(server):
    """The operations that were answered with 2xx at least once, as the server counted."""
    with urlopen(f"http://127.0.0.1:{server.port}/metrics") as answer:
        text = answer.read().decode()
    found = re.findall(r'requests_total\{method="(\w+)",route="([^"]+)",status="2\d\d"\}', text)
    return {f"{method} {route}" for method, route in found}


def test_every_route_keeps_what_the_document_promises():
    with RunningServer(*LIMITS) as server:
        token = sign_in(Caller(server))
        seed(server, token)
        environment = {
            **os.environ,
            "DAYBOOK_TOKEN": token,
            "DAYBOOK_PORT": str(server.port),
            "DAYBOOK_ORIGIN": server.origin,
            "PYTHONPATH": str(HERE),
        }
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "openapi.toml"), "run"]
        run = subprocess.run(
            [*command, f"http://127.0.0.1:{server.port}/api/v1/openapi.json"],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS_MAX,
        )  # fmt: skip
        assert run.returncode == 0, run.stdout[-20_000:]
        # That nothing failed says little about what was never reached.
        assert operations(server) - succeeded(server) <= GUARDED, run.stdout[-5000:]
