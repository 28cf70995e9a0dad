"""What tests of accounts share: mail that is sent, and codes of an authenticator app."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from llmspell_web.web.mail import wait_until_sent
from tests.conftest import PASSWORD


@pytest.fixture
def mails(settings: Settings) -> Callable[[], list[EmailMessage]]:
    """Mail is set up; the mails that were sent so far."""
    settings.SENDS_MAIL = True

    def sent() -> list[EmailMessage]:
        wait_until_sent()
        return mail.outbox

    return sent


def link_in(message: EmailMessage) -> str:
    """The path of the only link."""
    (link,) = re.findall(r"http://testserver(/\S+)", str(message.body))
    return str(link)


def confirm_identity(client: Client) -> None:
    """Enters the password where a page asks once more."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
