"""Walking a list in its order until a page is full: along the index of each team, or along the rows of a way that lie
in the same order."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL

from llmspell_web.teams.models import Team
from sessions.course import Course, Place
from sessions.source import Listed
from sessions.wanted import Span
from sessions.ways import Way

UNIONS_MAX = 300  # teams: SQLite joins 500 questions into one

Selected = tuple[str, tuple[Any, ...]]  # a query for places, and its parameters as the driver takes them


def walk(course: Course, q: Q, last: Place | None, most: int) -> Listed:
    """The first rows of the course, up to the last place, for which `q` holds.

    The keys come first, but for a whole list from its beginning: whole rows are read for what is shown alone. An index
    may say all that is asked; and PostgreSQL, which expects a row behind the start of a page where there are half a
    million, cannot sort them.
    """

    def of_team(team: UUID) -> Listed:
        rows = course.end(course.begin(course.source.in_teams([team]).filter(q), by_index=True), last)
        return course.sort(rows, by_index=True)[:most]

    if len(course.teams) == 1 and not q and course.start is last is None and course.span == Span():
        return of_team(course.teams[0])
    if len(course.teams) > UNIONS_MAX:
        return _sorted(course, q, last)[:most]
    one = len(course.teams) == 1
    keys = of_team(course.teams[0]).values("pk") if one else _first_keys(course, _in_each(course, of_team), most)
    return course.sort(course.source.every().filter(pk__among=keys), by_index=False)[:most]


def far_place(course: Course, guide: Q, stretch: int) -> Place | None:
    """How far a walk of up to `stretch` rows leads; None if there are no more."""
    each = stretch // len(course.teams)

    def skip(team: UUID) -> Listed:
        rows = course.begin(course.source.in_teams([team]).filter(guide), by_index=True)
        return course.sort(course.end(rows, None), by_index=True)[each : each + 1]

    if len(course.teams) == 1:
        found = skip(course.teams[0])
    elif len(course.teams) > UNIONS_MAX:
        found = _sorted(course, guide, None)[stretch : stretch + 1]
    else:
        found = course.source.every().filter(pk__among=_first_keys(course, _in_each(course, skip), 1))
    return next((Place(*row) for row in found.values_list(course.column, "pk")), None)


def _sorted(course: Course, q: Q, last: Place | None) -> Listed:
    """All of it: slow, but right."""
    rows = course.end(course.begin(course.source.in_teams(course.teams).filter(q), by_index=True), last)
    return course.sort(rows, by_index=False)


def walk_way(course: Course, way: Way, q: Q, last: Place | None, most: int) -> Listed:
    """As `walk`, along a way that leads along the course: of each of its rows is asked which match it leads to. Whether
    there is one would be the same, but for PostgreSQL, which may then join with all matches."""
    parts = []
    for line, rows in _lines(course, way):
        matches = course.source.also_in_teams(course.teams).filter(q, pk=OuterRef(line.key))
        found = rows.alias(match=Subquery(matches.values("pk")[:1])).filter(match__isnull=False)
        found = line.sort(line.end(line.begin(found, by_index=True), last), by_index=True)
        parts += _select(line, found[:most])
    keys = _first_keys(course, parts, most)
    return course.sort(course.source.every().filter(pk__among=keys), by_index=False)[:most]


def far_place_of(course: Course, way: Way, stretch: int) -> Place | None:
    """As `far_place`, along the way."""
    lines = _lines(course, way)
    each = stretch // len(lines)
    found = []
    for line, rows in lines:
        behind = line.sort(line.end(line.begin(rows, by_index=True), None), by_index=True)
        found += [Place(*row) for row in behind.values_list(line.column, line.key)[each : each + 1]]
    return (max if course.falling else min)(found, key=lambda place: place.order, default=None)


def _lines(course: Course, way: Way) -> list[tuple[Course, Listed]]:
    found = []
    for part in way.rows:
        rows = part.ask(course.teams)
        assert rows is not None, "an index that leads along an order knows its rows"
        found.append((course.through(rows.model, part.key), rows))
    return found


def _in_each(course: Course, ask: Callable[[UUID], Listed]) -> list[Selected]:
    """What is asked of each team. Compiled once, which costs more than asking; and planned once by PostgreSQL, where
    that does, too."""
    marker = uuid4()
    place = _team_value(marker)
    parts: list[Selected] = []
    for sql, params in _select(course, ask(marker)):
        if connection.vendor == "postgresql":
            parts.append(_laterally(sql, params, place, course.teams))
        else:
            values = [_team_value(team) for team in course.teams]
            parts += [(sql, tuple(value if param == place else param for param in params)) for value in values]
    return parts


def _laterally(sql: str, params: Sequence[Any], place: Any, teams: Sequence[UUID]) -> Selected:
    """The same question of each team, in place of the parameter that is `place`."""
    first, *others = sql.split("%s")
    assert len(others) == len(params)
    text = first + "".join(
        f"{'teams.team' if param == place else '%s'}{other}" for param, other in zip(params, others, strict=True)
    )
    kept = [param for param in params if param != place]
    return f"SELECT found.* FROM unnest(%s::uuid[]) AS teams (team), LATERAL ({text}) AS found", (list(teams), *kept)  # noqa: S608  # as above


def _team_value(team: UUID) -> Any:  # Any: as the driver takes it
    return Team._meta.pk.get_db_prep_value(team, connection)


def _select(line: Course, rows: Listed) -> list[Selected]:
    """The query for the places of these rows; none where Django sees that nothing can match."""
    try:
        return [rows.values_list(line.column, line.key).query.sql_with_params()]
    except EmptyResultSet:
        return []


def _first_keys(course: Course, parts: Sequence[Selected], most: int) -> RawSQL | list[UUID]:
    """Of the places that these give together. Sorted here, without looking up a row."""
    if not parts:
        return []
    every = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS part{number}" for number, (sql, _) in enumerate(parts))  # noqa: S608  # Django's own SQL
    order = "value DESC, key DESC" if course.falling else "value, key"
    sql = f"WITH places (value, key) AS ({every}) SELECT key FROM places ORDER BY {order} LIMIT {most}"  # noqa: S608  # as above
    return RawSQL(sql, [param for _, params in parts for param in params])  # noqa: S611  # as above
