"""A purge beside whoever takes the same thing out, on two connections: one wins, the other is told."""

from collections.abc import Callable

import pytest

from artifacts.models import Artifact
from artifacts.services import delete_artifact, restore_artifact, store_artifact
from llmspell_web.teams.models import Membership, User
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.trash.purging import purge_artifact, purge_session
from llmspell_web.trash.removal import go_on_removing
from llmspell_web.web.problems import Conflict
from sessions.models import Session
from sessions.services import create_session, delete_session, restore_session
from tests.workspace.test_placement_races import beside

Work = Callable[[], object]


@pytest.fixture
def admin(transactional_db: None, make_user: Callable[..., User]) -> User:
    return make_user("admin", Membership.Role.ADMIN)


def attempt(work: Work, told: list[str]) -> Work:
    def run() -> None:
        try:
            work()
        except Conflict as problem:
            told.append(str(problem))

    return run


@pytest.mark.parametrize("is_purged_first", [False, True])
def test_a_session(admin: User, is_purged_first: bool) -> None:
    session = create_session(admin)
    delete_session(session, actor=admin)
    told: list[str] = []
    acts = [
        attempt(lambda: purge_session(Session.objects.get(pk=session.pk), actor=admin), told),
        attempt(lambda: restore_session(Session.objects.get(pk=session.pk), actor=admin), told),
    ]
    first, second = acts if is_purged_first else acts[::-1]
    beside(first, second)
    while go_on_removing():
        pass
    assert len(told) == 1
    assert "not in the trash" in told[0]
    assert Session.objects.filter(deleted_at=None).exists() is not is_purged_first
    assert PurgeRecord.objects.exists() is is_purged_first


@pytest.mark.parametrize("is_purged_first", [False, True])
def test_an_artifact(admin: User, is_purged_first: bool) -> None:
    session = create_session(admin)
    artifact = store_artifact(session, actor=admin, artifact_type="x", name="a", content=b"1")
    delete_artifact(artifact, actor=admin)
    told: list[str] = []
    acts = [
        attempt(lambda: purge_artifact(Artifact.objects.get(pk=artifact.pk), actor=admin), told),
        attempt(lambda: restore_artifact(Artifact.objects.get(pk=artifact.pk), actor=admin), told),
    ]
    first, second = acts if is_purged_first else acts[::-1]
    beside(first, second)
    assert len(told) == 1
    assert "not in the trash" in told[0]
    assert Artifact.objects.filter(deleted_at=None).exists() is not is_purged_first
    assert PurgeRecord.objects.exists() is is_purged_first


def test_a_version_that_is_stored_while_the_last_one_is_purged(admin: User) -> None:
    session = create_session(admin)

    def store() -> Artifact:
        return store_artifact(session, actor=admin, artifact_type="x", name="a", content=b"new")

    old = store()
    delete_artifact(old, actor=admin)
    beside(lambda: purge_artifact(Artifact.objects.get(pk=old.pk), actor=admin), store)
    assert list(Artifact.objects.order_by("version").values_list("version", "version_count")) == [(1, None), (2, 1)]


def test_two_who_purge_the_same(admin: User) -> None:
    session = create_session(admin)
    delete_session(session, actor=admin)
    told: list[str] = []
    purge = attempt(lambda: purge_session(Session.objects.get(pk=session.pk), actor=admin), told)
    beside(purge, purge)
    assert len(told) == 1
    assert PurgeRecord.objects.count() == 1


def test_two_who_remove_the_same_rows(admin: User) -> None:
    session = create_session(admin)
    for number in range(3):
        store_artifact(session, actor=admin, artifact_type="x", name=f"{number}", content=b"%d" % number)
    delete_session(session, actor=admin)
    record = purge_session(session, actor=admin)
    beside(go_on_removing, go_on_removing)
    while go_on_removing():
        pass
    record.refresh_from_db()
    assert (record.freed_bytes, Session.objects.count()) == (3, 0)
