"""What the session pages send. What a value may be is checked where every door comes through: sessions/fields.py."""

import json
from typing import TypedDict

from django import forms

from sessions.fields import (
    DESCRIPTION_MAX_CHARACTERS,
    NAME_MAX_CHARACTERS,
    REASON_MAX_CHARACTERS,
    TAG_MAX_CHARACTERS,
)
from sessions.models import BulkAction, Session


class SessionValues(TypedDict):
    name: str
    description: str
    tags: list[str]
    metadata: dict[str, object]


class SessionForm(forms.Form):
    """Creating and editing. Metadata is JSON text; an edit replaces it as a whole."""

    name = forms.CharField(max_length=NAME_MAX_CHARACTERS, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    description = forms.CharField(
        required=False, max_length=DESCRIPTION_MAX_CHARACTERS, widget=forms.Textarea(attrs={"rows": 4})
    )
    tags = forms.CharField(
        required=False,
        help_text="Separated by commas.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "support, priority-high"}),
    )
    metadata = forms.CharField(
        required=False,
        help_text="A JSON object, at most 64 KiB.",
        widget=forms.Textarea(attrs={"rows": 8, "class": "code", "spellcheck": "false"}),
    )

    def clean_tags(self) -> list[str]:
        return [tag for tag in map(str.strip, self.cleaned_data["tags"].split(",")) if tag]

    def clean_metadata(self) -> dict[str, object]:
        text = self.cleaned_data["metadata"].strip() or "{}"
        try:
            value: object = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(f"This is not JSON: {error}.") from None
        if not isinstance(value, dict):
            raise forms.ValidationError('Metadata is an object, such as {"ticket_id": "12345"}.')
        return value

    def values(self) -> SessionValues:
        data = self.cleaned_data
        return {
            "name": data["name"],
            "description": data["description"].replace("\r\n", "\n"),
            "tags": data["tags"],
            "metadata": data["metadata"],
        }


def initial_values(session: Session) -> dict[str, str]:
    return {
        "name": session.name,
        "description": session.description,
        "tags": ", ".join(session.tag_names),
        "metadata": json.dumps(session.metadata, indent=2, ensure_ascii=False),
    }


class ReasonForm(forms.Form):
    reason = forms.CharField(
        required=False,
        max_length=REASON_MAX_CHARACTERS,
        label="Why did it fail?",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TagForm(forms.Form):
    tag = forms.CharField(max_length=TAG_MAX_CHARACTERS, widget=forms.TextInput(attrs={"autocomplete": "off"}))


ARGUMENT_FORMS: dict[str, tuple[type[forms.Form], str]] = {
    BulkAction.Kind.FAIL: (ReasonForm, "reason"),
    BulkAction.Kind.ADD_TAG: (TagForm, "tag"),
    BulkAction.Kind.REMOVE_TAG: (TagForm, "tag"),
}
