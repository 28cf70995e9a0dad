import django.db.models.deletion
import llmspell_web.web.keys
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('llmspell_sessions', '0003_bulk_actions'),
        ('llmspell_teams', '0001_accounts_and_teams'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.UUIDField(default=llmspell_web.web.keys.new_key, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('slug', models.SlugField(db_index=False, max_length=100)),
                ('query', models.TextField(blank=True)),
                ('columns', models.JSONField(default=list)),
                ('density', models.CharField(blank=True, max_length=16)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to='llmspell_teams.team')),
            ],
        ),
        migrations.CreateModel(
            name='ListPreference',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('columns', models.JSONField(default=list)),
                ('density', models.CharField(blank=True, max_length=16)),
                ('default_view', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='llmspell_sessions.savedview')),
            ],
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('team', 'slug'), name='one_view_per_team_slug'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('team', 'name'), name='one_view_per_team_name'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(condition=models.Q(('team', None)), fields=('owner', 'slug'), name='one_view_per_owner_slug'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(condition=models.Q(('team', None)), fields=('owner', 'name'), name='one_view_per_owner_name'),
        ),
    ]
