"""Uploading into a session: several files in one form, one at a time by the page's script."""

import re
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from artifacts.blobs import read_blob
from artifacts.models import Artifact
from artifacts.services import delete_artifact, restore_artifact, store_artifact
from llmspell_web.teams.models import User
from sessions.lifecycle import change_status
from sessions.models import Session
from sessions.services import create_session
from tests.workspace.test_placement_races import beside

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


def upload(visitor: Client, session: Session, *files: tuple[str, bytes], **form: object) -> HttpResponse:
    """`headers` among the form go to the request."""
    headers = form.pop("headers", {})
    content = [SimpleUploadedFile(name, data) for name, data in files]
    for file, (name, _) in zip(content, files, strict=True):
        file._name = name  # type: ignore[attr-defined]  # as a browser sends it: the setter would cut it
    values = {"type": "user_input", "content": content, **form}
    return visitor.post(reverse("artifacts:store", args=[session.pk]), values, headers=headers)  # type: ignore[return-value, arg-type]  # as Django has it


def stored(session: Session) -> dict[str, bytes]:
    return {artifact.name: read_blob(artifact.blob, max_bytes=10**6) for artifact in session.artifacts.all()}


def test_several_files_are_stored_with_what_is_said_of_all(visitor: Client, session: Session) -> None:
    response = upload(visitor, session, ("a.txt", b"1"), ("日本語 🎉.bin", b"\0"), tags='x, "y, z"', description="both")
    assert response.headers["Location"] == session.get_absolute_url()
    assert stored(session) == {"a.txt": b"1", "日本語 🎉.bin": b"\0"}
    for artifact in session.artifacts.all():
        assert (artifact.tag_names, artifact.description, artifact.artifact_type) == (
            ["x", "y, z"],
            "both",
            "user_input",
        )
    assert "Stored 2 files." in visitor.get(session.get_absolute_url()).content.decode()


def test_the_page_says_which_files_were_stored_and_which_were_not(
    visitor: Client, session: Session, settings: Settings
) -> None:
    settings.ARTIFACT_MAX_BYTES = 10
    files = [("good.txt", b"1"), ("large.txt", b"x" * 11), ("a\tb.txt", b"2"), ("also good.txt", b"3")]
    response = upload(visitor, session, *files)
    content = response.content.decode()
    assert response.status_code == 422
    assert "Stored 2 of the files" in content
    assert "large.txt: Content: expected at most 10 bytes, got 11 bytes." in content
    assert "a\tb.txt: Name: expected a name" in content
    assert stored(session) == {"good.txt": b"1", "also good.txt": b"3"}


def test_what_is_wrong_for_all_files_is_said_once(visitor: Client, session: Session) -> None:
    response = upload(visitor, session, ("a.txt", b"1"), ("b.txt", b"2"), type="tool_reslt")
    assert response.content.decode().count("did you mean") == 1
    assert stored(session) == {}


def test_several_files_cannot_share_a_name(visitor: Client, session: Session) -> None:
    response = upload(visitor, session, ("a.txt", b"1"), ("b.txt", b"2"), name="one.txt")
    assert response.status_code == 422
    assert "Several files cannot share a name" in response.content.decode()
    assert stored(session) == {}


@pytest.mark.parametrize("name", ["x" * 255, "é" * 127, "🎉" * 63, " leading", "trailing ", "a'b\"c.txt", "%41.txt"])
def test_names_are_kept_as_they_are(visitor: Client, session: Session, name: str) -> None:
    assert upload(visitor, session, ("sent.txt", b"1"), name=name).status_code == 302
    assert list(stored(session)) == [name]


@pytest.mark.parametrize("size", [1, 300_000])  # in memory, on the disk
@pytest.mark.parametrize("name", ["x" * 256 + ".txt", "é" * 128, "x" * 600, "a." + "x" * 300])
def test_a_name_that_is_too_long_is_refused_and_not_cut(
    visitor: Client, session: Session, name: str, size: int
) -> None:
    response = upload(visitor, session, (name, b"1" * size))
    assert response.status_code == 422
    assert "a name of 1 to 255 bytes" in response.content.decode()
    assert stored(session) == {}


@pytest.mark.parametrize("size", [1, 300_000])
@pytest.mark.parametrize("name", ["a.b\0c", "a.\x1b[31m", "a.\x7f"])
def test_a_name_with_control_characters_is_refused(visitor: Client, session: Session, name: str, size: int) -> None:
    response = upload(visitor, session, (name, b"1" * size))
    assert response.status_code == 422
    assert "control character" in response.content.decode()
    assert stored(session) == {}


