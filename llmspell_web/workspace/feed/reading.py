"""Pages of the feed: what each source tells, merged by time. Any page costs what the first one costs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from llmspell_web.teams.models import User
from llmspell_web.workspace.feed.places import FeedCursor, FeedPlace
from llmspell_web.workspace.feed.sources import SOURCES, Asked, FeedSource
from sessions.course import Course, Place
from sessions.finding import GLANCE, Fetch, look_for_rows

PAGE_SIZE = 50
LOOK_ROWS = 20_000  # of each source, that one page looks through for what it asks
LOOK_ROWS_EACH = 1_000  # of each team: where one of many teams is the busy one, a page ends at its rows


@dataclass(frozen=True)
class Entry:
    """`told` is what `template` prints."""

    place: FeedPlace
    team_id: UUID | None
    actor_id: UUID | None
    told: object
    template: str

    @property
    def key(self) -> str:
        return self.place.name

    @property
    def at(self) -> datetime:
        return self.place.at


@dataclass(frozen=True)
class FeedPage:
    """Newest first. `older` and `newer` lead to the pages beside it. With `looked_to` the page was left there before it
    was full: there may be more behind it."""

    entries: list[Entry]
    older: FeedCursor | None
    newer: FeedCursor | None
    looked_to: datetime | None = None


def read_page(
    reader: User,
    teams: Sequence[UUID],
    asked: Asked,
    cursor: FeedCursor | None,
    sources: Sequence[FeedSource] = SOURCES,
    size: int = PAGE_SIZE,
) -> FeedPage:
    """`teams` are the reader's. One or two queries for each source, and those of what is shown."""
    backwards = cursor is not None and cursor.backwards
    places, cut = find_places(teams, asked, cursor, size + 1, sources)
    more = len(places) > size
    places = places[:size]
    onwards = places[-1] if more else cut
    back = places[0] if places else cursor.place if cursor else None
    ahead = FeedCursor(onwards, backwards) if onwards else None
    behind = FeedCursor(back, not backwards) if back and cursor else None
    if backwards:
        places.reverse()
        ahead, behind = behind, ahead
    return FeedPage(read_entries(reader, teams, places, sources), ahead, behind, cut.at if cut and not more else None)


def find_places(
    teams: Sequence[UUID],
    asked: Asked,
    cursor: FeedCursor | None,
    most: int,
    sources: Sequence[FeedSource] = SOURCES,
) -> tuple[list[FeedPlace], FeedPlace | None]:
    """From the cursor on, up to `most`; and where there are fewer, the place behind which nobody has looked.

    `teams` are the reader's. Places alone: what is shown is then read by its keys, and nothing is joined to what might
    have been.
    """
    falling = cursor is None or not cursor.backwards
    effort = replace(GLANCE, stretch=max(LOOK_ROWS, LOOK_ROWS_EACH * len(teams)), blind=0)
    found: list[FeedPlace] = []
    ends: list[FeedPlace] = []
    for source in sources:
        condition = source.condition(asked)
        if condition is None:
            continue
        start = cursor.place.within(source) if cursor else None
        course = Course(source.parts(teams, asked), source.column, falling, start, source=source.source)
        rows, last = look_for_rows(course, condition, most, effort=effort, fetch=_only_places(source))
        found += [FeedPlace(at, source, key) for at, key in rows]
        ends += [_as_feed_place(source, last)] if last else []
    found.sort(key=_by_order, reverse=falling)
    if not ends:
        return found[:most], None
    cut = (max if falling else min)(ends, key=_by_order)
    return [place for place in found if place == cut or (place.order > cut.order) == falling][:most], cut


def _only_places(source: FeedSource) -> Fetch:
    return lambda rows: rows.values_list(source.column, "pk")


def _as_feed_place(source: FeedSource, place: Place) -> FeedPlace:
    assert isinstance(place.value, datetime)
    return FeedPlace(place.value, source, place.key)


def _by_order(place: FeedPlace) -> tuple[datetime, int, str, Any]:  # Any: as FeedPlace has it
    return place.order


def read_entries(
    reader: User, teams: Sequence[UUID], places: Sequence[FeedPlace], sources: Sequence[FeedSource] = SOURCES
) -> list[Entry]:
    """One that is gone, or has gone out of these teams, since it was found is left out."""
    wanted: dict[tuple[object, ...], set[Any]] = {}  # Any: keys, as FeedPlace has them
    for place in places:
        wanted.setdefault(place.source.reading, set()).add(place.key)
    found: dict[tuple[object, ...], dict[Any, tuple[Any, object]]] = {}  # by its key a row, and what is told of it
    for source in sources:
        if source.reading in wanted.keys() - found.keys():
            keys = wanted[source.reading]
            rows = source.source.every().filter(source.source.is_in_teams(teams), pk__in=keys)
            fetched = list(source.fetch(reader)(rows))
            pairs = zip(fetched, source.tell(fetched, reader), strict=True)
            found[source.reading] = {row.pk: (row, told) for row, told in pairs}
    entries = []
    for place in places:
        row, told = found[place.source.reading].get(place.key, (None, None))
        if row is not None:
            actor = getattr(row, f"{place.source.actor}_id")
            entries.append(Entry(place, getattr(row, "team_id", None), actor, told, place.source.template))
    return entries
