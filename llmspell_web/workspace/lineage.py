"""Where an artifact comes from and what came of it, as the person who looks may see it. Runs and what they stored that
are hidden, or gone, are not there."""

import hashlib
from dataclasses import dataclass

from django.db.models.functions import Substr

from artifacts.copies import Original, find_original
from artifacts.models import Artifact
from llmspell_web.teams.models import User
from llmspell_web.workspace.access import find_run
from llmspell_web.workspace.models import Run, RunUse
from llmspell_web.workspace.querysets import OPENING_CHARACTERS
from llmspell_web.workspace.run_uses import Inputs, Some, count_more, read_by, stored_by
from sessions.access import teams_of
from sessions.models import Session

READERS_SHOWN = 10
OUTPUTS_SHOWN = 5  # of each later run
LINES_AROUND = 3
LINE_CHARACTERS = 500


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
    # As `Run.visible_to`, by the teams' keys: so that PostgreSQL walks the index and stops when there are enough.
    teams = [team.pk for team in teams_of(reader)]
    uses = RunUse.objects.filter(artifact_id=artifact.pk, act=RunUse.Act.READ, run__team__in=teams).order_by("-run")
    opening = Substr("run__source", 1, OPENING_CHARACTERS)
    rows = uses.select_related("run__user").defer("run__source", "run__result").annotate(opening=opening)
    found = list(rows[: READERS_SHOWN + 1])
    later = []
    for use in found[:READERS_SHOWN]:
        use.run.opening = use.opening  # type: ignore[attr-defined]  # as `for_lists` gives it
        later.append(LaterRun(use.run, use, stored_by(use.run, reader, OUTPUTS_SHOWN, after=use.position)))
    return Some(later, count_more(uses, READERS_SHOWN) if len(found) > READERS_SHOWN else "")
