"""What nobody else keeps: what accounts did outside of teams, and the history of what was deleted for good.

No row has a constraint to an account or a team, and each says the names of that time: whatever goes, they stay.
"""

from typing import Any

from django.conf import settings
from django.db import models

from llmspell_web.teams.models import Team
from llmspell_web.web.keys import new_key
from llmspell_web.web.request_ids import current_request_id

NAME_MAX_CHARACTERS = 150


def _account() -> "models.ForeignKey[Any, Any]":  # Any: as the stubs have it
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )


class AuditRecord(models.Model):
    """One thing that an account did, or that somebody tried as it. The database refuses to change rows, but for the
    count of failed log-ins (`0001_audit.py` has the triggers: a migration that copies the table makes them again).

    `name` is that of the account, or what was given for one: then `account` is None where there is none of that name.
    Failed log-ins of one minute with the same name and address are one row, with how many there were in `count`; the
    others have no `minute` (`recording.py`). `details` are as those of a `SessionEvent`.
    """

    class Kind(models.TextChoices):
        LOGGED_IN = "logged_in", "Logged in"
        LOGGED_OUT = "logged_out", "Logged out"
        LOGIN_FAILED = "login_failed", "Log-in failed"
        PASSWORD_CHANGED = "password_changed", "Password changed"
        EMAIL_CHANGED = "email_changed", "E-mail address changed"
        FACTOR_ADDED = "second_factor_added", "Second factor added"
        FACTOR_REMOVED = "second_factor_removed", "Second factor removed"
        SIGN_ON_ADDED = "sign_on_added", "Single sign-on connected"
        SIGN_ON_REMOVED = "sign_on_removed", "Single sign-on disconnected"
        EXPORTED = "exported", "Data exported"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=32, choices=Kind.choices)
    account = _account()
    name = models.CharField(max_length=NAME_MAX_CHARACTERS, blank=True)
    address = models.CharField(max_length=45, blank=True)
    request_id = models.UUIDField(null=True, default=current_request_id)
    count = models.PositiveIntegerField(default=1)
    minute = models.DateTimeField(null=True)
    details = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["minute", "name", "address"],
                condition=models.Q(minute__isnull=False),
                name="failed_logins_of_one_minute",
            )
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_by_time"),
            models.Index(fields=["account", "-at", "-id"], name="audit_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class KeptEvent(models.Model):
    """An event of a session that was deleted for good, as it was: `source` and `key` say what it went by, the others
    what a `SessionEvent` says. It comes in the transaction that takes the event away (`archive.py`), once."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    source = models.CharField(max_length=16)
    key = models.CharField(max_length=36)
    team = models.ForeignKey(Team, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    session_id = models.UUIDField(db_index=True)
    session_name = models.CharField(max_length=255)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    actor = _account()
    actor_name = models.CharField(max_length=NAME_MAX_CHARACTERS)
    run_id = models.UUIDField(null=True)
    request_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    details = models.JSONField(default=dict)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="one_kept_event_per_event")]
        indexes = [
            models.Index(fields=["team", "-at", "-id"], name="kept_by_time"),
            models.Index(fields=["actor", "team", "-at", "-id"], name="kept_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.session_name}"
