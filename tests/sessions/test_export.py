"""The list as CSV and JSON lines: what is in it, in which order, for whom, and that a part never passes for all."""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.web import generated
from sessions import export
from sessions.export import walk_list
from sessions.models import Session
from sessions.pages import SESSION_ORDERS, Order
from sessions.saved_views import create_view, list_url
from sessions.services import create_session, delete_session, update_session
from sessions.session_table import EXPORTED as FIELDS
from sessions.session_table import SESSION_TABLE

EXPORT = "/sessions/export"
HARD = [
    "=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''", "'", '"quoted", with comma', "<b>ü 🦉 \u202e</b>", "＝1", "a;=1",
]  # fmt: skip


def download(client: Client, query: str, **headers: str) -> bytes:
    response = client.get(f"{EXPORT}?{query}", headers=headers)
    assert response.status_code == 200, response.content
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def lines_of(content: bytes) -> list[dict[str, Any]]:  # Any: whatever JSON holds
    return [json.loads(line) for line in content.split(b"\n")[:-1]]


def names(content: bytes) -> list[object]:
    return [line["name"] for line in lines_of(content)]


def make_hard(owner: User) -> list[Session]:
    return [
        create_session(
            owner,
            name=name,
            description=f"{name}\r\n\ttwo\rlines\u2028",
            tags=[name, "b"],
            metadata={name: [name, 1.5, None]},
        )
        for name in HARD
    ]


def test_json_lines_are_exact(visitor: Client, owner: User) -> None:
    parent = create_session(owner, name="parent")
    sessions = [*make_hard(owner), create_session(owner, name="child", parent=parent)]
    content = download(visitor, "format=jsonl&sort=created")
    lines = lines_of(content)
    assert content.endswith(b"}\n")
    assert [line["name"] for line in lines] == ["parent", *HARD, "child"]
    assert tuple(lines[0]) == FIELDS
    for line, session in zip(lines[1:], sessions, strict=True):
        assert line["description"] == session.description
        assert line["tags"] == session.tag_names
        assert line["metadata"] == session.metadata
        assert line["created_at"] == f"{session.created_at:%Y-%m-%dT%H:%M:%S.%f}Z"
        assert line["url"] == f"http://testserver{session.get_absolute_url()}"
    assert (lines[-1]["parent_id"], lines[0]["parent_id"]) == (str(parent.pk), None)
    assert (lines[0]["ended_at"], lines[0]["artifact_count"], lines[0]["owner"], lines[0]["team"]) == (
        None,
        0,
        "owner",
        "Team",
    )


def test_csv_is_safe_in_a_spreadsheet_and_reads_back(visitor: Client, owner: User) -> None:
    make_hard(owner)
    content = download(visitor, "format=csv&sort=created")
    assert content.startswith(b"\xef\xbb\xbfid,name,description,")
    assert content.endswith(b"\r\n")
    exact = lines_of(download(visitor, "format=jsonl&sort=created"))
    for row, line in zip(rows_of(content), exact, strict=True):
        for field, cell in row.items():
            assert not re.match(r"[=+\-@\t\r\n＝＋－＠]", cell)
            value = line[field]
            text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            assert cell.removeprefix("'") == text
            assert cell.startswith("'") == text.startswith(export.GUARDED)


