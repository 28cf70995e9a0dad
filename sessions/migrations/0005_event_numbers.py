from django.db import migrations, models

# Both databases know UPDATE … FROM and window functions; a million rows take seconds.
NUMBER_EVENTS = """
    UPDATE llmspell_sessions_sessionevent SET number = counted.number
    FROM (
        SELECT id, ROW_NUMBER() OVER (PARTITION BY session_id ORDER BY id) AS number
        FROM llmspell_sessions_sessionevent
    ) AS counted
    WHERE counted.id = llmspell_sessions_sessionevent.id
"""
COUNT_EVENTS = """
    UPDATE llmspell_sessions_session SET event_count = counted.events
    FROM (SELECT session_id, COUNT(*) AS events FROM llmspell_sessions_sessionevent GROUP BY session_id) AS counted
    WHERE counted.session_id = llmspell_sessions_session.id
"""


class Migration(migrations.Migration):
    dependencies = [("llmspell_sessions", "0004_saved_views")]

    operations = [
        migrations.AddField("session", "event_count", models.PositiveIntegerField(default=0)),
        migrations.AddField(
            "sessionevent", "number", models.PositiveIntegerField(default=0), preserve_default=False
        ),
        migrations.RunSQL(NUMBER_EVENTS, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT_EVENTS, migrations.RunSQL.noop),
        migrations.RemoveIndex("sessionevent", "event_by_session"),
        migrations.AddConstraint(
            "sessionevent", models.UniqueConstraint(fields=["session", "number"], name="one_event_per_number")
        ),
    ]
