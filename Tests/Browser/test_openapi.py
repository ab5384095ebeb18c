"""The whole API, called by Schemathesis as its document says, and as it must not be called."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

import requests
from caller import Caller
from running_server import ROOT, RunningServer
from signed_in import sign_in

HERE = Path(__file__).parent
SECONDS_MAX = 300
#: So that signing in again and again is not what is refused.
LIMITS = ["--stranger-per-minute", "1000000", "--strangers-per-minute", "1000000", "--newcomers-per-hour", "1000000"]

#: Operations that succeed only for whoever holds what cannot be guessed: a refresh token, a code, bytes with a given
#: hash, a claim that waits, a conflict of two devices, a commit, a tag that hangs on the trade. ServerTests call them.
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
    "GET /api/v1/journal/conflicts/{id}/{field}",
    "GET /api/v1/journal/conflicts/{id}/{field}/{number}",
    "POST /api/v1/journal/conflicts/{id}/{field}",
    "POST /api/v1/journal/undo",
    "DELETE /api/v1/journal/trades/{id}/tags/{tag_id}",
}

TRADES = [
    {
        "symbol": "BTC_USDT", "side": side, "quantity": "0.5", "entry_price": "60000", "exit_price": price,
        "fees": "12.5", "opened_at": f"2026-11-0{day}T08:00:00Z", "closed_at": f"2026-11-0{day}T09:30:00Z",
        "stop_price": "59000" if side == "LONG" else "61000", "setup_tag": "open", "notes": "Too early.",
        "tags": ["breakout"], "account": "main",
    }
    for day, (side, price) in enumerate([("LONG", "61000"), ("SHORT", "60500"), ("LONG", "60000")], start=1)
]  # fmt: skip


def seed(server, token):
    """Puts something to find into the journal.

    :returns: what it is called, by the part of the path where the name stands."""

    bearer = {"Authorization": f"Bearer {token}"}

    def post(path, body):
        answer = Caller(server).send("POST", "/journal" + path, body, bearer)
        assert answer.status == 201, (path, answer.status, answer.body)
        return answer.json

    def send(path, file):
        url = f"http://127.0.0.1:{server.port}/api/v1/journal{path}"
        answer = requests.post(url, files={"file": file.open("rb")}, headers=bearer, timeout=10)
        assert answer.status_code in (201, 202), (path, answer.status_code, answer.text)
        return answer.json()

    def imported(file):
        """Waits for the end, so that the answers of the fuzzing do not depend on how far it is."""
        id = send("/import", file)["import_id"]
        for _ in range(100):
            answer = Caller(server).send("GET", f"/journal/import/{id}", None, bearer)
            assert answer.status == 200, (id, answer.status, answer.body)
            if answer.json["status"] not in ("queued", "running"):
                return id
            time.sleep(0.1)
        raise AssertionError(f"the import {id} does not end")

    tag = post("/tags", {"name": "breakout", "color": "#3b82f6"})
    trades = [post("/trades", trade) for trade in TRADES]
    image = upload(server, token)
    entry = post("/entries", {"title": "Plan", "body": "Wait for the open.", "entry_type": "daily"})
    return {
        "/images/{id}": image["id"],
        "/trades/{id}": trades[0]["id"],
        "/tags/{id}": tag["id"],
        "/tags/{tag_id}": tag["id"],
        "/entries/{id}": entry["id"],
        "/history/{id}": trades[0]["id"],
        "/images/{id}": send("/upload", ROOT / "fixtures" / "images" / "photo.jpg")["id"],
        "/import/{id}": imported(ROOT / "fixtures" / "imports" / "binance_futures.csv"),
    }


def upload(server, token):
    picture = (ROOT / "fixtures" / "images" / "chart.png").read_bytes()
    head = 'Content-Disposition: form-data; name="file"; filename="chart.png"'
    request = Request(
        f"http://127.0.0.1:{server.port}/api/v1/journal/upload",
        b"--x\r\n" + head.encode() + b"\r\n\r\n" + picture + b"\r\n--x--\r\n",
        {"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=x"},
    )
    with urlopen(request) as answer:
        return json.load(answer)


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
        known = seed(server, token)
        environment = {
            **os.environ,
            "DAYBOOK_TOKEN": token,
            "DAYBOOK_KNOWN": json.dumps(known),
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
        missed = operations(server) - succeeded(server) - GUARDED
        assert not [operation for operation in missed if operation.startswith("GET")], run.stdout[-5000:]
        # Ids are new in each run, so chance has a hand in what is written.
        assert len(missed) <= 3, missed
