"""What the session pages send. What a value may be is checked where every door comes through: sessions/fields.py."""

from typing import Any, TypedDict

from django import forms

from sessions.fields import (
    DESCRIPTION_MAX_CHARACTERS,
    NAME_MAX_CHARACTERS,
    REASON_MAX_CHARACTERS,
    TAG_MAX_CHARACTERS,
    JsonObject,
)
from sessions.json_text import JsonFault, read_json, write_json
from sessions.models import BulkAction
from sessions.tag_text import join_tags, split_tags

TAGS_HELP = 'Separated by commas; one that holds a comma in quotes: "a, b".'


class SessionValues(TypedDict, total=False):
    name: str
    description: str
    tags: list[str]
    metadata: JsonObject


class LinesField(forms.CharField):
    """Text of several lines, with `\\n` between them as it is stored, and not stripped."""

    def to_python(self, value: Any) -> str:  # Any: as Django has it
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


class TagsField(forms.CharField):
    """A list of tags, typed as one line (`tag_text.py`)."""

    def prepare_value(self, value: Any) -> Any:  # Any: as Django has it
        return join_tags(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return split_tags(super().clean(value) or "")


class JsonError(forms.ValidationError):
    def __init__(self, fault: JsonFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class JsonField(LinesField):
    """A JSON value as text. Nothing stands for an empty object."""

    def prepare_value(self, value: Any) -> Any:  # Any: as Django has it
        return value if isinstance(value, str | None) else write_json(value)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return read_json(text) if text.strip() else {}
        except JsonFault as fault:
            raise JsonError(fault) from None


class SessionForm(forms.Form):
    """Creating a session, and the fields that editing one is made of."""

    name = forms.CharField(
        max_length=NAME_MAX_CHARACTERS, strip=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    description = LinesField(
        required=False, max_length=DESCRIPTION_MAX_CHARACTERS, strip=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    tags = TagsField(
        required=False,
        help_text=TAGS_HELP,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "placeholder": "support, priority-high", "data-tags": "", "list": "tag-names"}
        ),
    )
    metadata = JsonField(
        required=False,
        help_text="A JSON object, at most 64 KiB.",
        widget=forms.Textarea(attrs={"rows": 8, "class": "code", "spellcheck": "false", "data-json": ""}),
    )

    def clean_metadata(self) -> JsonObject:
        value: object = self.cleaned_data["metadata"]
        if not isinstance(value, dict):
            raise forms.ValidationError('Metadata is an object, such as {"ticket_id": "12345"}.')
        return value

    @property
    def json_fault(self) -> JsonFault | None:
        """Where the metadata cannot be read, for a page to mark it."""
        errors = self.errors.as_data().get("metadata", []) if self.is_bound else []
        return next((error.fault for error in errors if isinstance(error, JsonError)), None)

    def values(self) -> SessionValues:
        data = self.cleaned_data
        return {name: data[name] for name in ("name", "description", "tags", "metadata") if name in data}  # type: ignore[return-value]  # the fields above


class ReasonForm(forms.Form):
    reason = LinesField(
        required=False,
        max_length=REASON_MAX_CHARACTERS,
        label="Why did it fail?",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TagForm(forms.Form):
    tag = forms.CharField(max_length=TAG_MAX_CHARACTERS, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class RetagForm(TagForm):
    """Cleans to `change`, the tag and what it becomes."""

    into = forms.CharField(
        max_length=TAG_MAX_CHARACTERS, label="Becomes", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean(self) -> None:
        self.cleaned_data["change"] = (self.cleaned_data.get("tag"), self.cleaned_data.get("into"))


ARGUMENT_FORMS: dict[str, tuple[type[forms.Form], str]] = {
    BulkAction.Kind.FAIL: (ReasonForm, "reason"),
    BulkAction.Kind.ADD_TAG: (TagForm, "tag"),
    BulkAction.Kind.REMOVE_TAG: (TagForm, "tag"),
    BulkAction.Kind.TAG_ARTIFACTS: (TagForm, "tag"),
    BulkAction.Kind.UNTAG_ARTIFACTS: (TagForm, "tag"),
    BulkAction.Kind.RETAG_ARTIFACTS: (RetagForm, "change"),
}
