"""The one-time link that makes the first account."""

import stat
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from llmspell_web.teams.models import Membership, User
from llmspell_web.teams.services import (
    check_welcome_token,
    create_first_account,
    first_account,
    issue_welcome_token,
    local_account,
)
from llmspell_web.web.problems import Conflict, NotFound
from sessions.services import create_session

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough passphrase"
FORM = {"username": "ada", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture(autouse=True)
def data_directory(tmp_path: Path, settings: Settings) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def welcome(token: str) -> str:
    return reverse("teams:welcome", args=[token])


def test_the_link_makes_an_administrator_logs_in_and_leads_to_the_workspace(client: Client) -> None:
    response = client.post(welcome(issue_welcome_token()), FORM)
    assert response.headers["Location"] == reverse("workspace:editor")
    user = User.objects.get()
    assert (user.username, user.check_password(PASSWORD)) == ("ada", True)
    place = user.memberships.get()
    assert place.role == Membership.Role.ADMIN
    assert [event.kind for event in place.team.events.order_by("pk")] == ["joined", "role_changed"]
    assert client.get(reverse("workspace:editor")).status_code == 200


def test_the_token_is_kept_as_a_hash_that_only_the_server_may_read(data_directory: Path) -> None:
    token = issue_welcome_token()
    file = data_directory / "welcome_token"
    assert token not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_new_token_ends_the_one_before() -> None:
    old, new = issue_welcome_token(), issue_welcome_token()
    check_welcome_token(new)
    with pytest.raises(NotFound):
        check_welcome_token(old)


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_a_wrong_token_is_refused_with_and_without_one_issued(client: Client, token: str) -> None:
    with pytest.raises(NotFound):
        check_welcome_token(token)
    issue_welcome_token()
    with pytest.raises(NotFound):
        check_welcome_token(token)
    assert client.get(welcome(token or "none")).status_code == 404
    assert client.post(welcome(token or "none"), FORM).status_code == 404
    assert not User.objects.exists()


def test_the_link_works_once(client: Client) -> None:
    link = welcome(issue_welcome_token())
    client.post(link, FORM)
    other = Client()
    assert other.get(link).headers["Location"] == reverse("teams:login")
    assert other.post(link, FORM | {"username": "eve"}).headers["Location"] == reverse("teams:login")
    assert User.objects.count() == 1
    with pytest.raises(Conflict):
        issue_welcome_token()
    with pytest.raises(Conflict):
        create_first_account(username="eve", password=PASSWORD)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"password1": "12345678", "password2": "12345678"}, "too common"),
        ({"password2": "something else"}, "didn’t match"),
        ({"username": ""}, "required"),
        ({"username": "a b"}, "valid username"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(client: Client, change: dict[str, str], words: str) -> None:
    response = client.post(welcome(issue_welcome_token()), FORM | change)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not User.objects.exists()


def test_the_account_of_the_commands_is_named_and_keeps_its_sessions(client: Client) -> None:
    local = local_account()
    session = create_session(local, name="Made by run_script")
    client.post(welcome(issue_welcome_token()), FORM)
    assert User.objects.get() == local
    assert b"Made by run_script" in client.get(session.get_absolute_url()).content


def test_the_account_of_the_commands_may_keep_its_name(client: Client) -> None:
    local_account()
    assert client.post(welcome(issue_welcome_token()), FORM | {"username": "local"}).status_code == 302


def test_the_first_account_is_the_oldest() -> None:
    assert first_account() is None
    local = local_account()
    assert (first_account(), local_account()) == (local, local)
    assert not local.has_usable_password()
