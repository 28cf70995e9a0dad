"""The history of the teams as two people see it: what is new is announced, counted in the header, read by looking."""

import subprocess
import sys

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD
from tests.browser.session_list import faults, make_sessions
from tests.tools.server import ROOT, Server

ACCOUNT = f"from llmspell_web.teams.models import User; User.objects.create_user('bob', password={PASSWORD!r})"
SCRIPT = 'for number = 1, 3 do Session.create({name = "late " .. number}) end'


def bob(browser: Browser, server: Server) -> Page:
    make = [sys.executable, "manage.py", "shell", "--command", ACCOUNT]
    subprocess.run(make, cwd=ROOT, env=server.environment, check=True, capture_output=True)
    page = browser.new_context().new_page()
    page.goto(f"{server.url}/login/")
    page.get_by_label("Username").fill("bob")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/workspace/")
    return page


def test_news_are_announced_counted_and_read(server: Server, signed_in: Page, browser: Browser) -> None:
    make_sessions(signed_in, 'Session.create({name = "first"})')
    other = bob(browser, server)
    signed_in.goto(f"{server.url}/history/")
    entry = signed_in.get_by_role("listitem").filter(has_text="Created: first")
    expect(signed_in.get_by_role("button", name="Mark all as read")).to_be_hidden()  # it was looked at
    place = entry.bounding_box()
    count = signed_in.get_by_role("listitem").count()
    make_sessions(other, SCRIPT)
    # A run that began and ended, and what it made.
    expect(signed_in.get_by_role("status").filter(has_text="5 new")).to_be_visible()
    assert entry.bounding_box() == place
    assert signed_in.get_by_role("listitem").count() == count
    assert faults(signed_in) == []

    signed_in.goto(f"{server.url}/runs/")
    expect(signed_in.get_by_role("link", name="History 5 new")).to_be_visible()
    other.goto(f"{server.url}/runs/")
    expect(other.get_by_role("link", name="History", exact=True)).to_be_visible()

    signed_in.goto(f"{server.url}/history/")
    expect(signed_in.get_by_role("listitem").filter(has_text="New: Created: late")).to_have_count(3)
    expect(signed_in.get_by_text("You had read up to here")).to_be_visible()
    expect(signed_in.get_by_role("button", name="Mark all as read")).to_be_hidden()  # it was looked at
    signed_in.goto(f"{server.url}/runs/")
    expect(signed_in.get_by_role("link", name="History", exact=True)).to_be_visible()


def test_it_is_read_and_marked_without_javascript(server: Server, signed_in: Page, browser: Browser) -> None:
    make_sessions(bob(browser, server), SCRIPT)
    storage = signed_in.context.storage_state()
    page = browser.new_context(java_script_enabled=False, storage_state=storage).new_page()
    page.goto(f"{server.url}/history/")
    page.get_by_label("Who").fill("bob")
    page.get_by_text("Kinds", exact=True).click()
    page.get_by_label("Created", exact=True).check()
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("listitem").filter(has_text="New: Created: late")).to_have_count(3)
    expect(page.locator("[data-entry]")).to_have_count(3)
    page.get_by_role("link", name="Everything").click()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator("[data-entry]")).to_have_count(8)  # with those of the team and its members
    expect(page.get_by_role("listitem").filter(has_text="New:")).to_have_count(0)
    expect(page.get_by_role("button", name="Mark all as read")).to_have_count(0)
