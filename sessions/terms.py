"""One term of a search, such as `status:active`: what each field takes, and the condition it stands for."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions import conditions
from sessions.access import parse_id
from sessions.fields import TAG_MAX_CHARACTERS, JsonValue, describe, is_storable
from sessions.filters import TEXT_MAX_CHARACTERS
from sessions.models import Session

FIELDS = ("status", "tag", "owner", "created", "updated", "parent", "meta.KEY", "type", "id", "text")
TIMES = "a time such as >7d, <2h, today, 2026-01-31, >=2026-01-31 or 2026-01-01..2026-01-31"
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"(\d{1,5})([mhdw])")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Condition:
    """`narrow` are small questions that an index answers: every session that matches is among the rows of each."""

    q: Q
    narrow: "tuple[QuerySet[Any, UUID], ...]" = ()

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(self.q & other.q, self.narrow + other.narrow)

    def __or__(self, other: "Condition") -> "Condition":
        return Condition(self.q | other.q)

    def __invert__(self) -> "Condition":
        return Condition(~self.q)


def tag_condition(name: str) -> Condition:
    tagged = conditions.tagged(name).order_by().values_list("session", flat=True)
    return Condition(conditions.has_tag(name), (tagged,))


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
            "created": lambda value: self._time("created", value),
            "updated": lambda value: self._time("updated", value),
            "parent": self._parent,
            "type": self._type,
            "id": lambda value: Condition(Q(pk=parse_id("session", value))),
            "text": lambda value: Condition(conditions.mentions(value)),
        }
        if field not in readers:
            raise InvalidField(field, f"one of the fields {', '.join(FIELDS)}", describe(field))
        return readers[field](text)

    def _status(self, text: str) -> Condition:
        for status in (wanted := text.split(",")):
            if status not in Session.Status.values:
                raise InvalidField("status", f"one of {', '.join(Session.Status.values)}", describe(status))
        return Condition(conditions.has_status(wanted))

    def _tag(self, text: str) -> Condition:
        if len(text) > TAG_MAX_CHARACTERS:
            raise InvalidField("tag", f"a tag of at most {TAG_MAX_CHARACTERS} characters", describe(text))
        return tag_condition(text)

    def _owner(self, text: str) -> Condition:
        owner = self.user if text == "me" else User.objects.filter(username=text).only("pk").first()
        if owner is None:
            return Condition(Q(pk__in=[]))
        owned = Session.objects.filter(created_by=owner.pk).values_list("pk", flat=True)
        return Condition(conditions.is_owned_by(owner.pk), (owned,))

    def _time(self, name: str, text: str) -> Condition:
        """Where the list is ordered by the other time, what follows for that one bounds the walk: nothing is updated
        before it is created."""
        start, end = read_times(name, text, self.now)
        field, follows = f"{name}_at", Q()
        if field == self.column:
            return Condition(conditions.is_within(field, start, end, by_index=True))
        if name == "created" and self.column == "updated_at":
            follows = conditions.is_within("updated_at", start, None, by_index=True)
        elif self.column == "created_at":
            follows = conditions.is_within("created_at", None, end, by_index=True)
        found = conditions.is_within(field, start, end, by_index=False) & follows
        within = Session.objects.filter(conditions.is_within(field, start, end, by_index=True))
        return Condition(found, (within.values_list("pk", flat=True),))

    def _parent(self, text: str) -> Condition:
        if text == "none":
            return Condition(conditions.is_root())
        return Condition(Q(parent_id=parse_id("session", text)))

    def _type(self, text: str) -> Condition:
        return Condition(conditions.holds_artifact(text), (conditions.holders(text).values_list("pk", flat=True),))

    def _metadata(self, path: str, text: str) -> Condition:
        """`12345` stands for the number and for the text; so do `true` and `null`."""
        keys = path.split(".")
        if not all(keys) or not is_storable(path) or len(keys) > 32:
            raise InvalidField(f"meta.{path}", "keys joined by dots, such as meta.model.name", describe(path))
        found = conditions.has_metadata(keys, text)
        for value in _other_readings(text):
            found |= conditions.has_metadata(keys, value)
        return Condition(found)


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
