"""Writes signed EIP-4361 messages, the same bytes for everyone and every time: make_sign_ins.py COUNT FILE.tsv

A header, then `message signature hash`, each in hexadecimal digits, between tabs. eth-account signs them, so that
Daybook verifies nothing it made itself.
"""

import hashlib
import sys

from eth_account import Account
from eth_account.messages import _hash_eip191_message, encode_defunct

#: All messages were made at this moment, and are looked at a minute later.
ISSUED = "2026-01-02T03:04:05.000Z"
EXPIRES = "2026-01-02T03:14:05.000Z"


def message(address, number):
    return "\n".join(
        [
            "daybook.example wants you to sign in with your Ethereum account:",
            address,
            "",
            "Sign in to the Desk. This costs nothing and moves nothing.",
            "",
            "URI: https://daybook.example",
            "Version: 1",
            "Chain ID: 1",
            f"Nonce: {hashlib.sha256(b'nonce %d' % number).hexdigest()[:32]}",
            f"Issued At: {ISSUED}",
            f"Expiration Time: {EXPIRES}",
        ]
    )


def main():
    count, path = int(sys.argv[1]), sys.argv[2]
    with open(path, "w", encoding="ascii") as file:
        file.write("message\tsignature\thash\n")
        for number in range(count):
            account = Account.from_key(hashlib.sha256(b"key %d" % number).digest())
            text = message(account.address, number)
            signable = encode_defunct(text=text)
            signature = bytes(account.sign_message(signable).signature)
            file.write(f"{text.encode().hex()}\t{signature.hex()}\t{bytes(_hash_eip191_message(signable)).hex()}\n")


if __name__ == "__main__":
    main()
