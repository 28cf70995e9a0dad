"""What the page of a run and the workspace both show of it."""

import dataclasses

from llmspell_web.teams.models import User
from llmspell_web.workspace.limits import installed_limits
from llmspell_web.workspace.models import Run, RunOutput
from llmspell_web.workspace.output import read_output
from llmspell_web.workspace.results import present_result
from llmspell_web.workspace.runs import usage_table
from llmspell_web.workspace.touched import touched_by

# Console text that is part of the page; with JavaScript the rest follows at once, without it there is the text file.
CONSOLE_CHARACTERS = 60_000


def run_panel(run: Run | None, reader: User) -> dict[str, object]:
    """The context of workspace/_run_panel.html; without a run, the empty panel with the limits of the next one."""
    if run is None:
        return {"run": None, "usage": usage_table(dataclasses.asdict(installed_limits()), {})}
    return {
        "run": run,
        "usage": run.usage or usage_table(run.limits, {}),
        **console_start(run),
        **run_outcome(run, reader),
    }


def console_start(run: Run) -> dict[str, object]:
    """The beginning of the console."""
    rows, is_cut = first_rows(read_output(run.pk))
    return {"console_rows": rows, "console_after": rows[-1].pk if rows else 0, "console_is_cut": is_cut}


def run_outcome(run: Run, reader: User) -> dict[str, object]:
    """The context of workspace/_outcome.html."""
    return {"run": run, "result": present_result(run.result), "touched": touched_by(run, reader)}


def first_rows(rows: list[RunOutput]) -> tuple[list[RunOutput], bool]:
    """As many whole rows as fit into CONSOLE_CHARACTERS, at least one; and whether any are left out."""
    total = 0
    for count, row in enumerate(rows):
        total += len(row.text)
        if total > CONSOLE_CHARACTERS and count:
            return rows[:count], True
    return rows, False
