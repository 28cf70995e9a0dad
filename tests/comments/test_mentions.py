"""Who is told of a comment, and what its author is told of whom it could not reach."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from llmspell_web.comments.models import CommentNotice
from llmspell_web.comments.services import delete_comment, edit_comment
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.teams.services import find_private_team
from sessions.models import Session
from sessions.placement import place_session
from sessions.services import delete_session
from tests.comments.conftest import Say

MINE = "/comments/"


def log_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def numbers(user: User) -> dict[str, str]:
    found: dict[str, str] = log_in(user).get(reverse("workspace:feed_news")).json()
    return found


def told(user: User) -> list[tuple[str, str]]:
    rows = CommentNotice.objects.of(user).order_by("pk")
    return [(row.kind, row.comment.text) for row in rows.select_related("comment")]


def test_who_is_mentioned_is_told_once_and_marks_it_as_read(
    session: Session, owner: User, teammate: User, viewer: User, say: Say
) -> None:
    say(owner, session, "@teammate and @viewer and @teammate, says @owner")
    assert told(teammate) == told(viewer) == [("mention", "@teammate and @viewer and @teammate, says @owner")]
    assert told(owner) == []
    assert numbers(teammate)["comments"] == "1"
    client = log_in(teammate)
    page = client.get(MINE).content.decode()
    assert "mentioned you" in page
    assert "New: " in page
    say(owner, session, "@teammate meanwhile")
    upto = page.partition('name="upto" value="')[2].partition('"')[0]
    client.post(reverse("comments:read"), {"upto": upto})
    assert numbers(teammate)["comments"] == "1"  # what came meanwhile was not on the page
    assert numbers(viewer)["comments"] == "1"


def test_who_takes_part_is_told_of_answers(
    session: Session, owner: User, teammate: User, admin: User, say: Say
) -> None:
    begin = say(owner, session)
    say(teammate, begin, "first")
    say(admin, begin, "second for @owner")
    assert told(owner) == [("answer", "first"), ("mention", "second for @owner")]
    assert told(teammate) == [("answer", "second for @owner")]
    assert told(admin) == []


def test_an_edit_tells_whom_it_adds_and_takes_back_whom_it_leaves_out(
    session: Session, owner: User, teammate: User, viewer: User, say: Say
) -> None:
    comment = say(owner, session, "@teammate")
    CommentNotice.objects.update(read_at=comment.created_at)
    edit_comment(comment, actor=owner, text="@teammate @viewer", seen=0)
    assert numbers(teammate)["comments"] == ""
    assert told(viewer) == [("mention", "@teammate @viewer")]
    edit_comment(comment, actor=owner, text="nobody", seen=1)
    assert told(teammate) == told(viewer) == []


def test_what_is_deleted_or_out_of_sight_is_not_told_of(
    session: Session, owner: User, teammate: User, viewer: User, say: Say
) -> None:
    comment = say(owner, session, "@teammate @viewer")
    Membership.objects.filter(user=viewer).delete()
    assert told(viewer) == []
    assert numbers(viewer)["comments"] == ""
    delete_session(session, actor=owner)
    assert told(teammate) == []
    Session.objects.update(deleted_at=None, deleted_by=None)
    assert len(told(teammate)) == 1
    place_session(session, actor=owner, team=find_private_team(owner), owner=owner)
    assert told(teammate) == []
    assert "Nothing for you yet" in log_in(teammate).get(MINE).content.decode()
    delete_comment(comment, actor=owner)
    assert not CommentNotice.objects.exists()


def test_names_of_others_stay_text_whoever_they_are(
    session: Session, visitor: Client, stranger: User, make_user: Callable[..., User]
) -> None:
    make_user("gone").memberships.all().delete()
    url = reverse("comments:session", args=[session.pk])
    response = visitor.post(url, {"text": "@stranger @gone @nobody. @owner"}, follow=True)
    page = response.content.decode()
    words = "Nobody who can see this goes by the name: @stranger, @gone, @nobody."
    assert words in page
    assert "<mark>@owner</mark>" in page
    assert "<mark>@stranger" not in page
    assert told(stranger) == []


@pytest.mark.parametrize("name", ["a.b", "x+y@z", "d_e_", "dash-", "Ünï", "__init__"])
def test_names_as_accounts_have_them(
    session: Session, owner: User, make_user: Callable[..., User], say: Say, name: str
) -> None:
    user = make_user(name)
    comment = say(owner, session, f"(@{name}, see)")
    assert f"<mark>@{name}</mark>" in comment.html
    assert len(told(user)) == 1


def test_the_number_ends_at_nine(session: Session, owner: User, teammate: User, say: Say) -> None:
    for _ in range(11):
        say(owner, session, "@teammate")
    assert numbers(teammate)["comments"] == "9+"


def test_completion_knows_who_can_see_it(
    session: Session, visitor: Client, teammate: User, viewer: User, stranger: User, other_team: Team
) -> None:
    url = reverse("comments:names")
    on = f"session.{session.pk}"
    found = visitor.get(url, {"on": on, "q": "hi @T", "at": "5"}).json()
    assert (found["start"], found["end"]) == (3, 5)
    assert [one["text"] for one in found["suggestions"]] == ["@teammate"]
    assert visitor.get(url, {"on": on, "q": "@stran"}).json()["suggestions"] == []
    assert visitor.get(url, {"on": on, "q": "a@team"}).json()["suggestions"] == []
    assert visitor.get(url, {"on": on, "q": "🕷 @view@", "at": "7"}).json()["start"] == 2
    assert visitor.get(url, {"on": "session.x", "q": "@"}).status_code == 422
    assert log_in(stranger).get(url, {"on": on, "q": "@"}).status_code == 404


def test_a_bad_number_of_a_notice_is_told(visitor: Client) -> None:
    assert visitor.post(reverse("comments:read"), {"upto": "x"}).status_code == 422
    assert visitor.post(reverse("comments:read"), {"upto": "9" * 19}).status_code == 422
    assert visitor.get(f"{MINE}?before={'9' * 19}").status_code == 200


def test_notices_page(session: Session, owner: User, teammate: User, say: Say) -> None:
    for number in range(60):
        say(owner, session, f"@teammate number {number}.")
    client = log_in(teammate)
    page = client.get(MINE).content.decode()
    assert "number 59." in page
    assert "number 9." not in page
    assert "data-looked" not in page  # more is new than it shows
    older = page.partition(f'href="{MINE}?before=')[2].partition('"')[0]
    assert "number 9." in client.get(f"{MINE}?before={older}").content.decode()
