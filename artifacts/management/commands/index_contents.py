"""Making contents searchable by hand, for what waits now. Runners have it done as contents come."""

import os
import signal

from django.core.management.base import BaseCommand, CommandError, CommandParser

from artifacts.content_index import index_contents
from llmspell_web.web.process import die_with_parent, guard_process

NICENESS = 10  # of lesser urgency than pages and runs


class Command(BaseCommand):
    help = "Put the words of contents that wait for it into the search index. It may be stopped at any moment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--linger", type=float, default=0, metavar="SECONDS", help="how long to wait for more")
        parser.add_argument("--parent", type=int, metavar="PID", help="the process that started this; ends with it")

    def handle(self, *, linger: float, parent: int | None, **_options: object) -> None:
        guard_process()
        os.nice(NICENESS)
        if parent is not None:
            die_with_parent(signal.SIGTERM)
            if os.getppid() != parent:  # it has ended before the kernel knew
                return
        indexed, failed = index_contents(linger)
        if failed:
            raise CommandError(f"{failed} contents could not be read now and go on waiting; the log says why")
        self.stdout.write(f"{indexed} contents indexed")
