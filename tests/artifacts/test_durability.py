"""Writers that meet, and writers that are killed."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from artifacts.blobs import read_blob, write_blob
from artifacts.models import Artifact, Blob
from artifacts.services import store_artifact
from llmspell_web.teams.models import User
from llmspell_web.web.problems import Conflict
from sessions.lifecycle import change_status
from sessions.models import Session
from sessions.services import create_session

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = bytes(range(256)) * 4000

WRITER = """
import django, sys
django.setup()
from artifacts.blobs import write_blob

class Endless:
    def __init__(self): self.given = 0
    def read(self, length):
        self.given += length
        if self.given > 20_000_000:
            print("deep inside", flush=True)
            sys.stdin.read()  # until killed
        return bytes(length)

class Slowed:
    def __init__(self, content): self.content = content
    def read(self, length):
        if self.content is None: return b""
        print("ready", flush=True)
        sys.stdin.readline()  # both writers go on at once
        piece, self.content = self.content, None
        return piece

if sys.argv[1] == "endless":
    write_blob(Endless(), max_bytes=10**12)
else:
    print(write_blob(Slowed(bytes(range(256)) * 1000), max_bytes=10**9).pk, flush=True)
"""


def start_writer(kind: str, environment: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, kind],
        env={**environment, "DJANGO_SETTINGS_MODULE": "llmspell_web.settings"},
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def visible_files(digest: str) -> list[Path]:
    return list(Path(settings.MEDIA_ROOT).glob(f"blobs/??/{digest}*"))


def run_together(*jobs: "threading.Thread") -> None:
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()


def test_a_writer_killed_in_the_middle_leaves_nothing_to_see(process_environment: dict[str, str]) -> None:
    before = set(Path(settings.MEDIA_ROOT).glob("blobs/??/*"))
    with start_writer("endless", process_environment) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "deep inside\n"
        writer.kill()
    assert Blob.objects.count() == 0
    assert set(Path(settings.MEDIA_ROOT).glob("blobs/??/*")) == before


def test_two_processes_that_store_the_same_end_with_one_file_and_one_row(process_environment: dict[str, str]) -> None:
    with start_writer("same", process_environment) as one, start_writer("same", process_environment) as two:
        for writer in (one, two):
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
        for writer in (one, two):
            assert writer.stdin is not None
            writer.stdin.write("go\n")
            writer.stdin.flush()
        answers = [writer.communicate()[0].strip() for writer in (one, two)]
    blob = Blob.objects.get()
    assert answers == [blob.pk, blob.pk]
    assert len(visible_files(blob.pk)) == 1
    assert read_blob(blob, max_bytes=10**6) == bytes(range(256)) * 1000


def test_threads_that_store_the_same_end_with_one_file_and_one_row() -> None:
    barrier = threading.Barrier(4)

    def write() -> None:
        barrier.wait()
        write_blob(CONTENT, max_bytes=10**7)
        connection.close()

    run_together(*(threading.Thread(target=write) for _ in range(4)))
    blob = Blob.objects.get()
    assert len(visible_files(blob.pk)) == 1
    assert read_blob(blob, max_bytes=10**7) == CONTENT


def test_versions_of_one_name_queue_up(owner: User) -> None:
    session = create_session(owner)
    barrier = threading.Barrier(4)

    def store(label: int) -> None:
        barrier.wait()
        for number in range(5):
            store_artifact(
                session,
                actor=owner,
                artifact_type="chart",
                name="one",
                content=f"{label}/{number}".encode(),
                tags=["x"],
            )
        connection.close()

    run_together(*(threading.Thread(target=store, args=[label]) for label in range(4)))
    versions = list(Artifact.objects.order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, 21))
    stored = Session.objects.get(pk=session.pk)
    assert (stored.artifact_count, stored.total_artifact_size) == (20, 60)
    assert stored.events.filter(kind="artifact_stored").count() == 20


def test_nothing_is_stored_after_the_session_was_completed(owner: User) -> None:
    """Whoever comes first, the history never shows an artifact stored behind the end."""
    session = create_session(owner)
    started, refused = threading.Event(), []

    def store() -> None:
        own = Session.objects.get(pk=session.pk)
        for number in range(200):
            try:
                store_artifact(own, actor=owner, artifact_type="chart", name=f"n{number}", content=b"x")
            except Conflict as problem:
                refused.append(str(problem))
                break
            started.set()
        connection.close()

    def complete() -> None:
        started.wait()
        change_status(session, "complete", actor=owner)
        connection.close()

    run_together(threading.Thread(target=store), threading.Thread(target=complete))
    stored = Session.objects.get(pk=session.pk)
    kinds = list(stored.events.order_by("id").values_list("kind", flat=True))
    assert kinds[-1] == "completed"
    assert kinds.count("artifact_stored") == stored.artifact_count == Artifact.objects.count()
    assert refused in (["cannot store artifacts in a completed session: call Session.load(id) first"], [])
