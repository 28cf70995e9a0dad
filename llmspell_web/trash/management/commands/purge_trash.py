"""Delete for good what has lain in the trash for long. Runners do it by themselves; this is for doing it now."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from artifacts.blobs import describe_size
from llmspell_web.trash.expiry import purge_one_older_than
from llmspell_web.trash.models import PurgeRecord
from llmspell_web.trash.removal import remove_all

DAYS_MAX = 36_500


class Command(BaseCommand):
    help = "Delete for good what has lain in the trash for the days of LLMSPELL_TRASH_DAYS. Safe at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=_days, metavar="DAYS", help="what has lain there for so many days, whatever the setting says"
        )

    def handle(self, *, days: int | None, **_options: Any) -> None:  # Any: Django's own options
        if days is None and settings.TRASH_DAYS == 0:
            raise CommandError("LLMSPELL_TRASH_DAYS is 0: nothing goes by itself. Say --days DAYS for what is older.")
        before = timezone.now() - timedelta(days=settings.TRASH_DAYS if days is None else days)
        sessions = artifacts = freed = 0
        while record := purge_one_older_than(before):
            freed += remove_all(record).freed_bytes
            sessions += record.kind == PurgeRecord.Kind.SESSION
            artifacts += record.kind == PurgeRecord.Kind.ARTIFACT
        self.stdout.write(
            f"Deleted {sessions} sessions and {artifacts} artifacts for good: "
            f"sweep_blobs can free {freed} bytes ({describe_size(freed)})."
        )


def _days(text: str) -> int:
    days = int(text)
    if not 0 <= days <= DAYS_MAX:
        raise ValueError
    return days
