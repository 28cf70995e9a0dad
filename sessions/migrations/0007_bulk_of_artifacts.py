from django.db import migrations, models

EVENT_KINDS = [
    ("created", "Created"),
    ("updated", "Edited"),
    ("suspended", "Suspended"),
    ("resumed", "Resumed"),
    ("completed", "Completed"),
    ("failed", "Failed"),
    ("loaded", "Brought back to active"),
    ("saved", "Saved"),
    ("copied", "Save opened as a new session"),
    ("deleted", "Moved to trash"),
    ("restored", "Taken out of the trash"),
    ("artifact_stored", "Artifact stored"),
    ("artifact_deleted", "Artifact deleted"),
    ("artifact_restored", "Artifact taken out of the trash"),
    ("artifact_updated", "Artifact edited"),
]
BULK_KINDS = [
    ("suspend", "Suspend"),
    ("resume", "Resume"),
    ("complete", "Complete"),
    ("fail", "Mark as failed"),
    ("add_tag", "Add a tag"),
    ("remove_tag", "Remove a tag"),
    ("delete", "Move to trash"),
    ("trash_artifacts", "Move artifacts to trash"),
    ("tag_artifacts", "Add a tag to artifacts"),
    ("untag_artifacts", "Remove a tag from artifacts"),
    ("retag_artifacts", "Rename a tag of artifacts"),
]


class Migration(migrations.Migration):

    dependencies = [("llmspell_sessions", "0006_copied_event")]

    operations = [
        migrations.AlterField("sessionevent", "kind", models.CharField(choices=EVENT_KINDS, max_length=32)),
        migrations.AlterField("bulkaction", "kind", models.CharField(choices=BULK_KINDS, max_length=16)),
        migrations.RenameField("bulkresult", "session_id", "target_id"),
    ]
