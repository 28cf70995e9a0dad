"""Two people with two browsers: one invites, changes a role and removes; the other joins and is out again."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD
from tests.tools.server import Server


def test_from_an_invitation_to_the_removal(server: Server, signed_in: Page, browser: Browser) -> None:
    context = browser.new_context()
    try:
        follow(server, signed_in, context.new_page())
    finally:
        context.close()


def follow(server: Server, admin: Page, guest: Page) -> None:
    admin.goto(f"{server.url}/teams/default/")
    admin.get_by_role("link", name="Invite").press("Enter")
    admin.get_by_label("Role").select_option("viewer")
    admin.get_by_role("button", name="Make link").press("Enter")
    link = admin.locator("[data-copy] code").inner_text()

    guest.goto(link)
    guest.get_by_label("Username").fill("grace")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_label("Password confirmation").fill(PASSWORD)
    guest.get_by_role("button", name="Create account and join").press("Enter")
    expect(guest.get_by_role("row", name="grace you Viewer")).to_be_visible()
    guest.goto(link)
    expect(guest.get_by_role("heading", name="You are in Team already")).to_be_visible()

    admin.goto(f"{server.url}/teams/default/")
    admin.get_by_label("Role of grace").select_option("member")
    admin.get_by_role("button", name="Change the role of grace").press("Enter")
    expect(admin.get_by_text("grace is member in this team.")).to_be_visible()
    make_team(guest, server)

    admin.get_by_role("link", name="Remove… grace").press("Enter")
    dialog = admin.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Remove grace from Team?")).to_be_visible()
    dialog.get_by_role("button", name="Remove from team").press("Enter")
    expect(admin.get_by_text("grace is not in the team Team any more.")).to_be_visible()
    guest.goto(f"{server.url}/teams/default/")
    expect(guest.get_by_text("There is nothing here").first).to_be_visible()


def make_team(guest: Page, server: Server) -> None:
    """One of the guest's own, which new sessions go to from now on."""
    guest.goto(f"{server.url}/teams/new")
    guest.get_by_label("Name").fill("Own <i>work</i>")
    guest.get_by_role("button", name="Create team").press("Enter")
    expect(guest.get_by_role("heading", name="Own <i>work</i>")).to_be_visible()
    guest.get_by_label("Account: grace").press("Enter")
    guest.get_by_role("button", name="Own <i>work</i>").press("Enter")
    expect(guest.get_by_text("New sessions go to the team Own <i>work</i>.")).to_be_visible()
    guest.goto(f"{server.url}/sessions/new")
    expect(guest.get_by_text("The team Own <i>work</i> will see it.")).to_be_visible()
