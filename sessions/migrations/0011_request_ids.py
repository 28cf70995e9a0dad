from django.db import migrations, models

import llmspell_web.web.request_ids


class Migration(migrations.Migration):

    dependencies = [("llmspell_sessions", "0010_trash")]

    operations = [
        # The default is for new rows. With it here, SQLite would copy the table to give it to the old ones.
        migrations.SeparateDatabaseAndState(
            [migrations.AddField("sessionevent", "request_id", models.UUIDField(null=True))],
            [
                migrations.AddField(
                    "sessionevent",
                    "request_id",
                    models.UUIDField(default=llmspell_web.web.request_ids.current_request_id, null=True),
                )
            ],
        ),
    ]
