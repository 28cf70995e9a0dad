"""The real product in processes of its own, as `make serve` starts it, on a free port with its own data directory."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
STOP_SECONDS = 60
FIRST_RUN_LINK = re.compile(r"http://127\.0\.0\.1:\d+/welcome/[^/\s]+/")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`start()` returns when the first page answers, `stop()` when every process has ended; both can be repeated.

    `environment` adds to an otherwise empty environment. `lines` is what was printed so far, both streams.
    """

    def __init__(self, data_directory: Path, environment: dict[str, str] | None = None) -> None:
        self.data_directory = data_directory
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "LLMSPELL_DATA_DIR": str(data_directory),
            **(environment or {}),
        }
        self.lines: list[str] = []
        self._links: SimpleQueue[str] = SimpleQueue()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        assert self._process is None
        command = [sys.executable, "-m", "llmspell_web.serve", "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, args=[self._process], daemon=True).start()
        self._wait_for_first_page()

    def first_run_link(self) -> str:
        """The link that a server without accounts prints."""
        try:
            return self._links.get(timeout=START_SECONDS)
        except Empty:
            raise AssertionError(f"no first-run link in {self.lines}") from None

    def stop(self) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise AssertionError(f"the server did not stop on SIGTERM: {self.lines}") from None

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.lines.append(line.rstrip("\n"))
                if match := FIRST_RUN_LINK.search(line):
                    self._links.put(match.group())

    def _wait_for_first_page(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=START_SECONDS)
                connection.request("GET", "/")
                connection.getresponse().read()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"the server did not start: {self.lines}") from None
                time.sleep(0.01)
            finally:
                connection.close()
