import django.db.models.deletion
from django.db import migrations, models

IN_TRASH = models.Q(deleted_at__isnull=False, purged_at=None)
STANDS_IN_TRASH = models.Q(trashed_in__isnull=False)
FILL = """
    UPDATE llmspell_artifacts_artifact SET trashed_in_id = (
        SELECT team_id FROM llmspell_sessions_session AS s WHERE s.id = session_id AND s.deleted_at IS NULL
    )
    WHERE deleted_at IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ("llmspell_artifacts", "0008_artifact_list"),
        ("llmspell_sessions", "0010_trash"),
    ]

    operations = [
        migrations.AddField("artifact", "purged_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "artifact",
            "trashed_in",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="llmspell_teams.team",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            "artifact", models.Index(fields=["session"], condition=IN_TRASH, name="trashed_by_session")
        ),
        migrations.AddIndex(
            "artifact",
            models.Index(fields=["trashed_in", "-deleted_at", "-id"], condition=STANDS_IN_TRASH, name="trashed_by_time"),
        ),
        migrations.AddIndex(
            "artifact",
            models.Index(fields=["deleted_at", "id"], condition=STANDS_IN_TRASH, name="trashed_by_age"),
        ),
    ]
