"""Changing many sessions at once: which they are, what becomes of each, and that no fault loses or repeats any."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.web.problems import Conflict, InvalidField, NotFound
from sessions import bulk, bulk_work
from sessions.access import get_session
from sessions.bulk import cancel_bulk, get_bulk, matching_keys, start_bulk
from sessions.bulk_work import claim, release, run_batch
from sessions.lifecycle import change_status
from sessions.list_request import read_request
from sessions.models import BulkAction, BulkTargets, Session
from sessions.services import create_session, delete_session, update_session
from sessions.session_table import SESSION_TABLE

pytestmark = pytest.mark.django_db


def make_sessions(owner: User, count: int, **fields: Any) -> list[Session]:  # Any: as create_session takes them
    return [create_session(owner, name=f"Chat {number}", **fields) for number in range(count)]


def keys_of(sessions: Iterable[Session]) -> list[UUID]:
    return sorted(session.pk for session in sessions)


def matching(user: User, query: str) -> Iterable[UUID]:
    return matching_keys(user, read_request(user, SESSION_TABLE, QueryDict(query)).wanted)


def finish(action: BulkAction) -> BulkAction:
    """What a worker does, here."""
    while taken := claim("worker"):
        while run_batch(taken, "worker"):
            pass
    action.refresh_from_db()
    return action


@pytest.fixture
def in_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every action is left to a worker, a few sessions a batch."""
    monkeypatch.setattr(bulk, "AT_ONCE_MAX", 0)
    monkeypatch.setattr(bulk_work, "GROUP", 3)
    monkeypatch.setattr(bulk_work, "BATCH_MAX", 3)
    monkeypatch.setattr(bulk_work, "BATCH_SECONDS", 60)


@pytest.mark.parametrize(
    ("kind", "status", "argument", "kept"),
    [
        ("suspend", "suspended", "", ""),
        ("resume", "active", "", ""),
        ("complete", "completed", "", ""),
        ("fail", "failed", "no more budget", "no more budget"),
    ],
)
def test_each_session_is_changed_as_by_its_own_button(
    kind: str, status: str, argument: str, kept: str, owner: User, teammate: User
) -> None:
    sessions = make_sessions(owner, 3)
    if kind == "resume":
        for session in sessions:
            change_status(session, "suspend", actor=owner)
    action = start_bulk(teammate, kind, keys_of(sessions), argument=argument)
    assert (action.status, action.total, action.done, action.changed, action.refusals) == ("done", 3, 3, 3, {})
    for session in sessions:
        stored = get_session(owner, session.pk)
        event = stored.events.latest("id")
        assert (stored.status, event.actor, event.at) == (status, teammate, stored.updated_at)
        assert (event.details["bulk"], event.details.get("reason", "")) == (str(action.pk), kept)


def test_tags_are_added_behind_the_others_and_removed_alone(owner: User) -> None:
    plain, tagged = create_session(owner), create_session(owner, tags=["a", "late", "b"])
    added = start_bulk(owner, "add_tag", keys_of([plain, tagged]), argument="new")
    assert added.changed == 2
    assert get_session(owner, plain.pk).tag_names == ["new"]
    assert get_session(owner, tagged.pk).tag_names == ["a", "late", "b", "new"]
    removed = start_bulk(owner, "remove_tag", keys_of([plain, tagged]), argument="late")
    assert (removed.changed, removed.refusals) == (1, {"it does not have this tag": 1})
    assert get_session(owner, tagged.pk).tag_names == ["a", "b", "new"]
    assert start_bulk(owner, "add_tag", [plain.pk], argument="new").refusals == {"it has this tag already": 1}
    full = create_session(owner, tags=[str(number) for number in range(64)])
    assert start_bulk(owner, "add_tag", [full.pk], argument="65th").refusals == {
        "tags: expected at most 64 tags, got 65": 1
    }


def test_sessions_move_to_the_trash(owner: User) -> None:
    sessions = make_sessions(owner, 2)
    action = start_bulk(owner, "delete", keys_of(sessions))
    assert not Session.objects.visible_to(owner).exists()
    event = sessions[0].events.latest("id")
    assert (event.kind, event.details) == ("deleted", {"bulk": str(action.pk)})


