"""The list of artifacts across sessions: what each filter finds, and what is nobody's business."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from artifacts import bulk_selection
from artifacts.content_index import index_batch
from artifacts.listing.table import ARTIFACT_TABLE
from artifacts.models import Artifact
from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.workspace.runs import create_run
from sessions.models import SavedView, Session
from sessions.saved_views import create_view, list_url
from sessions.services import create_session, delete_session

pytestmark = pytest.mark.django_db
LIST = reverse("artifacts:list")
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")


@pytest.fixture
def work(owner: User, teammate: User) -> Session:
    """Six artifacts in two sessions, one name with two versions."""
    session, other = create_session(owner, name="Work"), create_session(teammate, name="Other")
    run = create_run(owner, source="print(1)", session=session)
    store = store_artifact
    store(session, actor=owner, artifact_type="chart", name="draft.txt", content=b"old words", tags=["old"])
    store(session, actor=owner, artifact_type="chart", name="draft.txt", content=b"refund approved", tags=["a", "b"])
    store(session, actor=owner, artifact_type="tool_result", name="Report.csv", content=b"x,y\n1,2\n", tags=["a"])
    store(session, actor=owner, artifact_type="tool_result", name="big.csv", content=b"z" * 5000, run_id=run.pk)
    store(other, actor=teammate, artifact_type="note", name="photo.png", content=PNG, description="a report of it")
    store(other, actor=teammate, artifact_type="note", name="ünï <b>", content=b"refunds denied", tags=["<i>", "a"])
    Artifact.objects.filter(name="big.csv").update(created_at=timezone.now() - timedelta(days=9))
    return session


@pytest.fixture
def visitor(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def found(client: Client, **query: str) -> list[str]:
    response = client.get(LIST, query)
    assert response.status_code == 200, response.context["form"].errors
    return [artifact.name for artifact in response.context["page"].rows]


def index_all() -> None:
    while index_batch(set()):
        pass


EVERY = {"draft.txt", "Report.csv", "big.csv", "photo.png", "ünï <b>"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", EVERY),
        ("type:chart", {"draft.txt"}),
        ("type:CHART,note", {"draft.txt", "photo.png", "ünï <b>"}),
        ("-type:note", {"draft.txt", "Report.csv", "big.csv"}),
        ("tag:a", {"draft.txt", "Report.csv", "ünï <b>"}),
        ("tag:a -tag:b", {"Report.csv", "ünï <b>"}),
        ("tag:old", set()),
        ("name:*.csv", {"Report.csv", "big.csv"}),
        ("name:report", {"Report.csv"}),
        ("name:ÜN", {"ünï <b>"}),
        ("report", {"Report.csv", "photo.png"}),
        ("mime:text/csv", {"Report.csv", "big.csv"}),
        ("mime:image/*", {"photo.png"}),
        ("size:>1kb", {"big.csv"}),
        ("size:<=16", {"draft.txt", "Report.csv", "photo.png", "ünï <b>"}),
        ("size:5000", {"big.csv"}),
        ("size:15..16", {"draft.txt", "photo.png"}),
        ("created:>1d", EVERY - {"big.csv"}),
        ("created:<7d", {"big.csv"}),
        ("by:me", {"draft.txt", "Report.csv", "big.csv"}),
        ("by:teammate size:>15", {"photo.png"}),
        ("by:nobody", set()),
        ("run:none", EVERY - {"big.csv"}),
        ("run:any", {"big.csv"}),
        ("inside:refund", {"draft.txt"}),
        ("inside:refund*", {"draft.txt", "ünï <b>"}),
        ("inside:old", set()),
        ("team:default", EVERY),
        ("team:elsewhere", set()),
        ("type:chart OR name:photo*", {"draft.txt", "photo.png"}),
    ],
)
def test_each_term_finds_what_it_says(visitor: Client, work: Session, query: str, expected: set[str]) -> None:
    index_all()
    assert set(found(visitor, q=query)) == expected
    for order in ("created", "-name", "size"):
        assert set(found(visitor, q=query, sort=order)) == expected


def test_fields_ask_for_the_same_as_terms(visitor: Client, work: Session) -> None:
    big = Artifact.objects.get(name="big.csv")
    for field, value in {
        "type": "tool_result",
        "name": "big*",
        "mime": "text/csv",
        "size": ">1kb",
        "created": "<7d",
        "session": str(work.pk),
        "by": "owner",
        "run": str(big.run_id),
        "hash": big.blob_id[:8],
        "team": "default",
    }.items():
        assert "big.csv" in found(visitor, **{field: value}), field
        assert set(found(visitor, **{field: value})) == set(found(visitor, q=f'{field}:"{value}"')), field
    assert found(visitor, hash=big.blob_id.upper()) == ["big.csv"]
    assert found(visitor, q=str(big.pk)) == ["big.csv"] == found(visitor, q=f"id:{big.pk}")


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("size", "large", "a size such as"),
        ("hash", "xyz", "6 to 64 hexadecimal digits"),
        ("session", "x", "session"),
        ("run", "x", "run"),
        ("created", "soon", "a time such as"),
        ("inside", "...", "at least one word"),
        ("sort", "status", "one of created, name, size"),
        ("q", "colour:red", "one of the fields type, tag"),
    ],
)
def test_what_a_filter_does_not_take_is_said_beside_it(
    visitor: Client, work: Session, field: str, value: str, expected: str
) -> None:
    response = visitor.get(LIST, {field: value})
    assert response.status_code == 422
    assert expected in " ".join(response.context["form"].errors[field])
    assert response.context["page"] is None


def test_only_what_one_may_see_and_what_is_not_in_the_trash(
    client: Client, owner: User, work: Session, stranger: User, viewer: User
) -> None:
    client.force_login(viewer)
    assert set(found(client)) == EVERY
    delete_artifact(work.artifacts.get(name="draft.txt", version=2), actor=owner)
    assert set(found(client, q="tag:old")) == {"draft.txt"}  # the version before it stands in its place
    delete_session(work, actor=owner)
    assert set(found(client)) == {"photo.png", "ünï <b>"}
    client.force_login(stranger)
    assert found(client) == []
    digest = Artifact.objects.get(name="photo.png").blob_id
    assert found(client, hash=digest) == []


def test_pages_by_key_lead_there_and_back(visitor: Client, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions.list_page.PAGE_SIZE", 3)
    session = create_session(owner)
    names = [f"a{number}" for number in range(8)]
    for name in names:
        store_artifact(session, actor=owner, artifact_type="chart", name=name, content=name.encode())
    for order, expected in (("-created", names[::-1]), ("name", names), ("-size", names[::-1])):
        seen, page = [], ""
        while True:
            shown = visitor.get(LIST, {"sort": order, "page": page}).context["page"]
            seen += [row.name for row in shown.rows]
            if shown.next is None:
                break
            page = str(shown.next)
        assert seen == expected
        back = visitor.get(LIST, {"sort": order, "page": str(shown.previous)}).context["page"]
        assert [row.name for row in back.rows] == expected[3:6]


def test_counts_are_links_to_what_they_count(visitor: Client, work: Session) -> None:
    lists = dict(visitor.get(reverse("artifacts:facets"), {"q": "size:<1kb"}).context["facets"])
    shown = {title: {link.label: link.count for link in links} for title, links in lists.items()}
    assert shown["Type"] == {"note": "2", "chart": "1", "tool_result": "1"}
    assert shown["Tags"] == {"a": "3", "<i>": "1", "b": "1"}
    assert shown["Stored by"] == {"owner": "2", "teammate": "2"}
    by_type = {link.label: link.url for link in lists["Type"]}
    assert [row.name for row in visitor.get(by_type["chart"]).context["page"].rows] == ["draft.txt"]


def test_names_and_tags_are_text(visitor: Client, work: Session) -> None:
    page = visitor.get(LIST).content.decode()
    assert "ünï &lt;b&gt;" in page
    assert "&lt;i&gt;" in page
    assert "ünï <b>" not in page


def test_words_that_were_found_are_marked_in_their_line(visitor: Client, work: Session) -> None:
    index_all()
    page = visitor.get(LIST, {"inside": "approved"}).content.decode()
    assert "refund <mark>approved</mark>" in page


def test_it_says_what_cannot_be_searched_yet(visitor: Client, work: Session) -> None:
    assert "cannot be searched yet" in visitor.get(LIST, {"inside": "approved"}).context["notice"]
    assert visitor.get(LIST, {"type": "chart"}).context["notice"] == ""
    index_all()
    assert visitor.get(LIST, {"inside": "approved"}).context["notice"] == ""


def test_every_column_shows_what_it_is_called_after(visitor: Client, work: Session) -> None:
    columns = ",".join(ARTIFACT_TABLE.columns.known)
    response = visitor.get(LIST, {"columns": columns, "name": "draft*"})
    (row,) = response.context["rows"]
    cells = {label: value for _, label, value, _, _ in row.cells}
    digest = work.artifacts.get(name="draft.txt", version=2).blob_id
    assert (cells["Session"], cells["Type"], cells["Versions"], cells["Tags"]) == ("Work", "chart", "2", ["a", "b"])
    assert (cells["Stored by"], cells["Team"], cells["SHA-256"]) == ("owner", "Team", digest[:12])
    assert row.note == "v2"
    assert visitor.get(LIST, {"columns": "status"}).status_code == 422


def test_the_columns_of_one_list_are_not_those_of_the_other(visitor: Client, work: Session) -> None:
    chosen = {"column": ["hash", "mime"], "density": "compact"}
    assert visitor.post(reverse("artifacts:columns"), chosen).headers["Location"] == LIST
    assert [heading.label for heading in visitor.get(LIST).context["headings"]] == ["Name", "SHA-256", "MIME type"]
    assert len(visitor.get(reverse("sessions:list")).context["headings"]) == 7
    assert "table--compact" not in visitor.get(reverse("sessions:list")).content.decode()


def test_saved_views_belong_to_one_list(visitor: Client, owner: User, work: Session) -> None:
    sent = {"name": "Charts", "place": "private", "query": "type=chart", "is_default": "on"}
    opened = visitor.post(reverse("artifacts:view_create"), sent)
    view = SavedView.objects.get()
    assert opened.headers["Location"] == list_url(view) == f"{LIST}?type=chart&view=~owner/charts"
    assert visitor.get(LIST).headers["Location"] == list_url(view)
    assert visitor.get(view.get_absolute_url()).headers["Location"] == list_url(view)
    assert visitor.get(reverse("sessions:list")).status_code == 200  # opens with its own default, which is none
    assert visitor.get(reverse("sessions:list"), {"view": view.ref}).context["tools"]["lost_view"] == view.ref
    create_view(owner, ARTIFACT_TABLE, name="Notes", query="type=note")
    shown = visitor.get(reverse("sessions:views")).content.decode()
    assert "Charts" in shown
    assert "Artifacts" in shown
    visitor.post(reverse("artifacts:view_no_default"))
    assert visitor.get(LIST).status_code == 200


def test_exports_say_everything(visitor: Client, work: Session) -> None:
    sent = visitor.get(reverse("artifacts:export"), {"format": "jsonl", "sort": "name", "type": "chart"})
    (line,) = sent.getvalue().decode().splitlines()
    told = json.loads(line)
    assert (told["name"], told["version"], told["tags"], told["session"]) == ("draft.txt", 2, ["a", "b"], "Work")
    assert told["sha256"] == work.artifacts.get(name="draft.txt", version=2).blob_id
    csv = visitor.get(reverse("artifacts:export"), {"format": "csv"}).getvalue()
    assert len(csv.decode("utf-8-sig").splitlines()) == 1 + len(EVERY)


def test_everything_that_matches_is_acted_on(visitor: Client, work: Session) -> None:
    asked = {"act": "tag_artifacts", "which": "everything", "filter": "type=tool_result&page=x"}
    question = visitor.get(reverse("sessions:bulk_new"), asked).content.decode()
    assert "2 artifacts" in question
    assert "Type: tool_result" in question
    done = visitor.post(reverse("sessions:bulk_new"), asked | {"tag": "seen"})
    assert done.status_code == 302
    assert set(found(visitor, tag="seen")) == {"Report.csv", "big.csv"}
    none = visitor.get(reverse("sessions:bulk_new"), asked | {"filter": "type=nothing"})
    assert none.status_code == 422
    assert LIST in none.content.decode()


def test_a_zip_of_the_ticked_and_of_all_that_match(
    visitor: Client, work: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = reverse("artifacts:bundle_some")
    sent = visitor.get(url, {"which": "everything", "filter": "tag=a"})
    names = zipfile.ZipFile(io.BytesIO(sent.getvalue())).namelist()
    assert {name.partition("/")[0] for name in names} == {"Work", "Other"}
    assert len(names) == 3
    monkeypatch.setattr(bulk_selection, "BUNDLE_MAX", 2)
    refused = visitor.get(url, {"which": "everything", "filter": "tag=a"})
    assert refused.status_code == 422
    assert "at most 2 in one ZIP" in refused.content.decode()


def test_a_row_at_a_glance(visitor: Client, work: Session, stranger: User, client: Client) -> None:
    artifact = work.artifacts.get(name="draft.txt", version=2)
    Artifact.objects.filter(pk=artifact.pk).update(custom={"steps": [True, None], "model": "<small>"})
    shown = visitor.get(f"{artifact.get_absolute_url()}preview").content.decode()
    assert "refund approved" in shown
    assert "[true, null]" in shown
    assert "&lt;small&gt;" in shown
    assert "Work" in shown
    client.force_login(stranger)
    assert client.get(f"{artifact.get_absolute_url()}preview").status_code == 404


def test_the_box_is_completed(visitor: Client, work: Session) -> None:
    def texts(text: str) -> list[str]:
        answer = visitor.get(reverse("artifacts:complete"), {"q": text, "at": str(len(text))}).json()
        return [each["text"] for each in answer["suggestions"]]

    assert texts("ty") == ["type:"]
    assert texts("status") == []
    assert texts("type:to") == ["type:tool_result"]
    assert texts("tag:b") == ["tag:b"]
    assert texts("mime:image") == ["mime:image/png"]
    assert texts("run:n") == ["run:none"]
    assert texts("meta.") == []


def test_a_member_of_two_teams_sees_both(
    visitor: Client, owner: User, other_team: Team, make_user: Callable[..., User], work: Session
) -> None:
    other = make_user("other", team=other_team)
    store_artifact(create_session(other), actor=other, artifact_type="note", name="theirs", content=b"x")
    assert "theirs" not in found(visitor)
    Membership.objects.create(team=other_team, user=owner)
    assert set(found(visitor)) == EVERY | {"theirs"}
    assert found(visitor, team="other") == ["theirs"]
    assert found(visitor, sort="name", q="-type:chart type:note")[-1] == "ünï <b>"


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ({}, 8),
        ({"type": "tool_result"}, 8),
        ({"q": "report -tag:x"}, 9),
        ({"columns": "tags,session,team,by,run"}, 8),
        ({"tag": "a"}, 9),
    ],
)
def test_a_page_costs_the_same_whatever_is_on_it(
    query: dict[str, str],
    cost: int,
    visitor: Client,
    owner: User,
    work: Session,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    session = create_session(owner)
    visitor.get(LIST, query)
    for _ in range(2):
        with django_assert_num_queries(cost):
            visitor.get(LIST, query)
        for number in range(20):
            store_artifact(
                session, actor=owner, artifact_type="tool_result", name=f"report {number}", content=b"x", tags=["a"]
            )
