"""Sample data by hand: see llmspell_web/workspace/sample.py."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from llmspell_web.web.problems import Problem
from llmspell_web.workspace import sample


class Command(BaseCommand):
    help = "Make sessions, artifacts and runs in teams of their own, Sample data, or take them away again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sessions", type=int, default=1000, metavar="N", help="how many sessions")
        parser.add_argument("--artifacts", type=int, default=3000, metavar="M", help="how many artifacts")
        parser.add_argument("--teams", type=int, default=1, metavar="T", help="in how many teams, at most 99")
        parser.add_argument("--runs", type=int, default=0, metavar="R", help="how many runs, at most one in a session")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="equal seeds make equal data")
        parser.add_argument("--remove", action="store_true", help="take the team away with everything in it")

    def handle(
        self, *, sessions: int, artifacts: int, teams: int, runs: int, seed: int, remove: bool, **_options: object
    ) -> None:
        if remove:
            self.stdout.write(f"Removed {sample.remove():,} sessions.")
            return
        if sessions < 1 or artifacts < 0:
            raise CommandError("--sessions takes a number from 1, --artifacts one from 0")
        if not 1 <= teams <= sample.TEAMS_MAX or not 0 <= runs <= sessions:
            raise CommandError(f"--teams takes a number from 1 to {sample.TEAMS_MAX}, --runs one up to --sessions")
        try:
            sample.seed(
                sessions,
                artifacts,
                seed,
                teams=teams,
                runs=runs,
                report=lambda done: self.stderr.write(f"{done:,} sessions"),
            )
        except Problem as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"Made {sessions:,} sessions and {artifacts:,} artifacts in the team Sample data.")
