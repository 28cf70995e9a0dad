"""The audit of the whole server, for who runs it."""

import json
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from llmspell_web.audit.export import walk_everything
from llmspell_web.audit.models import AuditRecord
from llmspell_web.audit.recording import record
from llmspell_web.web.process import leaving_quietly
from llmspell_web.web.times import rfc3339


class Command(BaseCommand):
    help = "Write the audit of all teams and accounts as JSON lines, table by table."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=_moment, metavar="TIME", help="what happened from then on (ISO 8601, UTC)")
        parser.add_argument("--until", type=_moment, metavar="TIME", help="what happened before then")

    def handle(self, *, since: datetime | None, until: datetime | None, **_options: Any) -> None:  # Any: Django's own
        asked = {name: rfc3339(moment) for name, moment in (("since", since), ("until", until)) if moment}
        record(AuditRecord.Kind.EXPORTED, account=None, request=None, command="export_audit", **asked)
        with leaving_quietly():
            for row in walk_everything(since, until):
                self.stdout.write(json.dumps(row, ensure_ascii=False))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
