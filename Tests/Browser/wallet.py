"""A wallet by eth-account, which shares no line of code with Daybook."""

from datetime import timedelta

import pretended
from eth_account import Account
from eth_account.messages import encode_defunct

#: The number of points of secp256k1.
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def moment(seconds=0):
    """So many seconds from now, as EIP-4361 writes times."""
    when = pretended.now() + timedelta(seconds=seconds)
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"


class Wallet:
    def __init__(self):
        self.account = Account.create()

    @property
    def address(self):
        """With the capitals of its checksum."""
        return self.account.address

    def message(self, server, nonce, **changes):
        """An EIP-4361 message that the server takes, but for what is changed in it."""
        fields = {
            "domain": server.origin.removeprefix("http://"),
            "address": self.address,
            "statement": "Sign in.",
            "uri": server.origin,
            "version": 1,
            "chain": 1,
            "nonce": nonce,
            "issued": moment(),
            "more": [],
            **changes,
        }
        return "\n".join(
            [
                f"{fields['domain']} wants you to sign in with your Ethereum account:",
                fields["address"],
                "",
                fields["statement"],
                "",
                f"URI: {fields['uri']}",
                f"Version: {fields['version']}",
                f"Chain ID: {fields['chain']}",
                f"Nonce: {fields['nonce']}",
                f"Issued At: {fields['issued']}",
                *fields["more"],
            ]
        )

    def sign(self, message):
        """What `personal_sign` returns: r, s and v (27 or 28), 65 bytes."""
        content = {"primitive": message} if isinstance(message, bytes) else {"text": message}
        return bytes(self.account.sign_message(encode_defunct(**content)).signature)


def written(signature):
    return "0x" + signature.hex()


def with_v(signature, v):
    return signature[:64] + bytes([v])


def with_high_s(signature):
    """The other signature of the same message by the same key, which anyone can make."""
    s = ORDER - int.from_bytes(signature[32:64], "big")
    return signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])
