"""Editing metadata: the whole document as text, or one key of it."""

from typing import Any

from django import forms
from django.http import QueryDict

from sessions.edit_forms import SeenForm
from sessions.fields import JsonValue
from sessions.forms import JsonError, LinesField
from sessions.json_text import JsonFault, read_json, write_json
from sessions.models import Session


class KeyForm(SeenForm):
    """One key of the metadata and its value, as plain text or as JSON. Without `key` the author names a new one."""

    key = forms.CharField(strip=False, max_length=1000, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    kind = forms.ChoiceField(
        label="The value is", choices=[("text", "Text"), ("json", "JSON")], widget=forms.RadioSelect, initial="text"
    )
    value = LinesField(
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "class": "code", "spellcheck": "false", "data-json": ""}),
        help_text='As JSON: 12, true, null, "text", [1, 2] or {"a": 1}.',
    )

    def __init__(self, session: Session, key: str | None, data: QueryDict | None = None) -> None:
        shown = _shown(session, key)
        initial: dict[str, Any] = {}  # Any: Django's
        if key is not None:
            held = shown.get(key, "")
            initial = {"key": key, "kind": "text" if isinstance(held, str) else "json"}
            initial["value"] = held if isinstance(held, str) else write_json(held)
        super().__init__({"metadata": shown}, data, initial=initial)
        self.edited_key = key
        if key is not None:
            del self.fields["key"]
        self.fields["key" if key is None else "value"].widget.attrs["autofocus"] = True

    def clean(self) -> None:
        """The value, whichever way it is typed. Browsers turn every line end into one kind: that alone is no edit."""
        data = self.cleaned_data
        if "value" not in data:
            return
        key = data.get("key", self.edited_key)
        if data.get("kind") == "json":
            try:
                data["value"] = read_json(data["value"])
            except JsonFault as fault:
                self.add_error("value", JsonError(fault))
        held = data.get("seen", {}).get("metadata", {}).get(key)
        if isinstance(held, str) and held.replace("\r\n", "\n").replace("\r", "\n") == data.get("value"):
            data["value"] = held

    @property
    def json_fault(self) -> JsonFault | None:
        errors = self.errors.as_data().get("value", []) if self.is_bound else []
        return next((error.fault for error in errors if isinstance(error, JsonError)), None)

    def metadata(self) -> dict[str, JsonValue]:
        """The key with its value, as an edit of the metadata as far as it was seen."""
        key = self.cleaned_data["key"] if self.edited_key is None else self.edited_key
        return {key: self.cleaned_data["value"]}


class RemoveKeyForm(SeenForm):
    """Only what was seen of the key that goes."""

    def __init__(self, session: Session, key: str, data: QueryDict | None = None) -> None:
        super().__init__({"metadata": _shown(session, key)}, data)


def _shown(session: Session, key: str | None) -> dict[str, object]:
    return {} if key is None or key not in session.metadata else {key: session.metadata[key]}
