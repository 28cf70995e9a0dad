"""Carrying bulk actions out, a batch of targets at a time.

Each batch is one transaction: the changes, their events, the results and how far the action is. A process that dies
loses nothing of it and repeats nothing; whoever takes the action over goes on behind the last batch.
"""

import time
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from llmspell_web.web.problems import Problem
from sessions.bulk_models import KEPT_DAYS, BulkAction, BulkResult, BulkTargets
from sessions.bulk_subjects import Change, subject_of

GROUP = 20  # targets that are loaded together
BATCH_MAX = 200  # targets a batch, however fast they are changed
BATCH_SECONDS = 0.04  # after so long a batch ends with the target at hand: SQLite's other writers wait for it
LOST_AFTER = timedelta(seconds=10)  # without a batch for so long, another worker takes the action over
REASON_MAX_CHARACTERS = 255
FORGET_AFTER = timedelta(days=KEPT_DAYS + 1)  # an undo that was asked for at the last moment has read what it needs
PIECE_RESULTS, PIECE_TARGETS = 1000, 50  # rows that one statement takes away, about as much work as a batch
_Status = BulkAction.Status


def claim(worker: str) -> BulkAction | None:
    """Take the action that has waited longest, among them those whose worker is gone; None if there is none. No two
    workers get the same one: the conditional UPDATE decides."""
    while True:
        now = timezone.now()
        free = BulkAction.objects.filter(
            Q(status=_Status.QUEUED) | Q(status=_Status.RUNNING, heartbeat_at__lt=now - LOST_AFTER)
        )
        action = free.order_by("heartbeat_at", "pk").first()
        if action is None:
            return None
        if free.filter(pk=action.pk).update(status=_Status.RUNNING, worker=worker, heartbeat_at=now):
            return action


def release(action: BulkAction, worker: str) -> None:
    """Let another worker go on, or this one later, when the others that wait have had their turn."""
    mine = BulkAction.objects.filter(pk=action.pk, worker=worker, status=_Status.RUNNING)
    mine.update(status=_Status.QUEUED, worker="", heartbeat_at=timezone.now())


def break_off(action: BulkAction, worker: str) -> None:
    """End an action that cannot go on. What it did stays, and can be undone."""
    mine = BulkAction.objects.filter(pk=action.pk, worker=worker, status=_Status.RUNNING)
    mine.update(status=_Status.BROKEN, ended_at=timezone.now())


def forget_piece() -> bool:
    """Take away some of what is kept of the action asked for first, if that ended FORGET_AFTER ago: its results, then
    its targets. Whether there was something. One query where there is not, however many actions there are."""
    first = BulkTargets.objects.order_by("pk").select_related("action").only("action__ended_at").first()
    if first is None or first.action.ended_at is None or first.action.ended_at > timezone.now() - FORGET_AFTER:
        return False
    action = first.action
    if action.results.exists():
        BulkResult.objects.filter(pk__in=action.results.values("pk")[:PIECE_RESULTS]).delete()
    else:
        BulkTargets.objects.filter(pk__in=action.targets.values("pk")[:PIECE_TARGETS]).delete()
    return True


def run_batch(action: BulkAction, worker: str) -> bool:
    """Change the next targets. Whether there is more to do for this worker: not when the action has ended, was
    cancelled, or was taken over by another."""
    with transaction.atomic():
        held = BulkAction.objects.select_for_update(of=("self",)).select_related("actor", "undoes")
        now = held.filter(pk=action.pk, worker=worker, status=_Status.RUNNING).first()
        if now is None:
            return False
        until = time.monotonic() + BATCH_SECONDS
        results: list[BulkResult] = []
        while len(results) < min(now.total - now.done, BATCH_MAX) and time.monotonic() < until:
            results += _change_group(now, _read_targets(now, now.done + len(results)), until)
        BulkResult.objects.bulk_create(results)
        refused = Counter(result.reason for result in results if result.reason)
        now.refusals = dict(Counter(now.refusals) + refused)
        now.done += len(results)
        now.changed += len(results) - refused.total()
        now.heartbeat_at = timezone.now()
        if now.done == now.total:
            now.status, now.ended_at = _Status.DONE, now.heartbeat_at
        now.save(update_fields=["refusals", "done", "changed", "heartbeat_at", "status", "ended_at"])
    return not now.is_finished


def _read_targets(action: BulkAction, position: int) -> list[UUID]:
    """The targets from that place on: a group, or what is left of the row."""
    place = position % BulkTargets.TARGETS_A_ROW
    keys = bytes(action.targets.get(start=position - place).keys)
    places = range(16 * place, min(len(keys), 16 * (place + GROUP)), 16)
    return [UUID(bytes=keys[start : start + 16]) for start in places]


def _change_group(action: BulkAction, keys: list[UUID], until: float) -> list[BulkResult]:
    """The results of the first keys: of all, or of those that there was time for, at least one."""
    subject = subject_of(action.kind)
    found = subject.load(action, keys)
    change = subject.changer(action, keys)
    results: list[BulkResult] = []
    for key in keys:
        results.append(BulkResult(action=action, target_id=key, reason=_attempt(change, found[key])))
        if time.monotonic() > until:
            break
    return results


def _attempt(change: Change, found: Any) -> str:  # Any: what the subject loads, or a Problem
    """Why it could not be changed; empty when it was."""
    if isinstance(found, Problem):
        return str(found)[:REASON_MAX_CHARACTERS]
    try:
        change(found)
    except Problem as problem:
        return str(problem)[:REASON_MAX_CHARACTERS]
    return ""
