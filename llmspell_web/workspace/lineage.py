"""Where an artifact comes from and what came of it, as the person who looks may see it.

What is deleted, or hidden from the reader, is neither named nor counted: it is `has_hidden` among what a run had read,
and not there among what came later.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Substr

from artifacts.copies import Original, find_original
from artifacts.models import Artifact
from llmspell_web.teams.models import Membership, User
from llmspell_web.workspace.access import find_run
from llmspell_web.workspace.models import Run, RunUse, UserFile
from llmspell_web.workspace.querysets import OPENING_CHARACTERS
from sessions.models import Session

READERS_SHOWN = 10
OUTPUTS_SHOWN = 5  # of each later run
USES_SHOWN = 50
COUNT_MAX = 1000  # more are told as "1,000+"
LINES_AROUND = 3
LINE_CHARACTERS = 500

Item = TypeVar("Item")


@dataclass(frozen=True)
class Some(Generic[Item]):
    """The first of several; `more` says how many others there are: "", "12" or "1,000+"."""

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


@dataclass(frozen=True)
class SourceLine:
    number: int
    text: str
    is_current: bool


@dataclass(frozen=True)
class Storing:
    """The run that stored an artifact: its script's version (SHA-256) and the lines around the call. `inputs` is None
    for a run of before these were kept."""

    run: Run
    version: str
    lines: list[SourceLine]
    inputs: Inputs | None


@dataclass(frozen=True)
class LaterRun:
    run: Run
    use: RunUse
    outputs: Some[Artifact]


@dataclass(frozen=True)
class Origin:
    """The save that a copied artifact comes from; None for what of it is out of sight."""

    session: Session | None
    save_number: int
    artifact: Artifact | None


@dataclass(frozen=True)
class Lineage:
    artifact: Artifact
    storing: Storing | None  # None also where the run is out of sight
    origin: Origin | None
    before: Artifact | None  # the version that it came after
    same: Artifact | None  # an earlier version with the same content
    later: Some[LaterRun]


def trace_artifact(artifact: Artifact, reader: User) -> Lineage:
    earlier = artifact.session.artifacts.filter(name=artifact.name, version__lt=artifact.version, deleted_at=None)
    has_earlier = artifact.version > 1
    original = find_original(artifact)
    return Lineage(
        artifact,
        _find_storing(artifact, reader),
        _find_origin(original, reader) if original else None,
        earlier.order_by("-version").first() if has_earlier else None,
        earlier.filter(blob=artifact.blob_id).order_by("-version").first() if has_earlier else None,
        _later_runs(artifact, reader),
    )


def describe_uses(run: Run, reader: User) -> dict[str, object]:
    """The context of workspace/_run_uses.html."""
    return {
        "inputs": read_by(run, reader),
        "stored": _stored(run, reader, USES_SHOWN),
        "written": written_by(run, reader),
    }


def read_by(run: Run, reader: User, *, before: int | None = None) -> Inputs:
    """What the run had read up to the position `before`, or until its end, in the order in which it did."""
    rows = run.uses.exclude(act=RunUse.Act.WROTE).order_by("position")
    uses = list(rows if before is None else rows.filter(position__lte=before))
    reads = [use for use in uses if use.act == RunUse.Act.READ]
    used = _in_sight(reads, run, reader)
    return Inputs(_some(used, USES_SHOWN), len(used) < len(reads), len(reads) < len(uses))


def written_by(run: Run, reader: User) -> Some[Used]:
    """The account's files that the run wrote."""
    uses = list(run.uses.filter(act=RunUse.Act.WROTE).order_by("position"))
    return _some(_in_sight(uses, run, reader), USES_SHOWN)


