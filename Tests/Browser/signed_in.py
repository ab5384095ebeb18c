"""A session of a person whom nobody knew before."""

from wallet import Wallet, written


def sign_in(caller, device="Python"):
    """:returns: the access token of a device's session."""
    wallet = Wallet()
    message = wallet.message(caller.server, caller.get("/auth/nonce").json["nonce"])
    signature = written(wallet.sign(message))
    caller.server.keep_secret(signature)
    answer = caller.post("/auth/verify-siwe", {"message": message, "signature": signature, "device": device})
    assert answer.status == 200, answer.body
    caller.server.keep_secret(answer.json["access_token"], answer.json["refresh_token"])
    return answer.json["access_token"]