@pytest.mark.parametrize("order", ["-updated", "name", "-size", "status"])
def test_the_export_holds_the_filter_in_its_order_and_every_page_of_it(
    visitor: Client, owner: User, stranger: User, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH_ROWS", 7)
    for number in range(30):
        create_session(owner, name=f"{number % 5} {number}", tags=["even" if number % 2 == 0 else "odd"])
    create_session(stranger, name="hidden", tags=["even"])
    delete_session(Session.objects.get(name="0 0"), actor=owner)
    page = visitor.get("/sessions/", {"tag": "even", "sort": order})
    shown = [row.name for row in page.context["page"].rows]
    assert len(shown) == 14
    assert names(download(visitor, f"format=jsonl&tag=even&sort={order}&page=ignored")) == shown
    assert [row["name"] for row in rows_of(download(visitor, f"format=csv&tag=even&sort={order}"))] == shown


def test_nothing_found_is_a_file_without_rows(visitor: Client) -> None:
    assert download(visitor, "format=jsonl&q=nothing") == b""
    assert download(visitor, "format=csv&q=nothing").decode("utf-8-sig") == ",".join(FIELDS) + "\r\n"


def test_the_export_costs_three_queries_a_batch(
    owner: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(export, "BATCH_ROWS", 10)
    for number in range(25):
        create_session(owner, name=str(number), tags=["a"])
    with django_assert_num_queries(9):  # teams, sessions, tags
        assert [len(batch) for batch in walk_list(owner, SESSION_TABLE.export, None, Order())] == [10, 10, 5]


@pytest.mark.parametrize("order", ["-updated", "updated", "name", "created"])
def test_a_session_that_changes_meanwhile_never_comes_twice(
    owner: User, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH_ROWS", 3)
    sessions = [create_session(owner, name=f"{number:02}") for number in range(12)]
    walk = walk_list(owner, SESSION_TABLE.export, None, SESSION_ORDERS.parse(order))
    found = list(next(walk))
    for session in (found[0], sessions[6]):
        update_session(session, actor=owner, name=f"99 {session.name}")
    create_session(owner, name="00 new")
    found += [session for batch in walk for session in batch]
    keys = [session.pk for session in found]
    assert len(set(keys)) == len(keys)
    there = {session.pk for session in sessions}
    assert there - set(keys) == (set() if order == "created" else {sessions[6].pk} - {found[0].pk})


def test_sight_is_asked_for_each_batch(owner: User, other_team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "BATCH_ROWS", 3)
    for number in range(9):
        create_session(owner, name=str(number))
    walk = walk_list(owner, SESSION_TABLE.export, None, Order())
    assert len(next(walk)) == 3
    Membership.objects.filter(user=owner).update(team=other_team)
    assert list(walk) == []


@pytest.mark.parametrize("query", ["status=asleep", "q=a:b", "created=soon", "sort=colour", "columns=colour", "meta=x"])
def test_an_invalid_filter_is_the_list_with_its_message_and_no_file(visitor: Client, owner: User, query: str) -> None:
    create_session(owner, name="secret")
    for kind in ("csv", "jsonl", ""):
        response = visitor.get(f"{EXPORT}?{query}&format={kind}")
        assert response.status_code == 422
        assert "Content-Disposition" not in response.headers
        assert b"secret" not in response.content
        assert b"xpected" in response.content or b"Select a valid" in response.content
    assert visitor.get(f"{EXPORT}?format=xlsx").status_code == 422


def test_names_of_files(visitor: Client, owner: User) -> None:
    view = create_view(owner, SESSION_TABLE, name="My refunds", query="tag=refund")
    today = timezone.now().date()
    query = list_url(view).partition("?")[2]
    for asked, name in (
        ("", f"sessions-{today}"),
        (query, f"sessions-my-refunds-{today}"),
        (f"{query}&status=active", f"sessions-{today}"),
    ):
        for kind in ("csv", "jsonl"):
            response = visitor.head(f"{EXPORT}?{asked}&format={kind}")
            assert response.headers["Content-Disposition"] == f'attachment; filename="{name}.{kind}"'
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "no-store" in response.headers["Cache-Control"]


def test_the_offer_counts_what_will_come(visitor: Client, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        create_session(owner, name=str(number), tags=["a"] if number else [])
    offer = visitor.get(f"{EXPORT}?tag=a&sort=name")
    assert "Export 3 sessions" in offer.content.decode()
    assert f'href="{EXPORT}?tag=a&amp;sort=name&amp;format=csv"' in offer.content.decode()
    monkeypatch.setattr("sessions.facets.EXACT_MAX", 2)
    assert "Export 2+ sessions" in visitor.get(EXPORT).content.decode()


def test_compressed_is_the_same(visitor: Client, owner: User) -> None:
    make_hard(owner)
    whole = download(visitor, "format=csv")
    response = visitor.get(f"{EXPORT}?format=csv", headers={"Accept-Encoding": "gzip, br"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert gzip.decompress(b"".join(response)) == whole


@pytest.mark.parametrize("encoding", ["gzip", ""])
def test_a_failure_in_the_middle_never_ends_as_a_whole_file(
    visitor: Client, owner: User, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH_ROWS", 3)
    make_hard(owner)
    response = visitor.get(f"{EXPORT}?format=csv", headers={"Accept-Encoding": encoding})
    sent: list[bytes] = []
    with pytest.raises(DatabaseError):
        read_into(sent, response)
    content = b"".join(sent)
    if encoding:
        with pytest.raises(zlib.error, match="invalid block type"):
            zlib.decompressobj(wbits=31).decompress(content)
    else:
        assert content.count(b"http://testserver/sessions/") == 3
        assert content.endswith(b"\r\nThe server failed here: this file is not complete.\r\n")


def read_into(sent: list[bytes], response: Iterable[bytes]) -> None:
    """The head and the first batch; from then on the database fails."""
    for chunk in response:
        sent.append(chunk)
        if len(sent) == 2:
            connection.cursor().execute("ALTER TABLE llmspell_sessions_sessiontag RENAME TO gone")


def test_only_so_many_are_sent_at_once(visitor: Client) -> None:
    held = [visitor.get(f"{EXPORT}?format=csv") for _ in range(generated.DOWNLOADS_MAX)]
    refused = visitor.get(f"{EXPORT}?format=csv")
    assert refused.status_code == 409
    assert "try again when one of them has ended" in refused.content.decode()
    for response in held:
        b"".join(response)
    for _ in range(2 * generated.DOWNLOADS_MAX):
        assert download(visitor, "format=csv")
