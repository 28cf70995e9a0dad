"""The list of one session and the search over all that a user can see."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from artifacts.models import Artifact
from artifacts.queries import ArtifactListFilter, ArtifactQuery, list_artifacts, query_artifacts
from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions.models import Session
from sessions.services import create_session, delete_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner)


def store(session: Session, owner: User, name: str, **given: Any) -> Artifact:
    return store_artifact(
        session, actor=owner, name=name, **{"artifact_type": "tool_result", "content": b"12345", **given}
    )


def listed(session: Session, **conditions: Any) -> list[str]:
    return [str(artifact) for artifact in list_artifacts(session, ArtifactListFilter(**conditions))[0]]


def found(user: User, **conditions: Any) -> list[str]:
    return [artifact.name for artifact in query_artifacts(user, ArtifactQuery(**conditions))[0]]


def test_a_session_lists_every_version_in_the_order_stored(session: Session, owner: User) -> None:
    store(session, owner, "a", tags=["x", "y"])
    store(session, owner, "b", artifact_type="chart", tags=["x"])
    store(session, owner, "a")
    delete_artifact(store(session, owner, "gone"), actor=owner)
    store(create_session(owner), owner, "elsewhere")
    assert listed(session) == ["a v1", "b v1", "a v2"]
    assert listed(session, latest=True) == ["b v1", "a v2"]
    assert listed(session, name="a") == ["a v1", "a v2"]
    assert listed(session, type="CHART") == ["b v1"]
    assert listed(session, tags=("x",)) == ["a v1", "b v1"]
    assert listed(session, tags=("y", "x")) == ["a v1"]
    assert listed(session, limit=1, offset=1) == ["b v1"]


def test_the_newest_version_that_is_not_deleted_is_the_latest(session: Session, owner: User) -> None:
    store(session, owner, "a")
    delete_artifact(store(session, owner, "a"), actor=owner)
    assert listed(session, latest=True) == ["a v1"]


def test_a_query_sees_what_the_user_sees(
    session: Session, owner: User, teammate: User, viewer: User, stranger: User
) -> None:
    store(session, owner, "ours")
    other = create_session(teammate)
    store(other, teammate, "in another")
    trash = create_session(owner)
    store(trash, owner, "trash")
    delete_session(trash, actor=owner)
    store(create_session(stranger), stranger, "theirs")
    for user in (owner, teammate, viewer):
        assert found(user) == ["in another", "ours"]
    assert found(owner, session_id=other.pk) == ["in another"]
    assert found(stranger) == ["theirs"]
    assert found(stranger, session_id=session.pk) == []


def test_a_query_filters(session: Session, owner: User) -> None:
    small = store(session, owner, "small", content=b"1", tags=["x"])
    store(session, owner, "large", content=b"x" * 50_000, artifact_type="chart", tags=["x", "y"])
    assert found(owner, type="chart") == ["large"]
    assert found(owner, tags=("x",)) == ["large", "small"]
    assert found(owner, tags=("x", "y")) == ["large"]
    assert found(owner, min_size=2) == ["large"]
    assert found(owner, max_size=1) == ["small"]
    assert found(owner, min_size=1, max_size=50_000) == ["large", "small"]
    assert found(owner, created_after=small.created_at) == ["large"]
    assert found(owner, created_before=small.created_at + timedelta(microseconds=1)) == ["small"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("report", ["Report_2024.PDF", "my report"]),
        ("report*", ["Report_2024.PDF"]),
        ("*.pdf", ["Report_2024.PDF"]),
        ("?y*", ["my report"]),
        ("report_????.pdf", ["Report_2024.PDF"]),
        ("_", ["Report_2024.PDF"]),
        ("[a]", ["data[a]%.csv"]),
        ("*[a]%*", ["data[a]%.csv"]),
        ("%.c", ["data[a]%.csv"]),
        ("übersicht", ["ÜBERSICHT"]),
        ("Ü*T", ["ÜBERSICHT"]),
        ("*ü*r**?i*t", ["ÜBERSICHT"]),
        ("*ü*s?t", []),
        ("*", ["Report_2024.PDF", "data[a]%.csv", "my report", "ÜBERSICHT"]),
        ("???", []),
    ],
)
def test_name_patterns_are_globs_or_parts_in_any_case(
    pattern: str, names: list[str], session: Session, owner: User
) -> None:
    for name in ("Report_2024.PDF", "data[a]%.csv", "my report", "ÜBERSICHT"):
        store(session, owner, name)
    assert sorted(found(owner, name_pattern=pattern)) == names


def test_a_pattern_of_many_wildcards_is_answered_at_once(session: Session, owner: User) -> None:
    store(session, owner, "a" * 250)
    began = time.monotonic()
    assert found(owner, name_pattern="*a" * 100 + "*é") == []
    assert time.monotonic() - began < 1


def test_pages_cost_two_queries_and_a_third_for_the_total(
    session: Session, owner: User, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for number in range(5):
        store(session, owner, str(number), tags=["a", "b"])
    with django_assert_num_queries(2):
        page, total = list_artifacts(session, ArtifactListFilter())
        shown = [(artifact.tag_names, artifact.blob.size, artifact.created_by.username) for artifact in page]
    assert (shown, total) == ([(["a", "b"], 5, "owner")] * 5, 5)
    with django_assert_num_queries(2):
        page, total = query_artifacts(owner, ArtifactQuery())
        shown = [(artifact.tag_names, artifact.blob.size, artifact.created_by.username) for artifact in page]
    assert (shown, total) == ([(["a", "b"], 5, "owner")] * 5, 5)
    with django_assert_num_queries(3):
        page, total = query_artifacts(owner, ArtifactQuery(limit=2, offset=1))
    assert ([artifact.name for artifact in page], total) == (["3", "2"], 5)
    assert list_artifacts(session, ArtifactListFilter(offset=9)) == ([], 5)


@pytest.mark.parametrize(
    "conditions",
    [
        {"limit": 0},
        {"limit": 1001},
        {"offset": -1},
        {"min_size": -1},
        {"max_size": 2**64},
        {"name_pattern": "\0"},
        {"name_pattern": "*" * 1001},
    ],
)
def test_what_no_query_can_have_is_refused(conditions: dict[str, Any]) -> None:
    with pytest.raises(InvalidField):
        ArtifactQuery(**conditions)
