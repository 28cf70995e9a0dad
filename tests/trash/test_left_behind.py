"""What tells of something that was deleted for good still opens, and says so in words."""

import pytest
from django.test import Client

from artifacts.models import Artifact
from artifacts.saves import save_session
from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import User
from llmspell_web.trash.purging import purge_artifact, purge_session
from llmspell_web.trash.removal import remove_all
from llmspell_web.workspace.models import Run, RunTouch, RunUse
from llmspell_web.workspace.runs import create_run
from sessions.bulk import start_bulk, undo_bulk
from sessions.models import Session
from sessions.services import create_session, delete_session
from tests.trash.conftest import Store
from tests.trash.test_pages import words

pytestmark = pytest.mark.django_db


def purge(thing: Session | Artifact, owner: User, admin: User) -> None:
    if isinstance(thing, Session):
        if thing.deleted_at is None:
            delete_session(thing, actor=owner)
        remove_all(purge_session(thing, actor=admin))
    else:
        delete_artifact(thing, actor=owner)
        purge_artifact(thing, actor=admin)


def test_a_run_that_began_in_it_and_read_it(
    visitor: Client, session: Session, owner: User, admin: User, store: Store
) -> None:
    run = create_run(owner, source="return 1", session=session)
    artifact = store("a")
    RunTouch.objects.create(run=run, kind="session", object_id=session.pk)
    RunUse.objects.create(run=run, position=1, act="read", artifact_id=artifact.pk, digest=artifact.blob_id)
    Run.objects.update(status="succeeded")
    delete_session(session, actor=owner)
    page = words(visitor.get(run.get_absolute_url()))
    assert "Session one in the trash, or that you cannot see" in page
    assert f"/sessions/{session.pk}/" not in visitor.get("/runs/").content.decode()
    purge(session, owner, admin)
    page = words(visitor.get(run.get_absolute_url()))
    assert "Session none, or one that was deleted for good" in page
    assert "1 more that is deleted, not visible to you" in page
    assert "something you cannot see" in page
    assert visitor.get("/runs/").status_code == 200


def test_the_history_and_the_save_of_a_session_whose_artifact_is_gone(
    visitor: Client, session: Session, owner: User, admin: User, store: Store
) -> None:
    artifact, kept = store("gone.txt", b"in a save"), store("kept.txt")
    save_session(session, actor=owner)
    purge(artifact, owner, admin)
    page = visitor.get(f"/sessions/{session.pk}/history")
    assert "Artifact stored gone.txt v1 (not there any more) by owner" in words(page)
    assert f"/artifacts/{artifact.pk}/" not in page.content.decode()
    assert f"/artifacts/{kept.pk}/" in page.content.decode()
    saved = visitor.get(f"/sessions/{session.pk}/saves/1/")
    assert "gone.txt v1" in words(saved)
    line = session.saves.get().artifacts.get(name="gone.txt")
    download = visitor.get(f"/sessions/{session.pk}/saves/1/artifacts/{line.pk}/download")
    assert b"".join(download) == b"in a save"
    assert visitor.get(f"/sessions/compare?a={session.pk}:1&b={session.pk}").status_code == 200
    assert visitor.post(f"/sessions/{session.pk}/saves/1/open").status_code == 302
    copy = Session.objects.order_by("pk").last()
    assert copy is not None
    assert set(copy.artifacts.values_list("name", "version")) == {("gone.txt", 1), ("kept.txt", 1)}


def test_the_lineage_of_what_was_copied_from_a_session_that_is_gone(
    visitor: Client, session: Session, owner: User, admin: User, store: Store
) -> None:
    store("a.txt")
    save_session(session, actor=owner)
    visitor.post(f"/sessions/{session.pk}/saves/1/open")
    purge(session, owner, admin)
    copied = Artifact.objects.get()
    page = words(visitor.get(f"/artifacts/{copied.pk}/lineage"))
    assert "a save of a session that you cannot see" in page
    assert "Copied from something you cannot see" in page
    history = words(visitor.get(f"/sessions/{copied.session_id}/history"))
    assert "a session that is not there" in history
    assert b"".join(visitor.get(f"/artifacts/{copied.pk}/download")) == b"content"


def test_a_bulk_action_on_it_and_its_undo(visitor: Client, owner: User, admin: User) -> None:
    one, two = create_session(owner, name="One"), create_session(owner, name="Two")
    action = start_bulk(owner, "delete", sorted([one.pk, two.pk]))
    one.refresh_from_db()
    purge(one, owner, admin)
    page = words(visitor.get(action.get_absolute_url(), {"reason": ""}))
    assert f"{one.pk} deleted for good, or not visible to you" in page
    assert "Two in the trash" in page
    undo = undo_bulk(action)
    assert undo.changed == 1
    assert list(undo.refusals) == ["it is not in the trash any more, or you may not see it"]


def test_other_versions_stay(visitor: Client, session: Session, owner: User, admin: User, store: Store) -> None:
    first, second, third = store("a", b"1"), store("a", b"2"), store("a", b"3")
    purge(second, owner, admin)
    for artifact in (first, third):
        for tab in ("", "versions", "lineage"):
            assert visitor.get(f"/artifacts/{artifact.pk}/{tab}").status_code == 200
    assert "version 1" in words(visitor.get(f"/artifacts/{third.pk}/lineage"))
    again = store_artifact(session, actor=owner, artifact_type="note", name="a", content=b"4")
    assert (again.version, again.version_count) == (4, 3)
