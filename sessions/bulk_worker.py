"""The thread of a runner process that carries out large bulk actions, one after the other, and when none waits does
chores: it forgets what is no longer kept of old ones, and what rooms above give it to do."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from llmspell_web.web.bell import Bell, ring
from llmspell_web.web.request_ids import requested_as
from sessions.bulk import TOPIC
from sessions.bulk_work import break_off, claim, forget_piece, release, run_batch

logger = logging.getLogger(__name__)

# Of the worker's own room, and of rooms above the one that starts it, which add theirs when the apps are ready.
CHORES: list[Callable[[], bool]] = [forget_piece]

SWEEP_SECONDS = 2  # how long a missed ring, or an action whose worker is gone, waits to be seen
SLICE_SECONDS = 2  # then the next action that waits has its turn
# Other processes that wait for SQLite's lock ask for it again every 25 ms at first, ten times a second later on: a
# pause between two batches that is longer is one that they find. Without it they might wait for the whole action.
PAUSE_SECONDS = 0.03


class BulkWorker:
    """Works from `start` until `stop`, which lets the batch at hand come to its end. A chore does a small piece of its
    work, in a transaction of its own, and says whether there was one."""

    def __init__(self, name: str, chores: Sequence[Callable[[], bool]] = ()) -> None:
        self._name = name
        self._chores = [*CHORES, *chores]
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="bulk", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._leaving.set()
        ring(TOPIC)
        self._thread.join()

    def _serve(self) -> None:
        with Bell(TOPIC) as bell:
            while not self._leaving.is_set():
                try:
                    if self._work():
                        continue
                except (OperationalError, InterfaceError):
                    # The action waits until its lease is over; a database that is away for a moment comes back.
                    logger.exception("the database does not answer; trying again")
                    close_old_connections()
                bell.wait(SWEEP_SECONDS)
        connection.close()

    def _work(self) -> bool:
        """Go on with one action for a while, or with a chore; whether there was one."""
        action = claim(self._name)
        if action is None:
            if found := any(map(_do, self._chores)):
                self._leaving.wait(PAUSE_SECONDS)
            return found
        until = time.monotonic() + SLICE_SECONDS
        try:
            with requested_as(action.pk):
                while time.monotonic() < until and not self._leaving.is_set() and run_batch(action, self._name):
                    self._leaving.wait(PAUSE_SECONDS)
            release(action, self._name)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            # The boundary of one action: a fault that comes back with every attempt must not stop the others.
            logger.exception("bulk action %s cannot go on", action.pk)
            break_off(action, self._name)
        return True


def _do(chore: Callable[[], bool]) -> bool:
    try:
        return chore()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # The boundary of one chore: the others, and bulk actions, go on.
        logger.exception("a chore cannot go on")
        return False
