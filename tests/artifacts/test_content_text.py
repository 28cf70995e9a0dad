"""Which bytes are text, which text is JSON, and how much of it is read."""

import io
import json
import tracemalloc

import pytest

from artifacts.content_text import JSON_BYTES, TEXT_BYTES, text_pieces


def text_of(content: bytes) -> str:
    return "".join(text_pieces(io.BytesIO(content)))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        ("grün".encode(), "grün"),
        (b"\xef\xbb\xbf" + "grün".encode(), "grün"),
        ("grün 😀".encode("utf-16"), "grün 😀"),
        (b"\xfe\xff" + "grün".encode("utf-16-be"), "grün"),
        ("grün".encode("latin-1"), ""),
        (b"text\0more", ""),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ""),
        (b"\xff\xfe\0\0" + "x".encode("utf-32-le"), ""),
        (b'{"caf\\u00e9": "\\ud83d\\ude00 a\\nb \\"c\\" \\\\d"}', '{"café": "😀 a b "c" \\d"}'),
        (b'["\\ud83d \\u0000"]', '["   "]'),
        (rb"[2026-11-25 10:00:01] C:\new INFO", r"[2026-11-25 10:00:01] C:\new INFO"),
        (rb'{not json "\n"}', rb'{not json "\n"}'.decode()),
    ],
)
def test_text_is_what_the_bytes_say(content: bytes, text: str) -> None:
    assert text_of(content) == text


def test_of_a_text_the_beginning_is_read() -> None:
    content = b"word " * 300_000
    assert len(text_of(content)) == TEXT_BYTES < len(content)
    assert text_of("é".encode() * TEXT_BYTES) == "é" * (TEXT_BYTES // 2)
    assert text_of(b"x" + "é".encode() * TEXT_BYTES) == "x" + "é" * (TEXT_BYTES // 2 - 1)


def test_of_json_all_is_read() -> None:
    value = {"rows": [{"id": number, "name": f'caf\u00e9 "{number}"\n'} for number in range(120_000)], "last": "needle"}
    content = json.dumps(value).encode()
    assert len(content) > 4 * TEXT_BYTES
    text = text_of(content)
    assert "needle" in text
    assert "\\" not in text
    assert 'café "119999" ' in text


@pytest.mark.parametrize(
    "content", [b'["' + b"x" * 5 * TEXT_BYTES + b'"]', b"[" * 5 * TEXT_BYTES, b'["' + b'\\"' * TEXT_BYTES]
)
def test_json_of_one_piece(content: bytes) -> None:
    assert len(text_of(content)) == len(content) - content.count(b"\\")


class Endless(io.RawIOBase):
    """JSON without an end."""

    given = 0

    def read(self, size: int = -1, /) -> bytes:
        start = b'[{"word":1},' if not self.given else b""
        self.given += size
        return start + b'{"w":12},   ' * ((size - len(start)) // 12) + b" " * ((size - len(start)) % 12)


def test_memory_and_reading_have_a_bound() -> None:
    endless = Endless()
    tracemalloc.start()
    try:
        size = sum(map(len, text_pieces(endless)))  # type: ignore[arg-type]  # it reads as files do
        assert tracemalloc.get_traced_memory()[1] < 16 * TEXT_BYTES
    finally:
        tracemalloc.stop()
    assert size == endless.given == JSON_BYTES
