"""What somebody may not see is as if it were not there: in no answer of no route, and asked for by name it is missing.

Everything is asked twice, before and after something hidden is made: both answers, and how many questions they put to
the database, are the same. What is named is asked for beside what there never was.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from django.db import connection, reset_queries, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from llmspell_web.teams.models import Membership, User
from llmspell_web.teams.services import private_team
from llmspell_web.workspace.models import Run
from sessions.services import create_session
from tests.web.secrets import WORD, Secrets, make_searchable, plant, plant_with_team
from tests.web.site import Site, make_site
from tests.web.test_access_table import TABLE, arguments, form_of

# What differs between any two answers: a token for forms, the id of the request, how long ago something was, how far
# the events of the whole server have been read (decision 010), that the audit was exported.
CHANGING = re.compile(
    rb'(?s)name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"|<time[^>]*>[^<]*</time>|just now|\d+ s ago'
    rb'|name="attempt" value="[^"]*"|data-live data-url="[^"]*" data-after="[^"]*"|data-live-still>[^<]*<'
    rb'|data-feed-live data-url="[^"]*"|Request <code>[^<]*</code>|data-feed-still>[^<]*<'
    rb'|record-[0-9a-f-]{36}[",][^\r\n]*'
)
NEW_KEY = re.compile(rb"(Location: /sessions/bulk/)[0-9a-f-]{36}")
HEADERS = ("Location", "Content-Type", "Content-Disposition", "Vary", "HX-Redirect", "HX-Refresh", "HX-Trigger", "ETag")
TERMS = (
    WORD, "shared", f"-{WORD}", f"{WORD} OR shared", f"tag:{WORD}", "tag:shared", f"-tag:{WORD}", "-tag:nosuch",
    f"text:{WORD}", "type:any", f"type:{WORD}_type", "created:>1d", "status:active",
)  # fmt: skip
SESSION_TERMS = (
    f"owner:{WORD}.owner",
    f"team:{WORD}-team",
    f"meta.{WORD}.deep:{WORD}",
    "meta.kind:shared",
    "parent:none",
)
ARTIFACT_TERMS = (
    f"inside:{WORD}",
    "inside:words",
    f"name:{WORD}*",
    f"mime:text/x-{WORD}",
    f"by:{WORD}.owner",
    "run:none",
)
PREFIXES: tuple[str, ...] = (
    "",
    "q",
    WORD[:3],
    "tag:",
    f"tag:{WORD[:3]}",
    "owner:",
    f"owner:{WORD[:2]}",
    "team:",
    "meta.",
    f"meta.{WORD}.",
)
PREFIXES += ("meta.kind:", "type:", "status:", "by:", "mime:", "name:", "session:", "run:")
SORTS = ("", "-name", "name", "-artifacts", "-size", "status", "-created")
FIELDS = ("tag", "any", "none", "type", "owner", "team", "by", "mime", "name", "inside")


def variants(route: str) -> Iterator[dict[str, str]]:
    """What a route is asked with, beside nothing."""
    name = route.partition(":")[2]
    if name in {"list", "facets", "export", "bulk_count", "list_live"} and not route.startswith("teams:"):
        more = {"sessions": SESSION_TERMS, "artifacts": ARTIFACT_TERMS}.get(route.partition(":")[0], ())
        yield from ({"q": term} for term in (*TERMS, *more))
        yield from ({"sort": sort} for sort in SORTS)
        yield from ({field: value} for field in FIELDS for value in (WORD, "shared"))
        yield from ({"format": "jsonl", "q": WORD}, {"format": "csv"}, {"meta": f"{WORD}.deep={WORD}"}, {"view": WORD})
        yield from ({"kind": "artifact"}, {"kind": "session"}, {"by": f"{WORD}.owner"})
    if name == "complete":
        yield from ({"q": prefix, "at": str(len(prefix))} for prefix in PREFIXES)
    if name == "feed":
        yield from ({"person": f"{WORD}.owner"}, {"team": f"{WORD}-team"}, {"kind": "runs"}, {"time": ">1d"})
    if name == "feed_live":
        yield {"since": "0", "person": f"{WORD}.owner"}
    if name == "move":
        yield from ({"find": WORD}, {"find": "shared"})
    if name == "columns":
        yield {"do": "add"}


Answer = tuple[int, bytes, int]  # the status, the body without what always changes, the number of queries


def ask(client: Client, url: str, form: dict[str, Any], method: str = "get") -> Answer:  # Any: as Django has it
    """After which everything is as it was."""
    reset_queries()  # Django keeps 9,000
    counting = CaptureQueriesContext(connection)
    with transaction.atomic():
        with counting:
            response = getattr(client, method)(url, form)
            body = plain(response)
        transaction.set_rollback(True)
    return response.status_code, body, len(counting)


def plain(response: HttpResponseBase) -> bytes:
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]  # one of both
    if response.get("Content-Type") == "application/zip":  # which holds the moment that it was made
        with ZipFile(BytesIO(body)) as bundle:
            body = "\n".join(f"{one.filename} {one.CRC}" for one in bundle.infolist()).encode()
    headers = "".join(f"{name}: {response.get(name)}\n" for name in HEADERS)
    return CHANGING.sub(b"", headers.encode() + body)


def everything(client: Client, site: Site) -> dict[tuple[str, str], Answer]:
    """Every GET of the live table, in all its variants, on what the reader does see."""
    answers = {}
    for route in TABLE:
        url, form = reverse(route, kwargs=arguments(route, site)), form_of(route, site)
        for more in ({}, *variants(route)):
            answers[route, urlencode(form | more)] = ask(client, url, form | more)
    return answers


@pytest.fixture
def reader(make_user: Callable[..., User]) -> User:
    """Somebody with a site of their own, whose words are those of the hidden one, but for one."""
    return make_user("reader", Membership.Role.ADMIN)


def make_own(reader: User) -> Site:
    site = make_site(reader)
    create_session(reader, name="shared name", description="shared", tags=["shared"], metadata={"kind": "shared"})
    Run.objects.update(status=Run.Status.SUCCEEDED)
    make_searchable()
    return site


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def asks_for_words(key: object) -> bool:
    """How a word is looked for depends on how often it stands in the text index, which is one for all teams."""
    return WORD in str(key)


def assert_same(before: dict[Any, Answer], after: dict[Any, Answer]) -> None:
    for key, (status, body, queries) in before.items():
        assert after[key][0] == status, key
        assert after[key][1] == body, (key, first_difference(body, after[key][1]))
        if not asks_for_words(key):
            assert after[key][2] == queries, (key, "queries")


def first_difference(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[max(0, at - 80) : at + 120], other[max(0, at - 80) : at + 120]


def test_a_team_that_one_is_not_in_shows_in_no_answer(reader: User) -> None:
    site, client = make_own(reader), logged_in(reader)
    before = everything(client, site)
    plant_with_team()
    assert_same(before, everything(client, site))


def test_what_a_teammate_keeps_private_shows_in_no_answer(reader: User, owner: User) -> None:
    site, client = make_own(reader), logged_in(reader)
    before = everything(client, site)
    team = private_team(owner)
    plant(owner, team)
    assert_same(before, everything(client, site))


def named(secrets: Secrets) -> dict[str, tuple[str, str]]:
    """Under which names a form or an address names something: the hidden one, and one that there never was."""
    key, other = uuid4, uuid4
    account, team = f"{WORD}.owner", f"{WORD}-team"
    return {
        "session": (str(secrets.session.pk), str(key())),
        "child": (str(secrets.child.pk), str(key())),
        "trashed": (str(secrets.trashed.pk), str(key())),
        "artifact": (str(secrets.artifact.pk), str(key())),
        "trashed_artifact": (str(secrets.trashed_artifact.pk), str(other())),
        "run": (str(secrets.run.pk), str(key())),
        "bulk": (str(secrets.bulk.pk), str(key())),
        "view": (str(secrets.view.pk), str(key())),
        "account": (account, "nobody.owner"),
        "team": (team, "nobody-team"),
        "word": (WORD, "nobody"),
    }


# What takes the name of something else than its address names: route, method, form with one name in it.
ASKING: list[tuple[str, str, dict[str, str]]] = [
    ("sessions:list", "get", {"q": "owner:{account}"}),
    ("sessions:list", "get", {"owner": "{account}"}),
    ("sessions:list", "get", {"team": "{team}"}),
    ("sessions:list", "get", {"q": "-team:{team}"}),
    ("sessions:list", "get", {"parent": "{session}"}),
    ("sessions:list", "get", {"q": "id:{session}"}),
    ("sessions:list", "get", {"q": "tag:{word}"}),
    ("sessions:list", "get", {"view": "{team}/{word}-view"}),
    ("sessions:facets", "get", {"owner": "{account}"}),
    ("sessions:facets", "get", {"team": "{team}"}),
    ("sessions:export", "get", {"owner": "{account}"}),
    ("sessions:bulk_count", "get", {"owner": "{account}"}),
    ("sessions:complete", "get", {"q": "owner:{account}", "at": "18"}),
    ("sessions:list_live", "get", {"after": "0", "rows": "{session}"}),
    ("sessions:create", "get", {"parent": "{session}"}),
    ("sessions:create", "post", {"name": "Child", "?parent": "{session}"}),
    ("sessions:move", "get", {"find": "{session}"}),
    ("sessions:move", "post", {"parent": "{session}", "seen": ""}),
    ("sessions:move", "post", {"parent": "{trashed}", "seen": ""}),
    ("sessions:place", "post", {"team": "{team}", "owner": "reader"}),
    ("sessions:place", "post", {"team": "default", "owner": "{account}"}),
    ("sessions:bulk_new", "post", {"act": "suspend", "session": "{session}"}),
    ("sessions:bulk_new", "post", {"act": "suspend", "which": "all", "filter": "owner={account}"}),
    ("sessions:view_create", "post", {"name": "Mine", "place": "{team}"}),
    ("artifacts:list", "get", {"by": "{account}"}),
    ("artifacts:list", "get", {"team": "{team}"}),
    ("artifacts:list", "get", {"session": "{session}"}),
    ("artifacts:list", "get", {"run": "{run}"}),
    ("artifacts:list", "get", {"q": "id:{artifact}"}),
    ("artifacts:list", "get", {"inside": "{word}"}),
    ("artifacts:facets", "get", {"by": "{account}"}),
    ("artifacts:export", "get", {"session": "{session}"}),
    ("artifacts:view_create", "post", {"name": "Mine", "place": "{team}"}),
    ("artifacts:compare", "get", {"a": "{session}", "b": "{child}"}),
    ("artifacts:compare_versions", "get", {"a": "{artifact}", "b": "{artifact}"}),
    ("artifacts:bundle_some", "post", {"artifact": "{artifact}"}),
    ("artifacts:bundle_some", "get", {"artifact": "{artifact}"}),
    ("artifacts:bundle", "post", {"artifact": "{artifact}"}),
    ("trash:list", "get", {"by": "{account}"}),
    ("trash:list", "get", {"q": "{word}"}),
    ("trash:restore", "post", {"item": "session:{trashed}"}),
    ("trash:restore", "post", {"item": "artifact:{trashed_artifact}"}),
    ("trash:purge", "post", {"item": "session:{trashed}", "confirm": "1"}),
    ("trash:purge", "get", {"item": "artifact:{trashed_artifact}"}),
    ("workspace:editor", "get", {"run": "{run}"}),
    ("workspace:feed", "get", {"person": "{account}"}),
    ("workspace:feed", "get", {"team": "{team}"}),
    ("workspace:feed", "get", {"session": "{session}"}),
    ("workspace:feed", "get", {"session": "{trashed}"}),
]


def fill(texts: dict[str, str], names: dict[str, tuple[str, str]], *, is_missing: bool) -> dict[str, str]:
    return {
        key: text.format_map({name: pair[is_missing] for name, pair in names.items()}) for key, text in texts.items()
    }


def address_and_form(route: str, site: Site, form: dict[str, str]) -> tuple[str, dict[str, str]]:
    """A key with a question mark stands in the address of a form that is posted."""
    query = urlencode({key[1:]: value for key, value in form.items() if key.startswith("?")})
    url = reverse(route, kwargs=arguments(route, site)) + (f"?{query}" if query else "")
    return url, {key: value for key, value in form.items() if not key.startswith("?")}


def without_names(answer: Answer, names: dict[str, tuple[str, str]]) -> Answer:
    """What was asked for stands in the answer, also in pieces and in other letters."""
    status, body, queries = answer
    for hidden, missing in names.values():
        for name in (missing, hidden):  # which may be a part of the other
            body = body.replace(name.encode(), b"NAME").replace(name.title().encode(), b"NAME")
    return status, NEW_KEY.sub(rb"\1KEY", body), queries


@pytest.mark.parametrize(("route", "method", "form"), ASKING)
@pytest.mark.parametrize("how", ["of another team", "private"])
def test_what_is_named_and_hidden_is_as_if_it_were_missing(
    route: str, method: str, form: dict[str, str], how: str, reader: User, owner: User
) -> None:
    site, client = make_own(reader), logged_in(reader)
    secrets = plant_with_team() if how == "of another team" else plant(owner, private_team(owner))
    names = named(secrets)
    if how == "private":
        names |= {"team": (secrets.team.slug, f"private-{uuid4().hex}"), "account": ("nobody.a", "nobody.b")}
    hidden, missing = (
        ask(client, *address_and_form(route, site, fill(form, names, is_missing=which)), method)
        for which in (False, True)
    )
    assert_same({route: without_names(hidden, names)}, {route: without_names(missing, names)})


def missing_like(value: object) -> object:
    if isinstance(value, UUID):
        return uuid4()
    return "1000000000" if str(value).isdigit() else f"nobody-{value}"


def addresses(site: Site, secrets: Secrets) -> Iterator[tuple[str, dict[str, object], dict[str, object]]]:
    """Each route that names something, with the arguments for the hidden one and for one that there never was."""
    hidden_site = replace(
        site, session=secrets.session, artifact=secrets.artifact, run=secrets.run, trashed=secrets.trashed,
        bulk=secrets.bulk, view=secrets.view, artifact_view=secrets.artifact_view,
    )  # fmt: skip
    for route in TABLE:
        hidden, own = arguments(route, hidden_site), arguments(route, site)
        missing = {key: missing_like(value) for key, value in hidden.items()}
        if hidden != own:
            yield route, hidden, {key: missing[key] if hidden[key] != own[key] else own[key] for key in own}


@pytest.mark.parametrize("how", ["of another team", "private"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_address_of_something_hidden_is_as_one_of_nothing(how: str, method: str, reader: User, owner: User) -> None:
    site, client = make_own(reader), logged_in(reader)
    secrets = plant_with_team() if how == "of another team" else plant(owner, private_team(owner))
    asked = 0
    for route, hidden, missing in addresses(site, secrets):
        form = form_of(route, site) if not route.startswith("trash:") else {}
        names = {key: (str(hidden[key]), str(missing[key])) for key in hidden if hidden[key] != missing[key]}
        answers = [ask(client, reverse(route, kwargs=kwargs), form, method) for kwargs in (hidden, missing)]
        assert answers[0][0] in {404, 405} or route.startswith("shares:"), route  # a link asks first
        one, other = (without_names(answer, names) for answer in answers)
        assert_same({route: one}, {route: other})
        asked += 1
    assert asked >= 60
