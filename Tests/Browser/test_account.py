"""The web app in a real browser, with a wallet that eth-account signs for."""

import json
import os
import re
from types import SimpleNamespace

import pretended
import pytest
from caller import Caller
from eth_utils import keccak, to_checksum_address
from playwright.sync_api import expect, sync_playwright
from running_server import ROOT, RunningServer
from wallet import Wallet, written

SHOTS = ROOT / ".build" / "browser-shots"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ACCESS_SECONDS = 3

#: What a wallet puts into every page: EIP-1193, with the answers from outside the browser.
PROVIDER = """
window.ethereum = {
  async request({ method, params }) {
    const { result, error } = JSON.parse(await window.askWallet(method, JSON.stringify(params ?? [])));
    if (error) throw Object.assign(new Error(error.message), { code: error.code });
    return result;
  },
};
"""

#: Two wallets that announce themselves, as EIP-6963 says.
ANNOUNCED = """
for (const name of ["First", "Second"]) {
  const icon = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><circle r='8'/></svg>";
  const detail = Object.freeze({ info: { uuid: name, name: name, icon, rdns: "x" }, provider: window.ethereum });
  const announce = () => dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  addEventListener("eip6963:requestProvider", announce);
}
"""


@pytest.fixture(scope="module")
def server():
    with RunningServer("--access-seconds", str(ACCESS_SECONDS), "--pairing-codes", "100") as server:
        yield server


@pytest.fixture(scope="module")
def chromium():
    SHOTS.mkdir(parents=True, exist_ok=True)
    # As root, which is where tests often run, Chromium has no sandbox.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*arguments, "--disable-dev-shm-usage"])
        yield browser
        browser.close()


class Person:
    """A browser with a wallet in it. What the browser complains about is an error of the page."""

    def __init__(self, server, chromium, wallet=None, has_wallet=True, announces=False, **settings):
        self.server = server
        self.wallet = wallet or Wallet()
        self.settings = SimpleNamespace(chain="0x1", refusal=None)
        self.asked = []
        self.complaints = []
        self.refreshes = []
        settings = {"locale": "en-GB", "timezone_id": "UTC", "viewport": {"width": 1000, "height": 900}, **settings}
        self.context = chromium.new_context(**settings)
        self.context.set_default_timeout(10_000)
        if pretended.SECONDS:
            self.context.add_init_script(pretended.PAGE_CLOCK)
        if has_wallet:
            self.context.expose_function("askWallet", self.answer)
            self.context.add_init_script(PROVIDER + (ANNOUNCED if announces else ""))
        self.page = self.open()

    def answer(self, method, params):
        self.asked.append(method)
        if self.settings.refusal and method == "personal_sign":
            return json.dumps({"error": self.settings.refusal})
        if method in ("eth_requestAccounts", "eth_accounts"):
            # As wallets do: without the capitals.
            return json.dumps({"result": [self.wallet.address.lower()]})
        if method == "eth_chainId":
            return json.dumps({"result": self.settings.chain})
        if method == "personal_sign":
            message, address = json.loads(params)
            assert address.lower() == self.wallet.address.lower()
            signature = written(self.wallet.sign(bytes.fromhex(message[2:])))
            self.server.keep_secret(signature)
            return json.dumps({"result": signature})
        return json.dumps({"error": {"code": -32601, "message": f"no {method}"}})

    def open(self):
        page = self.context.new_page()
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self.see)
        page.goto(self.server.origin + "/")
        return page

    def hear(self, message):
        # An answer of 401 is how the page finds out that it has to refresh or to sign in.
        is_expected = "Failed to load resource" in message.text and message.location.get("url", "").count("/api/v1/")
        if message.type in ("error", "warning") and not is_expected:
            self.complaints.append(message.text)

    def see(self, response):
        if response.url.endswith("/auth/refresh"):
            self.refreshes.append(response.status)
            self.keep_cookies_secret()

    def cookies(self):
        """As the browser's own debugger tells them."""
        session = self.context.new_cdp_session(self.page)
        found = session.send("Network.getCookies", {"urls": [self.server.origin + "/api/v1/auth"]})["cookies"]
        session.detach()
        return {cookie["name"]: cookie for cookie in found}

    def keep_cookies_secret(self):
        self.server.keep_secret(*(cookie["value"] for cookie in self.context.cookies()))

    def shoot(self, name, page=None):
        (page or self.page).screenshot(path=SHOTS / f"{name}.png", full_page=True)

    def sign_in(self):
        self.page.get_by_role("button", name="Sign in with your wallet").click()
        expect(self.page.get_by_role("heading", name="Who is signed in")).to_be_visible()
        self.keep_cookies_secret()

    def get_code(self, kind="extension"):
        name = "Let a device in" if kind == "device" else "Get a code"
        self.page.get_by_role("button", name=name).click()
        shown = self.page.locator("#code")
        expect(shown).to_have_text(re.compile(r"^[0-9]{6}$"))
        self.server.keep_secret(shown.text_content())
        return shown.text_content()

    def close(self):
        self.context.close()
        assert self.complaints == []