def test_each_refusal_is_kept_with_its_reason(owner: User, other_team: Team, stranger: User, viewer: User) -> None:
    Membership.objects.create(team=other_team, user=owner, role=Membership.Role.VIEWER)
    fine, done, gone = make_sessions(owner, 3)
    change_status(done, "complete", actor=owner)
    delete_session(gone, actor=owner)
    looked_at = create_session(stranger)
    missing = uuid4()
    keys = sorted([fine.pk, done.pk, gone.pk, looked_at.pk, missing])
    action = start_bulk(owner, "suspend", keys)
    absent = "it is not there any more, or you may not see it"
    refused = {
        done.pk: "cannot suspend a completed session",
        gone.pk: absent,
        missing: absent,
        looked_at.pk: "you may not change this session: your role in the team Other is viewer",
    }
    assert dict(action.results.values_list("target_id", "reason")) == {fine.pk: "", **refused}
    assert (action.total, action.done, action.changed, action.refused) == (5, 5, 1, 4)
    assert action.refusals == {absent: 2, refused[done.pk]: 1, refused[looked_at.pk]: 1}
    assert Session.objects.get(pk=looked_at.pk).status == "active"
    assert start_bulk(viewer, "suspend", [fine.pk]).changed == 0
    assert start_bulk(stranger, "suspend", [fine.pk]).refusals == {absent: 1}


def test_who_loses_access_in_the_middle_changes_no_more(owner: User, in_background: None) -> None:
    sessions = make_sessions(owner, 9)
    action = start_bulk(owner, "suspend", keys_of(sessions))
    taken = claim("worker")
    assert taken is not None
    assert run_batch(taken, "worker")
    Membership.objects.filter(user=owner).update(role=Membership.Role.VIEWER)
    assert run_batch(taken, "worker")
    User.objects.filter(pk=owner.pk).update(is_active=False)
    Membership.objects.filter(user=owner).update(role=Membership.Role.ADMIN)
    action = finish_taken(taken)
    assert (action.done, action.changed) == (9, 3)
    assert sorted(action.refusals.values()) == [3, 3]
    assert Session.objects.filter(status="suspended").count() == 3


def finish_taken(action: BulkAction) -> BulkAction:
    while run_batch(action, "worker"):
        pass
    action.refresh_from_db()
    return action


def test_everything_that_matches_is_what_matched_when_it_was_asked(owner: User, in_background: None) -> None:
    sessions = make_sessions(owner, 10, tags=["a"])
    other = create_session(owner, tags=["b"])
    action = start_bulk(owner, "suspend", matching(owner, "status=active&tag=a"), query="status=active&tag=a")
    late = create_session(owner, tags=["a"])
    update_session(other, actor=owner, tags=["a"])
    update_session(sessions[4], actor=owner, tags=[])  # it matched
    change_status(sessions[7], "suspend", actor=owner)
    assert (finish(action).status, action.total, action.changed) == ("done", 10, 9)
    assert action.refusals == {"cannot suspend a suspended session": 1}
    assert {session.pk for session in Session.objects.filter(status="active")} == {late.pk, other.pk}


def test_times_are_those_of_the_moment_it_was_asked(owner: User, in_background: None) -> None:
    old, young = make_sessions(owner, 2)
    Session.objects.filter(pk=old.pk).update(updated_at=old.updated_at - timedelta(days=7, seconds=-2))
    action = start_bulk(owner, "add_tag", matching(owner, "updated=>7d"), argument="lately", query="updated=>7d")
    Session.objects.filter(pk=old.pk).update(updated_at=old.updated_at - timedelta(days=8))
    assert finish(action).changed == 2
    assert get_session(owner, young.pk).tag_names == get_session(owner, old.pk).tag_names == ["lately"]


def test_many_rows_of_targets_are_walked_to_their_end(
    owner: User, in_background: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BulkTargets, "TARGETS_A_ROW", 4)
    sessions = make_sessions(owner, 13)
    action = finish(start_bulk(owner, "suspend", matching(owner, "")))
    assert (action.done, action.changed, action.targets.count()) == (13, 13, 4)
    assert list(action.results.values_list("target_id", flat=True).order_by("pk")) == keys_of(sessions)


def test_nothing_to_act_on_is_refused(owner: User, stranger: User) -> None:
    create_session(owner)
    with pytest.raises(InvalidField, match="sessions: expected at least one session, got none"):
        start_bulk(owner, "suspend", [])
    with pytest.raises(InvalidField, match="at least one session"):
        start_bulk(stranger, "suspend", matching(stranger, ""), query="")
    assert not BulkAction.objects.exists()


