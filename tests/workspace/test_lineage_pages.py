"""The lineage of an artifact and of a run, as each person may see it."""

import hashlib
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts.copies import open_save
from artifacts.models import Artifact
from artifacts.saves import save_session
from artifacts.services import RunPlace, delete_artifact, store_artifact
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.workspace.files import save_file
from llmspell_web.workspace.lineage import READERS_SHOWN, trace_artifact
from llmspell_web.workspace.lineage_graph import draw_lineage
from llmspell_web.workspace.models import Run, RunUse
from llmspell_web.workspace.runs import create_run
from sessions.models import Session
from sessions.services import create_session, delete_session
from tests.lua.conftest import RunScript

# Opening a page costs so many at most, whatever hangs on the artifact: each later run that is shown costs one.
PAGE_QUERIES = 18


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="Support")


def store(session: Session, name: str, run: Run | None = None, uses: int = 0, content: bytes = b"x") -> Artifact:
    return store_artifact(
        session,
        actor=session.created_by,
        artifact_type="chart",
        name=name,
        content=content,
        run_id=run.pk if run else None,
        run_place=RunPlace(uses, "", 1) if run else None,
    )


def read(run: Run, *artifacts: Artifact) -> None:
    """The run has read these, and nothing before."""
    for position, artifact in enumerate(artifacts, 1):
        RunUse.objects.create(
            run=run, position=position, act=RunUse.Act.READ, artifact_id=artifact.pk, digest=artifact.blob_id, line=1
        )


def url_of(artifact: Artifact) -> str:
    return reverse("workspace:artifact_lineage", args=[artifact.pk])


def words(client: Client, artifact: Artifact) -> str:
    """The text of the page's main part, with single blanks."""
    answer = client.get(url_of(artifact))
    assert answer.status_code == 200
    return text_of(answer.content.decode())


def text_of(page: str) -> str:
    main = page.split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", re.sub("</?bdi>", "", main)))


def test_the_tab_says_where_an_artifact_comes_from_and_what_came_of_it(
    visitor: Client, owner: User, session: Session, run_lua: RunScript
) -> None:
    source_artifact = store(session, "raw.txt")
    save_file(owner, "data/in.csv", b"1,2")
    source = """-- Makes the report
local raw = Artifact.get(arg[1], arg[2])
local rows = io.open("data/in.csv"):read("a")
local report = Artifact.store(arg[1], "chart", "report.md", rows)
local unrelated = Artifact.get(arg[1], report)
"""
    arguments = {1: str(session.pk), 2: str(source_artifact.pk)}
    run = run_lua(owner, source, name="report.lua", arguments=arguments).succeeded().run
    report = Artifact.objects.get(name="report.md")
    reader = "-- Sums it up\nlocal r = Artifact.get(arg[1], arg[2])\nArtifact.store(arg[1], 'chart', 'sum.md', 's')"
    run_lua(owner, reader, arguments={1: str(session.pk), 2: str(report.pk)}).succeeded()
    page = words(visitor, report)
    assert "Makes the report a run of owner, succeeded" in page
    assert f"Script report.lua Script version {hashlib.sha256(source.encode()).hexdigest()}" in page
    assert "Stored on line 4" in page
    assert "local report = Artifact.store" in page
    assert "raw.txt, version 1 line 2 artifact of Support data/in.csv line 3 file of owner" in page
    assert "Sums it up" in page
    assert "it read this on line 2 and then stored sum.md, version 1" in page
    assert "the one that stored it; it read this on line 5 and then stored nothing that you can see" in page
    html = visitor.get(url_of(report)).content.decode()
    for link in (source_artifact.get_absolute_url(), f"{run.get_absolute_url()}#L4", "/workspace/files/data/in.csv/"):
        assert f'href="{link}' in html
    assert "report.md, version 1" in words(visitor, Artifact.objects.get(name="sum.md"))
    assert f'href="{url_of(report)}" aria-current="page">Lineage' in html
    assert f'href="{url_of(report)}"' in visitor.get(report.get_absolute_url()).content.decode()


