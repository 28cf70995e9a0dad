"""A runner by hand: shares the work with those that run already."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from llmspell_web.web.process import allow_open_files, guard_process
from llmspell_web.workspace.runner import serve_runs

# Each run may hold MAX_PRIVATE_FILES and MAX_OPEN_FILES open, beside its connections and its sandbox.
DESCRIPTORS_PER_RUN = 512


class Command(BaseCommand):
    help = "Execute queued runs until stopped (Ctrl+C or SIGTERM)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--concurrency", type=int, default=settings.RUNNER_CONCURRENCY, help="runs executed side by side"
        )

    def handle(self, *, concurrency: int, **_options: object) -> None:
        guard_process()
        allow_open_files(concurrency * DESCRIPTORS_PER_RUN)
        serve_runs(concurrency)
