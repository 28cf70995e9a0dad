"""Whatever is sent to whatever route, the server never fails: it answers with a page or with words about a mistake."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import Settings

from llmspell_web.teams.models import Membership, User
from llmspell_web.workspace.models import Run
from tests.web.asked import ASKED
from tests.web.site import Site, make_site
from tests.web.test_access_table import TABLE, arguments, form_of

HOSTILE = (
    "a\0b",  # PostgreSQL refuses it
    "9" * 19,  # no database's number
    "0001-01-01T00:00:00+23:59",  # before all that a database knows, in UTC
    "\r\nSet-Cookie: a=b \U0001d4b3\u202e\u200f'\"<b>%s\\ ((((",
    "",
)
LEADING_ON = {"home", "teams:login", "teams:logout"}  # or they say what they take
HEADERS: tuple[dict[str, str], ...] = ({}, {"hx-request": "true"}, {"accept": "application/json"})
PATHS = ("a%00b", "9" * 30, "%F0%9D%92%B3%E2%80%AE%0D%0A", "..%2F..%2Fetc", "%FF%FE", "x" * 3000)


@pytest.fixture
def admin(owner: User) -> Client:
    """A browser of somebody who may do everything there, so that no refusal stands before the values are read."""
    Membership.objects.filter(user=owner).update(role=Membership.Role.ADMIN)
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def site(owner: User) -> Site:
    site = make_site(owner)
    Run.objects.update(status=Run.Status.SUCCEEDED)  # the console of one that goes on is followed to its end
    return site


def status(client: Client, url: str, method: str, form: Mapping[str, object], **more: Any) -> int:  # Any: as Django
    """After which everything is as it was. An exception of the view comes through."""
    with transaction.atomic():
        answer = getattr(client, method)(url, form, **more)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return int(answer.status_code)


def room_of(route: str) -> str:
    """The routes of the package that keeps accounts have no room in their names."""
    room, colon, _ = route.partition(":")
    return room if colon else "accounts"


def names_asked_for(client: Client, url: str, method: str, form: dict[str, str]) -> set[str]:
    """By the view of that URL: those of a valid form may lead to more."""
    names: set[str] = set()
    while True:
        ASKED.clear()
        for filled in (form, dict.fromkeys(names, "1") | form):
            status(client, url, method, filled)
        if names >= ASKED:
            return names
        names |= ASKED


@pytest.mark.parametrize("room", sorted({room_of(route) for route in TABLE}))
def test_no_value_of_any_field_fails_the_server(
    room: str, admin: Client, owner: User, site: Site, settings: Settings
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.web.asked.AskedNames"]
    sent = 0
    for route in (route for route in TABLE if room_of(route) == room):
        admin.force_login(owner)  # the route before may have logged out
        url, form = reverse(route, kwargs=arguments(route, site)), form_of(route, site)
        for method in ("get", "post"):
            if status(admin, url, method, form) == 405:
                continue
            for name in sorted(names_asked_for(admin, url, method, form)):
                for value in HOSTILE:
                    given = status(admin, url, method, {**form, name: value}, headers=HEADERS[sent % len(HEADERS)])
                    assert given < 500, (route, method, name, value)
                    sent += 1
    assert sent > 500 or room not in {"sessions", "artifacts"}


def patterns(of: list[Any], prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:  # Any: as Django
    for one in of:
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, prefix + str(one.pattern))
        else:
            yield prefix + str(one.pattern), one


def test_no_address_fails_the_server(admin: Client, site: Site) -> None:
    """Those that routes take texts and numbers in: keys are keys, or there is no such page."""
    known = {"uuid:pk": site.session.pk, "uuid:session_pk": site.session.pk, "uuid:user_id": site.member.pk}
    tried = 0
    for route, _ in patterns(get_resolver().url_patterns):
        with_keys = re.sub(r"<(uuid:\w+)>", lambda found: str(known[found[1]]), route)
        for hostile in PATHS if "<" in with_keys else ():
            url = re.sub(r"<[^>]*>", lambda _, text=hostile: text, with_keys)  # type: ignore[misc]  # bound at once
            for method in ("get", "post"):
                assert status(admin, url, method, {}) < 500, (url, method)
                tried += 1
    assert tried > 100


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace", "head", "brew"])
def test_no_verb_fails_the_server_or_changes_anything(method: str, admin: Client, site: Site) -> None:
    for route in TABLE:
        url = reverse(route, kwargs=arguments(route, site))
        answer = admin.generic(method.upper(), url)
        assert answer.status_code < 500, route
        if method == "head":
            assert answer.streaming or not answer.content
        elif room_of(route) != "accounts" and route not in LEADING_ON:
            assert answer.status_code == 405, route
    assert "_auth_user_id" in admin.session


def test_no_body_fails_the_server(admin: Client, site: Site) -> None:
    """Of a type that it is not, not to be read, with more fields than anybody sends, and larger than any form."""
    fields = b"&".join(b"a%d=1" % number for number in range(1001))
    bodies = [
        (b"--x\r\nContent-Disp", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data; boundary=x"),
        (b"x", "multipart/form-data"),
        (b"name=%FF%00%ED%A0%80&name=&%", "application/x-www-form-urlencoded; charset=nonsense"),
        (fields, "application/x-www-form-urlencoded"),
        (b"[" * 100_000, "application/json"),
        (b"name=" + b"x" * (4 * 1024 * 1024 + 1), "application/x-www-form-urlencoded"),
    ]
    for route in ("sessions:create", "trash:restore", "artifacts:store", "teams:create", "workspace:run_script"):
        for body, kind in bodies:
            url = reverse(route, kwargs=arguments(route, site))
            answer = admin.generic("POST", url, body, content_type=kind)
            assert answer.status_code < 500, (route, body[:40])
            assert answer.status_code != 302, (route, body[:40])