def test_the_page_of_a_run_lists_what_it_read_and_stored_in_order(
    visitor: Client, owner: User, session: Session, run_lua: RunScript
) -> None:
    raw = store(session, "raw.txt")
    source = """
        local raw = Artifact.get(arg[1], arg[2])
        Artifact.store(arg[1], "chart", "z.txt", "1")
        Artifact.store(arg[1], "chart", "a.txt", "2")
        local f = io.open("notes/<b>.txt", "w") f:write("x") f:close()
    """
    run = run_lua(owner, source, arguments={1: str(session.pk), 2: str(raw.pk)}).succeeded().run
    html = visitor.get(run.get_absolute_url()).content.decode()
    page = text_of(html)
    assert "Read raw.txt, version 1 line 2 artifact of Support" in page
    assert re.search(r"Stored z\.txt, version 1 line 3 .*a\.txt, version 1 line 4 .*&lt;b&gt;\.txt line 5", page)
    assert "<b>" not in html
    partial = visitor.get(run.get_absolute_url(), headers={"hx-request": "true"}).content.decode()
    assert "data-run-uses" not in partial
    here = {"hx-request": "true", "hx-current-url": f"http://testserver{run.get_absolute_url()}"}
    assert "innerHTML:[data-run-uses]" in visitor.get(run.get_absolute_url(), headers=here).content.decode()


def test_what_people_store_and_copy_says_so(visitor: Client, owner: User, session: Session) -> None:
    first = store(session, "notes.txt", content=b"one")
    assert "Stored by owner, by hand: no script was at work" in words(visitor, first)
    second = store(session, "notes.txt", content=b"two")
    assert "Came after version 1 " in words(visitor, second)
    assert "same content" not in words(visitor, second)
    third = store(session, "notes.txt", content=b"one")
    assert "Came after version 2 Same content as version 1" in words(visitor, third)
    assert "Came after version 3 , with the same content" in words(visitor, store(session, "notes.txt", content=b"one"))
    copy = open_save(save_session(session, actor=owner), actor=owner)
    page = words(visitor, copy.artifacts.get(version=3))
    assert "owner, who went on from save 1 of Support in a new session Copied from notes.txt, version 3" in page
    assert "by hand" in words(visitor, store(copy, "later.txt"))
    again = open_save(save_session(copy, actor=owner), actor=owner)
    assert "save 1 of Support (from save 1) in" in words(visitor, again.artifacts.get(name="notes.txt", version=3))
    assert "save 1 of Support in" in words(visitor, copy.artifacts.get(version=3))
    delete_session(session, actor=owner)
    page = words(visitor, copy.artifacts.get(version=3))
    assert "a save of a session that you cannot see in a new session Copied from something you cannot see" in page


@pytest.fixture
def elsewhere(other_team: Team, stranger: User) -> Session:
    return create_session(stranger, name="Secret session")


def test_what_a_reader_may_not_see_has_no_name_and_no_number(
    client: Client, visitor: Client, owner: User, session: Session, elsewhere: Session, make_user: Callable[..., User]
) -> None:
    """A run of somebody in both teams, and an input that went to the trash."""
    run = create_run(owner, source="-- seen")
    secrets = [store(elsewhere, f"secret-{number}.txt") for number in range(3)]
    trashed, plain = store(session, "trashed.txt"), store(session, "plain.txt")
    read(run, *secrets, trashed, plain)
    made = store(session, "made.txt", run, uses=5)
    delete_artifact(trashed, actor=owner)
    page = words(visitor, made)
    assert "plain.txt, version 1" in page
    assert "secret" not in page.lower().replace("secret session", "secret")
    assert "trashed" not in page
    assert page.partition("Where it comes from")[2].count("something you cannot see") == 1
    assert not re.search(r"and \d+ more", page)
    one = store(session, "one.txt", run, uses=1)
    assert "something you cannot see" in words(visitor, one)
    html = visitor.get(run.get_absolute_url()).content.decode()
    assert "something you cannot see" in html
    assert not any(str(secret.pk) in html or secret.blob_id[:12] in html for secret in secrets)


def test_runs_and_outputs_of_other_teams_stay_out_of_sight(
    visitor: Client, owner: User, stranger: User, default_team: Team, session: Session, elsewhere: Session
) -> None:
    artifact = store(session, "shared.txt")
    Membership.objects.create(team=default_team, user=stranger)
    theirs = create_run(stranger, source="-- a secret run")
    assert theirs.team != default_team
    read(theirs, artifact)
    made = store(session, "made.txt", theirs, uses=1)
    assert "No run has read it." in words(visitor, artifact)
    page = words(visitor, made)
    assert "Stored by A run that you cannot see." in page
    assert "secret" not in page
    assert "shared.txt" not in page
    ours = create_run(owner, source="-- ours")
    read(ours, artifact)
    store(elsewhere, "secret.txt", ours, uses=1)
    store(session, "before.txt", ours, uses=0)
    page = words(visitor, artifact)
    assert "and then stored nothing that you can see" in page
    assert "secret" not in page
    assert "before.txt" not in page


