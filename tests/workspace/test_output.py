"""A run's console: no byte is lost, order is kept, and it is read by position."""

import pytest

from llmspell_web.lua import Stream
from llmspell_web.teams.models import User
from llmspell_web.web.bell import Bell
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.output import Console, read_output
from llmspell_web.workspace.runs import create_run, topic


@pytest.fixture
def run(owner: User) -> Run:
    return create_run(owner, source="", runner="here")


def shown(run: Run) -> list[tuple[str, str]]:
    joined: list[tuple[str, str]] = []
    for row in read_output(run.pk):
        if joined and joined[-1][0] == row.stream:
            joined[-1] = (row.stream, joined[-1][1] + row.text)
        else:
            joined.append((row.stream, row.text))
    return joined


def test_characters_cut_anywhere_are_whole(run: Run) -> None:
    console = Console(run)
    text = "aé日🎉z" * 3
    for byte in text.encode():
        console.write("stdout", bytes([byte]))
    console.close()
    assert shown(run) == [("stdout", text)]


def test_streams_keep_their_own_half_characters_and_their_order(run: Run) -> None:
    console = Console(run)
    pieces: list[tuple[Stream, bytes]] = [
        ("stdout", b"a\xc3"), ("stderr", b"b\xe2\x82"), ("stdout", b"\xa9"), ("stderr", b"\xac"), ("stdout", b"c"),
    ]  # fmt: skip
    for stream, data in pieces:
        console.write(stream, data)
    console.close()
    assert shown(run) == [("stdout", "a"), ("stderr", "b"), ("stdout", "é"), ("stderr", "€"), ("stdout", "c")]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"caf\xe9!", "caf\\xe9!"),
        (b"\xff\xfe", "\\xff\\xfe"),
        (b"a\0b", "a\\x00b"),
        (b"cut \xf0\x9f", "cut \\xf0\\x9f"),
        (b"\xed\xa0\x80", "\\xed\\xa0\\x80"),
        (b"\x1b[31mred\r\n", "\x1b[31mred\r\n"),
        (b"", ""),
    ],
)
def test_other_bytes_are_shown_escaped(run: Run, data: bytes, text: str) -> None:
    console = Console(run)
    console.write("stdout", data)
    console.close()
    assert "".join(row.text for row in read_output(run.pk)) == text


def test_the_first_bytes_are_there_at_once(run: Run) -> None:
    console = Console(run)
    with Bell(topic(run.pk)) as bell:
        console.write("stdout", b"first")
        assert bell.wait(5)
    assert shown(run) == [("stdout", "first")]


def test_much_output_takes_few_rows(run: Run) -> None:
    console = Console(run)
    for number in range(5000):
        console.write("stdout", b"%d\n" % number)
    console.close()
    assert shown(run) == [("stdout", "".join(f"{number}\n" for number in range(5000)))]
    assert run.output.count() < 500


def test_is_read_by_position(run: Run, owner: User) -> None:
    other = create_run(owner, source="", runner="here")
    for number in range(4):
        console = Console(run)
        console.write("stderr" if number % 2 else "stdout", b"%d" % number)
        console.close()
        other_console = Console(other)
        other_console.write("stdout", b"another run's")
        other_console.close()
    rows = read_output(run.pk)
    assert [row.text for row in rows] == ["0", "1", "2", "3"]
    assert [row.text for row in read_output(run.pk, rows[1].pk)] == ["2", "3"]
    assert [row.text for row in read_output(run.pk, rows[0].pk, limit=1)] == ["1"]
    assert read_output(run.pk, rows[3].pk) == []


def test_a_listener_hears_text_as_it_comes(run: Run) -> None:
    heard: list[tuple[str, str]] = []
    console = Console(run, lambda stream, text: heard.append((stream, text)))
    for data in (b"a", b"\xc3", b"\xa9", b"\xff"):
        console.write("stdout", data)
    console.close()
    assert heard == [("stdout", "a"), ("stdout", "é"), ("stdout", "\\xff")]
