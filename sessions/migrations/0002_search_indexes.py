"""Tables for text and metadata search, filled from what is there; lists by team, without the trash."""

from sqlite3 import complete_statement

import django.db.models.deletion
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError, migrations, models, transaction

from sessions.search_text import digests, document_text

BATCH = 2000
DOCUMENTS = "llmspell_sessions_sessiondocument"
SQLITE_INDEX = f"""
CREATE VIRTUAL TABLE llmspell_sessions_textindex USING fts5(
    text, content='{DOCUMENTS}', content_rowid='id', tokenize='trigram case_sensitive 1', detail='none', columnsize=0
);
INSERT INTO llmspell_sessions_textindex(llmspell_sessions_textindex) VALUES ('rebuild');
CREATE VIRTUAL TABLE llmspell_sessions_textterms USING fts5vocab('llmspell_sessions_textindex', 'row');
CREATE TRIGGER document_made AFTER INSERT ON {DOCUMENTS} BEGIN
    INSERT INTO llmspell_sessions_textindex(rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER document_gone AFTER DELETE ON {DOCUMENTS} BEGIN
    INSERT INTO llmspell_sessions_textindex(llmspell_sessions_textindex, rowid, text)
    VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER document_changed AFTER UPDATE ON {DOCUMENTS} BEGIN
    INSERT INTO llmspell_sessions_textindex(llmspell_sessions_textindex, rowid, text)
    VALUES ('delete', old.id, old.text);
    INSERT INTO llmspell_sessions_textindex(rowid, text) VALUES (new.id, new.text);
END;
"""
SQLITE_DROP = """
DROP TRIGGER document_made;
DROP TRIGGER document_gone;
DROP TRIGGER document_changed;
DROP TABLE llmspell_sessions_textterms;
DROP TABLE llmspell_sessions_textindex;
"""
NO_EXTENSION = """
Text search needs PostgreSQL's extension pg_trgm, and this database does not let {user} add it: {reason}
An administrator of the database server installs its contrib package, where it is missing, and runs
"CREATE EXTENSION pg_trgm" in the database {name}. Then start again: no session has been touched.
"""


def add_extension(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        place = connection.settings_dict
        words = NO_EXTENSION.format(user=place["USER"], name=place["NAME"], reason=str(error).splitlines()[0])
        raise CommandError(words.strip()) from error


def fill_tables(apps, schema_editor):
    """Batch by batch in the order of the keys."""
    models = {name: apps.get_model("llmspell_sessions", name) for name in ("Session", "SessionDocument", "SessionValue")}
    rows = models["Session"].objects.only("name", "description", "metadata").prefetch_related("tags").order_by("pk")
    after = None
    while batch := list((rows if after is None else rows.filter(pk__gt=after))[:BATCH]):
        after = batch[-1].pk
        models["SessionDocument"].objects.bulk_create(
            models["SessionDocument"](session=session, text=document_text(session.name, session.description, _tags(session)))
            for session in batch
        )
        documents = models["SessionDocument"].objects.filter(session__in=batch).values_list("session", "pk")
        keys = dict(documents)
        models["SessionValue"].objects.bulk_create(
            models["SessionValue"](document_id=keys[session.pk], digest=digest)
            for session in batch
            for digest in digests(session.metadata)
        )


def _tags(session):
    return [tag.name for tag in sorted(session.tags.all(), key=lambda tag: tag.position)]


def add_text_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX session_by_text ON {DOCUMENTS} USING gin (text gin_trgm_ops)")
    else:
        for statement in _statements(SQLITE_INDEX):
            schema_editor.execute(statement)


def drop_text_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX session_by_text")
    else:
        for statement in _statements(SQLITE_DROP):
            schema_editor.execute(statement)


def _statements(script):
    """Not `executescript`, which would commit the migration half-way."""
    found = ""
    for line in script.strip().splitlines(keepends=True):
        found += line
        if complete_statement(found):
            yield found
            found = ""


class Migration(migrations.Migration):

    dependencies = [
        ('llmspell_sessions', '0001_sessions'),
        ('llmspell_teams', '0002_default_team'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(add_extension, migrations.RunPython.noop),
        migrations.CreateModel(
            name='SessionDocument',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='document', to='llmspell_sessions.session')),
                ('text', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='SessionValue',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('document', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='values', to='llmspell_sessions.sessiondocument')),
                ('digest', models.BigIntegerField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name='session',
            name='session_by_creation',
        ),
        migrations.RemoveIndex(
            model_name='session',
            name='session_by_update',
        ),
        migrations.RemoveIndex(
            model_name='session',
            name='session_by_name',
        ),
        migrations.RemoveIndex(
            model_name='session',
            name='session_by_status',
        ),
        migrations.RemoveIndex(
            model_name='session',
            name='session_by_artifacts',
        ),
        migrations.RemoveIndex(
            model_name='session',
            name='session_by_size',
        ),
        migrations.AlterField(
            model_name='session',
            name='created_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='session',
            name='team',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='llmspell_teams.team'),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['team', '-created_at', '-id', 'updated_at', 'deleted_at'], name='session_by_creation'),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['team', '-updated_at', '-id', 'created_at', 'deleted_at'], name='session_by_update'),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['team', 'name', 'id', 'deleted_at'], name='session_by_name'),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['team', 'status', 'id', 'deleted_at'], name='session_by_status'),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['team', '-artifact_count', '-id', 'deleted_at'], name='session_by_artifacts'),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['team', '-total_artifact_size', '-id', 'deleted_at'], name='session_by_size'),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['team', 'status', '-updated_at', '-id', 'deleted_at'], name='session_by_status_update'),
        ),
        migrations.AddIndex(
            model_name='session',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['created_by', 'team', '-updated_at', '-id', 'deleted_at'], name='session_by_owner'),
        ),
        migrations.CreateModel(
            name='TextIndex',
            fields=[
                ('document', models.OneToOneField(db_column='rowid', on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='+', serialize=False, to='llmspell_sessions.sessiondocument')),
                ('match', models.TextField(db_column='llmspell_sessions_textindex')),
            ],
            options={
                'managed': False,
            },
        ),
        migrations.AddIndex(
            model_name='sessionvalue',
            index=models.Index(fields=['digest', 'document'], name='session_by_value'),
        ),
        migrations.AddConstraint(
            model_name='sessionvalue',
            constraint=models.UniqueConstraint(fields=('document', 'digest'), name='one_digest_per_document'),
        ),
        migrations.RunPython(fill_tables, migrations.RunPython.noop),
        migrations.RunPython(add_text_index, drop_text_index),
    ]
