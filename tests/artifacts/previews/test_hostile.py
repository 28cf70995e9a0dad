"""Content that was made to do harm, or is only very large: a clear message or a bounded part of it."""

import json
import re
import struct
import tarfile
import zlib

import pytest
from django.test import Client

from artifacts.models import Rendition
from artifacts.previews import archives, readers, source, tables, trees
from artifacts.previews.look import HEAD_BYTES
from sessions.metadata_tree import NODES_SHOWN
from sessions.models import Session
from tests.artifacts.previews.making import PDF, make_bomb, make_image, make_zip
from tests.artifacts.previews.test_kinds import label, look, words
from tests.artifacts.test_pages import store

PAGE_BYTES = 2 * 1024 * 1024  # of HTML for a preview, whatever it is of


def test_a_picture_of_100_megapixels_is_refused_once(visitor: Client, session: Session) -> None:
    artifact = store(session, "big.png", make_image("PNG", (10_000, 10_000), "1"))
    for _ in range(2):
        assert "10,000 × 10,000 pixels (100 megapixels)" in words(look(visitor, artifact))
    assert Rendition.objects.get().problem


def test_a_photograph_of_100_megapixels_is_shown_smaller(visitor: Client, session: Session) -> None:
    html = look(visitor, store(session, "big.jpg", make_image("JPEG", (10_000, 10_000), "L")))
    assert "10,000 × 10,000 pixels" in html
    assert "This is a smaller picture of it, 2,048 × 2,048 pixels." in html


