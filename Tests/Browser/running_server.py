"""The real server in a process of its own, and everything it must never let out."""

import base64
import os
import re
import signal
import subprocess
import tempfile
import threading
from pathlib import Path

import pretended

ROOT = Path(__file__).resolve().parent.parent.parent
EXECUTABLE = Path(os.environ.get("DAYBOOK_SERVER", ROOT / ".build" / "debug" / "daybook-server"))


class RunningServer:
    """`with RunningServer("--access-seconds", "4") as server`: connect to `server.port`.

    Every token, code and signature of the run is told to `keep_secret`. When the server has stopped, neither its log
    nor its files may hold one of them.
    """

    def __init__(self, *options):
        self.options = options
        self.secrets = set()
        self.log = []

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="daybook-browser-")
        data = Path(self.directory.name) / "data"
        command = [EXECUTABLE, "serve", "--data", data, "--http", "127.0.0.1:0", "--websocket", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            [*map(str, command), "--log-level", "trace", *self.options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | pretended.environment(),
        )  # fmt: skip
        self.reader = threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True)
        self.reader.start()
        said = self.process.stdout.readline()
        if "http=" not in said:
            self.reader.join(timeout=5)
            raise AssertionError("the server did not start: " + "".join(self.log))
        self.port = int(re.search(r"http=\S+:(\d+)", said)[1])
        self.data = data
        return self

    @property
    def origin(self):
        return f"http://localhost:{self.port}"

    @property
    def is_alive(self):
        return self.process.poll() is None

    def keep_secret(self, *texts):
        self.secrets.update(text for text in texts if text)

    def __exit__(self, *failure):
        try:
            if not any(failure):
                assert self.is_alive, "the server died: " + "".join(self.log[-20:])
                self.expect_files_without_secrets()
        finally:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=20)
            self.reader.join(timeout=5)
        if not any(failure):
            self.expect_log_without_secrets()
        self.directory.cleanup()

    def expect_log_without_secrets(self):
        log = "".join(self.log)
        assert "request" in log, "nothing was logged, so nothing was searched"
        for secret in self.secrets:
            # Six digits may be part of some number; they may not stand for themselves.
            bare = rf"(?<![0-9A-Fa-f.]){re.escape(secret)}(?![0-9A-Fa-f])"
            assert not re.search(bare, log), f"the log shows {secret}"

    def expect_files_without_secrets(self):
        files = {path: path.read_bytes() for path in self.data.rglob("*") if path.is_file()}
        assert any(files.values())
        for secret in self.secrets:
            for form in forms(secret):
                for path, content in files.items():
                    assert form not in content, f"{path.name} holds {secret}"


def forms(secret):
    """A secret as text and, where the text stands for bytes, as bytes. A short code would be found anywhere by chance."""
    if len(secret) < 16:
        return
    yield secret.encode()
    digits = secret.removeprefix("0x")
    if re.fullmatch(r"([0-9A-Fa-f]{2})+", digits):
        yield bytes.fromhex(digits)
    elif re.fullmatch(r"[0-9A-Za-z_-]{43}", secret):
        yield base64.urlsafe_b64decode(secret + "=")
