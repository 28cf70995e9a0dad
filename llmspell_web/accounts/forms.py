"""allauth's forms, with our limits on how often they are tried and our words."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError

from llmspell_web.teams import rates
from llmspell_web.web.problems import TooManyTries
from llmspell_web.web.rate_limits import check_rate, counting_failures, forgive_try

LABELS = {
    "oldpassword": "Present password",
    "password1": "New password",
    "password2": "New password, once more",
    "email": "E-mail address",
}


class OurLook:
    """Our labels, nothing in a field that is empty, and no help beside it that the page gives itself."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as Django has it
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            if name in {"password", "oldpassword"}:
                field.help_text = ""


class LogInForm(OurLook, account_forms.LoginForm):  # type: ignore[misc]  # allauth exports no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as Django has it
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocapitalize": "none"}

    def add_prefix(self, field_name: str) -> str:
        return "username" if field_name == "login" else str(super().add_prefix(field_name))


class ChangePasswordForm(OurLook, account_forms.ChangePasswordForm):  # type: ignore[misc]  # allauth exports no types
    def clean_oldpassword(self) -> str:
        with counting_failures(context.request, "confirmation", key=str(self.user.pk), rate=rates.CONFIRMATION):
            return str(super().clean_oldpassword())


class SetPasswordForm(OurLook, account_forms.SetPasswordForm):  # type: ignore[misc]  # allauth exports no types
    pass


class NewPasswordForm(OurLook, account_forms.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth exports no types
    pass


class ConfirmByPasswordForm(OurLook, account_forms.ReauthenticateForm):  # type: ignore[misc]  # allauth exports no types
    """The adapter counts how often it is tried."""


class AddEmailForm(OurLook, account_forms.AddEmailForm):  # type: ignore[misc]  # allauth exports no types
    def clean_email(self) -> str:
        email = str(super().clean_email())
        check_rate(context.request, "mail", key=email, rate=rates.MAIL_BY_RECIPIENT)
        return email


class ResetPasswordForm(OurLook, account_forms.ResetPasswordForm):  # type: ignore[misc]  # allauth exports no types
    def clean_email(self) -> str:
        """Counted here, where the address is known to be one, whether or not an account has it."""
        email = self.cleaned_data["email"].lower()
        check_rate(context.request, "mail", rate=rates.MAIL_BY_ADDRESS)
        check_rate(context.request, "mail", key=email, rate=rates.MAIL_BY_RECIPIENT)
        return str(super().clean_email())


class OneCode(OurLook):
    """A code of the second factor or a recovery code, which is taken once however many processes are asked at once."""

    user: Any  # of allauth's forms
    action: str
    rate: str

    def clean_code(self) -> str:
        key = str(self.user.pk)
        check_rate(context.request, self.action, key=key, rate=self.rate)
        code = str(super().clean_code())  # type: ignore[misc]  # of allauth's forms
        try:
            check_rate(context.request, "used_code", key=f"{key} {normalize_user_code(code)}", rate=rates.USED_CODE)
        except TooManyTries:
            raise ValidationError("This code was used already: wait for the next one.") from None
        forgive_try(context.request, self.action, key=key, rate=self.rate)
        return code


class SecondStepForm(OneCode, mfa_forms.AuthenticateForm):  # type: ignore[misc]  # allauth exports no types
    action, rate = "second_step", rates.SECOND_STEP

    def clean_code(self) -> str:
        """A wrong code, and one that is refused unread, is a failed log-in for whoever listens."""
        try:
            return super().clean_code()
        except (TooManyTries, ValidationError):
            tried = {"username": self.user.get_username()}
            user_login_failed.send(sender=__name__, credentials=tried, request=context.request)
            raise


class ConfirmByCodeForm(OneCode, mfa_forms.ReauthenticateForm):  # type: ignore[misc]  # allauth exports no types
    action, rate = "confirmation", rates.CONFIRMATION


class ActivateTOTPForm(OurLook, totp_forms.ActivateTOTPForm):  # type: ignore[misc]  # allauth exports no types
    def clean_code(self) -> str:
        with counting_failures(context.request, "confirmation", key=str(self.user.pk), rate=rates.CONFIRMATION):
            return str(super().clean_code())
