"""What the URL of the trash asks for, and the words that a purge asks to type."""

from collections.abc import Collection
from unicodedata import category

from django import forms

from llmspell_web.trash.access import Trashed
from llmspell_web.trash.listing import Wanted, read_place
from llmspell_web.web.errors import sentence
from llmspell_web.web.problems import InvalidField
from sessions.course import Place
from sessions.fields import NAME_MAX_CHARACTERS, describe

KINDS = [("", "Sessions and artifacts"), ("session", "Sessions"), ("artifact", "Artifacts")]


class FilterForm(forms.Form):
    """Bound to the URL. `wanted` is there once it is valid, and in `cleaned_data` the place that `after` names."""

    q = forms.CharField(label="Name", required=False, max_length=NAME_MAX_CHARACTERS, strip=False)
    kind = forms.ChoiceField(label="What", required=False, choices=KINDS)
    by = forms.CharField(label="Deleted by", required=False, max_length=150)
    after = forms.CharField(required=False, widget=forms.HiddenInput)

    use_required_attribute = False

    def clean_after(self) -> Place | None:
        try:
            return read_place(text) if (text := self.cleaned_data["after"]) else None
        except InvalidField as problem:
            raise forms.ValidationError(sentence(str(problem))) from None

    @property
    def wanted(self) -> Wanted:
        values = self.cleaned_data
        return Wanted(values["kind"], values["by"], values["q"])


def _visible(text: str) -> list[str]:
    """Its words, without marks that nobody sees or types, such as those that turn the direction of writing."""
    return "".join(character for character in text if category(character) != "Cf").split()


class ConfirmForm(forms.Form):
    """The name of the one thing that goes, or how many go. What nobody sees in a name need not be typed."""

    confirm = forms.CharField(max_length=2 * NAME_MAX_CHARACTERS, label="")

    def __init__(self, going: Collection[Trashed], *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]  # what every form takes
        name = next(iter(going)).name if len(going) == 1 else ""
        self.expected = name if _visible(name) else str(len(going))
        what = "its name" if _visible(name) else "how many go"
        self.fields["confirm"].label = f"Type {what} to confirm"
        self.fields["confirm"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean_confirm(self) -> str:
        given = str(self.cleaned_data["confirm"])
        if _visible(given) != _visible(self.expected):
            raise forms.ValidationError(f"Expected {self.expected}, got {describe(given)}. Nothing was deleted.")
        return given
