"""The runs of a session: those that were started in it, and those that touched it from elsewhere."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Sum

from artifacts.models import Artifact
from llmspell_web.teams.models import User
from llmspell_web.web.paging import KeyPage, read_key
from llmspell_web.workspace.models import Run, RunTouch
from llmspell_web.workspace.querysets import RunQuerySet
from sessions.models import Session

PAGE_SIZE = 50


@dataclass(frozen=True)
class Stored:
    """What a run left in the session that is still there."""

    count: int = 0
    size: int = 0


@dataclass(frozen=True)
class SessionRun:
    run: Run
    was_started_here: bool
    stored: Stored


def page_session_runs(session: Session, reader: User, *, status: str = "", after: str = "") -> KeyPage[Run]:
    """Newest first. Two short walks, one for each way to belong to the session, and not one over all runs."""
    visible = Run.objects.visible_to(reader).for_lists()
    if status:
        visible = visible.filter(status=status)
    if (key := read_key(after)) is not None:
        visible = visible.filter(pk__lt=key)
    touched = visible.filter(touches__kind=RunTouch.Kind.SESSION, touches__object_id=session.pk)
    rows: dict[UUID, Run] = {}
    for runs in (visible.filter(session=session.pk), touched):
        rows |= {run.pk: run for run in _first(runs)}
    ordered = sorted(rows.values(), key=lambda run: run.pk, reverse=True)
    more = len(ordered) > PAGE_SIZE
    return KeyPage(ordered[:PAGE_SIZE], str(ordered[PAGE_SIZE - 1].pk) if more else "")


def describe_runs(runs: list[Run], session: Session, reader: User) -> list[SessionRun]:
    """Each run with what it stored in this session: one query for all."""
    artifacts = Artifact.objects.visible_to(reader).filter(session=session.pk, run_id__in=[run.pk for run in runs])
    figures = artifacts.order_by().values_list("run_id").annotate(Count("pk"), Sum("blob__size"))
    stored = {run_id: Stored(count, size) for run_id, count, size in figures}
    return [SessionRun(run, run.session_id == session.pk, stored.get(run.pk, Stored())) for run in runs]


def _first(runs: RunQuerySet) -> list[Run]:
    return list(runs.order_by("-pk")[: PAGE_SIZE + 1])
