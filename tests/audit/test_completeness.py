"""Whatever a POST changes of a team's data is in its audit, under who did it and the request that it was."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from artifacts.services import delete_artifact, store_artifact
from llmspell_web.comments.services import resolve
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.teams.services import issue_welcome_token
from sessions.services import create_session
from tests.audit.test_pages import log_in
from tests.conftest import PASSWORD
from tests.web.site import Site, make_site
from tests.web.test_access_table import TABLE, arguments, form_of

pytestmark = pytest.mark.django_db
# What a team has, or knows of itself.
TEAM_DATA = {
    "Session", "SessionTag", "SessionSave", "Artifact", "ArtifactTag", "SavedArtifact", "Team", "Membership",
    "Invitation", "SavedView", "Run", "Comment", "Share", "SharedArtifact",
}  # fmt: skip
OTHER_TABLES = {
    "AuditRecord, CommentEvent, KeptEvent, PurgeRecord": "what the audit is made of",
    "SessionEvent, ShareEvent, TeamEvent": "as above",
    "SessionDocument, SessionValue": "found anew from sessions",
    "Blob, Rendition, BlobCheck, DamagedBlob": "contents, which go by their artifacts",
    "ContentWords, TextIndex": "found anew from contents",
    "CommentNotice, CurrentSession, ListPreference, FeedMark, UserFile, User": "an account's own",
    "BulkAction, BulkTargets, BulkResult": "an account's own; each change is told by itself",
    "RunOutput, RunTouch, RunUse": "told by its run",
    "RunnerBeat, Tries": "of the server",
}
OF_ACCOUNTS = ("accounts:", "account_", "mfa_", "socialaccount_", "openid_connect_")
NOTHING_OF_TEAMS = {
    "home": "leads on",
    "teams:login": "of an account: tests/audit/test_logins.py",
    "teams:logout": "of an account",
    "teams:welcome": "leads on once somebody can log in",
    "teams:join": "who is in the team stays as they are; below it is asked by who is not",
    "teams:sign_up": "leads on who is logged in; below it is asked by who is not",
    "teams:use": "where the account's own sessions go",
    "sessions:columns": "how the account sees a list",
    "sessions:density": "as above",
    "sessions:view_default": "as above",
    "sessions:view_no_default": "as above",
    "artifacts:columns": "as above",
    "artifacts:density": "as above",
    "artifacts:view_no_default": "as above",
    "sessions:clear_current": "what the account works in",
    "sessions:use": "as above",
    "sessions:bulk_cancel": "what was done is told by itself",
    "artifacts:bundle_some": "a download",
    "artifacts:bundle": "a download",
    "workspace:files": "files of the account, in no team",
    "workspace:delete_file": "as above",
    "workspace:feed_read": "what the account has read",
    "comments:read": "as above",
    **{route: "of an account" for route in TABLE if route.startswith(OF_ACCOUNTS)},
}
BY_VISITORS = {"shares:shared"}  # who have no name
# The run's own id is what tells of it.
BY_RUN = {"workspace:run_script", "workspace:stop"}


def own_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if not model.__module__.startswith(("django.", "allauth."))]


def rows() -> dict[str, list[Any]]:  # Any: rows of any table
    tables = [model for model in own_models() if model.__name__ in TEAM_DATA]
    found = {model.__name__: list(model._default_manager.order_by("pk").values()) for model in tables}
    return found | {"SavedView": [row for row in found["SavedView"] if row["team_id"]]}  # private ones are an account's


def make_form(route: str, site: Site, owner: User) -> dict[str, object]:
    """What changes something, where the form of the access table does not."""
    given: dict[str, dict[str, object]] = {
        "sessions:bulk_new": {"act": "suspend", "session": str(site.session.pk)},
        "sessions:place": {"team": "other", "owner": "owner"},
        "sessions:move": {"parent": str(create_session(owner, name="Above").pk)},
        "sessions:view_create": {"name": "New", "place": str(site.session.team_id)},
        "artifacts:view_create": {"name": "New", "place": str(site.session.team_id)},
        "artifacts:tags": {"tags": "new", "seen": "final"},
        "artifacts:store": {"content": SimpleUploadedFile("new.txt", b"new"), "type": "note"},
    }
    return given.get(route, dict(form_of(route, site)))


def make_arguments(route: str, site: Site, owner: User) -> dict[str, object]:
    artifact = site.artifact
    if route == "artifacts:restore":
        delete_artifact(artifact, actor=owner)
    if route == "artifacts:make_current":
        store_artifact(site.session, actor=owner, artifact_type="note", name=artifact.name, content=b"newer")
    if route == "comments:reopen":
        resolve(site.comment, actor=owner)
    return arguments(route, site)


def told_of(desk: Client, request_id: str) -> list[Any]:  # Any: entries, as the page has them
    response = desk.get("/audit/", {"request": request_id})
    return [row for row in response.context["rows"] if row.kind not in ("logged_in", "exported")]


def test_every_table_is_known() -> None:
    other = {name for names in OTHER_TABLES for name in names.split(", ")}
    assert {model.__name__ for model in own_models()} == TEAM_DATA | other


@pytest.mark.parametrize("route", [route for route in TABLE if TABLE[route][1][-1] != 405])
def test_what_it_changes_is_told(route: str, owner: User, other_team: Team) -> None:
    site = make_site(owner)
    Membership.objects.filter(user=owner).update(role=Membership.Role.ADMIN)
    Membership.objects.create(user=owner, team=other_team, role=Membership.Role.ADMIN)
    url = reverse(route, kwargs=make_arguments(route, site, owner))
    url += "?name=ticket" if route == "sessions:metadata_remove" else ""
    form = make_form(route, site, owner)
    client, before = log_in(owner), rows()
    response = client.post(url, form)
    changed = {name for name, there in rows().items() if there != before[name]}
    if route in NOTHING_OF_TEAMS:
        assert changed == set()
        return
    assert changed, response.status_code
    query = {"kind": ["run_started", "run_ended"]} if route in BY_RUN else {"request": response["X-Request-ID"]}
    entries = client.get("/audit/", query).context["rows"]
    assert entries, changed
    assert {entry.actor for entry in entries} == {"" if route in BY_VISITORS else "owner"}


def test_who_joins_by_a_link_is_told(owner: User, stranger: User, desk: Client) -> None:
    site = make_site(owner)
    joined = log_in(stranger).post(f"/join/{site.token}/")
    form = {"username": "newcomer", "password1": PASSWORD, "password2": PASSWORD}
    signed_up = Client().post(f"/join/{site.token}/account", form)
    for response, name in ((joined, "stranger"), (signed_up, "newcomer")):
        assert [(row.kind, row.actor) for row in told_of(desk, response["X-Request-ID"])] == [("team_joined", name)]


def test_the_first_account_is_told(default_team: Team, client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    token = issue_welcome_token()
    form = {"username": "ada", "password1": PASSWORD, "password2": PASSWORD}
    response = client.post(f"/welcome/{token}/", form)
    rows = told_of(client, response["X-Request-ID"])
    assert [(row.kind, row.actor) for row in rows] == [("team_role_changed", "ada"), ("team_joined", "ada")]
    assert client.get("/audit/").context["auditor"].runs_server
