"""Serves everything on one machine: `python -m llmspell_web.serve`. Starts the web server and a runner, starts them
again when they fail, and ends them when it ends. Imports no Django: it waits all day, and should weigh little."""

import argparse
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from llmspell_web.web.process import die_with_parent

BASE_DIR = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(BASE_DIR / "manage.py")]
EXIT_CANNOT_START = 2
LEAVE_SECONDS = 10  # how long children may take to finish before they are killed
RESTART_AFTER_SECONDS = 1
QUICK_FAILURES = 5  # a child that fails so often in a row, within seconds of its start, will not come up
QUICK_SECONDS = 5
# More threads than the console streams and long downloads that may hold one, so that pages always find one.
WEB_THREADS = 24


@dataclass
class Child:
    """A process that is kept running. Without a vital one the others are of no use; pages are, without a runner."""

    name: str
    command: list[str]
    is_vital: bool = True
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0

    def start(self) -> None:
        self.started_at = time.monotonic()
        # A session of its own: Ctrl+C reaches the supervisor alone, which then ends its children in order.
        self.process = subprocess.Popen(
            self.command, cwd=BASE_DIR, start_new_session=True, preexec_fn=lambda: die_with_parent(signal.SIGTERM)
        )

    def restart_if_ended(self) -> None:
        if self.process is None or self.process.poll() is None:
            return
        quick = time.monotonic() - self.started_at < QUICK_SECONDS
        self.failures = self.failures + 1 if quick else 1
        if self.is_vital and self.failures >= QUICK_FAILURES:
            give_up(f"{self.name} keeps ending with code {self.process.returncode}; its messages are above.")
        sys.stderr.write(f"{self.name} ended with code {self.process.returncode}; starting it again.\n")
        time.sleep(RESTART_AFTER_SECONDS * min(self.failures, QUICK_FAILURES))
        self.start()

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, seconds))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def give_up(sentence: str) -> NoReturn:
    sys.stderr.write(f"{sentence}\n")
    sys.exit(EXIT_CANNOT_START)


def check_python() -> None:
    if sys.version_info < (3, 11):
        give_up(f"Python 3.11 or later is needed, and this is {sys.version.split()[0]}: install it, then `make serve`.")


def check_data_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        give_up(
            f"The data folder {folder} cannot be written ({error.strerror}): make it writable for this account, "
            "or set LLMSPELL_DATA_DIR to a folder that is."
        )


def check_address(host: str, port: int) -> None:
    """Whether the port can be had. The web server asks for it again in a moment, and has the last word."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            give_up(
                f"Port {port} on {host} cannot be used ({reason}): stop what listens there, "
                f"or choose another with `make serve PORT={port + 1}`."
            )


def web_command(host: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "llmspell_web.wsgi:application", "--interface", "wsgi", "--no-ws"),
        *("--host", host, "--port", str(port), "--workers", "1", "--blocking-threads", str(WEB_THREADS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "5", "--log-level", "error"),
    ]


def prepare() -> str:
    """Bring the database up to date; the path of the first-run page, or "" when somebody has an account."""
    prepared = subprocess.run([*MANAGE, "prepare"], cwd=BASE_DIR, stdout=subprocess.PIPE, text=True, check=False)
    if prepared.returncode:
        give_up("The database could not be brought up to date; the reason is above.")
    return prepared.stdout.strip()


def wait_until_answering(host: str, port: int, web: Child) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        web.restart_if_ended()
        connection = http.client.HTTPConnection(host, port, timeout=10)
        try:
            connection.request("HEAD", "/login/")
            connection.getresponse()
        except OSError:
            time.sleep(0.02)
        else:
            return
        finally:
            connection.close()
    give_up("The web server does not answer; its messages are above.")


@contextlib.contextmanager
def ending(children: list[Child]) -> Iterator[None]:
    """End the children on the way out, whatever the reason, giving them time to finish."""
    try:
        yield
    finally:
        for child in children:
            child.end()
        deadline = time.monotonic() + LEAVE_SECONDS
        for child in children:
            child.wait(deadline - time.monotonic())


def leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)


def visible_host(host: str) -> str:
    """How a browser on this machine reaches a server bound to `host`."""
    names = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "[::1]"}  # noqa: S104  # named, not bound
    return names.get(host, f"[{host}]" if ":" in host else host)


def main() -> None:
    check_python()
    parser = argparse.ArgumentParser(prog="make serve", description="Serve LLMSpell Web on this machine.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    os.umask(0o077)  # the database and what else lies in the data folder are for this account alone
    check_data_folder(Path(os.environ.get("LLMSPELL_DATA_DIR", "").strip() or BASE_DIR / "var").expanduser())
    check_address(options.host, options.port)
    allow_host_names(options.host)
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    welcome_path = prepare()
    web = Child("The web server", web_command(options.host, options.port))
    children = [web, Child("The runner", [*MANAGE, "runner"], is_vital=False)]
    with ending(children):
        for child in children:
            child.start()
        shown = visible_host(options.host)
        wait_until_answering(shown.strip("[]"), options.port, web)
        purpose = "Open this link to make the first account:" if welcome_path else "LLMSpell Web is at"
        print(f"{purpose} http://{shown}:{options.port}{welcome_path or '/'}", flush=True)  # noqa: T201
        while True:
            time.sleep(0.5)
            for child in children:
                child.restart_if_ended()


def allow_host_names(host: str) -> None:
    """Answer to this machine's own name when bound beyond it, unless the operator said which names to answer to."""
    if visible_host(host) not in {"127.0.0.1", "localhost", "[::1]"} or host in {"0.0.0.0", "::"}:  # noqa: S104
        own = {socket.gethostname(), socket.getfqdn(), visible_host(host)}
        os.environ.setdefault("LLMSPELL_ALLOWED_HOSTS", ",".join(sorted(own)))


if __name__ == "__main__":
    main()
