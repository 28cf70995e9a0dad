"""One run, from claimed to ended. The runner and `run_script` both come through here."""

import logging
from pathlib import Path

from llmspell_web.lua import Engine, Program, SandboxRefused, StopSwitch
from llmspell_web.workspace.host import RunHost
from llmspell_web.workspace.limits import limits_from
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.output import Console, Listener
from llmspell_web.workspace.runs import finish_run, interrupt_run

logger = logging.getLogger(__name__)

LIBRARIES = tuple(sorted((Path(__file__).parent / "lua").glob("*.lua")))


def start_engine() -> Engine:
    """The engine with the product's own Lua functions. Raises SandboxRefused where a script cannot be held."""
    return Engine(LIBRARIES)


def execute(run: Run, engine: Engine, stop: StopSwitch, listener: Listener | None = None) -> None:
    """Run a claimed run to its end, which is recorded whatever happens in here. `listener` hears the console too."""
    limits = limits_from(run.limits)
    console = Console(run, listener)
    host = RunHost(run, limits, console)
    program = Program(source=run.source.encode(), name=run.name, arguments=dict(map(tuple, run.arguments)))
    try:
        try:
            outcome = engine.run(program, host, limits, stop)
        finally:
            host.close()
        finish_run(run, outcome)
    except SandboxRefused as refusal:
        interrupt_run(run, str(refusal))
    except BaseException:
        # The boundary of a run: a fault of ours must not leave it running for ever, nor pass unseen.
        logger.exception("run %s could not be carried to its end", run.pk)
        interrupt_run(run, "an internal error ended this run; the server's log has the details")
        raise
