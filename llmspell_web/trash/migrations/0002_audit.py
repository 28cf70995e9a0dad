from django.db import migrations, models

import llmspell_web.web.request_ids


class Migration(migrations.Migration):

    dependencies = [("llmspell_trash", "0001_purge_records")]

    operations = [
        # The default is for new rows alone.
        migrations.SeparateDatabaseAndState(
            [migrations.AddField("purgerecord", "request_id", models.UUIDField(null=True))],
            [
                migrations.AddField(
                    "purgerecord",
                    "request_id",
                    models.UUIDField(default=llmspell_web.web.request_ids.current_request_id, null=True),
                )
            ],
        ),
        migrations.AddIndex("purgerecord", models.Index(fields=["team", "-at", "-id"], name="purge_by_time")),
        migrations.AddIndex("purgerecord", models.Index(fields=["actor", "team", "-at", "-id"], name="purge_by_actor")),
    ]
