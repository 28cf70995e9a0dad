"""Saved views: what they hold, who sees and changes them, where they lead, and which one the list opens with."""

import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.web.problems import Conflict, Forbidden, InvalidField, NotFound
from sessions import saved_views
from sessions.models import ListPreference, SavedView
from sessions.preferences import save_default_view
from sessions.saved_views import canonical_query, create_view, find_view, get_view_for_change, list_url, list_views
from sessions.services import create_session
from sessions.session_table import SESSION_TABLE

LIST = "/sessions/"
FILTER = "status=suspended&tag=support&sort=name"


@pytest.fixture
def private(owner: User) -> SavedView:
    return create_view(owner, SESSION_TABLE, name="My refunds", query=FILTER)


@pytest.fixture
def shared(owner: User, default_team: Team) -> SavedView:
    return create_view(owner, SESSION_TABLE, name="My refunds", query=FILTER, team_id=default_team.pk)


def names(client: Client, url: str) -> list[str]:
    return [row.name for row in client.get(url, follow=True).context["page"].rows]


def test_the_canonical_query_is_equal_for_equal_lists() -> None:
    for given in (
        "tag=a&tag=b&status=failed&status=active&q=+x+&sort=-updated&page=after.1.2",
        "status=active&q=x&tag=a%2C+b&owner=&status=failed&view=~owner%2Fx&columns=tags&all",
    ):
        assert canonical_query(SESSION_TABLE, QueryDict(given)) == "q=x&status=active&status=failed&tag=a%2C+b"
    assert canonical_query(SESSION_TABLE, QueryDict("sort=name")) == "sort=name"
    quoted = QueryDict(mutable=True)
    quoted["tag"] = 'z, "a, b", " x "'
    assert QueryDict(canonical_query(SESSION_TABLE, quoted))["tag"] == '" x ", "a, b", z'


def test_the_address_of_a_view_leads_to_a_list_that_says_everything(
    visitor: Client, owner: User, private: SavedView, shared: SavedView
) -> None:
    create_session(owner, name="Active", tags=["support"])
    assert private.get_absolute_url() == "/sessions/views/~owner/my-refunds/"
    assert shared.get_absolute_url() == "/sessions/views/default/my-refunds/"
    for view, ref in ((private, "~owner/my-refunds"), (shared, "default/my-refunds")):
        response = visitor.get(view.get_absolute_url())
        assert response.headers["Location"] == f"{LIST}?{FILTER}&view={ref}"
        page = visitor.get(response.headers["Location"])
        assert page.context["tools"]["view"].name == "My refunds"
        assert not page.context["tools"]["view"].is_changed
        assert "Status: suspended" in page.content.decode()


def test_who_sees_a_view(
    owner: User, teammate: User, viewer: User, stranger: User, private: SavedView, shared: SavedView
) -> None:
    sight = {user.username: set(list_views(user)) for user in (owner, teammate, viewer, stranger)}
    assert sight == {"owner": {private, shared}, "teammate": {shared}, "viewer": {shared}, "stranger": set()}
    assert find_view(teammate, SESSION_TABLE, private.ref) is None
    assert find_view(stranger, SESSION_TABLE, shared.ref) is None
    assert find_view(owner, SESSION_TABLE, "default/\0") is None


def test_hidden_views_look_like_missing_ones(client: Client, stranger: User, shared: SavedView) -> None:
    client.force_login(stranger)
    for place in ("default", "nowhere", "~owner"):
        answer = client.get(f"/sessions/views/{place}/my-refunds/", headers={"accept": "application/json"})
        assert answer.status_code == 404
        assert answer.json()["message"] == f"Saved view not found: {place}/my-refunds."
    assert client.get(f"/sessions/views/{shared.pk}/rename").status_code == 404


def test_who_changes_a_view(
    owner: User, teammate: User, viewer: User, make_user: Callable[..., User], private: SavedView, shared: SavedView
) -> None:
    admin = make_user("admin", Membership.Role.ADMIN)
    assert get_view_for_change(owner, private.pk) == private
    assert get_view_for_change(owner, shared.pk) == shared
    assert get_view_for_change(admin, shared.pk) == shared
    with pytest.raises(NotFound):
        get_view_for_change(admin, private.pk)
    for user in (teammate, viewer):
        with pytest.raises(Forbidden):
            get_view_for_change(user, shared.pk)
    Membership.objects.filter(user=owner).update(role=Membership.Role.VIEWER)
    assert get_view_for_change(owner, private.pk) == private
    with pytest.raises(Forbidden):
        get_view_for_change(owner, shared.pk)


