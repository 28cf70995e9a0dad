"""What cannot be done is said in words, on a page, in a part of one, or as JSON."""

import pytest
from django.test import Client
from django.urls import reverse

from llmspell_web.teams.models import User

JSON = {"accept": "application/json"}
MISSING = "/sessions/00000000-0000-0000-0000-000000000000/"


def test_a_wrong_address_gets_a_page_with_a_way_on(visitor: Client) -> None:
    for url in ("/no/such/page", MISSING):
        response = visitor.get(url)
        assert response.status_code == 404
        assert "There is nothing here" in response.content.decode()
        assert reverse("home") in response.content.decode()


def test_a_name_that_is_not_ours_is_refused_in_words(client: Client) -> None:
    response = client.get("/login/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "LLMSPELL_ALLOWED_HOSTS" in response.content.decode()
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("/runs/?after=1", "/runs/?after=1"),
        ("home", "/workspace/"),
        ("teams:logout", "/workspace/"),
        ("//elsewhere.example", "/workspace/"),
        ("/\\elsewhere.example", "/workspace/"),
        ("https://elsewhere.example/", "/workspace/"),
    ],
)
def test_the_way_back_is_a_path_of_ours(target: str, place: str, visitor: Client) -> None:
    assert visitor.post(reverse("sessions:clear_current"), {"next": target})["Location"] == place


def test_htmx_gets_the_words_alone(visitor: Client) -> None:
    content = visitor.get(MISSING, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in content
    assert 'role="alert"' in content


def test_scripts_get_json(visitor: Client) -> None:
    assert visitor.get(MISSING, headers=JSON).json()["message"].startswith("Session not found")


def test_a_page_left_open_after_logging_out_is_reloaded_not_filled_with_the_log_in_page(client: Client) -> None:
    part = client.get(reverse("sessions:current"), headers={"HX-Request": "true"})
    assert (part["HX-Refresh"], part.content) == ("true", b"")
    answer = client.post(reverse("workspace:run_script"), {"source": "return 1"}, headers=JSON)
    assert answer.status_code == 401
    assert "logged out" in answer.json()["message"]


def test_a_form_without_its_token_is_told_what_to_do(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    response = client.post(reverse("workspace:run_script"), {"source": "return 1"})
    assert response.status_code == 403
    assert "reload the page" in response.content.decode()


def test_a_failure_of_the_server_has_a_page_that_needs_nothing(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("llmspell_web.workspace.views.runs.newest_first", fail)
    visitor.raise_request_exception = False
    response = visitor.get(reverse("workspace:runs"))
    assert response.status_code == 500
    assert "The server failed" in response.content.decode()
    assert "secret detail" not in response.content.decode()
    assert "secret detail" in caplog.text


def test_every_page_carries_the_strict_policy(visitor: Client) -> None:
    policy = visitor.get(reverse("workspace:editor")).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    content = visitor.get(reverse("workspace:editor")).content.decode()
    for inline in (" style=", " onclick=", "<style", "javascript:"):
        assert inline not in content
