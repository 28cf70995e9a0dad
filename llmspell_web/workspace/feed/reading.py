"""Pages of the feed: what each source tells, merged by time. Any page costs what the first one costs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from llmspell_web.teams.models import User
from llmspell_web.workspace.feed.places import FeedCursor, FeedPlace
from llmspell_web.workspace.feed.sources import SOURCES, Asked, FeedSource
from sessions.access import teams_of
from sessions.course import Course, Place
from sessions.finding import GLANCE, Effort, Fetch, look_for_rows
from sessions.source import Listed

PAGE_SIZE = 50
LOOK = replace(GLANCE, stretch=20_000)


@dataclass(frozen=True)
class Entry:
    """`told` is what `template` prints."""

    place: FeedPlace
    actor_id: UUID
    told: object
    template: str

    @property
    def key(self) -> str:
        """What it goes by on a page."""
        return f"{self.place.source}-{self.place.key}"

    @property
    def at(self) -> datetime:
        return self.place.at


@dataclass(frozen=True)
class FeedPage:
    """Newest first. `older` and `newer` lead to the pages beside it. `is_cut`: the page was left at a bound before it
    was full; there may be more behind `looked_to`."""

    entries: list[Entry]
    older: FeedCursor | None
    newer: FeedCursor | None
    looked_to: datetime | None = None


def read_page(reader: User, asked: Asked, cursor: FeedCursor | None) -> FeedPage:
    """A query for the teams, one or two for each source, and those of what they tell."""
    backwards = cursor is not None and cursor.backwards
    found, cut = _find(reader, asked, cursor, PAGE_SIZE + 1)
    more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    onwards = found[-1][0] if more else cut
    back = found[0][0] if found else cursor.place if cursor else None
    ahead = FeedCursor(onwards, backwards) if onwards else None
    behind = FeedCursor(back, not backwards) if back and cursor else None
    if backwards:
        found.reverse()
        ahead, behind = behind, ahead
    return FeedPage(_tell(found, reader), ahead, behind, cut.at if cut and not more else None)


def read_keys(reader: User, asked: Asked, most: int) -> list[str]:
    """What entries go by, newest first: nothing else of them is read."""
    found, _ = _find(reader, asked, None, most, whole=False)
    return [f"{place.source}-{place.key}" for place, _, _ in found[:most]]


Found = tuple[FeedPlace, FeedSource, Any]  # Any: a row of the source


def _find(
    reader: User, asked: Asked, cursor: FeedCursor | None, most: int, *, whole: bool = True
) -> tuple[list[Found], FeedPlace | None]:
    """From the cursor on, at least `most` where there are so many; and the place behind which nobody has looked. Rows
    that are not whole have a place alone."""
    teams = [team.pk for team in teams_of(reader)]
    falling = cursor is None or not cursor.backwards
    found: list[Found] = []
    ends: list[FeedPlace] = []
    for source in SOURCES:
        condition = source.condition(asked)
        if condition is None:
            continue
        start = cursor.place.within(source) if cursor else None
        course = Course(teams, source.column, falling, start, source=source.source)
        fetch = source.fetch(reader) if whole else _only_places(source)
        rows, last = look_for_rows(course, condition, most, effort=LOOK, fetch=fetch)
        found += [(_place(source, row), source, row) for row in rows]
        ends += [_of(source, last)] if last else []
    found.sort(key=lambda one: one[0].order, reverse=falling)
    if not ends:
        return found, None
    cut = (max if falling else min)(ends, key=lambda place: place.order)
    return [one for one in found if one[0] == cut or (one[0].order > cut.order) == falling], cut


def _only_places(source: FeedSource) -> Fetch:
    return lambda rows: rows.only(source.column)


def _place(source: FeedSource, row: Any) -> FeedPlace:  # Any: a row of the source
    return FeedPlace(getattr(row, source.column), source.name, row.pk)


def _of(source: FeedSource, place: Place) -> FeedPlace:
    assert isinstance(place.value, datetime)
    return FeedPlace(place.value, source.name, place.key)


def _tell(found: Sequence[Found], reader: User) -> list[Entry]:
    told: dict[FeedPlace, object] = {}
    for source in SOURCES:
        mine = [(place, row) for place, its, row in found if its is source]
        if mine:
            told |= zip([place for place, _ in mine], source.tell([row for _, row in mine], reader), strict=True)
    return [
        Entry(place, getattr(row, f"{source.actor}_id"), told[place], source.template) for place, source, row in found
    ]
