"""Up to where an account has read the feed.

Entries are ordered by when they happened, and one that is committed late stands among older ones. So the last minute
before the mark counts as read only for those that were seen: `FeedMark.read` holds their keys.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from llmspell_web.teams.models import User
from llmspell_web.web.counts import count_text
from llmspell_web.web.problems import InvalidField
from llmspell_web.workspace.feed.places import read_moment, write_moment
from llmspell_web.workspace.feed.reading import Entry, FeedPage, find_places
from llmspell_web.workspace.feed.sources import Asked
from llmspell_web.workspace.models import FeedMark
from sessions.access import teams_of
from sessions.fields import describe
from sessions.wanted import Span

MARGIN = timedelta(seconds=60)  # longer than anything takes from its time to its commit
READ_MAX = 100  # keys: more than a page holds
KEY = re.compile(r"[a-z]{1,20}-[0-9a-f-]{1,36}")
NEWS_MAX = 9

# What else the header counts, by rooms above.
_counts: dict[str, Callable[[User], str]] = {}


@dataclass(frozen=True)
class Mark:
    """What happened before `since` was read, and up to `until` what has a key in `read`."""

    since: datetime
    until: datetime
    read: frozenset[str] = frozenset()

    def is_news(self, entry: Entry, reader: User) -> bool:
        """Nobody is told of what they did themselves."""
        if entry.actor_id == reader.pk or entry.at < self.since:
            return False
        return entry.at > self.until or entry.key not in self.read

    def __str__(self) -> str:
        """For a form; `parse` reads it back."""
        return " ".join([write_moment(self.since), write_moment(self.until), *sorted(self.read)])

    @classmethod
    def parse(cls, text: str) -> "Mark":
        try:
            since, until, *read = text.split(" ")
            mark = cls(read_moment(since), read_moment(until), frozenset(read))
        except (ValueError, OverflowError):
            mark = None
        if mark is None or mark.since > mark.until or not all(map(KEY.fullmatch, mark.read)) or len(read) > READ_MAX:
            raise InvalidField("mark", "what the page of the history holds", describe(text))
        return mark


def mark_of(page: FeedPage) -> Mark:
    """That of somebody who has read the newest page and wants to know of nothing below it."""
    if not page.entries:
        now = timezone.now()
        return Mark(now - MARGIN, now)
    newest, oldest = page.entries[0].at, page.entries[-1].at
    since = newest - MARGIN
    if page.older:
        since = max(since, oldest + timedelta(microseconds=1))
    since = min(since, newest)
    return Mark(since, newest, frozenset(entry.key for entry in page.entries if entry.at >= since))


def read_mark(reader: User) -> Mark:
    found = FeedMark.objects.filter(user=reader.pk).first()
    if found is None:
        return Mark(reader.date_joined, reader.date_joined)
    return Mark(found.since, found.until, frozenset(found.read))


def move_mark(reader: User, mark: Mark) -> None:
    """Forwards alone: of two pages that were read, the newer one counts."""
    until = min(mark.until, timezone.now())
    values = {"since": min(mark.since, until), "until": until, "read": sorted(mark.read)}
    with transaction.atomic():
        row, is_new = FeedMark.objects.select_for_update().get_or_create(user=reader, defaults=values)
        if is_new or row.until > until:
            return
        if row.until == until:
            values |= {"since": row.since, "read": sorted({*row.read, *mark.read})[:READ_MAX]}
        FeedMark.objects.filter(pk=row.pk).update(**values)


def register_count(name: str, count: Callable[[User], str]) -> None:
    """Once, while Django starts. `count` gives a number in words, or nothing, as `count_news` does."""
    _counts[name] = count


def read_counts(reader: User) -> dict[str, str]:
    """All numbers of the header, by what they count; `news` is that of the feed."""
    return {"news": count_news(reader), **{name: count(reader) for name, count in _counts.items()}}


def count_news(reader: User) -> str:
    """Of others since the mark: `3`, `9+`, or nothing."""
    mark = read_mark(reader)
    asked = Asked(span=Span(start=mark.since), but_of=reader.pk)
    teams = [team.pk for team in teams_of(reader)]
    places, _ = find_places(teams, asked, None, NEWS_MAX + 1 + len(mark.read))
    count = sum(place.name not in mark.read for place in places)
    return count_text(count, NEWS_MAX) if count else ""
