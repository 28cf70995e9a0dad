"""Two people talk about a session, one of them by keyboard alone; the other's open page follows."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.session_list import faults, make_sessions
from tests.browser.test_feed import bob
from tests.tools.server import Server


def test_written_with_a_mention_read_live_and_resolved(server: Server, signed_in: Page, browser: Browser) -> None:
    make_sessions(signed_in, 'Session.create({name = "talk"})')
    other = bob(browser, server)
    signed_in.goto(f"{server.url}/sessions/")
    signed_in.get_by_role("link", name="talk", exact=True).click()
    signed_in.get_by_role("link", name="Comments").press("Enter")
    box = signed_in.get_by_role("textbox", name="Comment", exact=True)
    expect(box).to_be_visible()
    other.goto(signed_in.url)
    expect(other.get_by_text("Nobody has said anything yet.")).to_be_visible()

    box.focus()
    signed_in.keyboard.type("Is it **done**, @b")
    expect(signed_in.get_by_role("option", name="bob")).to_be_visible()
    signed_in.keyboard.press("ArrowDown")
    signed_in.keyboard.press("Enter")
    expect(box).to_have_value("Is it **done**, @bob ")
    signed_in.keyboard.type("?")
    signed_in.get_by_role("button", name="Comment", exact=True).press("Enter")
    comment = signed_in.get_by_role("article", name="Comment by ada")
    expect(comment.locator("mark")).to_have_text("@bob")
    assert faults(signed_in) == []

    theirs = other.get_by_role("article", name="Comment by ada")
    expect(theirs).to_be_visible()
    expect(other.get_by_role("status").filter(has_text="1 new comment")).to_be_visible()
    other.goto(f"{server.url}/comments/")
    expect(other.get_by_role("link", name="For me 1 new")).to_be_visible()
    expect(other.get_by_role("button", name="Mark all as read")).to_be_hidden()  # it was looked at
    expect(other.get_by_role("link", name="For me", exact=True)).to_be_visible()
    other.get_by_role("listitem").filter(has_text="mentioned you").get_by_role("link", name="talk").press("Enter")
    expect(theirs).to_be_visible()
    other.get_by_text("Answer", exact=True).first.press("Enter")
    other.get_by_role("textbox", name="Answer to ada").fill("It is")
    other.get_by_role("button", name="Answer", exact=True).press("Enter")

    expect(signed_in.get_by_role("article", name="Comment by bob")).to_be_visible()
    signed_in.get_by_role("button", name="Resolve the thread of ada").press("Enter")
    expect(signed_in.get_by_text("Resolved by ada")).to_be_visible()
    comment.get_by_role("link", name="Delete").press("Enter")
    dialog = signed_in.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete comment").press("Enter")
    expect(signed_in.get_by_text("Deleted by ada")).to_be_visible()
    expect(signed_in.get_by_role("article", name="Comment by bob")).to_be_visible()
    assert faults(signed_in) == []
    other.context.close()
