"""Signing in, by a signer that shares no code with the server, over a real socket."""

import pytest
from caller import Caller
from running_server import RunningServer
from wallet import Wallet, moment, with_high_s, with_v, written


@pytest.fixture(scope="module")
def server():
    with RunningServer() as server:
        yield server


@pytest.fixture
def wallet():
    return Wallet()


@pytest.fixture
def caller(server):
    return Caller(server)


def nonce(caller):
    nonce = caller.get("/auth/nonce").json["nonce"]
    caller.server.keep_secret(nonce)
    return nonce


def prove(caller, message, signature, **more):
    signature = signature if isinstance(signature, str) else written(signature)
    caller.server.keep_secret(signature)
    answer = caller.post("/auth/verify-siwe", {"message": message, "signature": signature, **more})
    if answer.status == 200:
        caller.server.keep_secret(answer.json.get("access_token"), answer.json.get("refresh_token"))
    return answer


def expect_refused(caller, answer, code):
    assert (answer.json["error"], answer.status) == (code, 400 if ".bad_" in code else 401)
    assert "access_token" not in caller.cookies
    assert caller.server.is_alive
    assert caller.get("/health").status == 200


@pytest.mark.parametrize("v", [None, 27, 28, 0, 1], ids=["as signed", "27", "28", "0", "1"])
def test_a_good_signature_gets_in(caller, wallet, v):
    # With a v that is asked for, sign until chance has it.
    for attempt in range(60):
        number = nonce(caller) if attempt == 0 else number
        message = wallet.message(caller.server, number, statement=f"Sign in, {attempt}.")
        signature = wallet.sign(message)
        if v is None or signature[64] % 27 == v % 27:
            break
    answer = prove(caller, message, signature if v is None else with_v(signature, v))
    assert answer.status == 200
    assert answer.json["address"] == wallet.address
    assert caller.get("/auth/me").json == {"user_id": answer.json["user_id"], "address": wallet.address}


def test_one_wallet_is_one_person_in_every_browser(server, wallet):
    people = set()
    for _ in range(2):
        caller = Caller(server)
        message = wallet.message(server, nonce(caller))
        people.add(prove(caller, message, wallet.sign(message)).json["user_id"])
    assert len(people) == 1


def test_a_device_gets_its_tokens_in_the_body_and_no_cookies(caller, wallet):
    message = wallet.message(caller.server, nonce(caller))
    answer = prove(caller, message, wallet.sign(message), device="Laptop")
    assert answer.status == 200
    assert "access_token" not in caller.cookies
    assert caller.get("/auth/me", token=answer.json["access_token"]).json["address"] == wallet.address


