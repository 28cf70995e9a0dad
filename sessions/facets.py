"""How many sessions of a list have which status, tag, owner and team."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from llmspell_web.teams.models import Team, User
from sessions.access import teams_of
from sessions.course import Course
from sessions.finding import count_rows, some_values
from sessions.models import Session, SessionTag
from sessions.wanted import Condition, owner_condition, status_condition, tag_condition, team_condition

EXACT_MAX = 10_000  # beyond this a count says "10,000+"
SHOWN_MAX = 8  # tags and owners
FIRST_ROWS = 1000  # of a longer list: where tags and owners that are shown come from

_Row = tuple[UUID, str, UUID, UUID]  # key, status, creator, team


@dataclass(frozen=True)
class FacetCount:
    """`count` goes up to one more than EXACT_MAX. `is_exact`: finding more would have taken too long otherwise."""

    value: str
    count: int
    is_exact: bool = True

    @property
    def text(self) -> str:
        if self.count > EXACT_MAX:
            return f"{EXACT_MAX:,}+"
        return f"{self.count:,}" if self.is_exact else f"{self.count:,}+"


@dataclass(frozen=True)
class Facets:
    """Tags and owners: the most frequent among some rows of the list. Teams: all of a member of several, or none."""

    total: FacetCount
    status: list[FacetCount]
    tag: list[FacetCount]
    owner: list[FacetCount]
    team: list[FacetCount]


@dataclass(frozen=True)
class _Choice:
    """A value, the condition that it stands for, and how many of the rows that were read have it."""

    value: str
    condition: Condition
    count: int


def count_facets(user: User, wanted: Condition | None, column: str = "updated_at") -> Facets:
    """`column`: by which the list is ordered that the condition was read for. A handful of queries for a list of up to
    EXACT_MAX sessions; else some more for each value shown."""
    teams = teams_of(user)
    course = Course([team.pk for team in teams], column)
    rows, is_exact = some_values(course, wanted, EXACT_MAX + 1, "pk", "status", "created_by", "team")
    is_long = len(rows) > EXACT_MAX

    def count(choice: _Choice) -> FacetCount:
        if not is_long:
            return FacetCount(choice.value, choice.count, is_exact)
        both = choice.condition if wanted is None else wanted & choice.condition
        return FacetCount(choice.value, *count_rows(course, both, EXACT_MAX + 1))

    choices = _choices(rows[:FIRST_ROWS] if is_long else rows, teams, column)
    return Facets(FacetCount("", len(rows), is_exact), *([count(choice) for choice in facet] for facet in choices))


def _choices(rows: Sequence[_Row], teams: Sequence[Team], column: str) -> Iterator[list[_Choice]]:
    """Of status, tag, owner and team."""
    status = Counter(row[1] for row in rows)
    yield [_Choice(value, status_condition([value], column), status[value]) for value in Session.Status.values]
    tags = SessionTag.objects.filter(session__in=[row[0] for row in rows]).values_list("name", flat=True)
    tag = Counter(tags.order_by().iterator())
    yield [_Choice(name, tag_condition(name), tag[name]) for name in _most_frequent(tag)]
    owners = Counter(row[2] for row in rows)
    keys = {user.username: user.pk for user in User.objects.filter(pk__in=owners).only("username")}
    owner = Counter({name: owners[key] for name, key in keys.items()})
    yield [_Choice(name, owner_condition(keys[name], column), owner[name]) for name in _most_frequent(owner)]
    places = Counter(row[3] for row in rows)
    yield [_Choice(team.slug, team_condition(team.pk), places[team.pk]) for team in teams if len(teams) > 1]


def _most_frequent(counts: "Counter[str]") -> list[str]:
    return sorted(counts, key=lambda value: (-counts[value], value))[:SHOWN_MAX]
