"""Tags, old versions made current again, the trash and back, and links that name a version."""

import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts.models import Artifact
from artifacts.services import (
    TagsOvertaken,
    delete_artifact,
    make_current,
    restore_artifact,
    store_artifact,
    update_artifact_tags,
)
from llmspell_web.teams.models import User
from llmspell_web.web.problems import Conflict, InvalidField
from sessions.lifecycle import change_status
from sessions.models import Session
from tests.artifacts.test_versions import counted, newest, store

pytestmark = pytest.mark.django_db


def totals(session: Session) -> tuple[int, int]:
    row = Session.objects.get(pk=session.pk)
    return row.artifact_count, row.total_artifact_size


def last_event(session: Session) -> tuple[str, dict[str, object]]:
    event = session.events.latest("number")
    return event.kind, event.details


def test_editing_tags_leaves_an_event_with_before_and_after(session: Session, owner: User, teammate: User) -> None:
    artifact = store(session, "a")
    change_status(session, "complete", actor=owner)
    update_artifact_tags(artifact, actor=teammate, tags=["b", "a"], seen=[])
    assert Artifact.objects.get(pk=artifact.pk).tag_names == ["b", "a"]
    kind, details = last_event(session)
    assert (kind, details["tags"]) == ("artifact_updated", {"before": [], "after": ["b", "a"]})


def test_who_edits_tags_second_is_told_and_nothing_is_overwritten(session: Session, owner: User) -> None:
    artifact = store(session, "a")
    update_artifact_tags(artifact, actor=owner, tags=["one"], seen=[])
    with pytest.raises(TagsOvertaken, match="to one: nothing was saved"):
        update_artifact_tags(artifact, actor=owner, tags=["two"], seen=[])
    with pytest.raises(InvalidField):
        update_artifact_tags(artifact, actor=owner, tags=["x" * 65], seen=["one"])
    assert Artifact.objects.get(pk=artifact.pk).tag_names == ["one"]


def test_the_form_of_the_second_shows_the_tags_as_they_are(visitor: Client, session: Session, owner: User) -> None:
    artifact = store(session, "a")
    url = reverse("artifacts:tags", args=[artifact.pk])
    update_artifact_tags(artifact, actor=owner, tags=["one"], seen=[])
    answer = visitor.post(url, {"tags": "two", "seen": ""})
    assert answer.status_code == 409
    assert "to one: nothing was saved" in answer.content.decode()
    assert visitor.post(url, {"tags": "two", "seen": "one"}).status_code == 302
    assert Artifact.objects.get(pk=artifact.pk).tag_names == ["two"]


def test_an_old_version_is_stored_again_with_all_it_had(session: Session, owner: User) -> None:
    given = {"tags": ["t"], "custom": {"n": 1}, "description": "d", "mime_type": "text/x-odd"}
    old = store_artifact(session, actor=owner, artifact_type="chart", name="a", content=b"old", **given)  # type: ignore[arg-type]  # mixed values
    store(session, "a", b"new")
    stored = make_current(old, actor=owner)
    assert (stored.version, stored.blob, stored.custom, stored.description) == (3, old.blob, {"n": 1}, "d")
    assert (stored.mime_type, stored.tag_names) == ("text/x-odd", ["t"])
    assert last_event(session)[1]["from_version"] == 1
    change_status(session, "suspend", actor=owner)
    with pytest.raises(Conflict):
        make_current(old, actor=owner)


def test_any_order_of_deleting_and_restoring_counts_right(session: Session, owner: User) -> None:
    rng = random.Random(3)
    for name in "aaabb":
        store(session, name, b"12345")
    for _ in range(80):
        artifact = rng.choice(list(session.artifacts.all()))
        (delete_artifact if artifact.deleted_at is None else restore_artifact)(artifact, actor=owner)
        assert newest(session) == counted(session)
        left = session.artifacts.filter(deleted_at=None).count()
        assert totals(session) == (left, 5 * left)


def test_restoring_twice_or_into_a_completed_session_is_refused(session: Session, owner: User) -> None:
    artifact = store(session, "a")
    delete_artifact(artifact, actor=owner)
    restore_artifact(artifact, actor=owner)
    with pytest.raises(Conflict, match="not in the trash"):
        restore_artifact(artifact, actor=owner)
    delete_artifact(artifact, actor=owner)
    change_status(session, "complete", actor=owner)
    with pytest.raises(Conflict):
        restore_artifact(artifact, actor=owner)
    assert totals(session) == (0, 0)


def test_undo_takes_back_one(visitor: Client, session: Session) -> None:
    first, _ = store(session, "a"), store(session, "a")
    visitor.post(reverse("artifacts:delete", args=[first.pk]))
    assert newest(session) == {"a": (2, 1)}
    page = visitor.get(session.get_absolute_url()).content.decode()
    assert f'action="{reverse("artifacts:restore", args=[first.pk])}"' in page
    visitor.post(reverse("artifacts:restore", args=[first.pk]))


@pytest.mark.parametrize("name", ["a/b c.txt", "../x", "..", "50%@3", "🎉?&#=", "a@latest", " a "])
def test_links_by_name_are_exact(visitor: Client, session: Session, name: str) -> None:
    first = store(session, name, b"1")
    second = store(session, name, b"2")
    page, content = (reverse(f"artifacts:{route}", args=[session.pk]) for route in ("at", "download_at"))
    for reference, artifact in ((f"{name}@1", first), (f"{name}@2", second), (f"{name}@latest", second)):
        assert visitor.get(page, {"artifact": reference}).headers["Location"] == artifact.get_absolute_url()
    answer = visitor.get(content, {"artifact": f"{name}@1"})
    assert b"".join(answer.streaming_content) == b"1"  # type: ignore[attr-defined]  # the test client's response


@pytest.mark.parametrize("reference", ["", "@", "a", "a@", "a@0", "a@9", "a@x", "b@1", "a@99999999999999999", "a\0@1"])
def test_what_no_version_goes_by_is_not_found(visitor: Client, session: Session, reference: str) -> None:
    store(session, "a")
    assert visitor.get(reverse("artifacts:at", args=[session.pk]), {"artifact": reference}).status_code == 404


def test_a_new_version_is_uploaded_with_what_the_old_one_had(visitor: Client, session: Session, owner: User) -> None:
    artifact = store(session, "a")
    update_artifact_tags(artifact, actor=owner, tags=["one, two"], seen=[])
    url = f"{reverse('artifacts:store', args=[session.pk])}?replace={artifact.pk}"
    assert url in visitor.get(artifact.get_absolute_url()).content.decode()
    form = visitor.get(url).context["form"]
    sent = {name: form[name].value() for name in ("name", "type", "description")} | {"tags": '"one, two"'}
    visitor.post(url, {**sent, "content": SimpleUploadedFile("other.bin", b"new")})
    stored = session.artifacts.latest("version")
    assert (stored.name, stored.version, stored.artifact_type, stored.tag_names) == ("a", 2, "chart", ["one, two"])
    assert visitor.get(f"{url[:-1]}{'0' if url[-1] != '0' else '1'}").status_code == 404


def test_the_page_of_versions_costs_as_much_for_many(
    visitor: Client, session: Session, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(60):
        artifact = store(session, "a")
    with django_assert_max_num_queries(10):
        page = visitor.get(reverse("artifacts:timeline", args=[artifact.pk])).content.decode()
    assert 'href="?before=11"' in page
