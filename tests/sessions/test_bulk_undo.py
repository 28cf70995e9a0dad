"""Taking a bulk action back: exactly what it changed, and nothing that somebody has changed since."""

from typing import Any

import pytest

from llmspell_web.teams.models import Membership, User
from llmspell_web.web.problems import Conflict, NotFound
from sessions import bulk
from sessions.access import get_session, get_trashed_session_for_change
from sessions.bulk import get_bulk, start_bulk, undo_bulk
from sessions.bulk_subjects import CHANGED_SINCE
from sessions.lifecycle import Action, change_status
from sessions.models import BulkAction, Session
from sessions.services import create_session, delete_session, restore_session, update_session
from tests.sessions.test_bulk import keys_of, make_sessions

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "before", "kinds"),
    [
        ("suspend", "active", ["resumed"]),
        ("resume", "suspended", ["suspended"]),
        ("complete", "active", ["loaded"]),
        ("complete", "suspended", ["loaded", "suspended"]),
        ("fail", "active", ["loaded"]),
        ("fail", "suspended", ["loaded", "suspended"]),
    ],
)
def test_a_status_goes_back_to_what_it_was(kind: str, before: str, kinds: list[str], owner: User) -> None:
    session = create_session(owner)
    if before == "suspended":
        change_status(session, "suspend", actor=owner)
    known = session.events.count()
    action = start_bulk(owner, kind, [session.pk], argument="why")
    undo = undo_bulk(action)
    assert (undo.status, undo.changed, undo.undoes) == ("done", 1, action)
    stored = Session.objects.get(pk=session.pk)
    assert (stored.status, stored.ended_at) == (before, None)
    events = list(session.events.order_by("pk"))[known + 1 :]
    assert [event.kind for event in events] == kinds
    assert {event.details["bulk"] for event in events} == {str(undo.pk)}


def test_only_sessions_that_it_changed_are_taken_back(owner: User) -> None:
    changed, tagged = create_session(owner), create_session(owner, tags=["x", "y"])
    action = start_bulk(owner, "add_tag", keys_of([changed, tagged]), argument="x")
    undo = undo_bulk(action)
    assert (undo.total, undo.changed) == (1, 1)
    assert get_session(owner, changed.pk).tag_names == []
    assert get_session(owner, tagged.pk).tag_names == ["x", "y"]


def test_a_removed_tag_goes_back_to_its_place(owner: User) -> None:
    sessions = [create_session(owner, tags=tags) for tags in (["x", "a", "b"], ["a", "x", "b"], ["a", "b", "x"])]
    action = start_bulk(owner, "remove_tag", keys_of(sessions), argument="x")
    update_session(sessions[2], actor=owner, tags=["a"])
    assert undo_bulk(action).changed == 3
    tags = [get_session(owner, session.pk).tag_names for session in sessions]
    assert tags == [["x", "a", "b"], ["a", "x", "b"], ["a", "x"]]


def test_sessions_come_out_of_the_trash(owner: User) -> None:
    sessions = make_sessions(owner, 3)
    delete_session(sessions[0], actor=owner)
    action = start_bulk(owner, "delete", keys_of(sessions))
    undo = undo_bulk(action)
    assert (action.changed, undo.changed) == (2, 2)
    seen = Session.objects.visible_to(owner)
    assert set(seen) == set(sessions[1:])
    assert {(session.deleted_at, session.deleted_by) for session in seen} == {(None, None)}
    event = sessions[1].events.latest("id")
    assert (event.kind, event.details) == ("restored", {"bulk": str(undo.pk)})


# What a teammate does meanwhile, and whether the undo then leaves the session alone.
MEANWHILE: list[tuple[str, str, list[tuple[str, Any]], bool]] = [
    ("suspend", "", [("resume", None)], True),
    ("suspend", "", [("resume", None), ("suspend", None)], True),
    ("suspend", "", [("complete", None)], True),
    ("suspend", "", [("name", "Renamed"), ("tags", ["new"])], False),
    ("fail", "", [("load", None)], True),
    ("add_tag", "x", [("tags", [])], True),
    ("add_tag", "x", [("tags", []), ("tags", ["x"])], True),
    ("add_tag", "x", [("tags", ["new", "x"]), ("suspend", None)], False),
    ("remove_tag", "kept", [("tags", ["kept"])], True),
    ("remove_tag", "kept", [("tags", ["kept"]), ("tags", [])], True),
    ("remove_tag", "kept", [("tags", ["new"])], False),
    ("delete", "", [("restore", None)], True),
    ("delete", "", [("restore", None), ("delete", None)], True),
]


