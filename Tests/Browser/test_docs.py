"""The page of the API in a real browser."""

import os

from playwright.sync_api import expect, sync_playwright
from running_server import RunningServer
from test_account import CHROMIUM, SHOTS


def test_the_page_can_be_read_without_scripts():
    SHOTS.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with RunningServer() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*arguments, "--disable-dev-shm-usage"])
        page = browser.new_context(viewport={"width": 1200, "height": 900}, java_script_enabled=False).new_page()
        complaints, hosts = [], set()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda request: hosts.add(request.url.split("/")[2]))

        page.goto(server.origin + "/")
        page.get_by_role("link", name="what this server answers").click()
        expect(page).to_have_title("Daybook API")

        audit = page.locator("details.operation", has_text="Read what happened to the sessions")
        expect(audit.get_by_text("How many events to read.")).to_be_hidden()
        audit.locator("summary").click()
        expect(audit.get_by_text("How many events to read.")).to_be_visible()
        page.screenshot(path=SHOTS / "docs.png")
        audit.get_by_role("link", name="Audit", exact=True).click()
        expect(page.locator("#shape-AuditEvent")).to_be_in_viewport()

        # A link to a route opens it.
        page.goto(server.origin + "/docs#get_api_v1_auth_me")
        expect(page.locator("#get_api_v1_auth_me")).to_be_visible()

        page.set_viewport_size({"width": 375, "height": 800})
        page.screenshot(path=SHOTS / "docs-phone.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, "it has to be moved sideways"
        assert complaints == []
        assert hosts == {server.origin.removeprefix("http://")}
        browser.close()
