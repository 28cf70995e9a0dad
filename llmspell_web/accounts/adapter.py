"""What allauth asks about accounts, answered: who may sign up, how often a password may be tried, how mail is sent."""

import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.signals import user_login_failed
from django.core.mail import EmailMessage
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

from llmspell_web.teams import rates
from llmspell_web.teams.models import User
from llmspell_web.web.mail import send_soon
from llmspell_web.web.problems import TooManyTries
from llmspell_web.web.rate_limits import check_rate, client_address, forgive_try

KNOWN_BROWSER = "llmspell_known"  # a cookie: who has logged in from this browser last, as a digest, signed
KNOWN_BROWSER_SECONDS = 365 * 86_400


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth exports no types
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "Please enter a correct username and password. Both are case-sensitive.",
        "enter_current_password": "This is not your present password.",
        "incorrect_password": "This is not your password.",
    }

    def is_open_for_signup(self, _: HttpRequest) -> bool:
        """Accounts are made by the first-run link and by invitations alone."""
        return False

    def is_ajax(self, _: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: str) -> None:
        """TooManyTries before any password is looked at; a refusal is a failed log-in for whoever listens, too."""
        try:
            for action, key, rate in _rates(request, credentials["username"]):
                check_rate(request, action, key=key, rate=rate)
        except TooManyTries:
            tried = {"username": credentials["username"]}
            user_login_failed.send(sender=__name__, credentials=tried, request=request)
            raise

    def authenticate(self, request: HttpRequest, **credentials: str) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            for action, key, rate in _rates(request, credentials["username"]):
                forgive_try(request, action, key=key, rate=rate)
        return user

    def post_login(self, request: HttpRequest, user: User, **facts: Any) -> HttpResponse:  # Any: as allauth has it
        response: HttpResponse = super().post_login(request, user, **facts)
        response.set_signed_cookie(
            KNOWN_BROWSER,
            _digest(user.get_username()),
            max_age=KNOWN_BROWSER_SECONDS,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
        return response

    def can_delete_email(self, _: object) -> bool:
        return True

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        message: EmailMessage = self.render_mail(template_prefix, email, {"request": self.request, **context})
        send_soon(message)


def _rates(request: HttpRequest, name: str) -> list[tuple[str, str, str]]:
    """Action, key and rate of everything that a try of this name's password counts for."""
    if request.user.is_authenticated:
        return [("confirmation", str(request.user.pk), rates.CONFIRMATION)]
    return [
        ("log_in", "", rates.LOG_IN_BY_ADDRESS),
        ("log_in_known" if _is_known(request, name) else "log_in", name.casefold(), rates.LOG_IN_BY_NAME),
    ]


def _is_known(request: HttpRequest, name: str) -> bool:
    try:
        return bool(request.get_signed_cookie(KNOWN_BROWSER, "", max_age=KNOWN_BROWSER_SECONDS) == _digest(name))
    except BadSignature:
        return False


def _digest(name: str) -> str:
    """In characters that a cookie may hold."""
    return hashlib.sha256(name.encode()).hexdigest()
