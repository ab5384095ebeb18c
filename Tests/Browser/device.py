"""The real `daybook`, as a person's device: a process for each command, a journal of its own."""

import json
import os
import subprocess

import pretended
from running_server import ROOT

EXECUTABLE = os.environ.get("DAYBOOK", ROOT / ".build" / "debug" / "daybook")
PASSPHRASE = "a passphrase of the tests"


class Device:
    def __init__(self, directory):
        self.directory = directory
        directory.mkdir()
        self.run("init", "--device", directory.name)

    def run(self, *arguments, exits=(0,)):
        environment = {
            "HOME": str(self.directory), "XDG_CONFIG_HOME": str(self.directory / "config"), "TZ": "UTC",
            "DAYBOOK_JOURNAL": str(self.directory / "journal"), "DAYBOOK_PASSPHRASE": PASSPHRASE, "PATH": "/usr/bin:/bin",
            **pretended.environment(),
        }  # fmt: skip
        done = subprocess.run(
            [str(EXECUTABLE), *map(str, arguments)], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode in exits, f"daybook {' '.join(map(str, arguments))}: {done.stderr}{done.stdout}"
        return done.stdout

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--json"))

    def sign_in(self, server, wallet):
        """With the key of that wallet, as another wallet's program exports it."""
        keystore = self.directory / "keystore.json"
        keystore.write_text(json.dumps(wallet.account.encrypt(PASSPHRASE, kdf="scrypt", iterations=2)))
        self.run("login", "--server", server.origin, "--import", keystore)
        server.keep_secret(PASSPHRASE, wallet.account.key.hex())

    def exported_trades(self):
        folder = self.directory / "export"
        self.run("export", "--format", "json", folder, "--force")
        return json.loads((folder / "trades.json").read_text())
