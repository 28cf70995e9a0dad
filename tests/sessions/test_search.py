"""The search tables: kept in step by every change, and never deciding what is found."""

import random
import re
import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from llmspell_web.teams.models import Membership, Team, User
from sessions import text_rows
from sessions.access import teams_of
from sessions.box import read_box
from sessions.course import Course, Place
from sessions.fields import METADATA_MAX_BYTES
from sessions.finding import Effort, count_rows, first_rows
from sessions.lifecycle import change_status
from sessions.models import Session, SessionDocument, SessionValue
from sessions.pages import SESSION_COLUMNS as COLUMNS
from sessions.pages import find
from sessions.search_index import index_sessions
from sessions.search_text import digest, digests, fold
from sessions.services import create_session, delete_session, update_session
from sessions.terms import TermReader

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 15, 12, 30, tzinfo=UTC)


def found(user: User, text: str) -> list[str]:
    return sorted(session.name for session in find(user, read_box(text, TermReader(user, NOW, "updated_at"))))


def test_what_ignoring_case_takes_for_the_same_is_folded_alike() -> None:
    letters = "".join(map(chr, range(sys.maxunicode + 1)))
    cased = "".join(
        c for c in letters if c.lower() != c or c.upper() != c or c.casefold() != c or c in "\u0345\u1fd3\u1fe3"
    )
    for letter in cased:
        for other in re.findall(re.escape(letter), cased, re.IGNORECASE):
            assert fold(letter) == fold(other), (letter, other)


@pytest.mark.parametrize("name", ["İstanbul", "STRASSE ẞ", "ΣΊΣΥΦΟΣ", "Ǆ ǅ ǆ", "日本語 😀😀", "a\u0307b", "%_\\\"'*"])
def test_every_part_of_a_name_finds_it_in_any_case(name: str, owner: User) -> None:
    create_session(owner, name=name)
    create_session(owner, name="another")
    for start in range(len(name)):
        for end in range(start + 1, len(name) + 1):
            part = name[start:end].strip()
            quoted = part.replace("\\", "\\\\").replace('"', '\\"')
            if part:
                assert name in found(owner, f'text:"{quoted}"'), part


def test_texts_are_found_as_they_are_after_each_change(owner: User) -> None:
    session = create_session(owner, name="Alpha", description="first", tags=["one"])
    assert [found(owner, text) for text in ("alph", "first", "ONE", "ph", "a", "zq", "z")] == [["Alpha"]] * 5 + [[]] * 2
    update_session(session, actor=owner, name="Beta")
    update_session(session, actor=owner, description="second")
    update_session(session, actor=owner, tags=["two"])
    assert [found(owner, text) for text in ("alph", "first", "one")] == [[]] * 3
    assert [found(owner, text) for text in ("bet", "second", "two", "et")] == [["Beta"]] * 4
    session.delete()
    assert not SessionDocument.objects.exists()
    create_session(owner, name="Gamma")
    assert [found(owner, text) for text in ("beta", "gamma")] == [[], ["Gamma"]]


def test_metadata_is_found_as_it_is_after_each_change(owner: User) -> None:
    session = create_session(owner, name="s", metadata={"a": {"b": 1, "c": [1, 2]}, "d.e": "x"})
    assert [found(owner, text) for text in ("meta.a.b:1", "meta.a.b:1.0", "meta.a.b:2", "meta.d.e:x")] == [
        ["s"],
        ["s"],
        [],
        [],
    ]
    update_session(session, actor=owner, metadata={"a": {"b": 2}, "d": {"e": "x"}})
    assert [found(owner, text) for text in ("meta.a.b:1", "meta.a.b:2", "meta.d.e:x")] == [[], ["s"], ["s"]]
    assert SessionValue.objects.count() == len(digests({"a": {"b": 2}, "d": {"e": "x"}, "d.e": "x"})) == 5


def test_digests_are_equal_where_json_is() -> None:
    assert digest(["n"], 1) == digest(["n"], 1.0)
    assert digest(["n"], {"a": [1.0], "b": None}) == digest(["n"], {"b": None, "a": [1]})
    different = [digest(*place) for place in _PLACES]
    assert len(set(different)) == len(different)


_PLACES: list[Any] = [
    (["n"], 1), (["n"], "1"), (["n"], True), (["n"], None), (["n"], "null"), (["n", "m"], 1), (["n.m"], 1),
    (["n"], [1]), (["n"], {}), (["n"], []),
]  # fmt: skip


def test_the_largest_metadata_is_indexed_whole(owner: User) -> None:
    metadata = {f"k{number:04}": number for number in range(4500)}
    create_session(owner, name="large", metadata=metadata)
    assert found(owner, "meta.k4499:4499") == ["large"]
    assert 50_000 < len(str(metadata)) < METADATA_MAX_BYTES + 20_000


def test_sessions_that_were_written_past_the_services_can_be_indexed(owner: User) -> None:
    session = create_session(owner, name="before", metadata={"a": 1})
    Session.objects.filter(pk=session.pk).update(name="after", metadata={"a": 2})
    index_sessions([session.pk])
    assert found(owner, "after meta.a:2") == ["after"]
    SessionDocument.objects.all().delete()
    assert found(owner, "after") == []
    index_sessions([session.pk])
    assert found(owner, "after") == ["after"]


