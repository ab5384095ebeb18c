"""The journal's page in a real browser: figures, a month, trades, notes and images."""

import json
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect
from running_server import ROOT
from test_desk import chromium, person, server  # noqa: F401

PICTURES = ROOT / "fixtures" / "images"
COUNT = 25

#: A call of the page's own session, as a script of the page would make it.
CALL = """async ([method, path, body]) => {
  const headers = body ? { "Content-Type": "application/json" } : {};
  const options = { method, headers, body: body && JSON.stringify(body) };
  const answer = await fetch("/api/v1" + path, options);
  return { status: answer.status, body: await answer.json() };
}"""


def trades():
    """One a day, and the last of them yesterday: two of three win, and the seventh of each week loses much."""
    now = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    for number in range(COUNT):
        opened = now - timedelta(days=COUNT - number)
        gain = -180 if number % 7 == 6 else -40 if number % 3 == 2 else 95.5
        yield {
            "symbol": ("BTC_USDT", "ETH_USDT", "SOL_USDT")[number % 3],
            "side": "LONG", "quantity": "2", "entry_price": "100", "exit_price": str(100 + gain / 2),
            "fees": "1.25", "stop_price": "80", "tags": ["breakout"], "account": "main",
            "opened_at": opened.isoformat(), "closed_at": (opened + timedelta(hours=3)).isoformat(),
        }  # fmt: skip


def call(page, method, path, body=None):
    answer = page.evaluate(CALL, [method, path, body])
    assert answer["status"] in (200, 201), answer
    return answer["body"]


def open_journal(person, given=()):  # noqa: F811
    person.sign_in()
    for trade in given:
        call(person.page, "POST", "/journal/trades", trade)
    person.page.get_by_role("link", name="Journal").click()
    expect(person.page.get_by_role("heading", name="Overview")).to_be_visible()


def test_an_empty_journal_says_what_to_do(person):  # noqa: F811
    open_journal(person)
    page = person.page
    expect(page.get_by_text("No closed trades in this period.")).to_be_visible()
    expect(page.get_by_text("No trades yet.")).to_be_visible()
    expect(page.locator("#figures")).to_contain_text("Closed trades0")
    person.shoot("20-journal-empty")


def test_the_journal_shows_what_the_trades_came_to(person):  # noqa: F811
    given = list(trades())
    open_journal(person, given)
    page = person.page
    overview = call(page, "GET", "/journal/analytics/overview")
    net = float(overview["account"]["net_pnl"])
    expect(page.locator("#figures")).to_contain_text(f"Net, USDT{net:+,.2f}")
    expect(page.locator("#figures")).to_contain_text(f"Closed trades{COUNT}")
    expect(page.locator("#curve path")).to_have_count(2)
    title = page.locator("#curve title").text_content()
    assert f"{net:+,.2f} USDT" in title, title
    person.shoot("21-journal")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the screen"
    person.shoot("22-journal-narrow")
    page.set_viewport_size({"width": 1000, "height": 900})

    # The month, and the one before it.
    last = given[-1]["closed_at"]
    expect(page.locator("#days td.gain, #days td.loss").first).to_be_visible()
    shown = call(page, "GET", f"/journal/analytics/calendar?month={last[:7]}")
    expect(page.locator("#month-sum")).to_contain_text(f"in {shown['total']['trade_count']} trade")
    before = page.locator("#month-title").text_content()
    page.get_by_role("button", name="Month before").click()
    expect(page.locator("#month-title")).not_to_have_text(before)
    page.get_by_role("button", name="Month after").click()
    expect(page.locator("#month-title")).to_have_text(before)

    # Pages, and another order.
    rows = page.locator("#trades li")
    expect(rows).to_have_count(20)
    page.get_by_role("button", name="Older").click()
    expect(rows).to_have_count(COUNT - 20)
    expect(page.get_by_text(f"Page 2 of 2, {COUNT} trades")).to_be_visible()
    page.get_by_label("Sort").select_option("net_pnl asc")
    expect(rows.first).to_contain_text("-181.25")
    page.get_by_label("Period").select_option("month")
    expect(page.locator("#figures")).not_to_contain_text(f"Closed trades{COUNT}")


