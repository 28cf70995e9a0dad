"""The host's end of the channel: answers what a script calls, as the run's user, through the domain's functions."""

import logging
import time
from collections.abc import Mapping

from django.db import DatabaseError

from llmspell_web.lua import Caller, LimitName, Limits, Refused, Stream, Value
from llmspell_web.web.problems import Problem
from llmspell_web.workspace.host import artifact_calls, file_calls, session_calls
from llmspell_web.workspace.host.context import RunContext
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.output import Console
from llmspell_web.workspace.runs import save_usage

logger = logging.getLogger(__name__)

FUNCTIONS = session_calls.FUNCTIONS | artifact_calls.FUNCTIONS | file_calls.FUNCTIONS
# How many arguments each function reads: fewer given count as nil, more are dropped, as Lua does.
ARITY = {"Artifact.store": 5, "Artifact.storeFile": 4, "file.read": 3, "file.write": 3}
USAGE_SECONDS = 0.5  # how often the figures of an active run are written
USES_SECONDS = 2  # how often what it has read is, of which it has stored nothing since


class RunHost:
    """Answers one run. Used on one thread, the one that runs the engine."""

    def __init__(self, run: Run, limits: Limits, console: Console) -> None:
        self._run = run
        self._console = console
        self._context = RunContext(run, console, limits.stored_bytes)
        self._usage_saved_at = 0.0
        self._uses_saved_at = time.monotonic()
        self.caller: Caller | None = None

    @property
    def stored_bytes(self) -> int:
        return self._context.stored_bytes

    def call(self, function: str, arguments: list[Value]) -> Value:
        """Raises Refused with the words that the script sees, or LimitPassed."""
        answer = FUNCTIONS.get(function)
        if answer is None:
            raise Refused(f"no such function: {function[:80]}")
        count = ARITY.get(function, 2)
        arguments = [*arguments[:count], *[None] * (count - len(arguments))]
        try:
            with self._context.uses.of_call(self.caller):
                return answer(self._context, arguments)
        except Problem as problem:
            raise Refused(f"{function}: {problem}") from None
        except (DatabaseError, OSError) as error:
            # Ours, not the script's: logged for the operator, and the script hears that its call did not happen.
            logger.exception("run %s: %s failed", self._run.pk, function)
            raise Refused(
                f"{function}: the server's database or disk could not do this now; nothing was changed"
            ) from error

    def output(self, stream: Stream, data: bytes) -> None:
        self._console.write(stream, data)

    def tick(self, usage: Mapping[LimitName, float]) -> None:
        self._console.flush()
        now = time.monotonic()
        if now - self._usage_saved_at >= USAGE_SECONDS:
            self._usage_saved_at = now
            save_usage(self._run, usage)
            self._context.save_touches()
        if now - self._uses_saved_at >= USES_SECONDS:
            self._uses_saved_at = now
            self._context.uses.save()

    def close(self) -> None:
        self._context.close()
        self._console.close()
