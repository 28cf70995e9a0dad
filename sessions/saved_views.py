"""Saved views: what one may hold, who may do what with it, and where it leads."""

from collections.abc import Mapping
from itertools import count
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from llmspell_web.teams.models import Membership, Team, TeamEvent, User, record_team_event
from llmspell_web.web.problems import Conflict, Forbidden, InvalidField, NotFound
from sessions.columns import column_keys
from sessions.fields import clean_text, describe, is_storable
from sessions.filter_form import LISTS
from sessions.list_request import read_request
from sessions.preferences import Layout
from sessions.saved_views_models import ListPreference, SavedView, SavedViewQuerySet
from sessions.tables import Table, table_of
from sessions.tag_text import join_tags

NAME_MAX_CHARACTERS = 80
SLUG_MAX_CHARACTERS = 90  # without the number of a second one
QUERY_MAX_CHARACTERS = 8000  # what servers and proxies take for a URL
VIEWS_MAX = 200  # of one account or of one team: a page shows them all

Roles = Mapping[UUID, str]


def canonical_query(table: Table, given: QueryDict) -> str:
    """The filter and the order in a list's URL, equal for equal ones: no empty fields, no page, no usual order."""
    form = table.form(given)
    pairs = []
    for name in form.fields:
        values = sorted(set(form.values(name) if name in LISTS else map(str.strip, form.values(name))))
        if name in LISTS and values:
            values = [join_tags(values)]
        pairs += [(name, value) for value in values if value and (name, value) != ("sort", table.orders.usual)]
    return urlencode(pairs)


def clean_query(user: User, table: Table, text: str) -> str:
    """Canonical; `InvalidField` for a filter that the list would refuse."""
    query = canonical_query(table, QueryDict(text))
    if len(query) > QUERY_MAX_CHARACTERS:
        raise InvalidField("query", f"a filter of at most {QUERY_MAX_CHARACTERS} characters", f"{len(query)}")
    for field, errors in read_request(user, table, QueryDict(query)).form.errors.items():
        raise InvalidField("query", f"a filter that the list takes ({field}: {errors[0]})", describe(query))
    return query


def clean_name(value: object) -> str:
    """1 to 80 characters on one line, without the blanks around them."""
    name = clean_text("name", value, minimum=1, maximum=NAME_MAX_CHARACTERS, one_line=True).strip()
    if not name:
        raise InvalidField("name", "text that is not only blanks", describe(value))
    return name


def list_url(view: SavedView) -> str:
    """The list as the view has it."""
    kept = {"columns": ",".join(view.columns), "density": view.density, "view": view.ref}
    pairs = urlencode({name: value for name, value in kept.items() if value}, safe=",/~")
    return f"{reverse(f'{view.table}:list')}?{'&'.join(filter(None, (view.query, pairs)))}"


def list_views(user: User) -> SavedViewQuerySet:
    """Every view of every list that the user can see, by name."""
    return SavedView.objects.visible_to(user).select_related("team", "owner").order_by(Lower("name"), "pk")


def find_view(user: User, table: Table, ref: str) -> SavedView | None:
    """The view that a URL names as `place/slug`; None where there is none or it is hidden."""
    place, _, slug = ref.rpartition("/")
    if not is_storable(ref):
        return None
    is_private = place.startswith("~")
    there = Q(team=None, owner__username=place[1:]) if is_private else Q(team__slug=place)
    return list_views(user).filter(there, table=table.name, slug=slug).first()


def get_view(user: User, table: Table, ref: str) -> SavedView:
    if (view := find_view(user, table, ref)) is None:
        raise NotFound(f"saved view not found: {ref}")
    return view


def get_view_by_key(user: User, key: UUID) -> SavedView:
    if (view := list_views(user).filter(pk=key).first()) is None:
        raise NotFound(f"saved view not found: {key}")
    return view


def get_view_for_change(user: User, key: UUID) -> SavedView:
    """`Forbidden` where the user may only look."""
    view = get_view_by_key(user, key)
    if not may_change(view, user, team_roles(user)):
        raise Forbidden(f"you may not change the view {view.name}: ask {view.owner.username} or an admin of the team")
    return view


def team_roles(user: User) -> Roles:
    """The user's role in each of the user's teams."""
    return dict(Membership.objects.filter(user=user).values_list("team", "role"))


def may_change(view: SavedView, user: User, roles: Roles) -> bool:
    """A private view is its owner's alone; a team's is its owner's, while no viewer, and the admins'."""
    if view.team_id is None:
        return view.owner_id == user.pk
    role = roles.get(view.team_id)
    return role == Membership.Role.ADMIN or (role == Membership.Role.MEMBER and view.owner_id == user.pk)


