"""The e-mail address of an account: one, optional, and only after its link was opened."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed, email_removed
from django.core.mail import EmailMessage
from django.test import Client

from llmspell_web.teams.models import User
from tests.accounts.conftest import confirm_identity, link_in
from tests.accounts.test_logging_in import heard
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
EMAIL = "/account/email"
Mails = Callable[[], list[EmailMessage]]


def ask_for(client: Client, address: str) -> None:
    client.post(EMAIL, {"email": address, "action_add": "1"})


def address_of(user: User) -> str:
    return User.objects.get(pk=user.pk).email


def test_an_address_counts_once_its_link_was_opened(visitor: Client, owner: User, mails: Mails) -> None:
    confirm_identity(visitor)
    ask_for(visitor, "owner@example.com")
    assert address_of(owner) == ""
    assert "not confirmed yet" in visitor.get("/account/").content.decode()
    link = link_in(mails()[0])
    somebody = Client()
    assert "owner@example.com" in somebody.get(link).content.decode()
    assert address_of(owner) == "", "looking changes nothing"
    with heard(email_changed) as told:
        somebody.post(link)
    assert address_of(owner) == "owner@example.com"
    assert told[0]["user"] == owner
    assert somebody.get("/account/").status_code == 302, "the link logs nobody in"


def test_a_new_address_takes_the_place_of_the_old_one_which_is_told(visitor: Client, owner: User, mails: Mails) -> None:
    confirm_identity(visitor)
    for address in ("old@example.com", "new@example.com"):
        ask_for(visitor, address)
        visitor.post(link_in(next(message for message in mails() if message.to == [address])))
    assert address_of(owner) == "new@example.com"
    assert EmailAddress.objects.filter(user=owner).count() == 1
    assert [message.to for message in mails()][-1] == ["old@example.com"]
    with heard(email_removed) as told:
        visitor.post(EMAIL, {"email": "new@example.com", "action_remove": "1"})
    assert address_of(owner) == ""
    assert len(told) == 1


def test_it_is_asked_once_more_who_is_there_and_what_was_sent_goes_on(
    visitor: Client, owner: User, mails: Mails
) -> None:
    answer = visitor.post(EMAIL, {"email": "owner@example.com", "action_add": "1"})
    assert answer.headers["Location"].startswith("/account/confirm?next=")
    assert "Is it you?" in visitor.get(answer.headers["Location"]).content.decode()
    assert mails() == []
    answer = visitor.post(answer.headers["Location"], {"password": PASSWORD, "next": EMAIL})
    assert answer.headers["Location"] == EMAIL
    assert [message.to for message in mails()] == [["owner@example.com"]]


def test_an_address_of_somebody_else_is_not_given_away(
    visitor: Client, owner: User, teammate: User, mails: Mails
) -> None:
    EmailAddress.objects.create(user=teammate, email="mate@example.com", verified=True, primary=True)
    confirm_identity(visitor)
    ask_for(visitor, "mate@example.com")
    assert not visitor.get(EMAIL).context["form"].errors, "nor said to be anybody's"
    for message in mails():
        page = Client().post(link_in(message))
        assert page.status_code in {200, 302}
    assert address_of(owner) == ""
    assert EmailAddress.objects.get(email="mate@example.com", verified=True).user == teammate


def test_a_made_up_link_confirms_nothing(client: Client, owner: User) -> None:
    assert "not valid any more" in client.get("/account/email/confirm/made:up/").content.decode()
