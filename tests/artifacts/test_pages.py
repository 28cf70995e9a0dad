"""The pages of artifacts, and the exact bytes of a download."""

import hashlib
import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts.models import Artifact
from artifacts.services import store_artifact
from sessions.lifecycle import change_status
from sessions.models import Session

# The log-in session, the account, the current session; the session with its tags, its children, its newest event,
# artifacts with their tags.
SESSION_PAGE_QUERIES = 9


def store(session: Session, name: str, content: bytes, mime_type: str | None = None) -> Artifact:
    return store_artifact(
        session,
        actor=session.created_by,
        artifact_type="tool_result",
        name=name,
        content=content,
        mime_type=mime_type,
    )


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]  # the test client's response


@pytest.mark.parametrize("content", [b"", b"\x00\xff\r\n", os.urandom(300_000), b"compressible " * 50_000])
def test_a_download_is_the_exact_bytes(visitor: Client, session: Session, content: bytes) -> None:
    artifact = store(session, "data.bin", content)
    response = visitor.get(reverse("artifacts:download", args=[artifact.pk]))
    assert body(response) == content
    assert response.headers["Content-Length"] == str(len(content))
    assert response.headers["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("report.pdf", 'attachment; filename="report.pdf"'),
        ('a "quoted" one.txt', r'attachment; filename="a \"quoted\" one.txt"'),
        ("日本語 🎉.txt", "attachment; filename*=utf-8''%E6%97%A5%E6%9C%AC%E8%AA%9E%20%F0%9F%8E%89.txt"),
        ("../../etc/passwd", 'attachment; filename="../../etc/passwd"'),
    ],
)
def test_a_download_has_the_name_in_any_script(visitor: Client, session: Session, name: str, header: str) -> None:
    artifact = store(session, name, b"x")
    response = visitor.get(reverse("artifacts:download", args=[artifact.pk]))
    assert response.headers["Content-Disposition"] == header


def test_what_could_run_never_runs_on_our_origin(visitor: Client, session: Session) -> None:
    artifact = store(session, "page.html", b"<script>alert(1)</script>", "text/html")
    response = visitor.get(reverse("artifacts:download", args=[artifact.pk]))
    assert response.headers["Content-Type"] == "text/html"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    shown = visitor.get(artifact.get_absolute_url()).content.decode()
    assert '<span class="p">&lt;</span><span class="nt">script</span>' in shown
    assert "<script>alert(1)" not in shown


def test_known_content_is_not_sent_again(visitor: Client, session: Session) -> None:
    url = reverse("artifacts:download", args=[store(session, "a.txt", b"x").pk])
    etag = visitor.get(url).headers["ETag"]
    again = visitor.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert visitor.get(url, headers={"If-None-Match": '"other"'}).status_code == 200
    head = visitor.head(url)
    assert (head.headers["Content-Length"], head.content) == ("1", b"")


def test_the_page_lists_the_versions(visitor: Client, session: Session) -> None:
    first, second = store(session, "a.txt", b"1"), store(session, "a.txt", b"2")
    content = visitor.get(first.get_absolute_url()).content.decode()
    assert second.get_absolute_url() in content
    assert "Version 2" in content


def test_an_upload_becomes_an_artifact(visitor: Client, session: Session) -> None:
    form = {"content": SimpleUploadedFile("notes.txt", b"hello"), "type": "user_input", "tags": "a, b"}
    response = visitor.post(reverse("artifacts:store", args=[session.pk]), form)
    artifact = Artifact.objects.get()
    assert response.headers["Location"] == artifact.get_absolute_url()
    assert (artifact.name, artifact.version, artifact.tag_names) == ("notes.txt", 1, ["a", "b"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"type": "tool_reslt"}, "did you mean"),
        ({"name": "a\nb"}, "control characters"),
        ({"content": ""}, "required"),
    ],
)
def test_a_wrong_upload_is_told_and_nothing_is_stored(
    visitor: Client, session: Session, change: dict[str, str], words: str
) -> None:
    form = {"content": SimpleUploadedFile("a.txt", b"x"), "type": "user_input"} | change
    response = visitor.post(reverse("artifacts:store", args=[session.pk]), form)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Artifact.objects.exists()


def test_storing_into_a_suspended_session_is_refused(visitor: Client, session: Session) -> None:
    change_status(session, "suspend", actor=session.created_by)
    form = {"content": SimpleUploadedFile("a.txt", b"x"), "type": "user_input"}
    response = visitor.post(reverse("artifacts:store", args=[session.pk]), form)
    assert response.status_code == 409
    assert not Artifact.objects.exists()


def test_saving_numbers_the_save(visitor: Client, session: Session) -> None:
    for number in (1, 2):
        response = visitor.post(reverse("artifacts:save", args=[session.pk]), follow=True)
        assert f"as number {number}" in response.content.decode()


def test_deleting_asks_first(visitor: Client, session: Session) -> None:
    artifact = store(session, "a.txt", b"1")
    url = reverse("artifacts:delete", args=[artifact.pk])
    assert "Delete <bdi>a.txt</bdi>, version 1?" in visitor.get(url).content.decode()
    assert visitor.post(url).headers["Location"] == session.get_absolute_url()
    assert visitor.get(artifact.get_absolute_url()).status_code == 404


def test_the_session_page_lists_artifacts_at_a_fixed_cost(
    visitor: Client, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    store(session, "a.txt", b"1")
    visitor.get(session.get_absolute_url())
    with django_assert_num_queries(SESSION_PAGE_QUERIES):
        visitor.get(session.get_absolute_url())
    for number in range(30):
        store(session, f"{number}.txt", b"1")
    with django_assert_num_queries(SESSION_PAGE_QUERIES):
        visitor.get(session.get_absolute_url())
