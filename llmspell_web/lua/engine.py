"""The engine: one helper process, and one sandbox for each run. Safe to use from several threads."""

import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import floor
from .conversation import Conversation
from .helper import Helper, HelperLost, Sandbox
from .interface import Caller, Host, LimitName, Limits, Outcome, Program, Refused, SandboxRefused, Stream, Value
from .meter import spec_of
from .stop import StopSwitch

SELF_TEST_LIMITS = Limits(cpu_seconds=2, wall_seconds=10)


class Engine:
    """Starts the helper and proves that its sandboxes hold. Raises SandboxRefused where scripts must not run."""

    def __init__(self, libraries: Sequence[Path] = ()) -> None:
        if not sys.platform.startswith("linux"):
            raise SandboxRefused(
                "scripts run on Linux only: no other system offers seccomp; use a Linux machine or VM."
            )
        self._libraries = [(path.name, path.read_bytes()) for path in libraries]
        self._lock = threading.Lock()
        self._closed = False
        self._helper = Helper(self._libraries)
        try:
            self.layers: Mapping[str, object] = self._self_test()
        except BaseException:
            self._helper.close()
            raise

    def run(
        self, program: Program, host: Host, limits: Limits | None = None, stop: StopSwitch | None = None
    ) -> Outcome:
        """Runs a script to its end and returns how it ended. Raises SandboxRefused if no sandbox can be had."""
        limits = limits or Limits()
        sandbox = self._fork(limits)
        return Conversation(sandbox, limits, host, stop or StopSwitch()).hold(program, self._helper.layers)

    @property
    def helper_pid(self) -> int:
        """The helper process, for status pages."""
        return self._helper.pid

    def close(self) -> None:
        """Ends the helper; runs in flight end as failed. Can be called more than once."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._helper.close()

    def _fork(self, limits: Limits) -> Sandbox:
        """From the helper, or from a new one if it has died since."""
        helper = self._helper
        try:
            return helper.fork(spec_of(limits))
        except HelperLost:
            pass
        try:
            return self._replaced(helper).fork(spec_of(limits))
        except HelperLost:
            raise SandboxRefused("scripts cannot run: the sandbox helper process ends as soon as it is used.") from None

    def _replaced(self, lost: Helper) -> Helper:
        with self._lock:
            if self._closed:
                raise SandboxRefused("the engine is closed.")
            if self._helper is lost:
                lost.close()
                self._helper = Helper(self._libraries)
            return self._helper

    def _self_test(self) -> Mapping[str, object]:
        for name in floor.PROBES:
            talk = Conversation(self._fork(SELF_TEST_LIMITS), SELF_TEST_LIMITS, _Silence(), StopSwitch())
            if not talk.probe(name, self._helper.layers):
                raise SandboxRefused(f"scripts cannot run: the self-test reached '{name}' from inside a sandbox.")
        outcome = self.run(Program(b"return 6 * 7"), _Silence(), SELF_TEST_LIMITS)
        if outcome.status != "succeeded" or outcome.result != "42":
            reason = outcome.error.message if outcome.error else outcome.limit
            raise SandboxRefused(f"scripts cannot run: a harmless script failed the self-test ({reason}).")
        return outcome.layers


class _Silence:
    """The host of a self-test."""

    stored_bytes = 0
    caller: Caller | None = None

    def call(self, function: str, arguments: list[Value]) -> Value:
        raise Refused(f"{function}: there is no host here ({len(arguments)} arguments)")

    def output(self, stream: Stream, data: bytes) -> None:
        pass

    def tick(self, usage: Mapping[LimitName, float]) -> None:
        pass
