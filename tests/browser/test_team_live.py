"""Four people at four desks: two follow one session live, one may only look, and for one there is nothing there."""

import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD
from tests.browser.session_list import make_sessions, open_list, row
from tests.tools.server import ROOT, Server

ACCOUNTS = f"""
from llmspell_web.teams.models import Membership, Team, User
for name in ("bob", "vera", "sam"):
    User.objects.create_user(name, password={PASSWORD!r})
Membership.objects.filter(user__username="vera").update(role="viewer")
Membership.objects.filter(user__username="sam").update(team=Team.objects.create(name="Elsewhere", slug="elsewhere"))
"""
STORE = """for _, session in ipairs(Session.list({search = "Shared"})) do
    Artifact.store(session.id, "tool_result", "%s", "what everybody sees")
end"""


@pytest.fixture
def log_in(server: Server, signed_in: Page, browser: Browser) -> Callable[[str], Page]:
    make = [sys.executable, "manage.py", "shell", "--command", ACCOUNTS]
    subprocess.run(make, cwd=ROOT, env=server.environment, check=True, capture_output=True)

    def log_in(name: str) -> Page:
        page = browser.new_context().new_page()
        page.goto(f"{server.url}/login/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/workspace/")
        return page

    return log_in


def test_a_team_at_work(server: Server, signed_in: Page, log_in: Callable[[str], Page]) -> None:
    owner, teammate = signed_in, log_in("bob")
    make_sessions(owner, 'Session.create({name = "Shared", tags = {"first"}})')
    open_list(teammate, server)
    shared = row(teammate, "Shared")

    make_sessions(owner, STORE % "one.txt")
    expect(teammate.locator(shared).get_by_role("cell", name="1", exact=True)).to_be_visible()

    teammate.goto(f"{server.url}/history/")
    make_sessions(owner, STORE % "two.txt")
    expect(teammate.get_by_role("status").filter(has_text=re.compile(r"\d new"))).to_be_visible()

    teammate.goto(f"{server.url}/sessions/")
    teammate.get_by_role("link", name="Shared", exact=True).click()
    home = teammate.url
    teammate.goto(f"{home}history")
    make_sessions(owner, STORE % "three.txt")
    expect(teammate.get_by_role("link", name="three.txt v1")).to_be_visible()

    owner.goto(home)
    teammate.goto(f"{home}edit/tags")
    teammate.get_by_label("Tags optional").press_sequentially("second,third")
    teammate.get_by_role("button", name="Save the tags").click()
    expect(owner.locator("#field-tags .tag")).to_have_text(["first", "second", "third"])

    artifact = teammate_artifact(owner, home)
    reads_and_changes_nothing(server, log_in("vera"), home, artifact)
    finds_nothing(server, log_in("sam"), home, artifact)
    expect(owner.locator("#field-tags .tag")).to_have_text(["first", "second", "third"])


def teammate_artifact(page: Page, home: str) -> str:
    page.goto(home)
    href = page.get_by_role("link", name="one.txt", exact=True).first.get_attribute("href")
    assert href is not None
    return href


def forms(page: Page) -> list[str]:
    """What the page itself offers to send."""
    actions: list[str] = page.locator("main form[method=post]").evaluate_all("forms => forms.map(form => form.action)")
    return actions


def post(page: Page, url: str) -> int:
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    fields: dict[str, str | float | bool] = {"csrfmiddlewaretoken": token, "tags": "mine", "name": "Mine"}
    return page.request.post(url, form=fields, headers={"Referer": url}).status


def reads_and_changes_nothing(server: Server, viewer: Page, home: str, artifact: str) -> None:
    harmless = {f"{home}use", f"{home}artifacts/zip"}  # choosing it for one's own work, and downloading
    viewer.goto(home)
    expect(viewer.get_by_role("heading", name="Shared", level=1)).to_be_visible()
    assert set(forms(viewer)) <= harmless
    expect(viewer.get_by_role("button", name=re.compile("Edit|Suspend|Complete|Save"))).to_have_count(0)
    for act in ("change/suspend", "edit/tags", "delete", "fail", "save", "store", "metadata/edit", "move"):
        assert post(viewer, f"{home}{act}") == 403, act
    viewer.goto(server.url + artifact)
    expect(viewer.get_by_text("what everybody sees")).to_be_visible()
    assert forms(viewer) == []
    for act in ("tags", "delete", "make-current"):
        assert post(viewer, f"{server.url}{artifact}{act}") == 403, act
    assert viewer.request.get(f"{server.url}{artifact}download").text() == "what everybody sees"
    for tab in ("history", "runs", "saves", "metadata"):
        answer = viewer.goto(home + tab)
        assert answer is not None
        assert answer.status == 200
        assert set(forms(viewer)) <= harmless


def finds_nothing(server: Server, stranger: Page, home: str, artifact: str) -> None:
    for page in ("", "history", "runs", "saves", "metadata", "preview", "live", "artifacts/zip", "edit", "delete"):
        assert stranger.request.get(home + page).status == 404, page
    for page in ("", "download", "versions", "lineage", "preview", "tags"):
        assert stranger.request.get(server.url + artifact + page).status == 404, page
    for act in ("change/suspend", "edit/tags", "delete", "use", "save", "store"):
        assert post(stranger, home + act) == 404, act
    for page in ("sessions/", "artifacts/", "history/", "runs/", "trash/"):
        stranger.goto(f"{server.url}/{page}")
        expect(stranger.locator("main")).not_to_contain_text("Shared")
        expect(stranger.locator("main")).not_to_contain_text("one.txt")
