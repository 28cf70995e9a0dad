"""Editing a session on its page: in place and without JavaScript, alone and against somebody who was faster."""

import json
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from llmspell_web.teams.models import User
from sessions.lifecycle import change_status
from sessions.models import Session
from sessions.services import create_session, update_session

HTMX = {"HX-Request": "true"}
TAGS = ["a, b", 'say "hi"', " x ", "plain", "<b>"]


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="old", description="one\r\ntwo", tags=TAGS, metadata={"a": 1, "b": {"c": None}})


def edit_url(session: Session, field: str) -> str:
    return reverse("sessions:edit_field", args=[session.pk, field])


def sent_by(html: str) -> dict[str, str]:
    """What the first form of the page with a `seen` sends if nothing is typed."""
    fields = dict(re.findall(r'<input[^>]*name="(seen|name|tags)"[^>]*value="([^"]*)"', html))
    for name, text in re.findall(r"<textarea[^>]*name=\"(\w+)\"[^>]*>\n?(.*?)</textarea>", html, re.DOTALL):
        fields[name] = text.replace("\r\n", "\n").replace("\n", "\r\n")  # as browsers read and send it
    return {name: unescape(text) for name, text in fields.items()}


@pytest.mark.parametrize("field", ["name", "description", "tags"])
def test_a_form_in_place_is_the_form_of_the_page(field: str, visitor: Client, session: Session) -> None:
    page = visitor.get(edit_url(session, field))
    part = visitor.get(edit_url(session, field), headers=HTMX)
    assert "<html" in page.content.decode()
    assert part.content.decode().strip().startswith(f'<form id="field-{field}"')
    assert sent_by(part.content.decode()) == sent_by(page.content.decode())
    assert "HX-Request" in part.headers["Vary"]


@pytest.mark.parametrize("field", ["name", "description", "tags"])
def test_what_is_sent_back_as_it_was_shown_changes_nothing(field: str, visitor: Client, session: Session) -> None:
    shown = sent_by(visitor.get(edit_url(session, field)).content.decode())
    assert visitor.post(edit_url(session, field), shown).status_code == 302
    stored = Session.objects.get(pk=session.pk)
    assert (stored.event_count, stored.description, stored.tag_names) == (1, "one\r\ntwo", TAGS)


def test_saving_shows_the_field_again_with_the_focus_on_its_button(visitor: Client, session: Session) -> None:
    response = visitor.post(edit_url(session, "name"), {"name": "<i>new</i>"}, headers=HTMX)
    content = response.content.decode()
    assert "<h1>&lt;i&gt;new&lt;/i&gt;</h1>" in content
    assert "autofocus" in content
    assert response.headers["HX-Trigger-After-Settle"] == "session-changed"
    assert visitor.get(reverse("sessions:field", args=[session.pk, "name"]), headers=HTMX).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "required"),
        ("name", "   ", "not only blanks"),
        ("tags", "x" * 65, "64 characters"),
        ("tags", ", ".join(map(str, range(65))), "at most 64 tags"),
        ("description", "x" * 65_537, "65536"),
    ],
)
def test_a_wrong_value_is_told_beside_the_field(
    field: str, value: str, words: str, visitor: Client, session: Session
) -> None:
    for headers in ({}, HTMX):
        response = visitor.post(edit_url(session, field), {field: value}, headers=headers)
        assert response.status_code == 422
        content = response.content.decode()
        assert words in content[content.index(f'id="id_{field}_error"') :]
    assert Session.objects.get(pk=session.pk).event_count == 1


def test_there_is_no_form_for_what_is_not_edited_in_place(visitor: Client, session: Session) -> None:
    for field in ("created_by", "status", "metadata"):
        assert visitor.get(edit_url(session, field)).status_code == 404
        assert visitor.post(edit_url(session, field), {field: "x"}).status_code == 404


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_who_comes_second_is_told_and_can_save_over_it(
    headers: dict[str, str], visitor: Client, teammate: User, session: Session
) -> None:
    shown = sent_by(visitor.get(edit_url(session, "name"), headers=headers).content.decode())
    update_session(session, actor=teammate, name="<b>theirs</b>")
    mine = shown | {"name": "mine"}
    response = visitor.post(edit_url(session, "name"), mine, headers=headers)
    content = response.content.decode()
    assert response.status_code == 409
    assert Session.objects.get(pk=session.pk).name == "<b>theirs</b>"
    assert "teammate" in content
    assert reverse("sessions:event", args=[session.pk, 2]) in content
    assert "&lt;b&gt;theirs&lt;/b&gt;" in content
    assert "Save over it" in content
    again = sent_by(content)
    assert again["name"] == "mine"
    assert visitor.post(edit_url(session, "name"), again).status_code == 302
    assert Session.objects.get(pk=session.pk).name == "mine"


