"""The switch that ends a run from another thread."""

import threading
from collections.abc import Callable


class StopSwitch:
    """`stop()` may be called from any thread, at any time, more than once: before the run starts, it ends at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stopped = False
        self._kill: Callable[[], None] | None = None

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            if self._kill:
                self._kill()

    def is_set(self) -> bool:
        return self._stopped

    def arm(self, kill: Callable[[], None] | None) -> None:
        """For the engine: what `stop` does to the run in progress. Called at once if `stop` came first."""
        with self._lock:
            self._kill = kill
            if kill and self._stopped:
                kill()
