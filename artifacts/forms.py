"""What the forms of artifacts send."""

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict

from artifacts.fields import STANDARD_TYPES, TYPE_MAX_CHARACTERS
from artifacts.models import Artifact
from llmspell_web.web.errors import sentence
from llmspell_web.web.forms import SeveralFilesField
from llmspell_web.web.problems import InvalidField, Problem
from sessions.access import parse_id
from sessions.forms import TAGS_HELP, TagsField
from sessions.tag_text import join_tags


class SharedValues(TypedDict):
    """What all files of one upload get."""

    artifact_type: str
    description: str
    tags: list[str]
    attempt: UUID | None


class StoreForm(forms.Form):
    content = SeveralFilesField(label="Files", allow_empty_file=True)
    name = forms.CharField(
        required=False,
        strip=False,
        help_text="For one file. Without it, files keep their names; a name that is there gets a new version.",
    )
    type = forms.CharField(
        max_length=TYPE_MAX_CHARACTERS,
        initial="user_input",
        widget=forms.TextInput(attrs={"list": "artifact-types", "autocomplete": "off", "spellcheck": "false"}),
        help_text=f"{', '.join(STANDARD_TYPES)}, or a word of your own.",
    )
    tags = TagsField(required=False, help_text=TAGS_HELP, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    description = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    # Sent again, the form says that it is the same upload.
    attempt = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)

    def clean(self) -> None:
        if self.cleaned_data.get("name") and len(self.cleaned_data.get("content", [])) > 1:
            self.add_error("name", "Several files cannot share a name: leave it empty.")

    def shared_values(self) -> SharedValues:
        data = self.cleaned_data
        return {
            "artifact_type": data["type"],
            "description": data["description"],
            "tags": data["tags"],
            "attempt": data["attempt"],
        }


class TagsForm(forms.Form):
    """The tags of an artifact, and those that the author of the edit saw."""

    tags = TagsField(required=False, help_text=TAGS_HELP, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    seen = TagsField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, artifact: Artifact, given: QueryDict | None, *, seen: list[str] | None = None) -> "TagsForm":
        """With what was sent, or what the artifact holds; `seen` in place of what the author saw."""
        held = artifact.tag_names
        if given is None:
            return cls(initial={"tags": held, "seen": held})
        return cls(given if seen is None else {"tags": given.get("tags", ""), "seen": join_tags(seen)})


def read_selection(given: Sequence[str]) -> list[UUID]:
    """The artifacts whose boxes were ticked."""
    if not given:
        raise InvalidField("artifacts", "at least one, chosen by the box in front of it", "none")
    return [parse_id("artifact", key) for key in given]


class CompareForm(forms.Form):
    """Which two states: a session's id, or `ID:3` for its third save."""

    a = forms.CharField(required=False, label="First", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    b = forms.CharField(
        required=False,
        label="Second",
        help_text="A session's id; with :3 behind it, its third save.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "01976…"}),
    )

    @classmethod
    def of(cls, query: QueryDict) -> "CompareForm":
        """From `a` and `b`, or from `selected` twice."""
        selected = query.getlist("selected")
        a, b = query.get("a", ""), query.get("b", "")
        form = cls({"a": a or next(iter(selected), ""), "b": b or next(iter(selected[1:]), "")})
        if len(selected) > 2:
            form.add_error(None, f"Two can be compared, {len(selected)} are selected.")
        return form

    def given(self, name: str) -> str:
        return str(self.data[name]).strip()


class PairForm(forms.Form):
    """Which two artifacts, by their ids. Whether they are there and may be seen is asked behind it."""

    a = forms.CharField(label="Id of the first artifact", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    b = forms.CharField(label="Id of the second artifact", widget=forms.TextInput(attrs={"autocomplete": "off"}))

    @classmethod
    def of(cls, query: QueryDict) -> "PairForm":
        """From `a` and `b`, or from `selected` twice: then the older is first, as ids rise in the order stored."""
        selected = sorted(query.getlist("selected"))
        if "a" in query or "b" in query:
            return cls({name: query.get(name, "") for name in ("a", "b")})
        if not selected:
            return cls()
        form = cls(dict(zip(("a", "b"), selected, strict=False)))
        if len(selected) != 2:
            are = "is" if len(selected) == 1 else "are"
            form.add_error(None, f"Two can be compared: {len(selected)} {are} chosen.")
        return form

    def clean_a(self) -> UUID:
        return self._read("a")

    def clean_b(self) -> UUID:
        return self._read("b")

    def _read(self, name: str) -> UUID:
        try:
            return parse_id("artifact", self.cleaned_data[name])
        except Problem as problem:
            raise forms.ValidationError(sentence(str(problem))) from None
