"""What `make serve` does before it serves."""

from django.core.management.base import BaseCommand

from llmspell_web.teams.services import has_login, issue_welcome_token
from llmspell_web.web.database import prepare_database


class Command(BaseCommand):
    help = (
        "Bring the database up to date, and print the path of the first-run page if nobody has set a password yet. "
        "Each call makes the path anew."
    )

    def handle(self, **_options: object) -> None:
        prepare_database()
        if not has_login():
            self.stdout.write(f"/welcome/{issue_welcome_token()}/")
