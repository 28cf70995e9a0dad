"""Where an entry stands in the feed: by its time, and among those of one moment by its source and its key there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from llmspell_web.web.problems import InvalidField
from llmspell_web.workspace.feed.sources import SOURCES, FeedSource
from sessions.course import Place
from sessions.fields import describe

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FeedPlace:
    """`key` is that of the row which the source tells of."""

    at: datetime
    source: FeedSource
    key: Any  # Any: a number or a UUID, as the source's table has it

    def __str__(self) -> str:
        return f"{write_moment(self.at)}.{self.source.name}.{self.key}"

    @classmethod
    def parse(cls, text: str, sources: Sequence[FeedSource] = SOURCES) -> "FeedPlace":
        """What `str()` gives; KeyError, ValueError or OverflowError for anything else."""
        moment, name, key = text.split(".")
        source = {source.name: source for source in sources}[name]
        return cls(read_moment(moment), source, source.read_key(key))

    @property
    def name(self) -> str:
        """What the entry there goes by on a page."""
        return f"{self.source.name}-{self.key}"

    @property
    def order(self) -> tuple[datetime, int, str, Any]:  # Any: as above, compared within one source alone
        return self.at, self.source.rank, self.source.name, self.key

    def within(self, source: FeedSource) -> Place:
        """The same place among the rows of a source: of those of its moment, a source of a higher rank has all above
        it, one of a lower rank all below; their names decide between two of one rank."""
        if source is self.source:
            return Place(self.at, self.key)
        is_above = (source.rank, source.name) > (self.source.rank, self.source.name)
        return Place(self.at, source.lowest if is_above else source.highest)


@dataclass(frozen=True)
class FeedCursor:
    """For the entries before a place, which are older, or with `backwards` for those after it."""

    place: FeedPlace
    backwards: bool = False

    def __str__(self) -> str:
        """For a URL: `before.MICROSECONDS.SOURCE.KEY`; `parse` reads it back."""
        return f"{'after' if self.backwards else 'before'}.{self.place}"

    @classmethod
    def parse(cls, text: str, sources: Sequence[FeedSource] = SOURCES) -> "FeedCursor":
        try:
            direction, _, place = text.partition(".")
            return cls(FeedPlace.parse(place, sources), {"before": False, "after": True}[direction])
        except (ValueError, KeyError, OverflowError):
            raise InvalidField("page", "a link of the history", describe(text)) from None


def write_moment(moment: datetime) -> str:
    """Whole microseconds since 1970."""
    return str((moment - _EPOCH) // timedelta(microseconds=1))


def read_moment(text: str) -> datetime:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise ValueError(text)
    return _EPOCH + timedelta(microseconds=int(text))