@pytest.fixture
def person(server, chromium):
    person = Person(server, chromium)
    yield person
    person.close()


def claim(server, code, name, address="127.0.0.1", kind="extension"):
    """What an extension sends when its owner has typed the code in."""
    server.keep_secret(code)
    body = {"code": code, "name": name, "kind": kind}
    answer = Caller(server, address).send("POST", "/auth/extension-pair", body)
    if answer.status == 200:
        server.keep_secret(answer.json["tokens"]["access_token"], answer.json["tokens"]["refresh_token"])
    return answer


def test_a_person_signs_in_pairs_revokes_and_signs_out(person):
    page, server = person.page, person.server
    expect(page.get_by_role("button", name="Sign in with your wallet")).to_be_visible()
    person.shoot("1-signed-out")

    person.sign_in()
    expect(page.locator("#address")).to_have_attribute("title", person.wallet.address)
    expect(page.get_by_text("This browser", exact=True)).to_be_visible()
    expect(page.locator("#audit")).to_contain_text("Signed in Chrome on Linux")
    expect(page.get_by_role("button", name="Show older")).to_be_hidden()
    person.shoot("2-signed-in")

    cookies = person.cookies()
    assert set(cookies) == {"access_token", "refresh_token"}
    for cookie in cookies.values():
        assert cookie["httpOnly"] and cookie["secure"] and cookie["sameSite"] == "Strict"
    assert (cookies["access_token"]["path"], cookies["refresh_token"]["path"]) == ("/", "/api/v1/auth")
    assert page.evaluate("document.cookie") == ""
    first = cookies["access_token"]["value"]

    # The access token runs out, and the page gets another without asking anyone.
    page.wait_for_timeout(ACCESS_SECONDS * 1000 + 200)
    assert "access_token" not in person.cookies()
    code = person.get_code()
    assert 200 in person.refreshes
    assert person.cookies()["access_token"]["value"] != first
    assert person.asked.count("personal_sign") == 1

    expect(page.locator("#remaining")).to_contain_text("another 4:5")
    person.shoot("3-code")

    # An extension in the same network gets in at once, and the web app says so. Its name is text, whatever is in it.
    name = "Chrome <img src=x>"
    answer = claim(server, code, name)
    assert answer.status == 200
    tokens = answer.json["tokens"]
    expect(page.get_by_text(f"{name} is paired.")).to_be_visible()
    row = page.locator("#sessions li").filter(has_text=name)
    expect(row).to_contain_text("extension")
    assert page.locator("#sessions img").count() == 0
    extension = Caller(server)
    assert extension.get("/auth/me", token=tokens["access_token"]).json["address"] == person.wallet.address
    assert claim(server, code, name).status == 401
    person.shoot("4-paired")

    # Thrown out, and its tokens count no more: neither of them.
    row.get_by_role("button", name="Revoke").click()
    person.shoot("5-revoke")
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text(f"{name} was revoked.")).to_be_visible()
    expect(row).to_have_count(0)
    assert extension.get("/auth/me", token=tokens["access_token"]).status == 401
    refused = extension.send("POST", "/auth/extension-refresh", {"refresh_token": tokens["refresh_token"]})
    assert refused.status == 401

    # Signed out: the cookies are gone, and copies of them are worth nothing.
    copies = {name: cookie["value"] for name, cookie in person.cookies().items()}
    page.locator("#sign-out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with your wallet")).to_be_visible()
    assert person.cookies() == {}
    thief = Caller(server)
    thief.cookies = copies
    assert thief.get("/auth/me").status == 401
    assert thief.post("/auth/refresh").status == 401
    person.shoot("6-signed-out-again")


