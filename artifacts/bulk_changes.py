"""What a bulk action does to one artifact, through the functions that every door calls, and how an undo takes it back.

As for sessions, an undo asks the history: it turns around what the action's own event tells, and only where that is the
artifact's last event about the same thing.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from artifacts.access import get_artifacts_for_change
from artifacts.models import Artifact
from artifacts.services import delete_artifact, restore_artifact, update_artifact_tags
from llmspell_web.web.problems import Conflict, InvalidField, Problem
from sessions.bulk_models import BulkAction
from sessions.fields import TAG_MAX_CHARACTERS, clean_text
from sessions.models import SessionEvent

Kind = BulkAction.Kind


CLOCKS_DIFFER_BY = timedelta(minutes=5)  # those of several machines, at most
_TRASH_EVENTS = [SessionEvent.Kind.ARTIFACT_DELETED, SessionEvent.Kind.ARTIFACT_RESTORED]


class Told(NamedTuple):
    """The last event of an artifact about what an action changes. `bulk`: the action that it was a part of."""

    bulk: str | None
    tags: dict[str, list[str]]


def clean_argument(kind: str, argument: object) -> str:
    """The tag; for a renaming, of a pair, the tag and behind a line end what it becomes."""
    if kind == Kind.RETAG_ARTIFACTS:
        pair = argument if isinstance(argument, tuple) else (argument, None)
        tag, into = (_clean_tag(field, text) for field, text in zip(("tag", "into"), pair, strict=True))
        if tag == into:
            raise InvalidField("into", "another tag", "the same one")
        return f"{tag}\n{into}"
    return "" if kind == Kind.TRASH_ARTIFACTS else _clean_tag("tag", argument)


def load(action: BulkAction, keys: Collection[UUID]) -> dict[UUID, Artifact | Problem]:
    in_trash = action.undoes is not None and action.kind == Kind.TRASH_ARTIFACTS
    return get_artifacts_for_change(action.actor, keys, in_trash=in_trash)


def change(artifact: Artifact, action: BulkAction) -> None:
    if action.kind == Kind.TRASH_ARTIFACTS:
        delete_artifact(artifact, actor=action.actor, bulk_id=action.pk)
        return
    names = artifact.tag_names
    tag, _, into = action.argument.partition("\n")
    if action.kind == Kind.TAG_ARTIFACTS:
        if tag in names:
            raise Conflict("it has this tag already")
        names = [*names, tag]
    elif tag not in names:
        raise Conflict("it does not have this tag")
    elif into and into not in names:
        names = [into if name == tag else name for name in names]
    else:
        names = [name for name in names if name != tag]
    update_artifact_tags(artifact, actor=action.actor, tags=names, bulk_id=action.pk)


def take_back(artifact: Artifact, undo: BulkAction, action: BulkAction, told: Told) -> None:
    if action.kind == Kind.TRASH_ARTIFACTS:
        restore_artifact(artifact, actor=undo.actor, bulk_id=undo.pk)
        return
    before, after = told.tags["before"], told.tags["after"]
    names = [name for name in artifact.tag_names if name not in after or name in before]
    for place, name in enumerate(before):
        if name not in after:
            names.insert(place, name)
    update_artifact_tags(artifact, actor=undo.actor, tags=names, bulk_id=undo.pk)


def last_changes(action: BulkAction, keys: Collection[UUID]) -> dict[UUID, Told]:
    """Of each artifact the last event about what `action` changed, since it began."""
    about = set(action.argument.split("\n"))
    kinds = _TRASH_EVENTS if action.kind == Kind.TRASH_ARTIFACTS else [SessionEvent.Kind.ARTIFACT_UPDATED]
    sessions = Artifact.objects.filter(pk__in=keys).values("session")
    events = SessionEvent.objects.filter(session__in=sessions, kind__in=kinds)
    events = events.filter(at__gte=action.created_at - CLOCKS_DIFFER_BY)
    events = events.filter(details__artifact_id__in=[str(key) for key in keys])
    last: dict[UUID, Told] = {}
    told = events.order_by("pk").values_list("details__artifact_id", "details__bulk", "details__tags")
    for key, bulk, tags in told:
        if not tags or set(tags["before"]) & about != set(tags["after"]) & about:
            last[UUID(key)] = Told(bulk, tags)
    return last


def _clean_tag(field: str, tag: object) -> str:
    return clean_text(field, tag, minimum=1, maximum=TAG_MAX_CHARACTERS, one_line=True)
