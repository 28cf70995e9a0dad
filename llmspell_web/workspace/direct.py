"""A run in the process that asks for it, with no server: what `run_script` does."""

import json
import signal
from types import FrameType
from typing import Any

from django.utils import timezone

from llmspell_web.lua import Engine, StopSwitch
from llmspell_web.workspace.execution import execute
from llmspell_web.workspace.models import Run, RunTouch
from llmspell_web.workspace.output import Listener
from llmspell_web.workspace.runner import Heart


def run_directly(run: Run, engine: Engine, listener: Listener | None) -> None:
    """Carry a run that this process has claimed to its end. SIGINT and SIGTERM stop it, as does a console that nobody
    reads any more. `run` is up to date afterwards."""
    switch = StopSwitch()

    def stop(_signal: int | None = None, _frame: FrameType | None = None) -> None:
        run.stop_requested_at = timezone.now()
        switch.stop()

    def tell(stream: Any, text: str) -> None:  # Any: a Stream, passed through
        try:
            if listener:
                listener(stream, text)
        except BrokenPipeError:
            stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    heart = Heart(run.runner)
    heart.start()
    try:
        execute(run, engine, switch, tell)
    finally:
        heart.stop()
    run.refresh_from_db()


def report(run: Run) -> dict[str, Any]:  # Any: JSON
    """A finished run as `run_script --json` prints it."""
    error = {"message": run.error_message, "line": run.error_line, "traceback": run.error_traceback}
    return {
        "status": run.status,
        "limit": run.limit or None,
        "error": error if run.error_message else None,
        "result": json.loads(run.result) if run.result else None,
        "console": _joined_console(run),
        "usage": run.usage,
        "sessions": _touched(run, RunTouch.Kind.SESSION),
        "artifacts": _touched(run, RunTouch.Kind.ARTIFACT),
    }


def _joined_console(run: Run) -> list[dict[str, str]]:
    """The console in order, with neighbouring stretches of one stream as one."""
    stretches: list[dict[str, str]] = []
    for stream, text in run.output.order_by("id").values_list("stream", "text"):
        if stretches and stretches[-1]["stream"] == stream:
            stretches[-1]["text"] += text
        else:
            stretches.append({"stream": stream, "text": text})
    return stretches


def _touched(run: Run, kind: RunTouch.Kind) -> list[str]:
    return [str(key) for key in run.touches.filter(kind=kind).values_list("object_id", flat=True)]
