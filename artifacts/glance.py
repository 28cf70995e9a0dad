"""An artifact at a glance: what the list shows beside a row."""

from artifacts.blobs import BlobDamaged, open_blob
from artifacts.content_text import text_pieces
from artifacts.models import Artifact
from sessions.preview import KEYS_SHOWN, in_short

LINES_SHOWN = 8
LINE_MAX_CHARACTERS = 200


def glance(artifact: Artifact) -> dict[str, object]:
    """One query for tags, and the beginning of the content where that is text."""
    custom = sorted(artifact.custom.items())
    return {
        "artifact": artifact,
        "custom": [(in_short(key), in_short(value)) for key, value in custom[:KEYS_SHOWN]],
        "more_keys": max(0, len(custom) - KEYS_SHOWN),
        "beginning": _beginning(artifact),
    }


def _beginning(artifact: Artifact) -> str:
    try:
        with open_blob(artifact.blob) as file:
            text = next(text_pieces(file), "")
    except BlobDamaged:
        return ""  # the log has it, and who opens the artifact is told
    return "\n".join(line[:LINE_MAX_CHARACTERS] for line in text[:4096].splitlines()[:LINES_SHOWN])
