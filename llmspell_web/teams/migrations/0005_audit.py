from django.db import migrations, models

import llmspell_web.web.request_ids

KINDS = {
    "created": "Team created",
    "renamed": "Team renamed",
    "joined": "Joined",
    "role_changed": "Role changed",
    "left": "Left",
    "removed": "Removed",
    "invited": "Invitation made",
    "revoked": "Invitation revoked",
    "view_created": "Saved view made",
    "view_changed": "Saved view changed",
    "view_deleted": "Saved view deleted",
}


class Migration(migrations.Migration):

    dependencies = [("llmspell_teams", "0004_members_and_invitations")]

    operations = [
        migrations.AlterField("teamevent", "kind", models.CharField(choices=list(KINDS.items()), max_length=32)),
        # The default is for new rows alone.
        migrations.SeparateDatabaseAndState(
            [migrations.AddField("teamevent", "request_id", models.UUIDField(null=True))],
            [
                migrations.AddField(
                    "teamevent",
                    "request_id",
                    models.UUIDField(default=llmspell_web.web.request_ids.current_request_id, null=True),
                )
            ],
        ),
        migrations.RemoveIndex("teamevent", "team_events_in_order"),
        migrations.AddIndex("teamevent", models.Index(fields=["team", "-at", "-id"], name="team_event_by_time")),
        migrations.AddIndex(
            "teamevent", models.Index(fields=["actor", "team", "-at", "-id"], name="team_event_by_actor")
        ),
    ]
