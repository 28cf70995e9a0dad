"""Lists that page by key: page 10,000 costs what page 1 costs."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class KeyPage(Generic[M]):
    """`after` is the key that the next page starts behind; empty on the last page."""

    items: list[M]
    after: str


def newest_first(queryset: QuerySet[M], after: str, *, size: int) -> KeyPage[M]:
    """One page of rows by falling key (UUIDv7: newest first). An `after` that is no key means the first page."""
    key = read_key(after)
    if key is not None:
        queryset = queryset.filter(pk__lt=key)
    items = list(queryset.order_by("-pk")[: size + 1])
    more = len(items) > size
    return KeyPage(items[:size], str(items[size - 1].pk) if more else "")


def read_key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def read_position(text: str) -> int | None:
    """The number that a row goes by, from a URL; None for anything that no row can go by."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
