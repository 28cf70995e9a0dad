"""Moving sessions below others: no circles, also not when two people move at once."""

import threading
from uuid import UUID

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.web.problems import NotFound, Problem
from sessions.edits import Overtaken
from sessions.hierarchy import LEVELS_MAX, move_session, visible_ancestors, visible_children, with_branches
from sessions.models import Session
from sessions.services import create_session, delete_session


def make_line(owner: User, length: int) -> list[Session]:
    line = [create_session(owner, name="1")]
    for number in range(2, length + 1):
        line.append(create_session(owner, name=str(number), parent=line[-1]))
    return line


def parent_of(session: Session) -> UUID | None:
    return Session.objects.get(pk=session.pk).parent_id


@pytest.mark.django_db
def test_a_move_takes_everything_below_along_and_is_told(owner: User, teammate: User) -> None:
    top, middle, bottom = make_line(owner, 3)
    other = create_session(owner, name="other")
    move_session(middle, actor=teammate, parent=other, seen=top.pk)
    assert (parent_of(middle), parent_of(bottom)) == (other.pk, middle.pk)
    event = middle.events.latest("number")
    assert (event.kind, event.actor) == ("updated", teammate)
    assert event.details == {"parent": {"before": str(top.pk), "after": str(other.pk)}}
    move_session(middle, actor=owner, parent=None, seen=other.pk)
    assert parent_of(middle) is None
    move_session(middle, actor=owner, parent=None, seen=None)
    assert middle.events.count() == 3


@pytest.mark.django_db
def test_a_circle_is_refused(owner: User) -> None:
    line = make_line(owner, 4)
    for below in line[1:]:
        with pytest.raises(Problem, match=f"^{below.name} lies below 1: a session cannot be below itself$"):
            move_session(line[0], actor=owner, parent=below, seen=None)
    with pytest.raises(Problem, match="its own parent"):
        move_session(line[0], actor=owner, parent=line[0], seen=None)
    delete_session(line[1], actor=owner)
    with pytest.raises(Problem, match="below itself"):
        move_session(line[0], actor=owner, parent=line[3], seen=None)
    assert parent_of(line[0]) is None


@pytest.mark.django_db
def test_a_parent_of_another_team_or_in_the_trash_is_refused(owner: User, other_team: Team) -> None:
    Membership.objects.create(team=other_team, user=owner)
    session, foreign, trashed = create_session(owner), create_session(owner, team=other_team), create_session(owner)
    with pytest.raises(Problem, match="belongs to another team"):
        move_session(session, actor=owner, parent=foreign, seen=None)
    delete_session(trashed, actor=owner)
    with pytest.raises(NotFound):
        move_session(session, actor=owner, parent=trashed, seen=None)
    assert parent_of(session) is None
    assert session.events.count() == 1


@pytest.mark.django_db
def test_who_moves_second_is_told(owner: User, teammate: User) -> None:
    session, one, two = create_session(owner), create_session(owner), create_session(owner)
    move_session(session, actor=teammate, parent=one, seen=None)
    with pytest.raises(Overtaken) as refusal:
        move_session(session, actor=owner, parent=two, seen=None)
    assert refusal.value.now == {"parent": str(one.pk)}
    assert parent_of(session) == one.pk


@pytest.mark.django_db
def test_nothing_is_moved_below_very_deep_lines(owner: User) -> None:
    line = make_line(owner, LEVELS_MAX + 1)
    session = create_session(owner)
    with pytest.raises(Problem, match="lies 100 levels deep"):
        move_session(session, actor=owner, parent=line[LEVELS_MAX - 1], seen=None)
    move_session(session, actor=owner, parent=line[LEVELS_MAX - 2], seen=None)
    shown, more = visible_ancestors(line[-1], owner)
    assert ([shown[0].name, shown[-1].name], len(shown), more) == (["1", "100"], LEVELS_MAX, True)


@pytest.mark.django_db
def test_ancestors_end_where_sight_ends(
    owner: User, stranger: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    line = make_line(owner, 5)
    with django_assert_num_queries(2):
        shown, more = visible_ancestors(line[4], owner)
    assert ([session.name for session in shown], more) == (["1", "2", "3", "4"], False)
    delete_session(line[1], actor=owner)
    assert [session.name for session in visible_ancestors(line[4], owner)[0]] == ["3", "4"]
    assert visible_ancestors(line[2], owner)[0] == []
    assert visible_ancestors(line[4], stranger)[0] == []


@pytest.mark.django_db
def test_children_say_whether_there_is_more_below(owner: User, stranger: User) -> None:
    top, with_child, _ = make_line(owner, 3)
    without = create_session(owner, parent=top)
    children = with_branches(visible_children(top.pk, owner))
    assert [(child, child.has_children) for child in children] == [(without, False), (with_child, True)]
    assert not visible_children(top.pk, stranger).exists()


@pytest.mark.django_db(transaction=True)
def test_two_moves_that_would_close_a_circle_end_with_one(owner: User) -> None:
    for _ in range(10):
        one, two = create_session(owner, name="one"), create_session(owner, name="two")
        outcomes = move_at_once(owner, (one, two), (two, one))
        assert sorted(outcomes) == ["moved", "refused"]
        assert sorted(parent_of(session) is None for session in (one, two)) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_a_circle_of_three_moves_is_not_closed_either(owner: User) -> None:
    for _ in range(5):
        one, two, three = (create_session(owner, name=name) for name in ("one", "two", "three"))
        outcomes = move_at_once(owner, (one, two), (two, three), (three, one))
        assert sorted(outcomes) == ["moved", "moved", "refused"]


def move_at_once(owner: User, *moves: tuple[Session, Session]) -> list[str]:
    """Each on a connection of its own."""
    barrier, outcomes = threading.Barrier(len(moves)), []

    def attempt(session: Session, parent: Session) -> None:
        barrier.wait()
        try:
            move_session(session, actor=owner, parent=parent, seen=None)
            outcomes.append("moved")
        except Problem:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=move) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
