"""Finding sessions in a browser: by the box, by the counts, by keyboard alone, and without JavaScript."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.editor import run_script, wait_for_end
from tests.tools.server import Server

SCRIPT = """
for number = 1, 60 do
    Session.create({name = "Chat " .. number, tags = {number % 2 == 0 and "even" or "odd"}})
end
Session.suspend(Session.create({name = "Refund", tags = {"support"}, metadata = {ticket = {id = "12345"}}}))
"""


def names(page: Page) -> list[str]:
    return page.locator("#sessions tbody th").all_inner_texts()


def test_finding_a_session(server: Server, signed_in: Page, browser: Browser) -> None:
    page = signed_in
    run_script(page, SCRIPT)
    wait_for_end(page, "succeeded")
    page.goto(f"{server.url}/sessions/")
    counts = page.get_by_role("complementary", name="Counts")
    expect(counts.get_by_role("link", name="Suspended 1")).to_be_visible()

    box = page.get_by_role("combobox", name="Search")
    box.fill("meta.ticket.id:12345 -status:active")
    box.press("Enter")
    expect(page.locator("#sessions tbody th")).to_have_text(["Refund"])
    expect(page).to_have_url(f"{server.url}/sessions/?q=meta.ticket.id%3A12345+-status%3Aactive")
    expect(box).to_be_focused()

    box.fill("refund created:soon")
    box.press("Enter")
    expect(page.locator("mark")).to_have_text("created:soon")
    expect(page.locator("#id_q_error")).to_contain_text("expected a time such as")

    page.get_by_role("link", name=re.compile("Remove the filter Search")).click()
    expect(page).to_have_url(f"{server.url}/sessions/")
    counts.get_by_role("link", name=re.compile("^even")).click()
    expect(page).to_have_url(f"{server.url}/sessions/?tag=even")
    expect(page.locator("#sessions tbody tr")).to_have_count(30)
    page.go_back()
    expect(page.locator("#sessions tbody tr")).to_have_count(50)
    without_javascript(server, page, browser)


def without_javascript(server: Server, signed_in: Page, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(f"{server.url}/sessions/")
    page.get_by_role("link", name="Name").click()
    expect(page).to_have_url(re.compile("sort=name"))
    first = names(page)
    page.get_by_role("link", name="Next").click()
    expect(page.locator("#sessions tbody tr")).to_have_count(11)
    rest = names(page)
    assert (len(first), len(rest)) == (50, 11)
    assert first + rest == sorted(first + rest)
    page.get_by_role("link", name="Count by status, tags and owner").click()
    page.get_by_role("link", name=re.compile("^support")).click()
    expect(page.locator("#sessions tbody th")).to_have_text(["Refund"])
    page.get_by_label("Created").fill("soon")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#id_created_error")).to_contain_text("Expected a time such as")
    context.close()
