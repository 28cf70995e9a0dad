"""Pages of a list by key: any page costs what the first one costs, and stays put while rows are added."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import CharField, DateTimeField

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions.access import teams_of
from sessions.course import Course, Place, SortValue
from sessions.fields import describe, is_storable
from sessions.finding import PAGE, Effort, Fetch, fetch_all, look_for_rows, smallest_way
from sessions.models import Session
from sessions.source import SESSIONS, Listed, Source
from sessions.wanted import Condition

SESSION_COLUMNS = {
    "updated": "updated_at",
    "created": "created_at",
    "name": "name",
    "status": "status",
    "artifacts": "artifact_count",
    "size": "total_artifact_size",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Orders:
    """What a table can be listed by: a name in URLs for each column that an index of its teams goes on with. `usual` is
    how a list begins."""

    source: Source
    columns: Mapping[str, str]
    usual: str

    def parse(self, text: str) -> "Order":
        """`name` from A to Z, `-updated` newest first."""
        name = text.removeprefix("-")
        if name not in self.columns:
            raise InvalidField("sort", f"one of {', '.join(self.columns)}, with - in front for falling", describe(text))
        return Order(name, text.startswith("-"), self)


SESSION_ORDERS = Orders(SESSIONS, SESSION_COLUMNS, "-updated")


@dataclass(frozen=True)
class Order:
    name: str = "updated"
    descending: bool = True
    orders: Orders = field(default=SESSION_ORDERS, repr=False, hash=False)

    def __str__(self) -> str:
        return f"{'-' if self.descending else ''}{self.name}"

    @property
    def column(self) -> str:
        return self.orders.columns[self.name]

    @property
    def source(self) -> Source:
        return self.orders.source


@dataclass(frozen=True)
class Cursor:
    """A place between two rows of a list: it stands for the rows behind `value` and `key`, or for those before."""

    value: SortValue
    key: UUID
    backwards: bool = False

    def __str__(self) -> str:
        """For a URL: `after.VALUE.KEY`; `parse` reads it back."""
        return f"{'before' if self.backwards else 'after'}.{_write(self.value)}.{self.key.hex}"

    @classmethod
    def parse(cls, text: str, order: Order) -> "Cursor":
        """`InvalidField` for anything that `str()` of a cursor of that order does not give."""
        try:
            direction, value, key = text.split(".")
            return cls(_read(value, order), UUID(key), {"after": False, "before": True}[direction])
        except (ValueError, KeyError, OverflowError):
            raise InvalidField("page", "a link of this list", describe(text)) from None


@dataclass(frozen=True)
class ListPage:
    """A cursor is None where the list ends. `is_cut`: the page was left at a bound, before it was full."""

    rows: list[Any]  # Any: of whichever table is listed
    next: Cursor | None
    previous: Cursor | None
    is_cut: bool = False


def find(user: User, wanted: Condition | None, source: Source = SESSIONS) -> Listed:
    """Every row the user can see that the condition holds for, unordered."""
    rows = source.visible_to(user)
    if wanted is None:
        return rows
    teams = [team.pk for team in teams_of(user)]
    if (way := smallest_way(teams, wanted, PAGE.few)) is not None:
        rows = rows.filter(way.condition(teams))
    return rows.filter(wanted.q)


def page_rows(
    user: User,
    wanted: Condition | None,
    order: Order,
    *,
    limit: int,
    after: Cursor | None = None,
    fetch: Fetch = fetch_all,
    effort: Effort = PAGE,
) -> ListPage:
    """`limit` rows from the cursor on, with what `fetch` asks for. Costs two queries (teams, rows) and those of
    `fetch`, with a condition a few more to find the best way to them. A bounded effort may end in a page that is cut:
    its cursor leads on behind what was looked through."""
    backwards = after is not None and after.backwards
    teams = [team.pk for team in teams_of(user)]
    start = Place(after.value, after.key) if after else None
    course = Course(teams, order.column, order.descending != backwards, start, source=order.source)
    rows, last = look_for_rows(course, wanted, limit + 1, effort=effort, fetch=fetch)
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, after is not None)
    behind = _cursor(rows[-1], order) if rows and has_next else None
    before = _cursor(rows[0], order, backwards=True) if rows and has_previous else None
    if last is not None:
        cut = Cursor(last.value, last.key, backwards)
        behind, before = (behind, cut) if backwards else (cut, before)
    return ListPage(rows, behind, before, is_cut=last is not None)


def _cursor(row: Any, order: Order, *, backwards: bool = False) -> Cursor:  # Any: as above
    return Cursor(getattr(row, order.column), row.pk, backwards)


def walk_sessions(
    user: User, wanted: Condition | None, *, after: UUID | None = None, size: int = 500
) -> Iterator[list[Session]]:
    """Everything that `find` finds with tags, creator and team, in the order of its keys: up to `size` at a time.

    To go on later, give the last key of the last batch as `after`. Each batch is read when it is asked for: a session
    that is changed or deleted meanwhile is given as it is then, or not at all; a new one comes last, or not at all.
    """
    sessions = fetch_all(find(user, wanted)).order_by("pk")
    while batch := list((sessions if after is None else sessions.filter(pk__gt=after))[:size]):
        yield batch
        after = batch[-1].pk


def _write(value: SortValue) -> str:
    """Whole microseconds for a moment, base64 for text."""
    if isinstance(value, datetime):
        return str((value - _EPOCH) // timedelta(microseconds=1))
    return urlsafe_b64encode(value.encode()).decode().rstrip("=") if isinstance(value, str) else str(value)


def _read(text: str, order: Order) -> SortValue:
    kind = order.source.model._meta.get_field(order.column)
    if isinstance(kind, CharField):
        value = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        if not is_storable(value):
            raise ValueError(text)
        return value
    number = int(text)
    if abs(number) >= 2**63:
        raise OverflowError(text)
    return _EPOCH + timedelta(microseconds=number) if isinstance(kind, DateTimeField) else number
