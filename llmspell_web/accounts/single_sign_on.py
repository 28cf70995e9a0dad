"""Logging in through an OpenID Connect provider: who gets in by it, and who may make an account by it.

Knowing somebody is not enough for an account here: one is made only for who came by an invitation. Nor is an account
found by an e-mail address, which a provider may let anybody claim: its owner connects it on the page of the account.
"""

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.db import transaction
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse

from llmspell_web.teams.invitations import get_invitation, join_team
from llmspell_web.teams.models import User
from llmspell_web.web.problems import NotFound


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth exports no types
    def is_open_for_signup(self, _: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whether the log-in was begun on the page of an invitation that is open still."""
        token = _invitation_token(sociallogin)
        try:
            return bool(token and get_invitation(token, None))
        except NotFound:
            return False

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        # Any: what a provider says of somebody. Of that, only the name is taken; an address is confirmed here.
        user: User = super().populate_user(request, sociallogin, data | {"email": None})
        sociallogin.email_addresses = []
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: None = None) -> User:
        """The account and its place in the team, or neither."""
        with transaction.atomic():
            user: User = super().save_user(request, sociallogin, form)
            join_team(_invitation_token(sociallogin), user=user)
        return user

    def get_connect_redirect_url(self, *_: object) -> str:
        return reverse("accounts:detail")


def _invitation_token(sociallogin: SocialLogin) -> str:
    try:
        match = resolve(sociallogin.state.get("next") or "")
    except Resolver404:
        return ""
    return str(match.kwargs["token"]) if match.view_name == "teams:join" else ""