def test_a_browser_gets_no_token_in_the_body(caller, wallet):
    message = wallet.message(caller.server, nonce(caller))
    answer = prove(caller, message, wallet.sign(message))
    assert set(answer.json) == {"address", "user_id", "expires_in"}
    for cookie in answer.headers.get_all("Set-Cookie"):
        assert {"Secure", "HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))


# What another key, or another hand, makes of it


SIGNATURES = {
    "another key": (lambda signature, message: Wallet().sign(message), "auth.refused"),
    "high s": (lambda signature, message: with_high_s(signature), "auth.refused"),
    "v 2": (lambda signature, message: with_v(signature, 2), "auth.refused"),
    "v 26": (lambda signature, message: with_v(signature, 26), "auth.refused"),
    "v 29": (lambda signature, message: with_v(signature, 29), "auth.refused"),
    "v 37": (lambda signature, message: with_v(signature, 37), "auth.refused"),
    "v 255": (lambda signature, message: with_v(signature, 0xFF), "auth.refused"),
    "the other v": (lambda signature, message: with_v(signature, 55 - signature[64]), "auth.refused"),
    "r of zero": (lambda signature, message: bytes(32) + signature[32:], "auth.refused"),
    "s of zero": (lambda signature, message: signature[:32] + bytes(32) + signature[64:], "auth.refused"),
    "all ones": (lambda signature, message: b"\xff" * 64 + b"\x1b", "auth.refused"),
    "64 bytes": (lambda signature, message: signature[:64], "auth.refused"),
    "66 bytes": (lambda signature, message: signature + b"\x00", "auth.refused"),
    "nothing": (lambda signature, message: b"", "auth.refused"),
    "no 0x": (lambda signature, message: signature.hex(), "auth.refused"),
    "no digits": (lambda signature, message: "0x" + "zz" * 65, "auth.refused"),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_bad_signature_stays_out(caller, wallet, name):
    spoil, code = SIGNATURES[name]
    message = wallet.message(caller.server, nonce(caller))
    expect_refused(caller, prove(caller, message, spoil(wallet.sign(message), message)), code)


# Messages that are not for here, or not for now


MESSAGES = {
    "another domain": ({"domain": "elsewhere.example"}, "siwe.wrong_domain"),
    "another port": ({"domain": "localhost:1"}, "siwe.wrong_domain"),
    "another URI": ({"uri": "https://elsewhere.example"}, "siwe.wrong_origin"),
    "another chain": ({"chain": 137}, "siwe.wrong_chain"),
    "another version": ({"version": 2}, "siwe.bad_version"),
    "too old": ({"issued": moment(-700)}, "siwe.issued_too_long_ago"),
    "from the future": ({"issued": moment(300)}, "siwe.issued_in_future"),
    "expired": ({"more": [f"Expiration Time: {moment(-1)}"]}, "siwe.expired"),
    "not yet valid": ({"more": [f"Not Before: {moment(300)}"]}, "siwe.not_yet_valid"),
    "no time": ({"issued": "yesterday"}, "siwe.bad_issued_at"),
    "a lie about time": ({"more": ["Expiration Time: never"]}, "siwe.bad_expiration_time"),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_for_elsewhere_or_another_time_stays_out(caller, wallet, name):
    changes, code = MESSAGES[name]
    message = wallet.message(caller.server, nonce(caller), **changes)
    expect_refused(caller, prove(caller, message, wallet.sign(message)), code)


@pytest.mark.parametrize("spelling", [str.lower, lambda text: "0x" + text[2:].upper(), str.swapcase])
def test_an_address_without_its_checksum_stays_out(caller, wallet, spelling):
    address = "0x" + spelling(wallet.address[2:]) if spelling is str.swapcase else spelling(wallet.address)
    message = wallet.message(caller.server, nonce(caller), address=address)
    expect_refused(caller, prove(caller, message, wallet.sign(message)), "siwe.bad_address")


def test_what_was_signed_is_what_counts_to_the_last_byte(caller, wallet):
    message = wallet.message(caller.server, nonce(caller))
    answer = prove(caller, message.replace("Sign in.", "Sign it."), wallet.sign(message))
    expect_refused(caller, answer, "auth.refused")


# Nonces


def test_a_nonce_counts_once(server, wallet):
    caller = Caller(server)
    message = wallet.message(server, nonce(caller))
    binding = dict(caller.cookies)
    assert prove(caller, message, wallet.sign(message)).status == 200
    again = Caller(server)
    again.cookies = binding
    expect_refused(again, prove(again, message, wallet.sign(message)), "auth.refused")


def test_a_nonce_is_used_up_by_a_failure(caller, wallet):
    message = wallet.message(caller.server, nonce(caller))
    expect_refused(caller, prove(caller, message, Wallet().sign(message)), "auth.refused")
    expect_refused(caller, prove(caller, message, wallet.sign(message)), "auth.refused")


def test_the_nonce_of_another_browser_stays_out(server, wallet):
    """Or a stranger could have a victim's browser signed in as the stranger."""
    own, other = Caller(server), Caller(server)
    nonce(own)
    message = wallet.message(server, nonce(other))
    expect_refused(own, prove(own, message, wallet.sign(message)), "auth.refused")


def test_a_nonce_without_its_cookie_stays_out(server, wallet):
    message = wallet.message(server, nonce(Caller(server)))
    caller = Caller(server)
    expect_refused(caller, prove(caller, message, wallet.sign(message)), "auth.refused")


def test_an_invented_nonce_stays_out(caller, wallet):
    nonce(caller)
    message = wallet.message(caller.server, "0123456789abcdef0123456789abcdef")
    expect_refused(caller, prove(caller, message, wallet.sign(message)), "auth.refused")


# Pages of other sites


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_a_page_of_another_site_cannot_sign_in_or_use_the_cookies(caller, wallet, headers):
    message = wallet.message(caller.server, nonce(caller))
    proof = {"message": message, "signature": written(wallet.sign(message))}
    answer = caller.send("POST", "/auth/verify-siwe", proof, headers)
    assert (answer.status, answer.code) == (403, "auth.foreign_origin")
    message = wallet.message(caller.server, nonce(caller))
    assert prove(caller, message, wallet.sign(message)).status == 200
    for path in ["/auth/refresh", "/auth/logout", "/auth/revoke-all", "/auth/pair-extension"]:
        answer = caller.send("POST", path, headers=headers)
        assert (answer.status, answer.code) == (403, "auth.foreign_origin")
    assert caller.get("/auth/me").status == 200
