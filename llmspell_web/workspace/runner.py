"""The process that executes runs: claims them, beats while they go on, passes on requests to stop, and ends those
that another runner left behind. Beside them it carries out bulk actions and has contents made searchable."""

import logging
import os
import secrets
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import FrameType
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from llmspell_web.lua import Engine, SandboxRefused, StopSwitch
from llmspell_web.trash.expiry import purge_expired
from llmspell_web.trash.removal import go_on_removing
from llmspell_web.web.bell import Bell, ring
from llmspell_web.web.rate_limits import forget_tries
from llmspell_web.workspace import queue
from llmspell_web.workspace.execution import execute, start_engine
from llmspell_web.workspace.indexing import Indexer
from llmspell_web.workspace.models import Run, RunnerBeat
from llmspell_web.workspace.runs import interrupt_lost_runs, interrupt_run
from sessions.bulk_worker import BulkWorker

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 2
FORGET_RUNNERS_AFTER = timedelta(hours=1)  # the status page names those that died lately


def new_runner_name() -> str:
    """Unique among all processes that ever ran runs."""
    return f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(4)}"


class Heart:
    """Beats for every run of one runner from a thread of its own, so that long calls of a run do not stop it."""

    def __init__(self, runner: str) -> None:
        self._runner = runner
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heart", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stopped.wait(settings.RUNNER_HEARTBEAT_SECONDS):
            now = timezone.now()
            try:
                Run.objects.filter(runner=self._runner, status=Run.Status.RUNNING).update(heartbeat_at=now)
                RunnerBeat.objects.filter(runner=self._runner).update(heartbeat_at=now)
            except DatabaseError:
                # A missed beat is made up by the next; too many, and others end these runs, which is right.
                logger.exception("a heartbeat could not be written")
                close_old_connections()
        connection.close()


class Runner:
    """Up to `concurrency` runs side by side, each on a thread with a sandbox of its own."""

    def __init__(self, engine: Engine | None, concurrency: int, refusal: str = "") -> None:
        self.name = new_runner_name()
        self._engine = engine
        self._refusal = refusal
        self._concurrency = concurrency
        self._active: dict[UUID, StopSwitch] = {}
        self._active_lock = threading.Lock()
        self._leaving = False
        self._swept_at = 0.0
        self._heart = Heart(self.name)
        self._bulk = BulkWorker(self.name, [go_on_removing, purge_expired, forget_tries])
        self._indexer = Indexer()

    def serve(self, bell: Bell) -> None:
        """Work until `leave` is called; runs that are active then are stopped by the end of this process's engine."""
        now = timezone.now()
        layers = dict(self._engine.layers) if self._engine else {}
        beat = RunnerBeat(runner=self.name, layers=layers, refusal=self._refusal, started_at=now, heartbeat_at=now)
        beat.save(force_insert=True)
        self._heart.start()
        self._bulk.start()
        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="run") as threads:
            self._serve(bell, threads)
            with self._active_lock:
                for switch in self._active.values():
                    switch.stop()
        self._indexer.stop()
        self._bulk.stop()
        self._heart.stop()
        beat.delete()

    def _serve(self, bell: Bell, threads: ThreadPoolExecutor) -> None:
        while not self._leaving:
            try:
                self._look_around(threads)
            except DatabaseError:
                # A database that is away for a moment comes back; runs that go on meanwhile keep their sandboxes.
                logger.exception("the database does not answer; trying again")
                close_old_connections()
            bell.wait(SWEEP_SECONDS)

    def _look_around(self, threads: ThreadPoolExecutor) -> None:
        self._stop_unwanted()
        if time.monotonic() - self._swept_at > SWEEP_SECONDS:
            interrupt_lost_runs()
            RunnerBeat.objects.filter(heartbeat_at__lt=timezone.now() - FORGET_RUNNERS_AFTER).delete()
            self._indexer.start_if_needed()
            self._swept_at = time.monotonic()
        self._claim_all(threads)

    def leave(self, _signal: int | None = None, _frame: FrameType | None = None) -> None:
        self._leaving = True
        ring(queue.RUNNERS)

    def _claim_all(self, threads: ThreadPoolExecutor) -> None:
        while len(self._active) < self._concurrency:
            run = queue.claim(self.name)
            if run is None:
                return
            if self._engine is None:
                interrupt_run(run, self._refusal)
                continue
            switch = StopSwitch()
            with self._active_lock:
                self._active[run.pk] = switch
            threads.submit(self._execute, run, self._engine, switch)

    def _execute(self, run: Run, engine: Engine, switch: StopSwitch) -> None:
        close_old_connections()
        try:
            execute(run, engine, switch)
        finally:
            with self._active_lock:
                del self._active[run.pk]
            ring(queue.RUNNERS)  # there is room for another

    def _stop_unwanted(self) -> None:
        """Stop the active runs that somebody wants stopped, and those that were given up while this process could not
        beat: what they still did would come after their end."""
        if not self._active:
            return
        runs = Run.objects.filter(pk__in=list(self._active))
        unwanted = runs.exclude(status=Run.Status.RUNNING, stop_requested_at=None)
        for run_id in unwanted.values_list("pk", flat=True):
            with self._active_lock:
                switch = self._active.get(run_id)
            if switch is not None:
                switch.stop()


def serve_runs(concurrency: int) -> None:
    """Run a runner in this process until SIGTERM or SIGINT. Where the machine cannot hold scripts safely it says why,
    in the log, on the status page and at the end of each run that it is asked for, and runs none."""
    engine, refusal = None, ""
    try:
        engine = start_engine()
    except SandboxRefused as problem:
        refusal = str(problem)
        logger.error("%s Pages are served; the status page says this too.", refusal)
    runner = Runner(engine, concurrency, refusal)
    signal.signal(signal.SIGTERM, runner.leave)
    signal.signal(signal.SIGINT, runner.leave)
    with queue.listen() as bell:
        try:
            runner.serve(bell)
        finally:
            if engine:
                engine.close()
