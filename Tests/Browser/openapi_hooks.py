"""What Schemathesis has to be told about this API beyond its document."""

import os
from types import SimpleNamespace

import schemathesis
from caller import Caller
from hypothesis import strategies as st
from signed_in import sign_in

#: Calls that end sessions. Each gets one of its own, of somebody else: the run goes on under its session.
ENDING = {"/api/v1/auth/logout", "/api/v1/auth/revoke-all", "/api/v1/auth/sessions/{id}"}

schemathesis.openapi.media_type("application/x-protobuf", st.binary(max_size=64))


@schemathesis.auth(refresh_interval=None)
class Session:
    def __init__(self):
        self.server = SimpleNamespace(
            port=int(os.environ["DAYBOOK_PORT"]),
            origin=os.environ["DAYBOOK_ORIGIN"],
            keep_secret=lambda *secrets: None,
        )

    def get(self, case, context):
        return sign_in(Caller(self.server)) if case.operation.path in ENDING else os.environ["DAYBOOK_TOKEN"]

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"
