"""The trash by keyboard alone: all that is on a page is taken out, and one deleted for good by typing its name."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.session_list import faults, make_sessions
from tests.tools.server import Server

DELETE = """for _, session in ipairs(Session.list({})) do Session.delete(session.id) end
Session.delete(Session.create({name = "Last <one>"}))"""


def test_taking_out_and_deleting_for_good(server: Server, signed_in: Page, browser: Browser) -> None:
    page = signed_in
    make_sessions(page, 'Session.create({name = "First"}) Session.create({name = "Second"})')
    make_sessions(page, DELETE)
    page.goto(f"{server.url}/trash/")
    page.get_by_role("link", name="Tick all on this page").press("Enter")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(3)
    page.get_by_role("checkbox", name="Last <one>").press("Space")
    assert faults(page) == []
    page.get_by_role("button", name="Take out of the trash").press("Enter")
    expect(page.get_by_text("Took 2 sessions out of the trash.")).to_be_visible()
    page.goto(f"{server.url}/sessions/")
    expect(page.locator("#sessions tbody th a")).to_have_count(2)
    delete_for_good(server, page)
    without = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state()).new_page()
    without.goto(f"{server.url}/trash/?ticked=page")
    expect(without.get_by_text("The trash is empty")).to_be_visible()


def delete_for_good(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/trash/")
    page.get_by_role("checkbox", name="Last <one>").press("Space")
    page.get_by_role("button", name="Delete for good…").press("Enter")
    expect(page.get_by_role("heading", name="Delete for good?")).to_be_visible()
    assert faults(page) == []
    field = page.get_by_label("Type its name to confirm")
    field.focus()
    page.keyboard.type("Last")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing was deleted.")).to_be_visible()
    field.fill("Last <one>")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Deleted the session Last <one> for good.")).to_be_visible()
    expect(page.get_by_role("region", name="Deleted for good")).to_contain_text("Last <one>")
