"""Who there is: accounts, teams, and who belongs to which."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models, transaction

from llmspell_web.web.keys import new_key
from llmspell_web.web.problems import NotFound

NO_TEAM = "you belong to no team yet: ask an administrator to add you"


class AccountManager(UserManager["User"]):
    """Makes accounts members of the default team, whichever way they are created."""

    # Django's own signature passes the remaining fields through.
    def _create_user(self, username: str, email: str | None, password: str | None, **extra_fields: Any) -> "User":
        with transaction.atomic(using=self._db):
            user: User = super()._create_user(username, email, password, **extra_fields)  # type: ignore[misc]  # not in the stubs
            Membership.objects.create(team=Team.objects.get(slug=Team.DEFAULT_SLUG), user=user)
        return user


class User(AbstractUser):
    """An account. Its user name is what events, runs and artifacts show."""

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)

    objects: ClassVar[AccountManager] = AccountManager()

    @property
    def default_team(self) -> "Team":
        """The team that new sessions and runs of this account go to: the first it joined. NotFound without any."""
        team = self.teams.order_by("memberships__joined_at").first()
        if team is None:
            raise NotFound(NO_TEAM)
        return team


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
