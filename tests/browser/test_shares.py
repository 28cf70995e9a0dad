"""A member shares a session and a run; somebody outside looks at them, without JavaScript, until the link ends."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.editor import run_script, wait_for_end
from tests.browser.test_accessibility import is_fault, look_at
from tests.tools.server import Server

PASSWORD = "open sesame please"
MAKE = """-- Prepare the report
Session.setCurrent(Session.create({name = "Refunds " .. ("long "):rep(20), description = "About May",
    tags = {"may"}, metadata = {ticket = {number = "12345"}}}))
Artifact.store("", "agent_output", "report.md", "# Report\\n\\nAll is well.\\n", {source = "mail"})
Artifact.store("", "agent_output", "table.csv", "a,b\\n1,2\\n3,4\\n5,6\\n")
print("out " .. ("x"):rep(200))
return {{a = 1, b = "x"}}
"""


def make_link(page: Page, path: str, password: str = "") -> str:
    """From the page of what is shared, by keyboard; the path of the link."""
    page.goto(path)
    page.get_by_role("link", name="Share…").press("Enter")
    page.get_by_role("link", name="New link").press("Enter")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Make link").press("Enter")
    return urlsplit(page.locator("[data-copy] code").inner_text()).path


def open_link(page: Page, url: str, password: str = "") -> None:
    page.goto(url)
    if password:
        page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Open").press("Enter")
    expect(page.get_by_text("The link is good until")).to_be_visible()


@pytest.fixture
def links(server: Server, signed_in: Page) -> dict[str, str]:
    """The paths of a session, a run, and of a link to each."""
    run_script(signed_in, MAKE)
    wait_for_end(signed_in, "succeeded")
    run = signed_in.locator("[data-run-status] a").get_attribute("href") or ""
    made = signed_in.get_by_role("region", name="Touched by this run")
    session = made.get_by_role("link", name="Refunds").get_attribute("href") or ""
    to_session = make_link(signed_in, server.url + session, PASSWORD)
    return {"session": session, "run": run, "to session": to_session, "to run": make_link(signed_in, server.url + run)}


def test_from_the_link_to_its_end(server: Server, signed_in: Page, browser: Browser, links: dict[str, str]) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        guest = context.new_page()
        guest.goto(server.url + links["to session"])
        guest.get_by_label("Password").fill("a wrong one")
        guest.get_by_role("button", name="Open").press("Enter")
        expect(guest.get_by_text("expected the one that came with the link")).to_be_visible()
        open_link(guest, server.url + links["to session"], PASSWORD)
        guest.get_by_role("link", name="report.md", exact=True).press("Enter")
        expect(guest.get_by_role("heading", name="Report", exact=True)).to_be_visible()
        guest.get_by_role("link", name="Source").press("Enter")
        expect(guest.get_by_text("All is well.")).to_be_visible()
        with guest.expect_download() as download:
            guest.get_by_role("link", name="Download").first.click()
        assert download.value.suggested_filename == "report.md"
        open_link(guest, server.url + links["to run"])
        expect(guest.get_by_text("Prepare the report").first).to_be_visible()

        signed_in.goto(f"{server.url}/links/")
        row = signed_in.get_by_role("row", name="Refunds")
        expect(row).to_contain_text("with a password")
        row.get_by_role("link", name="Revoke…").press("Enter")
        signed_in.get_by_role("dialog").get_by_role("button", name="Revoke link").press("Enter")
        expect(signed_in.get_by_text("by that link any more")).to_be_visible()
        guest.goto(server.url + links["to session"])
        expect(guest.get_by_text("This link is not valid, or not any more")).to_be_visible()
    finally:
        context.close()


@pytest.mark.parametrize("width", [360, 1440])
def test_pages(server: Server, signed_in: Page, browser: Browser, links: dict[str, str], width: int) -> None:
    key = links["session"].split("/")[2]
    of_members = ["/links/", f"/links/session/{key}/", f"/links/session/{key}/new", links["session"], links["run"]]
    faults: list[str] = []
    for scheme in ("light", "dark"):
        looks = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
        context = browser.new_context(**looks, storage_state=signed_in.context.storage_state())  # type: ignore[arg-type]  # literals
        page = context.new_page()
        faults += [fault for path in of_members for fault in look_at(page, server, path)]
        context.close()
        context = browser.new_context(**looks)  # type: ignore[arg-type]  # literals
        faults += look_as_guest(context.new_page(), server, links)
        context.close()
    assert faults == []


def look_as_guest(page: Page, server: Server, links: dict[str, str]) -> list[str]:
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if is_fault(message) else None)
    for path in (links["to session"], links["to run"], "/s/none/"):
        faults += look_at(page, server, path)
    open_link(page, server.url + links["to session"], PASSWORD)
    shown = [link.get_attribute("href") or "" for link in page.get_by_role("row").get_by_role("link").all()]
    pages = [path for path in shown if path.endswith("/")]
    assert len(pages) == 2
    open_link(page, server.url + links["to run"])
    for path in (links["to session"], links["to run"], *pages):
        faults += look_at(page, server, path)
    return faults
