"""The journal's page in a real browser: figures, a month, trades, notes and images."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from running_server import ROOT
from test_account import Person, chromium, person, server  # noqa: F401

PICTURES = ROOT / "fixtures" / "images"
COUNT = 25
#: The day that it is in the pages that ask for it. The trades before it cross a month's end.
TODAY = datetime(2026, 3, 16, 12, tzinfo=UTC)

#: A call of the page's own session, as a script of the page makes it.
CALL = """async ([method, path, body]) => {
  const { callTagged } = await import("/app/api.js");
  return (await callTagged(method, path, body ?? undefined)).answer;
}"""


def trades(count=COUNT):
    """One a day, and the last of them yesterday: two of three win, and the seventh of each week loses much."""
    for number in range(count):
        opened = TODAY.replace(hour=9) - timedelta(days=count - number)
        gain = -180 if number % 7 == 6 else -40 if number % 3 == 2 else 95.5
        yield {
            "symbol": ("BTC_USDT", "ETH_USDT", "SOL_USDT")[number % 3],
            "side": "LONG", "quantity": "2", "entry_price": "100", "exit_price": str(100 + gain / 2),
            "fees": "1.25", "stop_price": "80", "tags": ["breakout"], "account": "main",
            "opened_at": opened.isoformat(), "closed_at": (opened + timedelta(hours=3)).isoformat(),
        }  # fmt: skip


def call(page, method, path, body=None):
    return page.evaluate(CALL, [method, path, body])


def closed_at(moment, symbol="BTC_USDT", gain="5"):
    """A trade of an hour, which is open until the moment."""
    end = datetime.fromisoformat(moment)
    return {
        "symbol": symbol, "side": "LONG", "quantity": "1", "entry_price": "100", "exit_price": str(100 + float(gain)),
        "opened_at": (end - timedelta(hours=1)).isoformat(), "closed_at": end.isoformat(),
    }  # fmt: skip


@pytest.fixture
def elsewhere(server, chromium):  # noqa: F811
    """Someone whose browser stands in Los Angeles, eight hours behind Greenwich."""
    found = Person(server, chromium, timezone_id="America/Los_Angeles")
    yield found
    found.close()


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
    page = person.page
    page.clock.set_fixed_time(TODAY)
    open_journal(person, given)
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
    expect(page.locator("#figures")).to_contain_text(f"Closed trades{TODAY.day - 1}")


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
    expect(dialog.locator("#their-notes")).to_have_text("From the phone.")
    expect(dialog.get_by_label("Notes")).to_have_value("From the desk.")
    person.shoot("25-other-version")
    dialog.get_by_label("Notes").fill("From the phone, and the desk.")
    dialog.get_by_role("button", name="Save notes").click()
    expect(dialog.get_by_text("Notes saved.")).to_be_visible()
    expect(dialog.locator("#theirs")).to_be_hidden()
    trade = call(page, "GET", "/journal/trades")["trades"][0]
    assert call(page, "GET", f"/journal/trades/{trade['id']}")["notes"] == "From the phone, and the desk."
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


def test_days_and_times_are_those_of_the_settings(elsewhere):
    page = elsewhere.page
    # In Tokyo it is the first of April, three o'clock: a day that starts at four is still the last of March.
    page.clock.set_fixed_time(datetime(2026, 3, 31, 18, tzinfo=UTC))
    elsewhere.sign_in()
    call(page, "PUT", "/journal/settings", {"zone": "Asia/Tokyo", "start_of_day_minutes": 240})
    page.get_by_role("link", name="Journal").click()
    expect(page.locator("#month-title")).to_have_text("March 2026")
    call(page, "PUT", "/journal/settings", {"start_of_day_minutes": 0})
    page.reload()
    expect(page.locator("#month-title")).to_have_text("April 2026")
    call(page, "PUT", "/journal/settings", {"start_of_day_minutes": 240})

    # Half past three and five in the morning of the first of March, by the clock in Tokyo: two days there, two months.
    for moment, gain in [("2026-02-28T18:30:00+00:00", "7"), ("2026-02-28T20:00:00+00:00", "11")]:
        call(page, "POST", "/journal/trades", closed_at(moment, gain=gain))
    page.reload()
    rows = page.locator("#trades li")
    expect(rows.first).to_contain_text("1 Mar 2026, 05:00")
    expect(rows.last).to_contain_text("1 Mar 2026, 03:30")
    expect(page.get_by_text("Days and times of Asia/Tokyo; a day starts 04:00 h after midnight.")).to_be_visible()
    assert page.locator("#curve text").all_text_contents()[-2:] == ["28 Feb 2026", "1 Mar 2026"]

    def expect_month(name, month):
        expect(page.locator("#month-title")).to_have_text(name)
        days = {day["date"]: float(day["pnl"]) for day in call(page, "GET", f"/journal/analytics/calendar?month={month}")["data"]}
        shown = page.locator("#days td.gain").evaluate_all("cells => cells.map(cell => cell.title.split(' in ')[0])")
        assert shown == [f"{date}: {pnl:+.2f}" for date, pnl in days.items()]
        assert len(days) == 1

    expect_month("March 2026", "2026-03")
    page.get_by_role("button", name="Month before").click()
    expect_month("February 2026", "2026-02")

    page.get_by_label("Period").select_option("month")
    expect(page.locator("#figures")).to_contain_text("Net, USDT+11.00")
    expect(rows).to_have_count(1)
    rows.first.click()
    facts = page.get_by_role("dialog").locator("#trade-facts")
    expect(facts).to_contain_text("Opened1 Mar 2026, 04:00")
    expect(facts).to_contain_text("Closed1 Mar 2026, 05:00")


def test_without_settings_days_are_those_of_the_machine(elsewhere):
    open_journal(elsewhere, [closed_at("2026-03-01T05:00:00+00:00")])
    page = elsewhere.page
    expect(page.locator("#trades li")).to_contain_text("28 Feb 2026, 21:00")
    expect(page.locator("#month-title")).to_have_text("February 2026")
    expect(page.locator("#days td.gain")).to_have_attribute("title", "2026-02-28: +5.00 in 1 trades")


def test_a_trade_without_a_currency_can_be_chosen(person):  # noqa: F811
    given = [closed_at(f"2026-03-0{day}T12:00:00+00:00", symbol, gain) for day, symbol, gain in
             [(1, "BTC_USDT", "5"), (2, "BTC_USDT", "6"), (3, "AAPL", "-4")]]  # fmt: skip
    open_journal(person, given)
    page = person.page
    expect(page.locator("#figures")).to_contain_text("Net, USDT+11.00")
    page.get_by_label("Currency").select_option("no currency (1)")
    expect(page.locator("#figures")).to_contain_text("Net-4.00")
    expect(page.locator("#month-sum")).to_contain_text("-4.00")
    expect(page.locator("#curve title")).to_contain_text("-4.00")
    page.get_by_label("Period").select_option("year")
    expect(page.get_by_label("Currency")).to_have_value("")

    # A base currency without trades hides no other.
    call(page, "PUT", "/journal/settings", {"base_currency": "EUR"})
    page.reload()
    expect(page.locator("#figures")).to_contain_text("Net, EUR0.00")
    page.get_by_label("Currency").select_option("USDT (2)")
    expect(page.locator("#figures")).to_contain_text("Net, USDT+11.00")


IMPORT = """async (text) => {
    const { call } = await import("/app/api.js");
    const form = new FormData();
    form.append("file", new File([text], "bybit.csv", { type: "text/csv" }));
    const { import_id } = await call("POST", "/journal/import", form);
    for (;;) {
        const found = await call("GET", `/journal/import/${import_id}`);
        if (found.finished_at) return found;
        await new Promise((resume) => setTimeout(resume, 50));
    }
}"""
INVERSE = """Market,Filled Type,Filled Quantity,Filled Price,Trading Fee,feeCoin,Direction,Trasaction ID,Transaction Time(UTC+0)
BTCUSD,Trade,5000,50000,0,BTC,Long,t1,10:00 2026-03-01
BTCUSD,Trade,5000,62500,0,BTC,Short,t2,11:00 2026-03-01
"""


def test_an_inverse_contract_shows_the_coin_that_its_money_is_in(person):  # noqa: F811
    open_journal(person, [closed_at("2026-03-02T12:00:00+00:00", "BTC_USD", "5")])
    page = person.page
    assert page.evaluate(IMPORT, INVERSE)["new"] == 2
    page.reload()
    rows = page.locator("#trades li")
    expect(rows).to_have_count(2)
    inverse = rows.filter(has_text="1 Mar 2026")
    expect(inverse.locator(".net")).to_have_text("+0.02 BTC")
    expect(rows.filter(has_text="2 Mar 2026").locator(".net")).to_have_text("+5.00")
    inverse.get_by_role("button").click()
    expect(page.locator("#trade-facts")).to_contain_text("Net, BTC+0.02")
    person.shoot("29-journal-inverse")


def test_whoever_is_not_signed_in_is_sent_to_the_door(person):  # noqa: F811
    person.page.goto(person.server.origin + "/journal")
    expect(person.page.get_by_role("heading", name="Sign in first")).to_be_visible()
    expect(person.page.locator("#journal")).to_be_hidden()
    assert json.dumps(person.asked) == "[]"
