"""The artifacts tab of a session: filters, orders and pages of the URL, versions, news, deleting several."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts.models import Artifact
from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import User
from sessions.artifact_list import PAGE_SIZE
from sessions.models import Session

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
# The log-in session, the account, the session with its tags, the versions; the current session.
VERSIONS_PAGE_QUERIES = 6

NOBODY = "00000000-0000-7000-8000-000000000000"


def store(session: Session, name: str, content: bytes = b"x", actor: User | None = None, **given: object) -> Artifact:
    values: dict[str, object] = {"artifact_type": "chart", "actor": actor or session.created_by, **given}
    return store_artifact(session, name=name, content=content, **values)  # type: ignore[arg-type]  # what a test gives


def names(visitor: Client, session: Session, query: str = "") -> list[str]:
    response = visitor.get(f"{session.get_absolute_url()}{query}")
    assert response.status_code == 200
    rows = re.findall(r'<th scope="row">\s*<a [^>]*>([^<]*)</a>', response.content.decode())
    return [unescape(name) for name in rows]


def link(visitor: Client, url: str, label: str) -> str:
    """The query of the pager's link, empty where there is none."""
    pager = re.search(r'<nav class="pager".*?</nav>', visitor.get(url).content.decode(), re.DOTALL)
    found = (
        re.search(rf'href="[^"]*(\?[^"]*)"[^>]*>[^<]*(?:<svg.*?</svg>)?\s*{label}', pager[0], re.DOTALL)
        if pager
        else None
    )
    return unescape(found[1]) if found else ""


def test_one_row_for_each_name_with_its_newest_version(visitor: Client, session: Session) -> None:
    for name in ("a", "b", "a", "a"):
        store(session, name)
    content = visitor.get(session.get_absolute_url()).content.decode()
    assert names(visitor, session) == ["a", "b"]
    assert "3 versions" in content
    assert content.count(" versions</summary>") == 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?name=REPORT", ["report.md", "final report.csv"]),
        ("?name=*.csv", ["final report.csv", "données.csv"]),
        ("?name=DONN%C3%89ES", ["données.csv"]),
        ("?name=100%25", ["100%"]),
        ("?type=TOOL_RESULT", ["final report.csv"]),
        ("?tag=final", ["report.md"]),
        ("?by=teammate", ["données.csv"]),
        ("?by=me", ["100%", "report.md", "final report.csv"]),
        ("?by=nobody", []),
        ("?name=report&tag=final&type=chart&by=owner", ["report.md"]),
        ("?sort=name", ["100%", "données.csv", "final report.csv", "report.md"]),
        ("?sort=-size", ["final report.csv", "100%", "report.md", "données.csv"]),
        ("?sort=stored", ["données.csv", "final report.csv", "report.md", "100%"]),
    ],
)
def test_filters_and_orders_of_the_url(
    visitor: Client, session: Session, teammate: User, query: str, expected: list[str]
) -> None:
    store(session, "données.csv", actor=teammate)
    store(session, "final report.csv", b"x" * 50, artifact_type="tool_result")
    store(session, "report.md", tags=["draft"], actor=teammate)
    store(session, "report.md", b"xx", tags=["final"])
    store(session, "100%", b"xxx")
    assert names(visitor, session, query) == expected


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (f"?name={'x' * 256}", "at most 255 characters"),
        ("?tag=%00", "Null characters are not allowed"),
        ("?sort=colour", "Expected one of -stored, stored"),
    ],
)
def test_a_wrong_filter_is_told_beside_it(visitor: Client, session: Session, query: str, words: str) -> None:
    for headers in ({}, HTMX):
        response = visitor.get(f"{session.get_absolute_url()}{query}", headers=headers)
        assert response.status_code == 422
        assert words in response.content.decode()


@pytest.mark.parametrize("place", ["after.x", "before", "after.", f"after.{NOBODY}", f"beside.{NOBODY}"])
def test_a_page_that_no_link_leads_to_is_told(visitor: Client, session: Session, place: str) -> None:
    response = visitor.get(f"{session.get_absolute_url()}?page={place}")
    assert response.status_code == 422
    assert "a link of this list" in response.content.decode()


