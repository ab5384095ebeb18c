"""Takes the picture in docs/signing-in.md anew: python picture.py"""

from playwright.sync_api import expect, sync_playwright
from running_server import ROOT, RunningServer
from test_account import CHROMIUM, Person, claim


def main():
    with RunningServer() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        person = Person(server, browser)
        person.sign_in()
        for name, kind in [("Laptop in the study", "device"), ("Chrome extension", "extension")]:
            assert claim(server, person.get_code(kind), name, kind=kind).status == 200
            expect(person.page.get_by_text(f"{name} is paired.")).to_be_visible()
        assert claim(server, person.get_code(), "Chrome on Android", address="127.0.9.1").status == 202
        expect(person.page.get_by_role("alertdialog")).to_be_visible()
        person.page.set_viewport_size({"width": 820, "height": 900})
        person.page.evaluate("document.activeElement.blur()")
        person.page.screenshot(path=ROOT / "docs" / "images" / "account.png", full_page=True)
        person.close()
        browser.close()


if __name__ == "__main__":
    main()
