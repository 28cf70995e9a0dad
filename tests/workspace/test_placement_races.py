"""A session becomes private while something comes into it, on two connections: nothing of it stays behind."""

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import F

from artifacts.copies import open_save
from artifacts.models import Artifact
from artifacts.saves import save_session
from artifacts.services import store_artifact
from llmspell_web.teams.models import User
from llmspell_web.teams.services import find_private_team
from llmspell_web.web.problems import NotFound
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.runs import create_run
from sessions.bulk import start_bulk
from sessions.hierarchy import move_session
from sessions.models import Session, SessionEvent, SessionTag
from sessions.placement import place_session
from sessions.services import create_session


def start(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def beside(first: Callable[[], object], second: Callable[[], object]) -> None:
    """`first` is done and not committed when `second` begins on a connection of its own."""
    with transaction.atomic():
        first()
        other = start(second)
        other.join(0.5)  # it has come as far as it can: to its end, or to where it waits for us
    other.join()


def make_private(session: Session, owner: User) -> None:
    place_session(session, actor=owner, team=find_private_team(owner), owner=owner)


def test_a_run_that_begins_while_its_session_becomes_private(
    transactional_db: None, make_user: Callable[..., User]
) -> None:
    owner, teammate = make_user("asker"), make_user("mate")
    session = create_session(owner)
    beside(
        lambda: create_run(owner, source="print(1)", session=session),
        lambda: make_private(Session.objects.get(pk=session.pk), owner),
    )
    assert Session.objects.get(pk=session.pk).team.private_to == owner
    assert not Run.objects.visible_to(teammate).exists()


def test_a_child_that_is_made_while_its_parent_becomes_private(
    transactional_db: None, make_user: Callable[..., User]
) -> None:
    owner, teammate = make_user("asker"), make_user("mate")
    parent = create_session(owner)
    beside(
        lambda: create_session(owner, parent=parent),
        lambda: make_private(Session.objects.get(pk=parent.pk), owner),
    )
    child = Session.objects.get(parent=parent.pk)
    assert child.team_id == Session.objects.get(pk=parent.pk).team_id
    assert not Session.objects.visible_to(teammate).exists()
    assert not SessionEvent.objects.exclude(team=F("session__team")).exists()


LOCKING = re.compile(r"INSERT|UPDATE|SET CONSTRAINTS|SELECT .* FOR ", re.DOTALL)


def at_every_lock(work: Callable[[], object], others: Callable[[], object], place: int) -> bool:
    """Does the work, and has `others` begin on another connection behind the statement at that place among those that
    lock something, while the work goes on. False where the work has fewer of them."""
    begun: list[threading.Thread] = []
    seen = 0

    def begin(execute: Callable[..., object], sql: str, *arguments: object) -> object:
        nonlocal seen
        result = execute(sql, *arguments)
        if LOCKING.match(sql):
            seen += 1
            if seen == place:
                begun.append(start(others))
                begun[0].join(0.1)  # it has come as far as it can
        return result

    with connection.execute_wrapper(begin):
        work()
    for thread in begun:
        thread.join()
    return bool(begun)


def begin_child(session: Session, owner: User) -> None:
    with suppress(NotFound):  # somebody was faster
        create_session(owner, parent=session)


def begin_run(session: Session, owner: User) -> None:
    create_run(owner, source="print(1)", session=session)


def open_copy(session: Session, owner: User) -> None:
    with suppress(NotFound):
        open_save(session.saves.get(), actor=owner)


def tag_tree(session: Session, owner: User) -> None:
    """A child that is older than what it lies below has its turn first."""
    keys = Session.objects.filter(tags__name="tree").order_by("pk").values_list("pk", flat=True)
    start_bulk(owner, "add_tag", list(keys), argument="bulk")


def store(session: Session, owner: User) -> None:
    store_artifact(session, actor=owner, artifact_type="chart", name="a", content=b"x")


@pytest.mark.parametrize("work", [begin_child, begin_run, open_copy, tag_tree, store])
@pytest.mark.parametrize("is_placed_first", [False, True])
def test_wherever_they_meet_both_come_to_their_end(
    work: Callable[[Session, User], None], is_placed_first: bool, transactional_db: None, make_user: Callable[..., User]
) -> None:
    owner = make_user("asker")
    place, meets = 0, True
    while meets:
        place += 1
        SessionTag.objects.filter(name="tree").delete()
        child, session = create_session(owner, tags=["tree"]), create_session(owner, tags=["tree"])
        move_session(child, actor=owner, parent=session, seen=None)
        store(session, owner)
        save_session(session, actor=owner)
        comes, moves = partial(work, session, owner), partial(make_private, session, owner)
        first, second = (moves, comes) if is_placed_first else (comes, moves)
        meets = at_every_lock(first, second, place)
        if not meets:
            second()
        assert Session.objects.get(pk=session.pk).team.private_to == owner
        assert Session.objects.get(pk=child.pk).team.private_to == owner
        assert not SessionEvent.objects.exclude(team=F("session__team")).exists()
        assert not Artifact.objects.newest().exclude(listed_in=F("session__team")).exists()
    assert place > 1
