"""How the rows that a condition holds for are found: along the order of a list, or by way of what an index knows.

Neither database can be left to choose: SQLite keeps no figures about its rows, PostgreSQL has averages, and both may
walk a million rows for the ten that match. So a way that leads to few rows is taken at once. Otherwise the list is
walked a bounded stretch, where anything common fills the page. What is left is rare there and not few: then the
smallest way is fetched and sorted.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from sessions.course import Course, Place
from sessions.source import Listed, Source
from sessions.wanted import EVERYTHING, Condition, Span
from sessions.ways import Way

HARDLY_ANY = 100  # rows: looking for fewer costs more
UNIONS_MAX = 300  # teams: SQLite joins 500 questions into one


@dataclass(frozen=True)
class Effort:
    """`few` rows of a way are fetched at once, `light` ones if the index that leads to them says it all. `stretch` rows
    of the order are walked before a way of up to `many`.

    Without an answer then, the rest of the order is walked as well, unless only so much is to be found out `at_least`.
    `bounded`: it is left at the stretch, and somebody who looks at the list may go on behind it.
    """

    few: int
    light: int
    stretch: int
    many: int
    at_least: bool = False
    bounded: bool = False


PAGE = Effort(few=4_000, light=150_000, stretch=20_000, many=400_000)
GLANCE = replace(PAGE, stretch=10_000, bounded=True)
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
        yield _walk(course, wanted.guide, None, most), None
        return
    is_light = wanted.is_light and course.column in {"created_at", "updated_at"}
    if (way := smallest_way(teams, wanted, effort.light if is_light else effort.few)) is not None:
        yield _fetch(course, wanted, way, most, effort), None
        return
    last = _far_place(course, wanted.guide, effort.stretch)
    yield _walk(course, wanted.guide & wanted.q, last, most), last
    if last is None:
        return
    ways = (smallest_way(teams, wanted, size) for size in (effort.many // 10, effort.many))
    if (way := next(filter(None, ways), None)) is not None:
        yield _fetch(course, wanted, way, most, effort), None
    elif not (effort.at_least or effort.bounded):
        yield _walk(course, wanted.guide & wanted.q, None, most), None


def _fetch(course: Course, wanted: Condition, way: Way, most: int, effort: Effort) -> Listed:
    """The keys come first: whole rows are read for what is shown alone."""
    rows = course.begin(_all_by(way, course, wanted), by_index=False)
    if effort.at_least:
        return rows[:most]
    keys = course.sort(rows, by_index=False).values("pk")[:most]
    return course.sort(course.source.every().filter(pk__among=keys), by_index=False)


def _all_by(way: Way, course: Course, wanted: Condition) -> Listed:
    """Only the way is by an index."""
    if way.q is not None:
        return course.source.in_teams(course.teams).filter(way.q, wanted.q)
    return course.source.also_in_teams(course.teams).filter(way.condition(course.teams), wanted.q)


def _walk(course: Course, q: Q, last: Place | None, most: int) -> Listed:
    """The keys come first, as in `_fetch`, but for a whole list from its beginning. An index may say all that is asked;
    and PostgreSQL, which expects a row behind the start of a page where there are half a million, cannot sort them."""

    source = course.source

    def walk(team: UUID) -> Listed:
        rows = course.end(course.begin(source.in_teams([team]).filter(q), by_index=True), last)
        return course.sort(rows, by_index=True)[:most]

    if len(course.teams) == 1 and not q and course.start is last is None and course.span == Span():
        return walk(course.teams[0])
    if len(course.teams) > UNIONS_MAX:
        rows = course.end(course.begin(source.in_teams(course.teams).filter(q), by_index=True), last)
        return course.sort(rows, by_index=False)[:most]
    keys = walk(course.teams[0]).values("pk") if len(course.teams) == 1 else _in_each(source, course.teams, walk)
    return course.sort(source.every().filter(pk__among=keys), by_index=False)[:most]


def _far_place(course: Course, guide: Q, stretch: int) -> Place | None:
    """How far a walk of up to `stretch` rows leads; None if there are no more."""
    each = stretch // len(course.teams)

    def skip(team: UUID) -> Listed:
        rows = course.begin(course.source.in_teams([team]).filter(guide), by_index=True)
        return course.sort(course.end(rows, None), by_index=True)[each : each + 1]

    if len(course.teams) == 1:
        found = skip(course.teams[0])
    else:
        ends = course.source.every().filter(pk__among=_in_each(course.source, course.teams, skip))
        found = course.sort(ends, by_index=False)[:1]
    return next((Place(*row) for row in found.values_list(course.column, "pk")), None)


def _in_each(source: Source, teams: Sequence[UUID], ask: Callable[[UUID], Listed]) -> RawSQL | list[UUID]:
    """The keys of what is asked of each team, joined. Built once: compiling costs more than asking."""
    marker = uuid4()
    try:
        sql, params = ask(marker).values("pk").query.sql_with_params()
    except EmptyResultSet:  # Django sees that nothing can match
        return []
    place = source.key_value(marker, connection)
    parts = [f"SELECT * FROM ({sql}) AS team{number}" for number, _ in enumerate(teams)]  # noqa: S608  # Django's own SQL
    values = [source.key_value(team, connection) if param == place else param for team in teams for param in params]
    return RawSQL(" UNION ALL ".join(parts), values)  # noqa: S611  # as above