@pytest.mark.parametrize("sort", ["-stored", "stored", "name", "-name", "size", "-size"])
def test_pages_forth_and_back_hold_every_name_once(visitor: Client, session: Session, sort: str) -> None:
    for number in range(2 * PAGE_SIZE + 3):
        store(session, f"n{number * 7 % 103:03}", b"x" * (number % 3))
    whole, query, pages = [], f"?sort={sort}", []
    while query:
        pages.append(query)
        whole += names(visitor, session, query)
        query = link(visitor, f"{session.get_absolute_url()}{query}", "Next")
    assert len(pages) == 3
    assert len(set(whole)) == len(whole) == 2 * PAGE_SIZE + 3
    back = link(visitor, f"{session.get_absolute_url()}{pages[2]}", "Previous")
    assert names(visitor, session, back) == whole[PAGE_SIZE : 2 * PAGE_SIZE]
    first = link(visitor, f"{session.get_absolute_url()}{back}", "Previous")
    assert names(visitor, session, first) == whole[:PAGE_SIZE]
    assert link(visitor, f"{session.get_absolute_url()}{first}", "Previous") == ""


def test_a_page_stays_where_it_is_while_others_store_and_delete(visitor: Client, session: Session, owner: User) -> None:
    stored = [store(session, f"n{number:03}") for number in range(PAGE_SIZE + 10)]
    query = link(visitor, session.get_absolute_url(), "Next")
    store(session, "newer")
    delete_artifact(stored[10], actor=owner)  # the page before ended with it
    assert names(visitor, session, query) == [f"n{number:03}" for number in range(9, -1, -1)]


def test_a_page_whose_rows_are_all_gone_leads_back(visitor: Client, session: Session, owner: User) -> None:
    stored = [store(session, f"n{number:03}") for number in range(PAGE_SIZE + 1)]
    query = link(visitor, f"{session.get_absolute_url()}?name=n", "Next")
    delete_artifact(stored[0], actor=owner)
    content = visitor.get(f"{session.get_absolute_url()}{query}").content.decode()
    assert f'What stood on this page is gone. <a href="{session.get_absolute_url()}?name=n">First page' in content


def test_htmx_gets_the_list_alone_and_a_clean_address(visitor: Client, session: Session) -> None:
    store(session, "a")
    response = visitor.get(f"{session.get_absolute_url()}?name=a&type=&tag=&by=&sort=-stored", headers=HTMX)
    assert "<html" not in response.content.decode()
    assert response.headers["HX-Push-Url"] == f"{session.get_absolute_url()}?name=a"


def test_names_are_shown_as_text(visitor: Client, session: Session) -> None:
    wild = ["<script>alert(1)</script>", "{{ x }}", "👩‍🔬", "\u202egpj.exe", 'a"b', "a&b=c"]
    for name in wild:
        store(session, name)
        store(session, name)
    assert names(visitor, session, "?sort=stored") == wild
    for name in wild:
        page = visitor.get(reverse("artifacts:versions", args=[session.pk]), {"name": name})
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()


def test_the_versions_of_a_name_page_at_a_fixed_cost(
    visitor: Client, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(60):
        store(session, "a")
    url = reverse("artifacts:versions", args=[session.pk])
    with django_assert_num_queries(VERSIONS_PAGE_QUERIES):
        content = visitor.get(url, {"name": "a"}).content.decode()
    assert re.findall(r">Version (\d+)<", content) == [str(number) for number in range(60, 10, -1)]
    older = visitor.get(url, {"name": "a", "before": "11"}, headers=HTMX).content.decode()
    assert re.findall(r">Version (\d+)<", older) == [str(number) for number in range(10, 0, -1)]
    for name in ("b", "", "\0"):
        assert visitor.get(url, {"name": name}).status_code == 404


def test_news_are_what_others_and_scripts_do(visitor: Client, session: Session, teammate: User, owner: User) -> None:
    def news(**query: int) -> str:
        response = visitor.get(reverse("artifacts:news", args=[session.pk]), query, headers=HTMX)
        return "" if response.status_code == 204 else response.content.decode()

    first = store(session, "mine")
    after = session.events.latest("pk").number
    assert news(after=after) == ""
    store(session, "also mine")
    assert news(after=after) == ""
    store(session, "theirs", actor=teammate)
    store(session, "by a script of mine", run_id=uuid4())
    delete_artifact(first, actor=teammate)
    told = news(after=after)
    assert "2 stored, 1 deleted" in told
    seen = int(re.search(r"seen=(\d+)", told)[1])  # type: ignore[index]  # it is there
    assert news(after=after, seen=seen) == ""
    store(session, "theirs", actor=teammate)
    assert "3 stored, 1 deleted" in news(after=after, seen=seen)
