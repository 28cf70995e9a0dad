"""Old bulk actions: which sessions they changed is not kept for ever."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from llmspell_web.teams.models import User
from llmspell_web.web.problems import Conflict
from sessions import bulk_work
from sessions.bulk import get_bulk, start_bulk, undo_bulk
from sessions.bulk_models import KEPT_DAYS
from sessions.bulk_work import forget_piece
from sessions.bulk_worker import BulkWorker
from sessions.models import BulkAction, BulkResult, BulkTargets
from tests.sessions.test_bulk import keys_of, make_sessions
from tests.sessions.test_bulk_pages import words

pytestmark = pytest.mark.django_db


def make_old(action: BulkAction, days: float) -> BulkAction:
    BulkAction.objects.filter(pk=action.pk).update(ended_at=timezone.now() - timedelta(days=days))
    return get_bulk(action.actor, action.pk)


@pytest.mark.django_db(transaction=True)
def test_a_chore_that_fails_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()

    def fail() -> bool:
        raise ValueError("a chore with a fault")

    def succeed() -> bool:
        done.set()
        return False

    worker = BulkWorker("worker", [fail, succeed])
    worker.start()
    assert done.wait(60)
    worker.stop()
    assert "a chore with a fault" in caplog.text


def test_after_its_days_an_action_tells_how_many_and_no_more_which(visitor: Client, owner: User) -> None:
    one, two = make_sessions(owner, 2, tags=["x"])
    action = start_bulk(owner, "remove_tag", keys_of([one]), argument="x")
    action = start_bulk(owner, "remove_tag", keys_of([one, two]), argument="x")
    assert make_old(action, KEPT_DAYS - 0.1).can_undo
    action = make_old(action, KEPT_DAYS + 0.1)
    assert not action.can_undo
    with pytest.raises(Conflict, match="ended more than 30 days ago"):
        undo_bulk(action)
    url = action.get_absolute_url()
    assert visitor.post(f"{url}undo").status_code == 409
    page = visitor.get(url, {"reason": ""})
    assert "ended more than 30 days ago: it cannot be undone any more, and which sessions these were" in words(page)
    assert "Changed 1 Could not be changed: It does not have this tag. 1" in words(page)
    assert b"/undo" not in page.content
    assert b"?reason=" not in page.content
    assert "rows" not in page.context


def test_what_is_kept_of_old_ones_goes_piece_by_piece(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_work, "PIECE_RESULTS", 2)
    sessions = keys_of(make_sessions(owner, 5))
    old, young = start_bulk(owner, "suspend", sessions), start_bulk(owner, "resume", sessions)
    assert not forget_piece()
    make_old(old, KEPT_DAYS + 0.5)
    assert not forget_piece()  # an undo may be reading them
    make_old(old, KEPT_DAYS + 1.1)
    left = []
    while forget_piece():
        left.append((old.results.count(), old.targets.count()))
    assert left == [(3, 1), (1, 1), (0, 1), (0, 0)]
    assert (young.results.count(), young.targets.count()) == (5, 1)
    assert get_bulk(owner, old.pk).changed == 5
    assert undo_bulk(get_bulk(owner, young.pk)).changed == 5


def test_forgetting_asks_once_however_many_there_are(owner: User) -> None:
    sessions = keys_of(make_sessions(owner, 1))
    for kind in ("suspend", "resume") * 5:
        start_bulk(owner, kind, sessions)
    with CaptureQueriesContext(connection) as asked:
        assert not forget_piece()
    assert len(asked) == 1
    BulkAction.objects.update(ended_at=timezone.now() - timedelta(days=KEPT_DAYS + 2))
    while forget_piece():
        pass
    assert not BulkResult.objects.exists()
    assert not BulkTargets.objects.exists()
    assert BulkAction.objects.count() == 10
