import django.db.models.deletion
from django.db import migrations, models

ACTS = [("read", "Read"), ("wrote", "Wrote"), ("more", "And more")]


class Migration(migrations.Migration):

    dependencies = [("llmspell_workspace", "0001_workspace")]

    operations = [
        migrations.CreateModel(
            name="RunUse",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                ("act", models.CharField(choices=ACTS, max_length=8)),
                ("artifact_id", models.UUIDField(null=True)),
                ("path", models.CharField(blank=True, max_length=1024)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("chunk", models.CharField(blank=True, max_length=64)),
                ("line", models.PositiveIntegerField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="llmspell_workspace.run",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("artifact_id__isnull", False)),
                        fields=["artifact_id", "-run"],
                        name="use_by_artifact",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("run", "position"), name="one_use_per_position")],
            },
        ),
    ]
