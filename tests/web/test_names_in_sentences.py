"""A name that somebody chose may hold marks that turn the direction of writing, or be written from right to left. What
stands beside it stays in its order: in a sentence of a template it stands in a `<bdi>`, without marks that would end
that, and a sentence from the server has no such marks at all.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from llmspell_web.teams.models import User
from llmspell_web.web.direction import held, without_turns
from sessions.services import create_session, delete_session

THINGS = (
    "session|artifact|team|parent|child|it|gone|a|b|current_session|view|state.fields|first.fields|second.fields|file"
)
OTHERS = r"[\w.]*username|tag|run\.title|gone\.session_name"
NAME = re.compile(rf"{{{{ (?:(?:[\w.]+\.)?(?:{THINGS.replace('.', '[.]')})\.name|{OTHERS})(?:\|held)? }}}}")
ALONE = re.compile(r"<(dd|li|td|th|h1|h2|p|option)(?:[^<>]|{[{%].*?[%}]})*>$")
SKIPPED = re.compile("block title|<title>|tools__name")  # titles of windows are plain text; a box that cuts its text
# A name on both sides of the letters that a reader compares, and marks that end what holds them in and turn the rest.
TURNING = "Plan \u2069\u2069\u202c\u202etxt.exe\u2067"


def names_among_words() -> Iterator[tuple[str, str]]:
    """Each name in a line of a template that holds other words, but for one that fills its cell or heading."""
    for path in sorted(Path(settings.BASE_DIR, "templates").rglob("*.html")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for match in NAME.finditer(line):
                before, after = line[: match.start()], line[match.end() :]
                in_tag = before.rfind("<") > before.rfind(">")
                alone = (tag := ALONE.search(before)) and after.startswith(f"</{tag[1]}>")
                if not in_tag and not alone and not SKIPPED.search(line) and has_words(line):
                    yield f"{path.name}:{number}", before[-5:] + match[0] + after[:6]


def has_words(line: str) -> bool:
    text = re.sub(r"<[^<>]*>|{%.*?%}|{{.*?}}", " ", re.sub(r'"[^"]*"', "", line))
    return bool(re.search(r"[A-Za-z]{2,}", text))


def test_every_error_is_shown_in_order() -> None:
    """A template prints the words of a mistake through the filter that takes the marks away."""
    printed = re.compile(r"{{ (?:error|problem|message)(\|in_order)? }}")
    found = [
        (path.name, match[1])
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for match in printed.finditer(path.read_text())
    ]
    assert len(found) > 15
    # What `errors.answer_error` prints has been through it.
    assert {name for name, shown in found if not shown} == {"error.html", "_error.html"}


def test_every_name_in_a_sentence_is_set_apart() -> None:
    found = list(names_among_words())
    assert len(found) > 100
    assert [place for place, text in found if not (text.startswith("<bdi>") and text.endswith("|held }}</bdi>"))] == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("plain, שלום, سلام", "plain, שלום, سلام"),
        ("a\u202eb\u2066c\u2069d\u200fe\u061cf", "abcdef"),
        ("family: \U0001f469\u200d\U0001f467", "family: \U0001f469\u200d\U0001f467"),
    ],
)
def test_a_sentence_from_the_server_has_no_marks_that_turn_it(given: str, shown: str) -> None:
    assert without_turns(given) == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("\u202eevil", "\u202eevil"),  # ends with the element
        ("a\u2069\u202eb", "a\u202eb"),
        ("\u2066a\u2069b\u2069\u2069c", "\u2066a\u2069bc"),
        ("\u2067\u2068a\u2069\u2069", "\u2067\u2068a\u2069\u2069"),
    ],
)
def test_a_name_does_not_end_what_holds_it(given: str, shown: str) -> None:
    assert held(given) == shown


def test_a_message_that_names_something_stays_in_order(visitor: Client, owner: User) -> None:
    session = create_session(owner, name=TURNING)
    delete_session(session, actor=owner)
    item = f"session:{session.pk}"
    page = visitor.post(reverse("trash:restore"), {"item": item}, follow=True).content.decode()
    assert "Plan txt.exe is out of the trash." in page
    again = visitor.post(reverse("trash:restore"), {"item": item}, headers={"accept": "application/json"})
    assert again.json()["message"] == "Plan txt.exe is not in the trash any more: somebody has taken it out."
