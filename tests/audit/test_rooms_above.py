"""What comments and share links leave in the audit."""

import pytest
from django.test import Client
from django.urls import reverse

from llmspell_web.comments.access import get_subject
from llmspell_web.comments.services import add_comment, delete_comment, edit_comment
from llmspell_web.shares.services import create_share
from llmspell_web.teams.models import User
from llmspell_web.trash.purging import purge_session
from llmspell_web.trash.removal import remove_all
from sessions.models import Session
from sessions.services import create_session, delete_session
from tests.audit.test_pages import told, words

pytestmark = pytest.mark.django_db


def test_each_text_of_a_comment_is_kept(desk: Client, owner: User, admin: User) -> None:
    session = create_session(owner, name="Support")
    comment = add_comment(get_subject(owner, "session", session.pk), actor=owner, text="Frist").comment
    edit_comment(comment, actor=owner, text="First", seen=0)
    delete_comment(comment, actor=owner)
    delete_session(session, actor=owner)
    remove_all(purge_session(Session.objects.get(pk=session.pk), actor=admin))
    kinds = ["comment_written", "comment_edited", "comment_deleted"]
    assert told(desk, kind=kinds) == [f"{kind} Support by owner" for kind in reversed(kinds)]
    page = words(desk.get("/audit/", {"kind": "comment_edited", "about": str(session.pk)}))
    assert "Frist" in page
    assert "First" in page


def test_visitors_of_a_link_are_told_by_their_address(desk: Client, owner: User) -> None:
    session = create_session(owner, name="Support")
    _, token = create_share(session, actor=owner, is_live=True, lifetime="day", password="long enough")
    url, visitor = reverse("shares:shared", args=[token]), Client(REMOTE_ADDR="203.0.113.7")
    visitor.post(url, {"password": "a wrong one"})
    response = visitor.post(url, {"password": "long enough"})
    kinds = ["share_made", "share_refused", "share_opened"]
    assert told(desk, kind=kinds) == [
        "share_opened Support by ",
        "share_refused Support by ",
        "share_made Support by owner",
    ]
    page = words(desk.get("/audit/", {"request": response["X-Request-ID"]}))
    assert "Link opened : Support by a visitor from 203.0.113.7" in page
