"""A run's console as lines of JSON, followed while the run goes on.

    {"seq": 17, "stream": "stdout", "text": "…"}     console text; `seq` is what to ask for next with `?after=`
    {"status": "running"}                             the run has started
    {"usage": {"cpu_seconds": {"used": 1, …}, …}}     new figures
    {"poll": 500}                                     ask again after so many milliseconds
    {"end": "succeeded"}                              the run has ended, and this was all of its output

An empty line keeps the connection alive. Who loses sight of the run is told nothing more: the stream breaks off, and
asking again says that there is no such run.
"""

import json
import threading
from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.db.models import Exists

from llmspell_web.teams.models import User
from llmspell_web.web.bell import Bell
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.output import read_output
from llmspell_web.workspace.runs import topic

ALIVE_SECONDS = 10  # a proxy that ends silent connections waits longer than this
POLL_MILLISECONDS = 500
ROWS_AT_ONCE = 500

_slots = threading.BoundedSemaphore(settings.CONSOLE_STREAMS_MAX)


class ConsoleStream:
    """An iterable of UTF-8 lines, from the output behind `after` to the end of the run.

    At most CONSOLE_STREAMS_MAX of a process are open: one more says what there is and then to poll. `close` gives the
    place back, and must be called; a StreamingHttpResponse does. The runner writes in batches, so that no waiting is
    needed here to keep lines together.
    """

    def __init__(self, run_id: UUID, after: int, reader: User) -> None:
        self._run_id = run_id
        self._reader = reader
        self._after = after
        self._status = ""
        self._usage: object = {}
        self._has_slot = _slots.acquire(blocking=False)

    def close(self) -> None:
        if self._has_slot:
            self._has_slot = False
            _slots.release()

    def __iter__(self) -> Iterator[bytes]:
        with Bell(topic(self._run_id)) as bell:
            while True:
                run = self._find_run()
                if run is None:
                    return
                lines, is_full = self._read(run)
                if run.is_finished and not is_full:
                    yield encode([*lines, {"end": self._status}])
                    return
                if not self._has_slot:
                    yield encode([*lines, {"poll": 0 if is_full else POLL_MILLISECONDS}])
                    return
                if lines:
                    yield encode(lines)
                if is_full:
                    continue
                if not bell.wait(ALIVE_SECONDS):
                    yield b"\n"

    def _find_run(self) -> Run | None:
        """As it is now, while the reader may see it: asked before each batch of lines."""
        runs = Run.objects.visible_to(self._reader).filter(pk=self._run_id)
        return (
            runs.filter(Exists(User.objects.filter(pk=self._reader.pk, is_active=True))).only("status", "usage").first()
        )

    def _read(self, run: Run) -> tuple[list[dict[str, object]], bool]:
        """New lines, and whether there may be more at once. The run was read before the output: what a finished one
        printed is there already."""
        rows = read_output(self._run_id, self._after, limit=ROWS_AT_ONCE)
        lines: list[dict[str, object]] = [{"seq": row.pk, "stream": row.stream, "text": row.text} for row in rows]
        if rows:
            self._after = rows[-1].pk
        if run.status != self._status:
            self._status = run.status
            lines.append({"status": run.status})
        if run.usage != self._usage:
            self._usage = run.usage
            lines.append({"usage": run.usage})
        return lines, len(rows) == ROWS_AT_ONCE


def encode(lines: list[dict[str, object]]) -> bytes:
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
