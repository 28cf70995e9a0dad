"""Opening a save as a new session: what it has, whose it is, and that it is all there or not at all."""

import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

from artifacts.blobs import read_blob
from artifacts.copies import open_save
from artifacts.models import Artifact, Blob
from artifacts.saves import save_session
from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import User
from llmspell_web.web.problems import Forbidden, NotFound
from sessions.lifecycle import change_status
from sessions.models import Session
from sessions.services import create_session, delete_session, update_session

OPENER = """
import django, sys
django.setup()
from django.db.models import QuerySet
from artifacts.copies import open_save
from sessions.models import SessionSave

original, calls = QuerySet.bulk_create, 0
def bulk_create(self, *arguments, **options):
    global calls
    made = original(self, *arguments, **options)
    calls += 1
    if calls == 3:
        print("deep inside", flush=True)
        sys.stdin.read()  # until killed
    return made
QuerySet.bulk_create = bulk_create

save = SessionSave.objects.get()
open_save(save, actor=save.created_by)
"""


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="Support", description="d", tags=["b", "a"], metadata={"k": {"x": 1}})


def store(session: Session, name: str, content: bytes = b"x", **given: Any) -> Artifact:
    values = {"artifact_type": "chart", "actor": session.created_by, **given}
    return store_artifact(session, name=name, content=content, **values)


@pytest.mark.django_db
def test_the_new_session_is_what_the_save_recorded(session: Session, owner: User, teammate: User) -> None:
    store(session, "a.txt", b"1", tags=["t2", "t1"], description="first", custom={"c": 1})
    gone = store(session, "a.txt", b"22")
    store(session, "b.bin", b"\0\xff", mime_type="image/png")
    save = save_session(session, actor=owner)
    update_session(session, actor=owner, name="Renamed", tags=[], metadata={"k": None})
    delete_artifact(gone, actor=owner)
    change_status(session, "complete", actor=owner)
    blobs = Blob.objects.count()

    copy = open_save(save, actor=teammate)

    copy = Session.objects.get(pk=copy.pk)
    assert (copy.name, copy.description, copy.tag_names) == ("Support (from save 1)", "d", ["b", "a"])
    assert (copy.metadata, copy.status, copy.team, copy.created_by) == (
        {"k": {"x": 1}},
        "active",
        session.team,
        teammate,
    )
    assert (copy.artifact_count, copy.total_artifact_size) == (3, 5)
    rows = copy.artifacts.order_by("pk").values_list("name", "version", "version_count", "size", "mime_type")
    assert list(rows) == [
        ("a.txt", 1, None, 1, "text/plain"),
        ("a.txt", 2, 2, 2, "text/plain"),
        ("b.bin", 1, 1, 2, "image/png"),
    ]
    first = copy.artifacts.get(name="a.txt", version=1)
    assert (first.tag_names, first.description, first.custom) == (["t2", "t1"], "first", {"c": 1})
    assert (first.created_by, read_blob(first.blob, max_bytes=10)) == (teammate, b"1")
    assert Blob.objects.count() == blobs
    assert store(copy, "a.txt").version == 3


@pytest.mark.django_db
def test_both_histories_tell(session: Session, owner: User) -> None:
    save = save_session(session, actor=owner)
    copy = open_save(save, actor=owner)
    kinds = [list(each.events.order_by("pk").values_list("kind", flat=True)) for each in (session, copy)]
    assert kinds == [["created", "saved", "copied"], ["created", "copied"]]
    details = session.events.get(kind="copied").details
    assert details == copy.events.get(kind="copied").details
    assert details["source"]["id"] == str(session.pk)
    assert details["copy"] == {"id": str(copy.pk), "name": "Support (from save 1)"}


@pytest.mark.django_db
def test_it_stands_beside_its_source(owner: User) -> None:
    parent = create_session(owner, name="Parent")
    child = create_session(owner, name="x" * 255, parent=parent)
    copy = open_save(save_session(child, actor=owner), actor=owner)
    assert (copy.parent_id, copy.name) == (parent.pk, "x" * 241 + " (from save 1)")
    delete_session(parent, actor=owner)
    assert open_save(child.saves.get(), actor=owner).parent_id is None


@pytest.mark.django_db
def test_who_may_not_create_may_not_open(session: Session, owner: User, viewer: User, stranger: User) -> None:
    save = save_session(session, actor=owner)
    with pytest.raises(Forbidden):
        open_save(save, actor=viewer)
    with pytest.raises(NotFound):
        open_save(save, actor=stranger)
    delete_session(session, actor=owner)
    with pytest.raises(NotFound):
        open_save(save, actor=owner)
    assert Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_in_the_middle_leaves_nothing(
    process_environment: dict[str, str], session: Session, owner: User
) -> None:
    for number in range(1200):  # several batches
        store(session, f"{number}", b"x", tags=["t"])
    save_session(session, actor=owner)
    rows = (Session.objects.count(), Artifact.objects.count(), session.events.count())
    environment = {**process_environment, "DJANGO_SETTINGS_MODULE": "llmspell_web.settings"}
    with subprocess.Popen(
        [sys.executable, "-c", OPENER],
        env=environment,
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as opener:
        assert opener.stdout is not None
        assert opener.stdout.readline() == "deep inside\n"
        opener.kill()
    assert (Session.objects.count(), Artifact.objects.count(), session.events.count()) == rows
    assert open_save(session.saves.get(), actor=owner).artifact_count == 1200
