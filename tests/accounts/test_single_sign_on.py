"""Logging in through an OpenID Connect provider, which really runs: who gets in by it, and who does not."""

import http.client
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from llmspell_web.environment import read_oidc
from llmspell_web.teams.invitations import create_invitation, revoke_invitation
from llmspell_web.teams.models import Invitation, Membership, Team, User
from tests.accounts.conftest import confirm_identity
from tests.accounts.test_logging_in import heard
from tests.conftest import PASSWORD
from tests.tools.oidc import CLIENT_ID, CLIENT_SECRET, Provider

pytestmark = pytest.mark.django_db
BEGIN = "/login/with/oidc/"


@pytest.fixture
def provider(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with Provider() as running:
        monkeypatch.setenv("LLMSPELL_OIDC_ISSUER", running.url)
        found = read_oidc("LLMSPELL_OIDC_ISSUER", client_id=CLIENT_ID, secret=CLIENT_SECRET, label="Example")
        settings.SOCIALACCOUNT_PROVIDERS = found
        yield running


@pytest.fixture
def connected(provider: Provider, owner: User) -> SocialAccount:
    return SocialAccount.objects.create(user=owner, provider="oidc", uid="person-1")


@pytest.fixture
def invitation(default_team: Team, make_user: Callable[..., User]) -> tuple[Invitation, str]:
    chief = make_user("chief", Membership.Role.ADMIN)
    return create_invitation(default_team, actor=chief, role="viewer", lifetime="day", uses=1)


def go_there(client: Client, **form: str) -> str:
    """Presses the button; where the provider sends the browser back to."""
    page = client.post(BEGIN, form)
    assert page.status_code == 200
    link = unescape(page.content.decode().split('content="0;url=')[1].split('"')[0])
    there = urlsplit(link)
    connection = http.client.HTTPConnection(there.netloc, timeout=5)
    connection.request("GET", f"{there.path}?{there.query}")
    back = urlsplit(connection.getresponse().headers["Location"])
    connection.close()
    return f"{back.path}?{back.query}"


def test_who_has_connected_it_gets_in_and_to_where_they_wanted(
    provider: Provider, connected: SocialAccount, client: Client, owner: User
) -> None:
    page = client.get("/login/?next=/trash/").content.decode()
    assert "Log in with Example" in page
    assert '<input type="hidden" name="next" value="/trash/">' in page
    with heard(user_logged_in) as told:
        assert client.get(go_there(client, next="/trash/")).headers["Location"] == "/trash/"
    assert told[0]["user"] == owner
    assert client.get("/account/").status_code == 200


def test_there_is_no_button_and_no_way_in_without_a_provider(client: Client) -> None:
    assert BEGIN not in client.get("/login/").content.decode()
    assert client.post(BEGIN).status_code == 404


def test_looking_at_the_address_begins_nothing(provider: Provider, client: Client) -> None:
    assert client.get(BEGIN).status_code == 405


def test_an_unknown_person_gets_no_account(provider: Provider, client: Client, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(email="ada@example.com", username="ada")
    page = client.get(go_there(client)).content.decode()
    assert "Nobody here is known by that log-in" in page
    assert User.objects.count() == 1
    assert client.get("/account/").status_code == 302, "nor that of somebody with the same address or name"


def test_who_is_invited_makes_an_account_in_that_team_alone(
    provider: Provider, client: Client, invitation: tuple[Invitation, str], default_team: Team
) -> None:
    join = f"/join/{invitation[1]}/"
    assert "Join with Example" in client.get(f"{join}account").content.decode()
    assert client.get(go_there(client, next=join)).headers["Location"] == join
    user = User.objects.get(username="ada")
    assert [(place.team, place.role) for place in user.memberships.all()] == [(default_team, "viewer")]
    assert (user.has_usable_password(), user.email) == (False, "")
    assert "You are in" in client.get(join).content.decode()
    other = Client()
    other.get(go_there(other))
    assert other.get("/account/").status_code == 200, "from then on without the invitation"


def test_a_name_that_somebody_has_is_given_to_nobody_else(
    provider: Provider, client: Client, invitation: tuple[Invitation, str], make_user: Callable[..., User]
) -> None:
    make_user("ADA")
    client.get(go_there(client, next=f"/join/{invitation[1]}/"))
    name = SocialAccount.objects.get().user.username
    assert name.casefold() != "ada"


@pytest.mark.parametrize("sub", ["person-1", "x" * 3000, "ä\u202e\n"])
def test_an_invitation_that_has_ended_makes_no_account(
    provider: Provider, client: Client, invitation: tuple[Invitation, str], sub: str
) -> None:
    provider.person["sub"] = sub[:150]
    back = go_there(client, next=f"/join/{invitation[1]}/")
    revoke_invitation(invitation[0], actor=invitation[0].created_by)
    assert "Nobody here is known" in client.get(back).content.decode()
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("next_url", ["/join/wrong/", "/teams/", "https://evil.example/join/x/", "//evil.example/"])
def test_other_targets_are_no_invitation(provider: Provider, client: Client, next_url: str) -> None:
    client.get(go_there(client, next=next_url))
    assert not User.objects.exists()


def test_another_site_is_no_place_to_go_on_to(provider: Provider, connected: SocialAccount, client: Client) -> None:
    assert client.get(go_there(client, next="https://evil.example/")).headers["Location"] == "/workspace/"


def test_a_state_that_was_changed_or_is_of_another_browser_gets_nobody_in(
    provider: Provider, connected: SocialAccount, client: Client
) -> None:
    back = go_there(client)
    for there, browser in ((back + "x", client), (back, Client()), (back.split("&state")[0], client)):
        answer = browser.get(there)
        assert answer.status_code == 401
        assert "did not work" in answer.content.decode()
    assert client.get("/account/").status_code == 302
    assert client.get(back).status_code == 302, "the right one still does"
    assert Client().get(back).status_code == 401
    assert client.get(back).status_code == 401, "once"


def test_a_made_up_code_gets_nobody_in(provider: Provider, connected: SocialAccount, client: Client) -> None:
    state = parse_qs(urlsplit(go_there(client)).query)["state"][0]
    assert client.get(f"{BEGIN}callback?code=made-up&state={state}").status_code == 401


def test_a_token_for_somebody_else_gets_nobody_in(provider: Provider, connected: SocialAccount, client: Client) -> None:
    provider.audience = "another"
    assert client.get(go_there(client)).status_code == 401


def test_who_says_no_there_is_not_logged_in(provider: Provider, connected: SocialAccount, client: Client) -> None:
    provider.consents = False
    assert client.get(go_there(client)).headers["Location"] == "/login/cancelled"
    assert client.get("/login/cancelled").status_code == 200


def test_a_provider_that_is_away_is_said_in_words(provider: Provider, client: Client, settings: Settings) -> None:
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:1"
    answer = client.post(BEGIN)
    assert "Example cannot be reached" in answer.content.decode()
    assert client.get("/login/").status_code == 200


def test_an_account_connects_it_after_confirming_and_disconnects_it(
    provider: Provider, visitor: Client, owner: User, client: Client
) -> None:
    answer = visitor.get(go_there(visitor, process="connect"))
    assert answer.headers["Location"].startswith("/account/confirm")
    answer = visitor.post("/account/confirm", {"password": PASSWORD})
    assert answer.headers["Location"] == "/account/"
    assert SocialAccount.objects.get().user == owner
    assert "Disconnect" in visitor.get("/account/").content.decode()
    visitor.post("/account/connections", {"account": str(SocialAccount.objects.get().pk)})
    assert not SocialAccount.objects.exists()


def test_a_log_in_of_one_account_is_not_connected_to_another(
    provider: Provider, connected: SocialAccount, teammate: User
) -> None:
    client = Client()
    client.force_login(teammate)
    confirm_identity(client)
    page = client.get(go_there(client, process="connect"), follow=True).content.decode()
    assert "already connected" in page
    assert SocialAccount.objects.get().user != teammate


def test_the_last_way_in_cannot_be_disconnected(provider: Provider, connected: SocialAccount, owner: User) -> None:
    owner.set_unusable_password()
    owner.save(update_fields=["password"])
    client = Client()
    client.force_login(owner)
    page = client.post("/account/connections", {"account": str(connected.pk)}, follow=True).content.decode()
    assert "no password" in page
    assert SocialAccount.objects.exists()
    assert client.get("/account/password").headers["Location"] == "/account/password/set"
    client.post("/account/password/set", {"password1": PASSWORD, "password2": PASSWORD})
    assert Client().login(username="owner", password=PASSWORD)


@pytest.mark.parametrize(
    ("issuer", "client_id", "words"),
    [
        ("", "llmspell", "LLMSPELL_OIDC_ISSUER names no issuer"),
        ("login.example.com", "llmspell", "must be the URL"),
        ("https://login.example.com", "", "set LLMSPELL_OIDC_CLIENT_ID"),
    ],
)
def test_half_a_configuration_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, issuer: str, client_id: str, words: str
) -> None:
    monkeypatch.setenv("LLMSPELL_OIDC_ISSUER", issuer)
    with pytest.raises(ImproperlyConfigured, match=words):
        read_oidc("LLMSPELL_OIDC_ISSUER", client_id=client_id, secret="s", label="Example")
