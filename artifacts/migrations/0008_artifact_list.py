import django.db.models.deletion
from django.db import migrations, models

IS_LISTED = models.Q(listed_in__isnull=False)
LIST = """
    UPDATE llmspell_artifacts_artifact SET listed_in_id = (
        SELECT team_id FROM llmspell_sessions_session AS s WHERE s.id = session_id AND s.deleted_at IS NULL
    )
    WHERE version_count IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ("llmspell_artifacts", "0007_upload_keys"),
        ("llmspell_teams", "0003_private_teams"),
    ]

    operations = [
        migrations.AddField(
            "artifact",
            "listed_in",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="llmspell_teams.team",
            ),
        ),
        migrations.RunSQL(LIST, migrations.RunSQL.noop),
        *(
            migrations.AddIndex("artifact", models.Index(fields=fields, condition=IS_LISTED, name=name))
            for name, fields in {
                "listed_by_creation": ["listed_in", "-created_at", "-id"],
                "listed_by_name": ["listed_in", "name", "id"],
                "listed_by_size": ["listed_in", "-size", "-id"],
                "listed_by_type": ["listed_in", "artifact_type", "-created_at", "-id"],
                "listed_by_creator": ["created_by", "listed_in", "-created_at", "-id"],
            }.items()
        ),
    ]
