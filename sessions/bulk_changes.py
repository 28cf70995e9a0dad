"""What a bulk action does to one session, through the functions that every door calls, and how an undo takes it back.

An undo asks the history: it turns around what the action's own event tells, and only where that is the last event
about the same thing. Whatever somebody did since is left alone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from llmspell_web.web.problems import Conflict, Problem
from sessions.access import get_sessions_for_change
from sessions.bulk_models import BulkAction
from sessions.fields import TAG_MAX_CHARACTERS, clean_reason, clean_text
from sessions.lifecycle import TRANSITIONS, Action, change_status
from sessions.models import Session, SessionEvent
from sessions.services import delete_session, restore_session, update_session

Kind = BulkAction.Kind
STATUS_KINDS: dict[str, Action] = {
    Kind.SUSPEND: "suspend",
    Kind.RESUME: "resume",
    Kind.COMPLETE: "complete",
    Kind.FAIL: "fail",
}
# (what was done, from which status): the way back to that status.
WAYS_BACK: dict[tuple[str, str], tuple[Action, ...]] = {
    (Kind.SUSPEND, Session.Status.ACTIVE): ("resume",),
    (Kind.RESUME, Session.Status.SUSPENDED): ("suspend",),
    (Kind.COMPLETE, Session.Status.ACTIVE): ("load",),
    (Kind.COMPLETE, Session.Status.SUSPENDED): ("load", "suspend"),
    (Kind.FAIL, Session.Status.ACTIVE): ("load",),
    (Kind.FAIL, Session.Status.SUSPENDED): ("load", "suspend"),
}
_STATUS_EVENTS = [transition.event for transition in TRANSITIONS.values()]
_TRASH_EVENTS = [SessionEvent.Kind.DELETED, SessionEvent.Kind.RESTORED]


def clean_argument(kind: str, argument: object) -> str:
    """The reason of a failure, or the tag. `InvalidField` names the one that does not fit."""
    if kind == Kind.FAIL:
        return clean_reason(argument)
    if kind in {Kind.ADD_TAG, Kind.REMOVE_TAG}:
        return clean_text("tag", argument, minimum=1, maximum=TAG_MAX_CHARACTERS, one_line=True)
    return ""


def change(session: Session, action: BulkAction) -> None:
    """Do it to one session. A `Problem` says why it cannot be, and then nothing has changed."""
    tag, tags = action.argument, session.tag_names
    if action.kind == Kind.DELETE:
        delete_session(session, actor=action.actor, bulk_id=action.pk)
    elif action.kind == Kind.ADD_TAG:
        if tag in tags:
            raise Conflict("it has this tag already")
        update_session(session, actor=action.actor, bulk_id=action.pk, tags=[*tags, tag])
    elif action.kind == Kind.REMOVE_TAG:
        if tag not in tags:
            raise Conflict("it does not have this tag")
        update_session(session, actor=action.actor, bulk_id=action.pk, tags=[name for name in tags if name != tag])
    else:
        step = STATUS_KINDS[action.kind]
        change_status(session, step, actor=action.actor, bulk_id=action.pk, reason=action.argument)


@dataclass(frozen=True)
class Told:
    """The last event of a session about what an action changes. `bulk`: the action that it was a part of."""

    bulk: str | None
    status: Any  # {"before": …, "after": …}, as the event's details have it
    tags: Any


def last_events(action: BulkAction, keys: Collection[UUID]) -> dict[UUID, Told]:
    """Of each session the last event about what `action` changes: its status, that one tag, or being in the trash."""
    events = SessionEvent.objects.filter(session__in=keys)
    if action.kind == Kind.DELETE:
        events = events.filter(kind__in=_TRASH_EVENTS)
    elif action.kind in STATUS_KINDS:
        events = events.filter(kind__in=_STATUS_EVENTS)
    else:
        events = events.filter(kind=SessionEvent.Kind.UPDATED, details__has_key="tags")
    last: dict[UUID, Told] = {}
    told = events.order_by("pk").values_list("session", "details__bulk", "details__status", "details__tags")
    for key, bulk, status, tags in told:
        if not tags or (action.argument in tags["before"]) != (action.argument in tags["after"]):
            last[key] = Told(bulk, status, tags)
    return last


def take_back(session: Session, undo: BulkAction, action: BulkAction, told: Told) -> None:
    """Turn around what `action` did to one session."""
    if action.kind == Kind.DELETE:
        restore_session(session, actor=undo.actor, bulk_id=undo.pk)
    elif action.kind in STATUS_KINDS:
        with transaction.atomic():
            for step in WAYS_BACK[action.kind, told.status["before"]]:
                change_status(session, step, actor=undo.actor, bulk_id=undo.pk)
    else:
        tags = [name for name in session.tag_names if name != action.argument]
        if action.kind == Kind.REMOVE_TAG:
            tags.insert(told.tags["before"].index(action.argument), action.argument)
        update_session(session, actor=undo.actor, bulk_id=undo.pk, tags=tags)


def load(action: BulkAction, keys: Collection[UUID]) -> dict[UUID, Session | Problem]:
    in_trash = action.undoes is not None and action.kind == Kind.DELETE
    return get_sessions_for_change(action.actor, keys, in_trash=in_trash)
