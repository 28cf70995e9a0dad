import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("llmspell_workspace", "0002_lineage"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex("run", models.Index(fields=["team", "-created_at", "-id"], name="run_by_start")),
        migrations.AddIndex(
            "run",
            models.Index(
                condition=models.Q(("ended_at__isnull", False)), fields=["team", "-ended_at", "-id"], name="run_by_end"
            ),
        ),
        migrations.CreateModel(
            name="FeedMark",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("read", models.JSONField(default=list)),
            ],
        ),
    ]
