"""`make bench`: how fast and how large the product is here, beside what its parts take alone. For an idle machine."""

import platform
import sys
import tempfile
from pathlib import Path

from tests.bench import (
    browser,
    calls,
    contents,
    engine,
    floors,
    growth,
    lists,
    served,
    session_pages,
    stores,
    transfers,
)
from tests.bench.figures import Figure, print_table
from tests.tools.server import Server


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="llmspell-bench-") as name:
        folder = Path(name)
        figures = measure(folder)
    print(f"\n{platform.system()} {platform.release()}, Python {platform.python_version()}, medians unless said\n")
    print_table(figures)


def measure(folder: Path) -> list[Figure]:
    say("floors")
    with floors.bare_server() as (url, floor_start):
        view = Figure("a bare Django view behind granian", floors.bare_view(url))
    select, insert = floors.bare_statements(folder)
    say("engine")
    first, stopped, last_samples = engine.measure()
    last = Figure("", last_samples).median
    say("Lua calls")
    called = calls.measure(folder, select, insert)
    say("lists")
    listed = lists.measure(folder)
    say("contents")
    searched = contents.measure(folder)
    say("stores")
    stored = stores.measure(folder)
    say("transfers")
    transferred = transfers.measure(folder)
    say("growth")
    grown = growth.measure(folder)
    say("session pages")
    opened = session_pages.measure(folder)
    say("cold starts")
    starts = served.cold_starts(folder, floor_start)
    say("served")
    with Server(folder / "served") as server:
        over_http = served.measure(server, view.median, first.median, last)
    say("browser")
    with Server(folder / "browser") as server:
        in_browser = browser.measure(server, last)
    return [
        view,
        first,
        stopped,
        *called,
        *listed,
        *searched,
        *stored,
        *transferred,
        *grown,
        *opened,
        *over_http,
        *in_browser,
        *starts,
    ]


def say(part: str) -> None:
    print(f"measuring: {part}", file=sys.stderr, flush=True)


main()
