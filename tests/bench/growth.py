"""How much memory one large content takes on its way through the web server."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.texts import prose
from tests.bench.transfers import Stored, read_all, web_processes
from tests.tools.server import Server

HUGE_BYTES = 100_000_000  # unless the environment says otherwise (`make bench HUGE=1e9`)
BLOCK_BYTES = 500_000
GOAL = 32  # MB


def measure(folder: Path) -> list[Figure]:
    """The most that the memory of a new web server exceeds what it was before, in MB."""
    blocks = max(1, round(float(os.environ.get("HUGE") or HUGE_BYTES) / BLOCK_BYTES))
    size, half = blocks * BLOCK_BYTES, prose(BLOCK_BYTES // 2).encode()
    name = f"growth of memory: {size / 1e6:,.0f} MB"
    with Server(folder / "growth", {"LLMSPELL_ARTIFACT_MAX_BYTES": str(size)}) as server:
        session = Stored(server)
        with _watching(server) as growth:
            path = session.store("huge.bin", (os.urandom(BLOCK_BYTES // 2) + half for _ in range(blocks)), size)
        figures = [Figure(f"{name} up", growth, "MB", GOAL)]
        for encoding in ("zstd", "identity"):
            with _watching(server) as growth:
                read = read_all(session.client, path, encoding)
            assert encoding == "zstd" or read == size
            figures.append(Figure(f"{name} down, {encoding}", growth, "MB", GOAL))
    return figures


@contextmanager
def _watching(server: Server) -> Iterator[list[float]]:
    """The list holds one number at the end."""
    processes = web_processes(server.pid, "llmspell_web")
    growth: list[float] = []
    over = threading.Event()

    def resident() -> int:
        return sum(int(process.memory_info().rss) for process in processes)

    before = resident()

    def watch() -> None:
        most = before
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
