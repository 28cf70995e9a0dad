import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Both databases know UPDATE … FROM.
TEAMS = """
    UPDATE llmspell_sessions_sessionevent SET team_id = session.team_id
    FROM llmspell_sessions_session AS session
    WHERE session.id = llmspell_sessions_sessionevent.session_id
"""


def team(**options):
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="llmspell_teams.team",
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("llmspell_sessions", "0008_views_of_tables"),
        ("llmspell_teams", "0003_private_teams"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("sessionevent", "team", team(null=True)),
        migrations.RunSQL(TEAMS, migrations.RunSQL.noop),
        migrations.AlterField("sessionevent", "team", team()),
        # The index by actor begins with what this one held.
        migrations.AlterField(
            "sessionevent",
            "actor",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex("sessionevent", models.Index(fields=["team", "-at", "-id"], name="event_by_time")),
        migrations.AddIndex(
            "sessionevent", models.Index(fields=["actor", "team", "-at", "-id"], name="event_by_actor")
        ),
    ]
