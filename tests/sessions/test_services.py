"""Creating, editing and deleting sessions, and the current one."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.web.problems import Forbidden, InvalidField, NotFound
from sessions.access import get_current_session, get_session
from sessions.models import Session
from sessions.services import create_session, delete_session, set_current_session, update_session

pytestmark = pytest.mark.django_db


def test_a_new_session_has_what_was_given_and_the_rest_by_default(owner: User, default_team: Team) -> None:
    run_id = uuid4()
    session = create_session(owner, tags=["b", "a"], metadata={"k": [1, None]}, run_id=run_id)
    stored = get_session(owner, session.pk)
    assert (stored.name, stored.description, stored.status) == ("Untitled session", "", "active")
    assert (stored.tag_names, stored.metadata, stored.team, stored.created_by) == (
        ["b", "a"],
        {"k": [1, None]},
        default_team,
        owner,
    )
    assert stored.created_at == stored.updated_at
    assert (stored.parent_id, stored.ended_at, stored.saved_at, stored.artifact_count) == (None, None, None, 0)
    event = stored.events.get()
    assert (event.kind, event.actor, event.run_id, event.at) == ("created", owner, run_id, stored.created_at)


def test_a_child_joins_its_parent_s_team(owner: User, other_team: Team) -> None:
    Membership.objects.create(team=other_team, user=owner)
    parent = create_session(owner, team=other_team)
    child = create_session(owner, parent=parent)
    assert (child.team, child.parent_id) == (other_team, parent.pk)
    assert create_session(owner).team != other_team


def test_viewers_and_strangers_create_nothing(viewer: User, stranger: User, default_team: Team) -> None:
    with pytest.raises(Forbidden, match="you may not create sessions: your role in the team Team is viewer"):
        create_session(viewer)
    with pytest.raises(NotFound, match="team not found"):
        create_session(stranger, team=default_team)
    Membership.objects.filter(user=viewer).delete()
    with pytest.raises(NotFound, match="you belong to no team: "):
        create_session(viewer)
    assert not Session.objects.exists()


def test_a_refused_field_creates_nothing(owner: User) -> None:
    with pytest.raises(InvalidField, match=r"^tags"):
        create_session(owner, tags=7)
    assert not Session.objects.exists()


def test_creating_costs_seven_statements(owner: User, django_assert_num_queries: Callable[[int], Any]) -> None:
    # Membership, session, two tags, search document, its values, event; savepoint and release in a test.
    with django_assert_num_queries(9):
        create_session(owner, tags=["a", "b"], metadata={"a": 1})


def test_an_edit_changes_what_is_given_and_tells_before_and_after(owner: User, teammate: User) -> None:
    session = create_session(owner, name="old", description="kept", tags=["a"], metadata={"keep": 1, "drop": 2})
    edited = update_session(
        session, actor=teammate, name="new", tags=["b", "a"], metadata={"add": {"x": 1}, "drop": None, "never": None}
    )
    stored = get_session(owner, session.pk)
    for seen in (edited, stored):
        assert (seen.name, seen.description, seen.tag_names) == ("new", "kept", ["b", "a"])
        assert seen.metadata == {"keep": 1, "add": {"x": 1}}
    assert stored.updated_at == edited.updated_at > stored.created_at
    event = stored.events.latest("id")
    assert (event.kind, event.actor) == ("updated", teammate)
    assert event.details == {
        "name": {"before": "old", "after": "new"},
        "tags": {"before": ["a"], "after": ["b", "a"]},
        "metadata": {"before": {"keep": 1, "drop": 2}, "after": {"keep": 1, "add": {"x": 1}}},
    }


def test_an_edit_that_changes_nothing_leaves_no_trace(owner: User) -> None:
    session = create_session(owner, name="same", tags=["a"], metadata={"a": 1})
    update_session(session, actor=owner, name="same", tags=["a", "a"], metadata={"a": 1})
    update_session(session, actor=owner)
    stored = Session.objects.get(pk=session.pk)
    assert stored.updated_at == stored.created_at
    assert stored.events.count() == 1


def test_metadata_is_merged_into_what_is_there_now(owner: User, teammate: User) -> None:
    mine = create_session(owner)
    theirs = get_session(teammate, mine.pk)
    update_session(mine, actor=owner, metadata={"a": 1})
    update_session(theirs, actor=teammate, metadata={"b": 2})
    assert Session.objects.get(pk=mine.pk).metadata == {"a": 1, "b": 2}
    for key in "cde":
        update_session(mine, actor=owner, metadata={key: "x" * 20_000})
    with pytest.raises(InvalidField, match="at most 64 KiB"):
        update_session(mine, actor=owner, metadata={"f": "x" * 20_000})
    assert set(Session.objects.get(pk=mine.pk).metadata) == {"a", "b", "c", "d", "e"}


def test_a_deleted_session_is_in_the_trash_and_its_children_stay(owner: User, teammate: User) -> None:
    parent = create_session(owner)
    child = create_session(owner, parent=parent)
    delete_session(parent, actor=teammate)
    with pytest.raises(NotFound, match=f"session not found: {parent.pk}"):
        get_session(owner, parent.pk)
    assert get_session(owner, child.pk).parent_id == parent.pk
    stored = Session.objects.get(pk=parent.pk)
    assert (stored.deleted_by, stored.deleted_at) == (teammate, stored.updated_at)
    assert stored.events.latest("id").kind == "deleted"
    for repeat in (lambda: delete_session(parent, actor=owner), lambda: update_session(parent, actor=owner, name="x")):
        with pytest.raises(NotFound):
            repeat()


def test_the_current_session_follows_the_user_and_their_sight(owner: User, teammate: User) -> None:
    first, second = create_session(owner), create_session(owner)
    assert get_current_session(owner) is None
    set_current_session(owner, first)
    set_current_session(owner, second)
    set_current_session(teammate, first)
    assert (get_current_session(owner), get_current_session(teammate)) == (second, first)
    set_current_session(owner, None)
    assert get_current_session(owner) is None
    delete_session(first, actor=owner)
    assert get_current_session(teammate) is None


def test_a_current_session_lost_from_sight_reads_as_none(owner: User, other_team: Team) -> None:
    set_current_session(owner, create_session(owner))
    Membership.objects.filter(user=owner).update(team=other_team)
    assert get_current_session(owner) is None
