"""Give back the space of content that nothing points at. For a nightly job."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from artifacts.blobs import CLAIM_LASTS, describe_size
from artifacts.sweeping import GRACE_HOURS, sweep_blobs

LEAST_HOURS = CLAIM_LASTS / timedelta(hours=1)


class Command(BaseCommand):
    help = (
        "Remove stored content that nothing points at, and what uploads of killed servers have left. Safe at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")
        parser.add_argument(
            "--grace",
            type=_hours,
            default=GRACE_HOURS,
            metavar="HOURS",
            help=f"keep what was stored or used within these hours (at least {LEAST_HOURS:g}; default {GRACE_HOURS})",
        )

    def handle(self, *, dry_run: bool, grace: float, **_options: Any) -> None:  # Any: Django's own options
        swept = sweep_blobs(grace=timedelta(hours=grace), dry_run=dry_run)
        verb = "Would remove" if dry_run else "Removed"
        self.stdout.write(
            f"{verb} {swept.rows} contents and {swept.files} files: {swept.bytes} bytes ({describe_size(swept.bytes)})."
        )


def _hours(text: str) -> float:
    hours = float(text)
    if not LEAST_HOURS <= hours < 1e6:
        raise ValueError
    return hours
