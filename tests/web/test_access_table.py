"""Who gets what from every route. A route without a row fails, and so does a row without a route."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from llmspell_web.teams.models import Membership, User
from tests.conftest import PASSWORD
from tests.web.site import Site, make_site

WHO = ("anonymous", "stranger", "viewer", "teammate", "owner")
# Who gets what another one gets, but for the exceptions below. "share link" has opened those of the site.
AND = {"admin": "teammate", "loner": "stranger", "share link": "anonymous"}
LOG_IN = 302
ANYBODY = (200, 200, 200, 200, 200)
LOGGED_IN = (LOG_IN, 200, 200, 200, 200)
TEAM_ONLY = (LOG_IN, 404, 200, 200, 200)
MEMBERS_ONLY = (LOG_IN, 404, 403, 200, 200)
MEMBERS_CHANGE = (LOG_IN, 404, 403, 302, 302)
OWNER_CHANGES = ((LOG_IN, 404, 403, 403, 200), (LOG_IN, 404, 403, 403, 302))
OWNER_ONLY = (LOG_IN, 404, 404, 404, 200)
EVERYBODY_ACTS = (LOG_IN, 302, 302, 302, 302)
ADMINS_ONLY = (LOG_IN, 404, 403, 403, 403)
AUDITORS_ONLY = (LOG_IN, 403, 403, 403, 403)
NOT_THIS_WAY = (LOG_IN, 405, 405, 405, 405)
BY_LINK_ONLY = ((302, 302, 302, 302, 302), (405, 405, 405, 405, 405))  # 302: to the question whether to open it
# route: (answers to GET, answers to POST), each for WHO in order.
TABLE = {
    "home": ((LOG_IN, 302, 302, 302, 302), (LOG_IN, 302, 302, 302, 302)),
    "teams:login": ((200, 302, 302, 302, 302), (200, 302, 302, 302, 302)),
    "teams:logout": ((405, 405, 405, 405, 405), EVERYBODY_ACTS),
    "account_login": ((200, 302, 302, 302, 302), (200, 302, 302, 302, 302)),
    "mfa_authenticate": (EVERYBODY_ACTS, EVERYBODY_ACTS),  # to the log-in page, unless it waits for a code
    "socialaccount_login_cancelled": (ANYBODY, (405, 405, 405, 405, 405)),
    "openid_connect_login": ((405, 405, 405, 405, 405), (404, 404, 404, 404, 404)),  # no provider is set up
    "openid_connect_callback": ((404, 404, 404, 404, 404), (404, 404, 404, 404, 404)),
    "accounts:detail": (LOGGED_IN, NOT_THIS_WAY),
    "account_change_password": (LOGGED_IN, LOGGED_IN),
    "account_set_password": (EVERYBODY_ACTS, EVERYBODY_ACTS),  # who has one changes it
    "account_email": (LOGGED_IN, LOGGED_IN),  # no mail is sent: whom to ask instead
    "account_confirm_email": (ANYBODY, (404, 404, 404, 404, 404)),  # an unknown link
    "account_reauthenticate": (LOGGED_IN, LOGGED_IN),
    "account_inactive": (ANYBODY, (405, 405, 405, 405, 405)),
    "mfa_reauthenticate": (EVERYBODY_ACTS, EVERYBODY_ACTS),  # by the password, as there is no second factor
    "mfa_index": (EVERYBODY_ACTS, EVERYBODY_ACTS),
    "mfa_activate_totp": (EVERYBODY_ACTS, EVERYBODY_ACTS),  # asks for the password first, as do all of these
    "mfa_deactivate_totp": ((LOG_IN, 404, 404, 404, 404), (LOG_IN, 404, 404, 404, 404)),
    "mfa_view_recovery_codes": ((LOG_IN, 404, 404, 404, 404), NOT_THIS_WAY),
    "mfa_generate_recovery_codes": (EVERYBODY_ACTS, EVERYBODY_ACTS),
    "mfa_download_recovery_codes": ((LOG_IN, 404, 404, 404, 404), (LOG_IN, 404, 404, 404, 404)),
    "socialaccount_connections": (EVERYBODY_ACTS, EVERYBODY_ACTS),
    "account_reset_password": (ANYBODY, ANYBODY),
    "account_reset_password_done": (ANYBODY, (405, 405, 405, 405, 405)),
    "account_reset_password_from_key_done": (ANYBODY, (405, 405, 405, 405, 405)),
    "account_reset_password_from_key": (ANYBODY, ANYBODY),  # an unknown link
    "teams:welcome": (EVERYBODY_ACTS, EVERYBODY_ACTS),
    "teams:list": (LOGGED_IN, NOT_THIS_WAY),
    "teams:create": (LOGGED_IN, EVERYBODY_ACTS),
    "teams:detail": (TEAM_ONLY, NOT_THIS_WAY),
    "teams:use": (NOT_THIS_WAY, MEMBERS_CHANGE),
    "teams:rename": (ADMINS_ONLY, ADMINS_ONLY),
    "teams:role": (NOT_THIS_WAY, ADMINS_ONLY),
    "teams:remove": (ADMINS_ONLY, ADMINS_ONLY),
    "teams:invite": (ADMINS_ONLY, ADMINS_ONLY),
    "teams:revoke": (ADMINS_ONLY, ADMINS_ONLY),
    "teams:join": (LOGGED_IN, EVERYBODY_ACTS),  # who is not logged in is led to sign_up
    "teams:sign_up": ((200, 302, 302, 302, 302), (302, 302, 302, 302, 302)),
    "sessions:list": (LOGGED_IN, NOT_THIS_WAY),
    "sessions:facets": (LOGGED_IN, NOT_THIS_WAY),
    "sessions:export": (LOGGED_IN, NOT_THIS_WAY),
    "sessions:columns": (LOGGED_IN, EVERYBODY_ACTS),
    "sessions:density": (NOT_THIS_WAY, EVERYBODY_ACTS),
    "sessions:views": (LOGGED_IN, NOT_THIS_WAY),
    "sessions:view": ((LOG_IN, 404, 302, 302, 302), NOT_THIS_WAY),
    "sessions:view_create": (LOGGED_IN, EVERYBODY_ACTS),
    "sessions:view_rename": OWNER_CHANGES,
    "sessions:view_save": (NOT_THIS_WAY, OWNER_CHANGES[1]),
    "sessions:view_default": (NOT_THIS_WAY, (LOG_IN, 404, 302, 302, 302)),
    "sessions:view_no_default": (NOT_THIS_WAY, EVERYBODY_ACTS),
    "sessions:view_delete": OWNER_CHANGES,
    "sessions:list_live": ((LOG_IN, 204, 200, 200, 200), NOT_THIS_WAY),
    "sessions:complete": (LOGGED_IN, NOT_THIS_WAY),
    "sessions:preview": (TEAM_ONLY, NOT_THIS_WAY),
    "sessions:create": ((LOG_IN, 200, 403, 200, 200), (LOG_IN, 302, 403, 302, 302)),
    "sessions:current": (LOGGED_IN, NOT_THIS_WAY),
    "sessions:clear_current": (NOT_THIS_WAY, EVERYBODY_ACTS),
    "sessions:picker": (LOGGED_IN, NOT_THIS_WAY),
    "sessions:bulk_recent": (LOGGED_IN, NOT_THIS_WAY),
    "sessions:bulk_new": (LOGGED_IN, EVERYBODY_ACTS),  # what may be changed is asked session by session
    "sessions:bulk_count": (LOGGED_IN, NOT_THIS_WAY),
    "sessions:bulk": (OWNER_ONLY, NOT_THIS_WAY),
    "sessions:bulk_cancel": (NOT_THIS_WAY, (LOG_IN, 404, 404, 404, 409)),
    "sessions:bulk_undo": (NOT_THIS_WAY, (LOG_IN, 404, 404, 404, 302)),
    "sessions:detail": (TEAM_ONLY, NOT_THIS_WAY),
    "sessions:history": (TEAM_ONLY, NOT_THIS_WAY),
    "sessions:event": (TEAM_ONLY, NOT_THIS_WAY),
    "sessions:event_changes": (TEAM_ONLY, NOT_THIS_WAY),
    "sessions:live": (TEAM_ONLY, NOT_THIS_WAY),
    "sessions:saves": (TEAM_ONLY, NOT_THIS_WAY),
    "sessions:metadata": (TEAM_ONLY, NOT_THIS_WAY),
    "sessions:metadata_value": (TEAM_ONLY, NOT_THIS_WAY),
    "sessions:metadata_edit": (MEMBERS_ONLY, MEMBERS_CHANGE),
    "sessions:metadata_key": (MEMBERS_ONLY, MEMBERS_CHANGE),
    "sessions:metadata_remove": ((LOG_IN, 404, 403, 404, 404), MEMBERS_CHANGE),  # no such key
    "sessions:children": ((LOG_IN, 404, 302, 302, 302), NOT_THIS_WAY),
    "sessions:move": (MEMBERS_ONLY, MEMBERS_CHANGE),
    "sessions:place": OWNER_CHANGES,
    "sessions:edit": (MEMBERS_ONLY, MEMBERS_CHANGE),
    "sessions:edit_field": (MEMBERS_ONLY, MEMBERS_CHANGE),
    "sessions:field": ((LOG_IN, 404, 403, 302, 302), NOT_THIS_WAY),
    "sessions:delete": (MEMBERS_ONLY, MEMBERS_CHANGE),
    "sessions:restore": (NOT_THIS_WAY, MEMBERS_CHANGE),
    "sessions:use": (NOT_THIS_WAY, (LOG_IN, 404, 302, 302, 302)),
    "sessions:fail": (MEMBERS_ONLY, MEMBERS_CHANGE),
    "sessions:change": (NOT_THIS_WAY, MEMBERS_CHANGE),
    **{
        f"artifacts:{name}": (LOGGED_IN, NOT_THIS_WAY)
        for name in ("list", "facets", "export", "complete", "bulk_count")
    },
    **{f"artifacts:{name}": (LOGGED_IN, EVERYBODY_ACTS) for name in ("columns", "view_create")},
    **{f"artifacts:{name}": (NOT_THIS_WAY, EVERYBODY_ACTS) for name in ("density", "view_no_default")},
    "artifacts:view": ((LOG_IN, 404, 302, 302, 302), NOT_THIS_WAY),
    "artifacts:preview": (TEAM_ONLY, NOT_THIS_WAY),
    "artifacts:detail": (TEAM_ONLY, NOT_THIS_WAY),
    "artifacts:download": (TEAM_ONLY, NOT_THIS_WAY),
    # Nothing of notes.txt is shown by a browser itself: tests/artifacts/previews/test_parts.py has what is.
    "artifacts:content": ((LOG_IN, 404, 404, 404, 404), NOT_THIS_WAY),
    "artifacts:frame": ((LOG_IN, 404, 404, 404, 404), NOT_THIS_WAY),
    "artifacts:picture": ((LOG_IN, 404, 404, 404, 404), NOT_THIS_WAY),
    "artifacts:thumbnail": ((LOG_IN, 404, 302, 302, 302), NOT_THIS_WAY),
    "artifacts:delete": (MEMBERS_ONLY, MEMBERS_CHANGE),
    "artifacts:timeline": (TEAM_ONLY, NOT_THIS_WAY),
    "artifacts:make_current": (MEMBERS_ONLY, MEMBERS_CHANGE),
    "artifacts:tags": (MEMBERS_ONLY, MEMBERS_CHANGE),
    "artifacts:restore": (NOT_THIS_WAY, (LOG_IN, 404, 404, 404, 404)),  # it is not in the trash
    "artifacts:compare_versions": (LOGGED_IN, NOT_THIS_WAY),
    "artifacts:at": ((LOG_IN, 404, 302, 302, 302), NOT_THIS_WAY),
    "artifacts:download_at": (TEAM_ONLY, NOT_THIS_WAY),
    "artifacts:store": (MEMBERS_ONLY, (LOG_IN, 404, 403, 422, 422)),
    "artifacts:versions": (TEAM_ONLY, NOT_THIS_WAY),
    "artifacts:news": ((LOG_IN, 404, 200, 200, 204), NOT_THIS_WAY),
    "artifacts:bundle_some": ((LOG_IN, 422, 422, 422, 422), (LOG_IN, 422, 422, 422, 422)),  # nothing is ticked
    "artifacts:bundle": (TEAM_ONLY, (LOG_IN, 404, 422, 422, 422)),
    "artifacts:compare": (LOGGED_IN, NOT_THIS_WAY),
    "artifacts:save": (NOT_THIS_WAY, MEMBERS_CHANGE),
    "artifacts:saved": (TEAM_ONLY, NOT_THIS_WAY),
    "artifacts:open_save": (NOT_THIS_WAY, MEMBERS_CHANGE),
    "artifacts:download_saved": (TEAM_ONLY, NOT_THIS_WAY),
    "trash:list": (LOGGED_IN, NOT_THIS_WAY),
    "trash:restore": (NOT_THIS_WAY, MEMBERS_CHANGE),
    "trash:purge": (ADMINS_ONLY, ADMINS_ONLY),
    "workspace:editor": (LOGGED_IN, NOT_THIS_WAY),
    "workspace:run_script": (NOT_THIS_WAY, EVERYBODY_ACTS),
    "workspace:recent_runs": (LOGGED_IN, NOT_THIS_WAY),
    "workspace:files": (LOGGED_IN, (LOG_IN, 422, 422, 422, 422)),
    "workspace:download_file": (OWNER_ONLY, NOT_THIS_WAY),
    "workspace:delete_file": (OWNER_ONLY, (LOG_IN, 404, 404, 404, 302)),
    "workspace:artifact_lineage": (TEAM_ONLY, NOT_THIS_WAY),
    "workspace:session_runs": (TEAM_ONLY, NOT_THIS_WAY),
    "workspace:runs": (LOGGED_IN, NOT_THIS_WAY),
    "workspace:run": (TEAM_ONLY, NOT_THIS_WAY),
    "workspace:console": (TEAM_ONLY, NOT_THIS_WAY),
    "workspace:output": (TEAM_ONLY, NOT_THIS_WAY),
    "workspace:stop": (NOT_THIS_WAY, (LOG_IN, 404, 403, 403, 302)),
    "workspace:feed": (LOGGED_IN, NOT_THIS_WAY),
    "workspace:feed_live": ((LOG_IN, 204, 200, 200, 200), NOT_THIS_WAY),
    "workspace:feed_news": (LOGGED_IN, NOT_THIS_WAY),
    "workspace:feed_read": (NOT_THIS_WAY, EVERYBODY_ACTS),
    "workspace:status": (LOGGED_IN, NOT_THIS_WAY),
    "shares:list": (LOGGED_IN, NOT_THIS_WAY),
    "shares:links": (MEMBERS_ONLY, NOT_THIS_WAY),
    "shares:create": (MEMBERS_ONLY, MEMBERS_ONLY),  # the answer holds the link, which is shown once
    "shares:revoke": ((LOG_IN, 404, 404, 403, 200), (LOG_IN, 404, 404, 403, 302)),
    "shares:shared": ((200, 200, 200, 200, 200), (302, 302, 302, 302, 302)),
    **{f"shares:{name}": BY_LINK_ONLY for name in ("artifact", "part", "output")},
    **{f"comments:{name}": (TEAM_ONLY, MEMBERS_CHANGE) for name in ("session", "artifact", "run")},
    "comments:mine": (LOGGED_IN, NOT_THIS_WAY),
    "comments:read": (NOT_THIS_WAY, EVERYBODY_ACTS),
    "comments:names": (TEAM_ONLY, NOT_THIS_WAY),
    "comments:comment": ((LOG_IN, 404, 302, 302, 302), NOT_THIS_WAY),
    "comments:answer": (MEMBERS_ONLY, MEMBERS_CHANGE),
    "comments:edit": OWNER_CHANGES,
    "comments:delete": OWNER_CHANGES,
    "comments:resolve": (NOT_THIS_WAY, MEMBERS_CHANGE),
    "comments:reopen": (NOT_THIS_WAY, MEMBERS_CHANGE),
    **{f"audit:{name}": (AUDITORS_ONLY, NOT_THIS_WAY) for name in ("list", "export", "entry")},
}
# What an admin of the team gets where it is not what a teammate gets: (answers to GET, answers to POST).
ADMIN_GETS = {
    "sessions:place": (200, 302),
    **{f"sessions:view_{act}": (200, 302) for act in ("rename", "delete")},
    "sessions:view_save": (405, 302),
    **{f"teams:{name}": (200, 302) for name in ("rename", "remove", "revoke")},
    "teams:role": (405, 302),
    "trash:purge": (200, 302),
    "comments:delete": (200, 302),
    **{f"audit:{name}": (200, 405) for name in ("list", "export", "entry")},
    "teams:invite": (200, 200),  # the answer holds the link, which is shown once
    "shares:revoke": (200, 302),
}
# What a browser gets that has opened the site's links, where it is not what anybody gets.
SHARE_LINK_GETS = {f"shares:{name}": (200, 405) for name in ("artifact", "part", "output")}
# What who is in no team gets where it is not what a stranger gets.
LONER_GETS = {"sessions:create": (404, 404), "workspace:run_script": (405, 422)}
FORMS = {
    "teams:create": {"name": "New"},
    "teams:rename": {"name": "Renamed"},
    "teams:role": {"role": "viewer", "seen": "member"},
    "teams:invite": {"role": "member", "lifetime": "day", "uses": "1"},
    "teams:sign_up": {"username": "newcomer", "password1": PASSWORD, "password2": PASSWORD},
    "shares:create": {"mode": "live", "lifetime": "day"},
    "sessions:bulk_new": {"act": "suspend", "session": "01987654-3210-7000-8000-000000000000"},
    "sessions:create": {"name": "New"},
    "sessions:edit": {"name": "Renamed"},
    "sessions:edit_field": {"name": "Renamed"},
    "sessions:metadata_edit": {"metadata": "{}"},
    "sessions:place": {"team": "default", "owner": "owner"},
    "sessions:metadata_key": {"key": "new", "kind": "text", "value": "v"},
    "artifacts:versions": {"name": "notes.txt"},
    "artifacts:at": {"artifact": "notes.txt@1"},
    "artifacts:download_at": {"artifact": "notes.txt@latest"},
    "sessions:columns": {"density": "compact"},
    "sessions:density": {"density": "compact"},
    "sessions:view_create": {"name": "Mine", "place": "private"},
    "artifacts:columns": {"density": "compact"},
    "artifacts:density": {"density": "compact"},
    "artifacts:view_create": {"name": "Mine", "place": "private"},
    "sessions:view_rename": {"name": "Renamed"},
    "sessions:view_save": {"query": "status=failed", "was": "status=active"},
    "sessions:list_live": {"after": "0"},
    "workspace:run_script": {"source": "return 1"},
    "workspace:feed_live": {"since": "0"},
    "workspace:feed_read": {"mark": "1 1"},
    **{f"comments:{name}": {"text": "Words", "seen": "0"} for name in ("session", "artifact", "run", "answer", "edit")},
    "comments:read": {"upto": "1"},
}


def route_names(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from route_names(pattern.url_patterns, prefix + space)
        else:
            assert isinstance(pattern, URLPattern)
            yield f"{prefix}{pattern.name}"


def form_of(route: str, site: Site) -> dict[str, str]:
    if route == "comments:names":
        return {"on": f"session.{site.session.pk}", "q": "@"}
    of_trash = {"item": f"session:{site.trashed.pk}", "confirm": site.trashed.name}
    return of_trash if route.startswith("trash:") else FORMS.get(route, {})


def arguments(route: str, site: Site) -> dict[str, object]:
    of_session = {"store", "save", "news", "bundle", "versions", "saved", "open_save", "download_saved"}
    of_session |= {"at", "download_at"}
    if route.removeprefix("artifacts:") in of_session:
        of_save = {"saved": {"number": 1}, "open_save": {"number": 1}, "download_saved": {"number": 1, "pk": site.line}}
        return {"session_pk": site.session.pk, **of_save.get(route.removeprefix("artifacts:"), {})}
    if route in {"workspace:download_file", "workspace:delete_file"}:
        return {"path": site.file.path}
    special: dict[str, dict[str, object]] = {
        "sessions:change": {"pk": site.session.pk, "action": "suspend"},
        "sessions:event": {"pk": site.session.pk, "number": 1},
        "sessions:event_changes": {"pk": site.session.pk, "number": 1},
        "sessions:edit_field": {"pk": site.session.pk, "field": "name"},
        "sessions:field": {"pk": site.session.pk, "field": "name"},
        "workspace:artifact_lineage": {"pk": site.artifact.pk},
        "workspace:session_runs": {"pk": site.session.pk},
        "sessions:restore": {"pk": site.trashed.pk},
        "audit:entry": {"source": "event", "key": str(site.session.events.earliest("pk").pk)},
        **{f"sessions:{name}": {"pk": site.bulk.pk} for name in ("bulk", "bulk_cancel", "bulk_undo")},
        "teams:welcome": {"token": "anything"},
        **{f"teams:{name}": {"slug": "default"} for name in ("detail", "use", "rename", "invite")},
        **{f"teams:{name}": {"slug": "default", "user_id": site.member.pk} for name in ("role", "remove")},
        "teams:revoke": {"slug": "default", "pk": site.invitation.pk},
        **{f"teams:{name}": {"token": site.token} for name in ("join", "sign_up")},
        "workspace:console": {"pk": site.run.pk},
        **{f"shares:{name}": {"kind": "session", "pk": site.session.pk} for name in ("links", "create")},
        "shares:revoke": {"pk": site.share.pk},
        "shares:shared": {"token": site.share_token},
        "shares:artifact": {"token": site.share_token, "pk": site.artifact.pk},
        "shares:part": {"token": site.share_token, "pk": site.artifact.pk, "part": "download"},
        "shares:output": {"token": site.run_token},
        **{
            f"comments:{name}": {"pk": row.pk} for name, row in (("session", site.session), ("artifact", site.artifact))
        },
        "comments:run": {"pk": site.run.pk},
        "sessions:view": {"place": site.view.place, "slug": site.view.slug},
        "artifacts:view": {"place": site.artifact_view.place, "slug": site.artifact_view.slug},
        **{f"sessions:view_{act}": {"pk": site.view.pk} for act in ("rename", "save", "default", "delete")},
    }
    if route in special:
        return special[route]
    owners = {"sessions": site.session, "artifacts": site.artifact, "workspace": site.run, "comments": site.comment}
    of_list = {"list", "facets", "export", "columns", "density", "complete", "bulk_count"}
    of_list |= {"view_create", "view_no_default"}
    lists = {
        "sessions": {"create", "current", "clear_current", "picker", "bulk_recent", "bulk_new", "views", "list_live"}
        | of_list,
        "teams": {"login", "logout", "list", "create"},
    }
    lists["shares"] = {"list"}
    lists["trash"] = {"list", "restore", "purge"}
    lists["audit"] = {"list", "export"}
    lists["artifacts"] = {"compare", "bundle_some", "compare_versions"} | of_list
    lists["workspace"] = {"editor", "run_script", "recent_runs", "files", "runs", "status"}
    lists["workspace"] |= {"feed", "feed_live", "feed_news", "feed_read"}
    lists["comments"] = {"mine", "read", "names"}
    space, _, name = route.partition(":")
    accounts: dict[str, dict[str, object]] = {
        "account_confirm_email": {"key": "anything"},
        "account_reset_password_from_key": {"uidb36": "1", "key": "anything"},
        "openid_connect_login": {"provider_id": "oidc"},
        "openid_connect_callback": {"provider_id": "oidc"},
    }
    if route in accounts:
        return accounts[route]
    lists["accounts"] = {"detail"}
    return {} if not name or name in lists.get(space, set()) else {"pk": owners[space].pk}


def test_every_route_has_a_row() -> None:
    assert set(route_names(get_resolver().url_patterns)) == set(TABLE)


@pytest.fixture
def people(
    owner: User, teammate: User, viewer: User, stranger: User, make_user: Callable[..., User]
) -> dict[str, User]:
    admin, loner = make_user("admin", Membership.Role.ADMIN), make_user("loner")
    loner.memberships.all().delete()
    known = {"stranger": stranger, "viewer": viewer, "teammate": teammate, "owner": owner}
    return known | {"admin": admin, "loner": loner}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", TABLE)
def test_answers(route: str, method: str, owner: User, people: dict[str, User]) -> None:
    site = make_site(owner)
    if route == "workspace:console":
        type(site.run).objects.update(status="succeeded")  # a run that goes on is followed to its end
    url = reverse(route, kwargs=arguments(route, site))
    opened = {"share link": [reverse("shares:shared", args=[token]) for token in (site.share_token, site.run_token)]}
    got = {who: answer(url, method, people.get(who), form_of(route, site), opened.get(who, ())) for who in (*WHO, *AND)}
    assert got == expected(route, method)


def expected(route: str, method: str) -> dict[str, int]:
    row = dict(zip(WHO, TABLE[route][method == "post"], strict=True))
    row |= {who: row[other] for who, other in AND.items()}
    exceptions = {"admin": ADMIN_GETS, "loner": LONER_GETS, "share link": SHARE_LINK_GETS}
    return row | {who: gets[route][method == "post"] for who, gets in exceptions.items() if route in gets}


def answer(url: str, method: str, user: User | None, form: dict[str, str], opened: Sequence[str]) -> int:
    """The status, after which everything is as it was. `opened` are links that the browser has opened before."""
    client = Client()
    with transaction.atomic():
        for link in opened:
            client.post(link)
        if user is not None:
            client.force_login(user)
        response = getattr(client, method)(url, form)
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return int(response.status_code)


def test_what_is_hidden_looks_like_what_is_missing(owner: User, stranger: User, client: Client) -> None:
    site = make_site(owner)
    client.force_login(stranger)
    hidden, missing = (words_at(client, key) for key in (site.session.pk, site.run.pk))
    assert hidden == missing == "Session not found: ID."


def words_at(client: Client, key: UUID) -> str:
    answer = client.get(reverse("sessions:detail", args=[key]), headers={"accept": "application/json"})
    assert answer.status_code == 404
    message: str = answer.json()["message"]
    return message.replace(str(key), "ID")