def test_files_are_named_to_the_team_and_opened_by_their_account(
    client: Client, owner: User, teammate: User, session: Session, run_lua: RunScript
) -> None:
    save_file(owner, "data/in.csv", b"1,2")
    source = 'local f = io.open("data/in.csv") Artifact.store(arg[1], "chart", "made.txt", f:read("a"))'
    run_lua(owner, source, arguments={1: str(session.pk)}).succeeded()
    made = Artifact.objects.get(name="made.txt")
    link = reverse("workspace:download_file", args=["data/in.csv"])
    client.force_login(teammate)
    save_file(teammate, "data/in.csv", b"1,2")  # theirs, by chance of the same name and content
    assert "data/in.csv line 1 file of owner " in words(client, made)
    assert link not in client.get(url_of(made)).content.decode()
    client.force_login(owner)
    assert link in client.get(url_of(made)).content.decode()
    save_file(owner, "data/in.csv", b"3,4")
    assert link not in client.get(url_of(made)).content.decode()
    assert "file of owner, changed or deleted since" in words(client, made)


def test_what_is_older_than_the_record_and_what_is_beyond_it(visitor: Client, owner: User, session: Session) -> None:
    run = create_run(owner, source="return 1")
    old = store_artifact(session, actor=owner, artifact_type="chart", name="old", content=b"x", run_id=run.pk)
    assert "Not known: this run is older" in words(visitor, old)
    assert "Stored on not known" in words(visitor, old)
    assert "Nothing: no artifact and no file." in words(visitor, store(session, "new", run))
    RunUse.objects.create(run=run, position=1, act=RunUse.Act.READ, path="a.txt", line=1)
    RunUse.objects.create(run=run, position=2, act=RunUse.Act.MORE)
    assert "and more than is kept" not in words(visitor, store(session, "before", run, uses=1))
    assert "and more than is kept of one run" in words(visitor, store(session, "after", run, uses=2))


@pytest.mark.parametrize("line", [2**31 - 1, 999, 3])
def test_a_line_that_the_script_does_not_have_shows_no_source(
    visitor: Client, owner: User, session: Session, line: int
) -> None:
    run = create_run(owner, source="-- one\n-- two")
    place = RunPlace(0, "", line)
    artifact = store_artifact(
        session, actor=owner, artifact_type="chart", name="far", content=b"x", run_id=run.pk, run_place=place
    )
    page = words(visitor, artifact)
    assert f"line {line}" in page
    assert "-- two" not in page


def test_many_are_cut_with_their_number_and_cost_no_more(
    visitor: Client, owner: User, session: Session, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    inputs = [store(session, f"in-{number}") for number in range(60)]
    run = create_run(owner, source="-- made it")
    read(run, *inputs)
    made = store(session, "made.txt", run, uses=60)
    for number in range(READERS_SHOWN + 12):
        later = create_run(owner, source=f"-- later {number}")
        read(later, made)
        for output in range(8):
            store(session, f"out-{number}-{output}", later, uses=1)
    with django_assert_max_num_queries(PAGE_QUERIES + 2 * READERS_SHOWN):
        page = words(visitor, made)
    assert "in-49, version 1" in page
    assert "in-50" not in page
    assert page.count("and 10 more") == 1
    assert "later 21 " in page
    assert "later 11 " not in page
    assert page.count("and 12 more") == 1
    assert page.count("and 3 more") == READERS_SHOWN
    wide, narrow = draw_lineage(trace_artifact(made, owner))
    for drawing in (wide, narrow):
        assert [node.title for node in drawing.nodes if node.kind == "more"] == [
            "and 55 more", "and 6 more", "and 6 more", "and 6 more", "and 19 more",
        ]  # fmt: skip
        assert all(node.x >= 0 and node.x + node.width <= drawing.width for node in drawing.nodes)
        assert all(node.y >= 0 and node.y + 40 <= drawing.height for node in drawing.nodes)
        assert len({(node.x, node.y) for node in drawing.nodes}) == len(drawing.nodes)
    assert narrow.width <= 328


def test_names_of_every_kind_are_shown_as_text(visitor: Client, owner: User, session: Session) -> None:
    run = create_run(owner, source="-- <script>alert(1)</script> \u202e\U0001f600")
    name = "<svg onload=alert(1)>\u202e\U0001f600" + "x" * 200
    read(run, store(session, name))
    made = store(session, name + "2", run, uses=1)
    html = visitor.get(url_of(made)).content.decode()
    assert "<svg onload" not in html
    assert "<script>alert" not in html
    assert "&lt;svg onload=alert(1)&gt;" in html
