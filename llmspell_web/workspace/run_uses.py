"""What a run read and stored, as the person who looks may see it.

What is deleted, or hidden from the reader, is neither named nor counted: among what was read it is `has_hidden`, and
among what was stored it is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

from artifacts.models import Artifact
from llmspell_web.teams.models import User
from llmspell_web.web.counts import count_text
from llmspell_web.workspace.models import Run, RunUse, UserFile

USES_SHOWN = 50
COUNT_MAX = 100  # more are told as "100+"

Item = TypeVar("Item")


@dataclass(frozen=True)
class Some(Generic[Item]):
    """The first of several; `more` says how many others there are: "", "12" or "100+"."""

    items: Sequence[Item]
    more: str = ""


@dataclass(frozen=True)
class Used:
    """What a run has read, or a file that it wrote. `artifact` is None for a file. `is_there` says whether the file
    still holds what was read; None for an artifact, and where that is not for the reader to know."""

    use: RunUse
    artifact: Artifact | None
    is_there: bool | None = None


@dataclass(frozen=True)
class Inputs:
    """What a run had read; `is_cut`: and more than is kept of one run."""

    used: Some[Used]
    has_hidden: bool = False
    is_cut: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.used.items or self.has_hidden or self.is_cut)


def describe_uses(run: Run, reader: User) -> dict[str, object]:
    """The context of workspace/_run_uses.html."""
    return {
        "inputs": read_by(run, reader),
        "stored": stored_by(run, reader, USES_SHOWN),
        "written": _describe(list(run.uses.filter(act=RunUse.Act.WROTE).order_by("position")), run, reader),
    }


def read_by(run: Run, reader: User, *, before: int | None = None) -> Inputs:
    """What the run had read up to the position `before`, or until its end, in the order in which it did."""
    rows = run.uses.exclude(act=RunUse.Act.WROTE).order_by("position")
    uses = list(rows if before is None else rows.filter(position__lte=before))
    reads = [use for use in uses if use.act == RunUse.Act.READ]
    seen = _in_sight(reads, reader)
    return Inputs(_describe(seen, run, reader), len(seen) < len(reads), len(reads) < len(uses))


def _in_sight(uses: list[RunUse], reader: User) -> list[RunUse]:
    """Whoever sees a run sees which files it named; what is in them is the account's own."""
    keys = [use.artifact_id for use in uses if use.artifact_id]
    seen = set(Artifact.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    return [use for use in uses if use.path or use.artifact_id in seen]


def _describe(uses: list[RunUse], run: Run, reader: User) -> Some[Used]:
    """The first of several uses that are in sight."""
    shown = uses[:USES_SHOWN]
    keys = [use.artifact_id for use in shown if use.artifact_id]
    artifacts = Artifact.objects.visible_to(reader).select_related("session").in_bulk(keys) if keys else {}
    files = _current_files(shown, reader) if run.user_id == reader.pk else None
    used = [
        Used(use, None, None if files is None else _is_there(use, files))
        if use.path
        else Used(use, artifacts[use.artifact_id])
        for use in shown
        if use.path or use.artifact_id in artifacts
    ]
    return Some(used, f"{len(uses) - len(shown):,}" if len(uses) > len(shown) else "")


def _current_files(uses: list[RunUse], owner: User) -> dict[str, str]:
    """`{path: digest}` of those that are there."""
    paths = [use.path for use in uses if use.path]
    return dict(UserFile.objects.filter(user=owner, path__in=paths).values_list("path", "blob_id")) if paths else {}


def _is_there(use: RunUse, files: dict[str, str]) -> bool:
    return use.path in files and use.digest in ("", files[use.path])


def stored_by(run: Run, reader: User, shown: int, *, after: int = 0) -> Some[Artifact]:
    """The artifacts that the run stored, in that order: those from when it had used `after` things."""
    stored = Artifact.objects.visible_to(reader).filter(run_id=run.pk).order_by("pk")
    if after:
        stored = stored.filter(run_uses__gte=after)
    found = list(stored.select_related("session")[: shown + 1])
    return Some(found[:shown], count_more(stored, shown) if len(found) > shown else "")


def count_more(rows: "QuerySet[Any]", shown: int) -> str:  # Any: of whatever model
    """How many there are beyond those shown, as `Some` tells it. The rows are in the order of an index: so PostgreSQL
    walks it only as far as it counts."""
    count = rows.values("pk")[: shown + COUNT_MAX + 1].count() - shown
    return count_text(count, COUNT_MAX)
