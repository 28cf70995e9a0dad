"""Filters, orders, pages and counts of session lists."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions.lifecycle import change_status
from sessions.queries import SessionFilter, find_sessions
from sessions.services import create_session, delete_session, update_session

pytestmark = pytest.mark.django_db


def names(user: User, **conditions: Any) -> list[str]:
    return [session.name for session in find_sessions(user, SessionFilter(**conditions))[0]]


def test_active_sessions_newest_first_unless_asked_otherwise(owner: User, viewer: User, stranger: User) -> None:
    for name in ("one", "two", "three"):
        create_session(owner, name=name)
    delete_session(create_session(owner, name="gone"), actor=owner)
    change_status(create_session(owner, name="done"), "complete", actor=owner)
    create_session(stranger, name="theirs")
    assert names(owner) == names(viewer) == ["three", "two", "one"]
    assert names(owner, status=None) == ["done", "three", "two", "one"]
    assert names(owner, status=("completed", "failed")) == ["done"]
    assert names(owner, sort_by="name") == ["one", "three", "two"]
    assert names(owner, sort_by="name", descending=True) == ["two", "three", "one"]
    assert names(owner, descending=False, limit=1) == ["one"]
    assert names(stranger) == ["theirs"]


def test_all_tags_must_match(owner: User) -> None:
    create_session(owner, name="both", tags=["a", "b"])
    create_session(owner, name="one", tags=["a"])
    assert names(owner, tags=("a",)) == ["one", "both"]
    assert names(owner, tags=("a", "b")) == ["both"]
    assert names(owner, tags=tuple(f"t{number}" for number in range(64))) == []


@pytest.mark.parametrize(
    "conditions",
    [
        {"search": "x" * 1001},
        {"search": "\0"},
        {"tags": ["a", "\0"]},
        {"tags": [str(number) for number in range(65)]},
        {"status": ["active"] * 65},
        {"metadata": {str(number): 1 for number in range(65)}},
    ],
)
def test_what_would_keep_the_database_busy_is_refused(conditions: dict[str, Any]) -> None:
    with pytest.raises(InvalidField):
        SessionFilter(**conditions)


def test_parent_creator_and_times(owner: User, teammate: User) -> None:
    parent = create_session(owner, name="parent")
    child = create_session(teammate, name="child", parent=parent)
    assert names(owner, parent_id=parent.pk) == ["child"]
    assert names(owner, created_by="teammate") == ["child"]
    assert names(owner, created_after=parent.created_at) == ["child"]
    assert names(owner, created_before=child.created_at) == ["parent"]
    update_session(parent, actor=owner, description="x")
    assert names(owner, updated_after=child.updated_at) == ["parent"]
    assert names(owner, updated_before=parent.updated_at) == ["child"]
    assert names(owner, sort_by="updated_at") == ["parent", "child"]
    assert names(owner, created_after=child.created_at + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("WEEKLY", ["Weekly 100% report_1"]),
        ("100%", ["Weekly 100% report_1"]),
        ("_1", ["Weekly 100% report_1"]),
        ("0_", []),
        ("\\", ["back\\slash"]),
        ("grüße", ["x", "GRÜSSE Straße"]),
        ("STRASSE", []),
        ("ü.", []),
        ("öl]", ["ÖL]"]),
    ],
)
def test_search_is_a_part_of_name_or_description_in_any_case(search: str, found: list[str], owner: User) -> None:
    for name in ("ÖL]", "back\\slash", "Weekly 100% report_1"):
        create_session(owner, name=name)
    create_session(owner, name="GRÜSSE Straße", description="viele GRÜßE")
    create_session(owner, name="x", description="Grüße\naus")
    assert names(owner, search=search) == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"n": 1}, ["number"]),
        ({"n": 1.0}, ["number"]),
        ({"n": "1"}, ["text"]),
        ({"n": True}, ["flag"]),
        ({"n": "true"}, ["word"]),
        ({"n": None}, ["null"]),
        ({"n": {"b": [1, "é"], "a": 2}}, ["nested"]),
        ({"n": {"b": [1, "é"]}}, []),
        ({"0": "digit"}, ["keys"]),
        ({'quo"te': 1, "0": "digit"}, ["keys"]),
        ({"missing": None}, []),
        ({"n": "'; DROP TABLE"}, []),
    ],
)
def test_metadata_values_are_equal_as_json(wanted: dict[str, object], found: list[str], owner: User) -> None:
    values = {"number": 1, "text": "1", "flag": True, "word": "true", "null": None, "nested": {"a": 2, "b": [1, "é"]}}
    for name, value in values.items():
        create_session(owner, name=name, metadata={"n": value})
    create_session(owner, name="keys", metadata={"0": "digit", 'quo"te': 1})
    assert names(owner, metadata=wanted) == found


@pytest.mark.parametrize(
    "conditions",
    [
        {"status": ("done",)},
        {"sort_by": "id"},
        {"limit": 0},
        {"limit": 1001},
        {"offset": -1},
        {"offset": 2**70},
        {"search": "a\0"},
        {"tags": ("\0",)},
        {"created_by": "\ud800"},
        {"metadata": {"a\0": 1}},
    ],
)
def test_what_no_list_can_have_is_refused(conditions: dict[str, Any]) -> None:
    with pytest.raises(InvalidField):
        SessionFilter(**conditions)


def test_a_metadata_value_that_is_not_json_is_refused(owner: User) -> None:
    with pytest.raises(InvalidField, match=r"metadata\.a"):
        find_sessions(owner, SessionFilter(metadata={"a": object()}))


def test_the_total_is_counted_only_when_the_page_is_full(
    owner: User, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for number in range(7):
        create_session(owner, name=str(number), tags=["a", "b"])
    with django_assert_num_queries(4):
        page, total = find_sessions(owner, SessionFilter())
        assert [(session.tag_names, session.team.slug, session.created_by.username) for session in page] == [
            (["a", "b"], "default", "owner")
        ] * 7
    assert total == 7
    with django_assert_num_queries(6):
        page, total = find_sessions(owner, SessionFilter(limit=3))
    assert ([session.name for session in page], total) == (["6", "5", "4"], 7)
    assert find_sessions(owner, SessionFilter(limit=3, offset=6))[1] == 7
    assert find_sessions(owner, SessionFilter(limit=3, offset=50)) == ([], 7)
