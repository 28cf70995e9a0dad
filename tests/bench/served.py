"""The whole product over HTTP, as a browser sees it, on a fresh data directory."""

import threading
import time
from pathlib import Path

from tests.bench.client import Client
from tests.bench.figures import Figure, repeat
from tests.tools.server import Server

EMPTY_RUNS = 200
CLIENTS = 4
STALL_MS = 35  # a delayed acknowledgement is 40 ms; no reply of a small page comes near that by itself


def cold_starts(folder: Path, floor: float) -> list[Figure]:
    first: list[float] = []
    later: list[float] = []
    for number in range(5):
        server = Server(folder / f"start{number}")
        for samples in (first, later):
            started = time.perf_counter()
            server.start()
            samples.append(time.perf_counter() - started)
            server.stop()
    seconds = floor / 1000
    return [
        Figure("cold start → first page, new data directory", first, "s", 2, floor=seconds, floor_name="bare Django"),
        Figure("cold start → first page, after that", later, "s", 2, floor=seconds, floor_name="bare Django"),
    ]


def measure(server: Server, view: float, engine_first: float, engine_last: float) -> list[Figure]:
    """`view` is the bare view's median; the engine's medians are those of its own first and last output."""
    client = Client(server.url)
    client.sign_up(server.first_run_link())
    return [
        _first_output(client, 2 * view + engine_first),
        _stop(client, 2 * view),
        _many_lines(client, 2 * view + engine_last),
        _empty_runs(client),
        *_replies(client, view),
        memory(server.pid),
    ]


def _first_output(client: Client, floor: float) -> Figure:
    watcher = client.twin()

    def click() -> float:
        started = time.perf_counter()
        events = watcher.console(client.run('print("x")'))
        watcher.first_text(events)
        elapsed = (time.perf_counter() - started) * 1000
        for _ in events:
            pass
        return elapsed

    samples = [click() for _ in range(103)][3:]
    return Figure("click → first output, over HTTP", samples, goal=30, floor=floor, floor_name="2 bare views + engine")


def _stop(client: Client, floor: float) -> Figure:
    watcher = client.twin()

    def stop() -> float:
        run = client.run('print("x") while true do end')
        events = watcher.console(run)
        watcher.first_text(events)
        started = time.perf_counter()
        client.stop(run)
        for _ in events:
            pass
        return (time.perf_counter() - started) * 1000

    samples = [stop() for _ in range(43)][3:]
    return Figure(
        "Stop → the page knows it is dead", samples, goal=50, judged="p95", floor=floor, floor_name="2 bare views"
    )


def _many_lines(client: Client, floor: float) -> Figure:
    watcher = client.twin()

    def last() -> float:
        started = time.perf_counter()
        lines, elapsed = 0, 0.0
        for event in watcher.console(client.run("for i = 1, 10000 do print(i) end")):
            if "text" in event:
                lines += event["text"].count("\n")
                elapsed = (time.perf_counter() - started) * 1000
        if lines != 10_000:
            raise RuntimeError(f"{lines} of 10,000 lines arrived")
        return elapsed

    samples = [last() for _ in range(13)][3:]
    # The engine prints its last line at the floor: what lies above it is the way to the page.
    goal = floor + 300
    return Figure(
        "10,000 lines: click → the last one", samples, goal=goal, floor=floor, floor_name="2 bare views + engine"
    )


def _empty_runs(client: Client) -> Figure:
    def work(number: int) -> None:
        poster = client.twin()
        runs = [poster.run("--") for _ in range(EMPTY_RUNS // CLIENTS)]
        ends = {poster.wait(run) for run in runs}
        if ends != {"succeeded"}:
            raise RuntimeError(f"empty scripts of client {number} ended as {ends}")

    def rate() -> float:
        threads = [threading.Thread(target=work, args=[number]) for number in range(CLIENTS)]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return EMPTY_RUNS / (time.perf_counter() - started)

    samples = [rate() for _ in range(3)]
    return Figure(f"empty scripts, {CLIENTS} clients, one runner", samples, "/s", 60, at_least=True)


def _replies(client: Client, view: float) -> list[Figure]:
    """Small replies on one keep-alive connection: a stall of 40 ms is a packet that waited for an acknowledgement."""
    run = client.run("--")
    client.wait(run)
    poll = repeat(300, lambda: client.get(f"/runs/{run}/console?after=0"))
    page = repeat(100, lambda: client.get("/workspace/"))
    stalls = float(sum(sample > STALL_MS for sample in poll))
    return [
        Figure("a small reply, keep-alive", poll, floor=view, floor_name="a bare view"),
        Figure(f"replies of over {STALL_MS} ms among them", [stalls], "", 0),
        Figure("the workspace page", page, floor=view, floor_name="a bare view"),
    ]


def memory(pid: int) -> Figure:
    """Proportional memory of the process and all that descend from it, five idle seconds after work."""
    time.sleep(5)
    total = sum(_proportional_bytes(process) for process in _family(pid))
    return Figure("idle memory of everything together", [total / 1024 / 1024], "MB", 250)


def _family(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended in the meantime
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    family = [pid]
    for member in family:
        family += children.get(member, [])
    return family


def _proportional_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
