"""Acting on many sessions in a browser: by keyboard alone, with ticks that outlive what they should, and without
JavaScript."""

import re

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no annotations
from playwright.sync_api import Browser, Page, expect

from tests.browser.editor import END_MILLISECONDS, run_script, wait_for_end
from tests.browser.test_accessibility import RULES
from tests.tools.server import Server

SCRIPT = """
for number = 1, 130 do
    Session.create({name = string.format("Chat %03d", number), tags = {number <= 60 and "early" or "late"}})
end
"""


def assert_accessible(page: Page) -> None:
    faults = Axe().run(page, options=RULES).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in faults] == []


def test_everything_that_matches_by_keyboard(server: Server, signed_in: Page, browser: Browser) -> None:
    page = signed_in
    run_script(page, SCRIPT)
    wait_for_end(page, "succeeded")
    page.goto(f"{server.url}/sessions/?sort=name")
    bar = page.get_by_role("form", name="Act on several sessions")
    suspend = bar.get_by_role("button", name="Suspend")
    expect(suspend).to_be_hidden()  # nothing is chosen to act on
    bar.get_by_label("Select page").focus()
    page.keyboard.press("Space")
    expect(bar.get_by_role("status")).to_have_text("50 selected")
    everything = bar.get_by_role("button", name=re.compile("^Select all 130 that match"))
    expect(everything).to_be_visible()
    page.keyboard.press("Tab")
    expect(everything).to_be_focused()
    page.keyboard.press("Enter")
    expect(bar.get_by_role("status")).to_have_text("All 130 that match")
    assert_accessible(page)
    page.keyboard.press("Tab")
    expect(suspend).to_be_focused()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Suspend 130 sessions?")).to_be_visible()
    expect(dialog.get_by_role("button", name="Suspend")).to_be_focused()
    assert_accessible(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sessions/bulk/*/")
    outcome = page.locator("#outcome-title")
    expect(outcome).to_have_text("130 sessions suspended.", timeout=END_MILLISECONDS)
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Undo: suspend 130 sessions")).to_be_visible()
    expect(outcome).to_have_text("Taken back in 130 sessions.", timeout=END_MILLISECONDS)
    page.get_by_role("link", name="Bulk actions").click()
    expect(page.get_by_role("link", name=re.compile("uspend 130 sessions"))).to_have_count(2)
    ticks_stay_where_they_are_meant(server, page)
    without_javascript(server, page, browser)


def ticks_stay_where_they_are_meant(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/sessions/?sort=name")
    status = page.locator("[data-bulk] [role=status]")
    page.get_by_label("Select Chat 002").check()
    page.get_by_label("Select Chat 005").click(modifiers=["Shift"])
    expect(status).to_have_text("4 selected")
    page.get_by_label("Select Chat 004").press("Space")
    expect(status).to_have_text("3 selected")
    compare = page.locator("[data-bulk-compare]")
    expect(compare).to_be_hidden()
    page.get_by_label("Select Chat 005").press("Space")
    compare.click()
    expect(page.locator("#content")).to_contain_text("Chat 002")
    expect(page.locator("#content")).to_contain_text("Chat 003")
    page.go_back()
    page.get_by_label("Select Chat 003").check()
    page.get_by_role("button", name="Remove tag…").click()
    page.get_by_role("dialog").get_by_label("Tag").fill("early")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Select Chat 003")).to_be_checked()  # nothing was done, and nothing is lost
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(status).to_have_text("None selected")

    page.get_by_label("Select page").check()
    page.get_by_role("button", name=re.compile("^Select all 130")).click()
    expect(compare).to_be_hidden()
    page.get_by_label("Select Chat 001").uncheck()
    expect(status).to_have_text("49 selected")
    box = page.get_by_role("combobox", name="Search")
    box.fill("tag:late")
    box.press("Enter")
    expect(page.get_by_label("Select Chat 061")).not_to_be_checked()  # another list, another choice
    expect(status).to_have_text("None selected")
    expect(page.get_by_role("button", name="Suspend")).to_be_hidden()


def without_javascript(server: Server, signed_in: Page, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(f"{server.url}/sessions/?sort=name&tag=early")
    assert not page.get_by_label("Select page").is_visible()
    page.get_by_label("Select Chat 001").check()
    page.get_by_label("Select Chat 003").check()
    page.get_by_role("button", name="Fail…").click()
    page.get_by_label("Why did it fail?").fill("no budget")
    page.get_by_role("button", name="Fail").click()
    expect(page.locator(".messages")).to_contain_text("2 sessions marked as failed.")
    expect(page).to_have_url(f"{server.url}/sessions/?sort=name&tag=early")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".messages")).to_contain_text("Taken back in 2 sessions.")

    page.get_by_label("Everything that matches").check()
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("heading", name="Complete 60 sessions?")).to_be_visible()
    page.get_by_role("button", name="Complete").click()
    expect(page.locator(".messages")).to_contain_text("60 sessions completed.")
    page.get_by_role("button", name="Suspend").click()
    expect(page.get_by_role("heading", name="Nothing was changed")).to_be_visible()
    context.close()
