"""The life of a run: asked for, stopped, ended, given up."""

import dataclasses
import logging
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from llmspell_web.lua import LimitName, Limits, Outcome
from llmspell_web.teams.models import User
from llmspell_web.web.bell import ring
from llmspell_web.web.problems import Conflict, Forbidden, InvalidField
from llmspell_web.workspace import queue
from llmspell_web.workspace.limits import installed_limits
from llmspell_web.workspace.models import Run
from sessions.access import get_current_session
from sessions.hierarchy import hold_own_team
from sessions.models import Session

logger = logging.getLogger(__name__)


def topic(run_id: UUID) -> str:
    """The bell that rings when a run has new output, new figures or an end."""
    return f"run-{run_id}"


def create_run(
    user: User,
    *,
    source: str,
    name: str = "main.lua",
    arguments: Mapping[int | str, str] | None = None,
    limits: Limits | None = None,
    session: Session | None = None,
    runner: str = "",
) -> Run:
    """Queue a script, or claim it at once for `runner`. Everything it depends on is frozen now: source, arguments,
    limits, and the session it starts with (the account's current one unless given). Raises InvalidField."""
    now = timezone.now()
    session = session or get_current_session(user)
    run = Run(
        user=user,
        team_id=session.team_id if session else user.default_team.pk,
        session=session,
        name=name,
        source=_clean_source(source),
        arguments=[[key, value] for key, value in (arguments or {}).items()],
        limits=dataclasses.asdict(limits or installed_limits()),
        created_at=now,
    )
    if runner:
        run.status, run.runner, run.started_at, run.heartbeat_at = Run.Status.RUNNING, runner, now, now
    with transaction.atomic():
        run.save(force_insert=True)
        if session:
            _follow_session(run, session)
    if not runner:
        queue.wake_runners()
    return run


def _follow_session(run: Run, session: Session) -> None:
    """Who moves a session to another team waits for runs that come into it, or was first: then the run follows."""
    hold_own_team()
    while (team_id := Session.objects.filter(pk=session.pk).values_list("team", flat=True).get()) != run.team_id:
        run.team_id = team_id
        run.save(update_fields=["team"])
        hold_own_team()


def _clean_source(source: str) -> str:
    size = len(source.encode())
    if size > settings.SCRIPT_MAX_BYTES:
        raise InvalidField("source", f"at most {settings.SCRIPT_MAX_BYTES:,} bytes", f"{size:,} bytes")
    if "\0" in source:
        raise InvalidField("source", "text", "a NUL character")
    return source


def request_stop(run: Run, *, actor: User) -> None:
    """End a run, started or not. Raises Conflict if it has ended, Forbidden if it is somebody else's."""
    if run.user_id != actor.pk:
        raise Forbidden(f"only {run.user.get_username()} can stop this run")
    now = timezone.now()
    queued = Run.objects.filter(pk=run.pk, status=Run.Status.QUEUED)
    running = Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING)
    if queued.update(status=Run.Status.STOPPED, stop_requested_at=now, ended_at=now):
        ring(topic(run.pk))
    elif running.update(stop_requested_at=now):
        queue.wake_runners()
    else:
        raise Conflict("this run has already ended")


def finish_run(run: Run, outcome: Outcome) -> None:
    """Record how a run ended. Does nothing if it has been given up meanwhile: an end is written once."""
    error = outcome.error
    run.status = Run.Status(outcome.status)
    if outcome.status == "stopped" and not _stop_was_requested(run):
        run.status = Run.Status.INTERRUPTED  # its runner was told to leave
    run.limit = outcome.limit or ""
    run.error_message = _storable(error.message) if error else ""
    run.error_line = error.line if error else None
    run.error_traceback = _storable(error.traceback) if error else ""
    run.result = outcome.result or ""
    run.usage = usage_table(run.limits, outcome.usage)
    run.layers = dict(outcome.layers)
    run.ended_at = timezone.now()
    names = (
        "status", "limit", "error_message", "error_line", "error_traceback", "result", "usage", "layers", "ended_at",
    )  # fmt: skip
    mine = Run.objects.filter(pk=run.pk, runner=run.runner, status=Run.Status.RUNNING)
    if not mine.update(**{name: getattr(run, name) for name in names}):
        logger.error("run %s ended as %s after it had been given up", run.pk, run.status)
    ring(topic(run.pk))


def _stop_was_requested(run: Run) -> bool:
    asked = run.stop_requested_at is not None  # a process that asked itself
    return asked or Run.objects.filter(pk=run.pk, stop_requested_at__isnull=False).exists()


def interrupt_run(run: Run, reason: str) -> None:
    """End a started run whose process could not go on. Its output stays."""
    running = Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING)
    running.update(status=Run.Status.INTERRUPTED, ended_at=timezone.now(), error_message=reason)
    ring(topic(run.pk))


def interrupt_lost_runs() -> int:
    """End the runs whose process has not been heard of for RUNNER_LOST_SECONDS. Returns how many there were."""
    now = timezone.now()
    silent_since = now - timedelta(seconds=settings.RUNNER_LOST_SECONDS)
    lost = Run.objects.filter(status=Run.Status.RUNNING, heartbeat_at__lt=silent_since)
    reason = "the process that ran this script ended; its output so far is kept"
    count = 0
    for run_id, runner in lost.values_list("pk", "runner"):
        # Asked again: its runner may just have been heard of, or another may have been first.
        if lost.filter(pk=run_id).update(status=Run.Status.INTERRUPTED, ended_at=now, error_message=reason):
            logger.warning("run %s: its runner %s is gone", run_id, runner)
            ring(topic(run_id))
            count += 1
    return count


def save_usage(run: Run, used: Mapping[LimitName, float]) -> None:
    """Show what an active run has used so far."""
    running = Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING)
    running.update(usage=usage_table(run.limits, used))
    ring(topic(run.pk))


def usage_table(limits: Mapping[str, float], used: Mapping[LimitName, float]) -> dict[str, dict[str, float]]:
    """`{limit: {"used": n, "allowed": n}}` for every limit."""
    figures = {str(name): value for name, value in used.items()}
    return {name: {"used": figures.get(name, 0), "allowed": allowed} for name, allowed in limits.items()}


def _storable(text: str) -> str:
    """PostgreSQL holds no NUL character; it is shown escaped, as on the console."""
    return text.replace("\0", "\\x00")
