"""The page of the list: filters in the URL, chips, counts, orders, and what it says when nothing fits."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts.services import store_artifact
from llmspell_web.teams.models import User
from sessions import facets
from sessions.lifecycle import change_status
from sessions.models import Session
from sessions.services import create_session

LIST = "/sessions/"
# The log-in session, the account, the current session, its choices, the newest events, the teams, the rows, their tags,
# the saved views.
LIST_QUERIES = 9
# The same first four, the teams, the rows, then one each for tags and owners.
FACET_QUERIES = 8


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="Support", tags=["support", "urgent"], metadata={"ticket": {"id": "12345"}})


@pytest.fixture
def other(owner: User, teammate: User, session: Session) -> Session:
    other = create_session(teammate, name="Other", tags=["support", "a,b"], parent=session)
    store_artifact(other, actor=teammate, artifact_type="tool_result", name="x", content=b"x")
    return change_status(other, "suspend", actor=owner)


def test_the_list_costs_as_many_queries_with_fifty_rows_as_with_one(
    visitor: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 49):
        for number in range(count):
            create_session(owner, name=f"Chat {number}", tags=["a", "b"])
        with django_assert_num_queries(LIST_QUERIES):
            visitor.get(LIST)
        # And how few sessions hold the text; on PostgreSQL a sample of the texts and their keys as well.
        with django_assert_num_queries(LIST_QUERIES + (3 if connection.vendor == "postgresql" else 1)):
            visitor.get(LIST, {"tag": "a", "status": "active", "q": "chat"})
        with django_assert_num_queries(FACET_QUERIES):
            visitor.get(reverse("sessions:facets"))


def test_rows_lead_to_their_sessions(visitor: Client, session: Session, other: Session) -> None:
    content = visitor.get(LIST).content.decode()
    for row in (session, other):
        assert row.get_absolute_url() == reverse("sessions:detail", args=[row.pk])
        assert f'<a href="{row.get_absolute_url()}">{row.name}</a>' in content


def test_the_list_pages_both_ways(visitor: Client, owner: User) -> None:
    for number in range(60):
        create_session(owner, name=f"Chat number {number:02}")
    first = visitor.get(LIST).context["page"]
    assert [row.name for row in first.rows][::49] == ["Chat number 59", "Chat number 10"]
    second = visitor.get(LIST, {"page": str(first.next)}).context["page"]
    assert len(second.rows) == 10
    back = visitor.get(LIST, {"page": str(second.previous)}).context["page"]
    assert back.rows == first.rows


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "Other Support"),
        ("status=suspended", "Other"),
        ("status=suspended&status=active", "Other Support"),
        ("tag=support", "Other Support"),
        ("tag=support,+urgent", "Support"),
        ("any=urgent,+nothing", "Support"),
        ("tag=%22a,b%22,+support", "Other"),
        ("none=%22a,b%22", "Support"),
        ("none=urgent", "Other"),
        ("any=a&any=b", ""),
        ("owner=me", "Support"),
        ("owner=teammate", "Other"),
        ("created=today", "Other Support"),
        ("updated=%3C7d", ""),
        ("parent=none", "Support"),
        ("meta=ticket.id%3D12345", "Support"),
        ("type=tool_result", "Other"),
        ("type=TOOL_RESULT&status=active", ""),
        ("q=SUPPORT+-urgent&owner=", "Other"),
        ("sort=name", "Other Support"),
        ("sort=-name", "Support Other"),
        ("sort=artifacts", "Support Other"),
    ],
)
def test_filters_and_orders_stand_in_the_url(visitor: Client, other: Session, query: str, expected: str) -> None:
    response = visitor.get(f"{LIST}?{query}")
    assert [row.name for row in response.context["page"].rows] == expected.split()


def test_strangers_see_neither_rows_nor_counts(client: Client, stranger: User, other: Session) -> None:
    client.force_login(stranger)
    assert client.get(LIST, {"q": "tag:support"}).context["page"].rows == []
    counted = client.get(reverse("sessions:facets")).content.decode()
    assert "<strong>0</strong>" in counted
    assert "urgent" not in counted


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("status", "sleeping", "Expected active, suspended, completed, failed, got"),
        ("tag", "x" * 65, "a tag of at most 64"),
        ("any", "x" * 65, "a tag of at most 64"),
        ("none", "x" * 65, "a tag of at most 64"),
        *((name, ",".join(map(str, range(5000))), "at most 64 tags") for name in ("tag", "any", "none")),
        ("created", "soon", "Expected a time such as"),
        ("updated", "2026-02-30", "Expected a time such as"),
        ("parent", "7", "Invalid session id"),
        ("meta", "ticket", "Expected key=value"),
        ("sort", "colour", "Expected one of updated, created"),
        ("q", "x y:z", "one of the fields status"),
    ],
)
def test_a_filter_value_that_cannot_be_is_told_beside_its_filter(
    visitor: Client, session: Session, name: str, value: str, words: str
) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        response = visitor.get(LIST, {name: value}, headers=headers)
        assert response.status_code == 422
        content = response.content.decode()
        place = content.index(f'id="id_{name}_error"')
        assert words in content[place : place + 900].replace("&#x27;", "'")
        assert response.context["page"] is None
    assert visitor.get(reverse("sessions:facets"), {name: value}).status_code == 422


def test_the_bad_token_is_marked(visitor: Client) -> None:
    content = visitor.get(LIST, {"q": "<b>a</b> created:soon z"}).content.decode()
    assert "&lt;b&gt;a&lt;/b&gt; <mark>created:soon</mark> z" in content
    assert visitor.get(LIST, {"page": "garbage"}).status_code == 422


def test_each_active_filter_can_be_taken_away_alone(visitor: Client, other: Session) -> None:
    query = {"status": ["active", "suspended"], "tag": "support, urgent", "q": "x <y>", "sort": "name", "page": ""}
    response = visitor.get(LIST, query)
    chips = {chip.label: parse_qsl(urlsplit(chip.url).query) for chip in response.context["chips"]}
    rest = [("status", "active"), ("status", "suspended"), ("tag", "support, urgent"), ("q", "x <y>"), ("sort", "name")]
    without = [[pair for pair in rest if pair[0] != "q"], [pair for pair in rest if pair[1] != "active"]]
    assert sorted(chips["Search: x <y>"]) == sorted(without[0])
    assert sorted(chips["Status: active"]) == sorted(without[1])
    assert ("tag", "urgent") in chips["All of these tags: support"]
    assert "Remove the filter" in response.content.decode()


def test_counts_are_links_that_add_and_take_away(visitor: Client, other: Session) -> None:
    response = visitor.get(reverse("sessions:facets"), {"owner": "teammate", "page": "x"})
    lists = {title: {link.label: link for link in links} for title, links in response.context["facets"]}
    assert {label: link.count for label, link in lists["Status"].items()} == {
        "Active": "0",
        "Suspended": "1",
        "Completed": "0",
        "Failed": "0",
    }
    assert lists["Status"]["Suspended"].url == f"{LIST}?owner=teammate&status=suspended"
    assert lists["Owner"]["teammate"].is_on
    assert lists["Owner"]["teammate"].url == LIST
    for links in lists.values():
        for link in links.values():
            assert visitor.get(link.url).status_code == 200
    assert [row.name for row in visitor.get(lists["Tags"]["a,b"].url).context["page"].rows] == ["Other"]


def test_a_tag_with_a_comma_is_asked_for_and_taken_away_like_any_other(visitor: Client, other: Session) -> None:
    given = {"tag": '"a,b", support', "any": '"a,b"'}
    response = visitor.get(reverse("sessions:facets"), given)
    tags = {link.label: link for link in dict(response.context["facets"])["Tags"]}
    assert tags["a,b"].is_on
    assert dict(parse_qsl(urlsplit(tags["a,b"].url).query)) == {"tag": "support", "any": '"a,b"'}
    chips = {chip.label: chip.url for chip in visitor.get(LIST, given).context["chips"]}
    rest = dict(parse_qsl(urlsplit(chips["All of these tags: support"]).query))
    assert rest == {"tag": '"a,b"', "any": '"a,b"'}


def test_counts_are_exact_up_to_their_limit(visitor: Client, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "EXACT_MAX", 3)
    for number in range(5):
        create_session(owner, name=str(number), tags=["all", f"t{number // 3}"])
    counted = visitor.get(reverse("sessions:facets")).context
    assert counted["total"].text == "3+"
    lists = {title: {link.label: link.count for link in links} for title, links in counted["facets"]}
    assert lists["Tags"] == {"all": "3+", "t0": "3", "t1": "2"} or lists["Tags"] == {"all": "3+", "t0": "3"}
    assert lists["Owner"] == {"owner": "3+"}
    assert lists["Status"]["Failed"] == "0"


def test_the_empty_list_says_what_to_change(visitor: Client, session: Session) -> None:
    one = visitor.get(LIST, {"q": "nothing like it"}).content.decode()
    assert "Nothing that you can see fits the filter above" in one
    two = visitor.get(LIST, {"q": "nothing", "status": "active"}).content.decode()
    assert "Take away one of the filters above" in two


def test_headings_turn_the_order_round_and_say_which_it_is(visitor: Client, session: Session) -> None:
    headings = {heading.label: heading for heading in visitor.get(LIST, {"owner": "me"}).context["headings"]}
    assert (headings["Updated"].sorted, headings["Name"].sorted) == ("descending", "")
    assert headings["Updated"].url == f"{LIST}?owner=me&sort=updated"
    assert headings["Size"].url == f"{LIST}?owner=me&sort=-size"
    assert headings["Name"].url == f"{LIST}?owner=me&sort=name"


def without_tokens(page: bytes) -> bytes:
    return re.sub(rb'csrfmiddlewaretoken" value="\w+"', b"", page)


def test_htmx_gets_the_list_alone_and_caches_keep_them_apart(visitor: Client, session: Session) -> None:
    query = {"q": "", "owner": "me", "status": ""}
    whole = visitor.get(LIST, query)
    part = visitor.get(LIST, query, headers={"HX-Request": "true"})
    restored = visitor.get(LIST, query, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert b"<html" in whole.content
    assert b"<html" not in part.content
    assert b"<html" in restored.content
    assert without_tokens(part.content.strip()) in without_tokens(whole.content)
    assert part.headers["HX-Push-Url"] == f"{LIST}?owner=me"
    for header in ("HX-Request", "HX-Boosted", "HX-History-Restore-Request"):
        assert header in whole.headers["Vary"]
