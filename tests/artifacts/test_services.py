"""Storing, deleting and saving: versions, counters, events, and who is refused when."""

import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from artifacts.access import get_artifact
from artifacts.blobs import read_blob, write_blob
from artifacts.models import Artifact, Blob, SavedArtifact
from artifacts.saves import save_session
from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import User
from llmspell_web.web.problems import Conflict, InvalidField, NotFound, Problem
from sessions.lifecycle import Action, change_status
from sessions.models import Session
from sessions.services import create_session, delete_session

pytestmark = pytest.mark.django_db


def store(session: Session, owner: User, content: Any = b"content", **given: Any) -> Artifact:
    return store_artifact(
        session, actor=owner, content=content, **{"artifact_type": "tool_result", "name": "a.txt", **given}
    )


def counters(session: Session) -> tuple[int, int]:
    stored = Session.objects.get(pk=session.pk)
    return stored.artifact_count, stored.total_artifact_size


def test_what_was_stored_is_found_by_the_team_and_hidden_from_others(
    owner: User, teammate: User, viewer: User, stranger: User
) -> None:
    session, run_id = create_session(owner), uuid4()
    given = {"tags": ["b", "a", "b"], "description": "d", "custom": {"source": "tool", "n": {"x": 1}}}
    stored = store(session, owner, b"\x00\xff", artifact_type="TOOL_RESULT", run_id=run_id, **given)
    for user in (owner, teammate, viewer):
        seen = get_artifact(user, str(stored.pk), session=session)
        assert (seen.name, seen.version, seen.artifact_type, seen.mime_type) == (
            "a.txt",
            1,
            "tool_result",
            "text/plain",
        )
        assert (seen.tag_names, seen.description, seen.custom) == (["b", "a"], "d", {"n": {"x": 1}, "source": "tool"})
        assert (seen.created_by, seen.run_id, seen.session) == (owner, run_id, session)
        assert read_blob(seen.blob, max_bytes=10) == b"\x00\xff"
    with pytest.raises(NotFound, match=f"^artifact not found: {stored.pk}$"):
        get_artifact(stranger, stored.pk)


def test_another_session_than_the_named_one_is_not_found(owner: User) -> None:
    stored = store(create_session(owner), owner)
    with pytest.raises(NotFound, match=f"^artifact not found: {stored.pk}$"):
        get_artifact(owner, stored.pk, session=create_session(owner))
    with pytest.raises(NotFound):
        get_artifact(owner, uuid4())
    with pytest.raises(Problem, match=r'^invalid artifact id: "abc"$'):
        get_artifact(owner, "abc")


def test_an_artifact_costs_two_queries(owner: User, django_assert_num_queries: Callable[[int], Any]) -> None:
    session = create_session(owner)
    stored = store(session, owner, tags=["a", "b"])
    with django_assert_num_queries(2):
        seen = get_artifact(owner, stored.pk, session=session)
        assert (seen.tag_names, seen.blob.size, seen.created_by.username, seen.session.name) == (
            ["a", "b"],
            7,
            "owner",
            "Untitled session",
        )


def test_each_name_counts_its_own_versions_and_never_reuses_one(owner: User) -> None:
    session = create_session(owner)
    versions = [store(session, owner, name=name).version for name in ("a", "b", "a", "a")]
    assert versions == [1, 1, 2, 3]
    newest = Artifact.objects.get(session=session, name="a", version=3)
    delete_artifact(newest, actor=owner)
    assert store(session, owner, name="a").version == 4
    assert store(create_session(owner), owner, name="a").version == 1


def test_counters_and_events_follow(owner: User, teammate: User) -> None:
    session = create_session(owner)
    first = store(session, owner, b"12345")
    store(session, owner, b"12345", name="same content")
    assert counters(session) == (2, 10)
    assert Blob.objects.count() == 1
    delete_artifact(get_artifact(teammate, first.pk), actor=teammate)
    assert counters(session) == (1, 5)
    stored = Session.objects.get(pk=session.pk)
    event = stored.events.latest("id")
    assert (event.kind, event.actor, event.at) == ("artifact_deleted", teammate, stored.updated_at)
    assert event.details == {
        "artifact_id": str(first.pk),
        "name": "a.txt",
        "version": 1,
        "artifact_type": "tool_result",
        "size": 5,
    }