def _in_sight(uses: list[RunUse], run: Run, reader: User) -> list[Used]:
    """Whoever sees a run sees which files it named; what is in them is the account's own."""
    keys = [use.artifact_id for use in uses if use.artifact_id]
    artifacts = Artifact.objects.visible_to(reader).select_related("session").in_bulk(keys) if keys else {}
    files = _current_files(uses, reader) if run.user_id == reader.pk else None
    used = []
    for use in uses:
        if use.path:
            used.append(Used(use, None, None if files is None else _is_there(use, files)))
        elif artifact := artifacts.get(use.artifact_id):
            used.append(Used(use, artifact))
    return used


def _current_files(uses: list[RunUse], owner: User) -> dict[str, str]:
    """`{path: digest}` of those that are there."""
    paths = [use.path for use in uses if use.path]
    return dict(UserFile.objects.filter(user=owner, path__in=paths).values_list("path", "blob_id")) if paths else {}


def _is_there(use: RunUse, files: dict[str, str]) -> bool:
    return use.path in files and use.digest in ("", files[use.path])


def _find_storing(artifact: Artifact, reader: User) -> Storing | None:
    run = find_run(reader, artifact.run_id) if artifact.run_id else None
    if run is None:
        return None
    inputs = None if artifact.run_uses is None else read_by(run, reader, before=artifact.run_uses)
    version = hashlib.sha256(run.source.encode()).hexdigest()
    line = artifact.run_line if artifact.run_chunk == "" else None
    return Storing(run, version, lines_around(run.source, line) if line else [], inputs)


def lines_around(source: str, line: int) -> list[SourceLine]:
    """Some lines of a script with that one in the middle; none if there is no such line."""
    lines = source.split("\n")
    if line > len(lines):
        return []
    first = max(1, line - LINES_AROUND)
    shown = enumerate(lines[first - 1 : line + LINES_AROUND], first)
    return [SourceLine(number, text[:LINE_CHARACTERS], number == line) for number, text in shown]


def _find_origin(original: Original, reader: User) -> Origin:
    session = Session.objects.visible_to(reader).filter(pk=original.session_id).first()
    artifact = None
    if original.artifact_id:
        artifact = Artifact.objects.visible_to(reader).filter(pk=original.artifact_id).first()
    return Origin(session, original.save_number, artifact)


def _later_runs(artifact: Artifact, reader: User) -> Some[LaterRun]:
    """The runs in sight that read it, newest first, each with what it stored afterwards."""
    membership = Membership.objects.filter(team=OuterRef("run__team"), user=reader.pk)
    uses = RunUse.objects.filter(Exists(membership), artifact_id=artifact.pk, act=RunUse.Act.READ).order_by("-run")
    opening = Substr("run__source", 1, OPENING_CHARACTERS)
    rows = uses.select_related("run__user").defer("run__source", "run__result").annotate(opening=opening)
    found = list(rows[: READERS_SHOWN + 1])
    later = []
    for use in found[:READERS_SHOWN]:
        use.run.opening = use.opening  # type: ignore[attr-defined]  # as `for_lists` gives it
        later.append(LaterRun(use.run, use, _stored(use.run, reader, OUTPUTS_SHOWN, after=use.position)))
    return Some(later, _more(uses, READERS_SHOWN) if len(found) > READERS_SHOWN else "")


def _stored(run: Run, reader: User, shown: int, *, after: int = 0) -> Some[Artifact]:
    """The artifacts that the run stored, in that order: those from when it had used `after` things."""
    stored = Artifact.objects.visible_to(reader).filter(run_id=run.pk)
    if after:
        stored = stored.filter(run_uses__gte=after)
    found = list(stored.select_related("session").order_by("pk")[: shown + 1])
    return Some(found[:shown], _more(stored, shown) if len(found) > shown else "")


def _more(rows: "QuerySet[Any]", shown: int) -> str:  # Any: of whatever model
    count = rows.order_by().values("pk")[: shown + COUNT_MAX + 1].count() - shown
    return f"{COUNT_MAX:,}+" if count > COUNT_MAX else f"{count:,}"


def _some(items: Sequence[Item], shown: int) -> Some[Item]:
    return Some(items[:shown], f"{len(items) - shown:,}" if len(items) > shown else "")
