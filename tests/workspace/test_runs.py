"""The life of a run: asked for, claimed once, stopped, ended once, given up."""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from llmspell_web.lua import LimitName, Outcome, ScriptError
from llmspell_web.teams.models import User
from llmspell_web.web.bell import Bell
from llmspell_web.web.problems import Conflict, Forbidden, InvalidField, NotFound
from llmspell_web.workspace import queue
from llmspell_web.workspace.access import get_run
from llmspell_web.workspace.limits import installed_limits
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.runs import (
    create_run,
    finish_run,
    interrupt_lost_runs,
    interrupt_run,
    request_stop,
    save_usage,
    topic,
)
from sessions.services import create_session, delete_session, set_current_session

USAGE: dict[LimitName, float] = {
    "cpu_seconds": 0.5,
    "wall_seconds": 1.0,
    "memory_bytes": 10,
    "output_bytes": 3,
    "api_calls": 2,
    "stored_bytes": 0,
}
SUCCEEDED = Outcome("succeeded", None, None, '{"a":1}', USAGE, {"seccomp": True})


def claimed(user: User) -> Run:
    return create_run(user, source="return 1", runner="here")


def test_everything_a_run_depends_on_is_frozen(owner: User) -> None:
    session = create_session(owner, name="current")
    set_current_session(owner, session)
    run = create_run(owner, source="return 'é'", name="a.lua", arguments={1: "x", "k": "v"})
    set_current_session(owner, None)
    run.refresh_from_db()
    assert (run.status, run.source, run.name, run.session) == ("queued", "return 'é'", "a.lua", session)
    assert run.arguments == [[1, "x"], ["k", "v"]]
    assert run.limits["api_calls"] == installed_limits().api_calls
    assert (run.user, run.team, run.started_at, run.ended_at) == (owner, owner.default_team, None, None)


def test_a_session_that_is_gone_is_not_current(owner: User) -> None:
    session = create_session(owner, name="gone")
    set_current_session(owner, session)
    delete_session(session, actor=owner)
    assert create_run(owner, source="").session is None


@pytest.mark.parametrize("source", ["x" * 1_000_001, "é" * 500_001, "a\0b"])
def test_a_source_that_cannot_be_kept_creates_nothing(owner: User, source: str) -> None:
    with pytest.raises(InvalidField, match="source"):
        create_run(owner, source=source)
    assert not Run.objects.exists()


def test_a_source_of_the_largest_size_is_kept(owner: User) -> None:
    run = create_run(owner, source="é" * 500_000)
    run.refresh_from_db()
    assert len(run.source) == 500_000


def test_the_oldest_run_is_claimed_first(owner: User) -> None:
    first, second = create_run(owner, source="1"), create_run(owner, source="2")
    assert [queue.claim("a"), queue.claim("b"), queue.claim("c")] == [first, second, None]
    first.refresh_from_db()
    assert (first.status, first.runner) == ("running", "a")
    assert first.started_at
    assert first.heartbeat_at


