
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('llmspell_sessions', '0005_event_numbers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='sessionevent',
            name='kind',
            field=models.CharField(choices=[('created', 'Created'), ('updated', 'Edited'), ('suspended', 'Suspended'), ('resumed', 'Resumed'), ('completed', 'Completed'), ('failed', 'Failed'), ('loaded', 'Brought back to active'), ('saved', 'Saved'), ('copied', 'Save opened as a new session'), ('deleted', 'Moved to trash'), ('restored', 'Taken out of the trash'), ('artifact_stored', 'Artifact stored'), ('artifact_deleted', 'Artifact deleted')], max_length=32),
        ),
    ]
