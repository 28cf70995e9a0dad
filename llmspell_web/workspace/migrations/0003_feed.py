import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("llmspell_workspace", "0002_lineage"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(
            migrations.AddIndex("run", models.Index(fields=[*whose, column, "-id"], condition=condition, name=name))
            for name, whose, column, condition in (
                ("run_by_start", ["team"], "-created_at", None),
                ("run_by_end", ["team"], "-ended_at", models.Q(("ended_at__isnull", False))),
                ("run_by_user_start", ["user", "team"], "-created_at", None),
                ("run_by_user_end", ["user", "team"], "-ended_at", models.Q(("ended_at__isnull", False))),
            )
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
