"""How many sessions of a list have which status, tag, owner and team."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from llmspell_web.teams.models import Team, User
from llmspell_web.web.counts import EXACT_MAX, count_text
from sessions.access import teams_of
from sessions.course import Course
from sessions.finding import all_rows, count_rows, some_values
from sessions.models import Session, SessionTag
from sessions.querysets import SessionQuerySet
from sessions.wanted import Condition, owner_condition, status_condition, tag_condition, team_condition

SHOWN_MAX = 8  # tags and owners
FIRST_ROWS = 1000  # of a longer list: where tags and owners that are shown come from

WHOLE_MAX = 200_000  # rows of a way by which a longer list is counted as a whole

_Row = tuple[UUID, str, UUID, UUID]  # key, status, creator, team


@dataclass(frozen=True)
class FacetCount:
    """`count` goes up to one more than EXACT_MAX. `is_exact`: finding more would have taken too long otherwise."""

    value: str
    count: int
    is_exact: bool = True

    @property
    def text(self) -> str:
        return count_text(self.count, EXACT_MAX, is_exact=self.is_exact)


_Count = Callable[[str, Condition, int], FacetCount]  # of a value, what it stands for, and how many rows were seen to


@dataclass(frozen=True)
class Facets:
    """Tags and owners: the most frequent among some rows of the list. Teams: all of a member of several, or none."""

    total: FacetCount
    status: list[FacetCount]
    tag: list[FacetCount]
    owner: list[FacetCount]
    team: list[FacetCount]


@dataclass(frozen=True)
class _Tally:
    """How many rows have which status, tag, creator and team."""

    status: "Counter[str]"
    tag: "Counter[str]"
    owner: "Counter[UUID]"
    team: "Counter[UUID]"


def count_facets(user: User, wanted: Condition | None, column: str = "updated_at") -> Facets:
    """`column`: by which the list is ordered that the condition was read for. A handful of queries where the list
    has up to EXACT_MAX sessions, or a way to it WHOLE_MAX; else some more for each value shown."""
    teams = teams_of(user)
    course = Course([team.pk for team in teams], column)
    rows, is_exact = some_values(course, wanted, EXACT_MAX + 1, "pk", "status", "created_by", "team")
    total = FacetCount("", len(rows), is_exact)
    if len(rows) <= EXACT_MAX:
        return _facets(total, teams, column, _tally(rows), lambda value, _, count: FacetCount(value, count, is_exact))
    whole = None if wanted is None else all_rows(course.teams, wanted, WHOLE_MAX)
    if whole is not None:
        return _facets(total, teams, column, _tally_whole(whole), lambda value, _, count: FacetCount(value, count))

    def count(value: str, also: Condition, _: int) -> FacetCount:
        return FacetCount(value, *count_rows(course, also if wanted is None else wanted & also, EXACT_MAX + 1))

    return _facets(total, teams, column, _tally(rows[:FIRST_ROWS]), count)


def count_matching(user: User, wanted: Condition | None, column: str) -> FacetCount:
    """All that the list holds; `column` as for `count_facets`."""
    course = Course([team.pk for team in teams_of(user)], column)
    return FacetCount("", *count_rows(course, wanted, EXACT_MAX + 1))


def _facets(total: FacetCount, teams: Sequence[Team], column: str, tally: _Tally, count: _Count) -> Facets:
    names = dict(User.objects.filter(pk__in=tally.owner).values_list("username", "pk"))
    owner = Counter({name: tally.owner[key] for name, key in names.items()})
    return Facets(
        total,
        [count(status, status_condition([status], column), tally.status[status]) for status in Session.Status.values],
        [count(tag, tag_condition(tag), number) for tag, number in _most_frequent(tally.tag)],
        [count(name, owner_condition(names[name], column), number) for name, number in _most_frequent(owner)],
        [count(team.slug, team_condition(team.pk), tally.team[team.pk]) for team in teams if len(teams) > 1],
    )


def _tally(rows: Sequence[_Row]) -> _Tally:
    keys, statuses, owners, teams = zip(*rows, strict=True) if rows else ((), (), (), ())
    tags = SessionTag.objects.filter(session__in=keys).order_by().values_list("name", flat=True)
    return _Tally(Counter(statuses), Counter(tags.iterator()), Counter(owners), Counter(teams))


def _tally_whole(sessions: SessionQuerySet) -> _Tally:
    tally = _Tally(Counter(), Counter(), Counter(), Counter())
    groups = sessions.order_by().values_list("status", "created_by", "team").annotate(number=Count("pk"))
    for status, owner, team, number in groups:
        tally.status[status] += number
        tally.owner[owner] += number
        tally.team[team] += number
    tags = SessionTag.objects.filter(session__pk__among=sessions.values("pk")).order_by().values_list("name")
    tally.tag.update(dict(tags.annotate(number=Count("pk"))))
    return tally


def _most_frequent(counts: "Counter[str]") -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:SHOWN_MAX]
