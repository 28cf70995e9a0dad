"""A run's console: written in batches as it comes, read by position."""

import codecs
import time
from collections.abc import Callable, Iterator
from uuid import UUID

from django.http import StreamingHttpResponse

from llmspell_web.lua import Stream
from llmspell_web.web.bell import ring
from llmspell_web.workspace.models import Run, RunOutput
from llmspell_web.workspace.runs import topic

# The first bytes go out at once; those that follow within this time go together.
BATCH_SECONDS = 0.025

Listener = Callable[[Stream, str], None]


class Console:
    """Turns a run's console bytes into rows. Bytes that are not UTF-8, and NUL, are kept escaped (`\\xff`)."""

    def __init__(self, run: Run, listener: Listener | None = None) -> None:
        self._run_id = run.pk
        self._listener = listener
        decoder = codecs.getincrementaldecoder("utf-8")
        self._decoders = {stream: decoder("backslashreplace") for stream in ("stdout", "stderr")}
        self._waiting: list[tuple[Stream, str]] = []
        self._flushed_at = 0.0

    def write(self, stream: Stream, data: bytes, *, final: bool = False) -> None:
        text = self._decoders[stream].decode(data, final).replace("\0", "\\x00")
        if not text:
            return
        if self._listener:
            self._listener(stream, text)
        if self._waiting and self._waiting[-1][0] == stream:
            text = self._waiting.pop()[1] + text
        self._waiting.append((stream, text))
        if time.monotonic() - self._flushed_at >= BATCH_SECONDS:
            self.flush()

    def flush(self) -> None:
        if not self._waiting:
            return
        rows = [RunOutput(run_id=self._run_id, stream=stream, text=text) for stream, text in self._waiting]
        self._waiting = []
        if len(rows) == 1:
            rows[0].save(force_insert=True)
        else:
            RunOutput.objects.bulk_create(rows)
        ring(topic(self._run_id))
        self._flushed_at = time.monotonic()

    def close(self) -> None:
        """Write what is left, half characters included."""
        self.write("stdout", b"", final=True)
        self.write("stderr", b"", final=True)
        self.flush()


def read_output(run_id: UUID, after: int = 0, *, limit: int = 1000) -> list[RunOutput]:
    """The console rows with an id above `after`, oldest first, at most `limit`."""
    return list(RunOutput.objects.filter(run_id=run_id, id__gt=after).order_by("id")[:limit])


def all_output(run_id: UUID) -> Iterator[str]:
    """The whole console, both streams in order, piece by piece."""
    after = 0
    while rows := read_output(run_id, after):
        yield "".join(row.text for row in rows)
        after = rows[-1].pk


def send_output(run_id: UUID) -> StreamingHttpResponse:
    """The same as a text file."""
    response = StreamingHttpResponse(all_output(run_id), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="run-{run_id}.txt"'
    return response