def test_a_third_change_is_told_again(visitor: Client, teammate: User, session: Session) -> None:
    shown = sent_by(visitor.get(edit_url(session, "name")).content.decode())
    update_session(session, actor=teammate, name="second")
    again = sent_by(visitor.post(edit_url(session, "name"), shown | {"name": "mine"}).content.decode())
    update_session(session, actor=teammate, name="third")
    assert visitor.post(edit_url(session, "name"), again).status_code == 409
    assert Session.objects.get(pk=session.pk).name == "third"


def test_the_form_of_everything_conflicts_only_where_both_changed(
    visitor: Client, teammate: User, session: Session
) -> None:
    url = reverse("sessions:edit", args=[session.pk])
    shown = sent_by(visitor.get(url).content.decode())
    update_session(session, actor=teammate, name="theirs", metadata={"b": 2})
    mine = shown | {"tags": "mine", "metadata": json.dumps({"a": 5, "b": {"c": None}, "d": None})}
    assert visitor.post(url, mine).status_code == 302
    stored = Session.objects.get(pk=session.pk)
    assert (stored.name, stored.tag_names, stored.metadata) == ("theirs", ["mine"], {"a": 5, "b": 2, "d": None})
    response = visitor.post(url, shown | {"name": "mine", "metadata": json.dumps({"a": 7, "b": {"c": None}})})
    assert response.status_code == 409
    content = response.content.decode()
    assert "teammate" in content
    assert "metadata key a" in content
    assert Session.objects.get(pk=session.pk).event_count == stored.event_count


@pytest.mark.parametrize("seen", ["{", "[]", '{"metadata": 1}', "[" * 1000])
def test_a_damaged_form_changes_nothing(seen: str, visitor: Client, session: Session) -> None:
    response = visitor.post(edit_url(session, "name"), {"name": "mine", "seen": seen})
    assert response.status_code == 422
    assert "reload the page" in response.content.decode()
    assert Session.objects.get(pk=session.pk).name == "old"


def test_a_step_that_somebody_else_has_taken_is_told_with_who_and_when(
    visitor: Client, teammate: User, session: Session
) -> None:
    change_status(session, "fail", actor=teammate, reason="no <answer>")
    response = visitor.post(reverse("sessions:change", args=[session.pk, "suspend"]), {"seen": "active"})
    content = response.content.decode()
    assert response.status_code == 409
    for words in ("Cannot suspend a failed session.", "teammate", "just now", "no &lt;answer&gt;", "Bring back"):
        assert words in content


def test_a_step_is_not_taken_from_a_status_that_was_not_seen(visitor: Client, teammate: User, session: Session) -> None:
    change_status(session, "suspend", actor=teammate)
    complete = reverse("sessions:change", args=[session.pk, "complete"])
    assert visitor.post(complete, {"seen": "active"}).status_code == 409
    assert Session.objects.get(pk=session.pk).status == "suspended"
    assert visitor.post(complete, {"seen": "suspended"}).status_code == 302


def test_a_reason_is_kept_when_somebody_else_was_faster(visitor: Client, teammate: User, session: Session) -> None:
    url = reverse("sessions:fail", args=[session.pk])
    assert 'name="seen" value="active"' in visitor.get(url, headers=HTMX).content.decode()
    change_status(session, "complete", actor=teammate)
    response = visitor.post(url, {"reason": "my reason", "seen": "active"})
    assert response.status_code == 409
    assert "my reason" in response.content.decode()
    assert Session.objects.get(pk=session.pk).status == "completed"


@pytest.mark.parametrize("status", Session.Status.values)
def test_every_button_says_what_it_will_do(status: str, visitor: Client, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(status=status)
    content = visitor.get(session.get_absolute_url()).content.decode()
    actions = content[content.index('id="session-actions"') :]
    buttons = re.findall(r'<(?:button|a) class="button[^>]*>', actions[: actions.index("</nav>")])
    assert buttons
    assert all("title=" in button for button in buttons)


def test_tags_are_offered_from_visible_sessions(visitor: Client, owner: User, stranger: User, session: Session) -> None:
    create_session(stranger, tags=["out-of-sight"])
    create_session(owner, tags=["known"])
    content = visitor.get(edit_url(session, "tags")).content.decode()
    assert '<option value="known">' in content
    assert "out-of-sight" not in content
