"""Runs a script of each call through engine and host in this process; prints `{function: [milliseconds, …]}`."""

import itertools
import json
import os
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "llmspell_web.settings"

import django

django.setup()

from llmspell_web.lua import Engine, Program, Value  # noqa: E402
from llmspell_web.teams.services import local_account  # noqa: E402
from llmspell_web.web.database import prepare_database  # noqa: E402
from llmspell_web.workspace.execution import start_engine  # noqa: E402
from llmspell_web.workspace.host import RunHost  # noqa: E402
from llmspell_web.workspace.limits import installed_limits  # noqa: E402
from llmspell_web.workspace.output import Console  # noqa: E402
from llmspell_web.workspace.runs import create_run  # noqa: E402

CALLS = 1000
WARM_UP = 50
SCRIPT = """
local id = Session.create({{name = "bench", tags = {{"a", "b"}}}})
for i = 1, {calls} do {body} end
"""
BODIES = {
    "Session.get": "Session.get(id)",
    "Session.create": 'Session.create({name = "bench " .. i, tags = {"a", "b"}})',
    "Artifact.store": (
        'Artifact.store(id, "tool_result", "a" .. i, string.rep("x", 1016) .. string.format("%08d", i), {tags = {"a"}})'
    ),
}


class TimedHost(RunHost):
    """The product's host, which also notes when calls arrive."""

    def call(self, function: str, arguments: list[Value]) -> Value:
        self.arrivals.append(time.perf_counter())
        return super().call(function, arguments)

    arrivals: list[float]


def main() -> None:
    prepare_database()
    engine = start_engine()
    try:
        intervals = {function: measure(engine, body) for function, body in BODIES.items()}
    finally:
        engine.close()
    json.dump(intervals, sys.stdout)


def measure(engine: Engine, body: str) -> list[float]:
    source = SCRIPT.format(calls=CALLS + WARM_UP, body=body)
    run = create_run(local_account(), source=source, runner="bench")
    host = TimedHost(run, installed_limits(), Console(run))
    host.arrivals = []
    outcome = engine.run(Program(source.encode()), host, installed_limits())
    assert outcome.status == "succeeded", outcome.error
    times = host.arrivals[WARM_UP:]
    return [(after - before) * 1000 for before, after in itertools.pairwise(times)]


main()
