"""Comments are where what they are about is: in its team, in the trash, gone for good. So the history tells of them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from artifacts.models import Artifact
from artifacts.services import delete_artifact, restore_artifact
from llmspell_web.comments.models import Comment, CommentEvent, CommentNotice
from llmspell_web.comments.services import delete_comment, reopen, resolve
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.teams.services import find_private_team
from llmspell_web.trash import removal
from llmspell_web.trash.purging import purge_artifact, purge_session
from llmspell_web.trash.removal import remove_all
from llmspell_web.web.problems import Forbidden, NotFound
from llmspell_web.workspace.models import Run
from sessions.models import Session
from sessions.placement import place_session
from sessions.services import create_session, delete_session, restore_session
from tests.comments.conftest import Say

TOKEN = re.compile("[a-zA-Z0-9]{64}|Request <code>[^<]*<")  # of the forms, and of what is asked


def log_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def feed(user: User, **query: Any) -> list[str]:  # Any: what a test client takes
    response = log_in(user).get(reverse("workspace:feed"), {"kind": ["commented", "resolved"], **query})
    assert response.status_code == 200
    return [entry.key for entry in response.context["page"].entries]


def can_see(user: User, comment: Comment) -> bool:
    return log_in(user).get(comment.get_absolute_url()).status_code == 302


@pytest.fixture
def said(owner: User, session: Session, artifact: Artifact, run: Run, say: Say) -> list[Comment]:
    return [say(owner, about, "Words that matter") for about in (session, artifact, run)]


def test_with_the_session_go_the_comments_on_all_of_it(
    owner: User, teammate: User, session: Session, said: list[Comment]
) -> None:
    child = create_session(owner, name="Child", parent=session)
    assert all(can_see(teammate, comment) for comment in said)
    assert len(feed(teammate)) == 3
    place_session(session, actor=owner, team=find_private_team(owner), owner=owner)
    assert not any(can_see(teammate, comment) for comment in said)
    assert all(can_see(owner, comment) for comment in said)
    assert feed(teammate) == []
    assert len(feed(owner, team=owner.private_team.slug)) == 3
    session.refresh_from_db()
    child.refresh_from_db()
    assert set(Comment.objects.values_list("team", flat=True)) == {session.team_id} == {child.team_id}
    assert set(CommentEvent.objects.values_list("team", flat=True)) == {session.team_id}


def test_what_lies_in_the_trash_has_its_comments_with_it(
    owner: User, teammate: User, session: Session, artifact: Artifact, said: list[Comment]
) -> None:
    delete_artifact(artifact, actor=owner)
    assert [can_see(teammate, comment) for comment in said] == [True, False, True]
    page = log_in(teammate).get(reverse("workspace:feed"), {"kind": "commented"}).content.decode()
    assert 'notes.txt v1</bdi> <span class="soft">(now in the trash)' in page
    assert page.count("Words that matter") == 2
    restore_artifact(Artifact.objects.get(), actor=owner)
    delete_session(session, actor=owner)
    assert [can_see(teammate, comment) for comment in said] == [False, False, True]
    restore_session(session, actor=owner)
    assert all(can_see(teammate, comment) for comment in said)


def test_purging_a_session_takes_its_comments_piece_by_piece(
    owner: User,
    admin: User,
    teammate: User,
    session: Session,
    run: Run,
    said: list[Comment],
    say: Say,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(removal, "PIECE", 2)
    monkeypatch.setattr(removal, "PIECE_BELOW", 2)
    begin = say(owner, session, "@teammate")
    for number in range(7):
        say(teammate, begin, f"answer {number} for @owner")
    elsewhere = say(owner, create_session(owner, name="Kept"), "Stays")
    delete_session(session, actor=owner)
    remove_all(purge_session(session, actor=admin))
    of_run = said[2]
    assert set(Comment.objects.all()) == {of_run, elsewhere}
    assert not CommentNotice.objects.exists()
    assert can_see(teammate, of_run)
    run.refresh_from_db()
    assert run.session_id is None
    kept = CommentEvent.objects.filter(session_id=session.pk)
    assert kept.count() == 11
    assert kept.order_by("pk")[0].details == {
        "about": "session",
        "name": "Support",
        "text": {"before": None, "after": "Words that matter"},
    }
    assert set(feed(teammate)) == {f"commented-{of_run.pk}", f"commented-{elsewhere.pk}"}


def test_purging_an_artifact_takes_its_comments(
    owner: User, admin: User, artifact: Artifact, said: list[Comment], say: Say
) -> None:
    say(admin, said[1], "an answer")
    delete_artifact(artifact, actor=owner)
    purge_artifact(Artifact.objects.get(), actor=admin)
    assert Artifact.objects.get().purged_at is not None  # left for its number
    assert set(Comment.objects.all()) == {said[0], said[2]}


def test_the_history_tells_what_was_said_and_resolved(
    owner: User, teammate: User, session: Session, run: Run, said: list[Comment], say: Say
) -> None:
    resolve(said[0], actor=teammate)
    assert feed(owner)[0] == f"resolved-{said[0].pk}"
    keys = [f"commented-{comment.pk}" for comment in said]
    assert set(feed(owner, kind="commented")) == set(keys)
    assert feed(owner, person="teammate") == [f"resolved-{said[0].pk}"]
    assert set(feed(owner, session=str(session.pk))) == {*keys, f"resolved-{said[0].pk}"}
    other = create_session(owner, name="Other")
    assert feed(owner, session=str(other.pk)) == []
    reopen(said[0], actor=owner)
    delete_comment(said[1], actor=owner)
    assert set(feed(owner)) == {keys[0], keys[2]}
    assert log_in(teammate).get(reverse("workspace:feed_news")).json()["news"]


def test_the_history_pages_over_comments(owner: User, teammate: User, session: Session, say: Say) -> None:
    keys = [f"commented-{say(owner, session, str(number)).pk}" for number in range(60)]
    client = log_in(teammate)
    first = client.get(reverse("workspace:feed"), {"kind": "commented"}).context["page"]
    second = client.get(reverse("workspace:feed"), {"kind": "commented", "page": str(first.older)}).context["page"]
    assert [entry.key for entry in (*first.entries, *second.entries)] == keys[::-1]


def test_who_lost_the_place_or_the_role_meanwhile_writes_nothing(
    owner: User, teammate: User, session: Session, say: Say
) -> None:
    comment = say(teammate, session)
    Membership.objects.filter(user=teammate).update(role=Membership.Role.VIEWER)
    for act in (
        lambda: say(teammate, session),
        lambda: say(teammate, comment),
        lambda: delete_comment(comment, actor=teammate),
    ):
        with pytest.raises(Forbidden):
            act()
    Membership.objects.filter(user=teammate).delete()
    with pytest.raises(NotFound):
        resolve(comment, actor=teammate)
    assert CommentEvent.objects.count() == 1


def test_strangers_find_nothing(
    stranger: User, owner: User, said: list[Comment], session: Session, other_team: Team, make_user: Callable[..., User]
) -> None:
    client = log_in(stranger)
    missing = client.get("/comments/01987654-3210-7000-8000-000000000000/")
    hidden = client.get(said[0].get_absolute_url())
    assert (missing.status_code, hidden.status_code) == (404, 404)
    shown = TOKEN.sub("", hidden.content.decode()).replace(str(said[0].pk), "01987654-3210-7000-8000-000000000000")
    assert shown == TOKEN.sub("", missing.content.decode())
    assert feed(stranger) == []
    assert feed(stranger, session=str(session.pk)) == []
