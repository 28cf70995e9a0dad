"""What the page of the feed shows, and what a page that stays open is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from llmspell_web.teams.models import Team, User
from llmspell_web.web.problems import InvalidField
from llmspell_web.workspace.feed.form import TIMES_OFFERED, FeedForm, offered_persons
from llmspell_web.workspace.feed.mark import Mark, mark_of, read_mark
from llmspell_web.workspace.feed.places import read_moment, write_moment
from llmspell_web.workspace.feed.reading import Entry, FeedPage, find_places, read_page
from llmspell_web.workspace.feed.sources import KINDS
from sessions.access import teams_of
from sessions.fields import describe
from sessions.wanted import Span

NEW_MAX = 100  # that a page which stays open is told of


@dataclass(frozen=True)
class Row:
    """`is_first_read`: the line that says where the reader was stands above it. `team` is named to who has several."""

    entry: Entry
    team: str
    is_news: bool
    is_first_read: bool


def feed_context(form: FeedForm, reader: User) -> dict[str, object]:
    teams = teams_of(reader)
    context: dict[str, object] = {
        "form": form,
        "kinds": [(name, label, name in form.kinds_chosen) for name, label in KINDS],
        "persons": offered_persons(reader),
        "teams": teams,
        "times": TIMES_OFFERED,
    }
    if not form.is_valid():
        return context
    page = read_page(reader, [team.pk for team in teams], form.asked, form.cursor)
    mark = read_mark(reader)
    context |= {"page": page, "rows": _rows(form, page, mark, teams)}
    if form.cursor is None:
        seen = mark_of(page)
        context["since"] = write_moment(seen.since)
        if not form.is_filtered and _has_unread(page, mark, reader):
            context |= {"mark": seen, "is_all_here": _reaches(page, mark)}
    return context


def new_keys(form: FeedForm, reader: User, since: str) -> list[str]:
    """The newest ones of the filter from that moment on, which lies somewhat before the newest one that is shown: what
    is committed late stands among older ones."""
    try:
        start = read_moment(since)
    except (ValueError, OverflowError):
        raise InvalidField("since", "a time in microseconds", describe(since)) from None
    asked = replace(form.asked, span=form.asked.span & Span(start=start))
    teams = [team.pk for team in teams_of(reader)]
    return [place.name for place in find_places(teams, asked, None, NEW_MAX)[0]]


def _rows(form: FeedForm, page: FeedPage, mark: Mark, teams: Sequence[Team]) -> list[Row]:
    """The line stands between what is newer than the mark and what is not, also where a page ends there."""
    names: dict[UUID | None, str] = {team.pk: team.name for team in teams} if len(teams) > 1 else {}
    rows: list[Row] = []
    above: datetime | None = form.cursor.place.at if form.cursor and not form.cursor.backwards else None
    for entry in page.entries:
        is_first = above is not None and above > mark.until >= entry.at
        rows.append(Row(entry, names.get(entry.team_id, ""), mark.is_news(entry, form.reader), is_first))
        above = entry.at
    return rows


def _has_unread(page: FeedPage, mark: Mark, reader: User) -> bool:
    return any(entry.at > mark.until or mark.is_news(entry, reader) for entry in page.entries)


def _reaches(page: FeedPage, mark: Mark) -> bool:
    """Whether all that is new stands on this page."""
    return page.older is None or page.entries[-1].at < mark.since
