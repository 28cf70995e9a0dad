"""Places on the pages of a room that rooms above it fill. What fills one is registered while Django starts."""

from collections.abc import Callable, Mapping
from typing import Any

# Any: the account that looks, and what the page is about.
Filler = Callable[[Any, Any, Mapping[str, str]], dict[str, object]]
_fillers: dict[str, list[Filler]] = {}


def register(slot: str, filler: Filler) -> None:
    """`filler(reader, object, query)` gives what it adds to the context of the page."""
    _fillers.setdefault(slot, []).append(filler)


def fill(slot: str, reader: Any, shown: Any, query: Mapping[str, str]) -> dict[str, object]:  # Any: as above
    """All that the rooms above add; `query` is that of the page's URL."""
    context: dict[str, object] = {}
    for filler in _fillers.get(slot, []):
        context |= filler(reader, shown, query)
    return context
