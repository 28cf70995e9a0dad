"""Asking for a change of many sessions or artifacts, seeing it, cancelling it and taking it back."""

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from llmspell_web.teams.models import User
from llmspell_web.web.bell import ring
from llmspell_web.web.keys import new_key
from llmspell_web.web.problems import Conflict, InvalidField, NotFound
from sessions.access import parse_id
from sessions.bulk_models import KEPT_DAYS, BulkAction, BulkTargets
from sessions.bulk_subjects import subject_of
from sessions.bulk_words import WORDS
from sessions.bulk_work import run_batch
from sessions.pages import find
from sessions.wanted import Condition

AT_ONCE_MAX = 100  # targets that are changed before the answer; more go on in the background
TOPIC = "bulk"  # the bell that wakes the workers
_Status = BulkAction.Status


def matching_keys(user: User, wanted: Condition | None) -> Iterable[UUID]:
    """Of every session that matches now, in rising order: one query, read as it comes."""
    return find(user, wanted).order_by("pk").values_list("pk", flat=True).iterator(chunk_size=10_000)


def start_bulk(
    actor: User, kind: str, keys: Iterable[UUID], *, argument: object = "", query: str | None = None
) -> BulkAction:
    """Change these, a few at once, many in the background. `keys` rise, and name each once.

    Which they are is settled here; what may be done to each is asked when its turn comes. `query` is the filter of the
    list, kept to be shown, where everything that matches was chosen. `InvalidField` for an argument that does not fit
    and for none at all.
    """
    clean = subject_of(kind).clean_argument(kind, argument)
    return _begin(_freeze(BulkAction(actor=actor, kind=kind, argument=clean, query=query), keys))


def undo_bulk(action: BulkAction) -> BulkAction:
    """Take back what the action changed, for whom asked for it, where nobody has changed it again. `Conflict` where
    that is not possible, or not any more."""
    if not action.is_finished:
        raise Conflict("this has not ended yet: cancel it first")
    if not action.changed or action.undoes_id:
        raise Conflict("there is nothing here to take back")
    if action.is_past:
        raise Conflict(f"this ended more than {KEPT_DAYS} days ago: it cannot be taken back any more")
    changed = action.results.filter(reason="").order_by("pk").values_list("target_id", flat=True)
    undo = BulkAction(actor=action.actor, kind=action.kind, argument=action.argument, undoes=action)
    try:
        frozen = _freeze(undo, changed.iterator(chunk_size=10_000))
    except IntegrityError:
        raise Conflict("this has been taken back already") from None
    return _begin(frozen)


def cancel_bulk(action: BulkAction) -> None:
    """End it before the next batch. What was done until then stays, and can be undone."""
    unfinished = BulkAction.objects.filter(pk=action.pk, status__in=[_Status.QUEUED, _Status.RUNNING])
    if not unfinished.update(status=_Status.CANCELLED, ended_at=timezone.now()):
        raise Conflict("this has already ended")


def get_bulk(user: User, action_id: str | UUID) -> BulkAction:
    """`NotFound` also for what others asked for."""
    key = parse_id("bulk action", action_id)
    mine = BulkAction.objects.visible_to(user).select_related("actor", "undoes", "undone_by")
    action = mine.filter(pk=key).first()
    if action is None:
        raise NotFound(f"bulk action not found: {key}")
    return action


def _freeze(action: BulkAction, keys: Iterable[UUID]) -> BulkAction:
    rows = _pack(keys)
    action.total = sum(map(len, rows)) // 16
    if not action.total:
        thing = WORDS[BulkAction.Kind(action.kind)].thing
        raise InvalidField(f"{thing}s", f"at least one {thing}", "none")
    action.created_at = action.heartbeat_at = timezone.now()
    if action.total <= AT_ONCE_MAX:
        action.status, action.worker = _Status.RUNNING, str(new_key())
    starts = range(0, action.total, BulkTargets.TARGETS_A_ROW)
    with transaction.atomic():
        action.save(force_insert=True)
        BulkTargets.objects.bulk_create(
            BulkTargets(action=action, start=start, keys=row) for start, row in zip(starts, rows, strict=True)
        )
    return action


def _begin(action: BulkAction) -> BulkAction:
    """A small one runs here, under a lease as every other: if this process dies with it, a worker goes on."""
    if not action.worker:
        transaction.on_commit(lambda: ring(TOPIC))
        return action
    while run_batch(action, action.worker):
        pass
    action.refresh_from_db()
    return action


def _pack(keys: Iterable[UUID]) -> list[bytes]:
    rows, row = [], bytearray()
    for key in keys:
        row += key.bytes
        if len(row) == 16 * BulkTargets.TARGETS_A_ROW:
            rows.append(bytes(row))
            row.clear()
    return [*rows, bytes(row)] if row else rows
