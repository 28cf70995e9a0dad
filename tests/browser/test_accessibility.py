"""Every page in light and dark, on a phone and on a desk: nothing for axe to find, nothing wider than the screen,
nothing that the content security policy has to refuse."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no annotations
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from artifacts.listing.columns import COLUMNS as ARTIFACT_COLUMNS
from sessions.session_columns import COLUMNS
from tests.browser.conftest import PASSWORD, USERNAME
from tests.browser.editor import run_script, wait_for_end
from tests.tools.server import Server

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
EVERY_COLUMN = f"columns={','.join(COLUMNS.known)},meta.ticket&density=compact"
SCRIPT = """
local id = Session.create({name = "A session with a name that goes on for quite a while", tags = {"a", "b"},
    metadata = {ticket = "12345", from = {place = {city = "Bonn", zip = 53111}, words = {"one", "two"}},
        text = ("word "):rep(200)}})
Session.setCurrent(id)
Session.create({name = "Child", parent_session_id = id})
Artifact.store("", "tool_result", "notes.txt", ("word "):rep(500), {tags = {"final"}, source = "here"})
Session.save(id)
print("out") io.stderr:write("err " .. ("x"):rep(200) .. "\\n")
"""


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages(server: Server, signed_in: Page, browser: Browser, scheme: str, width: int) -> None:
    paths = make_pages(signed_in)
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]  # a literal
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if is_fault(message) else None)
    entries = [path for path in paths if path.startswith(("/join/", "/password/"))]
    found = [fault for path in [*entries, "/login/"] for fault in look_at(page, server, path)]
    page.get_by_label("Username").fill(USERNAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/workspace/")
    for path in paths:
        found += look_at(page, server, path)
    context.close()
    assert found == []
    assert refused == []


def is_fault(message: ConsoleMessage) -> bool:
    return message.type in {"error", "warning"} and not re.search("status of 4(04|22)", message.text)


def make_pages(page: Page) -> list[str]:
    """Runs scripts that leave something on every page; returns the paths."""
    run_script(page, SCRIPT + "error('no')")
    wait_for_end(page, "failed")
    run_script(page, SCRIPT + "return {{a = 1, b = 'x'}}")
    wait_for_end(page, "succeeded")
    made = page.get_by_role("region", name="Touched by this run")
    expect(made).to_be_visible()
    links = [link.get_attribute("href") or "" for link in made.get_by_role("link").all()]
    session = next(link for link in links if link.startswith("/sessions/"))
    artifact = next(link for link in links if link.startswith("/artifacts/"))
    run = page.locator("[data-run-status] a").get_attribute("href") or ""
    key = session.removeprefix("/sessions/").removesuffix("/")
    of_session = [session + name for name in ("", "history", "runs", "saves", "edit", "delete", "fail", "store")]
    of_session += [f"{session}comments", f"{artifact}comments?line=1", f"/runs/{run.split('/')[-2]}/comments"]
    of_session += [session + name for name in ("history/1", "history/1/changes", "history?kind=no")]
    of_session += [
        session + name for name in ("edit/name", "edit/tags", "move", "place?team=default&owner=ada", "runs?status=no")
    ]
    of_session += [session + f"metadata{name}" for name in ("", "?find=1", "/edit", "/key", "/remove?name=ticket")]
    of_session += [f"{session}saves/1/", f"{session}artifacts/versions?name=notes.txt", f"{session}?sort=no&name=x"]
    of_session += [f"/sessions/compare?a={key}:1&b={key}&show=all", f"/sessions/compare?a={key}&b=no"]
    lists = [
        "/workspace/",
        "/workspace/files",
        "/runs/",
        "/history/",
        "/comments/",
        "/history/?kind=created&kind=no&time=soon&session=x&page=x",
        "/history/?person=nobody",
        "/sessions/",
        "/sessions/?q=tag:a",
        "/sessions/?q=none",
        "/sessions/picker",
    ]
    page.goto(f"{page.url.split('/workspace')[0]}/sessions/views/new?tag=a")
    page.get_by_label("Name").fill("A")
    page.get_by_role("button", name="Save view").click()
    lists += [
        "/sessions/?q=x&view=~ada/a",
        "/sessions/?view=gone",
        "/sessions/?columns=no",
        f"/sessions/?{EVERY_COLUMN}",
    ]
    lists += ["/sessions/views/", "/sessions/views/new?tag=a", "/sessions/columns", "/sessions/export?tag=a"]
    lists += ["/sessions/?q=a+created:soon&updated=never&status=no&sort=no", "/sessions/facets?tag=a"]
    lists += ["/sessions/bulk/new?act=fail&which=everything&filter=tag%3Da", "/sessions/bulk/new?act=suspend"]
    lists += ["/sessions/bulk/", *tag_everything(page)]
    lists += [
        "/artifacts/",
        "/artifacts/?q=none",
        "/artifacts/?q=size:soon&hash=x&sort=no",
        "/artifacts/facets?tag=final",
    ]
    lists += [f"/artifacts/?columns={','.join(ARTIFACT_COLUMNS.known)}&density=compact", "/artifacts/columns"]
    lists += ["/artifacts/export?tag=final", "/artifacts/views/new?tag=final"]
    lists += ["/sessions/bulk/new?act=trash_artifacts&which=everything&filter=tag%3Dfinal"]
    lists += ["/teams/", "/teams/new", *(f"/teams/default/{name}" for name in ("", "rename", "invitations/new"))]
    lists += invite(page)
    lists += [f"/account/{name}" for name in ("", "password", "confirm", "email", "email/confirm/x/", "inactive")]
    lists += ["/password/reset/", "/password/reset/1-x/", "/password/reset/sent", "/password/reset/done"]
    lists += ["/login/cancelled"]
    lists += ["/trash/", "/trash/?kind=no", *trash_something(page)]
    lists += ["/audit/", "/audit/?kind=no&object=x&request=x&time=soon", "/audit/?person=nobody", an_entry(page)]
    return [*lists, "/sessions/new", "/status/", "/nothing", run, artifact, f"{artifact}delete", *of_session]


def invite(page: Page) -> list[str]:
    """The pages about an open invitation and about leaving; what its link shows to who is in the team, and none."""
    page.goto(urljoin(page.url, "/teams/default/invitations/new"))
    page.get_by_role("button", name="Make link").click()
    link = page.locator("[data-copy] code").inner_text()
    page.goto(urljoin(page.url, "/teams/default/"))
    asks = [page.get_by_role("link", name=name).get_attribute("href") or "" for name in ("Revoke…", "Leave…")]
    return [*asks, urlsplit(link).path, "/join/none/"]


def tag_everything(page: Page) -> list[str]:
    """The page of a bulk action that could not change every session, alone and with those that it could not."""
    page.goto(urljoin(page.url, "/sessions/bulk/new?act=add_tag&which=everything"))
    page.get_by_label("Tag").fill("a")
    page.get_by_role("button", name="Add tag").click()
    refused = page.get_by_role("link", name="It has this tag already")
    return [urlsplit(page.url).path, refused.get_attribute("href") or ""]


def trash_something(page: Page) -> list[str]:
    """Deletes a session; the page that asks whether to delete it for good."""
    page.goto(urljoin(page.url, "/sessions/new"))
    page.get_by_label("Name").fill("Rubbish")
    page.get_by_role("button", name="Create").click()
    page.goto(urljoin(page.url, "delete"))
    page.get_by_role("button", name="Delete session").click()
    page.goto(urljoin(page.url, "/trash/"))
    return [f"/trash/purge?item={page.get_by_label('Rubbish').get_attribute('value')}"]


def an_entry(page: Page) -> str:
    page.goto(urljoin(page.url, "/audit/?kind=updated&kind=deleted"))
    return page.get_by_role("link", name="Entry: ").first.get_attribute("href") or ""


def look_at(page: Page, server: Server, path: str) -> list[str]:
    page.goto(server.url + path)
    if path.startswith("/workspace/") and path.endswith("/"):
        page.locator("[data-editor].is-ready").wait_for()
    page.evaluate("scrollTo(0, 0)")  # a button half below the sticky header is no small target
    faults = [
        f"{path}: {fault['id']}: {fault['nodes'][0]['html']} {fault['nodes'][0]['failureSummary']}"
        for fault in Axe().run(page, options=RULES).response["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append(f"{path}: wider than the screen")
    return faults
