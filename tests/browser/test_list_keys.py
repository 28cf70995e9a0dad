"""The list and its search box by keyboard alone, and the preview of a row."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.editor import write_script
from tests.browser.session_list import faults, make_sessions, open_list
from tests.tools.server import Server

SCRIPT = """
for number = 1, 30 do
    Session.create({name = "Chat " .. number, tags = {"two words", "tag:" .. number % 3}})
end
local id = Session.create({name = "Refund", description = "Money <b>back</b>", tags = {"support"},
    metadata = {ticket = "12345"}})
Session.setCurrent(id)
Artifact.store("", "tool_result", "letter.txt", "Dear customer")
"""


@pytest.fixture
def session_list(server: Server, signed_in: Page) -> Page:
    make_sessions(signed_in, SCRIPT)
    open_list(signed_in, server)
    return signed_in


def test_rows_by_keys(server: Server, session_list: Page) -> None:
    page = session_list
    links = page.locator("tr[data-row] th a")
    page.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    for _ in range(25):
        page.keyboard.press("j")
    expect(links.nth(25)).to_be_focused()
    expect(links.nth(25)).to_be_in_viewport()
    page.keyboard.press("k")
    expect(links.nth(24)).to_be_focused()
    boxes = page.locator("tr[data-row] input")
    page.keyboard.press("x")
    expect(boxes.nth(24)).to_be_checked()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("x")
    expect(boxes.nth(25)).not_to_be_checked()
    expect(page.locator("tr[data-row] input:checked")).to_have_count(1)
    name = links.nth(25).inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_keys_of_every_page(server: Server, session_list: Page) -> None:
    page = session_list
    dialog = page.get_by_role("dialog", name="Keys")
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("j")  # behind the dialog nothing moves
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("tr:focus-within")).to_have_count(0)

    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search")
    expect(box).to_be_focused()
    page.keyboard.type("j?/gcx")
    expect(box).to_have_value("j?/gcx")
    expect(dialog).to_be_hidden()
    page.keyboard.press("Escape")

    page.goto(f"{server.url}/runs/")
    for keys in ("Control+g", "Alt+c"):
        page.keyboard.press(keys)
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", level=1)).to_have_text("Refund")


def test_keys_can_be_switched_off_and_on_again(server: Server, session_list: Page) -> None:
    page = session_list
    dialog = page.get_by_role("dialog", name="Keys")
    page.keyboard.press("?")
    page.keyboard.press("Space")
    expect(page.get_by_label("Use these keys")).not_to_be_checked()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("?")
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("/")
    expect(page.locator("tr:focus-within, input:focus")).to_have_count(0)
    expect(dialog).to_be_hidden()
    page.get_by_label(re.compile("^Account")).click()
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Use these keys").check()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    expect(page.locator("tr:focus-within")).to_have_count(1)


def test_what_is_typed_into_a_script_is_text(signed_in: Page) -> None:
    write_script(signed_in, "")
    signed_in.evaluate("document.querySelector('[data-editor]').editor.focus()")
    signed_in.keyboard.type("gc?/jx")
    assert signed_in.evaluate("document.querySelector('[data-editor]').editor.getValue()") == "gc?/jx"
    expect(signed_in.get_by_role("dialog", name="Keys")).to_be_hidden()
    expect(signed_in).to_have_url(re.compile("/workspace/"))


def test_completing_a_search_by_keyboard(server: Server, session_list: Page) -> None:
    page = session_list
    box = page.get_by_role("combobox", name="Search")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    page.keyboard.press("/")
    page.keyboard.type("st")
    expect(options).to_have_text([re.compile("^status ")])
    expect(box).to_have_attribute("aria-expanded", "true")
    assert faults(page) == []
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(box).to_have_value("status:")
    expect(options).to_have_count(4)
    page.keyboard.type("act")
    expect(options).to_have_text(["active"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(box).to_have_value("status:active ")
    expect(box).to_be_focused()
    page.keyboard.type("tag:t")
    expect(options).to_have_count(4)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(box).to_have_value('status:active tag:"two words" ')
    page.keyboard.type("x")
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=status%3Aactive\\+tag%3A%22two\\+words%22"))
    expect(page.locator("tr[data-row]")).to_have_count(30)


def test_completing_inside_a_text_up_to_a_bad_token(session_list: Page) -> None:
    """In the box that came with an answer, behind signs of two code units."""
    page = session_list
    box = page.get_by_role("combobox", name="Search")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    box.fill("chat")
    box.press("Enter")
    expect(page.locator("tr[data-row]")).to_have_count(30)
    box.fill("𝄞𝄞 -tag:sup created:soon")
    box.evaluate("box => box.setSelectionRange(12, 12)")
    page.keyboard.press("ArrowDown")
    expect(options).to_have_text(["support"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("𝄞𝄞 -tag:support created:soon")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("mark")).to_have_text("created:soon")
    expect(box).to_have_value("𝄞𝄞 -tag:support created:soon")


def test_a_suggestion_can_be_pointed_at(session_list: Page) -> None:
    box = session_list.get_by_role("combobox", name="Search")
    box.press_sequentially("tag:sup")
    session_list.get_by_role("option", name="support").click()
    expect(box).to_have_value("tag:support ")
    expect(box).to_be_focused()


def test_a_row_is_previewed_by_pointer_and_by_keyboard(session_list: Page) -> None:
    page = session_list
    page.clock.install()
    page.reload()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/preview") else None)
    card = page.get_by_role("group", name="Preview of Refund")
    link = page.get_by_role("link", name="Refund", exact=True).and_(page.locator("th a"))
    link.hover()
    page.clock.run_for(1000)
    expect(card).to_contain_text("Money <b>back</b>")
    for words in ("ticket", "12345", "letter.txt", "Artifact stored", "by ada"):
        expect(card).to_contain_text(words)
    assert faults(page) == []
    card.hover()
    page.clock.run_for(1000)
    expect(card).to_be_visible()
    page.mouse.move(5, 5)
    page.clock.run_for(1000)
    expect(card).to_be_hidden()

    page.keyboard.press("j")
    page.clock.run_for(1000)
    expect(link).to_be_focused()
    expect(card).to_be_visible()
    expect(link).to_have_attribute("aria-details", "session-preview")
    top, bottom = link.bounding_box(), card.bounding_box()
    assert top is not None
    assert bottom is not None
    assert bottom["y"] >= top["y"] + top["height"]
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(link).to_be_focused()
    assert len(asked) == 1


def test_there_is_no_preview_on_a_phone(server: Server, session_list: Page, browser: Browser) -> None:
    storage = session_list.context.storage_state()
    context = browser.new_context(viewport={"width": 360, "height": 800}, storage_state=storage)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{server.url}/sessions/")
    page.get_by_role("link", name="Refund", exact=True).last.hover()
    page.keyboard.press("j")
    page.clock.run_for(2000)
    expect(page.locator(".preview")).to_have_count(0)
    context.close()
