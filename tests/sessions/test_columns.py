"""The columns of the list and how close its rows stand: chosen by each account, kept in the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField
from sessions.columns import column_keys
from sessions.lifecycle import change_status
from sessions.models import ListPreference, Session
from sessions.services import create_session, delete_session
from sessions.session_columns import COLUMNS

LIST = "/sessions/"
FORM = "/sessions/columns"
SIX_KEYS = ",".join(f"meta.{number}" for number in range(6))


@pytest.fixture
def session(owner: User) -> Session:
    parent = create_session(owner, name="Parent <b>")
    metadata = {"model": {"name": "<i>", "sizes": [1, 2]}, "none": None, "12": "digits"}
    session = create_session(
        owner, name="Child", tags=["a", "<u>"], description="d" * 200, metadata=metadata, parent=parent
    )
    return change_status(session, "complete", actor=owner)


def labels(client: Client, query: str = "") -> list[str]:
    return [heading.label for heading in client.get(f"{LIST}{query}").context["headings"]]


def cells(client: Client, keys: str, name: str = "Child") -> list[object]:
    rows = client.get(LIST, {"columns": keys}).context["rows"]
    return next([cell.value for cell in row.cells] for row in rows if row.name == name)


def test_every_column_shows_what_it_is_called_after(visitor: Client, session: Session) -> None:
    assert labels(visitor) == ["Name", "Status", "Tags", "Owner", "Artifacts", "Size", "Updated"]
    assert labels(visitor, f"?columns={','.join(COLUMNS.known)}") == [
        "Name",
        *(column.label for column in COLUMNS.known.values()),
    ]
    shown = dict(zip(COLUMNS.known, cells(visitor, ",".join(COLUMNS.known)), strict=True))
    assert shown == {
        "status": "completed",
        "tags": ["a", "<u>"],
        "owner": "owner",
        "team": "Team",
        "artifacts": "0",
        "size": "0 bytes",
        "created": "just now",
        "updated": "just now",
        "ended": "just now",
        "saved": "",
        "description": "d" * 120 + "…",
        "parent": "Parent <b>",
    }
    content = visitor.get(LIST, {"columns": "tags,parent,meta.model.name"}).content.decode()
    for words in ("&lt;u&gt;", "Parent &lt;b&gt;</a></td>", "&lt;i&gt;"):
        assert words in content


def test_metadata_is_reached_by_keys_and_shown_as_text(visitor: Client, session: Session) -> None:
    keys = ("model.name", "model", "model.sizes", "model.sizes.0", "none", "12", "absent.key", "model.name.x")
    values = [cells(visitor, f"meta.{key}")[0] for key in keys]
    assert values == ["<i>", '{"name": "<i>", "sizes": [1, 2]}', "[1, 2]", "", "null", "digits", "", ""]


def test_a_parent_that_cannot_be_seen_is_not_named(visitor: Client, owner: User, session: Session) -> None:
    assert session.parent is not None
    delete_session(session.parent, actor=owner)
    assert cells(visitor, "parent") == [""]


@pytest.mark.parametrize(
    "keys",
    ["colour", "meta.", "meta.a..b", f"meta.{'x' * 101}", "meta.\0", "meta.a\nb", "STATUS", "status,,tags", SIX_KEYS],
)
def test_a_column_that_cannot_be_is_told_and_nothing_is_listed(visitor: Client, session: Session, keys: str) -> None:
    page = visitor.get(LIST, {"columns": keys})
    assert page.status_code == 422
    assert "Columns: expected" in page.content.decode()
    assert page.context["page"] is None
    assert visitor.get(LIST, {"density": "huge"}).status_code == 422
    with pytest.raises(InvalidField, match="columns: expected"):
        COLUMNS.parse(keys.split(","))


def test_columns_read_back_as_they_were_written() -> None:
    columns = COLUMNS.parse(["tags", "meta.a.b", "tags", "name", "size"])
    assert column_keys(columns) == ["name", "tags", "meta.a.b", "size"]
    assert COLUMNS.parse(column_keys(columns)) == columns
    assert COLUMNS.parse(column_keys(())) == ()


def test_the_choice_follows_the_account(visitor: Client, client: Client, owner: User, viewer: User) -> None:
    back = visitor.post(
        f"{FORM}?q=x&page=", {"column": ["updated", "team"], "metadata": "ticket.id, n", "density": "compact"}
    )
    assert back.headers["Location"] == f"{LIST}?q=x&page="
    chosen = ["Name", "Updated", "Team", "ticket.id", "n"]
    assert labels(visitor) == chosen
    other_device = Client()
    other_device.force_login(owner)
    assert labels(other_device) == chosen
    client.force_login(viewer)
    assert "Size" in labels(client)
    assert labels(other_device, "?columns=size") == ["Name", "Size"]  # what the URL says goes first
    assert other_device.post(FORM, {"do": "reset"}).headers["Location"] == LIST
    assert "Size" in labels(other_device)


def test_a_table_may_show_the_names_alone(visitor: Client, session: Session) -> None:
    visitor.post(FORM, {"density": "comfortable"})
    assert labels(visitor) == ["Name"]


def test_without_javascript_a_column_moves_by_a_button(visitor: Client) -> None:
    form = {"column": ["status", "tags", "size"], "density": "comfortable"}
    moved = visitor.post(f"{FORM}?q=x", form | {"do": "up:size"})
    assert moved.headers["Location"] == f"{FORM}?q=x"
    offered = [
        (column.key, is_shown) for column, is_shown in visitor.get(moved.headers["Location"]).context["form"].offered()
    ]
    assert offered[:4] == [("status", True), ("size", True), ("tags", True), ("owner", False)]
    for what, first in (
        ("up:status", "status"),
        ("down:status", "tags"),
        ("down:nothing", "status"),
        ("sideways:tags", "status"),
    ):
        visitor.post(FORM, form | {"do": what})
        assert ListPreference.objects.get().columns[1] == first


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"metadata": "a..b", "density": "compact"}, "Columns: expected keys joined by dots"),
        ({"column": "colour", "density": "compact"}, "Columns: expected some of status"),
        ({"metadata": "a,b,c,d,e,f", "density": "compact"}, "at most 5 of metadata"),
        ({"density": "huge"}, "Select a valid choice"),
    ],
)
def test_a_wrong_choice_is_told_and_nothing_changes(visitor: Client, form: dict[str, str], words: str) -> None:
    answer = visitor.post(FORM, form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ListPreference.objects.exists()


def test_density(visitor: Client, owner: User, session: Session) -> None:
    url = reverse("sessions:density")
    assert "table--compact" not in visitor.get(LIST).content.decode()
    back = visitor.post(url, {"density": "compact", "next": f"{LIST}?q=x"})
    assert back.headers["Location"] == f"{LIST}?q=x"
    assert "table--compact" in visitor.get(LIST).content.decode()
    assert "table--compact" not in visitor.get(LIST, {"density": "comfortable"}).content.decode()
    assert visitor.post(url, {"density": "huge"}).status_code == 422
    assert visitor.post(url, {"density": "compact", "next": "https://elsewhere.example/"}).headers["Location"] == LIST
    assert ListPreference.objects.get().density == "compact"


def test_choosing_replaces_what_the_url_says(visitor: Client, session: Session) -> None:
    """As the URL of a view with columns of its own does."""
    url = visitor.get(LIST, {"columns": "team", "density": "compact", "q": "Child"}).context["tools"]["columns_url"]
    form = visitor.get(url).context["form"]
    assert [column.key for column, is_shown in form.offered() if is_shown] == ["team"]
    moved = visitor.post(url, {"column": ["team", "tags"], "density": "comfortable", "do": "up:tags"})
    assert labels(visitor) == ["Name", "Tags", "Team"]
    assert moved.headers["Location"] == f"{FORM}?q=Child"
    saved = visitor.post(url, {"column": ["size"], "density": "comfortable"})
    assert saved.headers["Location"] == f"{LIST}?q=Child"
    assert labels(visitor, "?q=Child") == ["Name", "Size"]
    back = visitor.get(LIST, {"columns": "team", "density": "compact"}).context["tools"]["without_density"]
    assert back == f"{LIST}?columns=team"


@contextmanager
def queries_of_the_list() -> Iterator[list[str]]:
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [query["sql"] for query in captured.captured_queries]


def test_only_what_is_shown_is_fetched(visitor: Client, owner: User, session: Session) -> None:
    counts = []
    for number in (0, 30):
        for n in range(number):
            create_session(owner, name=str(n), tags=["a"], parent=session)
        with queries_of_the_list() as few:
            visitor.get(LIST, {"columns": "updated"})
        with queries_of_the_list() as many:
            visitor.get(LIST, {"columns": ",".join([*COLUMNS.known, "meta.a"])})
        counts.append((len(few), len(many)))
    assert counts == [(8, 10), (8, 10)]  # tags and parents are the two
    rows = next(sql for sql in few if 'FROM "llmspell_sessions_session"' in sql and "total_artifact_size" in sql)
    for column in ("description", "metadata", "username"):
        assert f'"{column}"' not in rows
    rows = next(sql for sql in many if 'FROM "llmspell_sessions_session"' in sql and "total_artifact_size" in sql)
    assert '."metadata"' in rows
    assert '"password"' not in rows
    assert '"description", ' in rows.replace('"llmspell_sessions_session"."description"', '"description"')
    assert " 121" in rows  # the beginning of the description, cut by the database


def test_the_search_keeps_what_the_url_says_beside_the_filter(visitor: Client, session: Session) -> None:
    page = visitor.get(LIST, {"columns": "tags", "density": "compact", "view": "~owner/x"})
    assert page.context["kept"] == [("view", "~owner/x"), ("columns", "tags"), ("density", "compact")]
    content = page.content.decode()
    assert '<input type="hidden" name="columns" value="tags">' in content
    assert (
        page.context["tools"]["here"] == f"{LIST}?view=%7Eowner%2Fx"
        or page.context["tools"]["here"] == f"{LIST}?view=~owner%2Fx"
    )
