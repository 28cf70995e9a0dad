"""The workspace page, the pages of runs, and the status page."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from artifacts.services import store_artifact
from llmspell_web.teams.models import Membership, Team, User
from llmspell_web.workspace.console import ConsoleStream
from llmspell_web.workspace.models import Run, RunnerBeat, RunOutput, RunTouch
from llmspell_web.workspace.runs import create_run
from llmspell_web.workspace.views.editor import EXAMPLE
from sessions.services import create_session, delete_session, set_current_session

JSON = {"accept": "application/json"}
FORM_TYPE = "application/x-www-form-urlencoded"
# The log-in session, the account, the current session, the rows with their accounts.
RUN_LIST_QUERIES = 4


def ended_run(owner: User, source: str = "return 1", **fields: Any) -> Run:  # Any: columns of different types
    run = create_run(owner, source=source)
    Run.objects.filter(pk=run.pk).update(
        **{"status": "succeeded", "started_at": timezone.now(), "ended_at": timezone.now(), **fields}
    )
    return Run.objects.get(pk=run.pk)


def shown_source(visitor: Client, query: str = "") -> str:
    source: str = visitor.get(reverse("workspace:editor") + query).context["form"]["source"].value()
    return source


def test_the_editor_starts_with_the_guides_workflow_then_the_last_script(visitor: Client, owner: User) -> None:
    assert shown_source(visitor) == EXAMPLE.read_text()
    old = ended_run(owner, "return 'old'")
    ended_run(owner, "return 'new'")
    assert shown_source(visitor) == "return 'new'"
    assert shown_source(visitor, f"?run={old.pk}") == "return 'old'"
    assert shown_source(visitor, "?example") == EXAMPLE.read_text()


def test_a_teammates_script_is_opened_but_not_taken_for_the_last(visitor: Client, teammate: User) -> None:
    run = ended_run(teammate, "return 'theirs'")
    assert shown_source(visitor) == EXAMPLE.read_text()
    assert shown_source(visitor, f"?run={run.pk}") == "return 'theirs'"


def test_running_without_javascript_leads_to_the_run(visitor: Client, owner: User) -> None:
    session = create_session(owner, name="Now")
    set_current_session(owner, session)
    form = {"source": "print(1)\r\nprint(2)", "arguments": "first\ncustomer = 123\n\n=x\na=b=c\n"}
    response = visitor.post(reverse("workspace:run_script"), form)
    run = Run.objects.get()
    assert response.headers["Location"] == run.get_absolute_url()
    assert (run.source, run.session, run.status) == ("print(1)\nprint(2)", session, "queued")
    assert run.arguments == [[1, "first"], ["customer", "123"], [2, "=x"], ["a", "b=c"]]


def test_running_with_javascript_answers_where_the_run_is(visitor: Client) -> None:
    response = visitor.post(reverse("workspace:run_script"), {"source": "print(1)"}, headers=JSON)
    run = Run.objects.get()
    assert (response.status_code, response.json()) == (201, {"id": str(run.pk), "url": run.get_absolute_url()})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"source=", "the script is empty"),
        (b"source=%20%0A&arguments=%00", "Null characters"),
        (b"source=" + b"x" * 1_000_001, "at most 1,000,000 bytes"),
        (b"source=print%28%27%FF%27%29", "text in UTF-8"),
        (b"source=caf\xe9", "text in UTF-8"),
    ],
)
def test_a_script_that_cannot_be_run_is_told_and_kept(visitor: Client, body: bytes, words: str) -> None:
    url = reverse("workspace:run_script")
    scripted = visitor.post(url, body, content_type=FORM_TYPE, headers=JSON)
    assert scripted.status_code == 422
    assert words in scripted.json()["message"]
    plain = visitor.post(url, body, content_type=FORM_TYPE)
    assert plain.status_code == 422
    assert words in plain.content.decode()
    assert not Run.objects.exists()


def test_a_body_beyond_any_form_is_told(visitor: Client) -> None:
    body = b"source=" + b"x" * (5 * 1024 * 1024)
    response = visitor.post(reverse("workspace:run_script"), body, content_type=FORM_TYPE, headers=JSON)
    assert response.status_code == 400
    assert "at most 1 MB" in response.json()["message"]


def test_the_page_of_a_run_shows_everything_it_left(visitor: Client, owner: User) -> None:
    session = create_session(owner, name="Made here")
    artifact = store_artifact(session, actor=owner, artifact_type="tool_result", name="out.txt", content=b"x")
    run = ended_run(
        owner,
        "local x = 1\nerror('no')",
        status="failed",
        error_message="main.lua:2: no",
        error_line=2,
        error_traceback="stack traceback",
        usage={"cpu_seconds": {"used": 0.5, "allowed": 10}},
        layers={"seccomp": True},
    )
    RunOutput.objects.create(run=run, stream="stdout", text="<i>plain</i>\n")
    RunOutput.objects.create(run=run, stream="stderr", text="warning\n")
    for kind, key in (("session", session.pk), ("artifact", artifact.pk), ("session", run.pk)):
        RunTouch.objects.create(run=run, kind=kind, object_id=key)
    content = visitor.get(run.get_absolute_url()).content.decode()
    for words in (
        "&lt;i&gt;plain&lt;/i&gt;",
        '<span class="console__stderr" title="Standard error">warning',
        "main.lua:2: no",
        'data-goto-line="2"',
        "stack traceback",
        "0.50 s",
        "System call filter",
        session.get_absolute_url(),
        artifact.get_absolute_url(),
        "and 1 more",
    ):
        assert words in content


def test_what_a_run_touched_is_hidden_when_it_is_gone(visitor: Client, owner: User) -> None:
    session = create_session(owner, name="Secret plans")
    run = ended_run(owner)
    RunTouch.objects.create(run=run, kind="session", object_id=session.pk)
    delete_session(session, actor=owner)
    assert "Secret plans" not in visitor.get(run.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (
            [{"month": "May", "sales": 3}, {"month": "June", "open": True}],
            ['<th scope="col">sales</th>', "<td>true</td>"],
        ),
        ([{"month": {"nested": 1}}], ["&quot;nested&quot;: 1"]),
        ("<script>", ["&quot;&lt;script&gt;&quot;"]),
        ([], ["[]"]),
    ],
)
def test_a_result_is_a_table_when_it_can_be(visitor: Client, owner: User, result: object, words: list[str]) -> None:
    content = visitor.get(ended_run(owner, result=json.dumps(result)).get_absolute_url()).content.decode()
    for expected in words:
        assert expected in content


def test_the_list_of_runs_costs_the_same_for_many(
    visitor: Client, owner: User, teammate: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 20):
        for _ in range(count):
            create_run(owner, source="return 1")
            create_run(teammate, source="return 1")
        with django_assert_num_queries(RUN_LIST_QUERIES):
            visitor.get(reverse("workspace:runs"))


def test_a_session_of_another_team_is_not_named(
    visitor: Client, owner: User, teammate: User, stranger: User, other_team: Team
) -> None:
    Membership.objects.create(team=other_team, user=teammate)
    run = create_run(teammate, source="return 1", session=create_session(stranger, name="Secret"))
    for url in (reverse("workspace:runs"), run.get_absolute_url()):
        assert "Secret" not in visitor.get(url).content.decode()
        visitor.force_login(teammate)
        assert "Secret" in visitor.get(url).content.decode()
        visitor.force_login(owner)


def test_the_list_of_runs_pages_by_key(visitor: Client, owner: User) -> None:
    runs = [create_run(owner, source="return 1") for _ in range(60)]
    first = visitor.get(reverse("workspace:runs")).context["page"]
    second = visitor.get(reverse("workspace:runs"), {"after": first.after}).context["page"]
    assert [*first.items, *second.items] == runs[::-1]
    assert second.after == ""


def read_console(visitor: Client, run: Run, after: int | str = 0) -> list[dict[str, Any]]:
    response = visitor.get(reverse("workspace:console", args=[run.pk]), {"after": after})
    lines = b"".join(response.streaming_content).splitlines()  # type: ignore[attr-defined]  # it streams
    return [json.loads(line) for line in lines]


def test_the_console_of_an_ended_run_is_read_from_any_position(visitor: Client, owner: User) -> None:
    run = ended_run(owner, usage={"api_calls": {"used": 1, "allowed": 2}})
    rows = [RunOutput.objects.create(run=run, stream="stdout", text=f"é{number}\n") for number in range(1200)]
    lines = read_console(visitor, run)
    assert [line["text"] for line in lines if "text" in line] == [row.text for row in rows]
    assert {"usage": run.usage} in lines
    assert lines[-1] == {"end": "succeeded"}
    rest = read_console(visitor, run, rows[-2].pk)
    assert [line["seq"] for line in rest if "seq" in line] == [rows[-1].pk]


@pytest.mark.parametrize("after", ["", "-1", "x", "٣", "9" * 5000])
def test_a_position_that_is_none_is_the_beginning(visitor: Client, owner: User, after: str) -> None:
    run = ended_run(owner)
    RunOutput.objects.create(run=run, stream="stdout", text="first\n")
    assert read_console(visitor, run, after)[0]["text"] == "first\n"


def test_beyond_the_bound_a_console_is_told_to_poll(visitor: Client, owner: User, settings: Settings) -> None:
    run = create_run(owner, source="return 1")
    RunOutput.objects.create(run=run, stream="stdout", text="so far\n")
    open_streams = [ConsoleStream(run.pk, 0, owner) for _ in range(settings.CONSOLE_STREAMS_MAX)]
    lines = read_console(visitor, run)
    for stream in open_streams:
        stream.close()
    assert lines[0]["text"] == "so far\n"
    assert lines[-1] == {"poll": 500}


def test_the_whole_output_is_a_text_file(visitor: Client, owner: User) -> None:
    run = ended_run(owner)
    for number in range(1100):
        RunOutput.objects.create(run=run, stream="stderr" if number % 2 else "stdout", text=f"{number}\n")
    response = visitor.get(reverse("workspace:output", args=[run.pk]))
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]  # it streams
    assert text == "".join(f"{number}\n" for number in range(1100))


def test_a_long_console_is_cut_on_the_page_and_says_so(visitor: Client, owner: User) -> None:
    run = ended_run(owner)
    for _ in range(10):
        RunOutput.objects.create(run=run, stream="stdout", text="x" * 20_000)
    response = visitor.get(run.get_absolute_url())
    assert len(response.content) < 100_000
    assert "This is the beginning." in response.content.decode()


def test_stopping_twice_is_no_mistake(visitor: Client, owner: User) -> None:
    run = create_run(owner, source="while true do end")
    url = reverse("workspace:stop", args=[run.pk])
    assert visitor.post(url).headers["Location"] == run.get_absolute_url()
    assert Run.objects.get().status == "stopped"
    assert "This run has already ended." in visitor.post(url, follow=True).content.decode()
    assert visitor.post(url, headers=JSON).json() == {"id": str(run.pk)}


def test_the_status_page_says_what_is_missing(visitor: Client, owner: User) -> None:
    assert "No runner is alive." in visitor.get(reverse("workspace:status")).content.decode()
    now = timezone.now()
    layers = {"seccomp": True, "namespaces": False}
    RunnerBeat.objects.create(runner="one", layers=layers, started_at=now, heartbeat_at=now)
    RunnerBeat.objects.create(runner="two", refusal="No seccomp here.", started_at=now, heartbeat_at=now)
    ended_run(owner, layers=layers)
    content = visitor.get(reverse("workspace:status")).content.decode()
    for words in ("2 alive", "System call filter", "allow unprivileged user namespaces", "No seccomp here.", "Django"):
        assert words in content