def test_notes_are_saved_unless_someone_else_was_faster(person):  # noqa: F811
    open_journal(person, list(trades())[:1])
    page = person.page
    page.locator("#trades button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="BTC_USDT long")).to_be_visible()
    dialog.get_by_label("Notes").fill("Too early. <b>Wait</b> for the close.")
    dialog.get_by_role("button", name="Save notes").click()
    expect(dialog.get_by_text("Notes saved.")).to_be_visible()
    trade = call(page, "GET", "/journal/trades")["trades"][0]
    assert call(page, "GET", f"/journal/trades/{trade['id']}")["notes"] == "Too early. <b>Wait</b> for the close."

    # Another device writes, and what is typed here does not go over it unseen.
    call(page, "PATCH", f"/journal/trades/{trade['id']}/notes", {"notes": "From the phone."})
    dialog.get_by_label("Notes").fill("From the desk.")
    dialog.get_by_role("button", name="Save notes").click()
    expect(dialog.get_by_role("alert")).to_contain_text("has changed on another device")
    assert call(page, "GET", f"/journal/trades/{trade['id']}")["notes"] == "From the phone."
    dialog.get_by_role("button", name="Show the other version").click()
    expect(dialog.get_by_label("Notes")).to_have_value("From the phone.")
    dialog.get_by_label("Notes").fill("From the phone, and the desk.")
    dialog.get_by_role("button", name="Save notes").click()
    expect(dialog.get_by_text("Notes saved.")).to_be_visible()
    person.complaints[:] = [text for text in person.complaints if "412" not in text]


def test_an_image_is_added_shown_and_removed(person):  # noqa: F811
    open_journal(person, list(trades())[:1])
    page = person.page
    page.locator("#trades button").click()
    dialog = page.get_by_role("dialog", name="BTC_USDT long")
    expect(dialog.locator("#storage")).to_contain_text("0.0 of 100.0 MiB used")
    dialog.get_by_label("Notes").fill("Not saved yet.")
    dialog.get_by_label("Add an image").set_input_files(PICTURES / "chart.png")
    expect(dialog.get_by_text("The image is added.")).to_be_visible()
    picture = dialog.locator("#images img")
    expect(picture).to_have_count(1)
    page.wait_for_timeout(500)
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 160
    expect(dialog.get_by_label("Notes")).to_have_value("Not saved yet.")
    person.shoot("23-trade")
    page.set_viewport_size({"width": 390, "height": 844})
    person.shoot("24-trade-narrow")
    page.set_viewport_size({"width": 1000, "height": 900})

    # What is no picture is refused in words, and the notes can still be saved.
    fake = {"name": "chart.png", "mimeType": "image/png", "buffer": b"<svg onload=alert(1)>"}
    dialog.get_by_label("Add an image").set_input_files(fake)
    expect(dialog.get_by_role("alert")).to_contain_text("no PNG, JPEG, WebP or GIF")
    dialog.get_by_role("button", name="Save notes").click()
    expect(dialog.get_by_text("Notes saved.")).to_be_visible()

    dialog.get_by_role("button", name="Remove").click()
    page.locator("#ask-yes").click()
    expect(dialog.get_by_text("The image is removed.")).to_be_visible()
    expect(picture).to_have_count(0)
    assert call(page, "GET", "/journal/storage")["image_count"] == 0


def test_whoever_is_not_signed_in_is_sent_to_the_door(person):  # noqa: F811
    person.page.goto(person.server.origin + "/journal")
    expect(person.page.get_by_role("heading", name="Sign in first")).to_be_visible()
    expect(person.page.locator("#journal")).to_be_hidden()
    assert json.dumps(person.asked) == "[]"
