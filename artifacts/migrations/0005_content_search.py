"""Words of contents. The rows are made in the background: contents that are there wait as new ones do."""

import django.db.models.deletion
from django.db import migrations, models

WORDS = "llmspell_artifacts_contentwords"
INDEX = "llmspell_artifacts_contentindex"
# Words are put in and looked up as they are: every character beyond ASCII belongs to one.
SQLITE_INDEX = [
    f"""CREATE VIRTUAL TABLE {INDEX} USING fts5(
        words, content='{WORDS}', content_rowid='id', tokenize='ascii', detail='none', columnsize=0
    )""",
    f"""CREATE TRIGGER words_made AFTER INSERT ON {WORDS} BEGIN
        INSERT INTO {INDEX}(rowid, words) VALUES (new.id, new.words);
    END""",
    f"""CREATE TRIGGER words_gone AFTER DELETE ON {WORDS} BEGIN
        INSERT INTO {INDEX}({INDEX}, rowid, words) VALUES ('delete', old.id, old.words);
    END""",
]
SQLITE_DROP = ["DROP TRIGGER words_made", "DROP TRIGGER words_gone", f"DROP TABLE {INDEX}"]
POSTGRESQL_INDEX = [
    f"CREATE INDEX content_by_word ON {WORDS} USING gin (array_to_tsvector(string_to_array(words, ' ')))",
]
POSTGRESQL_DROP = ["DROP INDEX content_by_word"]


def add_index(apps, schema_editor):
    for statement in POSTGRESQL_INDEX if schema_editor.connection.vendor == "postgresql" else SQLITE_INDEX:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    for statement in POSTGRESQL_DROP if schema_editor.connection.vendor == "postgresql" else SQLITE_DROP:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("llmspell_artifacts", "0004_renditions")]

    operations = [
        migrations.AddField("blob", "indexed_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "blob",
            models.Index(fields=["digest"], condition=models.Q(indexed_at=None), name="blob_by_waiting"),
        ),
        migrations.CreateModel(
            name="ContentWords",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "blob",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="llmspell_artifacts.blob",
                    ),
                ),
                ("part", models.PositiveIntegerField()),
                ("words", models.TextField()),
            ],
        ),
        migrations.AddConstraint(
            "contentwords", models.UniqueConstraint(fields=["blob", "part"], name="one_row_per_part")
        ),
        migrations.RunPython(add_index, drop_index),
    ]
