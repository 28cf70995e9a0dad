"""The audit as a file: all that a filter finds, and on the server all there is."""

import csv
import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from llmspell_web.audit import export
from llmspell_web.audit.entries import FIELDS
from llmspell_web.audit.models import AuditRecord
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.trash.purging import purge_session
from llmspell_web.trash.removal import remove_all
from sessions.services import create_session, delete_session, update_session

pytestmark = pytest.mark.django_db
FORMULA = "=HYPERLINK(1)"


def download(client: Client, **query: Any) -> str:  # Any: what a test client takes
    response = client.get("/audit/export", query)
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]  # it is streamed


def lines(text: str) -> list[dict[str, Any]]:  # Any: whatever JSON holds
    return [json.loads(line) for line in text.splitlines()]


def test_all_that_the_filter_finds_is_there_and_safe_in_a_spreadsheet(
    desk: Client, owner: User, teammate: User, stranger: User, other_team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH_ROWS", 2)
    session = create_session(owner, name=FORMULA)
    for number in range(5):
        update_session(session, actor=teammate, name=f"{FORMULA}{number}")
    create_session(stranger, name="theirs", team=other_team)
    rows = lines(download(desk, format="jsonl", person="teammate"))
    assert [row["details"]["name"]["after"] for row in rows] == [f"{FORMULA}{number}" for number in range(4, -1, -1)]
    assert tuple(rows[0]) == FIELDS
    assert rows[0] | {"at": "", "details": {}} == {
        "entry": f"event-{session.events.get(number=6).pk}",
        "at": "",
        "kind": "updated",
        "actor": "teammate",
        "actor_id": str(teammate.pk),
        "team": "default",
        "object_kind": "session",
        "object_id": str(session.pk),
        "object_name": f"{FORMULA}4",
        "run_id": None,
        "request_id": None,
        "address": "",
        "count": 1,
        "details": {},
    }
    table = list(csv.DictReader(io.StringIO(download(desk, format="csv").removeprefix("\ufeff"), newline="")))
    assert {row["kind"] for row in table} == {"created", "updated", "logged_in", "exported"}
    assert {row["object_name"] for row in table if row["kind"] == "created"} == {f"'{FORMULA}4"}
    assert desk.get("/audit/export", {"format": "xml"}).status_code == 422


def test_exports_are_noted(desk: Client, visitor: Client, owner: User) -> None:
    create_session(owner, name="mine")
    b"".join(visitor.get("/sessions/export?format=csv&status=active"))
    answer = desk.get("/audit/export?format=csv&person=owner")
    b"".join(answer)
    desk.head("/audit/export?format=csv")
    rows = desk.get("/audit/", {"kind": "exported"}).context["rows"]
    assert [(row.actor, row.details["path"]) for row in rows] == [
        ("admin", "/audit/export?format=csv&person=owner"),
        ("owner", "/sessions/export?format=csv&status=active"),
    ]
    assert str(rows[0].request_id) == answer["X-Request-ID"]


def test_an_admin_no_more_gets_no_further(desk: Client, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "BATCH_ROWS", 2)
    session = create_session(owner, name="0")
    for number in range(9):
        update_session(session, actor=owner, name=f"{number}")
    parts = iter(desk.get("/audit/export", {"format": "jsonl"}))
    assert b"updated" in next(parts)
    Membership.objects.all().delete()
    rest = []
    with pytest.raises(Exception, match="only an admin"):
        rest += list(parts)
    assert b"updated" not in b"".join(rest)


def test_the_server_writes_all_of_it(
    owner: User, stranger: User, other_team: Team, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = create_session(owner, name="gone")
    delete_session(gone, actor=owner)
    remove_all(purge_session(gone, actor=owner))
    create_session(stranger, name="theirs", team=other_team)
    client.post("/login/", {"username": "nobody", "password": "x"})
    call_command("export_audit")
    rows = lines(capsys.readouterr().out)
    told = {(row["kind"], row["object_name"], row["team"]) for row in rows}
    assert told >= {
        ("created", "theirs", "other"), ("created", "gone", "default"), ("deleted", "gone", "default"),
        ("purged_session", "gone", "default"), ("login_failed", "", None), ("exported", "", None),
    }  # fmt: skip
    assert len({row["entry"] for row in rows}) == len(rows)
    call_command("export_audit", "--since", "2001-01-01", "--until", "2001-01-02T00:00:00")
    assert capsys.readouterr().out == ""
    noted = AuditRecord.objects.filter(kind="exported").latest("pk").details
    assert noted["since"] == "2001-01-01T00:00:00.000000Z"
