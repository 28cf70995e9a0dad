"""What accounts keep about the lists: named filters, and how each of them likes to see one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.web.keys import new_key


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> "SavedViewQuerySet":
        """The user's private views, and every view of the user's teams."""
        teams = Membership.objects.filter(user=user.pk).values("team")
        return self.filter(Q(team=None, owner=user.pk) | Q(team__in=teams))


class SavedView(models.Model):
    """A filter of a list with its order, under a name. Private to its owner, or, with `team`, that team's. `table` says
    of which list (`tables.py`).

    `query` is the part of a list's URL behind the question mark as `saved_views.canonical_query` writes it. `columns`
    (their keys) and `density` are empty for a view that is shown in each reader's own.
    """

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_views")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="saved_views", db_index=False)
    table = models.CharField(max_length=16, default="sessions")
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=100, db_index=False)
    query = models.TextField(blank=True)
    columns = models.JSONField(default=list)
    density = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "table", "slug"], name="one_view_per_team_slug"),
            models.UniqueConstraint(fields=["team", "table", "name"], name="one_view_per_team_name"),
            models.UniqueConstraint(
                fields=["owner", "table", "slug"], condition=Q(team=None), name="one_view_per_owner_slug"
            ),
            models.UniqueConstraint(
                fields=["owner", "table", "name"], condition=Q(team=None), name="one_view_per_owner_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(f"{self.table}:view", args=[self.place, self.slug])

    @property
    def place(self) -> str:
        """The team's slug, or `~` and the owner's name, which no slug begins with."""
        return self.team.slug if self.team else f"~{self.owner.username}"

    @property
    def ref(self) -> str:
        """What the view goes by in a URL, the same for whoever opens it: `place/slug`."""
        return f"{self.place}/{self.slug}"


class ListPreference(models.Model):
    """How an account sees one list. No columns: the usual ones. A row is there once something was chosen."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    table = models.CharField(max_length=16)
    columns = models.JSONField(default=list)
    density = models.CharField(max_length=16, blank=True)
    default_view = models.ForeignKey(SavedView, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "table"], name="one_preference_per_list")]

    def __str__(self) -> str:
        return f"the {self.table} of {self.user_id}"
