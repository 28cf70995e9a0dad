"""The role of somebody changes while a page is open: what it still offers is refused in words and changes nothing, and
the page as it is now offers it no more."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from artifacts.models import Artifact
from artifacts.services import store_artifact
from llmspell_web.teams import members
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.workspace.runs import create_run
from sessions.models import Session
from sessions.services import create_session

WORDS = "your role in the team Team is viewer"
PAGE = "/sessions/?status=active"
HEADERS: list[dict[str, str]]
HEADERS = [{}, {"hx-request": "true", "hx-current-url": f"http://testserver{PAGE}"}, {"accept": "application/json"}]


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="Shared", tags=["old"])


@pytest.fixture
def artifact(session: Session, owner: User) -> Artifact:
    return store_artifact(session, actor=owner, artifact_type="note", name="a.txt", content=b"one", tags=["old"])


@pytest.fixture
def become_viewer(default_team: Team, teammate: User, make_user: Callable[..., User]) -> Callable[[], None]:
    chief = make_user("chief", Membership.Role.ADMIN)

    def become() -> None:
        members.change_role(default_team, actor=chief, user_id=teammate.pk, role="viewer", seen="member")

    return become


@pytest.mark.parametrize("headers", HEADERS)
def test_the_page_of_a_session(
    client: Client, teammate: User, session: Session, become_viewer: Callable[[], None], headers: dict[str, str]
) -> None:
    client.force_login(teammate)
    url, suspend = session.get_absolute_url(), reverse("sessions:change", args=[session.pk, "suspend"])
    edit = reverse("sessions:edit_field", args=[session.pk, "name"])
    page = client.get(url).content.decode()
    assert suspend in page
    assert edit in page
    become_viewer()
    for address, form in ((suspend, {}), (edit, {"name": "Mine"}), (reverse("artifacts:save", args=[session.pk]), {})):
        answer = client.post(address, form, headers=headers)
        assert answer.status_code == 403
        assert WORDS in answer.content.decode()
    session.refresh_from_db()
    assert (session.name, session.status, session.save_count) == ("Shared", "active", 0)
    page = client.get(url).content.decode()
    assert suspend not in page
    assert edit not in page


@pytest.mark.parametrize("headers", HEADERS)
def test_the_page_of_an_artifact(
    client: Client, teammate: User, artifact: Artifact, become_viewer: Callable[[], None], headers: dict[str, str]
) -> None:
    client.force_login(teammate)
    url, tags, delete = (
        artifact.get_absolute_url(),
        *(reverse(f"artifacts:{name}", args=[artifact.pk]) for name in ("tags", "delete")),
    )
    page = client.get(url).content.decode()
    assert tags in page
    assert delete in page
    become_viewer()
    for address in (tags, delete, reverse("artifacts:make_current", args=[artifact.pk])):
        answer = client.post(address, {"tags": "mine", "seen": "old"}, headers=headers)
        assert answer.status_code == 403
        assert WORDS in answer.content.decode()
    assert Artifact.objects.get(deleted_at=None).tag_names == ["old"]
    page = client.get(url).content.decode()
    assert tags not in page
    assert delete not in page


def test_a_bulk_form(client: Client, teammate: User, session: Session, become_viewer: Callable[[], None]) -> None:
    """What may be changed is asked session by session: the end says that none was, and why."""
    client.force_login(teammate)
    form = {"act": "suspend", "session": str(session.pk)}
    assert client.post(reverse("sessions:bulk_new"), form | {"ask": "1"}).status_code == 200
    become_viewer()
    page = client.post(reverse("sessions:bulk_new"), form, follow=True).content.decode()
    assert WORDS in page
    assert Session.objects.get().status == "active"


def test_a_part_of_a_page_leads_to_the_page_as_it_is_now(
    client: Client, teammate: User, session: Session, become_viewer: Callable[[], None]
) -> None:
    client.force_login(teammate)
    become_viewer()
    url = reverse("sessions:change", args=[session.pk, "suspend"])
    assert f'<a href="{PAGE}">Reload the page</a>' in client.post(url, headers=HEADERS[1]).content.decode()
    elsewhere = HEADERS[1] | {"hx-current-url": "https://evil.example/"}
    assert "Reload the page" not in client.post(url, headers=elsewhere).content.decode()


def test_what_is_created_from_a_stale_page(
    client: Client, teammate: User, session: Session, become_viewer: Callable[[], None]
) -> None:
    client.force_login(teammate)
    become_viewer()
    answer = client.post(reverse("sessions:create"), {"name": "New"})
    assert answer.status_code == 403
    assert WORDS in answer.content.decode()
    assert Session.objects.count() == 1


@pytest.mark.parametrize("headers", HEADERS)
def test_who_was_removed_finds_nothing_any_more(
    client: Client,
    teammate: User,
    owner: User,
    session: Session,
    artifact: Artifact,
    default_team: Team,
    headers: dict[str, str],
) -> None:
    run = create_run(owner, source="return 1")
    client.force_login(teammate)
    assert client.get(session.get_absolute_url()).status_code == 200
    members.end_membership(default_team, actor=teammate, user_id=teammate.pk)
    for address in (
        reverse("sessions:change", args=[session.pk, "suspend"]),
        reverse("artifacts:tags", args=[artifact.pk]),
        reverse("workspace:stop", args=[run.pk]),
    ):
        answer = client.post(address, {"tags": "mine"}, headers=headers)
        assert answer.status_code == 404
        assert "not found" in answer.content.decode()
    session.refresh_from_db()
    assert session.status == "active"
