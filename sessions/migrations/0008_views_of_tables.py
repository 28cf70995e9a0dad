from django.conf import settings
from django.db import migrations, models

COPY = """
    INSERT INTO llmspell_sessions_listchoice (user_id, "table", columns, density, default_view_id)
    SELECT user_id, 'sessions', columns, density, default_view_id FROM llmspell_sessions_listpreference
"""
VIEW_CONSTRAINTS = [
    models.UniqueConstraint(fields=["team", "table", "slug"], name="one_view_per_team_slug"),
    models.UniqueConstraint(fields=["team", "table", "name"], name="one_view_per_team_name"),
    models.UniqueConstraint(
        fields=["owner", "table", "slug"], condition=models.Q(team=None), name="one_view_per_owner_slug"
    ),
    models.UniqueConstraint(
        fields=["owner", "table", "name"], condition=models.Q(team=None), name="one_view_per_owner_name"
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ("llmspell_sessions", "0007_bulk_of_artifacts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(migrations.RemoveConstraint("savedview", constraint.name) for constraint in VIEW_CONSTRAINTS),
        migrations.AddField("savedview", "table", models.CharField(default="sessions", max_length=16)),
        *(migrations.AddConstraint("savedview", constraint) for constraint in VIEW_CONSTRAINTS),
        migrations.CreateModel(
            name="ListChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=16)),
                ("columns", models.JSONField(default=list)),
                ("density", models.CharField(blank=True, max_length=16)),
                (
                    "default_view",
                    models.ForeignKey(
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to="llmspell_sessions.savedview",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=models.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.DeleteModel("ListPreference"),
        migrations.RenameModel("ListChoice", "ListPreference"),
        migrations.AddConstraint(
            "listpreference", models.UniqueConstraint(fields=["user", "table"], name="one_preference_per_list")
        ),
    ]
