"""One person at the REST API: signed in with a wallet, asking and writing with a Bearer token."""

import http.client
import json
import time
import urllib.parse
import uuid

from caller import Answer, Caller
from wallet import Wallet, written

ANSWERS_WITHIN_SECONDS = 60


class Person:
    def __init__(self, server, wallet=None):
        self.server = server
        self.wallet = wallet or Wallet()
        caller = Caller(server)
        nonce = caller.get("/auth/nonce").json["nonce"]
        message = self.wallet.message(server, nonce)
        proof = {"message": message, "signature": written(self.wallet.sign(message)), "device": "script"}
        answer = caller.post("/auth/verify-siwe", proof)
        assert answer.status == 200, answer.body
        self.token = answer.json["access_token"]
        server.keep_secret(nonce, proof["signature"], self.token, answer.json["refresh_token"])

    def send(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=ANSWERS_WITHIN_SECONDS)
        try:
            connection.request(
                method, "/api/v1" + path, body, {"Authorization": f"Bearer {self.token}", **(headers or {})}
            )
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def expect(self, statuses, answer):
        assert answer.status in statuses, f"{answer.status}: {answer.body[:500]}"
        return answer.json if answer.body else None

    def get(self, path, query=()):
        """`query`: pairs, since a name may stand there more than once."""
        return self.expect([200], self.send("GET", path + ("?" + urllib.parse.urlencode(query) if query else "")))

    def write(self, method, path, body=None):
        headers = {"Content-Type": "application/json"}
        return self.expect([200, 201], self.send(method, path, json.dumps(body), headers))

    def upload(self, path, name, content, fields=None):
        """A multipart form with one file."""
        border = uuid.uuid4().hex
        parts = [f'--{border}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
                 for key, value in (fields or {}).items()]  # fmt: skip
        parts.append(
            f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            f"Content-Type: text/csv\r\n\r\n".encode()
            + content
            + f"\r\n--{border}--\r\n".encode()
        )
        headers = {"Content-Type": f"multipart/form-data; boundary={border}"}
        return self.expect([200, 201, 202], self.send("POST", path, b"".join(parts), headers))

    def import_fills(self, name, content, **fields):
        """Until all of it is in the journal."""
        begun = self.upload("/journal/import", name, content, fields)
        deadline = time.monotonic() + ANSWERS_WITHIN_SECONDS
        while True:
            state = self.get(f"/journal/import/{begun['import_id']}")
            if state["status"] not in ("pending", "queued", "running", "processing"):
                return state
            assert time.monotonic() < deadline, state
            time.sleep(0.05)

    def exported_trades(self):
        return self.get("/journal/export", [("table", "trades"), ("format", "json")])
