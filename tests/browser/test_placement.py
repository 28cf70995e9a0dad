"""Making a session private by keyboard, in a dialog that axe finds nothing in."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no annotations
from playwright.sync_api import Page, expect

from tests.browser.editor import run_script, wait_for_end
from tests.browser.test_accessibility import RULES
from tests.tools.server import Server

SCRIPT = """
local id = Session.create({name = "Refund"})
Session.create({name = "Child", parent_session_id = id})
"""


@pytest.mark.parametrize("width", [360, 1440])
def test_a_session_becomes_private_by_keyboard(server: Server, signed_in: Page, width: int) -> None:
    page = signed_in
    run_script(page, SCRIPT)
    wait_for_end(page, "succeeded")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{server.url}/sessions/?q=Refund")
    page.locator("#sessions tbody th").get_by_role("link", name="Refund", exact=True).click()
    page.wait_for_load_state()
    page.get_by_role("button", name="Change owner or team").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Team")).to_be_focused()
    page.keyboard.press("End")
    dialog.get_by_role("button", name="See what it changes").press("Enter")
    expect(dialog.get_by_role("form", name="What it changes")).to_contain_text("This session and 1 session below it")
    assert faults(page) == []
    dialog.get_by_role("button", name="Make it private").press("Enter")
    expect(page.locator("#session-meta")).to_contain_text("Private")
    expect(page.get_by_text("Refund belongs to ada, who alone sees it.")).to_be_visible()
    assert faults(page) == []


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [fault["id"] for fault in found] + (["wider than the screen"] if wide else [])
