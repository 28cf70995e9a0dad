"""What the URL of the feed asks for. It is the only state."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.web.problems import InvalidField
from llmspell_web.workspace.feed.places import FeedCursor
from llmspell_web.workspace.feed.sources import KINDS, Asked
from sessions.fields import describe
from sessions.models import NO_KEY, Session
from sessions.terms import read_times
from sessions.wanted import Span

PERSONS_OFFERED = 200
TIMES_OFFERED = (">1h", "today", "yesterday", ">7d", ">30d")


class FeedForm(forms.Form):
    """Bound to the query. What there is not, and what the reader may not see, is asked for alike: nothing is found."""

    person = forms.CharField(required=False, max_length=150)
    time = forms.CharField(required=False, max_length=100)
    session = forms.CharField(required=False, max_length=100)
    team = forms.CharField(required=False, max_length=100)
    kind = forms.MultipleChoiceField(
        required=False,
        choices=lambda: KINDS,  # rooms above add theirs
        error_messages={"invalid_choice": "Expected kinds of this list, got %(value)s."},
    )
    page = forms.CharField(required=False, max_length=100)

    def __init__(self, query: QueryDict, reader: User) -> None:
        super().__init__(query)
        self.reader = reader
        self.kinds_chosen = [kind for kind in query.getlist("kind") if kind]

    def clean_person(self) -> UUID | None:
        name = self.cleaned_data["person"]
        return self.reader.pk if name == "me" else _key(User.objects.filter(username=name), name)

    def clean_team(self) -> UUID | None:
        slug = self.cleaned_data["team"]
        return _key(Team.objects.filter(slug=slug), slug)

    def clean_session(self) -> UUID | None:
        text = self.cleaned_data["session"]
        try:
            return _key(Session.objects.in_teams_of(self.reader).filter(pk=UUID(text)), text) if text else None
        except ValueError:
            raise error("the id of a session", text) from None

    def clean_time(self) -> Span:
        text = self.cleaned_data["time"]
        try:
            return Span(*read_times("time", text, timezone.now())) if text else Span()
        except InvalidField as problem:
            raise error(problem.expected, text) from None

    def clean_page(self) -> FeedCursor | None:
        text = self.cleaned_data["page"]
        try:
            return FeedCursor.parse(text) if text else None
        except InvalidField as problem:
            raise error(problem.expected, text) from None

    @property
    def asked(self) -> Asked:
        """Of a form that is valid."""
        found = self.cleaned_data
        return Asked(frozenset(found["kind"]), found["person"], found["session"], found["team"], found["time"])

    @property
    def cursor(self) -> FeedCursor | None:
        cursor: FeedCursor | None = self.cleaned_data["page"]
        return cursor

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name, "").strip() for name in self.fields if name != "page")


def offered_persons(reader: User) -> list[str]:
    """Those in the reader's teams, by name: who else did something there can be typed."""
    theirs = Membership.objects.filter(team__memberships__user=reader.pk).values("user")
    names = User.objects.filter(pk__in=theirs).order_by("username").values_list("username", flat=True)
    return list(names[:PERSONS_OFFERED])


def _key(rows: "QuerySet[Any]", name: str) -> UUID | None:  # Any: accounts, teams or sessions
    """Of the one row, or a key that is nobody's: what there is not is looked for as what may not be seen is."""
    return (rows.values_list("pk", flat=True).first() or NO_KEY) if name else None


def error(expected: str, given: str) -> forms.ValidationError:
    return forms.ValidationError(f"Expected {expected}, got {describe(given)}.")
