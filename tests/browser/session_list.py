"""Making sessions and looking at their list."""

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no annotations
from playwright.sync_api import Page, expect

from tests.browser.editor import run_script, wait_for_end
from tests.browser.test_accessibility import RULES
from tests.tools.server import Server


def make_sessions(page: Page, script: str) -> None:
    run_script(page, script)
    wait_for_end(page, "succeeded")


def open_list(page: Page, server: Server, query: str = "") -> None:
    """The list, once it follows what happens."""
    page.goto(f"{server.url}/sessions/{query}")
    expect(page.get_by_text("Updates by itself")).to_be_attached()


def row(page: Page, name: str) -> str:
    """A selector of the row of that session, whatever it is called later."""
    key = page.locator("tr[data-row]", has=page.get_by_role("link", name=name, exact=True)).get_attribute("data-row")
    return f'tr[data-row="{key}"]'


def faults(page: Page) -> list[str]:
    """What axe finds on the page as it is now."""
    place = page.evaluate("scrollY")
    page.evaluate("scrollTo(0, 0)")  # what is half below the sticky header is no small target
    found = Axe().run(page, options=RULES).response["violations"]
    page.evaluate("place => scrollTo(0, place)", place)
    return [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found]
