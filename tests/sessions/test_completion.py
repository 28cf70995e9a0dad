"""What the search box suggests: the right words in the right place, and nothing that the user may not see."""

import tracemalloc

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import Membership, Team, User
from sessions import completion
from sessions.box import token_at, write_term
from sessions.completion import SESSION_VOCABULARY, complete
from sessions.services import create_session, delete_session

pytestmark = pytest.mark.django_db


def texts(user: User, text: str) -> list[str]:
    """The suggestions for a text with the caret at `|`, as they would stand in it."""
    caret = text.index("|")
    whole = text.replace("|", "", 1)
    found = complete(user, SESSION_VOCABULARY, whole, caret)
    return [whole[: found.start] + suggestion.text + whole[found.end :] for suggestion in found.suggestions]


@pytest.mark.parametrize(
    ("text", "start", "end", "field", "value"),
    [
        ("|", 0, 0, "", ""),
        ("status:active |", 14, 14, "", ""),
        ("sta|", 0, 3, "", "sta"),
        ("a sta|tus:active b", 2, 15, "", "sta"),
        ("tag:sup|port x", 0, 11, "tag", "sup"),
        ("-tag:sup|", 1, 8, "tag", "sup"),
        ("(a OR tag:|)", 6, 10, "tag", ""),
        ('tag:"two wo|', 0, 11, "tag", "two wo"),
        ('tag:"two |', 0, 9, "tag", "two "),
        ('tag:"two wo|rds" x', 0, 15, "tag", "two wo"),
        ('x tag:"a \\"b|', 2, 12, "tag", 'a "b'),
        ('tag:"a\\|', 0, 7, "tag", "a\\"),
        ("tag:a:b|", 0, 7, "tag", "a:b"),
        ('"a" tag:x "b|', 10, 12, "", "b"),
        ("- |", 2, 2, "", ""),
        ("a -|", 3, 3, "", ""),
        ("x) tag:a|", 3, 8, "tag", "a"),
        ("𝄞 tag:𝄞|x", 2, 8, "tag", "𝄞"),
    ],
)
def test_the_term_at_the_caret(text: str, start: int, end: int, field: str, value: str) -> None:
    token = token_at(text.replace("|", "", 1), text.index("|"))
    assert (token.start, token.end, token.field, token.value) == (start, end, field, value)


@pytest.mark.parametrize(
    "value", ["plain", "two words", 'a"b', "a\\b", "a\\ b", "a:b", "(a)", "x ", "a,b", "é𝄞", "\\", ""]
)
def test_a_term_is_read_back_as_it_was_written(value: str) -> None:
    text = write_term("tag", value)
    for written in (text, f"{text} "):
        token = token_at(written, len(text) - text.endswith('"'))
        assert (token.field, token.value, token.end) == ("tag", value, len(text))


def test_fields(owner: User) -> None:
    assert {"status:", "tag:", "owner:", "created:", "updated:", "parent:", "meta.", "type:", "id:"} <= {
        *texts(owner, "|")
    }
    assert texts(owner, "t|") == ["tag:", "team:", "type:", "text:"]
    assert texts(owner, "-STA|x y") == ["-status: y"]
    assert texts(owner, "-|")[0] == "-status:"
    assert texts(owner, '"sta|') == texts(owner, "nothing|") == texts(owner, "nothing:x|") == []


def test_statuses_times_and_parents(owner: User) -> None:
    assert texts(owner, "status:s|") == ["status:suspended"]
    assert texts(owner, "status:active,|") == [f"status:active,{name}" for name in ("suspended", "completed", "failed")]
    assert texts(owner, "created:>|") == ["created:>1h", "created:>7d", "created:>30d"]
    assert texts(owner, "updated:y|") == ["updated:yesterday"]
    assert texts(owner, "parent:|") == ["parent:none"]


