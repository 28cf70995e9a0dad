"""Who gets a session, who may change it, and that hidden and missing look the same."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from llmspell_web.teams.models import User
from llmspell_web.web.problems import Forbidden, NotFound, Problem
from sessions.access import get_current_session, get_session, get_session_for_change, may_change
from sessions.services import create_session, set_current_session

pytestmark = pytest.mark.django_db


def test_the_team_reads_and_a_viewer_changes_nothing(owner: User, teammate: User, viewer: User) -> None:
    session = create_session(owner)
    for user in (owner, teammate):
        assert get_session_for_change(user, str(session.pk)) == session
        assert may_change(get_session(user, session.pk))
    assert get_session(viewer, session.pk) == session
    assert not may_change(get_session(viewer, session.pk))
    with pytest.raises(Forbidden, match="you may not change this session: your role in the team Team is viewer"):
        get_session_for_change(viewer, session.pk)


@pytest.mark.parametrize("get", [get_session, get_session_for_change])
def test_a_stranger_cannot_tell_hidden_from_missing(get: Callable[..., Any], owner: User, stranger: User) -> None:
    for key in (create_session(owner).pk, uuid4()):
        with pytest.raises(NotFound, match=f"^session not found: {key}$"):
            get(stranger, str(key))


@pytest.mark.parametrize("given", ["abc", "", "0" * 31, "x" * 10_000, 7, None, b"\xff", ["a"]])
def test_a_malformed_id_is_named(given: Any, owner: User) -> None:
    with pytest.raises(Problem, match=r"^invalid session id: ") as caught:
        get_session(owner, given)
    assert len(str(caught.value)) < 120


def test_the_message_for_a_malformed_id(owner: User) -> None:
    with pytest.raises(Problem, match=r'^invalid session id: "abc"$'):
        get_session(owner, "abc")


def test_a_session_costs_two_queries_with_all_that_a_script_sees(
    owner: User, django_assert_num_queries: Callable[[int], Any]
) -> None:
    session = create_session(owner, tags=["a", "b"])
    with django_assert_num_queries(2):
        seen = get_session(owner, session.pk)
        assert (seen.tag_names, seen.team.name, seen.created_by.username) == (["a", "b"], "Team", "owner")
    assert list(seen.tags.filter(name="b").values_list("name", flat=True)) == ["b"]


def test_the_current_session_costs_one_query(owner: User, django_assert_num_queries: Callable[[int], Any]) -> None:
    set_current_session(owner, create_session(owner, name="here"))
    with django_assert_num_queries(1):
        current = get_current_session(owner)
        assert current is not None
        assert (current.name, current.status, current.artifact_count) == ("here", "active", 0)


def test_one_user_s_answer_is_never_another_s(owner: User, stranger: User) -> None:
    mine, theirs = create_session(owner, tags=["mine"]), create_session(stranger, tags=["theirs"])
    assert get_session(owner, mine.pk).tag_names == ["mine"]
    assert get_session(stranger, theirs.pk).tag_names == ["theirs"]
    with pytest.raises(NotFound):
        get_session(owner, theirs.pk)
    assert isinstance(get_session(owner, mine.pk).pk, UUID)
