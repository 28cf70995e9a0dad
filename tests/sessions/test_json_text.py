"""JSON as people type it: read exactly, or refused at the place of the fault."""

import pytest

from sessions.json_text import JsonFault, read_json, write_json


@pytest.mark.parametrize(
    ("text", "line", "column", "mark"),
    [
        ('{"a": 1,\n "b" 2}', 2, 6, "2"),
        ("{", 1, 2, ""),
        ('{"𝄞𝄞": x}', 1, 8, "x"),
        ("[1, 2\n]\nrest", 3, 1, "r"),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, line: int, column: int, mark: str) -> None:
    with pytest.raises(JsonFault, match=f"^Line {line}, column {column}: ") as fault:
        read_json(text)
    assert (fault.value.line, fault.value.column, fault.value.mark) == (line, column, mark)
    rest = text.encode("utf-16-le")[(fault.value.offset or 0) * 2 :].decode("utf-16-le")
    assert rest.startswith(mark)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "b": {"c": 1, "c": 2}}', '"c" stands twice'),
        ("[" * 40 + "1" + "]" * 40, "deeper than 32 levels"),
        ("[" * 100_000, "deeper than 32 levels"),
        ("9" * 5000, "not JSON"),
    ],
)
def test_what_could_not_be_kept_is_refused(text: str, words: str) -> None:
    with pytest.raises(JsonFault, match=words):
        read_json(text)


def test_what_is_written_is_read_again() -> None:
    value = {"text": "a\r\n\u202e𝄞", "list": [1, 1.5, None, True], "deep": {"": {}}}
    assert read_json(write_json(value)) == value
