from django.contrib.auth.forms import BaseUserCreationForm, UsernameField

from llmspell_web.teams.models import User


class FirstAccountForm(BaseUserCreationForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Name and password of the first account. Django's validators judge the password."""

    class Meta:
        model = User
        fields = ("username",)
        field_classes = {"username": UsernameField}
        help_texts = {"username": "Letters, digits and @ . + - _. Your team sees it beside what you do."}
