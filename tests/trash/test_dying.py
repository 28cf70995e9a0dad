"""Whoever dies in the middle of a purge, or of taking its rows away, leaves nothing half-done."""

import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from artifacts.models import Artifact
from artifacts.saves import save_session
from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import Membership, User
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.trash.purging import purge_artifact, purge_session
from llmspell_web.trash.removal import go_on_removing
from sessions.models import Session
from sessions.services import create_session, delete_session
from tests.workspace.processes import start, wait_until

MANY = 3000


class Died(BaseException):
    """As nothing that the code could catch."""


def dying_at(statement: int) -> Callable[..., object]:
    count = 0

    def execute(go_on: Callable[..., object], *arguments: object) -> object:
        nonlocal count
        count += 1
        if count == statement:
            raise Died
        return go_on(*arguments)

    return execute


def make_trash(admin: User) -> tuple[Session, Artifact]:
    session, other = create_session(admin, name="S"), create_session(admin, name="Kept")
    for name in ("a", "b"):
        store_artifact(session, actor=admin, artifact_type="x", name=name, content=name.encode(), tags=["t"])
    save_session(session, actor=admin)
    delete_session(session, actor=admin)
    artifact = store_artifact(other, actor=admin, artifact_type="x", name="c", content=b"c", tags=["t"])
    delete_artifact(artifact, actor=admin)
    return session, artifact


@pytest.mark.django_db(transaction=True)
def test_at_every_statement(make_user: Callable[..., User]) -> None:
    admin = make_user("admin", Membership.Role.ADMIN)
    statement, has_died = 0, True
    while has_died:
        statement, has_died = statement + 1, False
        session, artifact = make_trash(admin)
        try:
            with connection.execute_wrapper(dying_at(statement)):
                purge_session(session, actor=admin)
                purge_artifact(artifact, actor=admin)
                while go_on_removing():
                    pass
        except Died:
            has_died = True
        for thing in (session, artifact):
            told = PurgeRecord.objects.filter(object_id=thing.pk)
            lies_there = type(thing)._default_manager.in_trash().filter(pk=thing.pk).exists()
            assert told.exists() is not lies_there
        while go_on_removing():
            pass
        for record in PurgeRecord.objects.filter(object_id=session.pk):
            assert (record.freed_bytes, record.ended_at is None) == (2, False)
            assert not Session.objects.filter(pk=session.pk).exists()
        with transaction.atomic():
            PurgeRecord.objects.all().delete()
            Session.objects.all().delete()
    assert statement > 30


def test_a_runner_goes_on_where_another_was_killed(
    process_environment: dict[str, str], make_user: Callable[..., User], client: Client
) -> None:
    """The old one goes by itself; the runner is killed while it takes the rows away."""
    admin = make_user("admin", Membership.Role.ADMIN)
    session = create_session(admin, name="Large")
    blob = store_artifact(session, actor=admin, artifact_type="x", name="first", content=b"once").blob
    Artifact.objects.bulk_create(
        Artifact(
            session=session, name=f"{number}", version=1, artifact_type="x", blob=blob, size=4,
            created_by=admin, created_at=timezone.now(),
        )
        for number in range(MANY)
    )  # fmt: skip
    delete_session(session, actor=admin)
    Session.objects.update(deleted_at=timezone.now() - timedelta(days=31))

    def left() -> int:
        return Artifact.objects.count()

    with start(process_environment, "runner") as process:
        wait_until(lambda: left() <= MANY, "the first piece")
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not Session.objects.trash_visible_to(admin).exists()
    client.force_login(admin)
    page = client.get("/trash/").content.decode()
    assert "Large" in page  # among what was deleted for good
    assert "by itself, after its days in the trash" in page
    with start(process_environment, "runner"):
        wait_until(lambda: not Session.objects.exists(), "the end")
    record = PurgeRecord.objects.get()
    assert (record.actor, record.versions, record.freed_bytes) == (None, MANY + 1, 4)
