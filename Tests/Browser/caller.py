"""One browser or device, as far as HTTP can tell: it keeps its cookies, and says where it comes from."""

import http.client
import json
from dataclasses import dataclass
from http.cookies import SimpleCookie


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["error"]


class Caller:
    """`address`: where it calls from, of this machine's 127.0.0.0/8."""

    def __init__(self, server, address="127.0.0.1"):
        self.server = server
        self.address = address
        self.cookies = {}

    def send(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.server.port, timeout=10, source_address=(self.address, 0)
        )
        fields = dict(headers or {})
        if self.cookies:
            fields["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            fields["Content-Type"] = "application/json"
            body = json.dumps(body)
        try:
            connection.request(method, "/api/v1" + path, body, fields)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        self.remember(answer)
        return answer

    def get(self, path, token=None):
        return self.send("GET", path, headers={"Authorization": f"Bearer {token}"} if token else None)

    def post(self, path, body=None):
        return self.send("POST", path, body, {"Origin": self.server.origin})

    def remember(self, answer):
        for field in answer.headers.get_all("Set-Cookie") or []:
            for name, cookie in SimpleCookie(field).items():
                self.server.keep_secret(cookie.value)
                if cookie["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = cookie.value
