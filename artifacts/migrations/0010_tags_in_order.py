from django.db import migrations, models

# Both databases know UPDATE … FROM.
TIMES = """
    UPDATE llmspell_artifacts_artifacttag SET created_at = artifact.created_at
    FROM llmspell_artifacts_artifact AS artifact
    WHERE artifact.id = llmspell_artifacts_artifacttag.artifact_id
"""


class Migration(migrations.Migration):
    dependencies = [("llmspell_artifacts", "0009_trash")]

    operations = [
        migrations.RemoveIndex("artifacttag", "artifact_by_tag"),
        migrations.AddField("artifacttag", "created_at", models.DateTimeField(null=True)),
        migrations.RunSQL(TIMES, migrations.RunSQL.noop),
        migrations.AlterField("artifacttag", "created_at", models.DateTimeField()),
        migrations.AddIndex(
            "artifacttag", models.Index(fields=["name", "-created_at", "-artifact"], name="artifact_by_tag")
        ),
        migrations.AddIndex(
            "artifact",
            models.Index(
                fields=["session", "listed_in", "-created_at", "-id"],
                condition=models.Q(listed_in__isnull=False),
                name="listed_by_session",
            ),
        ),
    ]
