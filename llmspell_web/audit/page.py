"""What the pages of the audit show."""

from collections.abc import Sequence
from uuid import UUID

from llmspell_web.audit.access import Auditor
from llmspell_web.audit.entries import Told, tell_rows
from llmspell_web.audit.form import AuditForm, members_of
from llmspell_web.audit.models import KeptEvent
from llmspell_web.audit.sources import KEPT, KINDS, SOURCES, AuditAsked
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.web.problems import NotFound
from llmspell_web.workspace.feed.form import PERSONS_OFFERED, TIMES_OFFERED
from llmspell_web.workspace.feed.places import FeedPlace
from llmspell_web.workspace.feed.reading import read_page


def audit_context(form: AuditForm, auditor: Auditor) -> dict[str, object]:
    context: dict[str, object] = {
        "form": form,
        "auditor": auditor,
        "kinds": [(name, label, name in form.kinds_chosen) for name, label in KINDS],
        "persons": _persons(auditor.teams),
        "times": TIMES_OFFERED,
    }
    if not form.is_valid():
        return context
    teams = team_table(auditor)
    page = read_page(auditor.user, list(teams), form.asked, form.cursor, SOURCES)
    found = [(entry.place, entry.told) for entry in page.entries]
    return context | {"page": page, "rows": tell_rows(found, teams, auditor.user)}


def team_table(auditor: Auditor) -> dict[UUID, Team]:
    return {team.pk: team for team in auditor.teams}


def get_entry(auditor: Auditor, source_name: str, text: str) -> Told:
    """The whole of one. An event goes by the same name when what it tells of was deleted for good. NotFound alike for
    one that is missing or hidden."""
    source = next((source for source in SOURCES if source.name == source_name), None)
    try:
        key = source.read_key(text) if source else None
    except ValueError:
        key = None
    if source is None or key is None:
        raise NotFound("there is no such entry")
    teams = team_table(auditor)
    asked = AuditAsked(members_of=members_of(auditor, None))
    condition = source.condition(asked)
    assert condition is not None
    rows = source.fetch(auditor.user)(source.source.also_in_teams(list(teams)).filter(condition.q, pk=key))
    row = rows.first()
    if row is None:
        kept = KeptEvent.objects.filter(team__in=list(teams), source=source_name, key=text).first()
        if kept is None:
            raise NotFound("there is no such entry")
        source, row = KEPT, kept
    place = FeedPlace(getattr(row, source.column), source, row.pk)
    return tell_rows([(place, row)], teams, auditor.user, shorten=False)[0]


def _persons(teams: Sequence[Team]) -> list[str]:
    theirs = Membership.objects.filter(team__in=teams).values("user")
    names = User.objects.filter(pk__in=theirs).order_by("username").values_list("username", flat=True)
    return list(names[:PERSONS_OFFERED])
