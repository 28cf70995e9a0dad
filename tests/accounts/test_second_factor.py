"""The second factor: turning it on and off, logging in with it, recovery codes, and how often it may be tried."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.signals import user_login_failed
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from llmspell_web.teams.models import User
from llmspell_web.web.models import Tries
from tests.accounts.conftest import confirm_identity
from tests.accounts.test_logging_in import heard
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
ON, OFF, CODES = "/account/second-factor/on", "/account/second-factor/off", "/account/recovery-codes"


def code_of(secret: str, steps: int = 0) -> str:
    """What an authenticator app shows, so many times 30 seconds from now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def turn_on(client: Client) -> tuple[str, list[str]]:
    """The secret and the recovery codes."""
    confirm_identity(client)
    secret = client.get(ON).context["form"].secret
    assert client.post(ON, {"code": code_of(secret)}).headers["Location"] == CODES
    return secret, client.get(CODES).context["unused_codes"]


def begin(client: Client) -> str:
    """Logs in by the password; where that leads."""
    return client.post("/login/", {"username": "owner", "password": PASSWORD}).headers["Location"]


def test_it_is_turned_on_by_a_code_of_the_secret_that_was_shown(visitor: Client, owner: User) -> None:
    assert visitor.get(ON).headers["Location"].startswith("/account/confirm"), "it asks who is there"
    confirm_identity(visitor)
    page = visitor.get(ON)
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]
    secret = page.context["form"].secret
    assert "Incorrect code" in visitor.post(ON, {"code": "000000"}).content.decode()
    with heard(authenticator_added) as told:
        visitor.post(ON, {"code": code_of(secret)})
    assert {fact["authenticator"].type for fact in told} == {"totp", "recovery_codes"}
    assert "On since" in visitor.get("/account/").content.decode()


def test_logging_in_then_takes_both(visitor: Client, owner: User) -> None:
    secret, _ = turn_on(visitor)
    client = Client()
    assert begin(client) == "/login/code"
    assert client.get("/account/").status_code == 302, "the password alone is not enough"
    page = client.get("/login/code")
    assert 'autocomplete="one-time-code"' in page.content.decode()
    assert "Incorrect code" in client.post("/login/code", {"code": "000000"}).content.decode()
    assert client.post("/login/code", {"code": code_of(secret)}).status_code == 302
    assert client.get("/account/").status_code == 200


def test_a_target_survives_the_second_step(visitor: Client, owner: User) -> None:
    secret, _ = turn_on(visitor)
    client = Client()
    client.post("/login/?next=/trash/", {"username": "owner", "password": PASSWORD, "next": "/trash/"})
    assert client.post("/login/code", {"code": code_of(secret)}).headers["Location"] == "/trash/"


def test_who_cancels_the_second_step_begins_anew(visitor: Client, owner: User) -> None:
    turn_on(visitor)
    client = Client()
    begin(client)
    assert client.get("/login/").headers["Location"] == "/login/code"
    client.post(reverse("teams:logout"))
    assert client.get("/login/").status_code == 200


def test_a_code_is_taken_once_by_whoever_comes_first(visitor: Client, owner: User) -> None:
    secret, _ = turn_on(visitor)
    code, clients = code_of(secret, 1), [Client(), Client()]
    for client in clients:
        begin(client)
    assert clients[0].post("/login/code", {"code": code}).status_code == 302
    cache.clear()  # as it is in another process
    answer = clients[1].post("/login/code", {"code": f" {code[:3]}-{code[3:]}"})
    assert "used already" in answer.content.decode()
    assert clients[1].get("/account/").status_code == 302


def test_a_recovery_code_is_taken_once(visitor: Client, owner: User) -> None:
    _, codes = turn_on(visitor)
    assert len(set(codes)) == 10
    for expected in (302, 200):
        client = Client()
        begin(client)
        assert client.post("/login/code", {"code": codes[0]}).status_code == expected
    assert "9 recovery codes left" in visitor.get("/account/").content.decode()
    assert codes[1] in visitor.get(f"{CODES}/download").content.decode()


def test_new_recovery_codes_end_the_old_ones(visitor: Client, owner: User) -> None:
    _, codes = turn_on(visitor)
    with heard(authenticator_reset) as told:
        visitor.post(f"{CODES}/new")
    assert len(told) == 1
    assert not set(codes) & set(visitor.get(CODES).context["unused_codes"])


def test_codes_are_not_guessed_for_long(visitor: Client, owner: User) -> None:
    secret, _ = turn_on(visitor)
    client = Client()
    begin(client)
    with heard(user_login_failed) as failures:
        assert {client.post("/login/code", {"code": f"00000{n}"}).status_code for n in range(10)} == {200}
        assert client.post("/login/code", {"code": code_of(secret)}).status_code == 429
    assert [failure["credentials"] for failure in failures] == [{"username": "owner"}] * 11
    again = Client()
    begin(again)
    assert again.post("/login/code", {"code": code_of(secret)}).status_code == 429, "nor by beginning anew"
    Tries.objects.all().delete()
    assert again.post("/login/code", {"code": code_of(secret)}).status_code == 302


def test_it_is_turned_off_by_who_confirms(visitor: Client, owner: User) -> None:
    turn_on(visitor)
    other = Client()
    other.force_login(owner)
    assert other.post(OFF).headers["Location"].startswith("/account/confirm")
    assert Authenticator.objects.filter(user=owner).count() == 2
    with heard(authenticator_removed) as told:
        visitor.post(OFF)
    assert len(told) == 2
    assert begin(Client()) == reverse("workspace:editor")


def test_who_is_asked_once_more_may_use_a_code(visitor: Client, owner: User) -> None:
    secret, _ = turn_on(visitor)
    other = Client()
    other.force_login(owner)
    page = other.get(other.get(CODES).headers["Location"]).content.decode()
    assert reverse("mfa_reauthenticate") in page
    answer = other.post(reverse("mfa_reauthenticate"), {"code": code_of(secret, 1), "next": CODES})
    assert answer.headers["Location"] == CODES
    assert other.get(CODES).status_code == 200


def test_recovery_codes_are_shown_to_their_owner_alone(visitor: Client, teammate: User) -> None:
    turn_on(visitor)
    other = Client()
    other.force_login(teammate)
    confirm_identity(other)
    assert other.get(CODES).status_code == 404
    assert other.get(f"{CODES}/download").status_code == 404
