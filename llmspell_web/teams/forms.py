from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import BaseUserCreationForm, UserCreationForm, UsernameField

from llmspell_web.teams.fields import check_username
from llmspell_web.teams.invitations import LIFETIMES, USES_MAX
from llmspell_web.teams.models import Membership, User
from llmspell_web.web.problems import InvalidField
from llmspell_web.web.tokens import lifetime_choices

USERNAME_HELP = "Letters, digits and @ . + - _. Your team sees it beside what you do."


class AccountNameField(UsernameField):
    def clean(self, value: Any) -> Any:  # Any: what a widget gives, and a text
        username = super().clean(value)
        try:
            check_username(username)
        except InvalidField as problem:
            raise forms.ValidationError(f"Expected {problem.expected}.") from None
        return username


class FirstAccountForm(BaseUserCreationForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Name and password of the first account. Django's validators judge the password."""

    class Meta:
        model = User
        fields = ("username",)
        field_classes = {"username": AccountNameField}
        help_texts = {"username": USERNAME_HELP}


class AccountForm(UserCreationForm):  # type: ignore[type-arg]  # generic in the stubs only
    """As the first one's; a name that differs from another only in its capitals is taken."""

    class Meta(FirstAccountForm.Meta):
        pass


class TeamForm(forms.Form):
    """What a name may be is checked where every door comes through: teams/fields.py."""

    name = forms.CharField(help_text="1 to 80 characters.", strip=False)


class InvitationForm(forms.Form):
    role = forms.ChoiceField(
        choices=Membership.Role.choices,
        initial=Membership.Role.MEMBER,
        help_text="A viewer reads everything of the team, a member also changes it, an admin also manages members.",
    )
    lifetime = forms.ChoiceField(
        label="Valid for",
        choices=lifetime_choices(LIFETIMES),
        initial="week",
    )
    uses = forms.IntegerField(
        label="Number of uses", min_value=1, max_value=USES_MAX, initial=1, help_text="So many people may join by it."
    )
    email = forms.EmailField(
        label="Send to", required=False, help_text="The link is sent to this address, and shown to you, too."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as Django has it
        super().__init__(*args, **kwargs)
        if not settings.SENDS_MAIL:
            del self.fields["email"]


class RoleForm(forms.Form):
    """`seen` is the role that the page showed."""

    role = forms.CharField()
    seen = forms.CharField()