def test_the_migration_indexes_what_is_there(owner: User) -> None:
    create_session(owner, name="old", description="before", tags=["z", "a"], metadata={"deep": {"x": 1}})
    rows = [list(SessionDocument.objects.values_list("text")), set(SessionValue.objects.values_list("digest"))]
    SessionDocument.objects.all().delete()
    import_module("sessions.migrations.0002_search_indexes").fill_tables(apps, None)
    assert [list(SessionDocument.objects.values_list("text")), set(SessionValue.objects.values_list("digest"))] == rows
    assert found(owner, "before meta.deep.x:1") == ["old"]


def test_the_text_index_holds_what_the_documents_do(owner: User) -> None:
    for number in range(30):
        session = create_session(owner, name=f"name {number}", tags=["t"])
        update_session(session, actor=owner, tags=[f"tag {number}"])
    if connection.vendor == "sqlite":
        table = "llmspell_sessions_textindex"
        with connection.cursor() as cursor:  # raises for an index that differs
            cursor.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
    assert found(owner, "tag") == sorted(f"name {number}" for number in range(30))


@pytest.mark.parametrize(("sample", "known"), [(200, 1000), (4, 2)])
def test_a_phrase_is_found_whole_whichever_of_its_words_is_rare(
    sample: int, known: int, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_rows, "_SAMPLE", sample)
    monkeypatch.setattr(text_rows, "_KNOWN_MAX", known)
    for name in ("Customer 4242", "Customer 42421", "customer 17", "4242 customer", "xcustomer 4242x", "of 4242"):
        create_session(owner, name=name)
    assert found(owner, '"customer 4242"') == ["Customer 4242", "Customer 42421", "xcustomer 4242x"]
    assert found(owner, "4242 -x") == ["4242 customer", "Customer 4242", "Customer 42421", "of 4242"]
    assert found(owner, "customer -4242") == ["customer 17"]
    assert found(owner, '"customer of"') == []


@pytest.fixture
def crowd(owner: User, teammate: User, stranger: User) -> None:
    """Sessions of three teams, two of them the owner's, with few values so that many share them."""
    rng = random.Random(3)
    second = Team.objects.create(slug="second", name="Second")
    for user in (owner, teammate):
        Membership.objects.create(team=second, user=user)
    made: list[Session] = []
    for number in range(70):
        author = rng.choice([owner, owner, teammate])
        parent = rng.choice(made) if made and rng.random() < 0.3 else None
        session = create_session(
            author,
            name=rng.choice(["Refund", "Invoice é", "report"]) + f" {number % 7}",
            description=rng.choice(["", "100% of it", "GRÜSSE"]),
            tags=rng.sample(["a", "b", "c"], rng.randrange(3)),
            metadata={"n": rng.randrange(3), "deep": {"x": rng.choice(["1", 1, None])}},
            parent=parent,
            team=None if parent else rng.choice([second, Team.objects.get(slug="default")]),
        )
        if rng.random() < 0.4:
            change_status(session, "suspend", actor=author)
        moment = NOW - timedelta(days=rng.randrange(9))
        Session.objects.filter(pk=session.pk).update(
            created_at=moment, updated_at=moment + timedelta(hours=rng.randrange(60)), artifact_count=rng.randrange(3)
        )
        made.append(session)
        if rng.random() < 0.1:
            delete_session(session, actor=author)
    for _ in range(5):
        create_session(stranger, name="Refund of another team", tags=["a"], metadata={"n": 1})


TERMS = (
    "status:active", "status:suspended,failed", "tag:a", "tag:b", "tag:missing", "owner:me", "owner:teammate",
    "owner:x", "team:second", "team:other", "team:default", "created:<4d", "created:2026-03-10..2026-03-12",
    "updated:>3d", "parent:none", "meta.n:1", "meta.deep.x:1", "type:tool_result", "refund", "é", '"s"',
    '"d 3"', "grüsse", "zq",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_every_way_finds_what_the_condition_says_in_the_order_of_the_list(seed: int, owner: User, crowd: None) -> None:
    rng = random.Random(seed)
    teams = [team.pk for team in teams_of(owner)]
    assert len(teams) == 2
    for _ in range(12):
        text = _question(rng)
        column, falling = rng.choice(list(COLUMNS.values())), rng.random() < 0.5
        read_for = rng.choice([column, column, "created_at", "updated_at"])
        wanted = read_box(text, TermReader(owner, NOW, read_for))
        assert wanted is not None
        sign = "-" if falling else ""
        everything = list(Session.objects.visible_to(owner).filter(wanted.q).order_by(f"{sign}{column}", f"{sign}id"))
        assert sorted(s.pk for s in find(owner, wanted)) == sorted(s.pk for s in everything), text
        few, light, stretch, many = rng.choices([0, 3, 1000], k=4)
        effort = Effort(few, light, stretch, many)
        start = rng.randrange(len(everything)) if everything and rng.random() < 0.5 else None
        place = None if start is None else Place(getattr(everything[start], column), everything[start].pk)
        expected = everything[0 if start is None else start + 1 :]
        course = Course(teams, column, falling, place)
        assert first_rows(course, wanted, 5, effort=effort) == expected[:5], (text, effort, column, read_for)
        assert first_rows(course, wanted, 5, skip=3, effort=effort) == expected[3:8], (text, effort, column, read_for)
        assert count_rows(course, wanted, 10) == (min(len(expected), 10), True)


def _question(rng: random.Random) -> str:
    terms = [rng.choice(["", "", "-"]) + rng.choice(TERMS) for _ in range(rng.randrange(1, 5))]
    return "".join(term + rng.choice([" ", " ", " OR "]) for term in terms) + rng.choice(TERMS)
