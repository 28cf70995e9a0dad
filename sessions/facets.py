"""How many rows of a list have which status, tag, owner and so on."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Model

from llmspell_web.teams.models import Team, User
from llmspell_web.web.counts import EXACT_MAX, count_text
from sessions.access import teams_of
from sessions.course import Course
from sessions.finding import all_rows, count_rows, some_values
from sessions.source import Listed, Source
from sessions.wanted import Condition

SHOWN_MAX = 8  # tags and owners
FIRST_ROWS = 1000  # of a longer list: where tags and owners that are shown come from

WHOLE_MAX = 200_000  # rows of a way by which a longer list is counted as a whole

# Any: what a column holds, as it comes from the database.
Tally = Mapping[str, "Counter[Any]"]  # of each column, how many rows have which value; tags under TAGS
TAGS = "tags"


@dataclass(frozen=True)
class FacetCount:
    """`count` goes up to one more than EXACT_MAX. `is_exact`: finding more would have taken too long otherwise."""

    value: str
    count: int
    is_exact: bool = True

    @property
    def text(self) -> str:
        return count_text(self.count, EXACT_MAX, is_exact=self.is_exact)


Shown = list[tuple[str, Any]]  # values as a URL says them, and as the column holds them


@dataclass(frozen=True)
class Facet:
    """The values of one column, or of TAGS, each a value of the form's field of that name. `choose` says which are
    shown, of those that were found; `condition` is for a list in the order of a column. `labels`: what a value is
    called on the page, where that is something else."""

    name: str
    title: str
    column: str
    condition: Callable[[Any, str], Condition]
    choose: Callable[["Counter[Any]", Sequence[Team]], Shown]
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FacetSet:
    """All of a table. `tags` is the model of its tags, and `tagged` its key to a row."""

    source: Source
    tags: type[Model]
    tagged: str
    facets: tuple[Facet, ...]

    @property
    def columns(self) -> list[str]:
        return [facet.column for facet in self.facets if facet.column != TAGS]

    @property
    def words(self) -> str:
        """`status, tags and owner`: the team is counted for members of several alone."""
        titles = [facet.title for facet in self.facets if facet.name != "team"]
        *others, last = [title if title[:2].isupper() else title.lower() for title in titles]
        return f"{', '.join(others)} and {last}"


@dataclass(frozen=True)
class Facets:
    """`counts` under the field's name."""

    total: FacetCount
    counts: Mapping[str, list[FacetCount]]


_Count = Callable[[str, Condition, int], FacetCount]  # of a value, what it stands for, and how many rows were seen to


def every_choice(values: Sequence[str]) -> Callable[["Counter[Any]", Sequence[Team]], Shown]:
    """These, found or not."""
    return lambda _found, _teams: [(value, value) for value in values]


def most_frequent(found: "Counter[Any]", _: Sequence[Team]) -> Shown:
    return [(value, value) for value in _first(found)]


def accounts(found: "Counter[Any]", _: Sequence[Team]) -> Shown:
    """Of keys of accounts the most frequent, by name."""
    names = dict(User.objects.filter(pk__in=found).values_list("username", "pk"))
    return [(name, names[name]) for name in _first(Counter({name: found[key] for name, key in names.items()}))]


def own_teams(_: "Counter[Any]", teams: Sequence[Team]) -> Shown:
    """All of a member of several, or none."""
    return [(team.slug, team.pk) for team in teams if len(teams) > 1]


def count_facets(user: User, counted: FacetSet, wanted: Condition | None, column: str) -> Facets:
    """`column`: by which the list is ordered that the condition was read for. A handful of queries where the list
    has up to EXACT_MAX rows, or a way to it WHOLE_MAX; else some more for each value shown."""
    teams = teams_of(user)
    course = Course([team.pk for team in teams], column, source=counted.source)
    rows, is_exact = some_values(course, wanted, EXACT_MAX + 1, "pk", *counted.columns)
    total = FacetCount("", len(rows), is_exact)
    if len(rows) <= EXACT_MAX:
        return _facets(
            counted, total, teams, column, _tally(counted, rows), lambda value, _, n: FacetCount(value, n, is_exact)
        )
    whole = None if wanted is None else all_rows(course, wanted, WHOLE_MAX)
    if whole is not None:
        return _facets(
            counted, total, teams, column, _tally_whole(counted, whole), lambda value, _, n: FacetCount(value, n)
        )

    def count(value: str, also: Condition, _: int) -> FacetCount:
        return FacetCount(value, *count_rows(course, also if wanted is None else wanted & also, EXACT_MAX + 1))

    return _facets(counted, total, teams, column, _tally(counted, rows[:FIRST_ROWS]), count)


def count_matching(user: User, source: Source, wanted: Condition | None, column: str) -> FacetCount:
    """All that the list holds; `column` as for `count_facets`."""
    course = Course([team.pk for team in teams_of(user)], column, source=source)
    return FacetCount("", *count_rows(course, wanted, EXACT_MAX + 1))


def _facets(
    counted: FacetSet, total: FacetCount, teams: Sequence[Team], column: str, tally: Tally, count: _Count
) -> Facets:
    counts = {}
    for facet in counted.facets:
        found = tally[facet.column]
        chosen = facet.choose(found, teams)
        counts[facet.name] = [count(text, facet.condition(value, column), found[value]) for text, value in chosen]
    return Facets(total, counts)


def _tally(counted: FacetSet, rows: Sequence[tuple[Any, ...]]) -> Tally:
    keys: Sequence[UUID]
    keys, *values = zip(*rows, strict=True) if rows else ((), *((),) * len(counted.columns))
    tally = {column: Counter(found) for column, found in zip(counted.columns, values, strict=True)}
    tags = counted.tags._default_manager.filter(**{f"{counted.tagged}__in": keys}).order_by()
    return tally | {TAGS: Counter(tags.values_list("name", flat=True).iterator())}


def _tally_whole(counted: FacetSet, rows: Listed) -> Tally:
    tally: dict[str, Counter[Any]] = {column: Counter() for column in counted.columns}
    for *values, number in rows.order_by().values_list(*counted.columns).annotate(number=Count("pk")):
        for column, value in zip(counted.columns, values, strict=True):
            tally[column][value] += number
    tags = counted.tags._default_manager.filter(**{f"{counted.tagged}__pk__among": rows.values("pk")}).order_by()
    return tally | {TAGS: Counter(dict(tags.values_list("name").annotate(number=Count("pk"))))}


def _first(counts: "Counter[str]") -> list[str]:
    return [value for value, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:SHOWN_MAX]]
