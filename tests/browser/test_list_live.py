"""The list follows what others do, and moves nothing that is being read."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, USERNAME
from tests.browser.session_list import faults, make_sessions, open_list, row
from tests.tools.server import Server

SCRIPT = """
for _, name in ipairs({"one", "two", "three", "four", "five"}) do
    Session.create({name = name, tags = {"before"}})
end
"""


def somebody_else(browser: Browser, server: Server) -> Page:
    """The same account at another desk."""
    page = browser.new_context().new_page()
    page.goto(f"{server.url}/login/")
    page.get_by_label("Username").fill(USERNAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/workspace/")
    return page


def names(page: Page) -> list[str]:
    return page.locator("#sessions tbody th a").all_inner_texts()


def test_rows_change_in_place_and_new_ones_are_announced(server: Server, signed_in: Page, browser: Browser) -> None:
    make_sessions(signed_in, SCRIPT)
    open_list(signed_in, server, "?status=active")
    other = somebody_else(browser, server)
    order = names(signed_in)
    suspended, deleted = row(signed_in, "two"), row(signed_in, "four")
    signed_in.get_by_role("link", name="two", exact=True).focus()
    place = signed_in.locator(deleted).bounding_box()

    make_sessions(
        other,
        """for _, session in ipairs(Session.list({})) do
            if session.name == "two" then
                Session.update(session.id, {name = "two, renamed", tags = {"after", "more"}})
                Session.suspend(session.id)
            elseif session.name == "four" then Session.delete(session.id) end
        end
        for number = 1, 3 do Session.create({name = "late " .. number}) end""",
    )
    expect(signed_in.locator(suspended)).to_contain_text("two, renamed")
    expect(signed_in.locator(suspended)).to_contain_text("Suspended")
    expect(signed_in.locator(suspended).get_by_role("listitem")).to_have_text(["after", "more"])
    expect(signed_in.locator(suspended)).to_contain_text("no longer matches")
    expect(signed_in.locator(deleted)).to_contain_text("moved to trash")
    expect(signed_in.get_by_role("status").filter(has_text="3 new sessions match")).to_be_visible()
    expect(signed_in.get_by_role("link", name="two, renamed")).to_be_focused()
    assert faults(signed_in) == []
    assert names(signed_in) == ["two, renamed" if name == "two" else name for name in order]
    assert signed_in.locator(deleted).bounding_box() == place

    other.goto(server.url + (signed_in.locator(f"{suspended} a").get_attribute("href") or ""))
    other.get_by_role("button", name="Resume").click()
    expect(signed_in.locator(suspended)).to_contain_text("Active")
    expect(signed_in.locator(suspended)).not_to_contain_text("no longer matches")

    signed_in.get_by_role("link", name="Show", exact=True).click()
    expect(signed_in.locator("#sessions tbody th a")).to_have_count(7)
    assert {"late 1", "late 2", "late 3", "two, renamed"} <= set(names(signed_in))
    expect(signed_in.get_by_role("link", name="Show", exact=True)).to_be_hidden()


def test_a_lost_connection_is_told_and_what_was_missed_comes(server: Server, signed_in: Page, browser: Browser) -> None:
    make_sessions(signed_in, SCRIPT)
    open_list(signed_in, server)
    changed = row(signed_in, "two")
    link = signed_in.locator(f"{changed} a").get_attribute("href") or ""
    signed_in.context.set_offline(True)
    words = signed_in.get_by_role("status").filter(has_text=re.compile(r"Offline — last updated \d\d:\d\d"))
    expect(words).to_be_visible()
    other = somebody_else(browser, server)
    other.goto(server.url + link)
    other.get_by_role("button", name="Complete").click()
    expect(other.locator("#content")).to_contain_text("Completed")
    signed_in.context.set_offline(False)
    expect(signed_in.locator(changed)).to_contain_text("Completed")
    expect(words).to_be_hidden()


def test_a_tab_out_of_sight_asks_nothing(server: Server, signed_in: Page) -> None:
    make_sessions(signed_in, SCRIPT)
    signed_in.clock.install()
    open_list(signed_in, server)
    hide = """isHidden => {
        Object.defineProperty(document, "hidden", {configurable: true, get: () => isHidden});
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    asked: list[str] = []
    signed_in.evaluate(hide, True)
    signed_in.on("request", lambda request: asked.append(request.url))
    signed_in.clock.run_for(60_000)
    assert asked == []
    with signed_in.expect_request("**/sessions/live?*"):
        signed_in.evaluate(hide, False)


def test_following_can_be_paused(server: Server, signed_in: Page, browser: Browser) -> None:
    make_sessions(signed_in, SCRIPT)
    open_list(signed_in, server)
    changed = row(signed_in, "two")
    signed_in.get_by_role("button", name="Pause").click()
    expect(signed_in.get_by_text(re.compile(r"Paused at \d\d:\d\d"))).to_be_visible()
    asked: list[str] = []
    signed_in.on("request", lambda request: asked.append(request.url) if "/live" in request.url else None)
    other = somebody_else(browser, server)
    other.goto(server.url + (signed_in.locator(f"{changed} a").get_attribute("href") or ""))
    other.get_by_role("button", name="Complete").click()
    expect(other.locator("#content")).to_contain_text("Completed")
    assert asked == []
    signed_in.get_by_role("button", name="Go on").click()
    expect(signed_in.locator(changed)).to_contain_text("Completed")


def test_times_go_on_without_moving_anything(server: Server, signed_in: Page) -> None:
    make_sessions(signed_in, SCRIPT)
    signed_in.clock.install()
    open_list(signed_in, server)
    first = signed_in.locator("tbody time").first
    places = "[...document.querySelectorAll('thead th')].map(cell => cell.getBoundingClientRect().left)"
    before = signed_in.evaluate(places)
    expect(first).to_have_text(re.compile(r"just now|\d+ s ago"))
    for seconds, words in ((300, "5 min ago"), (3 * 3600, "3 h ago"), (86400, "yesterday"), (9 * 86400, "10 days ago")):
        signed_in.clock.fast_forward(seconds * 1000)
        expect(first).to_have_text(words)
        assert signed_in.evaluate(places) == before


def test_without_javascript_there_is_a_link_to_reload(server: Server, signed_in: Page, browser: Browser) -> None:
    make_sessions(signed_in, SCRIPT)
    context = browser.new_context(java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(f"{server.url}/sessions/?status=active")
    expect(page.get_by_text(re.compile(r"As of \d\d:\d\d UTC"))).to_be_visible()
    page.get_by_role("link", name="Reload").click()
    expect(page).to_have_url(f"{server.url}/sessions/?status=active")
    context.close()
