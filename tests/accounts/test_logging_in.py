"""How often log-ins may be tried, and that nobody is locked out by others."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import connection, transaction
from django.dispatch import Signal
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from llmspell_web.teams.models import User
from llmspell_web.web.models import Tries
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/login/"


@contextmanager
def heard(signal: Signal) -> Iterator[list[dict[str, Any]]]:  # Any: as signals have it
    """What is sent meanwhile."""
    sent: list[dict[str, Any]] = []

    def note(**facts: Any) -> None:
        sent.append(facts)

    signal.connect(note)
    yield sent
    signal.disconnect(note)


def try_password(client: Client, name: str, password: str = "wrong", address: str = "192.0.2.1") -> int:
    form = {"username": name, "password": password}
    return client.post(LOGIN, form, REMOTE_ADDR=address).status_code


def test_an_address_that_fails_too_often_has_to_wait(client: Client, owner: User) -> None:
    assert {try_password(client, f"name{number}") for number in range(30)} == {200}
    answer = client.post(LOGIN, {"username": "owner", "password": PASSWORD}, REMOTE_ADDR="192.0.2.1")
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert "Too many tries: please wait" in answer.content.decode()
    assert client.get(LOGIN, REMOTE_ADDR="192.0.2.1").status_code == 200, "the page itself is there"
    assert try_password(client, "owner", PASSWORD, "192.0.2.2") == 302


def test_logging_in_uses_nothing_up(client: Client, owner: User) -> None:
    for _ in range(40):
        assert try_password(client, "owner", PASSWORD) == 302
        client.post(reverse("teams:logout"))
    assert {try_password(client, "owner") for _ in range(30)} == {200}


def test_one_address_does_not_use_up_a_name(client: Client, owner: User) -> None:
    while try_password(client, "owner") == 200:
        pass
    assert try_password(client, "owner", PASSWORD, "192.0.2.2") == 302


def test_a_name_is_counted_from_wherever_it_is_tried(client: Client, owner: User) -> None:
    got = [try_password(client, ("owner", "OWNER")[number % 2], address=f"192.0.2.{number}") for number in range(60)]
    assert set(got) == {200}
    assert try_password(client, "owner", PASSWORD, "198.51.100.1") == 429
    assert try_password(client, "someone", address="198.51.100.1") == 200


@pytest.mark.parametrize("name", ["owner", "名前"])
def test_who_has_logged_in_from_a_browser_goes_on_there_while_others_try_the_name(
    make_user: Callable[..., User], name: str
) -> None:
    make_user(name)
    home, elsewhere = Client(), Client()
    assert try_password(home, name, PASSWORD) == 302
    assert str(home.cookies["llmspell_known"]).isascii()
    home.post(reverse("teams:logout"))
    for number in range(61):
        last = try_password(elsewhere, name, address=f"192.0.2.{number + 10}")
    assert last == 429
    assert try_password(home, name, PASSWORD) == 302
    forged = Client()
    forged.cookies["llmspell_known"] = "forged:1:2"
    assert try_password(forged, name, PASSWORD, "198.51.100.9") == 429


def test_every_failure_is_told_with_its_name_also_one_that_is_refused_unread(client: Client, owner: User) -> None:
    with heard(user_login_failed) as failures:
        for number in range(32):
            try_password(client, f"name{number}")
    assert [failure["credentials"]["username"] for failure in failures] == [f"name{number}" for number in range(32)]
    assert all(failure["request"].META["REMOTE_ADDR"] == "192.0.2.1" for failure in failures)
    assert "wrong" not in str(failures)


def test_logging_in_and_out_is_told(client: Client, owner: User) -> None:
    with heard(user_logged_in) as entered, heard(user_logged_out) as left:
        try_password(client, "owner", PASSWORD)
        client.post(reverse("teams:logout"))
    assert [fact["user"] for fact in entered] == [owner]
    assert [fact["user"] for fact in left] == [owner]


def test_unknown_names_are_answered_alike_and_cost_the_same(client: Client, owner: User) -> None:
    without = User.objects.create_user("without")  # a password
    User.objects.filter(pk=User.objects.create_user("off", password=PASSWORD).pk).update(is_active=False)
    answers, queries = set(), set()
    for name in ("owner", "nobody", without.username, "off"):
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(LOGIN, {"username": name, "password": "wrong"}).content.decode()
        token = answer.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        answers.add(answer.replace(name, "NAME").replace(token, "").split("<main")[1])
        queries.add(len(captured))
    assert len(answers) == len(queries) == 1


def test_who_is_switched_off_cannot_log_in(client: Client, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert try_password(client, "owner", PASSWORD) == 200


def test_nobody_signs_up_without_an_invitation(client: Client) -> None:
    for path in ("/signup/", "/accounts/signup/", "/account/signup", "/login/with/signup/"):
        assert client.get(path).status_code in {302, 404, 405}
        client.post(path, {"username": "x", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()


@pytest.mark.parametrize("path", ["/join/wrong/", "/join/wrong/account", "/welcome/wrong/"])
def test_secret_links_are_not_guessed_for_long(client: Client, path: str) -> None:
    assert {client.get(path).status_code for _ in range(30)} == {404}
    assert client.get(path).status_code == 429
    assert client.get("/join/other/").status_code == 429
    assert client.get(path, REMOTE_ADDR="192.0.2.9").status_code == 404


def test_fields_say_what_a_password_manager_may_fill_in(client: Client) -> None:
    page = client.get(LOGIN).content.decode()
    assert page.count('autocomplete="username"') == page.count('autocomplete="current-password"') == 1
    assert "placeholder" not in page


def test_what_is_counted_names_nobody(client: Client, owner: User) -> None:
    try_password(client, "owner")
    assert Tries.objects.count() == 2
    assert all(len(row.key) == 64 for row in Tries.objects.all())


@pytest.mark.django_db(transaction=True)
def test_a_busy_database_makes_log_ins_wait_not_fail(client: Client, owner: User) -> None:
    holds, let_go = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            Tries.objects.create(key="x" * 64, until=0)
            holds.set()
            let_go.wait(10)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    holds.wait(10)
    assert client.get(LOGIN).status_code == 200, "the page asks for nothing that is held"
    threading.Timer(0.3, let_go.set).start()
    assert try_password(client, "owner", PASSWORD) == 302
    writer.join()


def test_pages_pay_nothing_for_it(visitor: Client) -> None:
    """Session, account, and what the page itself is made of."""
    for path, most in (("/account/", 8), ("/account/password", 4)):
        with CaptureQueriesContext(connection) as captured:
            assert visitor.get(path).status_code == 200
        assert len(captured) <= most, [query["sql"] for query in captured.captured_queries]
    with CaptureQueriesContext(connection) as captured:
        Client().get(LOGIN)
    assert len(captured) == 0
