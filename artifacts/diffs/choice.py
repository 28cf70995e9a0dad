"""Which comparison two artifacts get: by what the bytes are, not by what the names claim."""

from dataclasses import dataclass
from typing import Literal

from artifacts.diffs.cells import CellDiff, compare_tables
from artifacts.diffs.lines import LineDiff, compare_lines
from artifacts.diffs.octets import OctetDiff, compare_octets
from artifacts.diffs.pictures import PictureDiff, compare_pictures
from artifacts.diffs.structure import StructureDiff, compare_json
from artifacts.models import Artifact
from artifacts.previews.kinds import Kind, find_binary_kind
from artifacts.previews.look import HEAD_BYTES, Look, NotShown, take_look
from artifacts.previews.readers import find_kind
from artifacts.previews.tables import DELIMITERS, HINTED, find_delimiter, parse_rows
from artifacts.previews.texts import Text, reveal

PICTURES = {"image", "svg"}

What = Literal["same", "pictures", "cells", "structure", "lines", "octets"]


@dataclass(frozen=True)
class Difference:
    """One of the fields is there, as `what` says; none where the contents are the same. `notes` say what was not
    compared, and why not otherwise."""

    pictures: PictureDiff | None = None
    cells: CellDiff | None = None
    structure: StructureDiff | None = None
    lines: LineDiff | None = None
    octets: OctetDiff | None = None
    notes: tuple[str, ...] = ()

    @property
    def what(self) -> What:
        names: tuple[What, ...] = ("pictures", "cells", "structure", "lines", "octets")
        return next((name for name in names if getattr(self, name) is not None), "same")


def compare_contents(a: Artifact, b: Artifact, *, as_text: bool = False, fold: bool = True) -> Difference:
    """`as_text` compares by lines whatever is text."""
    if a.blob.digest == b.blob.digest:
        return Difference()
    one, other = take_look(a), take_look(b)
    kind, other_kind = find_kind(one)[0], find_kind(other)[0]
    kinds = {kind.name, other_kind.name}
    notes: tuple[str, ...] = ()
    try:
        if kinds <= PICTURES and not (as_text and kinds == {"svg"}):
            pictures = compare_pictures((one, kind), (other, other_kind))
            return Difference(pictures=pictures, notes=tuple(pictures.notes))
        if "table" in kinds and _may_be_table(one, kind) and _may_be_table(other, other_kind) and not as_text:
            return _compare_tables(one, other, fold=fold)
    except NotShown as problem:
        notes = (f"This is not compared as {'pictures' if kinds <= PICTURES else 'a table'}: {problem}.",)
    texts = _text(one), _text(other)
    if texts[0] is None or texts[1] is None:
        return Difference(octets=compare_octets(a.blob, b.blob), notes=notes)
    return _compare_texts(one, other, texts[0], texts[1], notes, as_text=as_text, fold=fold)


def _may_be_table(look: Look, kind: Kind) -> bool:
    """Also where it has one column alone, or too few rows to be known by them, and is called one."""
    return kind.name == "table" or (kind.name == "text" and look.suffix in HINTED)


def _text(look: Look) -> Text | None:
    return look.text if not look.head or find_binary_kind(look.head) is None else None


def _compare_texts(
    a: Look, b: Look, one: Text, other: Text, notes: tuple[str, ...], *, as_text: bool, fold: bool
) -> Difference:
    is_cut = a.is_cut or b.is_cut
    if one.content == other.content:
        if not is_cut:
            notes += ("As text the two are the same: they differ only in their encoding or in how lines end.",)
        return Difference(octets=compare_octets(a.blob, b.blob), notes=notes + _form_notes(one, other))
    structure = None if as_text or is_cut else compare_json(one.content, other.content)
    if structure is not None:
        return Difference(structure=structure, notes=notes + _form_notes(one, other))
    if is_cut:
        notes += (f"Only the first {HEAD_BYTES // 1024} KB of each were compared.",)
    shown, other_shown = reveal(one.content), reveal(other.content)
    if shown == other_shown:  # one of the two holds in so many characters what stands for one that cannot be seen
        shown, other_shown = one.content, other.content
    lines = compare_lines(shown, other_shown, fold=fold)
    return Difference(lines=lines, notes=notes + _form_notes(one, other))


def _compare_tables(a: Look, b: Look, *, fold: bool) -> Difference:
    """NotShown where cells cannot say what differs."""
    if a.text is None or b.text is None:
        raise NotShown("one of the two is no text")
    diff = compare_tables(parse_rows(a, strict=True), parse_rows(b, strict=True), fold=fold)
    if diff is None:
        raise NotShown("the two have no column in common")
    if not diff.found and (a.is_cut or b.is_cut):
        raise NotShown("no cell differs in what is read of it")
    notes = []
    if a.is_cut or b.is_cut:
        notes.append(f"Only the rows in the first {HEAD_BYTES // 1024} KB of each were compared.")
    parted = [DELIMITERS[find_delimiter(look) or ","] for look in (a, b)]
    if parted[0] != parted[1]:
        notes.append(f"The cells of the first are parted by {parted[0]}, of the second by {parted[1]}.")
    return Difference(cells=diff, notes=(*notes, *_form_notes(a.text, b.text), *diff.notes))


def _form_notes(a: Text, b: Text) -> tuple[str, ...]:
    """What a comparison of the texts does not show."""
    notes = []
    one, other = (f"{text.encoding}{' (a guess)' if text.is_guess else ''}" for text in (a, b))
    if one != other:
        notes.append(f"The first is encoded as {one}, the second as {other}.")
    if a.ends != b.ends:
        notes.append(f"The lines of the first end with {a.ends}, of the second with {b.ends}.")
    elif " and " in a.ends:
        notes.append(f"The lines of both end with {a.ends}: where with which was not compared.")
    return tuple(notes)
