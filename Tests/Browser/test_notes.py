"""What is typed into the journal's page is never lost: not with the dialog, the page, or a save that fails."""

from playwright.sync_api import expect
from test_account import chromium, person, server  # noqa: F401
from test_journal import call, open_journal, trades

TYPED = "Too early.\nWait for the <b>close</b>."


def open_trade(page, symbol):
    page.locator("#trades button", has_text=symbol).click()
    dialog = page.get_by_role("dialog", name=f"{symbol} long")
    expect(dialog).to_be_visible()
    return dialog


def saved_notes(page, symbol):
    found = next(trade for trade in call(page, "GET", "/journal/trades")["trades"] if trade["symbol"] == symbol)
    return call(page, "GET", f"/journal/trades/{found['id']}")["notes"]


def expect_draft(page, symbol, text=TYPED):
    """Unsaved notes are listed, and are in the field when their trade is opened from there."""
    expect(page.get_by_text("Notes that you have not saved yet:")).to_be_visible()
    page.locator("#unsaved").get_by_role("button", name=f"{symbol} long").click()
    dialog = page.get_by_role("dialog", name=f"{symbol} long")
    expect(dialog.get_by_label("Notes")).to_have_value(text)
    return dialog


def test_typed_notes_outlive_the_dialog_another_trade_and_the_page(person):  # noqa: F811
    open_journal(person, list(trades(2)))
    page = person.page
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    dialog = open_trade(page, "BTC_USDT")
    dialog.get_by_label("Notes").fill(TYPED)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    person.shoot("26-unsaved")
    expect_draft(page, "BTC_USDT").get_by_role("button", name="Close").click()

    other = open_trade(page, "ETH_USDT")
    expect(other.get_by_label("Notes")).to_have_value("")
    other.get_by_label("Notes").fill("Another one.")
    other.get_by_role("button", name="Save notes").click()
    expect(other.get_by_text("Notes saved.")).to_be_visible()
    page.keyboard.press("Escape")
    assert (saved_notes(page, "ETH_USDT"), saved_notes(page, "BTC_USDT")) == ("Another one.", None)

    # A script's own reload is no person's: the browser asks whoever has touched the page.
    page.reload()
    expect_draft(page, "BTC_USDT")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Access").click()
    expect(page.get_by_role("heading", name="Who is signed in")).to_be_visible()
    page.get_by_role("link", name="Journal").click()
    dialog = expect_draft(page, "BTC_USDT")
    assert set(asked) == {"beforeunload"}

    dialog.get_by_role("button", name="Save notes").click()
    expect(dialog.get_by_text("Notes saved.")).to_be_visible()
    assert saved_notes(page, "BTC_USDT") == TYPED
    page.keyboard.press("Escape")
    expect(page.locator("#unsaved")).to_be_hidden()
    asked.clear()
    page.reload()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert asked == []
    expect(page.locator("#unsaved")).to_be_hidden()


