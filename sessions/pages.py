"""Pages of a list of sessions by key: any page costs what the first one costs, and stays put while rows are added."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import BooleanField, F, Field, Func, Value

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions.fields import describe, is_storable
from sessions.models import Session
from sessions.querysets import SessionQuerySet
from sessions.terms import Condition

COLUMNS = {
    "updated": "updated_at",
    "created": "created_at",
    "name": "name",
    "status": "status",
    "artifacts": "artifact_count",
    "size": "total_artifact_size",
}
NARROW_MAX = 4000  # rows that are fetched by key and sorted rather than looked for in the list's order
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SortValue = datetime | str | int


@dataclass(frozen=True)
class Order:
    name: str = "updated"
    descending: bool = True

    @classmethod
    def parse(cls, text: str) -> "Order":
        """`name` from A to Z, `-updated` newest first."""
        name = text.removeprefix("-")
        if name not in COLUMNS:
            raise InvalidField("sort", f"one of {', '.join(COLUMNS)}, with - in front for falling", describe(text))
        return cls(name, text.startswith("-"))

    def __str__(self) -> str:
        return f"{'-' if self.descending else ''}{self.name}"

    @property
    def column(self) -> str:
        return COLUMNS[self.name]


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
            return cls(_read(value, order.column), UUID(key), {"after": False, "before": True}[direction])
        except (ValueError, KeyError, OverflowError):
            raise InvalidField("page", "a link of this list", describe(text)) from None


@dataclass(frozen=True)
class SessionPage:
    """Rows with tags, creator and team. A cursor is None where the list ends."""

    sessions: list[Session]
    next: Cursor | None
    previous: Cursor | None


def find(user: User, wanted: Condition | None, *, narrow_max: int = NARROW_MAX) -> SessionQuerySet:
    """Every session the user can see that the condition holds for, unordered.

    Asks the condition's small questions first: one with few rows is a better way in than the order of the list.
    """
    sessions = Session.objects.visible_to(user)
    if wanted is None:
        return sessions
    for rows in wanted.narrow:
        keys = list(rows[: narrow_max + 1])
        if len(keys) <= narrow_max:
            sessions = sessions.filter(pk__in=keys)
            break
    return sessions.filter(wanted.q)


def page_sessions(
    user: User, wanted: Condition | None, order: Order, *, limit: int, after: Cursor | None = None
) -> SessionPage:
    """`limit` sessions from the cursor on. Costs two queries, the tags' among them, and those of `find`."""
    backwards = after is not None and after.backwards
    sessions = find(user, wanted).select_related("created_by", "team").prefetch_related("tags")
    falling = order.descending != backwards
    if after is not None:
        sessions = sessions.filter(_Beyond(order.column, after, falling))
    sign = "-" if falling else ""
    rows = list(sessions.order_by(f"{sign}{order.column}", f"{sign}id")[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, after is not None)
    if not rows:
        return SessionPage([], None, None)
    return SessionPage(
        rows,
        Cursor(getattr(rows[-1], order.column), rows[-1].pk) if has_next else None,
        Cursor(getattr(rows[0], order.column), rows[0].pk, backwards=True) if has_previous else None,
    )


def walk_sessions(
    user: User, wanted: Condition | None, *, after: UUID | None = None, size: int = 500
) -> Iterator[list[Session]]:
    """Everything that `find` finds with tags, creator and team, in the order of its keys: up to `size` at a time.

    To go on later, give the last key of the last batch as `after`. Each batch is read when it is asked for, so a session
    that is changed or deleted meanwhile is given as it is then, or not at all; a new one comes last, or not at all.
    """
    sessions = find(user, wanted).select_related("created_by", "team").prefetch_related("tags").order_by("pk")
    while batch := list((sessions if after is None else sessions.filter(pk__gt=after))[:size]):
        yield batch
        after = batch[-1].pk


class _Beyond(Func):
    """`(column, id) < (value, key)`, or `>`: an index of both begins there, however many rows share the value."""

    output_field = BooleanField()

    def __init__(self, column: str, cursor: Cursor, falling: bool) -> None:
        field: Field[object, object] = Session._meta.get_field(column)  # type: ignore[assignment]  # never a relation
        value = Value(cursor.value, output_field=field)
        key = Value(cursor.key, output_field=Session._meta.pk)
        sides = [Func(F(column), F("id"), function=""), Func(value, key, function="")]
        super().__init__(*sides, function="", arg_joiner=" < " if falling else " > ")


def _write(value: SortValue) -> str:
    """Whole microseconds for a moment, base64 for text."""
    if isinstance(value, datetime):
        return str((value - _EPOCH) // timedelta(microseconds=1))
    return urlsafe_b64encode(value.encode()).decode().rstrip("=") if isinstance(value, str) else str(value)


def _read(text: str, column: str) -> SortValue:
    if column in {"name", "status"}:
        value = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        if not is_storable(value):
            raise ValueError(text)
        return value
    number = int(text)
    if abs(number) >= 2**63:
        raise OverflowError(text)
    return number if column not in {"created_at", "updated_at"} else _EPOCH + timedelta(microseconds=number)
