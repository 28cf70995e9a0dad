from django.db import migrations, models

IN_TRASH = models.Q(deleted_at__isnull=False, purged_at=None)


class Migration(migrations.Migration):

    dependencies = [("llmspell_sessions", "0009_event_teams")]

    operations = [
        migrations.AddField("session", "purged_at", models.DateTimeField(null=True)),
        *(
            migrations.AddIndex("session", models.Index(fields=fields, condition=IN_TRASH, name=name))
            for name, fields in {
                "session_by_trash": ["team", "-deleted_at", "-id"],
                "session_by_trash_age": ["deleted_at", "id"],
            }.items()
        ),
    ]
