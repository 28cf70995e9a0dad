"""How the rows that a condition holds for are found: along the order of a list, or by way of what an index knows.

Neither database can be left to choose: SQLite keeps no figures about its rows, PostgreSQL has averages, and both may
walk a million rows for the ten that match. So a way that leads to few rows is taken at once. Otherwise the list is
walked a bounded stretch, where anything common fills the page. What is left is rare there and not few: then the
smallest way is fetched and sorted.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Q

from sessions.course import Course, Place
from sessions.source import Listed
from sessions.walking import far_place, far_place_of, walk, walk_way
from sessions.wanted import EVERYTHING, Condition
from sessions.ways import Way

HARDLY_ANY = 100  # rows: looking for fewer costs more
WAYS_TRIED = 3  # that lead along the order: to see how far each leads costs a query


@dataclass(frozen=True)
class Effort:
    """`few` rows of a way are fetched at once, `light` ones if the index that leads to them says it all. `stretch` rows
    of the order are walked before a way of up to `many`; or `apart` rows of a way that leads along the order, as what
    these lead to lies all over the table.

    Without an answer then, the rest of the order is walked as well, unless only so much is to be found out `at_least`.
    `bounded`: it is left at the stretch, and somebody who looks at the list may go on behind it; at one of `blind` rows
    where no way is known.
    """

    few: int
    light: int
    stretch: int
    many: int
    apart: int = 0
    blind: int = 0
    at_least: bool = False
    bounded: bool = False


PAGE = Effort(few=4_000, light=150_000, stretch=20_000, many=400_000, apart=5_000)
GLANCE = replace(PAGE, stretch=10_000, apart=2_500, blind=6_000, bounded=True)
COUNT = Effort(few=100_000, light=400_000, stretch=250_000, many=400_000, at_least=True)


Fetch = Callable[[Any], Any]  # asks for more with the rows of a query: a QuerySet of some table, and the same


def fetch_all(sessions: Listed) -> Listed:
    """With creator, team and tags."""
    return sessions.select_related("created_by", "team").prefetch_related("tags")


def first_rows(
    course: Course,
    wanted: Condition | None,
    most: int,
    *,
    skip: int = 0,
    effort: Effort = PAGE,
    fetch: Fetch = fetch_all,
) -> list[Any]:
    """The first `most` of the course for which the condition holds, with what `fetch` asks for."""
    return look_for_rows(course, wanted, most, skip=skip, effort=effort, fetch=fetch)[0]


def look_for_rows(
    course: Course,
    wanted: Condition | None,
    most: int,
    *,
    skip: int = 0,
    effort: Effort,
    fetch: Fetch,
) -> tuple[list[Any], Place | None]:
    """As `first_rows`; and how far a bounded effort has looked where there are fewer and may be more behind it."""
    found: list[Any] = []
    last = None
    for rows, last in _attempts(course, wanted, skip + most, effort):
        found = list(fetch(rows[skip:]))
        if last is None or len(found) == most:
            return found, None
    return found, last


def some_values(
    course: Course, wanted: Condition | None, most: int, *columns: str, effort: Effort = COUNT
) -> tuple[list[Any], bool]:
    """These columns of up to `most` rows; and False if there may be more although they are fewer."""
    found: list[Any] = []
    for rows, last in _attempts(course, wanted, most, effort):
        found = max(found, list(rows.values_list(*columns)), key=len)
        if last is None or len(found) == most:
            return found, True
    return found, False


def count_rows(course: Course, wanted: Condition | None, most: int, *, effort: Effort = COUNT) -> tuple[int, bool]:
    """How many there are, counted as `some_values` would give them."""
    found = 0
    for rows, last in _attempts(course, wanted, most, effort):
        found = max(found, rows.count())
        if last is None or found == most:
            return found, True
    return found, False


def count_all(course: Course, wanted: Condition) -> int:
    """How many there are, however long that takes."""
    rows = all_rows(course, wanted, PAGE.few)
    if rows is None:
        rows = course.source.in_teams(course.teams).filter(wanted.guide & wanted.q)
    return rows.count()


def all_rows(course: Course, wanted: Condition, most: int) -> Listed | None:
    """Everything that the condition holds for, where some way has no more than `most` rows; else None."""
    way = smallest_way(course.teams, wanted, most)
    return None if way is None else _all_by(way, course, wanted)


def smallest_way(teams: Sequence[UUID], wanted: Condition, most: int) -> Way | None:
    """The one with the fewest rows, if they are no more than `most`; or the first one with hardly any."""
    smallest = None
    for way in wanted.ways:
        size = way.size(teams, most)
        if size <= most:
            smallest, most = way, size
        if most <= HARDLY_ANY:
            break
    return smallest


def _attempts(
    course: Course, wanted: Condition | None, most: int, effort: Effort
) -> Iterator[tuple[Listed, Place | None]]:
    """Up to `most` rows by one way after the other, and the place behind which that way did not look: with None, what
    it does not give is not there at all."""
    wanted = EVERYTHING if wanted is None else wanted.along(course.column)
    teams = [team for team in course.teams if wanted.teams is None or team in wanted.teams]
    course = replace(course, teams=teams, span=wanted.span)
    if not teams:
        yield course.source.every().none(), None
        return
    if wanted.guide_says_all:
        yield walk(course, wanted.guide, None, most), None
        return
    is_light = wanted.is_light and course.column in {"created_at", "updated_at"}
    leading = [way for way in wanted.ways if effort.apart and way.leads_along(course.column)]
    if len(leading) < len(wanted.ways):
        way = smallest_way(teams, wanted, effort.light if is_light else effort.few)
        if way is not None and way not in leading:
            yield _fetch(course, wanted, way, most, effort), None
            return
    way, last = _farthest(course, wanted, leading, effort)
    if way is not None:
        yield walk_way(course, way, _rest(way, wanted), last, most), last
        if last is not None and not effort.bounded:
            yield walk_way(course, way, _rest(way, wanted), None, most), None
        return
    q = wanted.guide & wanted.q
    yield walk(course, q, last, most), last
    if last is None:
        return
    ways = (smallest_way(teams, wanted, size) for size in (effort.many // 10, effort.many))
    if (way := next(filter(None, ways), None)) is not None:
        yield _fetch(course, wanted, way, most, effort), None
    elif not (effort.at_least or effort.bounded):
        yield walk(course, q, None, most), None


def _farthest(
    course: Course, wanted: Condition, leading: Sequence[Way], effort: Effort
) -> tuple[Way | None, Place | None]:
    """How to see most of the list with as much effort, and up to where: by a way that leads along it, or (None) along
    the list itself."""
    best, last = None, None
    for way in leading[:WAYS_TRIED]:
        place = far_place_of(course, way, effort.apart)
        if place is None:
            return way, None
        if last is None or course.is_before(last, place):
            best, last = way, place
    place = far_place(course, wanted.guide, _stretch(course, wanted, effort))
    is_farther = last is None or place is None or course.is_before(last, place)
    return (None, place) if is_farther else (best, last)


def _stretch(course: Course, wanted: Condition, effort: Effort) -> int:
    is_blind = effort.blind and not any(way.is_known(course.teams) for way in wanted.ways)
    return effort.blind if is_blind else effort.stretch


def _fetch(course: Course, wanted: Condition, way: Way, most: int, effort: Effort) -> Listed:
    """The keys come first: whole rows are read for what is shown alone."""
    rows = course.begin(_all_by(way, course, wanted), by_index=False)
    if effort.at_least:
        return rows[:most]
    keys = course.sort(rows, by_index=False).values("pk")[:most]
    return course.sort(course.source.every().filter(pk__among=keys), by_index=False)


def _all_by(way: Way, course: Course, wanted: Condition) -> Listed:
    """Only the way is by an index."""
    rest = _rest(way, wanted)
    if way.q is not None:
        return course.source.in_teams(course.teams).filter(way.q, rest)
    return course.source.also_in_teams(course.teams).filter(way.condition(course.teams), rest)


def _rest(way: Way, wanted: Condition) -> Q:
    """What the way does not say."""
    return wanted.q if way.rest is None else way.rest
