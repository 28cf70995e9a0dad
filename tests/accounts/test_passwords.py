"""Changing a password, and setting a lost one anew by a mail."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import password_changed, password_reset
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from llmspell_web.teams.models import User
from tests.accounts.conftest import link_in
from tests.accounts.test_logging_in import heard
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "another horse battery"
CHANGE, RESET = "/account/password", "/password/reset/"
Mails = Callable[[], list[EmailMessage]]


def form(old: str = PASSWORD, new: str = NEW) -> dict[str, str]:
    return {"oldpassword": old, "password1": new, "password2": new}


@pytest.fixture
def reachable(owner: User) -> User:
    """The owner, with a confirmed address."""
    EmailAddress.objects.create(user=owner, email="owner@example.com", verified=True, primary=True)
    User.objects.filter(pk=owner.pk).update(email="owner@example.com")
    return owner


def test_a_change_ends_the_other_log_ins_and_keeps_this_one(visitor: Client, owner: User) -> None:
    other = Client()
    other.force_login(owner)
    with heard(password_changed) as told:
        assert visitor.post(CHANGE, form()).status_code == 302
    assert visitor.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    assert Client().login(username="owner", password=NEW)
    assert [fact["user"] for fact in told] == [owner]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (form(old="wrong"), "This is not your present password."),
        (form(new="1234"), "too short"),
        (form(new="owner123"), "too similar"),
        ({**form(), "password2": "x"}, "same password each time"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    visitor: Client, owner: User, sent: dict[str, str], words: str
) -> None:
    assert words in visitor.post(CHANGE, sent).content.decode()
    assert Client().login(username="owner", password=PASSWORD)


def test_the_present_password_is_not_guessed_for_long(visitor: Client, owner: User) -> None:
    assert {visitor.post(CHANGE, form(old="wrong")).status_code for _ in range(10)} == {200}
    assert visitor.post(CHANGE, form()).status_code == 429
    assert visitor.post("/account/confirm", {"password": PASSWORD}).status_code == 429, "the same is asked there"
    assert Client().post("/login/", {"username": "owner", "password": PASSWORD}).status_code == 302


def test_a_lost_password_is_set_anew_by_a_link_that_works_once(reachable: User, mails: Mails) -> None:
    client, logged_in = Client(), Client()
    logged_in.force_login(reachable)
    assert client.post(RESET, {"email": "Owner@Example.com"}).headers["Location"] == f"{RESET}sent"
    (message,) = mails()
    assert message.to == ["owner@example.com"]
    assert "account owner" in str(message.body)
    link = link_in(message)
    page = client.get(link, follow=True)
    assert page.context["form"].fields["password1"].widget.attrs["autocomplete"] == "new-password"
    with heard(password_reset) as told:
        answer = client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert answer.headers["Location"] == f"{RESET}done"
    assert [fact["user"] for fact in told] == [reachable]
    assert Client().login(username="owner", password=NEW)
    assert logged_in.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 302, "it logs nobody in: a second factor is still asked for"
    assert "not valid any more" in Client().get(link, follow=True).content.decode()


def test_nobody_learns_which_addresses_are_known(client: Client, reachable: User, mails: Mails) -> None:
    answers = [client.post(RESET, {"email": email}) for email in ("owner@example.com", "nobody@example.com")]
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {(302, f"{RESET}sent")}
    assert [message.to for message in mails()] == [["owner@example.com"]]


def test_an_address_that_is_not_confirmed_gets_no_link_where_another_has_it(
    client: Client, reachable: User, teammate: User, mails: Mails
) -> None:
    EmailAddress.objects.create(user=teammate, email="owner@example.com", verified=False, primary=False)
    client.post(RESET, {"email": "owner@example.com"})
    (message,) = mails()
    assert "account owner" in str(message.body)


def test_one_mailbox_and_one_address_get_so_many_mails_and_no_more(
    client: Client, reachable: User, mails: Mails
) -> None:
    got = [client.post(RESET, {"email": "owner@example.com"}, REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(5)]
    assert got == [302, 302, 302, 302, 429]
    got = [
        client.post(RESET, {"email": f"x{n}@example.com"}, REMOTE_ADDR="198.51.100.1").status_code for n in range(21)
    ]
    assert got == [302] * 20 + [429]
    assert len(mails()) == 4


@pytest.mark.parametrize("email", ["", "no", "a@b@c", "x" * 400 + "@example.com", "a\0@example.com"])
def test_what_is_no_address_is_said(client: Client, mails: Mails, email: str) -> None:
    assert client.post(RESET, {"email": email}).context["form"].errors["email"]
    assert mails() == []


@pytest.mark.parametrize("path", [f"{RESET}1-x/", f"{RESET}zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz-set-password/"])
def test_made_up_links_say_that_they_are_not_valid_and_end_soon(client: Client, mails: Mails, path: str) -> None:
    assert "not valid any more" in client.get(path).content.decode()
    for number in range(29):
        (client.get, client.head)[number % 2](path)
    assert client.get(path).status_code == 429


def test_without_mail_the_page_says_whom_to_ask(client: Client, reachable: User) -> None:
    assert "ask them" in client.get(RESET).content.decode()
    assert "ask them" in client.post(RESET, {"email": "owner@example.com"}).content.decode()
    assert reverse("account_reset_password") in client.get("/login/").content.decode()
