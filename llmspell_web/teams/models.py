"""Who there is: accounts, teams, who belongs to which, who is invited, and what happened to these."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models, transaction
from django.utils import timezone

from llmspell_web.web.keys import new_key
from llmspell_web.web.problems import NotFound
from llmspell_web.web.request_ids import current_request_id

NO_TEAM = "you belong to no team: make one, or ask an admin of one for an invitation"


class AccountManager(UserManager["User"]):
    """Makes accounts members of the default team, whichever way they are created; a superuser its admin where it has
    none that can log in."""

    # Django's own signature passes the remaining fields through.
    def _create_user(self, username: str, email: str | None, password: str | None, **extra_fields: Any) -> "User":
        with transaction.atomic(using=self._db):
            user: User = super()._create_user(username, email, password, **extra_fields)  # type: ignore[misc]  # not in the stubs
            # Held, as by whoever else changes its members: of two at once, one is the first admin.
            team = Team.objects.select_for_update(no_key=True).get(slug=Team.DEFAULT_SLUG)
            role = Membership.Role.ADMIN if user.is_superuser and not _has_admin(team) else Membership.Role.MEMBER
            Membership.objects.create(team=team, user=user, role=role)
            record_team_event(team, TeamEvent.Kind.JOINED, actor=user, subject=user, role=(None, role))
        return user


def _has_admin(team: "Team") -> bool:
    return Membership.objects.filter(team=team, role=Membership.Role.ADMIN, user__is_active=True).exists()


class User(AbstractUser):
    """An account. Its user name is what events, runs and artifacts show. With `is_superuser` it is one of those who run
    the server: the audit tells them of accounts in none of their teams, too."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)

    # The one chosen in the header; `place_for_new` says when it counts.
    new_session_team = models.ForeignKey("Team", on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[AccountManager] = AccountManager()

    def place_for_new(self, places: "Iterable[Membership]") -> "Membership | None":
        """Of the account's memberships, in the order joined, the one whose team new sessions and runs go to: the team
        chosen while the account may create something there, else the first."""
        known = list(places)
        chosen = (place for place in known if place.team_id == self.new_session_team_id and place.may_create)
        return next(chosen, known[0] if known else None)

    @property
    def default_team(self) -> "Team":
        """The team that new sessions and runs of this account go to. NotFound without any."""
        place = self.place_for_new(self.memberships.select_related("team").order_by("joined_at"))
        if place is None:
            raise NotFound(NO_TEAM)
        return place.team


class Team(models.Model):
    """Who shares sessions with whom. The first migration makes the default team; every account joins it.

    With `private_to` it is what one account keeps to itself, a team of one (`services.private_team`): what is private
    is found, hidden and counted by the rules for teams.
    """

    DEFAULT_SLUG = "default"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    name = models.CharField(max_length=255)
    slug = models.SlugField(unique=True)
    private_to = models.OneToOneField(User, on_delete=models.PROTECT, null=True, related_name="private_team")
    created_at = models.DateTimeField(auto_now_add=True)
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One account's place in one team."""

    class Role(models.TextChoices):
        VIEWER = "viewer", "Viewer"
        MEMBER = "member", "Member"
        ADMIN = "admin", "Admin"

    # Without an index of its own: the constraint's begins with it.
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.MEMBER)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_membership_per_team")]

    def __str__(self) -> str:
        return f"{self.user} in {self.team} ({self.role})"

    @property
    def may_create(self) -> bool:
        return self.role != self.Role.VIEWER

    @property
    def is_admin(self) -> bool:
        return self.role == self.Role.ADMIN


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Those that somebody can join by at this moment."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now(), uses__lt=models.F("uses_max"))


class Invitation(models.Model):
    """A link by which people join a team. Whoever knows its token may: only the token's SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=16, choices=Membership.Role.choices)
    uses_max = models.PositiveIntegerField()
    uses = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(uses__lte=models.F("uses_max")), name="no_more_uses_than_given")
        ]

    def __str__(self) -> str:
        return f"invitation to {self.team} ({self.role})"

    @property
    def uses_left(self) -> int:
        return self.uses_max - self.uses

    @property
    def ending(self) -> str:
        """Why nobody can join by it any more; empty while one can."""
        if self.revoked_at:
            return "revoked"
        if not self.uses_left:
            return "used up"
        return "" if timezone.now() < self.expires_at else "expired"


class TeamEvent(models.Model):
    """One change of a team, its members, its invitations or its saved views. Rows are only ever added.

    `subject` is the account that it happened to, if any. `details` holds what changed,
    `{"role": {"before": "viewer", "after": "member"}}` or likewise `name`, where None means that there was or is none;
    beside it `invitation`, the id of the one that it is about, with `uses_max` and `expires_at` when it is made, and
    `uses_left` when it is revoked. Of a saved view, `saved_view` is the name, `view` the id and `list` the table, and
    `name` and `query` are its own, before and after.
    """

    class Kind(models.TextChoices):
        CREATED = "created", "Team created"
        RENAMED = "renamed", "Team renamed"
        JOINED = "joined", "Joined"
        ROLE_CHANGED = "role_changed", "Role changed"
        LEFT = "left", "Left"
        REMOVED = "removed", "Removed"
        INVITED = "invited", "Invitation made"
        REVOKED = "revoked", "Invitation revoked"
        VIEW_CREATED = "view_created", "Saved view made"
        VIEW_CHANGED = "view_changed", "Saved view changed"
        VIEW_DELETED = "view_deleted", "Saved view deleted"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    # Without an index of its own: the one below begins with it.
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=32, choices=Kind.choices)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    request_id = models.UUIDField(null=True, default=current_request_id)
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["team", "-at", "-id"], name="team_event_by_time"),
            models.Index(fields=["actor", "team", "-at", "-id"], name="team_event_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"


def record_team_event(
    team: Team,
    kind: TeamEvent.Kind,
    *,
    actor: User,
    subject: User | None = None,
    role: tuple[str | None, str | None] | None = None,
    name: tuple[str | None, str | None] | None = None,
    query: tuple[str | None, str | None] | None = None,
    **facts: object,
) -> None:
    """In the transaction of the change that it tells of. `role`, `name` and `query` are as before and after it."""
    changes = {"role": role, "name": name, "query": query}
    details: dict[str, object] = {
        field: dict(zip(("before", "after"), change, strict=True)) for field, change in changes.items() if change
    }
    TeamEvent.objects.create(
        team=team, kind=kind, actor=actor, subject=subject, at=timezone.now(), details=details | facts
    )
