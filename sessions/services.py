"""Making, editing and deleting sessions. Callers have loaded the session through `access.get_session_for_change`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from llmspell_web.teams.models import Team, User
from llmspell_web.web.problems import Conflict, NotFound
from sessions import fields
from sessions.access import find_tags, team_for_new_session
from sessions.edits import SessionChanges, apply_changes, apply_seen_changes, differences
from sessions.hierarchy import check_parent_stays
from sessions.history import COUNT_EVENT, record_event
from sessions.holdings import list_artifacts_of
from sessions.models import CurrentSession, Session, SessionEvent, SessionTag
from sessions.prepared import PreparedQuery, insert_row
from sessions.search_index import index_new_session, index_sessions, index_text
from sessions.search_text import document_text

DEFAULT_NAME = "Untitled session"


@PreparedQuery
def _hold_session(session_id: UUID) -> "QuerySet[Session]":
    """Nobody else changes it until the end of the transaction."""
    return Session.objects.select_for_update(no_key=True).filter(pk=session_id, deleted_at=None)


def create_session(
    actor: User,
    *,
    name: object = DEFAULT_NAME,
    description: object = "",
    tags: object = (),
    metadata: object = None,
    parent: Session | None = None,
    team: Team | None = None,
    run_id: UUID | None = None,
) -> Session:
    """A new active session. A child joins its parent's team; else `team`, else the one that the actor's go to.

    `Forbidden` where the actor is only a viewer of that team.
    """
    now = timezone.now()
    session = Session(
        name=fields.clean_name(name),
        description=fields.clean_description(description),
        metadata=fields.clean_metadata({} if metadata is None else metadata),
        parent_id=parent.pk if parent else None,
        created_by=actor,
        created_at=now,
        updated_at=now,
        event_count=1,
    )
    clean_tags = fields.clean_tags(tags)
    session.team = team_for_new_session(actor, parent.team_id if parent else team.pk if team else None)
    with transaction.atomic():
        insert_row(session)
        if parent:
            check_parent_stays(parent.pk, session.team_id)
        _add_tags(session, clean_tags)
        index_new_session(session, clean_tags)
        record_event(session, SessionEvent.Kind.CREATED, actor=actor, run_id=run_id, at=now)
    return session


def update_session(
    session: Session,
    *,
    actor: User,
    run_id: UUID | None = None,
    bulk_id: UUID | None = None,
    seen: Mapping[str, object] | None = None,
    **changes: Unpack[SessionChanges],
) -> Session:
    """Change the given fields and return the session as it is then.

    Without `seen`, as scripts do, the last writer wins: `metadata` is merged key by key into what the session holds at
    that moment, and a key given as None is removed. With `seen`, the values of the given fields that the author of the
    edit had before them, only what differs from these is written, of metadata key by key, and a key that is not given
    is removed; `Overtaken` (a Conflict) where somebody else changed the same meanwhile.
    An edit that changes nothing leaves no event. The event's details hold each changed field before and after.
    """
    with transaction.atomic():
        held = _hold_session(session.pk)
        if not held:
            raise NotFound(f"session not found: {session.pk}")
        current = held[0]
        before = {"name": current.name, "description": current.description, "metadata": current.metadata}
        if "tags" in changes:
            before["tags"] = [tag.name for tag in find_tags(session.pk)]
        after = apply_changes(before, changes) if seen is None else apply_seen_changes(before, changes, seen)
        changed = differences(before, after)
        if changed:
            now = timezone.now()
            _write_changes(session, {field: after[field] for field in changed}, before, now)
            details = {field: {"before": before[field], "after": after[field]} for field in changed}
            kind = SessionEvent.Kind.UPDATED
            record_event(session, kind, actor=actor, run_id=run_id, bulk_id=bulk_id, at=now, details=details)
    return session


def delete_session(session: Session, *, actor: User, run_id: UUID | None = None, bulk_id: UUID | None = None) -> None:
    """Move the session, and with it its artifacts, to the trash. Children stay. A second time is `NotFound`."""
    now = timezone.now()
    with transaction.atomic():
        in_sight = Session.objects.filter(pk=session.pk, deleted_at=None)
        if not in_sight.update(deleted_at=now, deleted_by=actor, updated_at=now, **COUNT_EVENT):
            raise NotFound(f"session not found: {session.pk}")
        list_artifacts_of([session.pk])
        record_event(session, SessionEvent.Kind.DELETED, actor=actor, run_id=run_id, bulk_id=bulk_id, at=now)
    session.deleted_at, session.deleted_by, session.updated_at = now, actor, now


def restore_session(session: Session, *, actor: User, bulk_id: UUID | None = None) -> None:
    """Take the session, as it was and with its artifacts, out of the trash: `access.get_trashed_session_for_change`
    has loaded it. `Conflict` where somebody was first."""
    now = timezone.now()
    with transaction.atomic():
        in_trash = Session.objects.in_trash().filter(pk=session.pk)
        if not in_trash.update(deleted_at=None, deleted_by=None, updated_at=now, **COUNT_EVENT):
            raise Conflict("this session is not in the trash")
        list_artifacts_of([session.pk])
        record_event(session, SessionEvent.Kind.RESTORED, actor=actor, bulk_id=bulk_id, at=now)
    session.deleted_at, session.deleted_by, session.updated_at = None, None, now


def set_current_session(user: User, session: Session | None) -> None:
    """Which session the user works in from now on; None: in none."""
    if session is None:
        CurrentSession.objects.filter(user=user).delete()
        return
    CurrentSession.objects.bulk_create(
        [CurrentSession(user=user, session=session)],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["session"],
    )


def _write_changes(session: Session, changes: dict[str, object], before: dict[str, object], now: datetime) -> None:
    held = {**before, **changes}
    tags, old = changes.pop("tags", None), before.get("tags")
    columns = {**changes, "updated_at": now}
    Session.objects.filter(pk=session.pk).update(**columns, **COUNT_EVENT)
    for name, value in columns.items():
        setattr(session, name, value)
    if isinstance(tags, list) and isinstance(old, list):
        kept = old if tags[: len(old)] == old else []
        if old and not kept:
            SessionTag.objects.filter(session=session).delete()
        _add_tags(session, tags, start=len(kept))
        session.__dict__.pop("_prefetched_objects_cache", None)  # tags that were prefetched are the old ones
    if "metadata" in changes:
        index_sessions([session.pk])
    else:
        names = tags if isinstance(tags, list) else [tag.name for tag in find_tags(session.pk)]
        index_text(session.pk, document_text(str(held["name"]), str(held["description"]), names))


def _add_tags(session: Session, tags: list[str], start: int = 0) -> None:
    """Those from `start` on; the ones before are there."""
    for position in range(start, len(tags)):
        insert_row(SessionTag(session=session, name=tags[position], position=position))
