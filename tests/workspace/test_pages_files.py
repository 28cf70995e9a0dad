"""The files panel: what is uploaded is what is downloaded."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from llmspell_web.teams.models import User
from llmspell_web.workspace.files import save_file
from llmspell_web.workspace.models import UserFile

HTMX = {"HX-Request": "true"}


def paths(owner: User) -> list[str]:
    return list(UserFile.objects.filter(user=owner).values_list("path", flat=True))


def raw_upload(visitor: Client, name: bytes) -> str:
    """An upload under exactly this name: clients and Django's test client clean names, attackers do not."""
    body = (
        b'--edge\r\nContent-Disposition: form-data; name="uploads"; filename="' + name + b'"\r\n'
        b"Content-Type: text/plain\r\n\r\ncontent\r\n--edge--\r\n"
    )
    url = reverse("workspace:files")
    response = visitor.post(url, body, content_type="multipart/form-data; boundary=edge", headers=HTMX)
    return response.content.decode()


def test_several_files_are_stored_into_a_folder_and_come_back_exactly(visitor: Client, owner: User) -> None:
    uploads = [SimpleUploadedFile("a.bin", b"\x00\xff" * 9000), SimpleUploadedFile("b.txt", b"")]
    response = visitor.post(reverse("workspace:files"), {"uploads": uploads, "folder": "/in/put/"})
    assert response.headers["Location"] == reverse("workspace:editor")
    assert paths(owner) == ["in/put/a.bin", "in/put/b.txt"]
    response = visitor.get(reverse("workspace:download_file", args=["in/put/a.bin"]))
    assert b"".join(response.streaming_content) == b"\x00\xff" * 9000  # type: ignore[attr-defined]  # it streams
    assert response.headers["Content-Disposition"] == 'attachment; filename="a.bin"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", [b"a\x07b.txt", b"a\tb.txt", b"a\x1bb.txt"])
def test_a_name_with_control_characters_is_refused_in_words(visitor: Client, owner: User, name: bytes) -> None:
    assert "no control characters" in raw_upload(visitor, name)
    assert paths(owner) == []


def test_a_path_in_the_name_is_dropped(visitor: Client, owner: User) -> None:
    raw_upload(visitor, b"../../etc/passwd")
    assert paths(owner) == ["passwd"]


def test_a_file_over_the_limit_is_refused_and_the_others_are_stored(
    visitor: Client, owner: User, settings: Settings
) -> None:
    settings.FILE_MAX_BYTES = 10
    uploads = [SimpleUploadedFile("large.txt", b"x" * 11), SimpleUploadedFile("small.txt", b"x" * 10)]
    response = visitor.post(reverse("workspace:files"), {"uploads": uploads}, headers=HTMX)
    assert response.status_code == 422
    assert "at most 10 bytes" in response.content.decode()
    assert paths(owner) == ["small.txt"]


@pytest.mark.parametrize("folder", ["/tmp", "a\x00b", "x" * 1025])
def test_a_folder_that_cannot_be_is_refused(visitor: Client, owner: User, folder: str) -> None:
    form = {"uploads": SimpleUploadedFile("a.txt", b"x"), "folder": folder}
    assert visitor.post(reverse("workspace:files"), form, headers=HTMX).status_code == 422
    assert paths(owner) == []


def test_an_upload_cut_short_is_told(visitor: Client, owner: User) -> None:
    body = b'--edge\r\nContent-Disposition: form-data; name="uploads"; filename="a.txt"\r\n\r\nhal'
    response = visitor.post(reverse("workspace:files"), body, content_type="multipart/form-data; boundary=other")
    assert response.status_code in {400, 422}
    assert paths(owner) == []


def test_deleting_asks_first(visitor: Client, owner: User) -> None:
    save_file(owner, "a b/ü.txt", b"x")
    url = reverse("workspace:delete_file", args=["a b/ü.txt"])
    assert "Delete the file a b/ü.txt?" in visitor.get(url, headers=HTMX).content.decode()
    assert paths(owner) == ["a b/ü.txt"]
    visitor.post(url)
    assert paths(owner) == []
