"""What a list of sessions can be asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from llmspell_web.web.problems import InvalidField
from sessions.fields import describe, is_storable
from sessions.models import Session

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