def test_notes_that_could_not_be_saved_are_kept(person):  # noqa: F811
    open_journal(person, list(trades(1)))
    page = person.page
    dialog = open_trade(page, "BTC_USDT")
    dialog.get_by_label("Notes").fill(TYPED)
    page.route("**/notes", lambda route: route.abort())
    dialog.get_by_role("button", name="Save notes").click()
    expect(dialog.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(dialog.get_by_label("Notes")).to_have_value(TYPED)
    page.keyboard.press("Escape")
    page.unroute("**/notes")
    dialog = expect_draft(page, "BTC_USDT")
    dialog.get_by_role("button", name="Save notes").click()
    expect(dialog.get_by_text("Notes saved.")).to_be_visible()
    assert saved_notes(page, "BTC_USDT") == TYPED


def test_notes_typed_over_an_older_version_are_kept_beside_it(person):  # noqa: F811
    open_journal(person, list(trades(1)))
    page = person.page
    dialog = open_trade(page, "BTC_USDT")
    dialog.get_by_label("Notes").fill(TYPED)
    page.keyboard.press("Escape")
    trade = call(page, "GET", "/journal/trades")["trades"][0]
    call(page, "PATCH", f"/journal/trades/{trade['id']}/notes", {"notes": "From the phone."})
    page.reload()
    dialog = expect_draft(page, "BTC_USDT")
    dialog.get_by_role("button", name="Save notes").click()
    expect(dialog.get_by_role("alert")).to_contain_text("has changed on another device")
    assert saved_notes(page, "BTC_USDT") == "From the phone."

    dialog.get_by_role("button", name="Show the other version").click()
    expect(dialog.locator("#their-notes")).to_have_text("From the phone.")
    expect(dialog.get_by_label("Notes")).to_have_value(TYPED)
    # To throw away what was typed, one is asked.
    dialog.get_by_role("button", name="Use the other version").click()
    expect(page.locator("#ask-text")).to_have_text(TYPED)
    page.keyboard.press("Escape")
    expect(dialog.get_by_label("Notes")).to_have_value(TYPED)
    dialog.get_by_role("button", name="Use the other version").click()
    page.locator("#ask-yes").click()
    expect(dialog.get_by_label("Notes")).to_have_value("From the phone.")
    page.keyboard.press("Escape")
    expect(page.locator("#unsaved")).to_be_hidden()
    person.complaints[:] = [text for text in person.complaints if "412" not in text]


def test_an_answer_that_comes_late_changes_no_other_trade(person):  # noqa: F811
    open_journal(person, list(trades(2)))
    page = person.page
    held = []
    page.route("**/notes", lambda route: held.append(route))
    dialog = open_trade(page, "BTC_USDT")
    dialog.get_by_label("Notes").fill(TYPED)
    dialog.get_by_role("button", name="Save notes").click()
    page.keyboard.press("Escape")
    other = open_trade(page, "ETH_USDT")
    other.get_by_label("Notes").fill("Another one.")
    with page.expect_response("**/notes"):
        held[0].continue_()
    page.unroute("**/notes")
    expect(other.get_by_role("button", name="Save notes")).to_be_enabled()
    expect(other.get_by_role("heading", name="ETH_USDT long")).to_be_visible()
    other.get_by_role("button", name="Save notes").click()
    expect(other.get_by_text("Notes saved.")).to_be_visible()
    assert (saved_notes(page, "BTC_USDT"), saved_notes(page, "ETH_USDT")) == (TYPED, "Another one.")
    page.keyboard.press("Escape")
    expect(page.locator("#unsaved")).to_be_hidden()

    # Nor does it open over the one that was asked for last.
    ids = {trade["symbol"]: trade["id"] for trade in call(page, "GET", "/journal/trades")["trades"]}
    address = f"**/journal/trades/{ids['BTC_USDT']}"
    page.route(address, lambda route: held.append(route))
    page.locator("#trades button", has_text="BTC_USDT").click()
    other = open_trade(page, "ETH_USDT")
    with page.expect_response(address):
        held[1].continue_()
    page.wait_for_timeout(200)
    expect(other.get_by_role("heading", name="ETH_USDT long")).to_be_visible()


def test_notes_of_a_trade_that_has_gone_can_still_be_read(person):  # noqa: F811
    open_journal(person, list(trades(1)))
    page = person.page
    open_trade(page, "BTC_USDT").get_by_label("Notes").fill(TYPED)
    page.keyboard.press("Escape")
    trade = call(page, "GET", "/journal/trades")["trades"][0]
    call(page, "DELETE", f"/journal/trades/{trade['id']}")
    page.locator("#unsaved").get_by_role("button", name="BTC_USDT long").click()
    expect(page.locator("#ask-text")).to_contain_text(TYPED)
    page.keyboard.press("Escape")
    page.locator("#unsaved").get_by_role("button", name="BTC_USDT long").click()
    page.locator("#ask-yes").click()
    expect(page.locator("#unsaved")).to_be_hidden()


def test_drafts_are_shown_to_nobody_else(person, server, chromium):  # noqa: F811
    open_journal(person, list(trades(1)))
    page = person.page
    open_trade(page, "BTC_USDT").get_by_label("Notes").fill(TYPED)
    page.keyboard.press("Escape")
    expect(page.locator("#unsaved")).to_be_visible()
    typed_by = person.wallet

    def leave():
        page.get_by_role("link", name="Access").click()
        page.get_by_role("button", name="Sign out", exact=True).first.click()

    leave()
    person.wallet = type(typed_by)()
    open_journal(person)
    expect(page.locator("#unsaved")).to_be_hidden()
    leave()
    person.wallet = typed_by
    open_journal(person)
    expect_draft(page, "BTC_USDT")
