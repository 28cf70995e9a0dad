"""Logging in and out."""

from django.test import Client
from django.urls import reverse

from llmspell_web.teams.models import User
from tests.conftest import PASSWORD


def test_a_page_asks_to_log_in_and_is_then_shown(client: Client, owner: User) -> None:
    target = reverse("sessions:list") + "?status=active"
    login = client.get(target).headers["Location"]
    page = client.get(login)
    assert page.context["redirect_field_value"] == target
    response = client.post(login, {"username": owner.username, "password": PASSWORD, "next": target})
    assert response.headers["Location"] == target


def test_another_site_is_no_place_to_go_on_to(client: Client, owner: User) -> None:
    form = {"username": owner.username, "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post(reverse("teams:login"), form).headers["Location"] == reverse("workspace:editor")


def test_a_wrong_password_is_said_in_words(client: Client, owner: User) -> None:
    response = client.post(reverse("teams:login"), {"username": owner.username, "password": "wrong"})
    assert "correct username and password" in response.content.decode()
    assert client.get(reverse("sessions:list")).status_code == 302


def test_logging_out_needs_a_post_and_ends_the_login(client: Client, owner: User) -> None:
    client.force_login(owner)
    assert client.get(reverse("teams:logout")).status_code == 405
    client.post(reverse("teams:logout"))
    assert client.get(reverse("sessions:list")).status_code == 302
