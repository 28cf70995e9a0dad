from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("llmspell_artifacts", "0002_newest_versions")]

    operations = [
        migrations.AddField("artifact", "run_uses", models.PositiveIntegerField(null=True)),
        migrations.AddField(
            "artifact", "run_chunk", models.CharField(blank=True, default="", max_length=64), preserve_default=False
        ),
        migrations.AddField("artifact", "run_line", models.PositiveIntegerField(null=True)),
        migrations.AlterField("artifact", "run_id", models.UUIDField(null=True)),
        migrations.AddIndex("artifact", models.Index(fields=["run_id", "id"], name="artifact_by_run")),
    ]
