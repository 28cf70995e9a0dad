import django.db.models.deletion
from django.db import migrations, models

IS_NEWEST = models.Q(version_count__isnull=False)
COUNT = """
    UPDATE llmspell_artifacts_artifact SET
        size = (SELECT blob.size FROM llmspell_artifacts_blob blob WHERE blob.digest = blob_id),
        version_count = CASE WHEN deleted_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM llmspell_artifacts_artifact newer
            WHERE newer.session_id = llmspell_artifacts_artifact.session_id
              AND newer.name = llmspell_artifacts_artifact.name
              AND newer.version > llmspell_artifacts_artifact.version AND newer.deleted_at IS NULL
        ) THEN (
            SELECT COUNT(*) FROM llmspell_artifacts_artifact every
            WHERE every.session_id = llmspell_artifacts_artifact.session_id
              AND every.name = llmspell_artifacts_artifact.name AND every.deleted_at IS NULL
        ) END
"""


class Migration(migrations.Migration):

    dependencies = [("llmspell_artifacts", "0001_artifacts")]

    operations = [
        migrations.AddField("artifact", "size", models.PositiveBigIntegerField(default=0), preserve_default=False),
        migrations.AddField("artifact", "version_count", models.PositiveIntegerField(default=1, null=True)),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "artifact",
            models.UniqueConstraint(fields=["session", "name"], condition=IS_NEWEST, name="one_newest_per_name"),
        ),
        migrations.AddIndex(
            "artifact", models.Index(fields=["session", "-id"], condition=IS_NEWEST, name="newest_by_session")
        ),
        migrations.AddIndex(
            "artifact", models.Index(fields=["session", "size", "id"], condition=IS_NEWEST, name="newest_by_size")
        ),
        migrations.AlterField(
            "savedartifact",
            "save_record",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="artifacts",
                to="llmspell_sessions.sessionsave",
            ),
        ),
        migrations.AddIndex("savedartifact", models.Index(fields=["save_record", "id"], name="saved_by_save")),
        migrations.AddIndex(
            "savedartifact", models.Index(fields=["save_record", "name", "version"], name="saved_by_name")
        ),
    ]
