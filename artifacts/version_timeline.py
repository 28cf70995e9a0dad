"""The versions of one name around one of them, as the artifact's pages show them."""

from dataclasses import dataclass
from typing import TypedDict

from django.urls import reverse
from django.utils.http import urlencode

from artifacts.access import VERSION_MAX
from artifacts.models import Artifact

VERSIONS_SHOWN = 50


@dataclass(frozen=True)
class TimelineEntry:
    """`growth` is how many bytes more than the version before it, which is None for the first."""

    artifact: Artifact
    growth: int | None


class Timeline(TypedDict):
    entries: list[TimelineEntry]
    before: int | None


@dataclass(frozen=True)
class Neighbours:
    """Of one version: the one before it, the one after it and the newest one, where these are others. `last` is the
    number of the newest, `count` how many there are: fewer, where some are in the trash."""

    previous: Artifact | None
    next: Artifact | None
    newest: Artifact | None
    last: int
    count: int


def read_timeline(artifact: Artifact, before: int | None) -> Timeline:
    """A page of the versions, newest first; `before` on it is where the next page starts, None on the last."""
    rows = Artifact.objects.filter(session=artifact.session_id, name=artifact.name, deleted_at=None)
    if before is not None:
        rows = rows.filter(version__lt=min(before, VERSION_MAX))
    found = list(rows.select_related("created_by").order_by("-version")[: VERSIONS_SHOWN + 1])
    shown = found[:VERSIONS_SHOWN]
    entries = [
        TimelineEntry(row, row.size - found[place + 1].size if place + 1 < len(found) else None)
        for place, row in enumerate(shown)
    ]
    return {"entries": entries, "before": shown[-1].version if len(found) > VERSIONS_SHOWN else None}


def find_neighbours(artifact: Artifact) -> Neighbours:
    """Three short queries, at most, by the index of the name's versions."""
    rows = Artifact.objects.filter(session=artifact.session_id, name=artifact.name, deleted_at=None)
    rows = rows.only("version", "version_count", "session", "name")
    previous = rows.filter(version__lt=artifact.version).order_by("-version").first()
    if artifact.version_count is not None:
        return Neighbours(previous, None, None, artifact.version, artifact.version_count)
    following = rows.filter(version__gt=artifact.version).order_by("version").first()
    newest = rows.filter(version_count__isnull=False).first()
    if newest is None:  # all of them went to the trash this moment
        return Neighbours(previous, following, None, artifact.version, 1)
    return Neighbours(previous, following, newest, newest.version, newest.version_count or 1)


def permanent_links(artifact: Artifact) -> list[tuple[str, str]]:
    """What each link leads to, and its path."""
    at = reverse("artifacts:at", args=[artifact.session_id])
    name = artifact.name
    return [
        ("This version, by id", artifact.get_absolute_url()),
        ("This version, by name", f"{at}?{urlencode({'artifact': f'{name}@{artifact.version}'})}"),
        ("Always the newest version", f"{at}?{urlencode({'artifact': f'{name}@latest'})}"),
    ]
