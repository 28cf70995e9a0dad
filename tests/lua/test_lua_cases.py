"""The contract of the Lua API, sentence by sentence: the cases in `*.lua`, through the real engine."""

import json
from itertools import pairwise

import pytest
from django.apps import apps
from django.db.models import Model

from llmspell_web.teams.models import User
from llmspell_web.workspace.files import save_file
from llmspell_web.workspace.models import Run, RunOutput, RunTouch, RunUse
from tests.lua.cases import ABSENT, Case, Step, read_cases
from tests.lua.conftest import Ended, RunScript

BOOKKEEPING = (Run, RunOutput, RunTouch, RunUse)  # what a run writes about itself
ROOMS = ("llmspell_sessions", "llmspell_artifacts", "llmspell_workspace")
BEFORE_CALL, AFTER_CALL = "\1", "\2"


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case.name)
def test_case(case: Case, accounts: dict[str, User], run_lua: RunScript) -> None:
    for path, content in case.files.items():
        save_file(accounts["owner"], path, content)
    arguments = dict(case.arguments)
    for step in case.steps:
        watch = Watch()
        ended = run_lua(
            accounts[step.account], step.source, limits=case.limits, arguments=arguments, listener=watch.hear
        )
        check_end(step, ended)
        watch.check()
        arguments["given"] = json.dumps(ended.result)


def check_end(step: Step, ended: Ended) -> None:
    how = " ".join(filter(None, (ended.status, ended.run.limit)))
    assert how == step.ends, f"{how}, line {ended.run.error_line}: {ended.message}\n{ended.run.error_traceback}"
    assert step.fails in ended.message
    if step.line is not None:
        assert ended.run.error_line == step.line
    if step.prints is not None:
        assert ended.printed == step.prints
    if step.errors is not None:
        assert ended.console("stderr") == step.errors
    if step.returns is not ABSENT:
        assert ended.result == step.returns


class Watch:
    """Compares the database on both sides of each call that `raises` makes, which marks it on standard error."""

    def __init__(self) -> None:
        self.states: list[object] = []

    def hear(self, stream: str, text: str) -> None:
        if stream == "stderr":
            self.states += [contents() for character in text if character in BEFORE_CALL + AFTER_CALL]

    def check(self) -> None:
        for number, (before, after) in enumerate(pairwise(self.states)):
            if number % 2 == 0:
                assert after == before, f"call {number // 2 + 1} that raised has changed the database"


def contents() -> object:
    """Of every table that is a model's own: an index over one is not."""
    models = [model for room in ROOMS for model in apps.get_app_config(room).get_models() if model._meta.managed]
    return [rows(model) for model in models if model not in BOOKKEEPING]


def rows(model: type[Model]) -> list[tuple[object, ...]]:
    return [tuple(map(str, row)) for row in model._default_manager.order_by("pk").values_list()]
