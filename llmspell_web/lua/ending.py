"""How a run can end, and what that means in an outcome."""

import json
import re
import signal

from . import protocol, values
from .helper import Death
from .interface import LimitName, ScriptError, Status
from .protocol import EXIT_MEMORY, RESULT_BYTES, ProtocolError


class Ended(Exception):
    """The run is over, for a reason that the host decided or was told."""

    def __init__(
        self,
        status: Status,
        limit: LimitName | None = None,
        message: str = "",
        traceback: str = "",
        result: str | None = None,
    ) -> None:
        super().__init__(status)
        self.status = status
        self.limit = limit
        self.message = message
        self.traceback = traceback
        self.result = result


def unannounced(death: Death | None, stopped: bool) -> Ended:
    """The end of a process that ended without saying so; no death means that the helper was lost with it."""
    if stopped:
        return Ended("stopped")
    if death is None:
        return Ended("failed", message="the sandbox helper process ended unexpectedly, and this run with it")
    number = death.status & 0x7F
    if number == signal.SIGXCPU:
        return Ended("limit", "cpu_seconds")
    if number == signal.SIGKILL or (not number and death.status >> 8 == EXIT_MEMORY):
        return Ended("limit", "memory_bytes")
    return Ended("failed", message=f"the sandbox process ended unexpectedly ({named(death.status)})")


def named(status: int) -> str:
    number = status & 0x7F
    return signal.Signals(number).name if number else f"exit status {status >> 8}"


def told(status: bytes, text: bytes, trace: bytes, result: bytes | None) -> Ended:
    if status not in (b"succeeded", b"failed"):
        raise ProtocolError("it ended in a way that the protocol does not know")
    return Ended(
        "succeeded" if status == b"succeeded" else "failed",
        message=text[: protocol.MESSAGE_BYTES].decode("utf-8", "backslashreplace"),
        traceback=trace[: protocol.MESSAGE_BYTES].decode("utf-8", "backslashreplace"),
        result=_result(result) if result is not None else None,
    )


def _result(text: bytes) -> str:
    try:
        if len(text) > RESULT_BYTES:
            raise ValueError
        decoded = text.decode("utf-8")
        values.as_json(json.loads(decoded))  # finite, of Unicode text, and not too deep to be shown
    except (ValueError, RecursionError):
        raise ProtocolError("its result is not JSON") from None
    return decoded


def script_error(end: Ended, name: str) -> ScriptError:
    """The line is the one that the message points at, or else the innermost of the program in the traceback."""
    own = re.escape(name) + r":(\d{1,9}):"
    found = re.match(own, end.message) or re.search(r"^\s*" + own, end.traceback, re.MULTILINE)
    return ScriptError(end.message, int(found.group(1)) if found else None, end.traceback)
