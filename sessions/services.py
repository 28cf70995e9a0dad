"""Making, editing and deleting sessions. Callers have loaded the session through `access.get_session_for_change`."""

from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from llmspell_web.teams.models import Team, User
from llmspell_web.web.problems import NotFound
from sessions import fields
from sessions.access import team_for_new_session
from sessions.history import record_event
from sessions.models import CurrentSession, Session, SessionEvent, SessionTag
from sessions.prepared import insert_row
from sessions.search_index import index_new_session, index_sessions

DEFAULT_NAME = "Untitled session"


class SessionChanges(TypedDict, total=False):
    """What an edit may give, unchecked: `fields.py` refuses what does not fit. An absent key stays as it is."""

    name: object
    description: object
    tags: object
    metadata: object


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
    """A new active session. A child joins its parent's team; else `team`, else the first team the actor joined.

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
    )
    clean_tags = fields.clean_tags(tags)
    session.team = team_for_new_session(actor, parent.team_id if parent else team.pk if team else None)
    with transaction.atomic():
        insert_row(session)
        _add_tags(session, clean_tags)
        index_new_session(session, clean_tags)
        record_event(session, SessionEvent.Kind.CREATED, actor=actor, run_id=run_id, at=now)
    return session


def update_session(
    session: Session, *, actor: User, run_id: UUID | None = None, **changes: Unpack[SessionChanges]
) -> Session:
    """Change the given fields and return the session as it is then.

    `metadata` is merged key by key into what the session holds at that moment; a key given as None is removed.
    An edit that changes nothing leaves no event. The event's details hold each changed field before and after.
    """
    clean = _clean_changes(changes)
    with transaction.atomic():
        current = Session.objects.select_for_update().filter(pk=session.pk, deleted_at=None).first()
        if current is None:
            raise NotFound(f"session not found: {session.pk}")
        before = {"name": current.name, "description": current.description, "metadata": current.metadata}
        if "tags" in clean:
            before["tags"] = list(current.tags.values_list("name", flat=True))
        after = {field: clean.get(field, old) for field, old in before.items()}
        if "metadata" in changes:
            after["metadata"] = _merge_metadata(current.metadata, fields.clean_metadata(changes["metadata"]))
        changed = [field for field in before if before[field] != after[field]]
        if changed:
            now = timezone.now()
            _write_changes(session, {field: after[field] for field in changed}, now)
            details = {field: {"before": before[field], "after": after[field]} for field in changed}
            record_event(session, SessionEvent.Kind.UPDATED, actor=actor, run_id=run_id, at=now, details=details)
    return session


def delete_session(session: Session, *, actor: User, run_id: UUID | None = None) -> None:
    """Move the session, and with it its artifacts, to the trash. Children stay. A second time is `NotFound`."""
    now = timezone.now()
    with transaction.atomic():
        in_sight = Session.objects.filter(pk=session.pk, deleted_at=None)
        if not in_sight.update(deleted_at=now, deleted_by=actor, updated_at=now):
            raise NotFound(f"session not found: {session.pk}")
        record_event(session, SessionEvent.Kind.DELETED, actor=actor, run_id=run_id, at=now)
    session.deleted_at, session.deleted_by, session.updated_at = now, actor, now


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


def _clean_changes(changes: SessionChanges) -> dict[str, object]:
    cleaners = {
        "name": fields.clean_name,
        "description": fields.clean_description,
        "tags": fields.clean_tags,
        "metadata": fields.clean_metadata,
    }
    return {field: cleaners[field](value) for field, value in changes.items()}


def _merge_metadata(old: fields.JsonObject, changes: fields.JsonObject) -> fields.JsonObject:
    merged = {key: value for key, value in {**old, **changes}.items() if changes.get(key, True) is not None}
    fields.check_json_size("metadata", merged)
    return dict(sorted(merged.items()))


def _write_changes(session: Session, changes: dict[str, object], now: datetime) -> None:
    tags = changes.pop("tags", None)
    columns = {**changes, "updated_at": now}
    Session.objects.filter(pk=session.pk).update(**columns)
    for name, value in columns.items():
        setattr(session, name, value)
    if isinstance(tags, list):
        SessionTag.objects.filter(session=session).delete()
        _add_tags(session, tags)
        session.__dict__.pop("_prefetched_objects_cache", None)  # tags that were prefetched are the old ones
    index_sessions([session.pk])


def _add_tags(session: Session, tags: list[str]) -> None:
    for position, name in enumerate(tags):
        insert_row(SessionTag(session=session, name=name, position=position))
