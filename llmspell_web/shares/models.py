"""Links by which people without an account look at one session, artifact or run, and what happened to these links.

A key with `db_index=False` is where another index of its table begins.
"""

from collections.abc import Mapping
from types import MappingProxyType

from django.conf import settings
from django.db import models
from django.utils import timezone

from artifacts.models import Artifact, ArtifactRecord
from llmspell_web.shares.querysets import ShareQuerySet
from llmspell_web.teams.models import Team, User
from llmspell_web.web.keys import new_key
from llmspell_web.web.request_ids import current_request_id
from llmspell_web.web.times import rfc3339
from llmspell_web.workspace.models import Run
from sessions.models import Session


class Share(models.Model):
    """One link. Whoever knows its token may look: only the token's SHA-256 is kept.

    Of a session there is `session`; of an artifact that, and `artifact_name`; of a run `run`. A live one shows what is
    there when somebody looks, of an artifact the newest version of its name. A frozen one of a session has its `fields`
    then (`services.SHOWN_FIELDS`), and as `artifacts` the newest version of each name then; of an artifact it has that
    one version. A frozen run has ended, and does not change. `title` is the name when it was made, for the lists of
    its team. `password` is a hash, empty without; `uses_max` None: any number. Neither counts for who has opened it.
    The team has no constraint: checked at the commit, it would lock the team behind the session.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    digest = models.CharField(max_length=64, unique=True)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, related_name="+")
    artifact_name = models.CharField(max_length=255, blank=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, null=True, related_name="+")
    title = models.CharField(max_length=255)
    is_live = models.BooleanField()
    fields = models.JSONField(null=True)
    password = models.CharField(max_length=128, blank=True)
    uses_max = models.PositiveIntegerField(null=True)
    uses = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ShareQuerySet.as_manager()

    # What `with_standing` adds.
    maker_stands: bool
    is_there: bool

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(uses_max=None) | models.Q(uses__lte=models.F("uses_max")),
                name="share_no_more_uses_than_given",
            )
        ]
        indexes = [models.Index(fields=["team", "-id"], name="share_by_team")]

    def __str__(self) -> str:
        return f"link to the {self.kind} {self.title}"

    @property
    def kind(self) -> str:
        if self.run_id:
            return "run"
        return "artifact" if self.artifact_name else "session"

    @property
    def is_used_up(self) -> bool:
        return self.uses_max is not None and self.uses >= self.uses_max

    @property
    def has_ended(self) -> bool:
        """For good, and for everybody."""
        return self.revoked_at is not None or self.expires_at <= timezone.now()


class SharedArtifact(ArtifactRecord):
    """An artifact of a frozen share, as it was said to be then. Its content is the artifact's, which never changes, and
    goes with it when it is deleted for good."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="artifacts", db_index=False)
    artifact = models.ForeignKey(Artifact, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "artifact"], name="one_line_per_artifact")]


class ShareEvent(models.Model):
    """Something that happened to a link. Rows are only ever added, and point at nothing that goes with the object.

    `actor` is None for visitors, of whom there is the `address` alone. `object_id` is the key of the session or run
    that is shared, for an artifact that of its session. `details` holds `kind` and `title` of what is shared; where the
    link is made, also `live`, `password` (whether there is one), `uses_max` and `expires_at`; where it is opened, the
    number of this use as `use`.
    """

    class Kind(models.TextChoices):
        MADE = "share_made", "Link made"
        OPENED = "share_opened", "Link opened"
        REFUSED = "share_refused", "Wrong password for a link"
        REVOKED = "share_revoked", "Link revoked"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    kind = models.CharField(max_length=32, choices=Kind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    share_id = models.UUIDField()
    object_id = models.UUIDField()
    at = models.DateTimeField()
    request_id = models.UUIDField(null=True, default=current_request_id)
    address = models.CharField(max_length=45, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["team", "-at", "-id"], name="share_event_by_time"),
            models.Index(fields=["actor", "team", "-at", "-id"], name="share_event_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"


def record_share_event(
    share: Share,
    kind: ShareEvent.Kind,
    *,
    actor: User | None = None,
    address: str = "",
    facts: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """In the transaction of what it tells of."""
    object_id = share.run_id or share.session_id
    assert object_id is not None
    ShareEvent.objects.create(
        team_id=share.team_id,
        kind=kind,
        actor=actor,
        share_id=share.pk,
        object_id=object_id,
        at=timezone.now(),
        address=address,
        details={"kind": share.kind, "title": share.title, **facts},
    )


def made_facts(share: Share) -> dict[str, object]:
    return {
        "live": share.is_live,
        "password": bool(share.password),
        "uses_max": share.uses_max,
        "expires_at": rfc3339(share.expires_at),
    }