MALFORMED = {
    "short PNG": make_image("PNG")[:-40],
    "short JPEG": make_image("JPEG")[:200],
    "short GIF": make_image("GIF")[:30],
    "short WebP": make_image("WEBP")[:40],
    "short TIFF": make_image("TIFF")[:100],
    "no PNG": b"\x89PNG\r\n\x1a\n" + b"\xff" * 500,
    "no TIFF": b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 500,
    "no GIF": b"GIF89a" + b"\xff" * 500,
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_image_is_told(visitor: Client, session: Session, name: str) -> None:
    html = look(visitor, store(session, "a", MALFORMED[name]))
    assert "This cannot be shown: " in html
    assert "<img" not in html


def test_an_image_may_not_claim_a_size_that_it_has_not(visitor: Client, session: Session) -> None:
    header = struct.pack(">2L5B", 60_000, 60_000, 8, 6, 0, 0, 0)
    chunk = struct.pack(">L", len(header)) + b"IHDR" + header + struct.pack(">L", zlib.crc32(b"IHDR" + header))
    html = look(visitor, store(session, "a", b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\x09IDAT" + b"\0" * 50))
    assert "60,000 × 60,000" in html


UNSOUND = {
    "as large as a house": (b"[0 0 300 200]", b"[0 0 99999 99999]"),
    "a tree that is its own branch": (b"/Kids[3 0 R 6 0 R]", b"/Kids[2 0 R 2 0 R]"),
    "a wrong length": (b"<</Length 42>>", b"<</Length 99999999>>"),
    "many levels": (b"BT /F 24 Tf", b"q " * 90_000 + b"BT /F 24 Tf"),
    "no root": (b"1 0 obj", b"1 0 \xff\xff"),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_a_pdf_that_is_not_sound_takes_no_more_than_another(visitor: Client, session: Session, name: str) -> None:
    html = look(visitor, store(session, "a.pdf", PDF.replace(*UNSOUND[name])))
    assert "This cannot be shown: " in html or "Page 1 of" in html
    assert all(len(rendition.picture) < 500_000 for rendition in Rendition.objects.all())


def test_a_pdf_that_expands_without_end_is_told(visitor: Client, session: Session) -> None:
    packed = _bomb()
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream"
    content = re.sub(rb"<</Length 42>>stream.*?endstream", lambda _: stream, PDF, count=1, flags=re.DOTALL)
    html = look(visitor, store(session, "a.pdf", content))
    assert "This cannot be shown: " in html or "Page 1 of" in html


def _bomb() -> bytes:
    """A quarter of a gigabyte of drawing, in a megabyte."""
    packer = zlib.compressobj(1)
    piece = b"0 0 m 9 9 l S " * 75_000
    return b"".join(packer.compress(piece) for _ in range(250)) + packer.flush()


def test_markdown_that_takes_too_long_is_shown_as_text(visitor: Client, session: Session) -> None:
    """A fast processor comes to the end of it in time."""
    html = look(visitor, store(session, "a.md", b"[" * HEAD_BYTES))
    assert ("It is shown as text: " in html and "<ol" in html) or "Nothing is loaded from elsewhere" in html


def test_json_that_is_nested_without_end_is_text(visitor: Client, session: Session) -> None:
    for content in (b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 5000 + b"1" + b"}" * 5000, b"[" * 300_000):
        html = look(visitor, store(session, "a.json", content))
        assert label(html) == "Text"
        assert "It is not shown as a tree: " in html


def test_json_of_many_values_is_shown_in_part(visitor: Client, session: Session) -> None:
    artifact = store(session, "a.json", json.dumps([0] * 100_000).encode())
    assert look(visitor, artifact).count('class="json__node"') <= NODES_SHOWN
    html = look(visitor, artifact, find="1")
    assert f"Only the first {trees.PLACES_SEARCHED:,} places were searched" in html


NO_TREES = {
    "a long key": json.dumps({"k" * 500_000: [0] * 100_000}),
    "a long path": '{"' + "k" * 900 + '": {"' + "l" * 1200 + '": [1, 2, 3]}}',
    "a long number": '{"a": ' + "9" * 100_000 + "}",
    "a key twice": '{"a": 1, "a": 2}',
    "too much": json.dumps(["x" * 2_000_000]),
}


@pytest.mark.parametrize("name", NO_TREES)
def test_json_that_no_tree_holds_is_text(visitor: Client, session: Session, name: str) -> None:
    html = look(visitor, store(session, "a.json", NO_TREES[name].encode()))
    assert label(html) == "Text"
    assert "It is not shown as a tree: " in html
    assert len(html) < PAGE_BYTES


def test_json_with_half_characters_and_nul_is_shown(visitor: Client, session: Session) -> None:
    html = look(visitor, store(session, "a", b'{"\\ud800": "\\udfff \\u0000 \\u202e <b>"}'))
    assert label(html) == "JSON"
    assert "\ufffd ⟨U+0000⟩ ⟨U+202E⟩ &lt;b&gt;" in html


def test_a_single_line_is_shown_as_far_as_is_read(visitor: Client, session: Session) -> None:
    artifact = store(session, "a.py", b"x = '" + b"y" * 30_000_000)
    html = look(visitor, artifact)
    assert "The first 256 KB of 28.6 MB are shown." in html
    assert HEAD_BYTES < len(html) < HEAD_BYTES + 20_000


def test_many_lines_are_cut(visitor: Client, session: Session) -> None:
    html = look(visitor, store(session, "a.txt", b"\n" * HEAD_BYTES))
    assert html.count("<code></code></li>") == source.LINES
    assert "Only the first 5,000 lines" in html


def test_many_pieces_are_not_all_coloured(visitor: Client, session: Session) -> None:
    html = look(visitor, store(session, "a.py", b"a=1;" * 60_000))
    assert html.count("<span class") < 21_000
    assert words(html).replace(" ", "").count("a=1;") == 60_000


def test_a_table_of_10000_columns_is_shown_in_parts(visitor: Client, session: Session) -> None:
    names = ",".join(f"c{number}" for number in range(10_000))
    artifact = store(session, "a.csv", f"{names}\n{names}\n".encode())
    html = look(visitor, artifact)
    assert "columns 1 to 40 of 10000" in html
    assert html.count('scope="col"') == tables.COLUMNS_SHOWN + 1
    assert "columns 9961 to 10000 of 10000" in look(visitor, artifact, columns=9961)


def test_a_table_of_uneven_rows_is_not_filled_up(visitor: Client, session: Session) -> None:
    html = look(visitor, store(session, "a.csv", b"a" + b"," * 60_000 + b"\n" + b"1\n" * 60_000))
    assert "60,000 rows have more or fewer cells" in html
    assert html.count("<td") < (tables.ROWS_SHOWN + 1) * (tables.COLUMNS_SHOWN + 1) + 1


def test_a_table_ends_with_a_whole_row(visitor: Client, session: Session) -> None:
    rows = [f"{number:06},{number * 7:06}" for number in range(30_000)]
    html = look(visitor, store(session, "a.csv", "\n".join(["id,seven", *rows]).encode()))
    count = (HEAD_BYTES - len("id,seven\n")) // 14
    assert f"The {count + 1:,} rows at the beginning" in html or f"The {count:,} rows at the beginning" in html
    last = look(visitor, store(session, "b.csv", "\n".join(["id,seven", *rows]).encode()), rows=count)
    shown = re.findall(r"<bdi>(\d{6})</bdi>", last)[-2:]
    assert int(shown[1]) == int(shown[0]) * 7


@pytest.mark.parametrize(("length", "rest"), [(200_000, b'",2\n'), (900_000, b"")])
def test_a_cell_without_end_is_no_table(visitor: Client, session: Session, length: int, rest: bytes) -> None:
    html = look(visitor, store(session, "a.csv", b'a,b\n1,"' + b"x" * length + rest))
    assert "<ol" in html or "Rows 1 to" in html or "No rows" in html
    assert len(html) < PAGE_BYTES


def test_numbers_beyond_all_others_are_no_fault(visitor: Client, session: Session) -> None:
    html = look(visitor, store(session, "a.csv", b"n,m\n1e308,5e-324\n-1e308,0\n1e999,nan\n1e308,0\n"))
    assert "Rows 1 to 4 of 4" in html


def test_a_tar_that_claims_exabytes_ends(visitor: Client, session: Session) -> None:
    member = tarfile.TarInfo("huge")
    member.size = 2**62
    html = look(visitor, store(session, "a.tar", member.tobuf(tarfile.GNU_FORMAT) + b"\0" * 2048))
    assert "huge" in html
    assert "damaged" in html


def test_a_bomb_is_not_expanded(visitor: Client, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    read = 0
    expand = archives._expand

    def counted(content: object, name: str) -> object:
        stream = expand(content, name)  # type: ignore[arg-type]  # as it was called
        whole = stream.read

        def reading(size: int = -1) -> bytes:
            nonlocal read
            got = whole(size)
            read += len(got)
            return got

        stream.read = reading  # type: ignore[method-assign]
        return stream

    monkeypatch.setattr(archives, "_expand", counted)
    html = look(visitor, store(session, "a.tar.gz", make_bomb()))
    assert "zeros" in html
    assert "Only the first 1 entries are listed" in html
    assert 0 < read <= archives.EXPANDED_BYTES + archives.INSIDE_BYTES


def test_an_archive_of_many_files_is_listed_in_part(visitor: Client, session: Session) -> None:
    html = look(visitor, store(session, "a.zip", make_zip({f"{number}": b"" for number in range(2000)})))
    assert "Only the first 1,000 entries" in html
    assert "2000 entries in it" in html


@pytest.mark.parametrize("place", [10, 12, 16])
def test_a_zip_with_a_false_list_is_told(visitor: Client, session: Session, place: int) -> None:
    content = bytearray(make_zip({"a": b"x"}))
    end = content.rindex(b"PK\x05\x06")
    content[end + place : end + place + 4] = b"\xfe\xff\xff\xff"
    html = look(visitor, store(session, "a.zip", bytes(content)))
    assert "This cannot be shown: " in html or "<bdi>a</bdi>" in html


def test_a_zip_without_its_end_is_told(visitor: Client, session: Session) -> None:
    html = look(visitor, store(session, "a.zip", make_zip({"a": b"x"})[:-15]))
    assert "the file may not be complete" in html


@pytest.mark.parametrize(
    "content", [b"\x1f\x8b\x08" + b"\xff" * 50, b"\xfd7zXZ\0" + b"\xff" * 50, b"\x28\xb5\x2f\xfd" + b"\xff" * 50]
)
def test_a_damaged_compressed_file_is_told(visitor: Client, session: Session, content: bytes) -> None:
    assert "damaged at its beginning" in look(visitor, store(session, "a", content))


@pytest.mark.parametrize("kind", sorted(set(readers.VIEWS) - {"empty"}))
def test_every_view_of_nonsense_is_a_page(visitor: Client, session: Session, kind: str) -> None:
    """What begins like a kind and goes on as anything."""
    beginnings = {
        "image": b"BM\x9a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
        "svg": b"<svg ",
        "html": b"<!doctype html>",
        "markdown": b"# ",
        "json": b"{",
        "lines": b"{}\n{}\n{",
        "table": b'a,b\n1,2\n3,4\n"',
        "text": b"a",
        "pdf": b"%PDF-1.7 ",
        "audio": b"RIFF\0\0\0\0WAVE",
        "video": b"\0\0\0\x18ftypmp42",
        "zip": b"PK\x03\x04",
        "tar": b"name" + b"\0" * 253 + b"ustar",
        "packed": b"\x1f\x8b\x08",
        "bytes": b"\0",
    }
    for rest in (b"\xff\xfe\x00" * 99, b"\x80" * 99, b"\xc3", "\u202e\U0001f389".encode() * 9):
        artifact = store(session, "name.md" if kind == "markdown" else "name", beginnings[kind] + rest)
        for view in [*readers.VIEWS[kind], ""]:
            response = visitor.get(artifact.get_absolute_url(), {"view": view})
            assert response.status_code in {200, 422}
