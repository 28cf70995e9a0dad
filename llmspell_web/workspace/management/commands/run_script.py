"""Runs a Lua file through the same engine as the workspace, with no server running."""

import io
import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from llmspell_web.lua import SandboxRefused, Stream
from llmspell_web.teams.models import User
from llmspell_web.teams.services import first_account, local_account
from llmspell_web.web.database import prepare_database
from llmspell_web.web.problems import InvalidField, NotFound, Problem
from llmspell_web.web.process import guard_process, leaving_quietly
from llmspell_web.workspace.arguments import read_arguments
from llmspell_web.workspace.direct import report, run_directly
from llmspell_web.workspace.execution import start_engine
from llmspell_web.workspace.limits import installed_limits, lower_limits
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.runner import new_runner_name
from llmspell_web.workspace.runs import create_run
from sessions.access import get_session
from sessions.fields import is_storable

EXIT_CODES = {"succeeded": 0, "failed": 1, "limit": 3, "stopped": 4, "interrupted": 4}
EXIT_USAGE = 2


class Command(BaseCommand):
    help = (
        "Run a Lua file. Exit code: 0 succeeded, 1 script error, 2 usage, 3 limit reached, 4 stopped. "
        "Without --user it acts as the first account."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a Lua file in UTF-8")
        parser.add_argument("--user", metavar="NAME", help="the account to act as")
        parser.add_argument("--session", metavar="ID", help="the current session of this run")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        parser.add_argument(
            "--arg", action="append", default=[], metavar="KEY=VALUE", help="ARGS.KEY; without =, the next of ARGS[1…]"
        )
        parser.add_argument(
            "--limit",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help=f"lower a limit for this run: {', '.join(vars(installed_limits()))}",
        )

    def handle(self, *, file: str, **options: Any) -> None:  # Any: what add_arguments declares
        as_json = options["json"]
        guard_process()
        write_utf8()
        prepare_database()
        try:
            with closing(start_engine()) as engine:  # first: a machine that cannot hold scripts gets no run
                run = claim_new_run(Path(file), **{key: options[key] for key in ("user", "session", "arg", "limit")})
                run_directly(run, engine, None if as_json else print_console)
        except (Problem, SandboxRefused) as problem:
            raise CommandError(str(problem), returncode=EXIT_USAGE) from None
        facts = report(run)
        with leaving_quietly():
            (print_json if as_json else print_end)(facts)
        sys.exit(EXIT_CODES[run.status])


def claim_new_run(file: Path, *, user: str | None, session: str | None, arg: list[str], limit: list[str]) -> Run:
    """Check everything, then create the run as this process's own. Raises Problem; nothing is created then."""
    source = read_source(file)
    arguments = read_arguments(check_arguments(arg))
    limits = lower_limits(dict(split_pair("limit", pair) for pair in limit))
    account = find_account(user)  # the last of all checks: on an empty database it makes one
    return create_run(
        account,
        source=source,
        name=file.name,
        arguments=arguments,
        limits=limits,
        runner=new_runner_name(),
        **({"session": get_session(account, session)} if session else {}),
    )


def find_account(name: str | None) -> User:
    if name is None:
        return first_account() or local_account()
    try:
        return User.objects.get(username=name, is_active=True)
    except User.DoesNotExist:
        raise NotFound(f"user not found: {name}") from None


def read_source(file: Path) -> str:
    if not is_storable(file.name):  # bytes of the command line that are not UTF-8 reach Python as lone surrogates
        raise InvalidField("FILE", "a name in UTF-8", ascii(file.name))
    try:
        return file.read_bytes().decode()
    except OSError as error:
        raise InvalidField("FILE", "a readable file", f"{file}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InvalidField("FILE", "text in UTF-8", f"{file}: byte {error.start + 1} is not") from None


def check_arguments(words: list[str]) -> list[str]:
    for word in words:
        if not is_storable(word):
            raise InvalidField("--arg", "text in UTF-8", ascii(word))
    return words


def split_pair(option: str, pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not equals:
        raise InvalidField(option, "NAME=VALUE", f'"{pair}"')
    return name, value


def write_utf8() -> None:
    """Scripts print UTF-8 wherever they run; a terminal that claims to know only ASCII must not fail them."""
    for file in (sys.stdout, sys.stderr):
        if isinstance(file, io.TextIOWrapper):
            file.reconfigure(encoding="utf-8", errors="backslashreplace")


def print_console(stream: Stream, text: str) -> None:
    file = sys.stdout if stream == "stdout" else sys.stderr
    file.write(text)
    file.flush()


def print_json(facts: dict[str, Any]) -> None:  # Any: JSON
    sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")


def print_end(facts: dict[str, Any]) -> None:  # Any: JSON
    """The result last; what went wrong on standard error."""
    if facts["limit"]:
        figures = facts["usage"][facts["limit"]]
        sys.stderr.write(f"limit reached: {facts['limit']} (used {figures['used']} of {figures['allowed']})\n")
    elif facts["error"]:
        sys.stderr.write("\n".join(filter(None, (facts["error"]["message"], facts["error"]["traceback"]))) + "\n")
    elif facts["status"] != "succeeded":
        sys.stderr.write(f"{facts['status']}\n")
    if facts["result"] is not None:
        sys.stdout.write(json.dumps(facts["result"], ensure_ascii=False, indent=2) + "\n")