def test_a_claim_from_another_network_waits_for_the_person(person):
    page, server = person.page, person.server
    person.sign_in()

    code = person.get_code()
    assert claim(server, code, "Stranger", address="127.0.9.1").status == 202
    dialog = page.get_by_role("alertdialog", name="Is this you?")
    expect(dialog).to_contain_text("Stranger")
    expect(dialog).to_contain_text("127.0.9.0/24")
    page.get_by_role("button", name="Not me").click()
    expect(dialog).to_be_hidden()
    assert claim(server, code, "Stranger", address="127.0.9.1").status == 401
    assert claim(server, code, "Stranger").status == 401

    code = person.get_code("device")
    assert claim(server, code, "Phone", address="127.0.9.1", kind="device").status == 202
    expect(dialog).to_contain_text("Phone")
    person.shoot("7-claim")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Confirmed.")).to_be_visible()
    assert claim(server, code, "Phone", address="127.0.9.1", kind="device").status == 200
    expect(page.get_by_text("Phone is paired.")).to_be_visible()


def test_two_tabs_refresh_once_and_sign_out_together(chromium):
    # With tokens that last, so that one refresh is all there can be.
    with RunningServer() as server:
        person = Person(server, chromium)
        person.sign_in()
        other = person.open()
        expect(other.locator("#address")).to_be_visible()
        person.refreshes.clear()
        person.context.clear_cookies(name="access_token")
        for page in (person.page, other):
            page.evaluate("void location.reload()")
        # Until both have left, what is seen is the page as it was.
        person.page.wait_for_timeout(1000)
        for page in (person.page, other):
            expect(page.locator("#address")).to_be_visible()
            expect(page.locator("#sessions li")).to_have_count(1)
        assert person.refreshes == [200]

        person.page.bring_to_front()
        person.page.get_by_role("button", name="Sign out everywhere").click()
        person.page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()
        expect(person.page.get_by_text("You are signed out everywhere.")).to_be_visible()
        expect(other.get_by_text("You signed out in another tab.")).to_be_visible()
        assert person.cookies() == {}
        person.close()


def test_a_session_that_was_revoked_elsewhere_is_over_here(person):
    person.sign_in()
    device = Caller(person.server)
    device.cookies = {name: cookie["value"] for name, cookie in person.cookies().items()}
    assert device.post("/auth/revoke-all").status == 204
    person.page.get_by_role("button", name="Get a code").click()
    expect(person.page.get_by_text("Your session is over. Sign in again.")).to_be_visible()
    expect(person.page.locator("#account")).to_be_hidden()


def test_what_happened_long_ago_is_shown_on_request(person):
    person.sign_in()
    device = Caller(person.server)
    device.cookies = {name: cookie["value"] for name, cookie in person.cookies().items()}
    for _ in range(45):
        person.server.keep_secret(device.post("/auth/pair-extension").json["code"])
    person.page.reload()
    older, lines = person.page.get_by_role("button", name="Show older"), person.page.locator("#audit li")
    for count in (20, 40, 46):
        expect(lines).to_have_count(count)
        if count < 46:
            older.click()
    expect(older).to_be_hidden()
    expect(lines.last).to_contain_text("Signed in")
    # That a code waits is known, but not which one.
    expect(person.page.get_by_text("A code is waiting to be typed in.")).to_be_visible()