def test_no_run_is_claimed_twice(transactional_db: None, make_user: Callable[..., User]) -> None:
    user = make_user("asker")
    runs = {create_run(user, source=str(number)).pk for number in range(20)}
    taken: list[object] = []
    ready = threading.Barrier(3)

    def claim_all(name: str) -> None:
        ready.wait()
        while run := queue.claim(name):
            taken.append(run.pk)
        connection.close()

    threads = [threading.Thread(target=claim_all, args=[name]) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 20
    assert set(taken) == runs


def test_creating_a_run_rings_the_runners(transactional_db: None, make_user: Callable[..., User]) -> None:
    user = make_user("asker")
    with queue.listen() as bell:
        create_run(user, source="1")
        assert bell.wait(5)
        create_run(user, source="1", runner="here")
        assert not bell.wait(0)


def test_a_queued_run_is_stopped_at_once(owner: User) -> None:
    run = create_run(owner, source="1")
    with Bell(topic(run.pk)) as bell:
        request_stop(run, actor=owner)
        assert bell.wait(5)
    run.refresh_from_db()
    assert run.status == "stopped"
    assert run.ended_at
    assert queue.claim("a") is None


def test_a_running_run_is_asked_to_stop(owner: User) -> None:
    run = claimed(owner)
    request_stop(run, actor=owner)
    run.refresh_from_db()
    assert (run.status, run.ended_at) == ("running", None)
    assert run.stop_requested_at
    finish_run(run, Outcome("stopped", None, None, None, {}, {}))
    run.refresh_from_db()
    assert run.status == "stopped"


def test_an_ended_run_is_not_stopped(owner: User) -> None:
    run = claimed(owner)
    finish_run(run, SUCCEEDED)
    with pytest.raises(Conflict, match="already ended"):
        request_stop(run, actor=owner)
    run.refresh_from_db()
    assert (run.status, run.stop_requested_at) == ("succeeded", None)


def test_only_its_owner_stops_a_run(owner: User, teammate: User, viewer: User, stranger: User) -> None:
    run = claimed(owner)
    for somebody in (teammate, viewer, stranger):
        with pytest.raises(Forbidden, match="only owner can stop this run"):
            request_stop(run, actor=somebody)
    run.refresh_from_db()
    assert run.stop_requested_at is None


def test_the_team_sees_a_run_and_a_stranger_does_not(owner: User, teammate: User, viewer: User, stranger: User) -> None:
    run = claimed(owner)
    for somebody in (owner, teammate, viewer):
        assert get_run(somebody, str(run.pk)) == run
        assert list(Run.objects.visible_to(somebody)) == [run]
    assert not Run.objects.visible_to(stranger).exists()
    for user, key in ((stranger, run.pk), (owner, uuid4()), (owner, "abc"), (owner, "")):
        with pytest.raises(NotFound, match="run not found"):
            get_run(user, key)


def test_an_end_is_recorded_whole(owner: User) -> None:
    run = claimed(owner)
    error = ScriptError("main.lua:3: bad \0 byte", 3, "stack traceback:\n\tmain.lua:3: \0")
    with Bell(topic(run.pk)) as bell:
        finish_run(run, Outcome("limit", "api_calls", error, None, USAGE, {"seccomp": True}))
        assert bell.wait(5)
    run.refresh_from_db()
    assert (run.status, run.limit, run.error_line) == ("limit", "api_calls", 3)
    assert run.error_message == "main.lua:3: bad \\x00 byte"
    assert "\0" not in run.error_traceback
    assert run.usage["api_calls"] == {"used": 2, "allowed": installed_limits().api_calls}
    assert run.usage.keys() == USAGE.keys()
    assert (run.layers, run.is_finished) == ({"seccomp": True}, True)


def test_an_end_is_written_once(owner: User, caplog: pytest.LogCaptureFixture) -> None:
    run = claimed(owner)
    interrupt_run(run, "its machine is gone")
    finish_run(run, SUCCEEDED)
    interrupt_run(run, "again")
    save_usage(run, {"api_calls": 9})
    run.refresh_from_db()
    assert (run.status, run.error_message, run.result, run.usage) == ("interrupted", "its machine is gone", "", {})
    assert "after it had been given up" in caplog.text


def test_a_run_that_another_took_over_is_left_alone(owner: User, caplog: pytest.LogCaptureFixture) -> None:
    run = claimed(owner)
    Run.objects.filter(pk=run.pk).update(runner="there")
    finish_run(run, SUCCEEDED)
    run.refresh_from_db()
    assert run.status == "running"


def test_a_stop_that_nobody_asked_for_is_an_interruption(owner: User) -> None:
    run = claimed(owner)
    finish_run(run, Outcome("stopped", None, None, None, {}, {}))
    run.refresh_from_db()
    assert run.status == "interrupted"


def test_only_silent_runs_are_given_up(owner: User) -> None:
    silent, beating, queued, ended = claimed(owner), claimed(owner), create_run(owner, source="1"), claimed(owner)
    finish_run(ended, SUCCEEDED)
    Run.objects.exclude(pk=beating.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=60))
    assert interrupt_lost_runs() == 1
    assert interrupt_lost_runs() == 0
    statuses = dict(Run.objects.values_list("pk", "status"))
    assert [statuses[run.pk] for run in (silent, beating, queued, ended)] == [
        "interrupted", "running", "queued", "succeeded",
    ]  # fmt: skip


def test_figures_of_an_active_run_are_shown(owner: User) -> None:
    run = claimed(owner)
    save_usage(run, {"api_calls": 7})
    run.refresh_from_db()
    assert run.usage["api_calls"] == {"used": 7, "allowed": installed_limits().api_calls}
    assert run.usage["cpu_seconds"]["used"] == 0


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("-- Nightly import\nprint(1)", "Nightly import"),
        ("\n\n  local x = 1\n", "local x = 1"),
        ("#!/usr/bin/lua\nprint(1)", "/usr/bin/lua"),
        ("---\n--[[\nprint(1)", "[["),
        (" \n--\n", "main.lua"),
        ("-- " + "word " * 40, ("word " * 16)[:79] + "…"),
    ],
)
def test_a_run_is_told_from_others_by_the_first_words_of_its_script(owner: User, source: str, title: str) -> None:
    run = create_run(owner, source=source)
    (listed,) = Run.objects.visible_to(owner).for_lists()
    assert (run.title, listed.title) == (title, title)
