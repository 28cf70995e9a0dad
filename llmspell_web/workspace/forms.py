"""What the workspace page sends."""

from django import forms
from django_ace import AceWidget

from llmspell_web.web.forms import SeveralFilesField
from llmspell_web.workspace.arguments import read_arguments


class EditorWidget(AceWidget):  # type: ignore[misc]  # django-ace has no annotations
    """Ace with Lua, under the strict CSP. Both themes are linked; a script picks the one of the reader's scheme."""

    LIGHT, DARK = "github_light_default", "github_dark"

    def __init__(self) -> None:
        plain = {"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off", "wrap": "off", "class": "code"}
        super().__init__(
            mode="lua", theme=self.LIGHT, width=None, height=None, toolbar=False, useStrictCSP=True,
            showprintmargin=False, tabsize=4, fontsize="14px", extensions=["language_tools", "searchbox"], attrs=plain,
        )  # fmt: skip

    @property
    def media(self) -> forms.Media:
        dark = forms.Media(
            js=[f"django_ace/ace/theme-{self.DARK}.js"], css={"screen": [f"django_ace/ace/css/theme/{self.DARK}.css"]}
        )
        widget: forms.Media = super().media
        return widget + dark


class ScriptForm(forms.Form):
    """`arguments` becomes the script's `arg`: one per line, `key=value` or, without a key, positional."""

    source = forms.CharField(
        label="Script",
        strip=False,
        widget=EditorWidget,
        error_messages={"required": "There is nothing to run: the script is empty."},
    )
    arguments = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "code", "placeholder": "customer=123", "spellcheck": "false"}),
        help_text="One per line: key=value, or a value alone. The script reads them from arg.",
    )

    def clean_source(self) -> str:
        source: str = self.cleaned_data["source"]
        return source.replace("\r\n", "\n")

    def clean_arguments(self) -> dict[int | str, str]:
        lines = filter(None, map(str.strip, self.cleaned_data["arguments"].splitlines()))
        arguments = read_arguments(lines)
        return {key.strip() if isinstance(key, str) else key: value.strip() for key, value in arguments.items()}


class UploadForm(forms.Form):
    uploads = SeveralFilesField(label="Add files", allow_empty_file=True)
    folder = forms.CharField(required=False, max_length=1024, strip=False, label="Into folder")
