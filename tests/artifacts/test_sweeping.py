"""What nothing points at goes, and nothing else, whoever is storing at that moment."""

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from artifacts.blobs import CLAIM_LASTS, read_blob, save_blob, stage_blob, write_blob
from artifacts.content_index import index_batch
from artifacts.models import Artifact, Blob, ContentWords, DamagedBlob, Rendition, SavedArtifact
from artifacts.saves import save_session
from artifacts.services import delete_artifact, store_artifact
from artifacts.sweeping import derived, referrers, sweep_blobs
from llmspell_web.teams.models import User
from llmspell_web.workspace.files import delete_file, save_file
from llmspell_web.workspace.models import UserFile
from sessions.models import Session
from sessions.services import create_session

MIB = 1024 * 1024
GRACE = timedelta(hours=24)


def age() -> None:
    """Everything stored so far becomes two days old."""
    then = timezone.now() - timedelta(days=2)
    Blob.objects.update(claimed_at=then)
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if path.is_file():
            os.utime(path, (then.timestamp(), then.timestamp()))


def files() -> list[str]:
    return [path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_what_is_pointed_at_stays_and_the_rest_goes(session: Session, owner: User) -> None:
    def keep(name: str) -> Artifact:
        return store_artifact(session, actor=owner, artifact_type="x", name=name, content=name.encode())

    keep("kept")
    delete_artifact(keep("in the trash"), actor=owner)
    keep("in a save")
    save_session(session, actor=owner)
    Artifact.objects.filter(name="in a save").delete()
    save_file(owner, "mine.txt", io.BytesIO(b"a file"))
    save_file(owner, "gone.txt", io.BytesIO(b"gone"))
    delete_file(owner, "gone.txt")
    lost = write_blob(b"nobody's", max_bytes=MIB)
    DamagedBlob.objects.create(digest=lost.digest, what="x")
    age()
    (Path(settings.MEDIA_ROOT) / "blobs/drafts").mkdir(exist_ok=True)
    draft = Path(settings.MEDIA_ROOT) / "blobs/drafts/dead"
    draft.write_bytes(b"half of")
    os.utime(draft, (1, 1))
    (Path(settings.MEDIA_ROOT) / "blobs/drafts/living").write_bytes(b"half of")
    write_blob(b"new", max_bytes=MIB)
    before = sorted(files())
    would = sweep_blobs(grace=GRACE, dry_run=True)
    assert (sorted(files()), Blob.objects.count()) == (before, 7)
    did = sweep_blobs(grace=GRACE)
    assert (did.rows, did.files, did.bytes) == (2, 3, len(b"nobody's") + len(b"gone") + len(b"half of"))
    assert did == would
    assert len(files()) == 6  # four contents pointed at, a new one, a living draft
    assert all(read_blob(blob, max_bytes=MIB) for blob in Blob.objects.all())
    assert not DamagedBlob.objects.exists()
    assert sweep_blobs(grace=GRACE).bytes == 0


def test_every_model_that_points_at_a_blob_protects_it_or_was_made_from_it() -> None:
    assert {relation.related_model for relation in referrers()} >= {Artifact, SavedArtifact, UserFile}
    assert {relation.related_model for relation in derived()} == {ContentWords, Rendition}
    pointing = [
        field for field in Blob._meta.get_fields(include_hidden=True) if field.auto_created and not field.concrete
    ]
    assert set(pointing) == {*referrers(), *derived()}


@pytest.mark.django_db(transaction=True)
def test_what_was_made_from_a_content_goes_with_it() -> None:
    blob = write_blob(b"nobody's words", max_bytes=MIB)
    index_batch(set())
    Rendition.objects.create(blob=blob, what="thumbnail", problem="no picture")
    assert ContentWords.objects.filter(blob=blob).exists()
    age()
    assert sweep_blobs(grace=GRACE).rows == 1
    assert not ContentWords.objects.exists()
    assert not Rendition.objects.exists()


@pytest.mark.django_db
def test_an_old_content_found_again_is_claimed_before_it_is_pointed_at() -> None:
    write_blob(b"again", max_bytes=MIB)
    age()
    found = stage_blob(b"again", max_bytes=MIB)
    assert sweep_blobs(grace=CLAIM_LASTS).rows == 0
    assert read_blob(found, max_bytes=MIB) == b"again"


@pytest.mark.django_db
def test_a_file_whose_row_is_gone_is_written_anew_before_it_is_taken() -> None:
    write_blob(b"again", max_bytes=MIB)
    age()
    Blob.objects.all().delete()  # as a sweep that was killed between its two steps
    staged = stage_blob(b"again", max_bytes=MIB)
    assert sweep_blobs(grace=GRACE).files == 0
    save_blob(staged)
    assert read_blob(Blob.objects.get(), max_bytes=MIB) == b"again"


@pytest.mark.django_db(transaction=True)
def test_storing_and_sweeping_at_once_never_loses_content(  # noqa: C901  # two small parties, told in one place
    owner: User, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real connections: some store ever the same few contents, drop them and make them old; others sweep."""
    # Days pass within seconds here: a claim is renewed by each store, and lasts the second that `sweep` below grants.
    monkeypatch.setattr("artifacts.blobs.CLAIM_LASTS", timedelta(0))
    sessions = [session, create_session(owner), create_session(owner)]
    failures: list[BaseException] = []
    stop = time.monotonic() + 5
    contents = [b"a", b"b" * 20_000, b"c" * 300_000]
    rounds = [0]

    def in_thread(work: Callable[[], None]) -> None:
        try:
            while time.monotonic() < stop and not failures:
                work()
        except BaseException as error:  # noqa: BLE001  # told by the test below
            failures.append(error)
        finally:
            connection.close()

    def store_in(session: Session) -> Callable[[], None]:
        def work() -> None:
            for content in contents:
                artifact = store_artifact(session, actor=owner, artifact_type="x", name="n", content=content)
                assert read_blob(Blob.objects.get(pk=artifact.blob_id), max_bytes=MIB) == content
                Artifact.objects.filter(pk=artifact.pk).delete()
            rounds[0] += 1

        return work

    def sweep() -> None:
        # What the stores have dropped becomes old at once; what one of them has just claimed stays new.
        then = timezone.now() - GRACE
        used = Artifact.objects.values("blob")
        Blob.objects.filter(claimed_at__lt=timezone.now() - timedelta(seconds=1)).exclude(pk__in=used).update(
            claimed_at=then - GRACE
        )
        for path in Path(settings.MEDIA_ROOT).rglob("*"):
            try:
                if path.is_file() and path.parent.name != "drafts" and time.time() - path.stat().st_mtime > 1:
                    os.utime(path, (1, 1))
            except FileNotFoundError:
                pass
        sweep_blobs(grace=GRACE)
        time.sleep(0.02)

    works = [*map(store_in, sessions), sweep, sweep]
    threads = [threading.Thread(target=in_thread, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert rounds[0] > 3


@pytest.mark.django_db
def test_the_command_says_what_it_freed(capsys: pytest.CaptureFixture[str]) -> None:
    write_blob(b"12345", max_bytes=MIB)
    age()
    call_command("sweep_blobs", dry_run=True)
    call_command("sweep_blobs")
    assert capsys.readouterr().out == (
        "Would remove 1 contents and 1 files: 5 bytes (5 bytes).\nRemoved 1 contents and 1 files: 5 bytes (5 bytes).\n"
    )


@pytest.mark.django_db
def test_sweeping_a_bucket(bucket: str) -> None:
    kept, lost = write_blob(b"kept" * 9000, max_bytes=MIB), write_blob(b"lost", max_bytes=MIB)
    Blob.objects.filter(pk=lost.pk).update(claimed_at=timezone.now() - timedelta(days=2))
    assert sweep_blobs(grace=GRACE).rows == 1
    assert default_storage.exists(str(lost.file.name))  # younger than the grace period
    assert read_blob(kept, max_bytes=MIB) == b"kept" * 9000


def test_a_grace_too_short_is_refused(process_environment: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "sweep_blobs", "--grace", "1"]
    done = subprocess.run(command, env=process_environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "--grace" in done.stderr) == (2, True)
