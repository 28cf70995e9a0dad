"""Taking away the rows of sessions that were deleted for good: small pieces, each a transaction of its own.

Nobody sees these rows, so nothing depends on when they go. Whoever dies in the middle leaves an unfinished record, and
the next one goes on with it: what is gone stays gone, and what it freed is counted with it.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import CASCADE, SET_NULL, F, Model, QuerySet, Sum
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone

from artifacts.models import Blob
from artifacts.sweeping import referrers, without_referrers
from llmspell_web.trash.models import PurgeRecord
from sessions.models import Session

PIECE = 100  # rows that point at the session
PIECE_BELOW = 1000  # rows that point at these: tags, lines of a manifest
AT_ONCE_SECONDS = 0.5  # of work while somebody waits for the page

Keep = Callable[["QuerySet[Any]", PurgeRecord], None]  # Any: rows of the model that it is registered for
# By model, who keeps what its rows tell, in the transaction that takes them away: set when the apps are ready.
KEEPERS: dict[type[Model], Keep] = {}


def remove_some(records: list[PurgeRecord]) -> None:
    """So that small ones are gone at once: what takes longer is left to the runners' chore."""
    until = time.monotonic() + AT_ONCE_SECONDS
    for record in records:
        while time.monotonic() < until and _remove_piece(record.pk):
            pass


def remove_all(record: PurgeRecord) -> PurgeRecord:
    """However long it takes; the record as it is then."""
    while _remove_piece(record.pk):
        pass
    record.refresh_from_db()
    return record


def go_on_removing() -> bool:
    """Take away a piece of the first session that is not gone yet. Whether there was one."""
    first = PurgeRecord.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True).first()
    return first is not None and _remove_piece(first)


def freed_by(unused: "QuerySet[Blob]") -> int:
    """What contents that nothing points at take in the storage, until `sweep_blobs` gives it back; in bytes."""
    total: int = unused.aggregate(total=Sum("stored_size", default=0))["total"]
    return total


def _remove_piece(record_id: UUID) -> bool:
    """Whether there was something left. One at a time: the record's row is held."""
    with transaction.atomic():
        record = PurgeRecord.objects.select_for_update(of=("self",)).filter(pk=record_id, ended_at=None).first()
        if record is None:
            return False
        for relation in relations_of(Session):
            rows = relation.related_model._base_manager.filter(**{relation.field.name: record.object_id})
            keys = list(rows.values_list("pk", flat=True)[:PIECE])
            if keys:
                _detach(relation, keys) if relation.on_delete is SET_NULL else _delete(relation, keys, record)
                return True
        Session.objects.filter(pk=record.object_id).delete()
        PurgeRecord.objects.filter(pk=record.pk).update(ended_at=timezone.now())
    return True


def relations_of(model: type[Model]) -> Iterator[Any]:  # Any: Django's relations, which the stubs do not describe
    """What goes with a row of the model, or loses sight of it; also what is defined tomorrow."""
    for field in model._meta.get_fields(include_hidden=True):
        if isinstance(field, ForeignObjectRel) and field.on_delete in (CASCADE, SET_NULL):
            yield field


def _detach(relation: Any, keys: list[Any]) -> None:  # Any: as above, and keys of any model
    """In the order of their keys, as everybody locks several."""
    rows = relation.related_model._base_manager.filter(pk__in=keys)
    list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    rows.update(**{relation.field.name: None})


def _delete(relation: Any, keys: list[Any], record: PurgeRecord) -> None:  # Any: as above
    """These rows, or where very much lies below them, a part of that."""
    rows = relation.related_model._base_manager.filter(pk__in=keys)
    for below in relations_of(relation.related_model):
        if below.on_delete is CASCADE:
            found = below.related_model._base_manager.filter(**{f"{below.field.name}__in": keys})
            some = list(found.values_list("pk", flat=True)[: PIECE_BELOW + 1])
            if len(some) > PIECE_BELOW:
                rows = below.related_model._base_manager.filter(pk__in=some[:PIECE_BELOW])
                break
    contents = _contents_below(rows)
    _keep(rows, record)
    rows.delete()
    freed = freed_by(without_referrers(Blob.objects.filter(pk__in=contents)))
    PurgeRecord.objects.filter(pk=record.pk).update(freed_bytes=F("freed_bytes") + freed)


def _keep(rows: "QuerySet[Any]", record: PurgeRecord) -> None:  # Any: as above
    """These rows, and those that go with them."""
    if keep := KEEPERS.get(rows.model):
        keep(rows, record)
    for below in relations_of(rows.model):
        if below.on_delete is CASCADE and (keep := KEEPERS.get(below.related_model)):
            keep(below.related_model._base_manager.filter(**{f"{below.field.name}__in": rows.values("pk")}), record)


def _contents_below(rows: "QuerySet[Any]") -> set[str]:  # Any: as above
    """Of the blobs that these rows point at, or those that go with them."""
    contents: set[str] = set()
    for pointer in referrers():
        if pointer.related_model is rows.model:
            contents |= set(rows.values_list(pointer.field.attname, flat=True))
        for below in relations_of(rows.model):
            if below.related_model is pointer.related_model and below.on_delete is CASCADE:
                going = below.related_model._base_manager.filter(**{f"{below.field.name}__in": rows.values("pk")})
                contents |= set(going.values_list(pointer.field.attname, flat=True))
    return contents