@pytest.mark.parametrize(
    ("kind", "argument", "field"),
    [
        ("add_tag", "", "tag"),
        ("add_tag", "x" * 65, "tag"),
        ("remove_tag", "a\nb", "tag"),
        ("fail", "x" * 1001, "reason"),
        ("fail", {}, "reason"),
    ],
)
def test_an_argument_that_does_not_fit_changes_nothing(kind: str, argument: object, field: str, owner: User) -> None:
    session = create_session(owner)
    with pytest.raises(InvalidField) as refusal:
        start_bulk(owner, kind, [session.pk], argument=argument)
    assert refusal.value.field == field
    assert not BulkAction.objects.exists()


def test_cancelling_stops_at_the_next_batch(owner: User, in_background: None) -> None:
    make_sessions(owner, 9)
    action = start_bulk(owner, "suspend", matching(owner, ""))
    taken = claim("worker")
    assert taken is not None
    assert run_batch(taken, "worker")
    cancel_bulk(action)
    assert not run_batch(taken, "worker")
    release(taken, "worker")
    assert claim("worker") is None
    action.refresh_from_db()
    assert (action.status, action.done, action.changed, action.can_undo) == ("cancelled", 3, 3, True)
    assert action.ended_at is not None
    assert Session.objects.filter(status="suspended").count() == 3
    with pytest.raises(Conflict, match="this has already ended"):
        cancel_bulk(action)


def test_what_waits_can_be_cancelled(owner: User, in_background: None) -> None:
    action = start_bulk(owner, "suspend", keys_of(make_sessions(owner, 2)))
    cancel_bulk(action)
    assert (finish(action).status, action.done, action.can_undo) == ("cancelled", 0, False)


def test_an_action_whose_worker_is_gone_is_taken_over_behind_its_last_batch(owner: User, in_background: None) -> None:
    make_sessions(owner, 9)
    action = start_bulk(owner, "suspend", matching(owner, ""))
    first = claim("first")
    assert first is not None
    assert run_batch(first, "first")
    assert claim("second") is None  # it has been heard of just now
    BulkAction.objects.update(heartbeat_at=action.created_at - bulk_work.LOST_AFTER)
    second = claim("second")
    assert second is not None
    assert not run_batch(first, "first")  # it was only slow, and does no more
    while run_batch(second, "second"):
        pass
    action.refresh_from_db()
    assert (action.status, action.done, action.changed, action.results.count()) == ("done", 9, 9, 9)
    assert {session.events.count() for session in Session.objects.all()} == {2}


def test_those_that_wait_longest_have_their_turn_first(owner: User, in_background: None) -> None:
    keys = keys_of(make_sessions(owner, 6))
    large, small = start_bulk(owner, "suspend", keys), start_bulk(owner, "add_tag", keys, argument="x")
    taken = claim("worker")
    assert taken == large
    run_batch(large, "worker")
    release(large, "worker")
    assert claim("worker") == small
    assert claim("other") == large


def test_only_who_asked_for_it_sees_it(owner: User, teammate: User) -> None:
    action = start_bulk(owner, "suspend", keys_of(make_sessions(owner, 1)))
    assert get_bulk(owner, action.pk) == action
    for key in (action.pk, uuid4()):
        with pytest.raises(NotFound, match=f"bulk action not found: {key}"):
            get_bulk(teammate, key)
    assert list(BulkAction.objects.visible_to(teammate)) == []


@pytest.mark.parametrize(("kind", "a_session"), [("suspend", 4), ("delete", 6), ("add_tag", 8)])
def test_a_batch_costs_few_queries_beside_those_of_each_session(
    kind: str, a_session: int, owner: User, in_background: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_work, "GROUP", 50)
    monkeypatch.setattr(bulk_work, "BATCH_MAX", 50)
    costs = []
    for count in (10, 40):
        sessions = make_sessions(owner, count, tags=["a"])
        start_bulk(owner, kind, keys_of(sessions), argument="new")
        taken = claim("worker")
        assert taken is not None
        with CaptureQueriesContext(connection) as queries:
            assert not run_batch(taken, "worker")
        costs.append(len(queries))
    assert costs[1] - costs[0] == 30 * a_session
    assert costs[0] - 10 * a_session <= 8  # savepoints, the action twice, targets, sessions, tags, results


def test_small_actions_are_done_at_once(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE_MAX", 3)
    sessions = make_sessions(owner, 4)
    assert start_bulk(owner, "suspend", keys_of(sessions[:3])).status == "done"
    assert start_bulk(owner, "suspend", keys_of(sessions)).status == "queued"
