"""Which comparison two artifacts get: by what the bytes are, not by what the names claim."""

import codecs
from dataclasses import dataclass

from artifacts.blobs import open_blob
from artifacts.diffs.lines import LineDiff, compare_lines
from artifacts.diffs.octets import OctetDiff, compare_octets
from artifacts.diffs.structure import StructureDiff, compare_json
from artifacts.models import Artifact, Blob

COMPARED_BYTES = 256 * 1024  # of each side


@dataclass(frozen=True)
class Difference:
    """One of `structure`, `lines` and `octets`; none where the contents are `same`. `is_cut`: the head was compared."""

    same: bool
    is_cut: bool = False
    structure: StructureDiff | None = None
    lines: LineDiff | None = None
    octets: OctetDiff | None = None


def compare_contents(a: Artifact, b: Artifact, *, as_text: bool = False, fold: bool = True) -> Difference:
    """`as_text` compares JSON by lines, too."""
    if a.blob.digest == b.blob.digest:
        return Difference(same=True)
    is_cut = max(a.blob.size, b.blob.size) > COMPARED_BYTES
    one, other = _read_text(a.blob), _read_text(b.blob)
    if one is None or other is None or one == other:
        return Difference(same=False, octets=compare_octets(a.blob, b.blob))
    structure = None if as_text or is_cut else compare_json(one, other)
    if structure is not None:
        return Difference(same=False, structure=structure)
    return Difference(same=False, is_cut=is_cut, lines=compare_lines(one, other, fold=fold))


def _read_text(blob: Blob) -> str | None:
    """The first COMPARED_BYTES; None unless they are UTF-8 without NUL."""
    with open_blob(blob) as file:
        head = file.read(COMPARED_BYTES)
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head, final=blob.size <= len(head))
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
