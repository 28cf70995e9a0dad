"""Two pictures: their facts, and how they lie on each other, pixel on pixel from the left upper corner."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from artifacts.models import Artifact
from artifacts.previews.kinds import Kind
from artifacts.previews.look import Look
from artifacts.previews.media import FIT_HEIGHT, decode_picture, describe_picture, read_svg

VECTOR_SIDE = 1000  # of the field, where neither has pixels


@dataclass(frozen=True)
class Side:
    """`width` and `height` are the pixels of the image; a vector graphic has none of its own and fills the field.
    `is_drawn`: browsers do not show the image itself, but a picture that was drawn of it."""

    label: str
    artifact: Artifact
    facts: list[tuple[str, str]]
    width: int = 0
    height: int = 0
    is_drawn: bool = False


@dataclass(frozen=True)
class PictureDiff:
    """Both lie in one field of `width` by `height`. `are_text`: their sources can be compared, too."""

    sides: list[Side]
    width: int
    height: int
    notes: list[str]
    are_text: bool

    @property
    def shown_height(self) -> int:
        return min(self.height, FIT_HEIGHT)

    @property
    def shown_width(self) -> int:
        return max(1, round(self.width * self.shown_height / self.height))


def compare_pictures(a: tuple[Look, Kind], b: tuple[Look, Kind]) -> PictureDiff:
    """NotShown where one of the two cannot be decoded."""
    found = [_measure(label, look, kind) for label, (look, kind) in (("First", a), ("Second", b))]
    sides = [side for side, _ in found]
    width = max(side.width for side in sides) or VECTOR_SIDE
    height = max(side.height for side in sides) or VECTOR_SIDE
    filled = [side if side.width else replace(side, width=width, height=height) for side in sides]
    notes = [*_compare_sizes(sides), *(note for _, notes in found for note in notes)]
    return PictureDiff(filled, width, height, notes, all(kind.name == "svg" for _, kind in (a, b)))


def _measure(label: str, look: Look, kind: Kind) -> tuple[Side, list[str]]:
    if kind.name == "svg":
        read_svg(look, kind)
        return Side(label, look.artifact, [("Format", kind.label), ("Dimensions", "as large as there is room")]), []
    facts, drawn, notes = decode_picture(look)
    side = Side(label, look.artifact, describe_picture(facts), facts["width"], facts["height"], drawn is not None)
    return side, [f"{label}: {note}" for note in notes]


def _compare_sizes(sides: Sequence[Side]) -> list[str]:
    one, other = sides
    if not (one.width and other.width) or (one.width, one.height) == (other.width, other.height):
        return []
    width = _compare_lengths(one.width, other.width, "wide", "wider", "narrower")
    height = _compare_lengths(one.height, other.height, "tall", "taller", "shorter")
    return [f"The second is {width} and {height}."]


def _compare_lengths(one: int, other: int, same: str, more: str, less: str) -> str:
    pixels = abs(other - one)
    if not pixels:
        return f"as {same}"
    return f"{pixels:,} pixel{'s' if pixels > 1 else ''} {more if other > one else less}"
