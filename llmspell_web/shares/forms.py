from typing import Any

from django import forms

from llmspell_web.shares.services import PASSWORD_MAX, PASSWORD_MIN, USES_MAX
from llmspell_web.web.tokens import LIFETIMES, lifetime_choices

MODES = [("frozen", "As it is now"), ("live", "Live: as it is when somebody looks")]


class ShareForm(forms.Form):
    """What may be given is checked where every door comes through: services.py."""

    mode = forms.ChoiceField(label="What it shows", choices=MODES, initial="frozen")
    lifetime = forms.ChoiceField(label="Valid for", choices=lifetime_choices(LIFETIMES), initial="week")
    uses = forms.IntegerField(
        label="Number of uses",
        required=False,
        min_value=1,
        max_value=USES_MAX,
        help_text="So many people may open it. Empty: any number.",
    )
    password = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=f"{PASSWORD_MIN} to {PASSWORD_MAX} characters. Send it on another way than the link.",
    )

    @property
    def given(self) -> dict[str, Any]:  # Any: arguments of create_share, each of its own type
        values = dict(self.cleaned_data)
        return {"is_live": values.pop("mode") == "live", **values}


class OpenForm(forms.Form):
    """What the button of a link sends: nothing, or its password."""

    def __init__(self, has_password: bool, *given: Any) -> None:  # Any: what every form takes
        super().__init__(*given)
        if has_password:
            self.fields["password"] = forms.CharField(
                strip=False,
                max_length=PASSWORD_MAX,
                widget=forms.PasswordInput(attrs={"autocomplete": "off", "autofocus": True}),
            )
