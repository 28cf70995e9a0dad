"""Names inside a ZIP: whatever artifacts are called, they unpack beside each other and nowhere else."""

from unicodedata import category, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifacts.zip_names import SEGMENT_MAX_BYTES, ZipNames, safe_segment

NASTY = st.sampled_from(
    ["..", ".", "/", "\\", "C:", "con", "NUL", "COM¹", "a", "A", "é", "e\u0301", " ", ".txt", "(2)", " (2)", "\u202e"]
)
NAMES = st.lists(st.one_of(NASTY, st.text(max_size=90)), min_size=1, max_size=6).map("".join)
DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{d}{n}" for d in ("com", "lpt") for n in "0123456789¹²³"
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report.pdf", "report.pdf"),
        ("日本語 🎉.txt", "日本語 🎉.txt"),
        ("👩‍🔬.md", "👩‍🔬.md"),
        ("data/2026/rows.csv", "data/2026/rows.csv"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\Windows\\x.dll", "C__Windows_x.dll"),
        ("a/./b//c", "a/b/c"),
        ("..", "unnamed"),
        ("con.txt", "_con.txt"),
        ("Aux", "_Aux"),
        ("nul .tar.gz", "_nul .tar.gz"),
        ("console.log", "console.log"),
        ("ends with a dot.", "ends with a dot"),
        ("what?*<>|.txt", "what_____.txt"),
        ("gpj\u202eexe.txt", "gpj_exe.txt"),
        ("line\nbreak", "line_break"),
    ],
)
def test_a_name_becomes_what_every_system_unpacks(name: str, expected: str) -> None:
    assert ZipNames().claim(name) == expected


def test_names_that_are_taken_get_numbers() -> None:
    names = ZipNames()
    wanted = ["a.txt", "A.TXT", "é", "e\u0301", "a.txt", "x", "x/y", "x/y", "q/r", "q"]
    got = ["a.txt", "A (2).TXT", "é", "e\u0301 (2)", "a (3).txt", "x", "x (2)/y", "x (2)/y (2)", "q/r", "q (2)"]
    assert [names.claim(name) for name in wanted] == got


def test_a_version_stands_before_the_ending() -> None:
    names = ZipNames()
    assert [names.claim(name, suffix=" (v2)") for name in ("a.txt", ".profile", "a.txt")] == [
        "a (v2).txt",
        ".profile (v2)",
        "a (v2) (2).txt",
    ]


def test_a_name_of_255_bytes_stays_within_them_with_a_number() -> None:
    names = ZipNames()
    long = "ü" * 125 + ".json"
    assert names.claim(long) == long
    assert names.claim(long) == "ü" * 123 + " (2).json"
    assert names.claim("日" * 85, suffix=" (v12)").endswith("日 (v12)")


def test_many_names_that_become_one_are_numbered_quickly() -> None:
    names = ZipNames()
    assert len({names.claim("..") for _ in range(30_000)}) == 30_000


@given(st.lists(st.tuples(NAMES, st.sampled_from(["", " (v2)"])), max_size=30))
def test_no_name_leaves_the_folder_or_meets_another(wanted: list[tuple[str, str]]) -> None:
    names = ZipNames()
    paths = [names.claim(name, suffix=suffix) for name, suffix in wanted]
    folded = [normalize("NFC", normalize("NFC", path).casefold()) for path in paths]
    assert len(set(folded)) == len(folded)
    for path, other in zip(paths, folded, strict=True):
        assert not any(another.startswith(f"{other}/") for another in folded)
        for segment in path.split("/"):
            assert 1 <= len(segment.encode()) <= SEGMENT_MAX_BYTES
            assert segment.rstrip(". ") == segment
            assert not set(segment) & set('\\:*?"<>|')
            assert not any(category(character) in {"Cc", "Cs"} for character in segment)
            assert segment.split(".")[0].rstrip(" ").lower() not in DEVICES


@given(st.text(max_size=300))
def test_a_safe_segment_stays_as_it_is(text: str) -> None:
    once = safe_segment(text)
    assert safe_segment(once) == once
