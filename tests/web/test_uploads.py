"""What an upload may cost the server before anybody has looked at it."""

from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files import temp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from llmspell_web.teams.models import User
from llmspell_web.workspace.models import UserFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of temporary files that were made, in order."""
    names: list[str] = []
    original = temp.NamedTemporaryFile

    def make(*arguments: object, **options: object) -> object:
        file = original(*arguments, **options)  # type: ignore[call-overload]  # passed through
        names.append(Path(file.name).name)
        return file

    monkeypatch.setattr(temp, "NamedTemporaryFile", make)
    return names


@pytest.mark.parametrize("url", [reverse("teams:login"), reverse("workspace:files")])
def test_files_of_strangers_never_reach_the_disk(url: str, client: Client, made: list[str]) -> None:
    client.post(url, {"uploads": SimpleUploadedFile("a.txt", b"x" * 1_000_000), "username": "x", "password": "y"})
    assert made == []


@pytest.mark.parametrize(("size", "is_on_disk"), [(1, False), (1_000_000, True)])
def test_large_files_of_accounts_do(
    size: int, is_on_disk: bool, client: Client, owner: User, made: list[str], settings: Settings, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    client.force_login(owner)
    client.post(reverse("workspace:files"), {"uploads": SimpleUploadedFile("a.txt", b"x" * size)})
    assert UserFile.objects.get().blob.size == size
    assert bool(made) == is_on_disk
    assert list(tmp_path.glob("*.upload*")) == []


class Measured(BytesIO):
    """Remembers how much was asked for at once."""

    largest = 0

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        self.largest = max(self.largest, len(content))
        return content


@pytest.mark.parametrize("is_known", [False, True])
def test_no_file_is_taken_into_memory_whole(is_known: bool, owner: User) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="content"; filename="a.bin"\r\n\r\n'
    body = Measured(head + b"\0" * 5_000_000 + b"\r\n--x--\r\n")
    request = RequestFactory().generic("POST", "/", b"-", content_type="multipart/form-data; boundary=x")
    request.META["CONTENT_LENGTH"] = str(len(body.getvalue()))
    request._stream = body  # what the server hands in
    request.user = owner if is_known else AnonymousUser()
    assert len(request.FILES) == is_known
    request.close()
    assert 0 < body.largest <= 256 * 1024
