"""A first look at an artifact: the beginning of what is text, as text. Everything else is for the download."""

import codecs
from dataclasses import dataclass

from artifacts.blobs import open_blob
from artifacts.models import Artifact

PREVIEW_BYTES = 64 * 1024


@dataclass(frozen=True)
class Preview:
    """`text` is empty when the content is not text; `is_cut` when there is more of it."""

    text: str
    is_text: bool
    is_cut: bool


def read_preview(artifact: Artifact) -> Preview:
    """Decided by the bytes, not by what the type claims: UTF-8 without NUL is text."""
    with open_blob(artifact.blob) as file:
        head = file.read(PREVIEW_BYTES)
    is_cut = artifact.blob.size > len(head)
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head, final=not is_cut)
    except UnicodeDecodeError:
        return Preview("", is_text=False, is_cut=is_cut)
    if "\0" in text:
        return Preview("", is_text=False, is_cut=is_cut)
    return Preview(text, is_text=True, is_cut=is_cut)