def test_a_second_delete_is_not_found_and_counts_nothing(owner: User, teammate: User) -> None:
    session = create_session(owner)
    artifact = store(session, owner)
    store(session, owner)
    again = get_artifact(teammate, artifact.pk)
    delete_artifact(artifact, actor=owner)
    with pytest.raises(NotFound, match=f"^artifact not found: {artifact.pk}$"):
        delete_artifact(again, actor=teammate)
    with pytest.raises(NotFound):
        get_artifact(owner, artifact.pk)
    assert counters(session) == (1, 7)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("suspend", "artifacts in a suspended session: call Session.resume(id) first"),
        ("complete", "artifacts in a completed session: call Session.load(id) first"),
        ("fail", "artifacts in a failed session: call Session.load(id) first"),
    ],
)
def test_only_an_active_session_takes_and_loses_artifacts(action: Action, message: str, owner: User) -> None:
    stale = create_session(owner)
    artifact = store(stale, owner)
    fresh = change_status(Session.objects.get(pk=stale.pk), action, actor=owner)
    for session in (stale, fresh):
        with pytest.raises(Conflict) as caught:
            store(session, owner, b"never kept")
        assert str(caught.value) == f"cannot store {message}"
    with pytest.raises(Conflict) as caught:
        delete_artifact(artifact, actor=owner)
    assert str(caught.value) == f"cannot delete {message}"
    assert (counters(stale), Artifact.objects.count(), Blob.objects.count()) == ((1, 7), 1, 1)


def test_a_session_in_the_trash_takes_nothing(owner: User) -> None:
    session = create_session(owner)
    stale = Session.objects.get(pk=session.pk)
    artifact = store(session, owner)
    delete_session(session, actor=owner)
    for attempt in (lambda: store(stale, owner), lambda: delete_artifact(artifact, actor=owner)):
        with pytest.raises(NotFound, match=f"^session not found: {session.pk}$"):
            attempt()
    with pytest.raises(NotFound):
        get_artifact(owner, artifact.pk)


def test_a_refused_field_stores_nothing(owner: User, settings: Settings) -> None:
    settings.ARTIFACT_MAX_BYTES = 10
    session = create_session(owner)
    blob = write_blob(b"a blob of more than ten bytes", max_bytes=100)
    faults: list[dict[str, Any]] = [
        {"artifact_type": "tool_reslt"},
        {"name": ""},
        {"mime_type": "nonsense"},
        {"tags": "x"},
        {"custom": {"f": float("nan")}},
        {"description": 7},
        {"content": {"a": 1}},
        {"content": b"eleven bytes"},
        {"content": io.BytesIO(b"eleven bytes")},
        {"content": blob},
    ]
    for fault in faults:
        with pytest.raises(Problem):
            store(session, owner, **{"content": b"ok", **fault})
    assert (counters(session), Artifact.objects.count(), Blob.objects.count()) == ((0, 0), 0, 1)


def test_the_content_may_be_a_stream_or_a_blob(owner: User) -> None:
    session = create_session(owner)
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1"
    streamed = store(session, owner, io.BytesIO(png), name="chart")
    linked = store(session, owner, streamed.blob, name="copy")
    assert (streamed.mime_type, linked.mime_type, linked.blob_id) == ("image/png", "image/png", streamed.blob_id)
    assert store(session, owner, b"x", name="chart", mime_type="Text/X-Own").mime_type == "text/x-own"


def test_storing_costs_six_statements(owner: User, django_assert_num_queries: Callable[[int], Any]) -> None:
    session = create_session(owner)
    # Blob looked up; session counted, version looked up, blob, artifact, event; savepoint and release in a test.
    with django_assert_num_queries(8):
        store(session, owner)


def test_a_save_is_numbered_and_keeps_what_was(owner: User, teammate: User) -> None:
    parent = create_session(owner)
    session = create_session(owner, name="before", tags=["t"], metadata={"k": 1}, parent=parent)
    kept = store(session, owner, b"kept", tags=["x", "y"], custom={"c": 1})
    delete_artifact(store(session, owner, name="gone"), actor=owner)
    save = save_session(session, actor=teammate)
    store(session, owner, b"later")
    change_status(session, "complete", actor=owner)
    second = save_session(session, actor=owner)
    assert (save.number, second.number) == (1, 2)
    save.refresh_from_db()
    assert (save.created_by, save.fields["name"], save.fields["status"]) == (teammate, "before", "active")
    assert (save.fields["tags"], save.fields["metadata"]) == (["t"], {"k": 1})
    assert (save.fields["parent_session_id"], save.fields["artifact_count"]) == (str(parent.pk), 1)
    assert (save.fields["created_at"], save.fields["ended_at"]) == (
        session.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        None,
    )
    line = SavedArtifact.objects.get(save_record=save)
    assert (line.artifact_id, line.name, line.version, line.tags, line.custom, line.blob_id) == (
        kept.pk,
        "a.txt",
        1,
        ["x", "y"],
        {"c": 1},
        kept.blob_id,
    )
    assert SavedArtifact.objects.filter(save_record=second).count() == 2
    stored = Session.objects.get(pk=session.pk)
    assert (stored.save_count, stored.saved_at, stored.updated_at) == (2, second.created_at, second.created_at)
    assert stored.events.filter(kind="saved").count() == 2
    delete_session(session, actor=owner)
    with pytest.raises(NotFound):
        save_session(session, actor=owner)


def test_a_content_error_names_its_limit(owner: User, settings: Settings) -> None:
    settings.ARTIFACT_MAX_BYTES = 2048
    with pytest.raises(InvalidField, match=r"^content: expected at most 2 KiB, got 2,049 bytes$"):
        store(create_session(owner), owner, b"x" * 2049)
