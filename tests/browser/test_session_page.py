"""The page of a session in a browser: editing by keyboard, two people at once, the tree, history and metadata."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no annotations
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import LOADED_FIRST
from tests.browser.editor import run_script, wait_for_end
from tests.browser.test_accessibility import RULES
from tests.tools.server import Server

SCRIPT = """
local id = Session.create({name = "Refund", description = "One\\ntwo", tags = {"support", "a, b"},
    metadata = {ticket = "12345", rows = {{f = 1}, {f = 2}}, long = ("word "):rep(100)}})
local child = Session.create({name = "Child", parent_session_id = id})
Session.create({name = "Grandchild", parent_session_id = child})
for number = 1, 70 do Session.update(id, {description = "Number " .. number}) end
Session.setCurrent(id)
"""


@pytest.fixture
def session_page(server: Server, signed_in: Page) -> Page:
    """On the page of the session that the script made."""
    run_script(signed_in, SCRIPT)
    wait_for_end(signed_in, "succeeded")
    signed_in.goto(f"{server.url}/sessions/?q=Refund")
    signed_in.locator("#sessions tbody th").get_by_role("link", name="Refund", exact=True).click()
    signed_in.wait_for_load_state()
    return signed_in


@pytest.fixture
def other_page(session_page: Page, browser: Browser) -> Iterator[Page]:
    """The same page in another browser."""
    context = browser.new_context(storage_state=session_page.context.storage_state())
    context.add_init_script(LOADED_FIRST)
    page = context.new_page()
    page.goto(session_page.url)
    yield page
    context.close()


def top_of(locator: Locator) -> float:
    box = locator.bounding_box()
    assert box is not None
    return box["y"]


def test_editing_in_place_by_keyboard(session_page: Page) -> None:
    page = session_page
    edit = page.get_by_role("button", name="Edit the name")
    edit.focus()
    page.keyboard.press("Enter")
    field = page.locator("[data-inplace]").get_by_label("Name", exact=True)
    expect(field).to_be_focused()
    page.keyboard.type(" and more")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_have_text("Refund")
    expect(edit).to_be_focused()

    page.keyboard.press("Space")
    expect(field).to_be_focused()
    field.fill("")
    field.evaluate("field => field.required = false")
    page.keyboard.press("Enter")
    expect(page.locator("#id_name_error")).to_contain_text("required")
    expect(field).to_be_focused()
    page.keyboard.type("Refund <b>2</b>")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Refund <b>2</b>")
    expect(edit).to_be_focused()
    expect(page).to_have_title("Refund <b>2</b> · LLMSpell")

    page.get_by_role("button", name="Edit the tags").press("Enter")
    box = page.locator("[data-inplace]").get_by_label("Tags optional")
    expect(box).to_be_focused()
    page.keyboard.type("vip,x")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    page.keyboard.type('"c, d"')
    page.get_by_role("button", name="Remove the tag support").press("Enter")
    expect(box).to_be_focused()
    page.get_by_role("button", name="Save the tags").press("Enter")
    expect(page.locator("#field-tags .tag")).to_have_text(["a, b", "vip", "c, d"])
    page.reload()
    expect(page.locator("#field-tags .tag")).to_have_text(["a, b", "vip", "c, d"])


def test_a_lost_connection_is_told_and_found_again(session_page: Page) -> None:
    page = session_page
    lost = page.locator("[data-live-lost]")
    expect(lost).to_be_hidden()
    page.get_by_role("button", name="Edit the name").click()
    page.locator("#id_name").fill("Typed while away")
    page.context.set_offline(True)
    expect(lost).to_be_visible()
    page.locator("#id_name").press("Enter")
    expect(page.locator("#field-name").get_by_role("alert")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    expect(lost).to_be_hidden()
    page.locator("#id_name").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Typed while away")


def test_two_people_at_once(session_page: Page, other_page: Page) -> None:
    page = session_page
    page.get_by_role("button", name="Edit the name").click()
    page.locator("[data-inplace]").get_by_label("Name", exact=True).fill("Mine")
    other_page.get_by_role("button", name="Edit the name").click()
    other_page.locator("[data-inplace]").get_by_label("Name", exact=True).fill("Theirs")
    other_page.locator("[data-inplace]").get_by_label("Name", exact=True).press("Enter")
    expect(other_page.get_by_role("heading", level=1)).to_have_text("Theirs")
    expect(page.locator("#session-tabs")).to_contain_text("72")
    expect(page.locator("[data-inplace]").get_by_label("Name", exact=True)).to_have_value("Mine")

    page.locator("[data-inplace]").get_by_label("Name", exact=True).press("Enter")
    told = page.get_by_role("alert")
    expect(told).to_contain_text("It is now: Theirs")
    assert Axe().run(page, options=RULES).response["violations"] == []
    expect(page.locator("[data-inplace]").get_by_label("Name", exact=True)).to_have_value("Mine")
    page.get_by_role("link", name="Keep theirs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Theirs")

    other_page.get_by_role("button", name="Suspend").click()
    expect(page.locator("#session-status")).to_have_text("Suspended")
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    expect(page.locator("#live-note")).to_contain_text("suspended")

    page.get_by_role("button", name="Edit the description").click()
    page.locator("#id_description").fill("A long text of mine")
    other_page.get_by_role("link", name="Delete").click()
    other_page.get_by_role("button", name="Delete session").click()
    other_page.wait_for_url("**/sessions/")
    page.locator("#field-description").get_by_role("button", name="Save").click()
    expect(page.locator("#field-description").get_by_role("alert")).to_contain_text("Session not found")
    expect(page.locator("#id_description")).to_have_value("A long text of mine")


def test_children_and_metadata_follow_and_stay_as_they_were_opened(session_page: Page, other_page: Page) -> None:
    page, address = session_page, session_page.url
    tree = page.get_by_role("region", name="Children")
    tree.locator("summary").click()
    expect(tree.get_by_role("link", name="Grandchild")).to_be_visible()
    page.get_by_role("heading", level=1).click()  # away from the tree, which would wait while it has the focus
    other_page.get_by_role("link", name="Add child").click()
    other_page.get_by_label("Name", exact=True).fill("Second child")
    other_page.get_by_label("Name", exact=True).press("Enter")
    expect(tree.get_by_role("link", name="Second child")).to_be_visible()
    expect(tree.get_by_role("link", name="Grandchild")).to_be_visible()

    page.goto(f"{address}metadata")
    rows = page.locator("details[data-branch='/rows']")
    rows.locator("> summary").click()
    expect(rows).not_to_have_attribute("open", re.compile(""))
    page.get_by_role("heading", level=1).click()
    other_page.goto(f"{address}metadata/edit")
    other_page.get_by_label("Metadata").fill('{"ticket": "54321", "rows": [{"f": 3}]}')
    other_page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#metadata-view")).to_contain_text("54321")
    expect(rows).not_to_have_attribute("open", re.compile(""))
    page.get_by_label("Keys and values that hold").fill("543")
    expect(page.get_by_text("1 place with")).to_be_visible()
    other_page.goto(f"{address}metadata/edit")
    other_page.get_by_label("Metadata").fill('{"ticket": "renewed"}')
    other_page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#session-tabs")).to_contain_text("Metadata 1")
    expect(page.get_by_label("Keys and values that hold")).to_have_value("543")
    expect(page.get_by_text("1 place with")).to_be_visible()
    page.get_by_label("Keys and values that hold").fill("")
    expect(page.locator("#metadata-view")).to_contain_text("renewed")


def test_history_tree_and_metadata(server: Server, session_page: Page, other_page: Page) -> None:
    page = session_page
    address = page.url
    branch = page.get_by_role("region", name="Children")
    branch.locator("summary").press("Enter")
    expect(branch.get_by_role("link", name="Grandchild")).to_be_visible()

    page.goto(f"{address}history")
    first = page.locator("#newest-events > li")
    expect(first).to_have_count(50)
    read = page.locator("#event-40")
    read.scroll_into_view_if_needed()
    place = top_of(read)
    other_page.get_by_role("button", name="Suspend").click()
    expect(first.first).to_contain_text("Suspended")
    assert abs(top_of(read) - place) < 1
    expect(page.locator("#live-note")).to_contain_text("1 new event: Suspended")

    page.get_by_text("Kinds", exact=True).click()
    page.get_by_label("Suspended").check()
    page.get_by_role("button", name="Filter").click()
    expect(page).to_have_url(re.compile(r"kind=suspended"))
    expect(first).to_have_count(1)
    page.goto(f"{address}history")
    page.get_by_role("link", name="#30", exact=True).click()
    expect(page).to_have_url(re.compile(r"/history/30#event-30$"))
    expect(page.locator("[data-chosen]")).to_be_in_viewport()
    expect(page.locator("[data-chosen]")).to_contain_text("28")
    page.goto(f"{address}history/29")
    expect(page.locator("[data-chosen]")).to_be_in_viewport()

    page.goto(f"{address}metadata")
    page.get_by_label("Keys and values that hold").fill("12345")
    expect(page.get_by_text("1 place with")).to_be_visible()
    page.goto(f"{address}metadata/edit")
    page.get_by_label("Metadata").fill('{\n  "ticket": "1",\n  "rows" [1]\n}')
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#id_metadata_error")).to_contain_text("Line 3, column 10")
    expect(page.get_by_label("Metadata")).to_be_focused()
    chosen = page.get_by_label("Metadata").evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert chosen == "["
    page.get_by_label("Metadata").fill('{"ticket": "1"}')
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".json__node")).to_have_count(1)


def test_without_javascript(session_page: Page, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, storage_state=session_page.context.storage_state())
    page = context.new_page()
    page.goto(session_page.url)
    page.get_by_role("button", name="Edit the tags").click()
    tags = page.locator("[data-inplace]").get_by_label("Tags optional")
    assert tags.input_value() == 'support, "a, b"'
    tags.fill('"a, b", new')
    page.get_by_role("button", name="Save the tags").click()
    expect(page.locator("#field-tags .tag")).to_have_text(["a, b", "new"])
    page.get_by_role("link", name="Metadata", exact=False).first.click()
    page.get_by_label("Keys and values that hold").fill("rows")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#metadata-view")).to_contain_text("place")
    page.go_back()
    page.get_by_role("link", name="Remove the key ticket").click()
    page.get_by_role("button", name="Remove key").click()
    expect(page.locator("#metadata-view")).not_to_contain_text("12345")
    page.get_by_role("region", name="Children").locator("summary").click()
    page.get_by_role("link", name="Show the children of Child").click()
    expect(page.locator("#sessions tbody th")).to_have_text(["Grandchild"])
    context.close()


def test_a_form_opened_on_its_own_page_leads_back(session_page: Page) -> None:
    page, home = session_page, session_page.url
    page.goto(f"{home}edit/tags")
    page.get_by_label("Tags optional").press_sequentially("vip")
    page.get_by_role("button", name="Save the tags").click()
    expect(page).to_have_url(home)
    expect(page.locator("#field-tags .tag").last).to_have_text("vip")
