"""How often something may be tried, and by whom it is counted."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from llmspell_web.web.models import Tries
from llmspell_web.web.problems import TooManyTries
from llmspell_web.web.rate_limits import check_rate, client_address, forget_tries, forgive_try


def request_from(address: str = "192.0.2.1", forwarded: str | None = None) -> HttpRequest:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    return RequestFactory().post("/", REMOTE_ADDR=address, headers=headers)


def tries_until_refused(request: HttpRequest, action: str = "x", key: str = "", rate: str = "5/h") -> int:
    for number in range(100):
        try:
            check_rate(request, action, key=key, rate=rate)
        except TooManyTries:
            return number
    raise AssertionError("never refused")


@pytest.mark.django_db
def test_so_many_are_let_through_and_no_more() -> None:
    assert tries_until_refused(request_from()) == 5
    with pytest.raises(TooManyTries) as refused:
        check_rate(request_from(), "x", rate="5/h")
    assert 700 < refused.value.seconds <= 720
    assert str(refused.value) == "too many tries: please wait 12 minutes and then try again"


@pytest.mark.django_db
def test_one_place_comes_free_at_a_time() -> None:
    request = request_from()
    assert tries_until_refused(request) == 5
    Tries.objects.update(until=time.time() + 3600 - 720)
    check_rate(request, "x", rate="5/h")
    with pytest.raises(TooManyTries):
        check_rate(request, "x", rate="5/h")


@pytest.mark.django_db
def test_what_is_refused_does_not_count() -> None:
    assert tries_until_refused(request_from()) == 5
    until = Tries.objects.get().until
    for _ in range(20):
        with pytest.raises(TooManyTries):
            check_rate(request_from(), "x", rate="5/h")
    assert Tries.objects.get().until == until


@pytest.mark.django_db
def test_what_succeeded_is_forgiven() -> None:
    for _ in range(20):
        check_rate(request_from(), "x", rate="5/h")
        forgive_try(request_from(), "x", rate="5/h")
    assert tries_until_refused(request_from()) == 5


@pytest.mark.django_db
def test_addresses_actions_and_keys_are_counted_each() -> None:
    assert tries_until_refused(request_from()) == 5
    assert tries_until_refused(request_from("192.0.2.2")) == 5
    assert tries_until_refused(request_from(), action="y") == 5
    assert tries_until_refused(request_from(), key="a") == 5
    assert tries_until_refused(request_from("192.0.2.3"), key="b\0\ud7ff💥" * 500) == 5
    with pytest.raises(TooManyTries):
        check_rate(request_from("198.51.100.7"), "x", key="a", rate="5/h")


@pytest.mark.django_db
def test_one_network_of_ipv6_is_one_client() -> None:
    assert tries_until_refused(request_from("2001:db8:1:2::1")) == 5
    with pytest.raises(TooManyTries):
        check_rate(request_from("2001:db8:1:2:ffff::9"), "x", rate="5/h")
    check_rate(request_from("2001:db8:1:3::1"), "x", rate="5/h")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["", "unix:", "fe80::1%eth0", "::", "::ffff:192.0.2.1"])
def test_whatever_a_server_takes_for_an_address_is_one_client(address: str) -> None:
    assert tries_until_refused(request_from(address)) == 5


def test_what_a_client_says_of_itself_is_not_believed() -> None:
    assert client_address(request_from("192.0.2.1", "203.0.113.9")) == "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, None, "192.0.2.1"),
        (1, "203.0.113.9, unknown", "192.0.2.1"),
        (1, "2001:db8::0:1", "2001:db8::1"),
    ],
)
def test_proxies_that_are_trusted_say_who_asks(
    settings: Settings, proxies: int, forwarded: str | None, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert client_address(request_from("192.0.2.1", forwarded)) == expected


@pytest.mark.django_db
def test_what_counts_no_more_is_forgotten() -> None:
    check_rate(request_from(), "x", rate="5/h")
    check_rate(request_from(), "y", rate="5/h")
    Tries.objects.filter(pk=Tries.objects.order_by("pk").values("pk")[:1]).update(until=time.time() - 1)
    assert [forget_tries(), forget_tries()] == [True, False]
    assert Tries.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_tries_side_by_side_are_counted_each() -> None:
    def attempt(_: int) -> bool:
        try:
            check_rate(request_from(), "x", rate="7/h")
        except TooManyTries:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(attempt, range(40))) == 7
