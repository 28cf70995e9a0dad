"""What a run has used, and which limit it has passed."""

import math
import os
import time
from collections.abc import Mapping
from pathlib import Path

from .interface import Host, LimitName, Limits

TICK_SECONDS = 0.05  # how long the last line of a burst may wait in a host that writes in batches
FINEST_SECONDS = 0.004  # between two looks at the clocks while frames pour in
# A host may keep each stretch of one stream by itself. Beyond what scripts do, changing streams counts as output too.
FREE_CHANGES = 1000
CHANGE_BYTES = 1000
PROCESS_CLOCK = 2  # CPUCLOCK_SCHED of clock_getcpuclockid(3): the CPU time of a whole process, in nanoseconds


def process_of(pidfd: int) -> int:
    """The number of a process in our own terms, whatever namespace it lives in; 0 once it is gone."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return max(0, int(line.split()[1]))
    return 0


def spec_of(limits: Limits) -> dict[str, int]:
    """What the kernel and Lua keep by themselves."""
    return {"cpu_seconds": math.ceil(limits.cpu_seconds), "memory_bytes": limits.memory_bytes}


class Meter:
    def __init__(self, limits: Limits, host: Host, pidfd: int) -> None:
        self.limits = limits
        self.host = host
        self.started = time.monotonic()
        self.pid = process_of(pidfd)
        self.idle_bytes = 0
        self.peak_bytes = 0
        self.cpu = 0.0
        self.output_bytes = 0
        self.stream = ""
        self.stream_changes = 0
        self.api_calls = 0
        self.next_look = 0.0
        self.next_tick = self.started + TICK_SECONDS

    @property
    def traffic_bytes(self) -> int:
        """More than a script within its limits can send: what it stores and prints, and 64 KiB for each call."""
        limits = self.limits
        return limits.stored_bytes + limits.output_bytes + limits.api_calls * 65536 + (64 << 20)

    def wall_left(self) -> float:
        return self.limits.wall_seconds - (time.monotonic() - self.started)

    def patience(self) -> float:
        """How long to wait before the next look: nothing can be passed sooner."""
        cpu_left = self.limits.cpu_seconds - self.cpu
        return max(FINEST_SECONDS / 2, min(self.wall_left(), cpu_left, self.next_tick - time.monotonic()))

    def look(self) -> LimitName | None:
        """Reads the clocks, tells the host when it is time, and names the limit that has been passed."""
        now = time.monotonic()
        if now < self.next_look:
            return None
        self.next_look = now + FINEST_SECONDS
        self._read_cpu()
        if now >= self.next_tick:
            self._read_memory()
            self.host.tick(self.usage())
            self.next_tick = time.monotonic() + TICK_SECONDS
        if self.cpu >= self.limits.cpu_seconds:
            return "cpu_seconds"
        if self.wall_left() <= 0:
            return "wall_seconds"
        return None

    def usage(self) -> Mapping[LimitName, float]:
        return {
            "cpu_seconds": round(self.cpu, 6),
            "wall_seconds": round(time.monotonic() - self.started, 6),
            "memory_bytes": self.peak_bytes,
            "output_bytes": self.output_bytes,
            "api_calls": self.api_calls,
            "stored_bytes": self.host.stored_bytes,
        }

    def saw_resident(self, peak_bytes: int) -> None:
        self.peak_bytes = max(self.peak_bytes, peak_bytes - self.idle_bytes)

    def saw_stream(self, stream: str) -> None:
        if stream != self.stream:
            self.stream = stream
            self.stream_changes += 1
            if self.stream_changes > FREE_CHANGES:
                self.output_bytes = min(self.output_bytes + CHANGE_BYTES, self.limits.output_bytes)

    def saw_lua(self, used_bytes: int) -> None:
        self.peak_bytes = max(self.peak_bytes, used_bytes)

    def _read_cpu(self) -> None:
        if not self.pid:
            return
        try:
            self.cpu = max(self.cpu, time.clock_gettime(~self.pid << 3 | PROCESS_CLOCK))
        except OSError:
            self.pid = 0  # it has ended; the last figure comes from the kernel's books

    def _read_memory(self) -> None:
        if not self.pid or not self.idle_bytes:
            return
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return
        self.saw_resident(pages * os.sysconf("SC_PAGESIZE"))
