"""What the URL of the audit asks for. It is the only state."""

import re
from uuid import UUID

from django import forms
from django.http import QueryDict

from llmspell_web.audit.access import Auditor
from llmspell_web.audit.entries import holder_of
from llmspell_web.audit.sources import KINDS, SOURCES, AuditAsked
from llmspell_web.teams.models import Membership, Team
from llmspell_web.web.problems import Forbidden, InvalidField
from llmspell_web.workspace.feed.form import FeedForm, error
from llmspell_web.workspace.feed.places import FeedCursor
from sessions.models import NO_KEY

_KEY = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)


class AuditForm(FeedForm):
    """As that of the feed, for what an auditor may see. `object` is the id of something, or a link that has it."""

    session = None  # type: ignore[assignment]  # Django's way to leave a field out
    object = forms.CharField(required=False, max_length=2000)
    request = forms.CharField(required=False, max_length=100)
    kind = forms.MultipleChoiceField(
        required=False,
        choices=KINDS,
        error_messages={"invalid_choice": "Expected kinds of this list, got %(value)s."},
    )

    def __init__(self, query: QueryDict, auditor: Auditor) -> None:
        super().__init__(query, auditor.user)
        self.auditor = auditor

    def clean_team(self) -> UUID | None:
        """Forbidden for a team that one is in without being its admin; any other is missing."""
        slug = self.cleaned_data["team"]
        if not slug:
            return None
        team = Team.objects.filter(slug=slug, memberships__user=self.reader.pk, private_to=None).first()
        if team is not None and team not in self.auditor.teams:
            role = Membership.objects.get(team=team, user=self.reader.pk).role
            raise Forbidden(f"only an admin of the team {team.name} may see its audit: your role is {role}")
        return team.pk if team else NO_KEY

    def clean_object(self) -> UUID | None:
        return _read_key(self.cleaned_data["object"], "the id of something, or a link that ends with it")

    def clean_request(self) -> UUID | None:
        return _read_key(self.cleaned_data["request"], "the id of a request")

    def clean_page(self) -> FeedCursor | None:
        text = self.cleaned_data["page"]
        try:
            return FeedCursor.parse(text, SOURCES) if text else None
        except InvalidField as problem:
            raise error("a link of the audit", text) from problem

    @property
    def asked(self) -> AuditAsked:
        """Of a form that is valid."""
        found = self.cleaned_data
        about = found["object"]
        return AuditAsked(
            kinds=frozenset(found["kind"]),
            person=found["person"],
            team=found["team"],
            span=found["time"],
            about=about,
            holder=holder_of(about) if about else None,
            request=found["request"],
            members_of=members_of(self.auditor, found["team"]),
        )


def members_of(auditor: Auditor, team: UUID | None) -> frozenset[UUID] | None:
    """Whose members' acts as accounts the auditor is told of; None: everybody's."""
    teams = frozenset(one.pk for one in auditor.teams)
    if team is not None:
        return teams & {team}
    return None if auditor.runs_server else teams


def _read_key(text: str, expected: str) -> UUID | None:
    if not text.strip():
        return None
    found = _KEY.findall(text)
    if not found:
        raise error(expected, text)
    return UUID(found[-1])
