"""Content through the web server, both ways, beside a bare Django site behind the same server."""

import json
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.bench.client import Client
from tests.bench.figures import Figure, Stopwatch
from tests.bench.floors import bare_server
from tests.bench.texts import prose
from tests.tools.server import Server

LARGE_BYTES = 10_000_000
HUGE_BYTES = 100_000_000  # unless the environment says otherwise (`make bench HUGE=1e9`)
READ_BYTES = 256 * 1024
SMALL_TIMES, LARGE_TIMES = 200, 25
STORE_GOAL, DOWNLOAD_GOAL = 2, 0.8  # times what the bare site takes, or gives
WARM_UP = 3
BLOCK_BYTES = 500_000
GROWTH_GOAL = 32  # MB


def measure(folder: Path) -> list[Figure]:
    site = folder / "bare-site"
    (site / "files").mkdir(parents=True)
    noise, text = os.urandom(LARGE_BYTES), prose(LARGE_BYTES).encode()
    with Server(folder / "transfers") as server:
        session = Stored(server)
        paths = {"noise": session.store("noise.bin", noise), "text": session.store("text.txt", text)}
        for name, path in paths.items():
            answer = session.client.request("GET", path, headers={"Accept-Encoding": "zstd"})
            (site / "files" / name).write_bytes(answer.read())
        with bare_server("bare_site", BARE_FOLDER=str(site)) as (url, _):
            bare = Client(url)
            bare.token = bare.get("/enter")
            figures = [*_small_stores(server, session, bare), *_downloads(session, bare, paths)]
    return [*figures, *_growth(folder)]


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


def read_all(client: Client, path: str, encoding: str = "identity") -> int:
    """Bytes of the answer's body."""
    response = client.request("GET", path, headers={"Accept-Encoding": encoding})
    assert response.status == 200, response.status
    room, size = bytearray(READ_BYTES), 0
    while read := response.readinto(room):
        size += read
    return size


def _small_stores(server: Server, session: Stored, bare: Client) -> list[Figure]:
    """In turns, so that a busy machine is equally busy for both."""
    own, floor = Stopwatch(), Stopwatch()
    processes = [_web_processes(os.getpid(), "bare_site"), _web_processes(server.pid, "llmspell_web")]
    before = [_processor_ms(some) for some in processes]
    for number in range(SMALL_TIMES):
        content = os.urandom(512).hex().encode()
        with floor:
            bare.upload("/store", {}, f"{number}.txt", content).read()
        with own:
            session.store(f"{number}.txt", content)
    spent = [(_processor_ms(some) - start) / SMALL_TIMES for some, start in zip(processes, before, strict=True)]
    least = Figure(
        "a bare Django site with log-in: uploading 1 KB into a row", floor.samples[WARM_UP:], processor=spent[:1]
    )
    return [
        least,
        Figure(
            "uploading 1 KB into an artifact",
            own.samples[WARM_UP:],
            goal=STORE_GOAL * least.median,
            floor=least.median,
            floor_name="the bare site",
            processor=spent[1:],
        ),
    ]


def _downloads(session: Stored, bare: Client, paths: dict[str, str]) -> Iterator[Figure]:
    """Megabytes of content a second, beside a static file of as many bytes as are stored."""
    cases = [("incompressible", "noise", "zstd"), ("text, as it lies", "text", "zstd"), ("text", "text", "identity")]
    for name, stored, encoding in cases:
        own, floor, sent, lying = Stopwatch(), Stopwatch(), 0, 0
        for _ in range(LARGE_TIMES):
            with floor:
                lying = read_all(bare, f"/{stored}")
            with own:
                sent = read_all(session.client, paths[stored], encoding)
        static = Figure(f"a static file of {lying / 1e6:.1f} MB", _rates(lying, floor), "MB/s", at_least=True)
        yield static
        yield Figure(
            f"downloading 10 MB: {name}",
            _rates(sent, own),
            "MB/s",
            DOWNLOAD_GOAL * static.median,
            at_least=True,
            floor=static.median,
            floor_name="the static file",
        )


def _rates(size: int, watch: Stopwatch) -> list[float]:
    return [size / 1000 / milliseconds for milliseconds in watch.samples[WARM_UP:]]


def _growth(folder: Path) -> Iterator[Figure]:
    """The most that the memory of a new web server exceeds what it was before, in MB."""
    blocks = max(1, round(float(os.environ.get("HUGE") or HUGE_BYTES) / BLOCK_BYTES))
    size, half = blocks * BLOCK_BYTES, prose(BLOCK_BYTES // 2).encode()
    name = f"growth of memory: {size / 1e6:,.0f} MB"
    with Server(folder / "growth", {"LLMSPELL_ARTIFACT_MAX_BYTES": str(size)}) as server:
        session = Stored(server)
        with _watching(server) as growth:
            path = session.store("huge.bin", (os.urandom(BLOCK_BYTES // 2) + half for _ in range(blocks)), size)
        yield Figure(f"{name} up", growth, "MB", GROWTH_GOAL)
        for encoding in ("zstd", "identity"):
            with _watching(server) as growth:
                read = read_all(session.client, path, encoding)
            assert encoding == "zstd" or read == size
            yield Figure(f"{name} down, {encoding}", growth, "MB", GROWTH_GOAL)


def _web_processes(parent: int, word: str) -> list[psutil.Process]:
    """Those of the granian below `parent` that serves the application with this word in its name."""
    below = psutil.Process(parent).children(recursive=True)
    found = [child for child in below if "granian" in (words := child.cmdline()) and word in " ".join(words)]
    assert found
    return found


def _processor_ms(processes: list[psutil.Process]) -> float:
    return sum((times := process.cpu_times()).user + times.system for process in processes) * 1000


@contextmanager
def _watching(server: Server) -> Iterator[list[float]]:
    """The list holds one number at the end."""
    processes = _web_processes(server.pid, "llmspell_web")
    growth: list[float] = []
    over = threading.Event()

    def resident() -> int:
        return sum(int(process.memory_info().rss) for process in processes)

    def watch() -> None:
        before = most = resident()
        while not over.wait(0.01):
            most = max(most, resident())
        growth.append((max(most, resident()) - before) / 1024 / 1024)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield growth
    finally:
        over.set()
        watcher.join()
