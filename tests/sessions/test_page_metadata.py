"""The metadata of a session on its page: a bounded tree, a search, and editors that say what is wrong and where."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from llmspell_web.teams.models import User
from llmspell_web.web.problems import NotFound
from sessions.metadata_tree import ITEMS_SHOWN, LEVELS_SHOWN, MATCHES_SHOWN, NODES_SHOWN, Node, build_tree, find_in_tree
from sessions.models import Session
from sessions.services import create_session, update_session

HTMX = {"HX-Request": "true"}
METADATA: dict[str, Any] = {"a": 1, "a/b~c": {"": ["x", {"f": "<b>deep</b>"}]}, "none": None, "yes": True}


@pytest.fixture
def session(owner: User) -> Session:
    return create_session(owner, name="session", metadata=METADATA)


def url_of(session: Session, part: str = "", **query: str) -> str:
    url = reverse(f"sessions:metadata{part}", args=[session.pk])
    return f"{url}?{urlencode(query)}" if query else url


def stored(session: Session) -> object:
    return Session.objects.get(pk=session.pk).metadata


def count_nodes(node: Node) -> int:
    return sum(1 + count_nodes(item) for item in node.items)


@pytest.mark.parametrize(
    "metadata",
    [
        {f"key {number}": number for number in range(5000)},
        {f"key {number}": {"inner": [1, 2, 3]} for number in range(2000)},
        {"list": list(range(20_000))},
    ],
)
def test_a_tree_shows_so_many_places_and_where_to_go_on(metadata: dict[str, Any]) -> None:
    tree = build_tree(metadata)
    assert count_nodes(tree) <= NODES_SHOWN
    seen, start = [], 0
    node = tree if len(metadata) > 1 else tree.items[0]
    while start is not None:
        part = build_tree(metadata, node.pointer, start)
        assert len(part.items) <= ITEMS_SHOWN
        seen += [item.pointer for item in part.items]
        start = part.next  # type: ignore[assignment]
    assert len(seen) == len(set(seen)) == node.size


def test_what_is_deep_opens_when_asked_for() -> None:
    value: Any = "bottom"
    for level in range(31, 0, -1):
        value = {f"level {level}": value}
    node, levels = build_tree(value), 0
    while node.items:
        node = node.items[0]
        levels += 1
    assert (levels, node.size) == (LEVELS_SHOWN, 1)
    assert build_tree(value, node.pointer).items[0].label == f"level {LEVELS_SHOWN + 1}"


@pytest.mark.parametrize("pointer", ["/b", "/a/x", "/list/7", "/list/-1", "/list/x", "/list/²", "/list/" + "9" * 5000])
def test_a_place_that_is_none(pointer: str) -> None:
    with pytest.raises(NotFound):
        build_tree({"a": 1, "list": [1]}, pointer)


def test_places_are_named_as_scripts_name_them() -> None:
    matches = find_in_tree(METADATA, "DEEP")
    assert [(node.path, node.pointer) for node in matches.nodes] == [("a/b~c.[2].f", "/a~1b~0c//1/f")]
    assert build_tree(METADATA, "/a~1b~0c//1/f").text == "<b>deep</b>"
    many = find_in_tree({f"key {number}": "" for number in range(300)}, "KEY")
    assert (len(many.nodes), many.count) == (MATCHES_SHOWN, 300)


def test_the_page_shows_names_values_and_kinds_as_text(visitor: Client, session: Session) -> None:
    content = visitor.get(url_of(session)).content.decode()
    for words in ("a/b~c", "&lt;b&gt;deep&lt;/b&gt;", "null", "boolean", "object, 1", "list, 2"):
        assert words in content
    assert "<b>deep" not in content


def test_a_large_document_is_shown_in_parts(visitor: Client, owner: User) -> None:
    session = create_session(owner, metadata={f"key {number:04}": "x" for number in range(3000)})
    content = visitor.get(url_of(session)).content.decode()
    assert "Show 2940 more" in content
    assert len(content) < 200_000
    part = visitor.get(url_of(session, path="", **{"from": "2950"}), headers=HTMX).content.decode()
    assert "key 2999" in part
    assert "Show" not in part
    assert "<html" not in part


def test_searching(visitor: Client, session: Session) -> None:
    for headers in ({}, HTMX):
        content = visitor.get(url_of(session, find="deep"), headers=headers).content.decode()
        assert "1 place with" in content
        assert "Nothing holds" in visitor.get(url_of(session, find="<nothing>"), headers=headers).content.decode()
    assert visitor.get(url_of(session, path="/gone")).status_code == 404


def test_a_value_as_json(visitor: Client, session: Session) -> None:
    response = visitor.get(url_of(session, "_value", path="/a~1b~0c"))
    assert response.json() == METADATA["a/b~c"]
    assert response.headers["Content-Type"] == "application/json"


def test_the_document_is_edited_as_text(visitor: Client, session: Session) -> None:
    edited = METADATA | {"none": 5, "new": None}
    del edited["a"]
    assert visitor.post(url_of(session, "_edit"), {"metadata": json.dumps(edited)}).status_code == 302
    assert stored(session) == edited


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1,\r\n "b" 2}', "Line 2, column 6:"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ("[1]", "Metadata is an object"),
        ('{"rows": [1, 2, {"f": NaN}]}', "Metadata.rows[3].f: expected a finite number"),
        ('{"n": 99999999999999999999}', "Metadata.n: expected a whole number of at most 64 bits"),
        ('{"n": "\\u0000"}', "without NUL"),
        ('{"n": "\\ud800"}', "Metadata.n"),
        ("[" * 5000, "deeper than 32 levels"),
        (json.dumps({"n": "x" * 70_000}), "at most 64 KiB"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(text: str, words: str, visitor: Client, session: Session) -> None:
    response = visitor.post(url_of(session, "_edit"), {"metadata": text})
    content = response.content.decode()
    assert response.status_code == 422
    assert words in content[content.index('id="id_metadata_error"') :]
    assert stored(session) == METADATA


def test_the_fault_is_marked_in_its_line(visitor: Client, session: Session) -> None:
    content = visitor.post(url_of(session, "_edit"), {"metadata": '{"𝄞": 1,\r\n "b" <2>}'}).content.decode()
    assert 'data-json-fault="15"' in content
    assert "<mark>&lt;</mark>2&gt;}" in content


def test_keys_are_added_edited_and_removed_alone(visitor: Client, session: Session) -> None:
    key = url_of(session, "_key")
    assert visitor.post(key, {"key": "new", "kind": "text", "value": "[1]\r\n2"}).status_code == 302
    assert visitor.post(key, {"key": "json", "kind": "json", "value": "[1, null]"}).status_code == 302
    assert visitor.post(url_of(session, "_key", name="a"), {"kind": "json", "value": "null"}).status_code == 302
    remove = url_of(session, "_remove", name="a/b~c")
    assert "Remove the key a/b~c" in visitor.get(remove).content.decode()
    assert visitor.post(remove).status_code == 302
    assert stored(session) == {"a": None, "none": None, "yes": True, "new": "[1]\n2", "json": [1, None]}
    for part in ("_key", "_remove"):
        assert visitor.get(url_of(session, part, name="gone")).status_code == 404


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"key": "", "kind": "text", "value": "x"}, "required"),
        ({"key": "k", "kind": "json", "value": "{"}, "Line 1, column 2"),
        ({"key": "k", "kind": "json", "value": "NaN"}, "finite number"),
        ({"key": "k", "kind": "xml", "value": "x"}, "valid choice"),
        ({"key": "k", "kind": "text", "value": "x" * 70_000}, "at most 64 KiB"),
    ],
)
def test_a_wrong_key_or_value_is_told(form: dict[str, str], words: str, visitor: Client, session: Session) -> None:
    response = visitor.post(url_of(session, "_key"), form)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert stored(session) == METADATA


def test_two_people_edit_different_keys(visitor: Client, teammate: User, session: Session) -> None:
    seen = json.dumps({"metadata": METADATA})
    update_session(session, actor=teammate, metadata={"a": "theirs"})
    edited = json.dumps(METADATA | {"yes": "mine"})
    assert visitor.post(url_of(session, "_edit"), {"metadata": edited, "seen": seen}).status_code == 302
    assert stored(session) == METADATA | {"a": "theirs", "yes": "mine"}


@pytest.mark.parametrize(
    ("part", "query", "form"),
    [
        ("_edit", {}, {"metadata": json.dumps(METADATA | {"a": "mine"}), "seen": json.dumps({"metadata": METADATA})}),
        ("_key", {"name": "a"}, {"kind": "text", "value": "mine", "seen": '{"metadata": {"a": 1}}'}),
        ("_key", {}, {"key": "a", "kind": "text", "value": "mine", "seen": '{"metadata": {}}'}),
        ("_remove", {"name": "a"}, {"seen": '{"metadata": {"a": 1}}'}),
    ],
)
@pytest.mark.parametrize("theirs", ["<theirs>", None])
def test_two_people_edit_the_same_key(
    part: str, query: dict[str, str], form: dict[str, str], theirs: str | None, visitor: Client, teammate: User,
    session: Session,
) -> None:  # fmt: skip
    if theirs is None and (part == "_remove" or "key" in form):
        theirs = "other"  # removing what is gone, or adding it anew, is no conflict
    update_session(session, actor=teammate, metadata={"a": theirs})
    url = url_of(session, part, **query)
    response = visitor.post(url, form)
    content = response.content.decode()
    assert response.status_code == 409
    assert stored(session) == {
        key: value for key, value in (METADATA | {"a": theirs}).items() if (key, value) != ("a", None)
    }
    assert "teammate" in content
    assert "metadata key a" in content
    assert ("It is gone now" if theirs is None else theirs.replace("<", "&lt;").replace(">", "&gt;")) in content
    assert part == "_remove" or "mine" in content
    seen = response.context["form"]["seen"].value()
    assert visitor.post(url, form | {"seen": seen}).status_code == 302
    assert stored(session) == {
        key: "mine" if key == "a" else value for key, value in METADATA.items() if (part, key) != ("_remove", "a")
    }


def test_thousands_of_keys_that_somebody_changed_are_told_in_short(
    visitor: Client, owner: User, teammate: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    held = {f"key {number:04}": "old" for number in range(3000)}
    session = create_session(owner, metadata=held)
    update_session(session, actor=teammate, metadata=dict.fromkeys(held, "new"))
    form = {"metadata": json.dumps(dict.fromkeys(held, "mine")), "seen": json.dumps({"metadata": held})}
    with django_assert_max_num_queries(12):
        response = visitor.post(url_of(session, "_edit"), form)
    assert response.status_code == 409
    content = response.content.decode()
    assert (content.count("changed the metadata key"), "3000 in all" in content) == (20, True)