@pytest.mark.parametrize(("kind", "argument", "acts", "is_left"), MEANWHILE)
def test_what_somebody_changed_since_is_left_alone(
    kind: str, argument: str, acts: list[tuple[str, Any]], is_left: bool, owner: User, teammate: User
) -> None:
    session, untouched = make_sessions(owner, 2, tags=["kept"])
    action = start_bulk(owner, kind, keys_of([session, untouched]), argument=argument)
    for act, value in acts:
        act_alone(session, teammate, act, value)
    before = Session.objects.get(pk=session.pk)
    undo = undo_bulk(action)
    assert undo.changed == (1 if is_left else 2)
    if is_left:
        (reason,) = undo.refusals
        in_the_way = {"delete": "it is not in the trash any more, or you may not see it"}
        assert reason in {CHANGED_SINCE, in_the_way.get(kind)}
        stored = Session.objects.get(pk=session.pk)
        assert (stored.status, stored.updated_at, stored.deleted_at) == (
            before.status,
            before.updated_at,
            before.deleted_at,
        )


def act_alone(session: Session, actor: User, act: str, value: Any) -> None:
    session = Session.objects.get(pk=session.pk)
    if act == "delete":
        delete_session(session, actor=actor)
    elif act == "restore":
        restore_session(session, actor=actor)
    elif act in {"name", "tags"}:
        update_session(session, actor=actor, **{act: value})
    else:
        step: Action = act  # type: ignore[assignment]  # one of the table above
        change_status(session, step, actor=actor)


def test_an_undo_is_there_once_and_is_final(owner: User) -> None:
    action = start_bulk(owner, "suspend", keys_of(make_sessions(owner, 1)))
    assert get_bulk(owner, action.pk).can_undo
    undo = undo_bulk(action)
    assert not get_bulk(owner, action.pk).can_undo
    assert not undo.can_undo
    with pytest.raises(Conflict, match="taken back already"):
        undo_bulk(action)
    with pytest.raises(Conflict, match="nothing here to take back"):
        undo_bulk(undo)
    assert BulkAction.objects.count() == 2


def test_what_changed_nothing_or_goes_on_has_no_undo(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = make_sessions(owner, 1)
    nothing = start_bulk(owner, "resume", keys_of(sessions))
    with pytest.raises(Conflict, match="nothing here to take back"):
        undo_bulk(nothing)
    monkeypatch.setattr(bulk, "AT_ONCE_MAX", 0)
    with pytest.raises(Conflict, match="has not ended yet"):
        undo_bulk(start_bulk(owner, "suspend", keys_of(sessions)))


def test_an_undo_asks_for_access_as_every_change_does(owner: User) -> None:
    action = start_bulk(owner, "delete", keys_of(make_sessions(owner, 1)))
    Membership.objects.filter(user=owner).update(role=Membership.Role.VIEWER)
    undo = undo_bulk(action)
    assert undo.refusals == {"you may not change this session: your role in the team Team is viewer": 1}
    assert Session.objects.get().deleted_at is not None


def test_restoring_is_for_those_who_may_change(owner: User, viewer: User, stranger: User) -> None:
    session = create_session(owner)
    with pytest.raises(NotFound):
        get_trashed_session_for_change(owner, session.pk)  # it is not in the trash
    delete_session(session, actor=owner)
    with pytest.raises(NotFound):
        get_trashed_session_for_change(stranger, session.pk)
    restore_session(get_trashed_session_for_change(owner, session.pk), actor=owner)
    stored = get_session(owner, session.pk)
    assert stored.updated_at == stored.events.latest("id").at
    with pytest.raises(Conflict, match="not in the trash"):
        restore_session(stored, actor=owner)
