"""Two people talk about a session, one of them by keyboard alone; the other's open page follows."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.session_list import faults, make_sessions
from tests.browser.test_feed import bob
from tests.tools.server import Server

SCRIPT = """
local id = Session.create({name = "talk"})
Artifact.store(id, "note", "notes.txt", "one\\ntwo\\nthree\\n")
"""


def test_written_with_a_mention_read_live_and_resolved(server: Server, signed_in: Page, browser: Browser) -> None:
    make_sessions(signed_in, SCRIPT)
    other = bob(browser, server)
    signed_in.goto(f"{server.url}/sessions/")
    signed_in.get_by_role("link", name="talk", exact=True).click()
    write(signed_in, other)
    answer(other, server)
    expect(signed_in.get_by_role("article", name="Comment by bob")).to_be_visible()
    signed_in.get_by_role("button", name="Resolve the thread of ada").press("Enter")
    expect(signed_in.get_by_text("Resolved by ada")).to_be_visible()
    signed_in.get_by_role("article", name="Comment by ada").get_by_role("link", name="Delete").press("Enter")
    signed_in.get_by_role("dialog").get_by_role("button", name="Delete comment").press("Enter")
    expect(signed_in.get_by_text("Deleted by ada")).to_be_visible()
    expect(signed_in.get_by_role("article", name="Comment by bob")).to_be_visible()
    assert faults(signed_in) == []
    write_on_lines(signed_in, server)
    other.context.close()


def write(page: Page, other: Page) -> None:
    page.get_by_role("link", name="Comments").press("Enter")
    box = page.get_by_role("textbox", name="Comment", exact=True)
    expect(box).to_be_visible()
    other.goto(page.url)
    expect(other.get_by_text("Nobody has said anything yet.")).to_be_visible()
    box.focus()
    page.keyboard.type("Is it **done**, @b")
    expect(page.get_by_role("option", name="bob")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("Is it **done**, @bob ")
    page.keyboard.type("?")
    page.get_by_role("button", name="Comment", exact=True).press("Enter")
    comment = page.get_by_role("article", name="Comment by ada")
    expect(comment.locator("mark")).to_have_text("@bob")
    assert faults(page) == []
    expect(other.get_by_role("article", name="Comment by ada")).to_be_visible()
    expect(other.get_by_role("status").filter(has_text="1 new comment")).to_be_visible()


def answer(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/comments/")
    notice = page.get_by_role("listitem").filter(has_text="mentioned you")
    expect(notice.get_by_text("New:")).to_be_attached()
    expect(page.get_by_role("button", name="Mark all as read")).to_be_hidden()  # it was looked at
    expect(page.get_by_role("link", name="For me", exact=True)).to_be_visible()
    assert faults(page) == []
    notice.get_by_role("link", name="talk").press("Enter")
    expect(page.get_by_role("article", name="Comment by ada")).to_be_visible()
    page.get_by_text("Answer", exact=True).first.press("Enter")
    page.get_by_role("textbox", name="Answer to ada").fill("It is")
    page.get_by_role("button", name="Answer", exact=True).press("Enter")
    expect(page.get_by_role("article", name="Comment by bob")).to_be_visible()


def write_on_lines(page: Page, server: Server) -> None:
    """The number of a line, then with Shift that of another one."""
    page.goto(f"{server.url}/artifacts/")
    page.get_by_role("link", name="notes.txt", exact=True).click()
    for line, keys in (("#L2", []), ("#L3", ["Shift"])):
        page.locator(line).click(position={"x": 10, "y": 8}, modifiers=keys)  # type: ignore[arg-type]  # literals
    expect(page.get_by_label("From line")).to_have_value("2")
    expect(page.get_by_label("to line", exact=True)).to_have_value("3")
    expect(page.get_by_role("textbox", name="Comment", exact=True)).to_be_focused()
    page.keyboard.type("These two")
    page.get_by_role("button", name="Comment", exact=True).press("Enter")
    expect(page.get_by_role("link", name="1 open comment on lines 2 to 3")).to_be_visible()
    expect(page.get_by_role("article", name="Comment by ada").filter(has_text="These two")).to_be_visible()
    assert faults(page) == []
