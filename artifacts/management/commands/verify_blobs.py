"""Is all stored content what it should be? For a nightly job."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from artifacts.verification import begin_check, verify_blobs

MEBIBYTE = 1024 * 1024


class Command(BaseCommand):
    help = (
        "Read every stored content and compare it with its digest. A check that was broken off goes on where it was. "
        "Exit codes: 0 all is right, 1 some content is damaged (each is printed, and on the status page)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--restart", action="store_true", help="begin anew, also where a check was broken off")
        parser.add_argument("--rate", type=_rate, metavar="MIB", help="read at most so many MiB a second")

    def handle(self, *, restart: bool, rate: int | None, **_options: Any) -> None:  # Any: Django's own options
        check = begin_check(anew=restart)
        if check.checked:
            self.stdout.write(f"Going on after {check.checked} contents.")
        for finding in verify_blobs(check, bytes_per_second=rate):
            if finding.damage:
                self.stdout.write(f"{finding.blob.file.name}: {finding.damage}")
        self.stdout.write(f"{check.checked} contents checked, {check.damaged} damaged.")
        if check.damaged:
            raise CommandError("some stored content is damaged", returncode=1)


def _rate(text: str) -> int:
    value = float(text)
    if not 0 < value < 1e9:
        raise ValueError
    return max(1, int(value * MEBIBYTE))
