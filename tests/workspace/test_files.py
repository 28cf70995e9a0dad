"""The files of an account: whole or not at all, one name each, nobody else's."""

import io
from typing import BinaryIO

import pytest
from pytest_django import Settings

from artifacts.blobs import open_blob
from artifacts.models import Blob
from llmspell_web.teams.models import User
from llmspell_web.web.problems import InvalidField, NotFound, Problem
from llmspell_web.workspace.files import (
    delete_file,
    find_file,
    get_file,
    is_folder,
    list_files,
    rename_file,
    save_file,
)
from llmspell_web.workspace.models import UserFile
from llmspell_web.workspace.paths import clean_path, normal_path


def content(user: User, path: str) -> bytes:
    with open_blob(get_file(user, path).blob) as file:
        return file.read()


def names(user: User) -> list[str]:
    return [file.path for file in list_files(user)]


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("a", "a"),
        ("/a/b", "a/b"),
        ("a//b/", "a/b"),
        ("./a/./b", "a/b"),
        ("a/../b", "b"),
        ("../../etc/passwd", "etc/passwd"),
        ("/..", ""),
        ("", ""),
        ("a/b/../../..", ""),
        ("...", "..."),
        ("a/.. /b", "a/.. /b"),
        ("C:\\x", "C:\\x"),
    ],
)
def test_every_file_has_one_name(given: str, normal: str) -> None:
    assert normal_path(given) == normal


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "..",
        "a\nb",
        "a\0b",
        "\x1b[2J",
        "a\x7f",
        "a\u0085",
        "x" * 256,
        "é" * 128,
        "x/" * 600 + "y",
        "日/" * 300,
        "\ud800",
    ],
)
def test_names_that_no_file_can_have(owner: User, path: str) -> None:
    with pytest.raises(InvalidField, match="file name"):
        clean_path(path)
    with pytest.raises(InvalidField):
        save_file(owner, path, b"x")
    assert not UserFile.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        *("x" * 255, "é" * 127, "🎉/日本.txt", "a b'\"\\%_*?.txt", "-rf", ".hidden", "a/" * 500 + "b"),
        *("Shot at 9.41\u202fAM.png", "全角\u3000blank", "👩\u200d💻"),
    ],
)
def test_names_that_files_can_have(owner: User, path: str) -> None:
    save_file(owner, path, b"content")
    assert content(owner, f"/{path}") == b"content"
    assert names(owner) == [path]


def test_saving_again_replaces_the_whole(owner: User) -> None:
    save_file(owner, "a.bin", b"\0\xff" * 10_000)
    assert content(owner, "a.bin") == b"\0\xff" * 10_000
    save_file(owner, "/x/../a.bin", io.BytesIO(b"short"))
    assert content(owner, "a.bin") == b"short"
    save_file(owner, "a.bin", b"")
    assert content(owner, "a.bin") == b""
    assert names(owner) == ["a.bin"]


def test_content_over_the_limit_is_not_stored(owner: User, settings: Settings) -> None:
    settings.FILE_MAX_BYTES = 10
    save_file(owner, "a", b"x" * 10)
    sources: list[BinaryIO | bytes] = [b"y" * 11, io.BytesIO(b"y" * 11)]
    for source in sources:
        with pytest.raises(Problem, match="10 bytes"):
            save_file(owner, "a", source)
    assert content(owner, "a") == b"x" * 10
    assert Blob.objects.count() == 1


def test_an_upload_that_breaks_off_changes_nothing(owner: User) -> None:
    class Broken(io.BytesIO):
        def read(self, length: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError("the client has gone")
            return super().read(5)

    save_file(owner, "a", b"kept")
    with pytest.raises(OSError, match="gone"):
        save_file(owner, "a", Broken(b"x" * 100))
    assert content(owner, "a") == b"kept"


def test_a_file_is_no_folder_and_a_folder_no_file(owner: User) -> None:
    save_file(owner, "a/b", b"x")
    with pytest.raises(InvalidField, match='"a", which is a folder'):
        save_file(owner, "a", b"y")
    with pytest.raises(InvalidField, match='"a/b", which is a file'):
        save_file(owner, "a/b/c/d", b"y")
    with pytest.raises(InvalidField):
        rename_file(owner, "a/b", "a/b/c")
    assert (names(owner), content(owner, "a/b")) == (["a/b"], b"x")
    assert (is_folder(owner, "a"), is_folder(owner, "a/b"), is_folder(owner, ""), is_folder(owner, "A")) == (
        True, False, True, False,
    )  # fmt: skip


def test_names_differ_by_case_and_by_signs_that_patterns_know(owner: User) -> None:
    for path in ("A/x", "a", "a_b/x", "aXb", "50%/x", "500"):
        save_file(owner, path, path.encode())
    assert sorted(names(owner)) == sorted(["A/x", "a", "a_b/x", "aXb", "50%/x", "500"])
    assert content(owner, "A/x") == b"A/x"


def test_tmp_belongs_to_runs(owner: User) -> None:
    for path in ("/tmp/a", "tmp/a", "x/../tmp/a", "/tmp"):
        with pytest.raises(InvalidField, match="outside /tmp"):
            save_file(owner, path, b"x")
    save_file(owner, "tmpfile", b"x")
    with pytest.raises(InvalidField, match="outside /tmp"):
        rename_file(owner, "tmpfile", "/tmp/a")
    assert names(owner) == ["tmpfile"]


def test_renaming_replaces_what_has_the_name(owner: User) -> None:
    save_file(owner, "a", b"A")
    save_file(owner, "b", b"B")
    rename_file(owner, "/a", "./b")
    assert (names(owner), content(owner, "b")) == (["b"], b"A")
    rename_file(owner, "b", "x/y")
    rename_file(owner, "x/y", "/x//y")
    assert names(owner) == ["x/y"]
    with pytest.raises(NotFound, match="file not found: b"):
        rename_file(owner, "b", "c")
    with pytest.raises(InvalidField):
        rename_file(owner, "x/y", "..")


def test_deleting(owner: User) -> None:
    save_file(owner, "a/b", b"x")
    for path in ("a", "b", "A/B", "", "missing", "a\0b", "\ud800"):
        assert find_file(owner, path) is None
        with pytest.raises(NotFound, match="file not found"):
            delete_file(owner, path)
    delete_file(owner, "/a/b")
    assert names(owner) == []


def test_files_are_their_owners_alone(owner: User, teammate: User, viewer: User, stranger: User) -> None:
    save_file(owner, "a", b"owner's")
    for somebody in (teammate, viewer, stranger):
        assert find_file(somebody, "a") is None
        assert names(somebody) == []
        with pytest.raises(NotFound):
            delete_file(somebody, "a")
        with pytest.raises(NotFound):
            rename_file(somebody, "a", "b")
        save_file(somebody, "a", somebody.username.encode())
    assert content(owner, "a") == b"owner's"
    assert content(stranger, "a") == b"stranger"
