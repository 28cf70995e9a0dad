import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("llmspell_artifacts", "0005_content_search")]

    operations = [
        migrations.AddField("blob", "stored_digest", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("blob", "claimed_at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.CreateModel(
            name="DamagedBlob",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("what", models.CharField(max_length=255)),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="BlobCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("after", models.CharField(max_length=64)),
                ("checked", models.PositiveBigIntegerField()),
                ("damaged", models.PositiveBigIntegerField()),
            ],
        ),
    ]
