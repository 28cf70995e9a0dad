"""One team from the start, so that every session and run has one."""

from django.db import migrations


def make_default_team(apps, schema_editor):
    apps.get_model("llmspell_teams", "Team").objects.create(slug="default", name="Team")


class Migration(migrations.Migration):
    dependencies = [("llmspell_teams", "0001_accounts_and_teams")]
    operations = [migrations.RunPython(make_default_team, migrations.RunPython.noop)]
