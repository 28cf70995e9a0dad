"""The routes that previews are made of: in which type they answer, with what rights, and to whom."""

import subprocess
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from artifacts.models import Artifact, Rendition
from artifacts.previews import drawing
from artifacts.previews.protocol import receive_frame
from artifacts.previews.renditions import THUMBNAIL_SIDE
from llmspell_web.lua import floor
from llmspell_web.teams.models import User
from sessions.models import Session
from tests.artifacts.previews.making import HTML, MP4, PDF, SVG, make_image, make_wav, make_zip
from tests.artifacts.test_pages import body, store

PARTS = ("content", "frame", "picture", "thumbnail")


def part(artifact: Artifact, name: str) -> str:
    return reverse(f"artifacts:{name}", args=[artifact.pk])


@pytest.mark.parametrize(
    ("made", "mime_type"),
    [(make_image("PNG"), "image/png"), (SVG, "image/svg+xml"), (make_wav(), "audio/wav"), (MP4, "video/mp4")],
    ids=["PNG", "SVG", "WAV", "MP4"],
)
def test_content_has_the_type_of_its_bytes(visitor: Client, session: Session, made: bytes, mime_type: str) -> None:
    response = visitor.get(part(store(session, "page.html", made, "text/html"), "content"))
    assert body(response) == made
    assert response.headers["Content-Type"] == mime_type
    assert response.headers["Content-Disposition"] == 'inline; filename="page.html"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'; style-src 'unsafe-inline'"


@pytest.mark.parametrize("made", [HTML, PDF, b"words", b'{"a": 1}', make_zip({"a": b""}), b"\0\1"], ids=range(6))
def test_nothing_else_is_content_of_our_origin(visitor: Client, session: Session, made: bytes) -> None:
    assert visitor.get(part(store(session, "a.png", made, "image/png"), "content")).status_code == 404


def test_a_frame_is_for_html_alone_and_has_no_rights(visitor: Client, session: Session) -> None:
    response = visitor.get(part(store(session, "a.txt", HTML), "frame"))
    assert response.headers["Content-Type"] == "text/html"
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert policy[:2] == ["sandbox", "default-src 'none'"]
    assert "frame-ancestors 'self'" in policy
    assert not [rule for rule in policy if "script" in rule or "http" in rule]
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    for made in (SVG, PDF, b"words", make_image("PNG")):
        assert visitor.get(part(store(session, "a.html", made), "frame")).status_code == 404


def test_pages_allow_no_more_than_previews_need(visitor: Client, session: Session) -> None:
    policy = visitor.get(store(session, "a.html", HTML).get_absolute_url()).headers["Content-Security-Policy"]
    assert {"media-src 'self'", "frame-src 'self'", "frame-ancestors 'none'", "script-src 'self'"} <= set(
        policy.split("; ")
    )


def test_a_thumbnail_is_drawn_once_for_each_content(visitor: Client, session: Session) -> None:
    made = make_image("JPEG", (900, 300))
    for name in ("a.jpg", "again.jpg"):
        response = visitor.get(part(store(session, name, made), "thumbnail"))
        assert response.headers["Content-Type"] == "image/webp"
        assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    rendition = Rendition.objects.get()
    assert rendition.what == f"picture {THUMBNAIL_SIDE}"
    assert (rendition.facts["width"], rendition.facts["height"]) == (900, 300)
    assert bytes(rendition.picture) == response.content


def test_what_has_no_thumbnail_gets_the_same_for_all(visitor: Client, session: Session) -> None:
    for made in (b"words", b"\x89PNG\r\n\x1a\n" + b"\xff" * 99, b""):
        response = visitor.get(part(store(session, "a.png", made, "image/png"), "thumbnail"))
        assert response.status_code == 302
        assert "no-picture" in response.headers["Location"]


def test_pictures_are_of_images_and_pages(visitor: Client, session: Session) -> None:
    paper = store(session, "a.pdf", PDF)
    first, second = (visitor.get(part(paper, "picture"), {"page": page}).content for page in (1, 2))
    assert first[8:12] == second[8:12] == b"WEBP"
    assert first != second
    assert visitor.get(part(paper, "picture"), {"page": 3}).status_code == 404
    assert visitor.get(part(paper, "picture"), {"page": "x"}).status_code == 422
    assert visitor.get(part(store(session, "a.tiff", make_image("TIFF")), "picture")).content[8:12] == b"WEBP"
    assert visitor.get(part(store(session, "a.txt", b"words"), "picture")).status_code == 404


@pytest.mark.parametrize("name", PARTS)
def test_parts_are_seen_by_those_who_see_the_artifact(
    client: Client, session: Session, viewer: User, stranger: User, name: str
) -> None:
    artifact = store(session, "a", HTML if name == "frame" else make_image("PNG"))
    for user, status in ((stranger, 404), (viewer, 200)):
        client.force_login(user)
        assert client.get(part(artifact, name)).status_code == status


def test_the_list_of_a_session_shows_images_small(visitor: Client, session: Session) -> None:
    image, text = store(session, "a.png", make_image("PNG")), store(session, "a.txt", b"words")
    html = visitor.get(session.get_absolute_url()).content.decode()
    assert f'src="{part(image, "thumbnail")}" width="40" height="40" alt="" loading="lazy"' in html
    assert part(text, "thumbnail") not in html


def test_what_draws_is_locked_and_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "secret")
    with drawing._process(drawing.Task("pictures")) as (process, connection):
        layers, _ = receive_frame(connection)
        assert isinstance(layers, dict)
        floor.check(layers)
        assert layers["no_new_privileges"]
        assert layers["seccomp"]
        assert b"secret" not in environment(process)
        libraries = Path(f"/proc/{process.pid}/maps").read_text()
        assert "_sqlite3" not in libraries
        assert "psycopg" not in libraries


def environment(process: subprocess.Popen[bytes]) -> bytes:
    return Path(f"/proc/{process.pid}/environ").read_bytes()