def test_viewers_and_strangers_save_for_themselves_only(
    viewer: User, stranger: User, default_team: Team, visitor: Client
) -> None:
    with pytest.raises(Forbidden):
        create_view(viewer, SESSION_TABLE, name="x", query="", team_id=default_team.pk)
    with pytest.raises(NotFound):
        create_view(stranger, SESSION_TABLE, name="x", query="", team_id=default_team.pk)
    assert create_view(viewer, SESSION_TABLE, name="x", query="").ref == "~viewer/x"
    visitor.force_login(viewer)
    form = {"name": "Mine", "place": str(default_team.pk), "query": ""}
    assert visitor.post(reverse("sessions:view_create"), form).status_code == 422
    assert list_views(viewer).count() == 1


@pytest.mark.parametrize("name", ["", " ", "\u3000", "x" * 81, "two\nlines", "nul\0", "bell\a", "\ud800", 5, None])
def test_names_that_cannot_be(owner: User, name: object) -> None:
    with pytest.raises(InvalidField, match="name: expected text"):
        create_view(owner, SESSION_TABLE, name=name, query="")
    assert not SavedView.objects.exists()


def test_a_name_is_taken_once_in_one_place(owner: User, teammate: User, private: SavedView, shared: SavedView) -> None:
    with pytest.raises(InvalidField, match="name: expected a name that no other view there has"):
        create_view(owner, SESSION_TABLE, name=" My refunds ", query="")
    with pytest.raises(InvalidField, match="no other view there"):
        create_view(teammate, SESSION_TABLE, name="My refunds", query="", team_id=shared.team_id)
    assert create_view(teammate, SESSION_TABLE, name="My refunds", query="").ref == "~teammate/my-refunds"
    other = create_view(owner, SESSION_TABLE, name="Other", query="")
    with pytest.raises(InvalidField, match="no other view there"):
        saved_views.rename_view(other, owner, name="My refunds")
    saved_views.rename_view(other, owner, name="Other!")
    other.refresh_from_db()
    assert (other.name, other.slug) == ("Other!", "other")


def test_every_name_has_a_slug_of_its_own(owner: User) -> None:
    names = ("a b", "A-B", "a.b", "退款", "<i>", "\u202ex", "y" * 80)
    slugs = [create_view(owner, SESSION_TABLE, name=name, query="").slug for name in names]
    assert slugs == ["a-b", "a-b-2", "ab", "view", "i", "x", "y" * 80]
    for view in list_views(owner):
        assert find_view(owner, SESSION_TABLE, view.ref) == view


@pytest.mark.parametrize("username", ["a/b", "é 1", "x?y#z&w=%2F", "~~"])
def test_any_user_name_makes_an_address(client: Client, make_user: Callable[..., User], username: str) -> None:
    user = make_user(username)
    view = create_view(user, SESSION_TABLE, name="Mine", query="status=active")
    client.force_login(user)
    opened = client.get(view.get_absolute_url(), follow=True)
    assert opened.context["tools"]["view"].name == "Mine"
    assert not opened.context["tools"]["view"].is_changed


