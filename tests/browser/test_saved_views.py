"""Saved views, columns and the export in a browser: with a mouse, by keyboard alone, and without JavaScript."""

import json
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.editor import run_script, wait_for_end
from tests.tools.server import Server

SCRIPT = """
for number = 1, 4 do
    Session.create({name = "Chat " .. number, tags = {number % 2 == 0 and "even" or "odd"},
        metadata = {ticket = {id = "T-" .. number}}})
end
"""


def headings(page: Page) -> list[str]:
    return page.locator("#sessions thead th").all_inner_texts()


def view_name(page: Page) -> str:
    return page.locator(".tools__name").inner_text()


def test_views_columns_and_export(server: Server, signed_in: Page, browser: Browser) -> None:
    page = signed_in
    run_script(page, SCRIPT)
    wait_for_end(page, "succeeded")
    page.goto(f"{server.url}/sessions/?tag=even&sort=name")
    save_change_and_discard(server, page)
    open_by_default(server, page)
    columns_by_keyboard(server, page)
    export(server, page)
    without_javascript(server, page, browser)


def save_change_and_discard(server: Server, page: Page) -> None:
    page.get_by_role("link", name="Save as view…").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Even chats")
    page.get_by_role("button", name="Save view").click()
    expect(page).to_have_url(f"{server.url}/sessions/?tag=even&sort=name&view=~ada/even-chats")
    page.reload()
    assert view_name(page) == "Even chats"
    expect(page.locator("#sessions tbody th")).to_have_text(["Chat 2", "Chat 4"])

    box = page.get_by_role("combobox", name="Search")
    box.fill("-2")
    box.press("Enter")
    expect(page.get_by_text("Changed", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("view=~ada%2Feven-chats"))
    page.get_by_role("link", name="Discard changes").click()
    expect(page.locator("#sessions tbody th")).to_have_text(["Chat 2", "Chat 4"])

    page.goto(f"{server.url}/sessions/?tag=even&view=~ada/even-chats&q=4")
    page.get_by_role("link", name="Save as new…").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Even chats")
    page.get_by_role("button", name="Save view").click()
    expect(page.locator(".field__errors")).to_contain_text("a name that no other view there has")
    page.get_by_label("Name").fill("Four")
    page.get_by_label("Who sees it").select_option(label="Everybody in Team")
    page.get_by_role("button", name="Save view").click()
    expect(page).to_have_url(f"{server.url}/sessions/?q=4&tag=even&view=default/four")

    page.goto(f"{server.url}/sessions/?q=3&view=default/four")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(f"{server.url}/sessions/?q=3&view=default/four")
    expect(page.get_by_text("Changed", exact=True)).to_have_count(0)


def open_by_default(server: Server, page: Page) -> None:
    page.locator(".tools summary").click()
    page.get_by_role("button", name="Open this view by default").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Sessions").click()
    expect(page).to_have_url(f"{server.url}/sessions/?q=3&view=default/four")
    page.get_by_role("link", name="All sessions").click()
    expect(page).to_have_url(f"{server.url}/sessions/?all")
    expect(page.locator("#sessions tbody tr")).to_have_count(4)
    page.get_by_role("combobox", name="Search").fill("2")
    page.get_by_role("combobox", name="Search").press("Enter")
    page.get_by_role("link", name=re.compile("Remove the filter Search")).click()
    expect(page.locator("#sessions tbody tr")).to_have_count(4)
    page.goto(f"{server.url}/sessions/views/")
    page.get_by_role("button", name=re.compile("Your default")).click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Sessions").click()
    expect(page).to_have_url(f"{server.url}/sessions/")


def columns_by_keyboard(server: Server, page: Page) -> None:
    page.get_by_role("link", name="Columns…").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Columns")).to_be_visible()
    dialog.get_by_label("Tags", exact=True).focus()
    page.keyboard.press("Space")
    up = dialog.get_by_role("button", name="Move Owner up")
    up.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(up).to_be_focused()
    expect(dialog.get_by_role("status")).to_have_text("Owner is at place 1.")
    dialog.get_by_label("Add metadata keys").focus()
    page.keyboard.type("ticket.id")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}/sessions/")
    assert headings(page) == ["Select", "Name", "Owner", "Status", "Artifacts", "Size", "Updated", "ticket.id"]
    page.get_by_role("button", name="Compact rows").press("Enter")
    expect(page.locator(".table--compact")).to_be_visible()
    page.reload()
    assert "ticket.id" in headings(page)
    expect(page.locator("#sessions tbody tr").first).to_contain_text("T-4")


def export(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/sessions/?tag=even&sort=name&view=~ada/even-chats")
    page.get_by_role("link", name="Export…").click()
    expect(page.get_by_role("heading", name="Export 2 sessions")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("link", name="JSON lines").click()
    file = started.value
    assert re.fullmatch(r"sessions-even-chats-\d{4}-\d\d-\d\d\.jsonl", file.suggested_filename)
    lines = Path(file.path()).read_text().splitlines()
    assert [json.loads(line)["name"] for line in lines] == ["Chat 2", "Chat 4"]


def without_javascript(server: Server, signed_in: Page, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(f"{server.url}/sessions/?tag=odd")
    page.get_by_role("link", name="Save as view…").click()
    page.get_by_label("Name").fill("Odd")
    page.get_by_label("Open it whenever I open Sessions").check()
    page.get_by_role("button", name="Save view").click()
    page.goto(f"{server.url}/sessions/")
    expect(page).to_have_url(f"{server.url}/sessions/?tag=odd&view=~ada/odd")
    page.get_by_role("link", name="Columns…").click()
    page.get_by_role("button", name="Move Status up").click()
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page).to_have_url(f"{server.url}/sessions/?tag=odd&view=~ada%2Fodd")
    assert headings(page)[:4] == ["Select", "Name", "Status", "Owner"]
    page.get_by_role("link", name="Export…").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    assert Path(started.value.path()).read_text(encoding="utf-8-sig").count("Chat ") == 2
    page.goto(f"{server.url}/sessions/views/")
    page.get_by_role("link", name="Delete… Odd").click()
    page.get_by_role("button", name="Delete view").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Sessions").click()
    expect(page).to_have_url(f"{server.url}/sessions/")
    context.close()
