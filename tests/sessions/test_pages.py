"""The pages of sessions."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from llmspell_web.teams.models import User
from sessions.access import get_current_session
from sessions.lifecycle import change_status
from sessions.models import Session
from sessions.services import create_session, set_current_session


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="Support <b>chat</b>", tags=["support", "urgent"], metadata={"ticket": "12345"})


def tab_urls(session: Session) -> list[str]:
    routes = ("sessions:detail", "sessions:history", "workspace:session_runs", "sessions:saves", "sessions:metadata")
    return [reverse(route, args=[session.pk]) for route in routes]


def test_names_are_text_whatever_they_contain(visitor: Client, session: Session) -> None:
    for url in (reverse("sessions:list"), *tab_urls(session)):
        content = visitor.get(url).content.decode()
        assert "Support &lt;b&gt;chat&lt;/b&gt;" in content
        assert "<b>chat" not in content


def test_every_tab_stands_in_the_whole_frame(visitor: Client, session: Session) -> None:
    for url in tab_urls(session):
        content = visitor.get(url).content.decode()
        for part in ("css/session", "css/tags", "css/metadata", "js/inplace", "js/tags", "js/poll", "js/session_live"):
            assert f"web/{part}." in content, url


@pytest.mark.parametrize("field", ["name", "description", "tags"])
def test_a_form_in_place_shares_no_id_with_the_page(field: str, visitor: Client, session: Session) -> None:
    url = reverse("sessions:edit_field", args=[session.pk, field])
    form = visitor.get(url, headers={"hx-request": "true"}).content.decode()
    for tab in tab_urls(session):
        ids = re.findall(r' id="([^"]+)"', visitor.get(tab).content.decode())
        assert len(ids) == len(set(ids)), tab
        assert set(re.findall(r' id="([^"]+)"', form)) & set(ids) <= {"tag-names", f"field-{field}"}, tab


def test_the_page_shows_facts_history_and_what_the_table_allows(visitor: Client, session: Session) -> None:
    content = visitor.get(session.get_absolute_url()).content.decode()
    for words in ("ticket", "12345", "Created", "Suspend", "Complete", "Use in workspace"):
        assert words in content
    assert "Bring back" not in content


def test_the_page_costs_no_more_queries_with_more_history(
    visitor: Client, owner: User, session: Session, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        change_status(session, "suspend", actor=owner)
        change_status(session, "resume", actor=owner)
        create_session(owner, parent=session)
    for url in tab_urls(session):
        with django_assert_max_num_queries(12):
            visitor.get(url)


def test_creating_leads_to_the_new_session(visitor: Client, session: Session) -> None:
    form = {"name": "Child", "tags": "a, b , a", "metadata": '{"n": 1}'}
    response = visitor.post(f"{reverse('sessions:create')}?parent={session.pk}", form)
    child = Session.objects.get(name="Child")
    assert response.headers["Location"] == child.get_absolute_url()
    assert (child.parent, child.tag_names, child.metadata) == (session, ["a", "b"], {"n": 1})


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": ""}, "required"),
        ({"name": "a\x07b"}, "control characters"),
        ({"name": "x" * 256}, "at most 255"),
        ({"name": "ok", "tags": "x" * 65}, "64 characters"),
        ({"name": "ok", "metadata": "[1]"}, "Metadata is an object"),
        ({"name": "ok", "metadata": "{"}, "Line 1, column 2: "),
        ({"name": "ok", "metadata": '{"n": ' + "9" * 5000 + "}"}, "not JSON"),
        ({"name": "ok", "metadata": '{"n": NaN}'}, "finite number"),
    ],
)
def test_a_wrong_value_is_told_and_nothing_is_made(visitor: Client, form: dict[str, str], words: str) -> None:
    response = visitor.post(reverse("sessions:create"), form)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Session.objects.exists()


def test_editing_replaces_what_the_form_shows(visitor: Client, session: Session) -> None:
    form = {"name": "New name", "description": "one\r\ntwo", "tags": "", "metadata": '{"other": true}'}
    visitor.post(reverse("sessions:edit", args=[session.pk]), form)
    session = Session.objects.get(pk=session.pk)
    assert (session.name, session.description, session.tag_names) == ("New name", "one\ntwo", [])
    assert session.metadata == {"other": True}


def test_a_life_cycle_step_that_came_too_late_is_told(visitor: Client, owner: User, session: Session) -> None:
    change_status(session, "complete", actor=owner)
    response = visitor.post(reverse("sessions:change", args=[session.pk, "suspend"]))
    assert response.status_code == 409
    assert "Cannot suspend a completed session." in response.content.decode()


def test_an_action_that_is_none_is_not_there(visitor: Client, session: Session) -> None:
    assert visitor.post(reverse("sessions:change", args=[session.pk, "explode"])).status_code == 404


def test_failing_keeps_the_reason_in_the_history(visitor: Client, session: Session) -> None:
    visitor.post(reverse("sessions:fail", args=[session.pk]), {"reason": "No answer from upstream"})
    content = visitor.get(reverse("sessions:history", args=[session.pk])).content.decode()
    assert "No answer from upstream" in content
    assert "Bring back" in content


def test_a_viewer_sees_no_buttons_that_would_be_refused(client: Client, viewer: User, session: Session) -> None:
    client.force_login(viewer)
    content = client.get(session.get_absolute_url()).content.decode()
    assert "You may look at this session" in content
    assert reverse("sessions:edit", args=[session.pk]) not in content


def test_deleting_asks_first_then_moves_to_the_trash(visitor: Client, session: Session) -> None:
    url = reverse("sessions:delete", args=[session.pk])
    assert "Delete the session <bdi>Support" in visitor.get(url).content.decode()
    assert visitor.get(session.get_absolute_url()).status_code == 200
    assert visitor.post(url).headers["Location"] == reverse("sessions:list")
    assert visitor.get(session.get_absolute_url()).status_code == 404


def test_the_header_shows_and_changes_the_current_session(visitor: Client, owner: User, session: Session) -> None:
    assert "No session" in visitor.get(reverse("sessions:list")).content.decode()
    response = visitor.post(reverse("sessions:use", args=[session.pk]), {"next": "/runs/"})
    assert response.headers["Location"] == "/runs/"
    assert get_current_session(owner) == session
    assert "Support &lt;b&gt;chat" in visitor.get(reverse("sessions:current")).content.decode()
    visitor.post(reverse("sessions:clear_current"), {"next": "https://evil.example/"})
    assert get_current_session(owner) is None


def test_the_picker_offers_active_sessions(visitor: Client, owner: User, session: Session) -> None:
    ended = create_session(owner, name="Ended")
    change_status(ended, "complete", actor=owner)
    set_current_session(owner, session)
    assert list(visitor.get(reverse("sessions:picker")).context["sessions"]) == [session]
