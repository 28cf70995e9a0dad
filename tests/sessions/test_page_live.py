"""The parts of an open session page that follow what others do: its children and its metadata."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from llmspell_web.teams.models import User
from sessions.hierarchy import move_session
from sessions.lifecycle import change_status
from sessions.models import Session
from sessions.presentation import CHILDREN_SHOWN
from sessions.services import create_session, delete_session, update_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="Parent", metadata={"a": {"b": [1]}, "c": "kept"})


def poll_of(page: Any) -> dict[str, Any]:  # Any: the test client's response and what it takes as a query
    """What the page asks next."""
    context = page.context
    marks = {"children": context["children_mark"], "tree": context["metadata_mark"]}
    return {"after": context["session"].event_count, "tab": context["tab"], **marks}


def parts(response: Any) -> set[str]:  # Any: as above
    content = response.content.decode()
    names = ("session-children", "session-metadata", "metadata-body", "session-facts", "session-crumbs")
    return {name for name in names if f'id="{name}"' in content}


def test_children_follow_though_their_parent_has_no_event(
    visitor: Client, owner: User, teammate: User, stranger: User, session: Session
) -> None:
    url = reverse("sessions:live", args=[session.pk])
    state = poll_of(visitor.get(session.get_absolute_url()))
    assert visitor.get(url, state).status_code == 204
    child = create_session(teammate, name="<b>child</b>", parent=session)
    told = visitor.get(url, state)
    assert parts(told) == {"session-children"}
    assert "&lt;b&gt;child&lt;/b&gt;" in told.content.decode()
    assert f"The children of <bdi>{session.name}</bdi> changed." in told.content.decode()
    state = poll_of(told)
    assert visitor.get(url, state).status_code == 204

    changes: list[Callable[[], object]] = [
        lambda: change_status(child, "suspend", actor=teammate),
        lambda: update_session(child, actor=teammate, name="renamed"),
        lambda: create_session(owner, parent=child),
        lambda: move_session(child, actor=teammate, parent=None, seen=session.pk),
    ]
    for change in changes:
        change()
        told = visitor.get(url, state)
        assert parts(told) == {"session-children"}
        state = poll_of(told)
        assert visitor.get(url, state).status_code == 204
    update_session(child, actor=owner, description="seen nowhere in the tree")
    create_session(stranger)
    assert visitor.get(url, state).status_code == 204
    delete_session(session, actor=owner)
    assert visitor.get(url, state).status_code == 404


def test_metadata_comes_only_when_it_changed(visitor: Client, owner: User, session: Session) -> None:
    url = reverse("sessions:live", args=[session.pk])
    state = poll_of(visitor.get(session.get_absolute_url()))
    change_status(session, "suspend", actor=owner)
    told = visitor.get(url, state)
    assert parts(told) == {"session-facts", "session-crumbs"}
    update_session(session, actor=owner, metadata={"c": "<i>new</i>"})
    told = visitor.get(url, poll_of(told))
    assert parts(told) == {"session-facts", "session-crumbs", "session-metadata"}
    assert "&lt;i&gt;new&lt;/i&gt;" in told.content.decode()
    update_session(session, actor=owner, metadata={"a": None, "c": None})
    assert 'id="session-metadata" class="panel" aria-labelledby="metadata-aside-title" hidden' in (
        visitor.get(url, poll_of(told)).content.decode()
    )


def test_the_tab_of_metadata_shows_the_same_place_anew(visitor: Client, owner: User, session: Session) -> None:
    url = reverse("sessions:live", args=[session.pk])
    place = {"path": "/a"}
    state = poll_of(visitor.get(reverse("sessions:metadata", args=[session.pk]), place))
    update_session(session, actor=owner, metadata={"a": {"b": [1, "two"]}})
    told = visitor.get(url, state | place)
    assert parts(told) == {"session-facts", "session-crumbs", "metadata-body"}
    assert told.context["tree"].pointer == "/a"
    content = told.content.decode()
    assert "two" in content
    assert "kept" not in content
    found = visitor.get(url, state | {"find": "kept"})
    assert found.context["matches"].count == 1
    update_session(session, actor=owner, metadata={"a": None})
    told = visitor.get(url, state | place)
    assert (told.status_code, told.context["tree"].pointer) == (200, "")
    assert "kept" in told.content.decode()


def test_asking_costs_the_same_for_any_number_of_children(
    visitor: Client, owner: User, session: Session, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    url = reverse("sessions:live", args=[session.pk])
    for _ in range(CHILDREN_SHOWN + 5):
        create_session(owner, parent=session)
    state = poll_of(visitor.get(session.get_absolute_url()))
    with django_assert_max_num_queries(7):
        assert visitor.get(url, state).status_code == 204
    create_session(owner, parent=session)
    with django_assert_max_num_queries(12):
        assert f"All {CHILDREN_SHOWN + 6} children" in visitor.get(url, state).content.decode()
