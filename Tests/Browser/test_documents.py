"""What docs/signing-in.md says to type, typed."""

import os
import re
import subprocess
import sys
from pathlib import Path

from running_server import ROOT, RunningServer


def test_the_commands_in_the_document_do_what_it_says(tmp_path):
    text = (ROOT / "docs" / "signing-in.md").read_text()
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 5
    with RunningServer() as server:
        script = "set -euo pipefail\n" + "\n".join(blocks).replace("http://localhost:8080", server.origin)
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        done = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True,
            timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout
        for word in ['"claimed"', '"curl in the study"', '"signed_in"', '"paired"', '"session_revoked"']:
            assert word in done.stdout
        server.keep_secret(*re.findall(r'"(?:access|refresh)_token":"([^"]+)"', done.stdout))
        server.keep_secret((tmp_path / "wallet.key").read_text().strip())
        assert server.secrets
