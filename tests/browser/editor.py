"""Typing and running scripts on the workspace page."""

from playwright.sync_api import Page, expect

END_MILLISECONDS = 60_000


def write_script(page: Page, source: str) -> None:
    page.locator("[data-editor].is-ready").wait_for()
    page.evaluate("source => document.querySelector('[data-editor]').editor.setValue(source, -1)", source)


def run_script(page: Page, source: str) -> None:
    """Run with the keyboard; returns when the page has turned to the new run."""
    write_script(page, source)
    page.evaluate("document.querySelector('[data-editor]').editor.focus()")
    with page.expect_response("**/workspace/run") as response:
        page.keyboard.press("Control+Enter")
    page.locator(f"[data-run-status][data-url='{response.value.json()['url']}']").wait_for()


def wait_for_end(page: Page, status: str) -> None:
    expect(page.locator(f"[data-run-status] [data-status={status}]")).to_be_visible(timeout=END_MILLISECONDS)
