"""What the form sends that stores one artifact."""

from typing import TypedDict

from django import forms
from django.core.files import File

from artifacts.fields import STANDARD_TYPES, TYPE_MAX_CHARACTERS


class ArtifactValues(TypedDict):
    artifact_type: str
    name: str
    content: File  # type: ignore[type-arg]  # an upload's chunks are bytes; the stubs leave the parameter open
    description: str
    tags: list[str]


class StoreForm(forms.Form):
    content = forms.FileField(label="File", allow_empty_file=True)
    name = forms.CharField(
        required=False,
        strip=False,
        help_text="Without one, the name of the file. A name that is there gets a new version.",
    )
    type = forms.CharField(
        max_length=TYPE_MAX_CHARACTERS,
        initial="user_input",
        help_text=f"{', '.join(STANDARD_TYPES)}, or a word of your own.",
    )
    description = forms.CharField(required=False)
    tags = forms.CharField(required=False, help_text="Separated by commas.")

    def values(self) -> ArtifactValues:
        data = self.cleaned_data
        return {
            "artifact_type": data["type"],
            "name": data["name"] or data["content"].name,
            "content": data["content"],
            "description": data["description"],
            "tags": [tag for tag in map(str.strip, data["tags"].split(",")) if tag],
        }
