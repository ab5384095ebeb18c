"""What the pages show while the server cannot be reached, and after it can be again."""

import pytest
from playwright.sync_api import expect
from test_account import chromium, person, server  # noqa: F401
from test_journal import open_journal, trades

API = "**/api/v1/**"


def lose(page, address=API):
    page.route(address, lambda route: route.abort())


@pytest.mark.parametrize("path, heading, waiting", [
    ("/journal", "Overview", "Opening your journal"), ("/", "Who is signed in", "Looking for your session"),
])  # fmt: skip
def test_a_page_that_cannot_be_opened_says_so_and_can_be_tried_again(person, path, heading, waiting):  # noqa: F811
    person.sign_in()
    page = person.page
    lose(page)
    page.goto(person.server.origin + path)
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(page.get_by_text(waiting)).to_be_hidden()
    expect(page.get_by_role("heading", name="Sign in")).to_be_hidden()
    person.shoot(f"27-unreachable{path.replace('/', '-')}")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.unroute(API)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.get_by_role("button", name="Try again")).to_be_hidden()


def test_a_server_that_never_answers_counts_as_gone(person):  # noqa: F811
    person.sign_in()
    page = person.page
    page.clock.install()
    held = []
    page.route(API, lambda route: held.append(route))
    page.goto(person.server.origin + "/journal")
    expect(page.get_by_text("Opening your journal")).to_be_visible()
    page.clock.fast_forward("00:31")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.unroute(API)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_what_is_read_in_part_is_not_shown_as_if_it_were_all(person):  # noqa: F811
    person.sign_in()
    page = person.page
    lose(page, "**/equity-curve*")
    page.get_by_role("link", name="Journal").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(page.locator("#journal")).to_be_hidden()


def test_what_went_wrong_is_taken_back_when_it_works_again(person):  # noqa: F811
    person.sign_in()
    person.get_code()
    page = person.page
    lose(page, "**/auth/pair-extension")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.unroute("**/auth/pair-extension")
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.locator("#code")).to_be_visible()


def test_a_page_of_trades_that_failed_is_not_jumped_over(person):  # noqa: F811
    open_journal(person, trades(41))
    page = person.page
    older = page.get_by_role("button", name="Older")
    lose(page, "**/journal/trades?*")
    older.click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(page.get_by_text("Page 1 of 3, 41 trades")).to_be_visible()
    older.click()
    page.get_by_label("Sort").select_option("net_pnl asc")
    expect(page.get_by_label("Sort")).to_have_value("closed_at desc")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.unroute("**/journal/trades?*")
    older.click()
    expect(page.get_by_text("Page 2 of 3, 41 trades")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_hidden()
    older.click()
    expect(page.get_by_text("Page 3 of 3, 41 trades")).to_be_visible()
    expect(older).to_be_disabled()

    # What failed can be done again as it was meant.
    lose(page, "**/journal/trades?*")
    page.get_by_label("Sort").select_option("net_pnl asc")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.unroute("**/journal/trades?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Page 1 of 3, 41 trades")).to_be_visible()
    expect(page.get_by_label("Sort")).to_have_value("net_pnl asc")


def test_a_period_that_could_not_be_read_is_not_chosen(person):  # noqa: F811
    open_journal(person, trades(2))
    page = person.page
    lose(page, "**/analytics/calendar*")
    page.get_by_label("Period").select_option("month")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(page.get_by_label("Period")).to_have_value("all")
    expect(page.locator("#figures")).to_contain_text("Closed trades2")
    before = page.locator("#month-title").text_content()
    page.get_by_role("button", name="Month before").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(page.locator("#month-title")).to_have_text(before)
