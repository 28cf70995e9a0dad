from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("llmspell_artifacts", "0006_blob_checks")]

    operations = [
        migrations.AddField("artifact", "upload_key", models.UUIDField(null=True)),
        migrations.AddConstraint(
            "artifact",
            models.UniqueConstraint(
                fields=["session", "created_by", "upload_key"],
                condition=models.Q(upload_key__isnull=False),
                name="one_artifact_per_upload",
            ),
        ),
    ]