def test_what_the_wallet_says_is_told(person):
    page, problem = person.page, person.page.locator("#problem")
    button = page.get_by_role("button", name="Sign in with your wallet")
    for refusal, text in [
        ({"code": 4001, "message": "User rejected"}, "You declined in the wallet."),
        ({"code": -32002, "message": "Already pending"}, "The wallet is waiting for you"),
        ({"code": -32603, "message": "Ledger unplugged"}, "Ledger unplugged"),
    ]:
        person.settings.refusal = refusal
        button.click()
        expect(problem).to_contain_text(text)
        expect(button).to_be_enabled()
    person.settings.refusal = None
    person.settings.chain = "0x89"
    button.click()
    expect(problem).to_contain_text("network not accepted here")
    person.shoot("8-refused")
    person.settings.chain = "0x1"
    person.sign_in()


def test_without_a_wallet_the_page_says_what_to_do(server, chromium):
    person = Person(server, chromium, has_wallet=False, color_scheme="dark")
    expect(person.page.get_by_text("There is no wallet in this browser.")).to_be_visible()
    expect(person.page.get_by_role("button", name="Sign in")).to_have_count(0)
    person.shoot("9-no-wallet-dark")
    person.close()


def test_wallets_that_announce_themselves_are_all_offered(server, chromium):
    person = Person(server, chromium, announces=True)
    expect(person.page.get_by_role("button", name="Sign in with First")).to_be_visible()
    person.page.get_by_role("button", name="Sign in with Second").click()
    expect(person.page.locator("#address")).to_be_visible()
    person.close()


def test_it_fits_a_phone_in_the_dark(server, chromium):
    person = Person(server, chromium, color_scheme="dark")
    person.sign_in()
    person.page.set_viewport_size({"width": 320, "height": 640})
    person.get_code()
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 320
    person.shoot("10-phone-dark")
    person.close()


def test_every_control_has_a_name_and_the_keyboard_reaches_it(person):
    person.sign_in()
    page = person.page
    session = person.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    buttons = [node for node in nodes if node.get("role", {}).get("value") == "button"]
    assert len(buttons) >= 4
    assert all(node.get("name", {}).get("value") for node in buttons)
    page.locator("#sign-out").focus()
    reached = set()
    for _ in range(8):
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
        page.keyboard.press("Tab")
    assert {"Sign out", "Get a code", "Sign out everywhere"} <= reached


def test_the_page_runs_nothing_but_its_own(person):
    refused = person.page.evaluate(
        """async () => {
          const seen = [];
          addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.head.append(script);
          const image = new Image();
          image.src = "http://elsewhere.example/x.png";
          document.body.append(image);
          document.body.insertAdjacentHTML("beforeend", "<p style='color:red'>x</p>");
          await fetch("http://elsewhere.example/").catch(() => {});
          await new Promise((resolve) => setTimeout(resolve, 100));
          return [window.ran === undefined, ...seen];
        }"""
    )
    assert refused[0] is True
    assert {"script-src-elem", "img-src", "style-src-attr", "connect-src"} <= set(refused[1:])
    person.complaints.clear()


def test_its_checksums_are_those_of_others(person):
    lengths = [0, 1, 31, 32, 135, 136, 137, 271, 272, 273, 1000]
    inputs = [bytes((7 * index + length) % 256 for index in range(length)) for length in lengths]
    hashes = person.page.evaluate(
        """async (inputs) => {
          const { keccak256 } = await import("/app/keccak.js");
          return inputs.map((bytes) => keccak256(new Uint8Array(bytes)));
        }""",
        [list(one) for one in inputs],
    )
    assert hashes == [keccak(one).hex() for one in inputs]
    addresses = [Wallet().address for _ in range(200)]
    for spelled in (str.lower, lambda text: "0x" + text[2:].upper(), str):
        found = person.page.evaluate(
            """async (addresses) => {
              const { checksummed } = await import("/app/keccak.js");
              return addresses.map(checksummed);
            }""",
            [spelled(address) for address in addresses],
        )
        assert found == [to_checksum_address(address) for address in addresses]
