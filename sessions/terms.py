"""One term of a search, such as `status:active`: what each field takes, and the condition it stands for."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import ClassVar
from uuid import UUID

from llmspell_web.teams.models import Team, User
from llmspell_web.web.problems import InvalidField
from sessions import conditions
from sessions.access import account_key, parse_id
from sessions.fields import TAG_MAX_CHARACTERS, JsonValue, describe, is_storable
from sessions.filters import TEXT_MAX_CHARACTERS
from sessions.models import NO_KEY, Session
from sessions.wanted import (
    Condition,
    child_condition,
    holder_condition,
    id_condition,
    metadata_condition,
    owner_condition,
    root_condition,
    status_condition,
    tag_condition,
    team_condition,
    text_condition,
    time_condition,
)

__all__ = ["Condition", "Reader", "TermReader", "read_times"]

SESSION_FIELDS = ("status", "tag", "owner", "team", "created", "updated", "parent", "meta.KEY", "type", "id", "text")
TIMES = "a time such as >7d, <2h, today, 2026-01-31, >=2026-01-31 or 2026-01-01..2026-01-31"
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"(\d{1,5})([mhdw])")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Reader:
    """Who asks, when, and by which column the list is ordered. Each table has its own, which knows its `fields`."""

    user: User
    now: datetime
    column: str

    fields: ClassVar[tuple[str, ...]]

    def read(self, field: str, text: str) -> Condition:
        """`InvalidField` for a field that there is not, or a value that it does not take."""
        if not text or len(text) > TEXT_MAX_CHARACTERS or not is_storable(text):
            raise InvalidField(field, f"1 to {TEXT_MAX_CHARACTERS} characters", describe(text))
        read = self.reader_of(field)
        if read is None:
            raise InvalidField(field, f"one of the fields {', '.join(self.fields)}", describe(field))
        return read(text)

    def reader_of(self, field: str) -> Callable[[str], Condition] | None:
        raise NotImplementedError

    def team_key(self, text: str) -> UUID:
        """By its short name. One that there is not is looked for as one that the user is not in."""
        return Team.objects.filter(slug=text).values_list("pk", flat=True).first() or NO_KEY

    def account_key(self, text: str) -> UUID:
        """`me`, or a user name."""
        return self.user.pk if text == "me" else account_key(text)


def check_tag(text: str) -> str:
    if len(text) > TAG_MAX_CHARACTERS:
        raise InvalidField("tag", f"a tag of at most {TAG_MAX_CHARACTERS} characters", describe(text))
    return text


class TermReader(Reader):
    """For the list of sessions."""

    fields = SESSION_FIELDS

    def reader_of(self, field: str) -> Callable[[str], Condition] | None:
        if field.startswith("meta."):
            return partial(self._metadata, field.removeprefix("meta."))
        readers: dict[str, Callable[[str], Condition]] = {
            "status": self._status,
            "tag": lambda value: tag_condition(check_tag(value)),
            "owner": self._owner,
            "team": self._team,
            "created": lambda value: self._time("created", value),
            "updated": lambda value: self._time("updated", value),
            "parent": self._parent,
            "type": self._type,
            "id": lambda value: id_condition(parse_id("session", value)),
            "text": _text,
        }
        return readers.get(field)

    def _status(self, text: str) -> Condition:
        for status in (wanted := text.split(",")):
            if status not in Session.Status.values:
                raise InvalidField("status", f"one of {', '.join(Session.Status.values)}", describe(status))
        return status_condition(wanted, self.column)

    def _owner(self, text: str) -> Condition:
        return owner_condition(self.account_key(text), self.column)

    def _team(self, text: str) -> Condition:
        return team_condition(self.team_key(text))

    def _time(self, name: str, text: str) -> Condition:
        return time_condition(name, *read_times(name, text, self.now), self.column)

    def _parent(self, text: str) -> Condition:
        if text == "none":
            return root_condition()
        return child_condition(parse_id("session", text))

    def _type(self, text: str) -> Condition:
        return holder_condition(text)

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
        return found | id_condition(UUID(text))
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
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)  # a year 0 in UTC is none
    return moment, moment + _DAY if len(text) <= 10 else moment
