import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import llmspell_web.web.keys
import llmspell_web.web.request_ids

# Rows stay as they were written. Only how often a log-in failed within a minute is counted up.
CHANGED = " OR ".join(
    f"NEW.{column} IS DISTINCT FROM OLD.{column}"
    for column in ("id", "at", "kind", "account_id", "name", "address", "request_id", "minute", "details")
)
REFUSED = "audit records are never changed"
SQLITE = [
    f"""
    CREATE TRIGGER audit_record_stays BEFORE UPDATE ON llmspell_audit_auditrecord
    WHEN OLD.minute IS NULL OR NEW.count <= OLD.count OR {CHANGED.replace("IS DISTINCT FROM", "IS NOT")}
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END
    """,
    f"""
    CREATE TRIGGER kept_event_stays BEFORE UPDATE ON llmspell_audit_keptevent
    BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END
    """,
]
POSTGRESQL = [
    f"""
    CREATE FUNCTION llmspell_audit_refuse() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    f"""
    CREATE TRIGGER audit_record_stays BEFORE UPDATE ON llmspell_audit_auditrecord FOR EACH ROW
    WHEN (OLD.minute IS NULL OR NEW.count <= OLD.count OR {CHANGED.replace(".details", ".details::text")})
    EXECUTE FUNCTION llmspell_audit_refuse()
    """,
    """
    CREATE TRIGGER kept_event_stays BEFORE UPDATE ON llmspell_audit_keptevent FOR EACH ROW
    EXECUTE FUNCTION llmspell_audit_refuse()
    """,
]


def add_triggers(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def drop_function(apps, schema_editor):
    """The triggers go with their tables."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION llmspell_audit_refuse CASCADE")


def account():
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


def key():
    return models.UUIDField(default=llmspell_web.web.keys.new_key, editable=False, primary_key=True, serialize=False)


KINDS = {
    "logged_in": "Logged in",
    "logged_out": "Logged out",
    "login_failed": "Log-in failed",
    "password_changed": "Password changed",
    "email_changed": "E-mail address changed",
    "second_factor_added": "Second factor added",
    "second_factor_removed": "Second factor removed",
    "sign_on_added": "Single sign-on connected",
    "sign_on_removed": "Single sign-on disconnected",
    "exported": "Data exported",
}


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("llmspell_teams", "0004_members_and_invitations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            "AuditRecord",
            [
                ("id", key()),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(choices=list(KINDS.items()), max_length=32)),
                ("account", account()),
                ("name", models.CharField(blank=True, max_length=150)),
                ("address", models.CharField(blank=True, max_length=45)),
                (
                    "request_id",
                    models.UUIDField(default=llmspell_web.web.request_ids.current_request_id, null=True),
                ),
                ("count", models.PositiveIntegerField(default=1)),
                ("minute", models.DateTimeField(null=True)),
                ("details", models.JSONField(default=dict)),
            ],
            {
                "constraints": [
                    models.UniqueConstraint(
                        fields=["minute", "name", "address"],
                        condition=models.Q(minute__isnull=False),
                        name="failed_logins_of_one_minute",
                    )
                ],
                "indexes": [
                    models.Index(fields=["-at", "-id"], name="audit_by_time"),
                    models.Index(fields=["account", "-at", "-id"], name="audit_by_account"),
                ],
            },
        ),
        migrations.CreateModel(
            "KeptEvent",
            [
                ("id", key()),
                ("source", models.CharField(max_length=16)),
                ("key", models.CharField(max_length=36)),
                (
                    "team",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="llmspell_teams.team",
                    ),
                ),
                ("session_id", models.UUIDField(db_index=True)),
                ("session_name", models.CharField(max_length=255)),
                ("number", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=32)),
                ("actor", account()),
                ("actor_name", models.CharField(max_length=150)),
                ("run_id", models.UUIDField(null=True)),
                ("request_id", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                ("details", models.JSONField(default=dict)),
                ("kept_at", models.DateTimeField()),
            ],
            {
                "constraints": [models.UniqueConstraint(fields=["source", "key"], name="one_kept_event_per_event")],
                "indexes": [
                    models.Index(fields=["team", "-at", "-id"], name="kept_by_time"),
                    models.Index(fields=["actor", "team", "-at", "-id"], name="kept_by_actor"),
                ],
            },
        ),
        migrations.RunPython(add_triggers, drop_function, elidable=False),
    ]
