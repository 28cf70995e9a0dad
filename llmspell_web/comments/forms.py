"""What is sent when somebody writes a comment. What it may say is checked where every door comes through: fields.py."""

from collections.abc import Mapping

from django import forms

from llmspell_web.comments.fields import Place
from sessions.forms import LinesField


class TextForm(forms.Form):
    """`seen` is how often the text had been edited when it was opened for editing."""

    text = LinesField(
        strip=False,
        label="Comment",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"required": "Expected text of 1 to 10000 characters, got none."},
    )
    seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def clean_seen(self) -> int:
        """Who does not say what they saw has seen nothing."""
        seen = self.cleaned_data["seen"]
        return -1 if seen is None else int(seen)


class CommentForm(TextForm):
    """With a place in an artifact's content."""

    line = forms.IntegerField(required=False, min_value=1, label="From line")
    last_line = forms.IntegerField(required=False, min_value=1, label="to line")
    path = forms.CharField(required=False, strip=False, label="or path of JSON")
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def about(cls, query: Mapping[str, str], here: str) -> "CommentForm":
        """An empty one, on the place that the URL names; `here` is where it leads back to."""
        initial = {name: query.get(name, "") for name in ("line", "last_line")}
        return cls(initial={**initial, "path": query.get("place", ""), "next": here})

    @property
    def place(self) -> Place:
        """Of a form that is valid."""
        found = self.cleaned_data
        return Place(found["line"], found["last_line"], found["path"])