def test_a_script_is_told_the_version(visitor: Client, session: Session) -> None:
    for version in (1, 2):
        response = upload(visitor, session, ("a.txt", b"1"), headers=JSON)
        assert response.status_code == 201
        newest = Artifact.objects.latest("version")
        assert response.json() == {"url": newest.get_absolute_url(), "version": version}  # type: ignore[attr-defined]  # the test client's


def test_a_script_is_told_in_words(visitor: Client, session: Session, owner: User, settings: Settings) -> None:
    settings.ARTIFACT_MAX_BYTES = 10

    def message(status: int, **form: object) -> str:
        response = upload(visitor, session, ("a.txt", form.pop("data", b"1")), headers=JSON, **form)  # type: ignore[arg-type]  # bytes
        assert response.status_code == status
        return str(response.json()["message"])  # type: ignore[attr-defined]  # the test client's

    assert message(422, data=b"x" * 11) == "Content: expected at most 10 bytes, got 11 bytes."
    assert "did you mean" in message(422, type="tool_reslt")
    assert message(422, tags="x" * 65).startswith("Tags[1]: expected text of 1 to 64 characters")
    change_status(session, "suspend", actor=owner)
    assert message(409).startswith("Cannot store artifacts in a suspended session")
    assert stored(session) == {}


def test_more_files_than_a_form_takes_are_refused_in_words(visitor: Client, session: Session) -> None:
    response = upload(visitor, session, *[(f"{number}.txt", b"x") for number in range(101)])
    assert response.status_code == 400
    assert "One form takes at most 100 files. Nothing was stored." in response.content.decode()
    assert stored(session) == {}


def store(session: Session, actor: User, attempt: UUID) -> Artifact:
    return store_artifact(session, actor=actor, artifact_type="user_input", name="a.txt", content=b"1", attempt=attempt)


def test_an_upload_that_is_sent_again_is_stored_once(visitor: Client, owner: User, session: Session) -> None:
    attempt, files = uuid4(), [("a.txt", b"1"), ("b.txt", b"2")]
    first = upload(visitor, session, files[0], tags="x", attempt=attempt, headers=JSON)
    again = upload(visitor, session, files[0], tags="x", attempt=attempt, headers=JSON)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()  # type: ignore[attr-defined]  # the test client's own
    session.refresh_from_db()
    assert (session.artifact_count, session.event_count) == (1, 2)
    assert upload(visitor, session, *files, tags="x", attempt=attempt).status_code == 302
    session.refresh_from_db()
    assert session.artifact_count == 2


def test_what_differs_or_is_a_new_upload_is_a_new_version(
    visitor: Client, owner: User, teammate: User, session: Session
) -> None:
    attempt = uuid4()
    uploads: list[tuple[bytes, dict[str, object]]] = [
        (b"1", {"attempt": attempt}),
        (b"2", {"attempt": attempt}),
        (b"1", {"attempt": attempt, "tags": "x"}),
        (b"1", {"attempt": attempt, "type": "tool_result"}),
        (b"1", {"attempt": attempt, "description": "other"}),
        (b"1", {"attempt": uuid4()}),
        (b"1", {}),
        (b"1", {}),
    ]
    for number, (content, form) in enumerate(uploads, start=1):
        answer = upload(visitor, session, ("a.txt", content), headers=JSON, **form)
        assert answer.json()["version"] == number  # type: ignore[attr-defined]  # the test client's own
    assert store(session, teammate, attempt).version == 9  # each account has its own
    assert store(create_session(owner), owner, attempt).version == 1


def test_what_was_deleted_since_is_stored_again(owner: User, session: Session) -> None:
    attempt = uuid4()
    for version in (1, 2):
        artifact = store(session, owner, attempt)
        assert artifact.version == version
        delete_artifact(artifact, actor=owner)
    restore_artifact(artifact, actor=owner)


def test_the_forms_name_their_attempt(visitor: Client, session: Session) -> None:
    for url in (session.get_absolute_url(), reverse("artifacts:store", args=[session.pk])):
        keys = [re.findall('name="attempt" value="([^"]+)"', visitor.get(url).content.decode()) for _ in range(2)]
        assert len({UUID(key) for (key,) in keys}) == 2
    answer = upload(visitor, session, ("a.txt", b"1"), attempt="<b>", headers=JSON)
    assert answer.status_code == 422
    assert not session.artifacts.exists()


def test_two_of_one_attempt_that_meet_are_one(transactional_db: None, make_user: Callable[..., User]) -> None:
    owner = make_user("asker")
    session = create_session(owner)
    attempt = uuid4()
    beside(lambda: store(session, owner, attempt), lambda: store(session, owner, attempt))
    assert session.artifacts.get().version == 1
    session.refresh_from_db()
    assert (session.artifact_count, session.event_count, session.total_artifact_size) == (1, 2, 1)
