"""Comments as they are read and written in a browser without JavaScript."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts.models import Artifact
from llmspell_web.comments.models import Comment, CommentEvent
from llmspell_web.comments.services import delete_comment, edit_comment
from llmspell_web.teams.models import User
from llmspell_web.workspace.models import Run
from sessions.models import Session
from tests.comments.conftest import Say

HOSTILE = "<script>alert(1)</script> \u202eevil **bold** 🕷 <img src=x onerror=alert(1)> [x](javascript:alert(1))"


def text_of(response: Any) -> str:  # Any: what a test client gives
    return unescape(response.content.decode())


@pytest.fixture(params=["session", "artifact", "run"])
def about(request: pytest.FixtureRequest) -> Session | Artifact | Run:
    found: Session | Artifact | Run = request.getfixturevalue(request.param)
    return found


def url_of(about: Session | Artifact | Run) -> str:
    return reverse(f"comments:{type(about).__name__.lower()}", args=[about.pk])


def log_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_comment_is_written_answered_resolved_and_reopened(
    about: Session | Artifact | Run, visitor: Client, teammate: User, viewer: User
) -> None:
    response = visitor.post(url_of(about), {"text": "Is this **right**?"})
    comment = Comment.objects.get()
    assert response.status_code == 302
    shown = visitor.get(response["Location"], follow=True)
    assert shown.redirect_chain[-1][0].endswith(f"#comment-{comment.pk}")
    assert "Is this <strong>right</strong>?" in shown.content.decode()
    assert f'id="comment-{comment.pk}"' in shown.content.decode()

    other = log_in(teammate)
    other.post(reverse("comments:answer", args=[comment.pk]), {"text": "Yes"})
    other.post(reverse("comments:resolve", args=[comment.pk]))
    seen = log_in(viewer).get(url_of(about)).content.decode()
    assert "Yes" in seen
    assert "Resolved by <bdi>teammate</bdi>" in seen
    assert 'name="text"' not in seen
    assert "Nobody has" not in seen
    assert "No open comments." in log_in(viewer).get(f"{url_of(about)}?show=open").content.decode()
    visitor.post(reverse("comments:reopen", args=[comment.pk]))
    assert "Resolved by" not in visitor.get(url_of(about)).content.decode()
    assert list(CommentEvent.objects.order_by("pk").values_list("kind", flat=True)) == [
        "written",
        "written",
        "resolved",
        "reopened",
    ]


def test_what_is_typed_is_shown_as_text(visitor: Client, session: Session) -> None:
    visitor.post(url_of(session), {"text": HOSTILE})
    page = visitor.get(url_of(session)).content.decode()
    assert "<script>alert" not in page
    assert "<img src" not in page
    assert "javascript:alert(1)" in page  # as text
    assert 'href="javascript' not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<strong>bold</strong> 🕷" in page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "Expected text of 1 to 10000 characters, got none."),
        ("  \n ", "Text: expected text that is not only blanks"),
        ("x" * 10_001, "Text: expected text of 1 to 10000 characters"),
        ("a\0b", "Null characters are not allowed"),
        ("<" * 9_999 + '"', None),
    ],
)
def test_a_bad_text_is_told_beside_the_field(
    visitor: Client, session: Session, text: str, expected: str | None
) -> None:
    response = visitor.post(url_of(session), {"text": text})
    if expected is None:
        assert response.status_code == 302
        return
    assert response.status_code == 422
    assert expected in text_of(response)
    assert not Comment.objects.exists()
    assert text.strip("\0 \n") in text_of(response)


def test_a_viewer_reads_and_changes_nothing(session: Session, owner: User, viewer: User, say: Say) -> None:
    comment = say(owner, session)
    client = log_in(viewer)
    assert client.post(url_of(session), {"text": "x"}).status_code == 403
    for act in ("answer", "edit", "delete", "resolve", "reopen"):
        response = client.post(reverse(f"comments:{act}", args=[comment.pk]), {"text": "x"})
        assert response.status_code == 403, act
    assert Comment.objects.count() == 1
    assert client.get(url_of(session)).status_code == 200


def test_who_may_edit_and_delete(session: Session, owner: User, teammate: User, admin: User, say: Say) -> None:
    comment = say(owner, session)
    edit, delete = (reverse(f"comments:{act}", args=[comment.pk]) for act in ("edit", "delete"))
    assert log_in(teammate).post(edit, {"text": "x", "seen": 0}).status_code == 403
    assert log_in(teammate).post(delete).status_code == 403
    assert log_in(admin).post(edit, {"text": "x", "seen": 0}).status_code == 403
    assert delete in log_in(admin).get(url_of(session)).content.decode()
    assert delete not in log_in(teammate).get(url_of(session)).content.decode()
    assert log_in(admin).get(delete).status_code == 200
    assert log_in(admin).post(delete).status_code == 302
    assert "Nobody has said anything yet" in log_in(owner).get(url_of(session)).content.decode()
    assert log_in(owner).get(comment.get_absolute_url()).status_code == 404


def test_a_deleted_beginning_leaves_a_trace_while_it_has_answers(
    session: Session, owner: User, teammate: User, visitor: Client, say: Say
) -> None:
    begin = say(owner, session, "Secret words")
    answer = say(teammate, begin, "An answer")
    delete_comment(begin, actor=owner)
    page = visitor.get(url_of(session)).content.decode()
    assert "Deleted by <bdi>owner</bdi>" in page
    assert "An answer" in page
    assert "Secret words" not in page
    assert Comment.objects.get(pk=begin.pk).text == ""
    delete_comment(answer, actor=teammate)
    page = visitor.get(url_of(session)).content.decode()
    assert "Nobody has said anything yet" in page
    event = CommentEvent.objects.filter(kind="deleted", comment_id=begin.pk).get()
    assert event.details["text"] == {"before": "Secret words", "after": None}


def test_the_second_editor_is_told_and_nothing_is_overwritten(
    session: Session, owner: User, visitor: Client, say: Say
) -> None:
    comment = say(owner, session, "First")
    url = reverse("comments:edit", args=[comment.pk])
    assert 'name="seen" value="0"' in visitor.get(url).content.decode()
    edit_comment(comment, actor=owner, text="From the other tab", seen=0)
    response = visitor.post(url, {"text": "Mine", "seen": "0"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "From the other tab" in page
    assert ">\nMine</textarea>" in page
    assert 'name="seen" value="1"' in page
    assert Comment.objects.get().text == "From the other tab"
    assert visitor.post(url, {"text": "Mine", "seen": "1"}).status_code == 302
    edited = Comment.objects.get()
    assert (edited.text, edited.edits) == ("Mine", 2)
    before_after = [event.details["text"] for event in CommentEvent.objects.filter(kind="edited").order_by("pk")]
    assert before_after[-1] == {"before": "From the other tab", "after": "Mine"}


def test_who_resolves_second_is_told(session: Session, owner: User, visitor: Client, say: Say) -> None:
    comment = say(owner, session)
    url = reverse("comments:resolve", args=[comment.pk])
    visitor.post(url)
    response = visitor.post(url, follow=True)
    assert "Somebody has resolved this already." in text_of(response)
    assert CommentEvent.objects.filter(kind="resolved").count() == 1


def test_a_permanent_link_leads_to_its_page(session: Session, owner: User, visitor: Client, say: Say) -> None:
    comments = [say(owner, session, f"Number {number}.") for number in range(30)]
    newest = visitor.get(url_of(session)).content.decode()
    assert "Number 29." in newest
    assert "Number 9." not in newest
    old = visitor.get(comments[3].get_absolute_url(), follow=True).content.decode()
    assert "Number 3." in old
    assert "Newest comments" in old
    earlier = visitor.get(f"{url_of(session)}?before={comments[10].pk}").content.decode()
    assert "Number 9." in earlier
    assert "Earlier comments" not in earlier
    recent = visitor.get(comments[20].get_absolute_url(), follow=True)
    assert recent.redirect_chain[-1][0] == f"{url_of(session)}#comment-{comments[20].pk}"


@pytest.mark.parametrize("query", ["show=none", "before=x", "start=x"])
def test_a_bad_url_is_told(session: Session, visitor: Client, query: str) -> None:
    assert visitor.get(f"{url_of(session)}?{query}").status_code == 422


def test_an_open_page_is_told_what_is_new(session: Session, owner: User, visitor: Client, say: Say) -> None:
    say(owner, session, "Old one")
    page = visitor.get(url_of(session)).content.decode()
    poll = unescape(page.split('data-poll hx-get="')[2].split('"')[0])
    assert visitor.get(poll, headers={"HX-Request": "true"}).status_code == 204
    comment = say(owner, session, "New one")
    response = visitor.get(poll, headers={"HX-Request": "true"})
    assert f'id="comment-{comment.pk}"' in response.content.decode()
    assert "<html" not in response.content.decode()


def test_the_tab_counts_what_is_open_and_names_what_is_elsewhere(
    session: Session, artifact: Artifact, run: Run, owner: User, visitor: Client, say: Say
) -> None:
    say(owner, session)
    say(owner, artifact, "About a line", line=2)
    resolved = say(owner, run, "About the run")
    page = visitor.get(url_of(session)).content.decode()
    assert 'Comments <span class="tabs__count">3</span>' in page
    assert "About a line" in page
    assert "About the run" in page
    visitor.post(reverse("comments:resolve", args=[resolved.pk]))
    page = visitor.get(reverse("sessions:detail", args=[session.pk])).content.decode()
    assert 'Comments <span class="tabs__count">2</span>' in page
    assert "About the run" not in visitor.get(url_of(session)).content.decode()


def test_pages_cost_the_same_however_many_comments(
    session: Session,
    artifact: Artifact,
    run: Run,
    owner: User,
    teammate: User,
    visitor: Client,
    say: Say,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for about in (session, artifact, run):
        for number in range(4):
            say(teammate, say(owner, about, f"{number} @teammate"), "answer")
    pages = {
        url_of(session): 18,
        url_of(artifact): 14,
        artifact.get_absolute_url(): 15,
        url_of(run): 8,
        run.get_absolute_url(): 15,
        reverse("comments:mine"): 7,
    }
    for url, most in pages.items():
        with django_assert_max_num_queries(most):
            assert visitor.get(url).status_code == 200
