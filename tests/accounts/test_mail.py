"""How mail is set up, and what a server that does not take any does to the page: nothing."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from pytest_django import Settings

from llmspell_web.environment import Mail, read_mail
from llmspell_web.web.mail import send_soon, wait_until_sent
from tests.tools.server import free_port


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", Mail()),
        ("smtp://mail.example.com", Mail("mail.example.com", 25)),
        ("smtp+tls://me%40x:p%3Aw@mail.example.com", Mail("mail.example.com", 587, "me@x", "p:w", uses_starttls=True)),
        ("smtps://me:pw@mail.example.com:4650", Mail("mail.example.com", 4650, "me", "pw", uses_tls=True)),
        ("smtp://[::1]:2525", Mail("::1", 2525)),
    ],
)
def test_a_url_names_the_server(monkeypatch: pytest.MonkeyPatch, url: str, expected: Mail) -> None:
    monkeypatch.setenv("LLMSPELL_EMAIL_URL", url)
    assert read_mail("LLMSPELL_EMAIL_URL") == expected


@pytest.mark.parametrize(
    "url", ["mail.example.com", "http://mail.example.com", "smtp://", "smtp://x:port", "smtps://["]
)
def test_what_names_none_stops_the_start(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("LLMSPELL_EMAIL_URL", url)
    with pytest.raises(ImproperlyConfigured, match=r"LLMSPELL_EMAIL_URL must be like smtps://"):
        read_mail("LLMSPELL_EMAIL_URL")


def test_a_server_that_is_away_is_noted(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.SENDS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    send_soon(EmailMessage("Subject", "Body", to=["somebody@example.com"]))
    wait_until_sent()
    assert [record.message for record in caplog.records] == ["a mail could not be sent"]
