"""What the readers of previews are given, and what they give back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import BinaryIO

from artifacts.blobs import open_blob
from artifacts.models import Artifact, Blob
from artifacts.previews.texts import Text, decode
from llmspell_web.web.problems import InvalidField
from llmspell_web.web.templatetags.present import size
from sessions.fields import describe

HEAD_BYTES = 256 * 1024  # of any content are looked at at once
WHOLE_BYTES = 1024 * 1024  # of what can only be read whole
SKIPPED_BYTES = 256 * 1024 * 1024  # that may be decompressed to reach a place behind the beginning


class NotShown(Exception):
    """Why a preview is not there, in words that go on from "This cannot be shown:"."""


@dataclass(frozen=True)
class Look:
    """One artifact, the beginning of it, and what the URL of the page asks for."""

    artifact: Artifact
    head: bytes
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def blob(self) -> Blob:
        return self.artifact.blob

    @property
    def is_cut(self) -> bool:
        return self.blob.size > len(self.head)

    @property
    def cut_notes(self) -> tuple[str, ...]:
        """For readers that show no more than the beginning."""
        if not self.is_cut:
            return ()
        return (f"The first {HEAD_BYTES // 1024} KB of {size(self.blob.size)} are shown.",)

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.artifact.name).suffix.lower()

    @cached_property
    def text(self) -> Text | None:
        return decode(self.head, is_cut=self.is_cut)

    @cached_property
    def whole_text(self) -> Text | None:
        """Also of what is a few times longer than the beginning; None when it is too long, or no text."""
        if not self.is_cut or self.text is None:
            return self.text
        if self.blob.size > WHOLE_BYTES:
            return None
        with self.open() as content:
            return decode(content.read(), is_cut=False)

    def open(self, at: int = 0) -> BinaryIO:
        """The content from a place on. NotShown where getting there would take long."""
        if at > SKIPPED_BYTES and self.blob.is_compressed:
            raise NotShown("that place is too far from the beginning of a content that is stored compressed")
        content = open_blob(self.blob)
        if at:
            content.seek(at)
        return content

    def number(self, name: str, *, least: int = 0, most: int, default: int) -> int:
        return read_number(self.query, name, least=least, most=most, default=default)

    def choice(self, name: str, among: tuple[str, ...]) -> str:
        return read_choice(self.query, name, among)


@dataclass(frozen=True)
class Shown:
    """A template below `artifacts/previews/` and what it prints as `shown`; `notes` say what is not shown, and why."""

    template: str
    shown: object
    notes: tuple[str, ...] = ()


def take_look(artifact: Artifact, query: Mapping[str, str] | None = None) -> Look:
    with open_blob(artifact.blob) as content:
        return Look(artifact, content.read(HEAD_BYTES), query or {})


def read_number(query: Mapping[str, str], name: str, *, least: int = 0, most: int, default: int) -> int:
    """A whole number of the URL."""
    given = query.get(name, "")
    if not given:
        return default
    value = int(given) if given.isascii() and given.isdecimal() and len(given) < 16 else -1
    if not least <= value <= most:
        raise InvalidField(name, f"a number from {least} to {most}", describe(given))
    return value


def read_choice(query: Mapping[str, str], name: str, among: tuple[str, ...]) -> str:
    """One of some words of the URL; the first of them, which may be none, where it says nothing."""
    given = query.get(name, "") or among[0]
    if given not in among:
        raise InvalidField(name, " or ".join(filter(None, among)), describe(given))
    return given
