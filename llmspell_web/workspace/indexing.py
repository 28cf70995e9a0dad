"""The process in which a runner has contents made searchable: reading words keeps a processor busy, which threads of
the runner would feel in every call of a script."""

import os
import subprocess
import sys
import time

from django.conf import settings

from artifacts.content_index import is_waiting

LINGER_SECONDS = 60  # starting takes half a second of processor time: not for every content anew
REST_SECONDS = 60  # after a failure


class Indexer:
    """At most one such process at a time, while there is something to do. It may die at any moment."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._rests_until = 0.0

    def start_if_needed(self) -> None:
        if self._process is not None:
            code = self._process.poll()
            if code is None:
                return
            self._process = None
            self._rests_until = time.monotonic() + (REST_SECONDS if code else 0)
        if time.monotonic() > self._rests_until and is_waiting():
            command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "index_contents"]
            # A session of its own: Ctrl+C reaches the runner alone, which then ends it.
            self._process = subprocess.Popen(
                [*command, "--linger", str(LINGER_SECONDS), "--parent", str(os.getpid())],
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None