@pytest.fixture(params=["few", "many"])
def _amount(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to look: through all sessions of the user, and along the index of values."""
    if request.param == "many":
        monkeypatch.setattr(completion, "FEW_SESSIONS", 0)


@pytest.mark.usefixtures("_amount")
def test_values_of_sessions_in_sight(owner: User, teammate: User, stranger: User) -> None:
    first = create_session(owner, tags=["support", "Sum", "two words", 'say "hi"'], metadata={"model": {"name": "big"}})
    create_session(
        teammate, tags=["sup:er", "support"], metadata={"region": "eu", "odd key": 1, "a.b": 1, "list": [1], "n": None}
    )
    create_session(stranger, tags=["sumatra"], metadata={"secret": "x"})
    gone = create_session(owner, tags=["sunk"], metadata={"sunken": "x"})
    artifact = store_artifact(first, actor=owner, artifact_type="tool_result", name="x", content=b"x")
    for session in (gone, create_session(stranger)):
        store_artifact(session, actor=session.created_by, artifact_type="trace", name="x", content=b"x")
    delete_session(gone, actor=owner)
    assert sorted(texts(owner, "tag:su|")) == ["tag:Sum", "tag:sup:er", "tag:support"]
    assert texts(owner, "tag:t|w x") == ['tag:"two words" x']
    assert texts(owner, 'tag:"say |') == ['tag:"say \\"hi\\""']
    assert texts(owner, "type:t|") == texts(owner, "type:T|") == ["type:tool_result"]
    assert texts(owner, "meta.|") == ["meta.model.name:", "meta.n:", "meta.region:"]
    assert texts(owner, "meta.model.name:|") == ["meta.model.name:big"]
    assert texts(owner, "meta.secret:|") == texts(owner, "meta.sunken:|") == []
    assert texts(stranger, "tag:su|") == ["tag:sumatra"]
    delete_artifact(artifact, actor=owner)
    assert texts(owner, "type:|") == ([] if completion.FEW_SESSIONS else ["type:tool_result"])


def test_names_of_teammates_alone(owner: User, teammate: User, stranger: User, other_team: Team) -> None:
    assert texts(owner, "owner:|") == ["owner:me", "owner:owner", "owner:teammate"]
    assert texts(owner, "owner:T|") == ["owner:teammate"]
    Membership.objects.create(team=other_team, user=owner)
    assert texts(owner, "owner:str|") == ["owner:stranger"]
    assert texts(stranger, "owner:tea|") == []


def test_a_tag_that_many_others_have_costs_no_more(
    owner: User, stranger: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(completion, "FEW_SESSIONS", 0)
    create_session(owner, tags=["ours"])
    for number in range(150):
        create_session(stranger, tags=[f"other-{number:03}", "others"])
    with django_assert_num_queries(2 + 2):  # the teams, whether few sessions, and a walk for `o` and one for `O`
        assert texts(owner, "tag:o|") == ["tag:ours"]


def test_the_answer_for_the_page(client: Client, owner: User) -> None:
    client.force_login(owner)
    create_session(owner, tags=["support"])
    answer = client.get(reverse("sessions:complete"), {"q": "𝄞 tag:su x", "at": "8"})
    assert answer.json() == {
        "start": 2,
        "end": 8,
        "suggestions": [{"text": "tag:support", "label": "support", "note": ""}],
    }
    for query in ({}, {"q": "tag:", "at": "-7"}, {"q": "tag:", "at": "99"}, {"q": "x" * 3000}, {"q": "a\0", "at": "2"}):
        assert client.get(reverse("sessions:complete"), query).status_code == 200


def test_below_an_endless_key_nothing_is_suggested(owner: User) -> None:
    for number in range(3):
        held = {f"{at}": 0 for at in range(number * 3000, number * 3000 + 3000)}
        create_session(owner, metadata={"k" * 30_000: held, "kind": "a"})
    tracemalloc.start()
    assert texts(owner, "meta.k|") == ["meta.kind:"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * 1024 * 1024
