"""What a list of sessions can be asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from django.db.models import Q

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions import conditions
from sessions.fields import clean_json_value, describe, is_storable
from sessions.models import Session
from sessions.querysets import SessionQuerySet

LIMIT_MAX = 1000
OFFSET_MAX = 2**62  # SQLite adds limit and offset in 64 bits
CONDITIONS_MAX = 64  # tags or metadata keys: as many as a session has tags; SQLite takes some hundreds
TEXT_MAX_CHARACTERS = 1000  # far beyond any name; SQLite takes patterns of 50,000 bytes

SortKey = Literal["created_at", "updated_at", "name", "status", "artifact_count"]
SORT_KEYS: tuple[SortKey, ...] = get_args(SortKey)
TEXT_SORT_KEYS = ("name", "status")


@dataclass(frozen=True, kw_only=True)
class SessionFilter:
    """What a list of sessions holds. Conditions that are not given do not filter; all that are given must hold.

    `status` None means every status. `search` is a part of name or description, in any case. `metadata` holds
    values that the session's metadata must have under the same keys. `descending` None: newest and largest first,
    texts from A to Z. Raises `InvalidField` for a value no list can have.
    """

    status: tuple[str, ...] | None = (Session.Status.ACTIVE.value,)
    tags: tuple[str, ...] = ()
    parent_id: UUID | None = None
    created_by: str | None = None
    search: str = ""
    metadata: Mapping[str, object] = field(default_factory=dict)
    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    sort_by: str = "created_at"
    descending: bool | None = None
    limit: int = LIMIT_MAX
    offset: int = 0

    def __post_init__(self) -> None:
        for status in self.status or ():
            if status not in Session.Status.values:
                raise InvalidField("status", f"one of {', '.join(Session.Status.values)}, or all", describe(status))
        if self.sort_by not in SORT_KEYS:
            raise InvalidField("sort_by", f"one of {', '.join(SORT_KEYS)}", describe(self.sort_by))
        check_page(self.limit, self.offset)
        check_texts(self)


def filter_sessions(user: User, wanted: SessionFilter) -> SessionQuerySet:
    """Everything the user can see that the filter holds for, unordered and without limit."""
    sessions = Session.objects.visible_to(user).filter(_field_conditions(wanted))
    if wanted.status is not None:
        sessions = sessions.filter(conditions.has_status(wanted.status))
    for tag in wanted.tags:
        sessions = sessions.filter(pk__in=conditions.tagged(tag).values("session"))
    if wanted.search:
        sessions = sessions.filter(conditions.is_called(wanted.search))
    for key, value in wanted.metadata.items():
        clean = clean_json_value(f"metadata.{key}", value)
        sessions = sessions.filter(conditions.has_metadata([key], clean))
    return sessions


def check_page(limit: int, offset: int, *, maximum: int = LIMIT_MAX) -> None:
    if not 1 <= limit <= maximum:
        raise InvalidField("limit", f"a whole number from 1 to {maximum}", describe(limit))
    if not 0 <= offset <= OFFSET_MAX:
        raise InvalidField("offset", f"a whole number from 0 to {OFFSET_MAX}", describe(offset))


def check_texts(wanted: object) -> None:
    """Refuse what no database holds, in any field of a filter (PostgreSQL fails on a NUL even in a question), and
    what would keep it busy for long: very long texts, very many conditions."""
    for item in fields(wanted):  # type: ignore[arg-type]  # a dataclass's instance
        value = getattr(wanted, item.name)
        texts = value if isinstance(value, tuple | list | Mapping) else [value]
        if len(texts) > CONDITIONS_MAX:
            raise InvalidField(item.name, f"at most {CONDITIONS_MAX}", str(len(texts)))
        for text in texts:
            if isinstance(text, str) and not is_storable(text):
                raise InvalidField(item.name, "text without NUL characters", describe(text))
            if isinstance(text, str) and len(text) > TEXT_MAX_CHARACTERS:
                raise InvalidField(item.name, f"text of at most {TEXT_MAX_CHARACTERS} characters", describe(text))


def _field_conditions(wanted: SessionFilter) -> Q:
    lookups: dict[str, object] = {
        "parent_id": wanted.parent_id,
        "created_by__username": wanted.created_by,
        "created_at__gt": wanted.created_after,
        "created_at__lt": wanted.created_before,
        "updated_at__gt": wanted.updated_after,
        "updated_at__lt": wanted.updated_before,
    }
    return Q(**{lookup: value for lookup, value in lookups.items() if value is not None})
