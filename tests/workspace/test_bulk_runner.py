"""Large bulk actions in runner processes, for real: shared, cancelled, left, and killed in the middle."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from artifacts.blobs import write_blob
from artifacts.services import store_artifact
from llmspell_web.teams.models import User
from sessions.bulk import cancel_bulk, matching_keys, start_bulk, undo_bulk
from sessions.bulk_models import KEPT_DAYS
from sessions.bulk_work import LOST_AFTER
from sessions.models import BulkAction, Session, SessionEvent
from sessions.services import create_session
from tests.workspace.processes import DEADLINE_SECONDS, start, wait_until

MANY = 1200  # more than a runner changes before the test has seen that it began
WAIT_SECONDS = 1  # for one insert beside it; 0.1 on a machine with time to spare


@pytest.fixture
def asker(transactional_db: None, make_user: Callable[..., User]) -> User:
    return make_user("asker")


@pytest.fixture
def action(asker: User) -> BulkAction:
    """Suspending many sessions; no runner is there yet."""
    now, team = timezone.now(), asker.default_team
    fields = {"team": team, "created_by": asker, "created_at": now, "updated_at": now}
    Session.objects.bulk_create(Session(name=str(number), **fields) for number in range(MANY))
    return start_bulk(asker, "suspend", matching_keys(asker, None), query="")


def wait_for_start(action: BulkAction) -> None:
    def has_begun() -> bool:
        action.refresh_from_db()
        return action.done > 0

    wait_until(has_begun, "the first batch")
    assert not action.is_finished


def wait_for_end(action: BulkAction) -> None:
    def has_ended() -> bool:
        action.refresh_from_db()
        return action.is_finished

    wait_until(has_ended, f"the end of {action}")


def assert_done_once(action: BulkAction) -> None:
    """Each session was changed by exactly one event, and each has one result."""
    assert (action.status, action.done, action.changed, action.refusals) == ("done", MANY, MANY, {})
    events = SessionEvent.objects.filter(details__bulk=str(action.pk)).values_list("session", flat=True)
    results = action.results.values_list("target_id", flat=True)
    assert Counter(events) == Counter(results) == Counter(Session.objects.values_list("pk", flat=True))


def test_a_runner_carries_it_out_and_takes_it_back(action: BulkAction, process_environment: dict[str, str]) -> None:
    with start(process_environment, "runner") as runner:
        wait_for_end(action)
        assert_done_once(action)
        told = SessionEvent.objects.filter(details__bulk=str(action.pk))
        assert list(told.values_list("request_id", flat=True).distinct()) == [action.pk]
        undo = undo_bulk(action)
        assert undo.status == "queued"
        wait_for_end(undo)
        runner.send_signal(signal.SIGTERM)
        assert runner.wait(DEADLINE_SECONDS) == 0
    assert (undo.status, undo.changed) == ("done", MANY)
    assert not Session.objects.exclude(status="active").exists()


def test_a_killed_runner_loses_and_repeats_nothing(action: BulkAction, process_environment: dict[str, str]) -> None:
    with start(process_environment, "runner") as victim:
        wait_for_start(action)
        victim.send_signal(signal.SIGKILL)
        victim.wait(DEADLINE_SECONDS)
    action.refresh_from_db()
    assert 0 < action.done < MANY
    assert action.done == action.results.count() == Session.objects.filter(status="suspended").count()
    long_ago = timezone.now() - LOST_AFTER
    BulkAction.objects.update(heartbeat_at=long_ago)  # as it is when nobody has been heard of for so long
    with start(process_environment, "runner"):
        wait_for_end(action)
    assert_done_once(action)


def test_two_runners_never_do_it_twice(action: BulkAction, asker: User, process_environment: dict[str, str]) -> None:
    other = start_bulk(asker, "add_tag", matching_keys(asker, None), argument="new", query="")
    with start(process_environment, "runner"), start(process_environment, "runner"):
        wait_for_end(action)
        wait_for_end(other)
    assert_done_once(action)
    assert_done_once(other)


def test_other_writers_hardly_wait(action: BulkAction, asker: User, process_environment: dict[str, str]) -> None:
    waits = []
    with start(process_environment, "runner"):
        wait_for_start(action)
        while not action.is_finished:
            asked = time.monotonic()
            create_session(asker)
            waits.append(time.monotonic() - asked)
            action.refresh_from_db()
    assert len(waits) > 5
    assert max(waits) < WAIT_SECONDS


def test_a_fault_that_comes_back_ends_one_action_and_not_the_others(
    action: BulkAction, asker: User, process_environment: dict[str, str]
) -> None:
    action.targets.all().delete()
    other = start_bulk(asker, "add_tag", matching_keys(asker, None), argument="new", query="")
    with start(process_environment, "runner") as runner:
        wait_for_end(action)
        wait_for_end(other)
        runner.send_signal(signal.SIGTERM)
        _, errors = runner.communicate(timeout=DEADLINE_SECONDS)
    assert (action.status, action.done) == ("broken", 0)
    assert f"bulk action {action.pk} cannot go on" in errors
    assert_done_once(other)


def test_a_runner_that_is_told_to_leave_gives_it_back(action: BulkAction, process_environment: dict[str, str]) -> None:
    with start(process_environment, "runner") as runner:
        wait_for_start(action)
        runner.send_signal(signal.SIGTERM)
        assert runner.wait(DEADLINE_SECONDS) == 0
    action.refresh_from_db()
    assert (action.status, action.worker) == ("queued", "")
    with start(process_environment, "runner"):
        wait_for_end(action)
    assert_done_once(action)


def test_cancelling_stops_a_running_one(action: BulkAction, process_environment: dict[str, str]) -> None:
    with start(process_environment, "runner") as runner:
        wait_for_start(action)
        cancel_bulk(action)
        action.refresh_from_db()
        done = action.done
        assert done == Session.objects.filter(status="suspended").count()
        runner.send_signal(signal.SIGTERM)
        assert runner.wait(DEADLINE_SECONDS) == 0
    action.refresh_from_db()
    assert (action.status, action.done, action.changed) == ("cancelled", done, done)
    assert Session.objects.filter(status="suspended").count() == done < MANY


def test_a_killed_runner_loses_and_repeats_nothing_of_artifacts(
    asker: User, process_environment: dict[str, str]
) -> None:
    session, blob = create_session(asker), write_blob(b"x", max_bytes=1)
    for number in range(MANY // 4):
        store_artifact(session, actor=asker, artifact_type="note", name=f"{number}", content=blob)
    keys = session.artifacts.order_by("pk").values_list("pk", flat=True)
    action = start_bulk(asker, "trash_artifacts", keys)
    with start(process_environment, "runner") as victim:
        wait_for_start(action)
        victim.send_signal(signal.SIGKILL)
        victim.wait(DEADLINE_SECONDS)
    action.refresh_from_db()
    session.refresh_from_db()
    assert 0 < action.done < MANY // 4
    assert action.done == action.results.count() == MANY // 4 - session.artifact_count
    BulkAction.objects.update(heartbeat_at=timezone.now() - LOST_AFTER)
    with start(process_environment, "runner"):
        wait_for_end(action)
        undo = undo_bulk(action)
        wait_for_end(undo)
    events = session.events.values_list("details__artifact_id", "kind")
    kinds = ("artifact_stored", "artifact_deleted", "artifact_restored")
    assert Counter(events) == {(str(key), kind): 1 for key in keys for kind in kinds} | {(None, "created"): 1}
    session.refresh_from_db()
    assert session.artifact_count == session.artifacts.newest().count() == MANY // 4


def test_a_runner_forgets_what_old_ones_changed(asker: User, process_environment: dict[str, str]) -> None:
    old = start_bulk(asker, "suspend", [create_session(asker).pk])
    BulkAction.objects.filter(pk=old.pk).update(ended_at=timezone.now() - timedelta(days=KEPT_DAYS + 2))
    with start(process_environment, "runner"):
        wait_until(lambda: not old.targets.exists(), "the keys to be gone")
    assert not old.results.exists()
    assert BulkAction.objects.get(pk=old.pk).changed == 1
