"""Where in its content the words of a search were found, for the rows of a list: bounded, whatever the contents are."""

from collections.abc import Sequence

from artifacts.blobs import BlobDamaged, open_blob
from artifacts.content_text import TEXT_BYTES, text_pieces
from artifacts.models import Artifact, Blob
from sessions.marked_text import Marked, mark_words
from sessions.words import pattern_of

READ_MAX_BYTES = 4 * 1024 * 1024  # of all contents of a page together: 0.1 to 0.3 s at worst


def add_snippets(artifacts: Sequence[Artifact], text: str) -> None:
    """Set `snippet` of each: empty where the words stand behind the first `TEXT_BYTES`, or where the page has read
    enough already. Only for artifacts that the reader may see. One query, and the contents."""
    pattern, left = pattern_of(text), READ_MAX_BYTES
    blobs = Blob.objects.in_bulk({artifact.blob_id for artifact in artifacts})
    found: dict[str, list[Marked]] = {}
    for artifact in artifacts:
        blob = blobs[artifact.blob_id]
        cost = min(blob.size, TEXT_BYTES)
        if blob.pk not in found and cost <= left:
            left -= cost
            try:
                with open_blob(blob) as file:
                    found[blob.pk] = mark_words(next(text_pieces(file), ""), pattern)
            except BlobDamaged:
                found[blob.pk] = []  # the log has it already, and who opens the artifact is told
        artifact.snippet = found.get(blob.pk, [])
