"""What a browser's cookie leads to: the account that logged in, until it expires."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session as LoginSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from llmspell_web.teams.models import User

pytestmark = pytest.mark.django_db


def is_logged_in(client: Client) -> bool:
    return client.get(reverse("sessions:list")).status_code == 200


def test_a_cookie_leads_to_its_account_until_it_expires(visitor: Client, owner: User) -> None:
    page = visitor.get(reverse("sessions:list"))
    assert page.wsgi_request.user == owner
    LoginSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_logged_in(visitor)


def test_a_cookie_whose_session_was_ended_leads_nowhere(visitor: Client) -> None:
    assert is_logged_in(visitor)
    LoginSession.objects.all().delete()
    assert not is_logged_in(visitor)


@pytest.mark.parametrize(
    "key", ["x" * 32, "short", "x" * 1000, "' OR 1=1 --aaaaaaaaaaaaaaaa", "%s%s%s%s%s%s", "x" * 9 + "\0"]
)
def test_a_key_that_nobody_gave_is_never_taken_on(key: str, client: Client, owner: User) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert not is_logged_in(client)
    client.force_login(owner)
    assert LoginSession.objects.get().session_key != key
    assert is_logged_in(client)
