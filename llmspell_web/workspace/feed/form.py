"""What the URL of the feed asks for. It is the only state."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils import timezone

from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.web.problems import InvalidField
from llmspell_web.workspace.feed.places import FeedCursor
from llmspell_web.workspace.feed.sources import KINDS, Asked
from sessions.fields import describe
from sessions.terms import read_times
from sessions.wanted import Span

PERSONS_OFFERED = 200
TIMES_OFFERED = (">1h", "today", "yesterday", ">7d", ">30d")


class FeedForm(forms.Form):
    """Bound to the query. What there is not, and what the reader may not see, is asked for alike: nothing is found."""

    person = forms.CharField(required=False, max_length=150, label="Who")
    time = forms.CharField(required=False, max_length=100, label="When")
    session = forms.CharField(required=False, max_length=100, label="Session")
    team = forms.CharField(required=False, max_length=100, label="Team")
    kind = forms.MultipleChoiceField(
        required=False,
        choices=KINDS,
        label="Kinds",
        error_messages={"invalid_choice": "Expected kinds of this list, got %(value)s."},
    )
    page = forms.CharField(required=False, max_length=100)

    def __init__(self, query: QueryDict, reader: User) -> None:
        super().__init__(query)
        self.reader = reader
        self.kinds_chosen = [kind for kind in query.getlist("kind") if kind]
        self._is_nowhere = False

    def clean_person(self) -> UUID | None:
        name = self.cleaned_data["person"]
        return self._key(User.objects.filter(username=name), name) if name != "me" else self.reader.pk

    def clean_team(self) -> UUID | None:
        slug = self.cleaned_data["team"]
        return self._key(Team.objects.filter(slug=slug), slug)

    def clean_session(self) -> UUID | None:
        text = self.cleaned_data["session"]
        try:
            return UUID(text) if text else None
        except ValueError:
            raise _error("the id of a session", text) from None

    def clean_time(self) -> Span:
        text = self.cleaned_data["time"]
        try:
            return Span(*read_times("time", text, timezone.now())) if text else Span()
        except InvalidField as problem:
            raise _error(problem.expected, text) from None

    def clean_page(self) -> FeedCursor | None:
        text = self.cleaned_data["page"]
        try:
            return FeedCursor.parse(text) if text else None
        except InvalidField as problem:
            raise _error(problem.expected, text) from None

    def _key(self, rows: Any, name: str) -> UUID | None:  # Any: accounts or teams
        if not name:
            return None
        key: UUID | None = rows.values_list("pk", flat=True).first()
        self._is_nowhere |= key is None
        return key

    @property
    def asked(self) -> Asked:
        """Of a form that is valid."""
        found = self.cleaned_data
        return Asked(
            frozenset(found["kind"]), found["person"], found["session"], found["team"], self._is_nowhere, found["time"]
        )

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


def _error(expected: str, given: str) -> forms.ValidationError:
    return forms.ValidationError(f"Expected {expected}, got {describe(given)}.")
