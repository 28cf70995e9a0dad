"""Runs scripts through the real engine, sandbox and database, in this process."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from llmspell_web.lua import Engine, StopSwitch
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.workspace.direct import report
from llmspell_web.workspace.execution import execute, start_engine
from llmspell_web.workspace.limits import lower_limits
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.output import Listener
from llmspell_web.workspace.runs import create_run

RunScript = Callable[..., "Ended"]


@dataclass(frozen=True)
class Ended:
    """How a run ended, as `run_script --json` tells it."""

    run: Run
    facts: dict[str, Any] = field(repr=False)  # Any: JSON

    @property
    def status(self) -> str:
        return self.run.status

    @property
    def result(self) -> Any:  # Any: JSON
        return self.facts["result"]

    @property
    def message(self) -> str:
        return self.run.error_message

    def console(self, stream: str) -> str:
        return "".join(part["text"] for part in self.facts["console"] if part["stream"] == stream)

    @property
    def printed(self) -> str:
        return self.console("stdout")

    def succeeded(self) -> "Ended":
        assert self.status == "succeeded", f"{self.status} {self.run.limit}: {self.message}\n{self.run.error_traceback}"
        return self


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """One for all tests: its sandboxes are new for each run anyway."""
    engine = start_engine()
    yield engine
    engine.close()


@pytest.fixture
def run_lua(engine: Engine, db: None) -> RunScript:
    """`run_lua(user, source, limits={…}, arguments={…}, listener=…, session=…)`: the run, ended and recorded."""

    def run_script(
        user: User,
        source: str,
        *,
        limits: Mapping[str, str | float] | None = None,
        listener: Listener | None = None,
        **fields: Any,  # Any: what else create_run takes
    ) -> Ended:
        run = create_run(user, source=source, limits=lower_limits(limits or {}), runner="tests", **fields)
        execute(run, engine, StopSwitch(), listener)
        run.refresh_from_db()
        return Ended(run, report(run))

    return run_script


@pytest.fixture
def member_of_both(make_user: Callable[..., User], other_team: Team) -> User:
    """Who is in the owner's team first, and in the stranger's too."""
    user = make_user("both")
    Membership.objects.create(team=other_team, user=user)
    return user


@pytest.fixture
def accounts(owner: User, teammate: User, viewer: User, stranger: User, member_of_both: User) -> dict[str, User]:
    return {user.username: user for user in (owner, teammate, viewer, stranger, member_of_both)}
