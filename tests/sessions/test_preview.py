"""A session at a glance."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import User
from sessions import preview
from sessions.models import Session
from sessions.services import create_session, delete_session

# The log-in session, the account; the session, its tags, its parent, artifacts, events.
PREVIEW_QUERIES = 7


@pytest.fixture
def session(owner: User) -> Session:
    metadata = {"a long one": "x" * 500, "k" * 500: {"a": [1]}, **{f"key{number}": number for number in range(7)}}
    parent = create_session(owner, name="The parent")
    return create_session(owner, name="<Support>", description="First\n<b>x", metadata=metadata, parent=parent)


def look(client: Client, session: Session) -> str:
    content: str = client.get(reverse("sessions:preview", args=[session.pk])).content.decode()
    return content


def test_what_it_shows(client: Client, viewer: User, teammate: User, session: Session) -> None:
    artifacts = [
        store_artifact(session, actor=teammate, artifact_type="x", name=f"report-{number}", content=b"12345")
        for number in range(6)
    ]
    delete_artifact(artifacts[-1], actor=teammate)
    client.force_login(viewer)
    content = look(client, session)
    for words in (
        "&lt;Support&gt;",
        "First<br>&lt;b&gt;x",
        "The parent",
        "<bdi>owner</bdi>, <bdi>Team</bdi>",
        "by <bdi>teammate</bdi>",
        "report-4",
    ):
        assert words in content
    assert "and 3 more keys" in content
    assert "x" * preview.VALUE_MAX_CHARACTERS + "…" in content
    assert "x" * 100 not in content
    assert "k" * 100 not in content
    assert "report-5" not in content
    assert "report-0" not in content
    assert "<html" not in content


def test_a_parent_in_the_trash_is_not_shown(client: Client, owner: User, session: Session) -> None:
    assert session.parent is not None
    delete_session(session.parent, actor=owner)
    client.force_login(owner)
    assert "The parent" not in look(client, session)
    delete_session(session, actor=owner)
    assert client.get(reverse("sessions:preview", args=[session.pk])).status_code == 404


def test_it_costs_the_same_whatever_is_in_it(
    client: Client, owner: User, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(owner)
    for _ in range(2):
        with django_assert_num_queries(PREVIEW_QUERIES):
            look(client, session)
        for number in range(10):
            store_artifact(session, actor=owner, artifact_type="x", name=str(number), content=b"x")