def create_view(
    user: User, table: Table, *, name: object, query: str, team_id: UUID | None = None, layout: Layout | None = None
) -> SavedView:
    """A view of the user's own, or, with `team_id`, of a team in which the user is no viewer. Its slug comes from the
    name and stays when that changes. `InvalidField` for a name that is taken there."""
    now = timezone.now()
    view = SavedView(
        owner=user, team_id=team_id, table=table.name, name=clean_name(name), created_at=now, updated_at=now
    )
    view.query = clean_query(user, table, query)
    _keep_layout(view, layout)
    if team_id is not None:
        _check_may_share(user, team_id)
    with transaction.atomic():
        others = _lock_others(view)
        if others.count() >= VIEWS_MAX:
            raise InvalidField("name", f"at most {VIEWS_MAX} views in one place: delete one first", describe(view.name))
        _check_name_is_free(view, others)
        view.slug = _free_slug(view.name, others)
        view.save(force_insert=True)
        _record(view, TeamEvent.Kind.VIEW_CREATED, user, name=(None, view.name), query=(None, view.query))
    return view


def rename_view(view: SavedView, user: User, *, name: object) -> None:
    view.name, view.updated_at = clean_name(name), timezone.now()
    with transaction.atomic():
        _check_name_is_free(view, _lock_others(view))
        before = SavedView.objects.values_list("name", flat=True).get(pk=view.pk)
        view.save(update_fields=["name", "updated_at"])
        if before != view.name:
            _record(view, TeamEvent.Kind.VIEW_CHANGED, user, name=(before, view.name))


def update_view(view: SavedView, user: User, *, query: str, was: str, layout: Layout | None) -> None:
    """Another filter under the same name. `Conflict` where the view's is not `was` any more: somebody was first.

    A view that had columns of its own gets those of `layout`.
    """
    _keep_layout(view, layout if view.columns else None)
    changes = {
        "query": clean_query(user, table_of(view.table), query),
        "columns": view.columns,
        "density": view.density,
    }
    unchanged = SavedView.objects.filter(pk=view.pk, query=was)
    with transaction.atomic():
        if not is_storable(was) or not unchanged.update(**changes, updated_at=timezone.now()):
            raise Conflict(f"the view {view.name} has been changed meanwhile: open it again to see how")
        view.query = str(changes["query"])
        _record(view, TeamEvent.Kind.VIEW_CHANGED, user, query=(was, view.query))


def delete_view(view: SavedView, user: User) -> None:
    """Whoever had it as default opens the whole list again."""
    with transaction.atomic():
        if SavedView.objects.filter(pk=view.pk).delete()[0]:
            _record(view, TeamEvent.Kind.VIEW_DELETED, user, name=(view.name, None), query=(view.query, None))


def count_as_default(view: SavedView) -> int:
    """For how many accounts the list opens with it."""
    return ListPreference.objects.filter(default_view=view).count()


def _record(
    view: SavedView,
    kind: TeamEvent.Kind,
    actor: User,
    *,
    name: tuple[str | None, str | None] | None = None,
    query: tuple[str | None, str | None] | None = None,
) -> None:
    """A private one is its owner's alone, and no event of a team."""
    if view.team is not None:
        facts = {"saved_view": view.name, "view": str(view.pk), "list": view.table}
        record_team_event(view.team, kind, actor=actor, name=name, query=query, **facts)  # type: ignore[arg-type]  # none of these is a parameter


def _keep_layout(view: SavedView, layout: Layout | None) -> None:
    view.columns = column_keys(layout.columns) if layout else []
    view.density = layout.density if layout else ""


def _check_may_share(user: User, team_id: UUID) -> None:
    role = team_roles(user).get(team_id)
    if role is None:
        raise NotFound("team not found")
    if role == Membership.Role.VIEWER:
        raise Forbidden("you may not save views for this team: your role in it is viewer")


def _lock_others(view: SavedView) -> SavedViewQuerySet:
    """The views among which its name and slug must be the only ones. Until the commit nobody else adds to them."""
    if view.team_id is None:
        User.objects.select_for_update(no_key=True).only("pk").get(pk=view.owner_id)
        place = Q(team=None, owner=view.owner_id)
    else:
        Team.objects.select_for_update(no_key=True).only("pk").get(pk=view.team_id)
        place = Q(team=view.team_id)
    return SavedView.objects.filter(place, table=view.table).exclude(pk=view.pk)


def _check_name_is_free(view: SavedView, others: SavedViewQuerySet) -> None:
    if others.filter(name=view.name).exists():
        raise InvalidField("name", "a name that no other view there has", describe(view.name))


def _free_slug(name: str, others: SavedViewQuerySet) -> str:
    slug = slugify(name)[:SLUG_MAX_CHARACTERS].strip("-_") or "view"
    taken = set(others.filter(slug__startswith=slug).values_list("slug", flat=True))
    return next(free for n in count(1) if (free := f"{slug}-{n}" if n > 1 else slug) not in taken)
