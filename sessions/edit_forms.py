"""Forms that change a session, and carry what their author saw of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django import forms
from django.http import QueryDict

from llmspell_web.teams.models import Team, User
from llmspell_web.web.errors import sentence
from llmspell_web.web.forms import showing_problems
from llmspell_web.web.problems import Problem
from sessions.access import get_session_for_change, parse_id
from sessions.edits import ABSENT, Overtaken
from sessions.fields import METADATA_MAX_DEPTH
from sessions.forms import SessionForm
from sessions.json_text import read_json, write_json
from sessions.models import Session
from sessions.placement import possible_owners, possible_teams

SEEN_MAX_CHARACTERS = 1_000_000  # what a form may say that its author saw: every field at its largest fits


def shown_values(session: Session, fields: Sequence[str]) -> dict[str, object]:
    """What a page shows of these fields: the author of an edit has seen it."""
    return {name: session.tag_names if name == "tags" else getattr(session, name) for name in fields}


class SeenForm(forms.Form):
    """An edit together with what its author saw (`seen`, JSON in a hidden field): `{"name": "Chat"}`.

    When somebody else was faster (`showing_overtaken`), the form keeps what was typed, `overtaken` says what it would
    overwrite, and `seen` becomes what is there now: sent again, it overwrites knowingly.
    """

    seen = forms.CharField(
        required=False,
        max_length=SEEN_MAX_CHARACTERS,
        strip=False,
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self, shown: dict[str, object], data: QueryDict | None = None, **options: Any
    ) -> None:  # Any: Django's
        super().__init__(data, **options)
        self.shown = shown
        self.fields["seen"].initial = write_json(shown, indent=None)
        self.overtaken: Overtaken | None = None

    @property
    def status(self) -> int:
        return 409 if self.overtaken else 422 if self.is_bound else 200

    def clean_seen(self) -> dict[str, object]:
        """What is not said was seen as it is. Only a tampered form says something else than it was given."""
        try:
            seen = read_json(self.cleaned_data["seen"] or "{}", depth=METADATA_MAX_DEPTH + 1)
            if not isinstance(seen, dict) or not isinstance(seen.get("metadata", {}), dict):
                raise ValueError
        except ValueError:
            self.add_error(None, "This form is damaged: reload the page and edit again.")
            return self.shown
        return {**self.shown, **{name: seen[name] for name in self.shown if name in seen}}

    @contextmanager
    def showing_overtaken(self) -> Iterator[None]:
        """Problems become errors of the form, and so does an edit that came too late."""
        try:
            with showing_problems(self):
                yield
        except Overtaken as overtaken:
            self.overtaken = overtaken
            self._say_seen(self.cleaned_data["seen"], overtaken)

    def _say_seen(self, seen: dict[str, Any], overtaken: Overtaken) -> None:  # Any: clean_seen has checked it
        now = {**seen, **overtaken.now}
        if "metadata" in overtaken.now:
            keys = {**seen["metadata"], **overtaken.keys}
            now["metadata"] = {key: value for key, value in keys.items() if value is not ABSENT}
        self.data = {**self.data.dict(), "seen": write_json(now, indent=None)}  # type: ignore[attr-defined]  # a QueryDict


class EditForm(SeenForm, SessionForm):
    """Some fields of a session."""

    def __init__(self, session: Session, fields: Sequence[str], data: QueryDict | None = None) -> None:
        shown = shown_values(session, fields)
        super().__init__(shown, data, initial=shown)
        for name in [name for name in self.fields if name not in {*fields, "seen"}]:
            del self.fields[name]
        if len(fields) == 1:
            self.fields[fields[0]].widget.attrs["autofocus"] = True

    def clean(self) -> None:
        """Browsers turn every line end into one kind: that alone is no edit."""
        seen = self.cleaned_data.get("seen", {}).get("description")
        given = self.cleaned_data.get("description")
        if isinstance(seen, str) and seen.replace("\r\n", "\n").replace("\r", "\n") == given:
            self.cleaned_data["description"] = seen


class MoveForm(SeenForm):
    """Another parent by its id, or none. Its `seen` is `{"parent": id}`."""

    parent = forms.CharField(
        required=False,
        help_text="The id of a session, or nothing for no parent.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "mono"}),
    )

    def __init__(self, parent: Session | None, user: User, data: QueryDict | None = None) -> None:
        key = str(parent.pk) if parent else None
        super().__init__({"parent": key}, data, initial={"parent": key})
        self.user = user

    def clean_parent(self) -> Session | None:
        text = self.cleaned_data["parent"].strip()
        try:
            return get_session_for_change(self.user, text) if text else None
        except Problem as problem:
            raise forms.ValidationError(sentence(str(problem))) from None

    def clean_seen(self) -> dict[str, object]:
        seen = super().clean_seen()
        if seen["parent"] is not None:
            seen["parent"] = parse_id("session", seen["parent"])
        return seen


class PlaceForm(SeenForm):
    """A team by its slug and an owner by user name. Its `seen` is `{"team": slug, "owner": user name}`."""

    team = forms.ChoiceField(label="Team")
    owner = forms.ChoiceField(label="Owner")

    def __init__(self, session: Session, user: User, data: QueryDict | None = None) -> None:
        shown: dict[str, object] = {"team": session.team.slug, "owner": session.created_by.username}
        super().__init__(shown, data, initial=shown)
        if data is not None and "seen" not in data:  # a question, which shows what it is about
            self.data = {**data.dict(), "seen": self.fields["seen"].initial}
        self.teams = {team.slug: team for team in possible_teams(session, user)}
        chosen = self.teams.get(data.get("team", "") if data is not None else "", session.team)
        self.owners = {owner.username: owner for owner in [*possible_owners(chosen), session.created_by]}
        for name, choices in (("team", self._team_choices()), ("owner", [(key, key) for key in self.owners])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
            field.error_messages["invalid_choice"] = f"Expected one of the {name}s in the list."

    def _team_choices(self) -> list[tuple[str, str]]:
        return [
            (slug, "Private: only the owner" if team.private_to_id else team.name) for slug, team in self.teams.items()
        ]

    @property
    def chosen(self) -> tuple[Team, User]:
        """Once it is valid."""
        return self.teams[self.cleaned_data["team"]], self.owners[self.cleaned_data["owner"]]
