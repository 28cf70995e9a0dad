"""The audit as a file: what a filter finds, or on the server all there is."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from llmspell_web.audit.access import get_auditor
from llmspell_web.audit.entries import tell_row
from llmspell_web.audit.page import team_table
from llmspell_web.audit.sources import SOURCES, AuditAsked, AuditSource
from llmspell_web.teams.models import Team, User
from llmspell_web.workspace.feed.places import FeedPlace
from llmspell_web.workspace.feed.reading import read_page
from sessions.fields import JsonObject

BATCH_ROWS = 200


def walk_audit(user: User, asked: AuditAsked) -> Iterator[list[JsonObject]]:
    """Newest first, what there is when it begins. Who is no admin any more gets no further: each batch asks again."""
    cursor = None
    while True:
        teams = team_table(get_auditor(user))
        page = read_page(user, list(teams), asked, cursor, SOURCES, size=BATCH_ROWS)
        yield [tell_row(entry.place, entry.told, teams.get(entry.team_id)) for entry in page.entries]  # type: ignore[arg-type]  # None is no key of it
        cursor = page.older
        if cursor is None:
            return


def walk_everything(since: datetime | None, until: datetime | None) -> Iterator[JsonObject]:
    """Of every team and account, what happened from `since` on and before `until`: table by table, each in the order of
    its keys, which no index of a team leads to."""
    for source in SOURCES:
        teams: dict[Any, Team] = {}  # Any: keys of teams, as the rows have them
        for row in _rows(source, since, until).iterator(chunk_size=BATCH_ROWS):
            key = getattr(row, "team_id", None)
            if key is not None and key not in teams:
                teams |= {team.pk: team for team in Team.objects.filter(pk=key)}
            yield tell_row(FeedPlace(getattr(row, source.column), source, row.pk), row, teams.get(key))


def _rows(
    source: AuditSource, since: datetime | None, until: datetime | None
) -> "QuerySet[Any]":  # Any: of whatever table the source reads
    rows = source.source.every().filter(source.source.always, **{f"{source.column}__isnull": False})
    if since:
        rows = rows.filter(**{f"{source.column}__gte": since})
    if until:
        rows = rows.filter(**{f"{source.column}__lt": until})
    found: QuerySet[Any] = source.fetch(User())(rows).order_by("pk")  # nobody, who sees nothing beside the rows
    return found
