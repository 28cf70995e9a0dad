"""What an upload may cost the server before anybody has looked at it."""

from pathlib import Path

import pytest
from django.core.files import temp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from llmspell_web.teams.models import User

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
    client.post(url, {"uploads": SimpleUploadedFile("a.txt", b"x" * 100_000), "username": "x", "password": "y"})
    assert made == []


def test_files_of_accounts_do(client: Client, owner: User, made: list[str]) -> None:
    client.force_login(owner)
    client.post(reverse("workspace:files"), {"uploads": SimpleUploadedFile("a.txt", b"x")})
    assert made != []
