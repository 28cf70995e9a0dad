"""Comments on a line or a JSON path of an artifact."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from artifacts.models import Artifact
from artifacts.services import store_artifact
from llmspell_web.comments.models import Comment
from llmspell_web.comments.services import resolve
from llmspell_web.teams.models import User
from sessions.models import Session
from tests.comments.conftest import TEXT, Say


def comment_on(client: Client, artifact: Artifact, **form: Any) -> Any:  # Any: what a test client takes and gives
    return client.post(reverse("comments:artifact", args=[artifact.pk]), {"text": "Here", **form})


def test_a_line_is_commented_on_and_marked(visitor: Client, artifact: Artifact) -> None:
    assert "data-write" in visitor.get(artifact.get_absolute_url()).content.decode()
    form = visitor.get(f"{artifact.get_absolute_url()}?view=source&line=2").content.decode()
    assert 'name="line" value="2"' in form
    here = f"{artifact.get_absolute_url()}?view=source"
    assert f'name="next" value="{here}"' in form
    response = comment_on(visitor, artifact, line="2", next=here)
    comment = Comment.objects.get()
    assert response["Location"] == f"{here}#comment-{comment.pk}"
    assert (comment.line, comment.last_line, comment.anchor) == (2, 2, "line 2")
    page = visitor.get(here).content.decode()
    line = page.partition('<li id="L2">')[2].partition("</li>")[0]
    assert f'href="#comment-{comment.pk}"' in line
    assert "open comment on line 2" in line
    assert f"{artifact.get_absolute_url()}?view=source#L2" in page
    resolve(comment, actor=comment.author)
    page = visitor.get(here).content.decode()
    assert "open comment on" not in page
    assert "No open comments." in page


def test_a_path_is_commented_on_by_its_link_and_as_it_is_written(visitor: Client, document: Artifact) -> None:
    page = visitor.get(document.get_absolute_url()).content.decode()
    assert 'href="?place=%2Frows%2F1%2Ff#write"' in page
    assert 'href="?place=%2Fa~1b%2Fc.d#write"' in page
    comment_on(visitor, document, path="/rows/1/f")
    comment_on(visitor, document, path="a/b.c.d")
    assert list(Comment.objects.order_by("pk").values_list("path", "pointer")) == [
        ("rows[2].f", "/rows/1/f"),
        ("a/b.c.d", "/a~1b/c.d"),
    ]
    page = visitor.get(document.get_absolute_url()).content.decode()
    assert "open comment on rows[2].f" in page
    assert "open comment on a/b.c.d" in page


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"line": "0"}, "greater than or equal to 1"),
        ({"line": "4"}, "Line: expected a line from 1 to 3, as far as this content is shown, got 4"),
        ({"line": "3", "last_line": "2"}, "Last_line: expected a line from 3 to 3, got 2"),
        ({"line": "x"}, "Enter a whole number"),
        ({"line": "9" * 30}, "expected a line from 1 to 3"),
        ({"path": "rows"}, "expected no path: this content is not shown as a tree"),
        ({"line": "1", "path": "x"}, "expected a line or a path, and not both"),
    ],
)
def test_a_place_that_is_not_there_is_told(
    visitor: Client, artifact: Artifact, form: dict[str, str], problem: str
) -> None:
    response = comment_on(visitor, artifact, **form)
    assert response.status_code == 422
    assert problem in response.content.decode().replace("&quot;", '"')
    assert ">\nHere</textarea>" in response.content.decode()
    assert not Comment.objects.exists()


@pytest.mark.parametrize("path", ["rows[3]", "/rows/2", "rows", "/rows/x", "//", "é🕷"])
def test_paths_are_those_of_the_content(visitor: Client, document: Artifact, path: str) -> None:
    response = comment_on(visitor, document, path=path)
    assert response.status_code == (302 if path == "rows" else 422)
    assert Comment.objects.exists() == (path == "rows")


def test_no_line_of_what_is_no_text(visitor: Client, session: Session, owner: User) -> None:
    picture = store_artifact(session, actor=owner, artifact_type="x", name="x.txt", content=b"\x89PNG\r\n\x1a\n\0")
    response = comment_on(visitor, picture, line="1")
    assert "this content is not shown as lines" in response.content.decode()
    assert comment_on(visitor, picture).status_code == 302


def test_no_place_of_a_session(visitor: Client, session: Session) -> None:
    response = visitor.post(reverse("comments:session", args=[session.pk]), {"text": "Here", "line": "1"})
    assert response.status_code == 422
    assert "Only the content of an artifact has lines and paths." in response.content.decode()


def test_the_lines_of_a_long_content_count_as_far_as_it_is_shown(
    visitor: Client, session: Session, owner: User
) -> None:
    long = store_artifact(session, actor=owner, artifact_type="x", name="x.log", content=b"0123456789\n" * 100_000)
    assert comment_on(visitor, long, line="23831").status_code == 302  # of 256 KB
    assert comment_on(visitor, long, line="23900").status_code == 422


def test_a_newer_version_tells_of_comments_on_older_ones(
    visitor: Client, artifact: Artifact, owner: User, say: Say
) -> None:
    say(owner, artifact, line=1)
    resolve(say(owner, artifact), actor=owner)
    newer = store_artifact(artifact.session, actor=owner, artifact_type="x", name="notes.txt", content=TEXT + b"4")
    page = visitor.get(newer.get_absolute_url()).content.decode()
    assert "1 open comment on older versions" in page
    assert "open comment on line" not in page
    assert "on older versions" not in visitor.get(artifact.get_absolute_url()).content.decode()


def test_places_are_marked_also_where_more_is_open_than_stands_below(
    visitor: Client, artifact: Artifact, owner: User, say: Say
) -> None:
    first = say(owner, artifact, line=1, last_line=2)
    for _ in range(25):
        say(owner, artifact, line=3)
    page = visitor.get(artifact.get_absolute_url()).content.decode()
    assert f'class="spot" href="{first.get_absolute_url()}"' in page
    assert '25<span class="visually-hidden"> open comments on line 3' in page
    assert "Earlier comments" in page


def test_viewers_have_no_links_to_write(
    artifact: Artifact, viewer: User, client: Client, owner: User, say: Say
) -> None:
    say(owner, artifact, line=2)
    client.force_login(viewer)
    page = client.get(artifact.get_absolute_url()).content.decode()
    assert "open comment on line 2" in page
    assert "data-write" not in page
