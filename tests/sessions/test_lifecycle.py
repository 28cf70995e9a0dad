"""Every action from every status, who comes first, and what is left behind."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from llmspell_web.teams.models import User
from llmspell_web.web.problems import Conflict, InvalidField, NotFound
from sessions.lifecycle import ACTIONS, TRANSITIONS, Action, allowed_actions, change_status
from sessions.models import Session
from sessions.services import create_session, delete_session

# The table of the API contract, written out a second time on purpose.
CONTRACT: dict[tuple[Action, str], str] = {
    ("suspend", "active"): "suspended",
    ("resume", "suspended"): "active",
    ("complete", "active"): "completed",
    ("complete", "suspended"): "completed",
    ("fail", "active"): "failed",
    ("fail", "suspended"): "failed",
    ("load", "active"): "active",
    ("load", "suspended"): "active",
    ("load", "completed"): "active",
    ("load", "failed"): "active",
}


def make_session_in(status: str, owner: User) -> Session:
    session = create_session(owner)
    path: dict[str, Action] = {"suspended": "suspend", "completed": "complete", "failed": "fail"}
    return change_status(session, path[status], actor=owner) if status in path else session


@pytest.mark.django_db
@pytest.mark.parametrize("status", Session.Status.values)
@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_does_what_the_contract_says(action: Action, status: str, owner: User, teammate: User) -> None:
    session = make_session_in(status, owner)
    events = session.events.count()
    target = CONTRACT.get((action, status))
    if target is None:
        article = "an" if status == "active" else "a"
        with pytest.raises(Conflict, match=f"^cannot {action} {article} {status} session$"):
            change_status(session, action, actor=teammate)
        target = status
    else:
        assert change_status(session, action, actor=teammate).status == target
    stored = Session.objects.get(pk=session.pk)
    assert stored.status == target
    assert session.events.count() == events + (target != status)
    assert (stored.ended_at is not None) == (target in {"completed", "failed"})


@pytest.mark.django_db
@pytest.mark.parametrize("status", Session.Status.values)
def test_allowed_actions_are_those_that_change_something(status: str, owner: User) -> None:
    session = make_session_in(status, owner)
    assert set(allowed_actions(session)) == {
        action for (action, source), target in CONTRACT.items() if source == status != target
    }


@pytest.mark.django_db
def test_the_event_tells_who_when_why_and_from_where(owner: User, teammate: User) -> None:
    session = change_status(create_session(owner), "suspend", actor=owner)
    change_status(session, "fail", actor=teammate, reason="no more budget")
    event = session.events.latest("id")
    assert (event.kind, event.actor, event.at) == ("failed", teammate, Session.objects.get(pk=session.pk).updated_at)
    assert event.details == {"status": {"before": "suspended", "after": "failed"}, "reason": "no more budget"}


@pytest.mark.django_db
def test_a_stale_instance_is_told_the_real_status(owner: User, teammate: User) -> None:
    stale = create_session(owner)
    change_status(Session.objects.get(pk=stale.pk), "complete", actor=teammate)
    with pytest.raises(Conflict, match="cannot complete a completed session"):
        change_status(stale, "complete", actor=owner)


@pytest.mark.django_db
def test_a_stale_instance_does_not_forbid_what_is_allowed_now(owner: User, teammate: User) -> None:
    stale = change_status(create_session(owner), "complete", actor=owner)
    change_status(Session.objects.get(pk=stale.pk), "load", actor=teammate)
    assert change_status(stale, "suspend", actor=owner).status == "suspended"
    assert Session.objects.get(pk=stale.pk).ended_at is None


@pytest.mark.django_db
def test_a_deleted_session_is_not_found(owner: User) -> None:
    session = create_session(owner)
    delete_session(Session.objects.get(pk=session.pk), actor=owner)
    with pytest.raises(NotFound, match=f"session not found: {session.pk}"):
        change_status(session, "load", actor=owner)


@pytest.mark.django_db
def test_a_reason_must_be_text(owner: User) -> None:
    session = create_session(owner)
    with pytest.raises(InvalidField, match="reason: expected text of at most 1000 characters, got a table"):
        change_status(session, "fail", actor=owner, reason={})
    assert Session.objects.get(pk=session.pk).status == "active"


@pytest.mark.django_db
def test_a_transition_costs_two_statements(owner: User, django_assert_num_queries: Callable[[int], Any]) -> None:
    session = create_session(owner)
    with django_assert_num_queries(4):  # savepoint, UPDATE, INSERT, release
        change_status(session, "suspend", actor=owner)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", [action for action in TRANSITIONS if action != "load"])
def test_of_many_at_once_exactly_one_wins(action: Action, owner: User) -> None:
    session = make_session_in("suspended" if action == "resume" else "active", owner)
    barrier, outcomes = threading.Barrier(4), []

    def attempt() -> None:
        own = Session.objects.get(pk=session.pk)
        barrier.wait()
        try:
            change_status(own, action, actor=owner)
            outcomes.append("won")
        except Conflict as problem:
            outcomes.append(str(problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    target = TRANSITIONS[action].target
    article = "an" if target == "active" else "a"
    assert sorted(outcomes) == [f"cannot {action} {article} {target} session"] * 3 + ["won"]
    assert session.events.filter(kind=TRANSITIONS[action].event).count() == 1
