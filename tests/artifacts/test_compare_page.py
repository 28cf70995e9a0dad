"""The page that compares two artifacts: which comparison which contents get, and what it says of what it cannot do."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts.models import Artifact
from artifacts.services import delete_artifact, store_artifact
from llmspell_web.teams.models import User
from sessions.models import Session
from tests.artifacts.previews.making import SVG, make_image

pytestmark = pytest.mark.django_db

URL = reverse("artifacts:compare_versions")
PAGE_QUERIES = 7  # whatever is compared
DRAWN_QUERIES = 2  # what is known of two pictures


class Comparing:
    """Stores two contents under one name, and opens the page that compares them."""

    def __init__(self, visitor: Client, session: Session) -> None:
        self.visitor, self.session = visitor, session

    def store(self, name: str, content: bytes) -> Artifact:
        return store_artifact(
            self.session, actor=self.session.created_by, artifact_type="data", name=name, content=content
        )

    def open(
        self, one: bytes, other: bytes, name: str = "a", *, status: int = 200, asked: dict[str, str] | None = None
    ) -> str:
        a, b = self.store(name, one), self.store(name, other)
        return self.get({"a": str(a.pk), "b": str(b.pk), **(asked or {})}, status)

    def get(self, query: dict[str, str], status: int = 200) -> str:
        response = self.visitor.get(URL, query)
        assert isinstance(response, HttpResponse)
        assert response.status_code == status
        return response.content.decode()


@pytest.fixture
def comparing(visitor: Client, session: Session) -> Comparing:
    return Comparing(visitor, session)


def test_tables_are_compared_by_cells(comparing: Comparing) -> None:
    a = b"name,price\npear,10\napple,9\nplum,100\n"
    b = a.replace(b"pear", b"<script>x</script>").replace(b"apple", "\u202eelppa".encode()) + b"fig,1\n"
    page = comparing.open(a, b, "table.csv")
    assert "2 cells changed in 2 rows, 1 row new" in page
    assert "<del><bdi>pear</bdi></del>" in page
    assert "<ins><bdi>&lt;script&gt;x&lt;/script&gt;</bdi></ins>" in page
    assert "⟨U+202E⟩elppa" in page
    assert "<script>x" not in page
    assert '<th scope="col"><bdi>price</bdi></th>' in page
    assert '<th scope="row">' in page
    assert "<caption" in page
    text = comparing.open(a, b, "table.csv", asked={"as": "text"})
    assert "Lines" in text
    assert "Not as text" in text


def test_tables_that_differ_in_no_cell_say_so(comparing: Comparing) -> None:
    a = b"name,price\npear,10\napple,9\nplum,100\n"
    assert "Every cell is the same" in comparing.open(a, a.replace(b"pear", b'"pear"'), "table.csv")
    page = comparing.open(a, a.replace(b",", b";"), "table.csv")
    assert "Every cell is the same" in page
    assert "The cells of the first are parted by commas, of the second by semicolons." in page
    page = comparing.open(a.replace(b"\n", b"\r\n"), a, "table.csv")
    assert "The lines of the first end with CR LF, of the second with LF." in page


def test_a_table_may_be_short_or_narrow_where_it_is_called_one(comparing: Comparing) -> None:
    assert "1 row new, 1 column new" in comparing.open(b"name\npear\n", b"name,price\npear,1\nfig,2\n", "table.csv")
    assert "<h2>Lines</h2>" in comparing.open(b"Some words, and more.\n", b"a,b\n1,2\n3,4\n5,6\n", "notes")
    assert "<h2>Lines</h2>" in comparing.open(b"", b"a,b\n1,2\n", "table.csv")


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        (b'a,b\n1,"x\n2,y\n', b'a,b\n1,x\n2,"y\n', "it is no table (unexpected end of data)"),
        (b'a,b\n1,"x"y\n', b"a,b\n1,xy\n", "it is no table ("),
        (b"a,b\n" + b"x," * 200_000, b"a,b" + b"y," * 200_000, "its first row is longer than what is read of it"),
        (
            b"a,b\n" * 30 + b"x" * 140_000,
            b"a,b\n" * 30 + b"y" * 140_000,
            "it is no table (field larger than field limit",
        ),
        (b"a,b\n1,2\n", b"c,d\n1,2\n", "the two have no column in common"),
        (b"a,b\n" + b"1,2\n" * 80_000, b"a,b\n" + b"1,2\n" * 70_000, "no cell differs in what is read of it"),
    ],
)
def test_what_cells_cannot_tell_is_compared_otherwise(comparing: Comparing, a: bytes, b: bytes, reason: str) -> None:
    page = comparing.open(a, b, "table.csv")
    assert f"This is not compared as a table: {reason}" in page
    assert len(page) < 3_000_000


def test_a_cut_table_is_compared_as_far_as_it_is_read(comparing: Comparing) -> None:
    a = b"id,text\n" + b"".join(b'%d,"one\nand two"\n' % number for number in range(30_000))
    page = comparing.open(a, a.replace(b'\n77,"one', b'\n77,"two'), "table.csv")
    assert "1 cell changed in 1 row" in page
    assert "Only the rows in the first 256 KB of each were compared." in page


def test_text_is_compared_in_whatever_encoding_it_is(comparing: Comparing) -> None:
    page = comparing.open("eins\r\nzwei drei\r\n".encode("utf-16"), b"eins\nzwei vier\n")
    assert "<del>drei</del>" in page
    assert "The first is encoded as UTF-16, the second as UTF-8." in page
    assert "The lines of the first end with CR LF, of the second with LF." in page
    same = comparing.open("Ä\n".encode("utf-16"), "Ä\n".encode())
    assert "As text the two are the same" in same
    assert "The first difference is at byte 0" in same
    assert "<del>grün</del>" in comparing.open("grün\n".encode("cp1252"), b"grau\n")
    assert "The lines of both end with CR LF and LF" in comparing.open(b"a\r\nb\nc", b"a\nb\r\nd")


def test_what_cannot_be_seen_is_shown_where_it_differs(comparing: Comparing) -> None:
    assert "⟨U+200B⟩" in comparing.open(b"ab\n", "a\u200bb\n".encode())
    assert "⟨U+202E⟩" in comparing.open(b'{"a": "x"}', '{"a": "\u202ex"}'.encode())
    assert "<ins>" in comparing.open("a⟨U+200B⟩b\n".encode(), "a\u200bb\n".encode())


def test_pictures_are_compared_by_sight(comparing: Comparing) -> None:
    one, other = make_image("PNG", (60, 40)), make_image("TIFF", (50, 50))
    page = comparing.open(one, other, "picture.png")
    assert "60 × 40 pixels" in page
    assert "50 × 50 pixels" in page
    assert "The second is 10 pixels narrower and 10 pixels taller." in page
    assert page.count('/content"') == 1
    assert page.count('/picture"') == 1  # no browser shows a TIFF
    for layout in ("swipe", "difference", "contrast"):
        assert f"layout={layout}" in page
        assert "<image " in comparing.open(one, other, "picture.png", asked={"layout": layout})
    assert 'x="20%"' in comparing.open(one, other, "picture.png", asked={"layout": "swipe", "at": "20"})


def test_vector_graphics_are_pictures_that_never_run(comparing: Comparing) -> None:
    page = comparing.open(SVG, SVG.replace(b'r="4"', b'r="2"'), "drawing.svg")
    assert "alert(1)" not in page
    assert page.count("<image ") == 2
    assert "<del>" in comparing.open(SVG, SVG.replace(b'r="4"', b'r="2"'), "drawing.svg", asked={"as": "text"})


def test_damaged_pictures_are_compared_by_bytes(comparing: Comparing) -> None:
    page = comparing.open(make_image("PNG"), make_image("PNG")[:40], "picture.png")
    assert "This is not compared as pictures: its image data is damaged." in page
    assert "The first difference is at byte 40" in page
    assert "The first difference is at byte 0" in comparing.open(make_image("PNG"), b"text", "picture.png")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"layout": "<b>"}, "Layout: expected unified or split, got &quot;&lt;b&gt;&quot;."),
        ({"layout": "swipe"}, "Layout: expected unified or split, got &quot;swipe&quot;."),
        ({"lines": "some"}, "Lines: expected all, got &quot;some&quot;."),
        ({"as": "cells"}, "As: expected text, got &quot;cells&quot;."),
        ({"at": "101"}, "At: expected a number from 0 to 100, got &quot;101&quot;."),
    ],
)
def test_a_wrong_wish_is_told_beside_the_comparison(comparing: Comparing, asked: dict[str, str], words: str) -> None:
    page = comparing.open(b"one", b"two", status=422, asked=asked)
    assert words in page
    assert "<del>one</del>" in page


def test_wishes_that_pictures_and_same_contents_do_not_know(comparing: Comparing) -> None:
    pictures = make_image("PNG", (60, 40)), make_image("PNG", (50, 50))
    assert "expected side or swipe or difference" in comparing.open(*pictures, status=422, asked={"layout": "split"})
    assert "pictures cannot be compared as text" in comparing.open(*pictures, status=422, asked={"as": "text"})
    assert "byte for byte" in comparing.open(b"x", b"x", asked={"layout": "split"})
    assert "byte for byte" in comparing.open(b"x", b"x", status=422, asked={"layout": "round"})


def test_half_a_choice_is_told_beside_the_other_half(comparing: Comparing) -> None:
    artifact = comparing.store("a", b"x")
    page = comparing.get({"b": str(artifact.pk)}, 422)
    assert "This field is required." in page
    assert f'value="{artifact.pk}"' in page
    page = comparing.get({"a": "<b>", "b": str(artifact.pk)}, 422)
    assert "Invalid artifact id: &quot;&lt;b&gt;&quot;." in page
    assert "required." not in comparing.get({})


def test_it_takes_as_many_queries_whatever_is_compared(
    comparing: Comparing, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    table = b"id,name\n" + b"".join(b"%d,x\n" % number for number in range(300))
    for name, one, other in (
        ("a.txt", b"one", b"two"),
        ("a.csv", table, table.replace(b"x", b"y")),
        ("a.json", b'{"a": 1}', b'{"a": 2}'),
        ("a.bin", b"\0\1", b"\0\2"),
        ("a.png", make_image("PNG"), make_image("PNG", (9, 9))),
    ):
        a, b = comparing.store(name, one), comparing.store(name, other)
        query = {"a": str(a.pk), "b": str(b.pk)}
        comparing.get(query)
        with django_assert_num_queries(PAGE_QUERIES + DRAWN_QUERIES * (name == "a.png")):
            comparing.get(query)


def test_facts_say_which_version_and_what_was_saved(comparing: Comparing, visitor: Client, owner: User) -> None:
    versions = [comparing.store("a", content) for content in (b"x", b"ab" * 50_000, b"y")]
    page = visitor.get(versions[1].get_absolute_url()).content.decode()
    assert "<dt>Version</dt><dd>2 of 3</dd>" in page
    assert "compressed with zstd, 99 % saved" in page
    assert "<dt>Version</dt><dd>3 of 3</dd>" in visitor.get(versions[2].get_absolute_url()).content.decode()
    delete_artifact(versions[0], actor=owner)
    assert (
        '2 of 3 <span class="small soft">2 left</span>' in visitor.get(versions[1].get_absolute_url()).content.decode()
    )
