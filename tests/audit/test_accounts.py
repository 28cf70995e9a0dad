"""What people change on the page of their account, and that the admins of their teams are told."""

from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from llmspell_web.teams.models import User
from tests.accounts.conftest import confirm_identity, link_in
from tests.accounts.conftest import mails as mails  # noqa: PLC0414  # a fixture
from tests.accounts.test_addresses import ask_for
from tests.accounts.test_passwords import CHANGE, form
from tests.accounts.test_second_factor import OFF, turn_on
from tests.audit.test_pages import words

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(desk: Client) -> list[str]:
    return [row.kind for row in desk.get("/audit/", {"person": "owner"}).context["rows"]]


def test_a_new_password_is_told(desk: Client, visitor: Client, owner: User) -> None:
    answer = visitor.post(CHANGE, form())
    rows = desk.get("/audit/", {"request": answer["X-Request-ID"]}).context["rows"]
    assert [(row.kind, row.actor, row.address) for row in rows] == [("password_changed", "owner", "127.0.0.1")]


def test_a_second_factor_is_told_when_it_goes_on_and_off(desk: Client, visitor: Client, owner: User) -> None:
    turn_on(visitor)
    assert {"second_factor_added"} <= set(kinds(desk))
    visitor.post(OFF)
    assert kinds(desk)[0] == "second_factor_removed"


def test_an_address_is_told_as_before_and_after(
    desk: Client, visitor: Client, owner: User, mails: Callable[[], list[EmailMessage]]
) -> None:
    confirm_identity(visitor)
    for address in ("old@example.com", "new@example.com"):
        ask_for(visitor, address)
        visitor.post(link_in(next(message for message in mails() if message.to == [address])))
    assert "email_changed" in kinds(desk)
    assert "old new @example.com" in words(desk.get("/audit/", {"kind": "email_changed"}))
