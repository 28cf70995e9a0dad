"""What deleting for good takes away, what it leaves, and that nobody sees it half-done."""

from datetime import timedelta

import pytest
from django.utils import timezone

from artifacts.blobs import CLAIM_LASTS, read_blob
from artifacts.models import Artifact, ArtifactTag, Blob, SavedArtifact
from artifacts.saves import save_session
from artifacts.services import delete_artifact, restore_artifact
from artifacts.sweeping import sweep_blobs
from llmspell_web.teams.models import User
from llmspell_web.trash import removal
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.trash.purging import purge_artifact, purge_session
from llmspell_web.trash.removal import go_on_removing, remove_all
from llmspell_web.web.problems import Conflict
from llmspell_web.workspace.runs import create_run
from sessions.models import Session, SessionDocument, SessionEvent, SessionSave, SessionValue
from sessions.services import create_session, delete_session, restore_session, set_current_session
from tests.trash.conftest import Store, Trash

pytestmark = pytest.mark.django_db


def sweep() -> int:
    Blob.objects.update(claimed_at=timezone.now() - timedelta(days=2))
    return sweep_blobs(grace=CLAIM_LASTS).rows


def test_a_session_goes_with_all_it_had_and_a_record_stays(
    session: Session, owner: User, admin: User, store: Store
) -> None:
    child, kept = create_session(owner, name="Child", parent=session), create_session(owner, name="Kept")
    store("a", b"only here"), store("a", b"here, too"), store("b", b"elsewhere, too")
    store("c", b"elsewhere, too", into=kept)
    set_current_session(owner, session)
    run = create_run(owner, source="return 1", session=session)
    save_session(session, actor=owner)
    delete_session(session, actor=owner)
    record = remove_all(purge_session(session, actor=admin))
    assert list(Session.objects.order_by("pk")) == [child, kept]
    assert list(Artifact.objects.values_list("name", flat=True)) == ["c"]
    assert set(SessionEvent.objects.values_list("session", flat=True)) == {child.pk, kept.pk}
    assert set(SessionDocument.objects.values_list("session", flat=True)) == {child.pk, kept.pk}
    assert not SessionSave.objects.exists()
    assert not SavedArtifact.objects.exists()
    assert not SessionValue.objects.exists()
    assert ArtifactTag.objects.count() == 1
    for row in (child, run):
        row.refresh_from_db()
    assert (child.parent_id, run.session_id) == (None, None)
    assert (record.actor, record.deleted_by, record.name, record.kind) == (admin, owner, "Support", "session")
    assert (record.versions, record.saves, record.freed_bytes) == (3, 1, len(b"only here") + len(b"here, too"))
    assert record.ended_at is not None
    assert sweep() == 2
    assert read_blob(Artifact.objects.get().blob, max_bytes=100) == b"elsewhere, too"


def test_nothing_is_seen_of_a_session_that_goes_piece_by_piece(
    session: Session, owner: User, admin: User, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "PIECE", 2)
    monkeypatch.setattr(removal, "PIECE_BELOW", 3)
    for number in range(5):
        store(f"{number}", b"%d" % number)
    save_session(session, actor=owner)
    delete_session(session, actor=owner)
    record = purge_session(session, actor=admin)
    pieces = 0
    while go_on_removing():
        pieces += 1
        assert not Session.objects.trash_visible_to(admin).exists()
        with pytest.raises(Conflict, match="not in the trash"):
            restore_session(session, actor=owner)
    record.refresh_from_db()
    assert pieces > 5
    assert (record.freed_bytes, record.versions) == (5, 5)
    assert not Session.objects.exists()
    assert not go_on_removing()


def test_a_version_goes_and_its_number_is_not_given_again(
    session: Session, admin: User, trash_artifact: Store, store: Store
) -> None:
    first = store("a", b"one")
    second = trash_artifact("a", b"two")
    record = purge_artifact(second, actor=admin)
    assert (record.version, record.session_name, record.freed_bytes) == (2, "Support", 3)
    left = Artifact.objects.get(pk=second.pk)
    assert (left.size, left.custom, left.run_id, left.artifact_type, left.trashed_in) == (0, {}, None, "", None)
    assert not left.tags.exists()
    third = store("a", b"three")
    assert (first.version, third.version) == (1, 3)
    assert Artifact.objects.get(pk=third.pk).version_count == 2
    assert sweep() == 1


def test_of_a_name_that_is_all_gone_one_empty_row_is_left(
    admin: User, trash_artifact: Store, store: Store, owner: User
) -> None:
    gone = [trash_artifact("a", b"one"), trash_artifact("a", b"two"), trash_artifact("a", b"three")]
    for artifact in (gone[1], gone[2], gone[0]):
        purge_artifact(artifact, actor=admin)
    assert list(Artifact.objects.values_list("version", "size")) == [(3, 0)]
    assert store("a", b"new").version == 4
    delete_artifact(Artifact.objects.get(version=4), actor=owner)
    purge_artifact(Artifact.objects.get(version=4), actor=admin)
    assert list(Artifact.objects.values_list("version", flat=True)) == [4]


def test_what_was_purged_does_not_come_back_with_its_session(
    session: Session, owner: User, admin: User, trash_artifact: Store
) -> None:
    artifact = trash_artifact("a")
    purge_artifact(artifact, actor=admin)
    delete_session(session, actor=owner)
    restore_session(Session.objects.get(), actor=owner)
    assert not Artifact.objects.filter(trashed_in__isnull=False).exists()
    assert not Artifact.objects.trash_visible_to(admin).exists()
    with pytest.raises(Conflict, match="not in the trash"):
        restore_artifact(artifact, actor=owner)
    with pytest.raises(Conflict, match="not in the trash any more"):
        purge_artifact(artifact, actor=admin)
    assert PurgeRecord.objects.count() == 1


def test_a_save_keeps_the_content_of_what_was_purged(session: Session, owner: User, admin: User, store: Store) -> None:
    artifact = store("a", b"kept in a save")
    save = save_session(session, actor=owner)
    delete_artifact(artifact, actor=owner)
    assert purge_artifact(artifact, actor=admin).freed_bytes == 0
    sweep()
    assert read_blob(save.artifacts.get().blob, max_bytes=100) == b"kept in a save"


def test_only_what_lies_there_as_it_was_seen_goes(
    session: Session, owner: User, admin: User, trash_session: Trash, store: Store
) -> None:
    with pytest.raises(Conflict, match="not in the trash any more"):
        purge_session(session, actor=admin)
    with pytest.raises(Conflict, match="not in the trash any more"):
        purge_artifact(store("a"), actor=admin)
    seen = trash_session()
    again = Session.objects.get(pk=seen.pk)
    restore_session(again, actor=owner)
    delete_session(again, actor=owner)
    with pytest.raises(Conflict, match="not in the trash any more"):
        purge_session(seen, actor=admin)
    assert Session.objects.trash_visible_to(admin).get() == seen


def test_an_artifact_of_a_session_in_the_trash_goes_only_with_it(
    session: Session, owner: User, admin: User, trash_artifact: Store
) -> None:
    artifact = trash_artifact("a")
    delete_session(session, actor=owner)
    with pytest.raises(Conflict, match="not in the trash any more"):
        purge_artifact(artifact, actor=admin)
    assert remove_all(purge_session(session, actor=admin)).versions == 1
    assert not Artifact.objects.exists()
