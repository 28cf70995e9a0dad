"""A purge beside whoever takes the same thing out, on two connections: one wins, the other is told."""

from collections.abc import Callable
from functools import partial

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
from tests.workspace.test_placement_races import at_every_lock, beside, make_private

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


def trash(parent: Session, artifact: Artifact, admin: User) -> None:
    delete_artifact(artifact, actor=admin)


def take_out(parent: Session, artifact: Artifact, admin: User) -> None:
    restore_artifact(Artifact.objects.get(name="out"), actor=admin)


def purge_one(parent: Session, artifact: Artifact, admin: User) -> None:
    purge_artifact(Artifact.objects.get(name="out"), actor=admin)


def purge_child(parent: Session, artifact: Artifact, admin: User) -> None:
    purge_session(Session.objects.get(name="child"), actor=admin)
    while go_on_removing():
        pass


@pytest.mark.parametrize("work", [trash, take_out, purge_one, purge_child])
@pytest.mark.parametrize("is_placed_first", [False, True])
def test_wherever_they_meet_a_move_both_come_to_their_end(
    work: Callable[[Session, Artifact, User], None], is_placed_first: bool, admin: User
) -> None:
    """A session becomes private, with what lies below it in the trash."""
    place, meets = 0, True
    while meets:
        place += 1
        Session.objects.filter(name="child").delete()
        Artifact.objects.filter(name="out").delete()
        parent = create_session(admin, name="parent")
        child = create_session(admin, name="child", parent=parent)
        delete_session(child, actor=admin)
        here, out = (
            store_artifact(parent, actor=admin, artifact_type="x", name=name, content=b"1") for name in ("here", "out")
        )
        delete_artifact(out, actor=admin)
        comes, moves = partial(work, parent, here, admin), partial(make_private, parent, admin)
        first, second = (moves, comes) if is_placed_first else (comes, moves)
        meets = at_every_lock(first, second, place)
        if not meets:
            second()
        team = Session.objects.get(pk=parent.pk).team
        assert team.private_to == admin
        lying = Artifact.objects.in_trash().filter(session=parent)
        assert set(lying.values_list("trashed_in", flat=True)) <= {team.pk}
        assert not Session.objects.in_trash().filter(parent=parent).exclude(team=team).exists()
    assert place > 1
