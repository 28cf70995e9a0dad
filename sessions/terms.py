"""One term of a search, such as `status:active`: what each field takes, and the condition it stands for."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from llmspell_web.teams.models import Team, User
from llmspell_web.web.problems import InvalidField
from sessions import conditions, ways
from sessions.access import parse_id
from sessions.fields import TAG_MAX_CHARACTERS, JsonValue, describe, is_storable
from sessions.filters import TEXT_MAX_CHARACTERS
from sessions.models import Session
from sessions.ways import Way

FIELDS = ("status", "tag", "owner", "team", "created", "updated", "parent", "meta.KEY", "type", "id", "text")
TIMES = "a time such as >7d, <2h, today, 2026-01-31, >=2026-01-31 or 2026-01-01..2026-01-31"
WAYS_MAX = 8  # of an OR between two sides with several each
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"(\d{1,5})([mhdw])")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """From `start` on, before `end`."""

    start: datetime | None = None
    end: datetime | None = None

    def __and__(self, other: "Span") -> "Span":
        starts = [moment for moment in (self.start, other.start) if moment is not None]
        ends = [moment for moment in (self.end, other.end) if moment is not None]
        return Span(max(starts, default=None), min(ends, default=None))


@dataclass(frozen=True)
class Condition:
    """`q` decides. The rest follows from it and helps to find what it holds for:

    each of `ways` leads to every match; `guide` lets the list walk a shorter index, and `span` bounds it where it is in
    the order of a time (both may say all that `q` says); `is_light`: an index of times holds all that `q` looks at;
    nothing of another team than `teams` matches (None: of any).
    """

    q: Q
    ways: tuple[Way, ...] = ()
    guide: Q = field(default_factory=Q)
    span: Span = Span()
    guide_says_all: bool = False
    is_light: bool = False
    teams: frozenset[UUID] | None = None

    def __and__(self, other: "Condition") -> "Condition":
        teams = [known for known in (self.teams, other.teams) if known is not None]
        return Condition(
            self.q & other.q,
            self.ways + other.ways,
            self.guide & other.guide,
            self.span & other.span,
            self.guide_says_all and other.guide_says_all,
            self.is_light and other.is_light,
            frozenset.intersection(*teams) if teams else None,
        )

    def __or__(self, other: "Condition") -> "Condition":
        both = tuple(one | another for one in self.ways for another in other.ways)
        teams = None if self.teams is None or other.teams is None else self.teams | other.teams
        return Condition(self.q | other.q, both[:WAYS_MAX], teams=teams)

    def __invert__(self) -> "Condition":
        return Condition(~self.q)


EVERYTHING = Condition(Q(), guide_says_all=True, is_light=True)
NOTHING = Condition(Q(pk__in=[]), (Way(()),))


def tag_condition(name: str) -> Condition:
    return Condition(conditions.has_tag(name), (ways.by_tag(name),))


def status_condition(statuses: Sequence[str], column: str) -> Condition:
    """`column`: by which the list is ordered."""
    ways_in = (ways.by_column(Q(status__in=statuses)),)
    q = conditions.has_status(statuses)
    if len(statuses) == 1 and column in {"updated_at", "status"}:
        return Condition(q, ways_in, Q(status=statuses[0]), guide_says_all=True)
    return Condition(q, ways_in)


def owner_condition(user_id: UUID, column: str) -> Condition:
    owned = Q(created_by=user_id)
    q, ways_in = conditions.is_owned_by(user_id), (ways.by_column(owned),)
    return Condition(q, ways_in, owned, guide_says_all=True) if column == "updated_at" else Condition(q, ways_in)


def child_condition(parent_id: UUID) -> Condition:
    return Condition(conditions.is_child_of(parent_id), (ways.by_column(Q(parent=parent_id)),))


def team_condition(team_id: UUID) -> Condition:
    return Condition(conditions.is_in_teams([team_id]), guide_says_all=True, is_light=True, teams=frozenset([team_id]))


def time_condition(name: str, start: datetime | None, end: datetime | None, column: str) -> Condition:
    """Created or updated within. Along the other time, what follows for that one bounds the walk: nothing is updated
    before it is created."""
    if start is end is None:
        return EVERYTHING
    field_name, span = f"{name}_at", Span()
    if field_name == column:
        span = Span(start, end)
    elif (name, column) == ("created", "updated_at"):
        span = Span(start, None)
    elif (name, column) == ("updated", "created_at"):
        span = Span(None, end)
    way = ways.by_column(conditions.is_within(field_name, start, end, by_index=True))
    q = conditions.is_within(field_name, start, end, by_index=False)
    return Condition(q, (way,), span=span, guide_says_all=field_name == column, is_light=True)


def metadata_condition(path: Sequence[str], values: Sequence[JsonValue]) -> Condition:
    """One of the values stands at the path."""
    found = Q()
    for value in values:
        found |= conditions.has_metadata(path, value)
    return Condition(found, (ways.by_value(path, values),))


def text_condition(text: str, q: Q) -> Condition:
    """`q`: where the text has to be."""
    return Condition(q, (ways.by_text(text),))


def _id_condition(key: UUID) -> Condition:
    return Condition(Q(pk=key), (ways.by_column(Q(pk=key)),))


@dataclass(frozen=True)
class TermReader:
    """Who asks, when, and by which column the list is ordered."""

    user: User
    now: datetime
    column: str

    def read(self, field: str, text: str) -> Condition:
        """`InvalidField` for a field that there is not, or a value that it does not take."""
        if not text or len(text) > TEXT_MAX_CHARACTERS or not is_storable(text):
            raise InvalidField(field, f"1 to {TEXT_MAX_CHARACTERS} characters", describe(text))
        if field.startswith("meta."):
            return self._metadata(field.removeprefix("meta."), text)
        readers: dict[str, Callable[[str], Condition]] = {
            "status": self._status,
            "tag": self._tag,
            "owner": self._owner,
            "team": self._team,
            "created": lambda value: self._time("created", value),
            "updated": lambda value: self._time("updated", value),
            "parent": self._parent,
            "type": self._type,
            "id": lambda value: _id_condition(parse_id("session", value)),
            "text": _text,
        }
        if field not in readers:
            raise InvalidField(field, f"one of the fields {', '.join(FIELDS)}", describe(field))
        return readers[field](text)

    def _status(self, text: str) -> Condition:
        for status in (wanted := text.split(",")):
            if status not in Session.Status.values:
                raise InvalidField("status", f"one of {', '.join(Session.Status.values)}", describe(status))
        return status_condition(wanted, self.column)

    def _tag(self, text: str) -> Condition:
        if len(text) > TAG_MAX_CHARACTERS:
            raise InvalidField("tag", f"a tag of at most {TAG_MAX_CHARACTERS} characters", describe(text))
        return tag_condition(text)

    def _owner(self, text: str) -> Condition:
        owner = self.user if text == "me" else User.objects.filter(username=text).only("pk").first()
        return owner_condition(owner.pk, self.column) if owner else NOTHING

    def _team(self, text: str) -> Condition:
        """A team that there is not is as one that the user is not in: nothing to be seen."""
        team = Team.objects.filter(slug=text).only("pk").first()
        return team_condition(team.pk) if team else NOTHING

    def _time(self, name: str, text: str) -> Condition:
        return time_condition(name, *read_times(name, text, self.now), self.column)

    def _parent(self, text: str) -> Condition:
        if text == "none":
            return Condition(conditions.is_root())
        return child_condition(parse_id("session", text))

    def _type(self, text: str) -> Condition:
        return Condition(conditions.holds_artifact(text), (ways.by_artifact(text),))

    def _metadata(self, path: str, text: str) -> Condition:
        """`12345` stands for the number and for the text; so do `true` and `null`."""
        keys = path.split(".")
        if not all(keys) or not is_storable(path) or len(keys) > 32:
            raise InvalidField(f"meta.{path}", "keys joined by dots, such as meta.model.name", describe(path))
        return metadata_condition(keys, [text, *_other_readings(text)])


def _text(text: str) -> Condition:
    """A whole id finds its session as well."""
    found = text_condition(text, conditions.mentions(text))
    try:
        return found | _id_condition(UUID(text))
    except ValueError:
        return found


def _other_readings(text: str) -> list[JsonValue]:
    try:
        value = json.loads(text, parse_constant=lambda _: "")
    except (ValueError, RecursionError):
        return []
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return []
    too_large = isinstance(value, int) and not -(2**63) <= value < 2**63
    return [value] if (value is None or isinstance(value, int | float)) and not too_large else []


def read_times(field: str, text: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """From when on, and before when. An age alone (`7d`) means since then; a day is that whole day, in UTC."""
    try:
        if ".." in text:
            first, last = text.split("..")
            return _moment(first, now)[0], _moment(last, now)[1]
        operator = re.match(r"[<>]?=?", text)
        assert operator is not None
        sign, rest = operator[0], text[operator.end() :]
        start, end = _moment(rest, now)
        if start == end and not sign and _AGE.fullmatch(rest):
            sign = ">"
        ends = {"": (start, end), "=": (start, end), ">": (end, None), ">=": (start, None), "<": (None, start)}
        return ends.get(sign, (None, end))
    except (ValueError, OverflowError):
        raise InvalidField(field, TIMES, describe(text)) from None


def _moment(text: str, now: datetime) -> tuple[datetime, datetime]:
    """Where it begins and where it ends: a day is long, an age and a time of day are moments."""
    if age := _AGE.fullmatch(text):
        moment = now - timedelta(**{_UNITS[age[2]]: int(age[1])})
        return moment, moment
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if text in {"today", "yesterday"}:
        start = midnight if text == "today" else midnight - _DAY
        return start, start + _DAY
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment, moment + _DAY if len(text) <= 10 else moment
