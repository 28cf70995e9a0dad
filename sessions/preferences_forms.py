"""The forms of saved views and of the list's columns."""

from typing import Any
from uuid import UUID

from django import forms

from llmspell_web.teams.models import Membership, User
from llmspell_web.web.errors import sentence
from llmspell_web.web.problems import InvalidField
from sessions.columns import METADATA, Column, Columns, KnownColumns
from sessions.preferences import DENSITIES
from sessions.saved_views import NAME_MAX_CHARACTERS

PRIVATE = "private"


class NameForm(forms.Form):
    name = forms.CharField(max_length=NAME_MAX_CHARACTERS, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class ViewForm(NameForm):
    """A new view. `query` is what the list's URL says behind the question mark."""

    place = forms.ChoiceField(label="Who sees it")
    keep_layout = forms.BooleanField(required=False, label="With the columns and density shown now")
    is_default = forms.BooleanField(required=False)
    query = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, title: str, *args: Any, **kwargs: Any) -> None:  # as Django has them
        super().__init__(*args, **kwargs)
        self.fields["is_default"].label = f"Open it whenever I open {title}"
        shared = user.memberships.filter(team__private_to=None).exclude(role=Membership.Role.VIEWER)
        teams = shared.select_related("team").order_by("team__name")
        choices = [(str(place.team_id), f"Everybody in {place.team.name}") for place in teams]
        self.fields["place"].choices = [(PRIVATE, "Only me"), *choices]  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def team_id(self) -> UUID | None:
        place = self.cleaned_data["place"]
        return None if place == PRIVATE else UUID(place)


class ColumnsForm(forms.Form):
    """The columns that are ticked, in the order in which they were sent, then those of the metadata keys beside them.

    `shown` is what was sent once the form is valid.
    """

    metadata = forms.CharField(
        required=False,
        label="Add metadata keys",
        help_text="Separated by commas: ticket_id, model.name",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    density = forms.ChoiceField(label="Rows", choices=list(DENSITIES.items()), widget=forms.RadioSelect)

    def __init__(self, known: KnownColumns, shown: Columns, *args: Any, **kwargs: Any) -> None:  # as Django has them
        super().__init__(*args, **kwargs)
        self.known, self.shown = known, shown
        if not known.has_metadata:
            self.fields["metadata"].widget = forms.HiddenInput()

    def clean_metadata(self) -> str:
        text: str = self.cleaned_data["metadata"]
        added = [key.strip() for key in text.split(",") if key.strip()]
        ticked = self.data.getlist("column") if hasattr(self.data, "getlist") else []
        try:
            columns = self.known.parse([*ticked, *(METADATA + key.removeprefix(METADATA) for key in added)])
        except InvalidField as problem:
            raise forms.ValidationError(sentence(str(problem))) from None
        self.shown = _moved(columns, self.data.get("do", ""))
        return text

    @property
    def is_move(self) -> bool:
        return ":" in self.data.get("do", "")

    def offered(self) -> list[tuple[Column, bool]]:
        """Every column and whether it is shown; those that are in their order, then the rest."""
        rest = [column for column in self.known.known.values() if column not in self.shown]
        return [(column, True) for column in self.shown] + [(column, False) for column in rest]


def _moved(columns: Columns, what: str) -> Columns:
    """`up:KEY` and `down:KEY` exchange that column with its neighbour; anything else leaves all where they are."""
    direction, _, key = what.partition(":")
    keys = [column.key for column in columns]
    if direction not in {"up", "down"} or key not in keys:
        return columns
    place = keys.index(key)
    other = max(place - 1, 0) if direction == "up" else min(place + 1, len(keys) - 1)
    moved = list(columns)
    moved[place], moved[other] = moved[other], moved[place]
    return tuple(moved)
