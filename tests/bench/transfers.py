"""Content through the web server, both ways, beside a bare Django site behind the same server."""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import psutil

from tests.bench.client import Client
from tests.bench.figures import Figure, Stopwatch
from tests.bench.floors import bare_server
from tests.bench.texts import prose
from tests.tools.server import Server

LARGE_BYTES = 10_000_000
READ_BYTES = 256 * 1024
SMALL_TIMES, LARGE_TIMES = 200, 25
STORE_GOAL, DOWNLOAD_GOAL = 2, 0.8  # times what the bare site takes, or gives
WARM_UP = 3


def measure(folder: Path) -> list[Figure]:
    with Server(folder / "transfers") as server:
        session, own = Stored(server), web_processes(server.pid, "llmspell_web")
        # Before anything large is stored, which the runner would be reading meanwhile.
        with _bare_site(folder / "bare-rows", {}) as (bare, processes):
            figures = _small_stores(session, bare, [processes, own])
        noise, text = os.urandom(LARGE_BYTES), prose(LARGE_BYTES).encode()
        paths = {"noise": session.store("noise.bin", noise), "text": session.store("text.txt", text)}
        lying = {name: session.read_stored(path) for name, path in paths.items()}
        with _bare_site(folder / "bare-files", lying) as (bare, processes):
            return [*figures, *_downloads(session, bare, [processes, own], paths)]


@contextmanager
def _bare_site(folder: Path, files: dict[str, bytes]) -> Iterator[tuple[Client, list[psutil.Process]]]:
    """A client that is logged in there, and the processes of the site."""
    (folder / "files").mkdir(parents=True)
    for name, content in files.items():
        (folder / "files" / name).write_bytes(content)
    with bare_server("bare_site", BARE_FOLDER=str(folder)) as (url, _):
        bare = Client(url)
        bare.token = bare.get("/enter")
        yield bare, web_processes(os.getpid(), "bare_site")


class Stored:
    """A session of a new account, and what is put into it."""

    def __init__(self, server: Server) -> None:
        self.client = Client(server.url)
        self.client.sign_up(server.first_run_link())
        self.client.post("/sessions/new", {"name": "transfers"})
        found = re.search(r"/sessions/([0-9a-f-]{36})/", self.client.get("/sessions/"))
        assert found
        self.path = f"/sessions/{found[1]}/store"

    def store(self, name: str, content: bytes | Iterator[bytes], size: int | None = None) -> str:
        """Returns where it can be downloaded. `size` of what comes in pieces."""
        answer = self.client.upload(self.path, {"type": "user_input"}, name, content, size)
        return f"{json.loads(answer.read())['url']}download"

    def read_stored(self, path: str) -> bytes:
        return self.client.request("GET", path, headers={"Accept-Encoding": "zstd"}).read()


def read_all(client: Client, path: str, encoding: str = "identity") -> int:
    """Bytes of the answer's body."""
    response = client.request("GET", path, headers={"Accept-Encoding": encoding})
    assert response.status == 200, response.status
    room, size = bytearray(READ_BYTES), 0
    while read := response.readinto(room):
        size += read
    return size


@dataclass(frozen=True)
class Side:
    """One of two that are compared: what is done again and again, and the processes that answer."""

    action: Callable[[], object]
    processes: list[psutil.Process]


def _take_turns(times: int, *sides: Side) -> list[tuple[list[float], list[float]]]:
    """Of each side the milliseconds by the clock, and the mean of its processes; a busy machine is as busy for all."""
    watches, before = [Stopwatch() for _ in sides], [_processor_ms(side) for side in sides]
    for _ in range(times):
        for side, watch in zip(sides, watches, strict=True):
            with watch:
                side.action()
    spent = [(_processor_ms(side) - start) / times for side, start in zip(sides, before, strict=True)]
    return [(watch.samples[WARM_UP:], [mean]) for watch, mean in zip(watches, spent, strict=True)]


def _small_stores(session: Stored, bare: Client, processes: list[list[psutil.Process]]) -> list[Figure]:
    numbers, contents = count(), (os.urandom(512).hex().encode() for _ in count())
    (floor, floor_spent), (own, own_spent) = _take_turns(
        SMALL_TIMES,
        Side(lambda: bare.upload("/store", {}, f"{next(numbers)}.txt", next(contents)).read(), processes[0]),
        Side(lambda: session.store(f"{next(numbers)}.txt", next(contents)), processes[1]),
    )
    least = Figure("a bare Django site with log-in: uploading 1 KB into a row", floor, processor=floor_spent)
    return [
        least,
        Figure(
            "uploading 1 KB into an artifact",
            own,
            goal=STORE_GOAL * least.median,
            floor=least.median,
            floor_name="the bare site",
            processor=own_spent,
        ),
    ]


def _downloads(
    session: Stored, bare: Client, processes: list[list[psutil.Process]], paths: dict[str, str]
) -> Iterator[Figure]:
    """Megabytes of content a second, beside a static file of as many bytes as are stored."""
    cases = [("incompressible", "noise", "zstd"), ("text, as it lies", "text", "zstd"), ("text", "text", "identity")]
    for name, stored, encoding in cases:
        look = partial(read_all, bare, f"/{stored}"), partial(read_all, session.client, paths[stored], encoding)
        lying, sent = (read() for read in look)
        (floor, floor_spent), (own, own_spent) = _take_turns(LARGE_TIMES, *map(Side, look, processes))
        static = Figure(
            f"a static file of {lying / 1e6:.1f} MB", _rates(lying, floor), "MB/s", at_least=True, processor=floor_spent
        )
        yield static
        yield Figure(
            f"downloading 10 MB: {name}",
            _rates(sent, own),
            "MB/s",
            DOWNLOAD_GOAL * static.median,
            at_least=True,
            floor=static.median,
            floor_name="the static file",
            processor=own_spent,
        )


def _rates(size: int, samples: list[float]) -> list[float]:
    return [size / 1000 / milliseconds for milliseconds in samples]


def web_processes(parent: int, word: str) -> list[psutil.Process]:
    """Those of the granian below `parent` that serves the application with this word in its name."""
    below = psutil.Process(parent).children(recursive=True)
    found = [child for child in below if "granian" in (words := child.cmdline()) and word in " ".join(words)]
    assert found
    return found


def _processor_ms(side: Side) -> float:
    return sum((times := process.cpu_times()).user + times.system for process in side.processes) * 1000