@pytest.mark.django_db(transaction=True)
def test_of_many_who_take_a_name_at_once_one_gets_it(owner: User, default_team: Team) -> None:
    outcomes: list[str] = []

    def take(name: str) -> None:
        try:
            outcomes.append(create_view(owner, SESSION_TABLE, name=name, query="", team_id=default_team.pk).slug)
        except InvalidField:
            outcomes.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[name]) for name in ("A b", "A b", "A b", "a-b", "a.b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["a-b", "a-b-2", "ab", "taken", "taken"]


def test_a_filter_that_the_list_refuses_is_not_saved(owner: User, private: SavedView) -> None:
    for query, words in (
        ("status=sleeping", "status: Expected"),
        ("q=a:b", "q: "),
        ("sort=x", "sort: "),
        ("meta=x", "meta: "),
    ):
        with pytest.raises(InvalidField, match=f"query: expected a filter that the list takes .{words}"):
            create_view(owner, SESSION_TABLE, name="x", query=query)
        with pytest.raises(InvalidField):
            saved_views.update_view(private, owner, query=query, was=private.query, layout=None)
    tags = "&".join(f"{field}={'x' * 60}{n}" for field in ("tag", "any", "none") for n in range(60))
    with pytest.raises(InvalidField, match="at most 8000 characters"):
        create_view(owner, SESSION_TABLE, name="x", query=tags)
    assert [view.query for view in list_views(owner)] == [FILTER]


def test_one_place_holds_only_so_many(owner: User, monkeypatch: pytest.MonkeyPatch, private: SavedView) -> None:
    monkeypatch.setattr(saved_views, "VIEWS_MAX", 1)
    with pytest.raises(InvalidField, match="at most 1 views in one place"):
        create_view(owner, SESSION_TABLE, name="One too many", query="")


def test_the_second_of_two_who_save_is_told(owner: User, shared: SavedView) -> None:
    saved_views.update_view(shared, owner, query="q=first", was=FILTER, layout=None)
    with pytest.raises(Conflict, match="My refunds has been changed meanwhile"):
        saved_views.update_view(shared, owner, query="q=second", was=FILTER, layout=None)
    shared.refresh_from_db()
    assert shared.query == "q=first"


def test_saving_a_list(visitor: Client, owner: User, default_team: Team) -> None:
    page = visitor.get(LIST, {"status": "failed", "columns": "tags,meta.a", "density": "compact", "page": ""})
    form_url = page.context["tools"]["new_view_url"]
    assert visitor.get(form_url).context["form"]["query"].value() == urlsplit(form_url).query
    form = {"name": "Failed", "place": "private", "query": urlsplit(form_url).query}
    response = visitor.post(reverse("sessions:view_create"), form)
    assert response.headers["Location"] == f"{LIST}?status=failed&view=~owner/failed"
    form |= {"name": "Failed, my way", "place": str(default_team.pk), "keep_layout": "on", "is_default": "on"}
    response = visitor.post(reverse("sessions:view_create"), form)
    ways = "columns=name,tags,meta.a&density=compact"
    assert response.headers["Location"] == f"{LIST}?status=failed&{ways}&view=default/failed-my-way"
    assert visitor.get(LIST).headers["Location"] == response.headers["Location"]
    bad = visitor.post(reverse("sessions:view_create"), form | {"name": "Other", "query": "columns=colour"})
    assert bad.status_code == 422
    assert "expected some of status" in bad.content.decode()
    again = visitor.post(reverse("sessions:view_create"), form)
    assert again.status_code == 422
    assert "a name that no other view there has" in again.content.decode()


def test_a_changed_list_offers_to_save_or_to_discard(
    visitor: Client, client: Client, teammate: User, shared: SavedView
) -> None:
    url = f"{list_url(shared)}&owner=me&density=compact"
    page = visitor.get(url)
    content = page.content.decode()
    tools = page.context["tools"]
    assert tools["view"].is_changed
    for words in ("Changed", ">Save<", "Save as new…", "Discard changes"):
        assert words in content
    assert tools["view"].url == list_url(shared)
    form = {"query": tools["query"], "was": tools["view"].was}
    saved = visitor.post(tools["view"].save_url, form)
    assert (
        saved.headers["Location"] == f"{LIST}?status=suspended&tag=support&owner=me&sort=name&view=default/my-refunds"
    )
    assert visitor.post(tools["view"].save_url, form).status_code == 409
    client.force_login(teammate)
    content = client.get(url.replace("owner=me", "owner=owner")).content.decode()
    assert ">Save<" not in content
    assert "Save as new…" in content


def test_a_view_with_columns_is_changed_by_other_columns(visitor: Client, owner: User) -> None:
    form = {"name": "Wide", "place": "private", "query": "columns=tags,team", "keep_layout": "on"}
    url = visitor.post(reverse("sessions:view_create"), form).headers["Location"]
    assert not visitor.get(url).context["tools"]["view"].is_changed
    tools = visitor.get(f"{LIST}?columns=team&view=~owner/wide").context["tools"]
    assert tools["view"].is_changed
    visitor.post(tools["view"].save_url, {"query": tools["query"], "was": ""})
    assert SavedView.objects.get().columns == ["name", "team"]


def test_a_view_that_is_gone_leaves_its_filter_and_says_so(visitor: Client, owner: User, private: SavedView) -> None:
    create_session(owner, name="Active")
    url = f"{LIST}?status=active&view={private.ref}"
    saved_views.delete_view(private, owner)
    assert names(visitor, url) == ["Active"]
    assert "not there, or not visible to you" in visitor.get(url).content.decode()
    assert visitor.get(f"{LIST}?view=<b>\0").status_code == 200


def test_a_view_whose_filter_the_list_takes_no_more_says_so_beside_the_filter(
    visitor: Client, private: SavedView
) -> None:
    SavedView.objects.update(query="status=asleep&created=soon")
    page = visitor.get(private.get_absolute_url(), follow=True)
    assert page.status_code == 422
    assert page.context["page"] is None
    assert 'id="id_status_error"' in page.content.decode()
    assert "Expected a time such as" in page.content.decode()


def test_the_bare_list_opens_the_default(visitor: Client, owner: User, shared: SavedView) -> None:
    create_session(owner, name="Active")
    assert names(visitor, LIST) == ["Active"]
    visitor.post(reverse("sessions:view_default", args=[shared.pk]))
    opened = visitor.get(LIST)
    assert opened.headers["Location"] == list_url(shared)
    page = visitor.get(list_url(shared))
    assert page.context["all_url"] == f"{LIST}?all"
    assert "All sessions" in page.content.decode()
    assert names(visitor, f"{LIST}?all") == ["Active"]
    assert names(visitor, f"{LIST}?q=") == ["Active"]
    partial = visitor.get(f"{LIST}?q=&status=", headers={"HX-Request": "true"})
    assert partial.status_code == 422
    partial = visitor.get(f"{LIST}?q=&sort=-updated", headers={"HX-Request": "true"})
    assert partial.headers["HX-Push-Url"] == f"{LIST}?all"
    visitor.post(reverse("sessions:view_no_default"))
    assert visitor.get(LIST).status_code == 200


def test_taking_the_last_filter_away_shows_all_and_not_the_default(
    visitor: Client, owner: User, private: SavedView
) -> None:
    save_default_view(owner, SESSION_TABLE, private)
    create_session(owner, name="Active")
    page = visitor.get(LIST, {"status": "active"})
    assert [chip.url for chip in page.context["chips"]] == [f"{LIST}?all"]
    assert names(visitor, f"{LIST}?all") == ["Active"]
    facets = visitor.get(reverse("sessions:facets"), {"status": "active"}).context["facets"]
    assert dict(facets)["Status"][0].url == f"{LIST}?all"


def test_a_default_that_is_lost_from_sight_falls_back_to_all_and_says_so(
    visitor: Client, owner: User, shared: SavedView, other_team: Team
) -> None:
    save_default_view(owner, SESSION_TABLE, shared)
    Membership.objects.filter(user=owner).update(team=other_team)
    page = visitor.get(LIST)
    assert page.status_code == 200
    assert "not visible to you any more: these are all sessions" in page.content.decode()
    assert shared.name not in page.content.decode()
    assert "not visible to you any more" not in visitor.get(LIST, {"q": "x"}).content.decode()
    visitor.post(reverse("sessions:view_no_default"), {"next": LIST})
    assert "not visible to you any more" not in visitor.get(LIST).content.decode()


def test_a_deleted_default_opens_all(visitor: Client, owner: User, teammate: User, shared: SavedView) -> None:
    for user in (owner, teammate):
        save_default_view(user, SESSION_TABLE, shared)
    url = reverse("sessions:view_delete", args=[shared.pk])
    assert "2 accounts open" in visitor.get(url).content.decode()
    visitor.post(url)
    assert visitor.get(LIST).status_code == 200
    assert ListPreference.objects.filter(default_view=None).count() == 2


def test_views_cost_as_many_queries_however_many_there_are(
    visitor: Client, owner: User, shared: SavedView, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 30):
        for number in range(count):
            create_view(owner, SESSION_TABLE, name=f"View {count} {number}", query="q=x")
        url = list_url(shared)
        # Session, account, preference, current session; the views, this one, the roles; the newest events, the teams,
        # how many rows hold the text, and how far to walk for it.
        with django_assert_num_queries(11):
            page = visitor.get(url)
        with django_assert_num_queries(6):  # session, account, roles, preference, views, current session
            everything = visitor.get(reverse("sessions:views"))
    assert (len(page.context["tools"]["views"]), page.context["tools"]["has_more_views"]) == (20, True)
    assert len(everything.context["views"]) == 32


def test_names_are_text_whatever_they_contain(visitor: Client, owner: User) -> None:
    view = create_view(owner, SESSION_TABLE, name="<b>\u202e 🦉 {{ x }}", query="q=%3Ci%3E")
    pages = [list_url(view), reverse("sessions:views")]
    pages += [reverse(f"sessions:view_{name}", args=[view.pk]) for name in ("rename", "delete")]
    for url in pages:
        content = visitor.get(url).content.decode()
        assert "&lt;b&gt;\u202e 🦉 {{ x }}" in content
        assert "<b>" not in content
