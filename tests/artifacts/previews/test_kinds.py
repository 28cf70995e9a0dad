"""Every kind of content is shown by what its bytes are."""

import gzip
import json
import re

import pytest
import zstandard
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from artifacts.models import Artifact
from sessions.models import Session
from tests.artifacts.previews.making import (
    HTML,
    MP4,
    PDF,
    SVG,
    WEBM,
    make_image,
    make_tar,
    make_wav,
    make_zip,
)
from tests.artifacts.test_pages import store

# The log-in session, the account, the current session; the artifact, its tags, its session, whose tags, the team's
# right to change it; versions. Then what was drawn.
PAGE_QUERIES = 11  # for any kind; one more where what was drawn is kept


def look(visitor: Client, artifact: Artifact, **query: str | int) -> str:
    """The part of its page that is the preview."""
    response = visitor.get(artifact.get_absolute_url(), query, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return str(response.content.decode())


def label(html: str) -> str:
    found = re.search(r'<span class="small soft">([^<]*)</span>', html)
    assert found
    return found[1]


def words(html: str) -> str:
    """What somebody reads there."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.mark.parametrize(
    ("kind", "coding"),
    [
        ("PNG", "PNG"),
        ("JPEG", "JPEG"),
        ("GIF", "GIF"),
        ("WebP", "WEBP"),
        ("AVIF", "AVIF"),
        ("BMP", "BMP"),
        ("TIFF", "TIFF"),
    ],
)
def test_an_image_has_its_dimensions(visitor: Client, session: Session, kind: str, coding: str) -> None:
    artifact = store(session, "named.txt", make_image(coding), "text/plain")
    html = look(visitor, artifact)
    assert label(html) == f"{kind} image"
    assert "60 × 40 pixels" in html
    part = "picture" if kind == "TIFF" else "content"
    assert f'src="{reverse(f"artifacts:{part}", args=[artifact.pk])}" width="60" height="40"' in html


def test_an_image_is_zoomed_by_a_link(visitor: Client, session: Session) -> None:
    artifact = store(session, "a.png", make_image("PNG"))
    html = look(visitor, artifact, zoom="200")
    assert 'width="120" height="80"' in html
    assert visitor.get(artifact.get_absolute_url(), {"zoom": "9000"}).status_code == 422


@pytest.mark.parametrize(
    ("content", "name", "element"),
    [
        (make_wav(), "WAV audio", "<audio controls"),
        (b"ID3\x04\0\0\0\0\0\0\xff\xfb", "MP3 audio", "<audio controls"),
        (b"fLaC\0\0\0\x22", "FLAC audio", "<audio controls"),
        (b"OggS\0\x02" + b"\0" * 30, "Ogg audio", "<audio controls"),
        (MP4, "MPEG-4 video", "<video controls"),
        (WEBM, "WebM video", "<video controls"),
    ],
    ids=["WAV", "MP3", "FLAC", "Ogg", "MP4", "WebM"],
)
def test_sound_and_film_are_played(visitor: Client, session: Session, content: bytes, name: str, element: str) -> None:
    html = look(visitor, store(session, "anything.dat", content))
    assert label(html) == name
    assert element in html


def test_a_pdf_is_drawn_page_by_page(visitor: Client, session: Session) -> None:
    artifact = store(session, "paper", PDF)
    html = look(visitor, artifact)
    assert "Page 1 of 2" in html
    assert "First page" in html
    second = look(visitor, artifact, page=2)
    assert "Second page" in second
    assert f"{reverse('artifacts:picture', args=[artifact.pk])}?page=2" in second


def test_code_has_its_colours_and_every_character(visitor: Client, session: Session) -> None:
    source = '# a comment\ndef f(a: int) -> str:\n    return f"<b>{a}</b>"\n'
    html = look(visitor, store(session, "code.py", source.encode()))
    assert '<span class="k">def</span>' in html
    assert '<span class="c1"># a comment</span>' in html
    assert "style=" not in html
    lines = re.findall(r'<li id="L\d+"><code>(.*?)</code></li>', html)
    shown = "\n".join(re.sub(r"<[^>]*>", "", line) for line in lines)
    assert shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"') == source.rstrip("\n")


def test_a_first_line_names_the_language(visitor: Client, session: Session) -> None:
    html = look(visitor, store(session, "script", b"#!/usr/bin/env python3\nimport os\n"))
    assert 'coloured as python"' in html


def test_json_is_a_tree_to_search(visitor: Client, session: Session) -> None:
    rows = [{"id": number, "name": f"row {number}"} for number in range(300)]
    artifact = store(session, "data.txt", json.dumps({"rows": rows, "empty": {}}).encode())
    html = look(visitor, artifact)
    assert label(html) == "JSON"
    assert "list, 300" in html
    assert "row 299" not in html
    found = look(visitor, artifact, find="ROW 299")
    assert "1 place with “ROW 299”" in found
    assert "rows[300].name" in found
    assert "Nothing holds “absent”" in look(visitor, artifact, find="absent")
    assert "row 299" in look(visitor, artifact, path="/rows/299")
    assert "row 70" in look(visitor, artifact, path="/rows", **{"from": "60"})
    assert visitor.get(artifact.get_absolute_url(), {"path": "/nowhere"}).status_code == 404


def test_lines_of_json_are_a_list(visitor: Client, session: Session) -> None:
    html = look(visitor, store(session, "log", b'{"n": 1}\n{"n": 2}\n\n{"n": 3}\n'))
    assert label(html) == "JSON lines"
    assert html.count(">n<") == 3


def test_broken_json_says_where(visitor: Client, session: Session) -> None:
    html = look(visitor, store(session, "a.json", b'{"a": 1,\n "b": }'))
    assert label(html) == "Text"
    assert "Line 2, column 7" in html


def test_a_table_has_summaries_and_is_sorted(visitor: Client, session: Session) -> None:
    lines = ["name,price,code", "pear,10,007", "apple,9,008", "fig,,009", "plum,100,010"]
    artifact = store(session, "data.bin", "\r\n".join(lines).encode())
    html = look(visitor, artifact)
    assert label(html) == "Table, parted by commas"
    assert "least 9 median 10 mean 39.6667 most 100 empty 1" in words(html)
    assert html.count("<rect") == 16
    assert "different 4" in words(html), "numbers with zeros before them are names"
    ascending = look(visitor, artifact, sort=2)
    assert re.findall(r"<bdi>(pear|apple|fig|plum)</bdi>", ascending) == ["apple", "pear", "plum", "fig"]
    assert 'aria-sort="ascending"' in ascending
    descending = look(visitor, artifact, sort=2, order="descending")
    assert re.findall(r"<bdi>(pear|apple|fig|plum)</bdi>", descending) == ["plum", "pear", "apple", "fig"]
    for query in ({"sort": "4"}, {"sort": "x"}, {"order": "up"}, {"rows": "-1"}, {"columns": "9"}):
        assert visitor.get(artifact.get_absolute_url(), query).status_code == 422


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"a\tb\n1\t2\n3\t4\n", "Table, parted by tabs"),
        (b"a;b\n1,5;2\n3;4\n", "Table, parted by semicolons"),
        (b'"a\nb",c\n"1,2",3\n4,5\n', "Table, parted by commas"),
        (b"Dear all,\nthis is, well, text.\nNo table,\n", "Text"),
        (b"one, two of them and others\nthis, too is a rather long line\nand, so it goes on and on\n", "Text"),
    ],
)
def test_tables_are_told_from_prose(visitor: Client, session: Session, content: bytes, name: str) -> None:
    assert label(look(visitor, store(session, "thing", content))) == name


def test_markdown_is_a_page_that_loads_and_runs_nothing(visitor: Client, session: Session) -> None:
    text = (
        "# Title\n\n*soft* [out](https://example.org/) [in](/logout/) <a href='javascript:alert(1)'>bad</a>\n\n"
        "![a picture](https://example.org/x.png)\n\n<script>alert(1)</script><b onclick='x()'>b</b><img src=x>\n\n"
        '<a href="//example.org" id="content" class="button">c</a><style>*{}</style><iframe src="/"></iframe>\n'
    )
    artifact = store(session, "notes.md", text.encode())
    html = look(visitor, artifact)
    page = html[html.index('<div class="prose">') :]
    assert "<h3>Title</h3>" in page
    assert '<a href="https://example.org/" rel="noopener noreferrer nofollow">out</a>' in page
    assert ">a picture (image)</a>" in page
    for hidden in ("script", "onclick", "<img", "/logout", '"//', "id=", "<style", "iframe"):
        assert hidden not in page[: page.index("</div>")]
    source = look(visitor, artifact, view="source")
    assert "<ol" in source
    assert "javascript:alert(1)" in source


@pytest.mark.parametrize("mode", ["", "gz", "bz2", "xz", "zst"])
def test_a_tar_is_a_list_of_files(visitor: Client, session: Session, mode: str) -> None:
    files = {"folder/one.txt": b"1" * 1500, "../two": b""}
    content = make_tar(files, mode) if mode != "zst" else zstandard.compress(make_tar(files))
    html = look(visitor, store(session, "thing", content))
    assert "folder/one.txt" in html
    assert "1.5 KB" in html
    assert "../two" in html


def test_a_zip_is_a_list_of_files(visitor: Client, session: Session) -> None:
    content = b"something in front" + make_zip({"folder/one.txt": b"1" * 1500, "日本.txt": b""})
    html = look(visitor, store(session, "thing", content[18:]))
    assert label(html) == "ZIP archive"
    assert "folder/one.txt" in html
    assert "日本.txt" in html
    assert "2 entries in it" in html
    odd = store(session, "odd", content[18:22] + content[22:] + b"a tail that is no comment")
    assert "folder/one.txt" in look(visitor, odd)


def test_a_compressed_file_shows_its_beginning(visitor: Client, session: Session) -> None:
    html = look(visitor, store(session, "log.gz", gzip.compress(b"a line\n" * 9000)))
    assert "It holds one file" in html
    assert html.count("a line") == 200
    assert "not text" in look(visitor, store(session, "x.gz", gzip.compress(bytes(range(256)))))


def test_other_bytes_are_shown_as_such(visitor: Client, session: Session) -> None:
    artifact = store(session, "a.txt", b"\x01\x02ABC<" + bytes(range(250, 256)) * 20_000, "text/plain")
    html = look(visitor, artifact)
    assert label(html) == "Bytes"
    assert "00000000  01 02 41 42 43 3c fa fb  fc fd fe ff fa fb fc fd  ··ABC&lt;" in html
    assert "Bytes 0 to 65536 of 120006" in html
    rest = look(visitor, artifact, at=65536)
    assert "\n00010010  " in rest
    assert "Bytes 65536 to 120006 of 120006" in rest
    assert visitor.get(artifact.get_absolute_url(), {"at": "120007"}).status_code == 422


def test_html_and_svg_are_text_or_have_no_rights(visitor: Client, session: Session) -> None:
    page = store(session, "a.txt", HTML)
    assert "&lt;</span>" in look(visitor, page) or "&lt;!doctype" in look(visitor, page)
    framed = look(visitor, page, view="page")
    assert f'src="{reverse("artifacts:frame", args=[page.pk])}" sandbox title=' in framed
    drawing = store(session, "b.txt", SVG)
    assert f'<img class="look__vector" src="{reverse("artifacts:content", args=[drawing.pk])}"' in look(
        visitor, drawing
    )
    for artifact in (page, drawing):
        assert "<script>alert" not in visitor.get(artifact.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("content", "note"),
    [
        ("Grüße".encode("utf-16"), "encoded as UTF-16"),
        ("Grüße, Welt".encode("utf-16-le"), "it is read as UTF-16"),
        ("Grüße".encode("utf-32"), "encoded as UTF-32"),
        ("Grüße".encode("latin-1"), "it is read as Windows-1252"),
        (b"\xef\xbb\xbf" + "Grüße".encode(), ""),
    ],
)
def test_text_is_read_in_its_encoding(visitor: Client, session: Session, content: bytes, note: str) -> None:
    html = look(visitor, store(session, "a.txt", content))
    assert "Grüße" in html
    assert note in html


def test_what_cannot_be_seen_is_made_visible(visitor: Client, session: Session) -> None:
    html = look(visitor, store(session, "a.txt", "is\u202eadmin \x1b[31m\u200b\n".encode()))
    assert "is⟨U+202E⟩admin ⟨U+001B⟩[31m⟨U+200B⟩" in html
    assert "Characters that cannot be seen" in html


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("photo.png", b"only words", "Text"),
        ("report.pdf", b'{"a": 1}', "JSON"),
        ("data.json", make_image("PNG"), "PNG image"),
        ("song.mp3", b"PK\x05\x06" + b"\0" * 18, "ZIP archive"),
        ("page.html", PDF, "PDF"),
        ("BM", b"BMW makes cars, and this is text", "Text"),
        ("empty.png", b"", "Empty"),
    ],
    ids=["words", "JSON", "PNG", "ZIP", "PDF", "BMW", "empty"],
)
def test_names_that_lie_change_nothing(visitor: Client, session: Session, name: str, content: bytes, kind: str) -> None:
    assert label(look(visitor, store(session, name, content))) == kind


def test_every_kind_can_be_looked_at_as_bytes(visitor: Client, session: Session) -> None:
    for content in (make_image("PNG"), PDF, b"text", b'{"a": 1}', make_wav(), make_zip({"a": b""})):
        assert "00000000  " in look(visitor, store(session, "a", content), view="bytes")


def test_a_view_that_is_none_is_told(visitor: Client, session: Session) -> None:
    response = visitor.get(store(session, "a.txt", b"x").get_absolute_url(), {"view": "tree"})
    assert response.status_code == 422
    assert "view: expected source or bytes" in response.content.decode().lower()


def test_the_page_costs_the_same_whatever_is_shown(
    visitor: Client, session: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    artifacts = [
        store(session, "a.txt", b"x"),
        store(session, "a.csv", b"a,b\n1,2\n"),
        store(session, "a.json", b"[1]"),
    ]
    drawn = [store(session, "a.png", make_image("PNG")), store(session, "a.pdf", PDF)]
    for artifact in artifacts + drawn:
        visitor.get(artifact.get_absolute_url())
        with django_assert_num_queries(PAGE_QUERIES + (artifact in drawn)):
            visitor.get(artifact.get_absolute_url())
