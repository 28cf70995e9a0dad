"""Looking into a save, downloading from it, going on from it."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts.saves import save_session
from artifacts.services import delete_artifact, store_artifact
from artifacts.views.saves import MANIFEST_SHOWN
from llmspell_web.teams.models import User
from sessions.models import Session
from sessions.presentation import SAVES_SHOWN
from sessions.services import create_session, update_session

pytestmark = pytest.mark.django_db
# The log-in session, the account, the current session; the session with its tags, the save, its manifest.
SAVED_PAGE_QUERIES = 7
# As above, with the children and the saves.
SAVES_PAGE_QUERIES = 8


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="<b>Support</b>", description="as it was", tags=["old"], metadata={"k": "v"})


def store(session: Session, name: str, content: bytes = b"x") -> object:
    return store_artifact(session, actor=session.created_by, artifact_type="chart", name=name, content=content)


def saved_url(session: Session, number: int = 1) -> str:
    return reverse("artifacts:saved", args=[session.pk, number])


def test_the_page_shows_the_session_as_it_was(visitor: Client, session: Session, owner: User) -> None:
    store(session, "a.txt", b"then")
    save_session(session, actor=owner)
    update_session(session, actor=owner, name="Now", description="now", tags=["new"], metadata={"k": "w"})
    content = visitor.get(saved_url(session)).content.decode()
    for words in ("&lt;b&gt;Support&lt;/b&gt;", "as it was", ">old<", "&quot;k&quot;: &quot;v&quot;", "a.txt"):
        assert words in content
    assert "<b>Support" not in content
    assert ">new<" not in content
    assert visitor.get(saved_url(session, 2)).status_code == 404
    assert visitor.get(saved_url(session, 10**20)).status_code == 404


def test_the_content_of_then_can_be_had_after_the_artifact_was_deleted(
    visitor: Client, session: Session, owner: User, stranger: User
) -> None:
    artifact = store_artifact(session, actor=owner, artifact_type="chart", name="a.txt", content=b"then\0")
    line = save_session(session, actor=owner).artifacts.get()
    delete_artifact(artifact, actor=owner)
    url = reverse("artifacts:download_saved", args=[session.pk, 1, line.pk])
    response = visitor.get(url)
    assert b"".join(response.streaming_content) == b"then\0"  # type: ignore[attr-defined]  # the test client's
    assert response.headers["Content-Disposition"] == 'attachment; filename="a.txt"'
    visitor.force_login(stranger)
    assert visitor.get(url).status_code == 404


def test_a_line_of_another_save_is_not_found(visitor: Client, session: Session, owner: User) -> None:
    store(session, "a.txt")
    first, second = (save_session(session, actor=owner) for _ in range(2))
    url = reverse("artifacts:download_saved", args=[session.pk, second.number, first.artifacts.get().pk])
    assert visitor.get(url).status_code == 404


def test_the_manifest_pages_at_a_fixed_cost(
    visitor: Client, session: Session, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(MANIFEST_SHOWN + 5):
        store(session, f"n{number:03}.txt")
    save_session(session, actor=owner)
    with django_assert_num_queries(SAVED_PAGE_QUERIES):
        content = visitor.get(saved_url(session)).content.decode()
    assert content.count("Download n") == MANIFEST_SHOWN
    after = re.search(r"\?after=(\d+)", content)
    assert after is not None
    assert visitor.get(f"{saved_url(session)}{after[0]}").content.decode().count("Download n") == 5


def test_saves_are_listed_newest_first_page_by_page(
    visitor: Client, session: Session, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(SAVES_SHOWN + 3):
        save_session(session, actor=owner)
    url = reverse("sessions:saves", args=[session.pk])
    with django_assert_num_queries(SAVES_PAGE_QUERIES):
        content = visitor.get(url).content.decode()
    assert re.findall(r">Save (\d+)<", content) == [str(number) for number in range(SAVES_SHOWN + 3, 3, -1)]
    older = visitor.get(f"{url}?before=4").content.decode()
    assert re.findall(r">Save (\d+)<", older) == ["3", "2", "1"]


def test_going_on_from_a_save_leads_to_the_new_session(visitor: Client, session: Session, owner: User) -> None:
    store(session, "a.txt")
    save_session(session, actor=owner)
    response = visitor.post(reverse("artifacts:open_save", args=[session.pk, 1]), follow=True)
    copy = Session.objects.exclude(pk=session.pk).get()
    assert response.redirect_chain == [(copy.get_absolute_url(), 302)]
    assert "a new session" in response.content.decode()
    assert copy.artifacts.count() == 1
    for told, about in ((session, copy), (copy, session)):
        history = visitor.get(reverse("sessions:history", args=[told.pk])).content.decode()
        assert "Save opened as a new session" in history
        assert f'href="{about.get_absolute_url()}"' in history
