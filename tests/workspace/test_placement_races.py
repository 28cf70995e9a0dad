"""A session becomes private while something comes into it, on two connections: nothing of it stays behind."""

import threading
from collections.abc import Callable

from django.db import connection, transaction

from llmspell_web.teams.models import User
from llmspell_web.teams.services import find_private_team
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.runs import create_run
from sessions.models import Session
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
