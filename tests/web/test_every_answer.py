"""What holds for every route: no form without its token, no GET that changes something, nothing for a shared cache."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from llmspell_web.audit.models import AuditRecord
from llmspell_web.teams.models import Membership, User
from llmspell_web.web.models import Tries
from llmspell_web.workspace.models import Run
from tests.conftest import PASSWORD
from tests.web.site import Site, make_site
from tests.web.test_access_table import TABLE, arguments, form_of

# Their addresses are the secret that a token would be.
WITHOUT_TOKEN = {f"shares:{name}" for name in ("shared", "artifact", "part", "output")}
NOTED = {AuditRecord, Tries}
ELSEWHERE: tuple[str, ...] = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
)
ELSEWHERE += ("/\t/evil.example", "\\\\evil.example", "http:///evil.example", "/\x00/evil.example", "evil.example")


@dataclass(frozen=True)
class Address:
    route: str
    url: str
    form: dict[str, str]


@pytest.fixture
def addresses(owner: User) -> list[Address]:
    """Of all routes, for an admin who may do everything there."""
    Membership.objects.filter(user=owner).update(role=Membership.Role.ADMIN)
    site: Site = make_site(owner)
    Run.objects.update(status=Run.Status.SUCCEEDED)
    return [Address(route, reverse(route, kwargs=arguments(route, site)), form_of(route, site)) for route in TABLE]


def contents() -> Iterator[tuple[str, list[str]]]:
    """Of every table of ours, as texts; but that data was exported is noted, and tries of secret links are counted."""
    for model in apps.get_models():
        if model._meta.managed and model._meta.app_label.startswith("llmspell") and model not in NOTED:
            yield model.__name__, sorted(map(str, model._base_manager.values_list()))


def ask(client: Client, method: str, url: str, form: dict[str, str]) -> HttpResponse:
    response: HttpResponse = getattr(client, method)(url, form)
    if response.streaming:
        b"".join(response.streaming_content)  # type: ignore[attr-defined]  # it streams
    return response


def test_no_post_without_its_token_does_anything(addresses: list[Address], owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    before = dict(contents())
    for address in addresses:
        if address.route not in WITHOUT_TOKEN:
            assert ask(client, "post", address.url, address.form).status_code == 403, address.route
    assert dict(contents()) == before
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}])
def test_no_get_changes_anything(addresses: list[Address], owner: User, headers: dict[str, str]) -> None:
    client = Client(**headers)  # type: ignore[arg-type]  # of every request
    client.force_login(owner)
    before = dict(contents())
    for address in addresses:
        ask(client, "get", address.url, address.form)
        ask(client, "head", address.url, address.form)
        assert dict(contents()) == before, address.route


def test_no_cache_on_the_way_keeps_an_answer(addresses: list[Address], owner: User) -> None:
    client = Client()
    client.force_login(owner)
    for address in addresses:
        headers = ask(client, "get", address.url, address.form).headers
        assert {"private", "no-store"} & set(headers["Cache-Control"].split(", ")), address.route
        assert headers["Referrer-Policy"] in {
            "same-origin",
            "no-referrer",
        }  # a token in an address is told to nobody else
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src" in headers["Content-Security-Policy"], address.route


def test_no_form_leads_to_another_site(addresses: list[Address], owner: User) -> None:
    client, led = Client(), 0
    for address in addresses:
        client.force_login(owner)  # the one before may have logged out
        for elsewhere in ELSEWHERE:
            with transaction.atomic():
                response = ask(client, "post", address.url, {**address.form, "next": elsewhere})
                transaction.set_rollback(True)
            if "Location" in response.headers:
                there = urljoin(f"http://testserver{address.url}", response.headers["Location"].replace("\\", "/"))
                assert urlsplit(there).netloc == "testserver", address.route
                led += 1
    assert led > 100


def test_who_logs_in_gets_a_key_that_nobody_knew(client: Client, owner: User) -> None:
    url = reverse("teams:login")
    client.cookies["llmspell_session"] = "chosenbysomebodyelse"
    client.get(url)
    client.post(url, {"username": owner.username, "password": PASSWORD})
    cookie = client.cookies["llmspell_session"]
    assert cookie.value != "chosenbysomebodyelse"
    assert client.session["_auth_user_id"] == str(owner.pk)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    before = cookie.value
    client.post(reverse("teams:logout"))
    client.post(url, {"username": owner.username, "password": PASSWORD})
    assert client.cookies["llmspell_session"].value != before
