"""What has lain in the trash for long goes by itself, and nothing else does."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from artifacts.models import Artifact
from llmspell_web.teams.models import User
from llmspell_web.trash.expiry import purge_expired
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.trash.removal import go_on_removing
from sessions.models import Session
from sessions.services import create_session, delete_session
from tests.trash.conftest import Store, Trash

pytestmark = pytest.mark.django_db


def age(*things: Session | Artifact, days: float) -> None:
    for thing in things:
        type(thing)._default_manager.filter(pk=thing.pk).update(deleted_at=timezone.now() - timedelta(days=days))


def purge_all() -> int:
    gone = 0
    while purge_expired():
        gone += 1
    while go_on_removing():
        pass
    return gone


def test_what_is_old_goes_and_a_record_says_that_nobody_did_it(
    session: Session, owner: User, trash_session: Trash, trash_artifact: Store, store: Store
) -> None:
    age(trash_session("Old"), trash_artifact("old"), days=30.1)
    age(trash_session("Young"), trash_artifact("young"), days=29.9)
    store("kept")
    assert purge_all() == 2
    assert [record.name for record in PurgeRecord.objects.filter(actor=None).order_by("pk")] == ["Old", "old"]
    assert set(Session.objects.values_list("name", flat=True)) == {"Support", "Young"}
    assert set(Artifact.objects.filter(purged_at=None).values_list("name", flat=True)) == {"young", "kept"}


def test_the_artifacts_of_a_session_in_the_trash_stay_with_it(
    session: Session, owner: User, trash_artifact: Store
) -> None:
    artifact = trash_artifact("a")
    delete_session(session, actor=owner)
    age(artifact, days=40)
    assert purge_all() == 0
    assert Artifact.objects.in_trash().get() == artifact


def test_with_0_days_nothing_goes(trash_session: Trash, settings: Settings) -> None:
    settings.TRASH_DAYS = 0
    age(trash_session(), days=4000)
    with CaptureQueriesContext(connection) as asked:
        assert not purge_expired()
    assert len(asked) == 0
    with pytest.raises(CommandError, match="LLMSPELL_TRASH_DAYS is 0"):
        call_command("purge_trash")


def test_looking_costs_two_queries_and_one(trash_session: Trash) -> None:
    for _ in range(3):
        trash_session()
    with CaptureQueriesContext(connection) as asked:
        assert not purge_expired()
        assert not go_on_removing()
    assert len(asked) == 3


def test_the_command_ends_what_it_begins(
    trash_session: Trash, trash_artifact: Store, owner: User, capsys: pytest.CaptureFixture[str]
) -> None:
    age(trash_session("One"), trash_artifact("a", b"12345"), days=8)
    call_command("purge_trash")
    assert "Deleted 0 sessions and 0 artifacts for good" in capsys.readouterr().out
    call_command("purge_trash", "--days", "7")
    words = "Deleted 1 sessions and 1 artifacts for good: sweep_blobs can free 5 bytes (5 bytes).\n"
    assert capsys.readouterr().out == words
    assert not PurgeRecord.objects.filter(ended_at=None).exists()
    create_session(owner)
    with pytest.raises(CommandError):
        call_command("purge_trash", "--days", "-1")
