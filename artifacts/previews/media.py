"""Pictures, sound and film: shown by the browser itself, or as a picture that was drawn of them."""

from dataclasses import dataclass
from typing import Any  # Any: facts, as JSON holds them

from artifacts.models import Rendition
from artifacts.previews.drawing import CannotDraw, NotNow
from artifacts.previews.kinds import Kind
from artifacts.previews.look import Look, NotShown, Shown
from artifacts.previews.renditions import PICTURE_SIDE, find_picture, find_thumbnail

BROWSER_FORMATS = {"PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP"}
BROWSER_PIXELS = 25_000_000  # four bytes each in the memory of whoever looks: more is for a smaller picture of it
BROWSER_BYTES = 16 * 1024 * 1024
SVG_BYTES = 2 * 1024 * 1024
ZOOMS = ("fit", "100", "200", "400")
FIT_HEIGHT = 640  # the style sheet sees to the width
ZOOM_PIXELS = 100_000_000  # that a browser is asked to lay out


MODES = {
    "1": "black and white",
    "L": "grey",
    "LA": "grey, transparent",
    "P": "a palette",
    "RGB": "RGB",
    "RGBA": "RGB, transparent",
    "CMYK": "CMYK",
    "I;16": "grey, 16 bits",
}


@dataclass(frozen=True)
class Zoom:
    name: str
    is_current: bool


@dataclass(frozen=True)
class Picture:
    """`width` and `height` are those of the element. `drawn` is what is shown where the image itself is not."""

    facts: list[tuple[str, str]]
    zooms: list[Zoom]
    width: int
    height: int
    zoom: str
    drawn: Rendition | None


def read_picture(look: Look, kind: Kind) -> Shown:
    facts, drawn, notes = decode_picture(look)
    width, height = _drawn_size(facts) if drawn else (facts["width"], facts["height"])
    sizes = [zoom for zoom in ZOOMS if zoom == "fit" or width * height * (int(zoom) / 100) ** 2 <= ZOOM_PIXELS]
    zoom = look.choice("zoom", tuple(sizes))
    factor = min(1.0, FIT_HEIGHT / height) if zoom == "fit" else int(zoom) / 100
    picture = Picture(
        describe_picture(facts),
        [Zoom(name, name == zoom) for name in sizes],
        max(1, round(width * factor)),
        max(1, round(height * factor)),
        zoom,
        drawn,
    )
    return Shown("_picture.html", picture, notes)


def decode_picture(look: Look) -> tuple[dict[str, Any], Rendition | None, tuple[str, ...]]:
    """Its facts, as in `find_thumbnail`, what is shown where browsers do not show the image itself, and notes. Only
    once it was decoded here is it known that there is something to show: else NotShown."""
    try:
        facts = find_thumbnail(look.blob).facts
        drawn = None if _is_for_browser(look, facts) else find_picture(look.blob)
    except (CannotDraw, NotNow) as problem:
        raise NotShown(str(problem)) from None
    width, height = _drawn_size(facts)
    is_smaller = drawn is not None and width < facts["width"]
    notes = (f"This is a smaller picture of it, {width:,} × {height:,} pixels.",) if is_smaller else ()
    return facts, drawn, notes


def describe_picture(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Labels and values, in words."""
    return [
        ("Format", str(facts["format"])),
        ("Dimensions", f"{facts['width']:,} × {facts['height']:,} pixels"),
        ("Colours", MODES.get(facts["mode"], str(facts["mode"]))),
    ]


def read_svg(look: Look, kind: Kind) -> Shown:
    """As the source of an `img`, where a browser runs no script and loads nothing."""
    if look.blob.size > SVG_BYTES:
        raise NotShown(f"it is larger than {SVG_BYTES // 1024**2} MB")
    return Shown("_svg.html", None)


def read_media(look: Look, kind: Kind) -> Shown:
    return Shown(f"_{kind.name}.html", None)


def _is_for_browser(look: Look, facts: dict[str, Any]) -> bool:
    is_small = facts["width"] * facts["height"] <= BROWSER_PIXELS and look.blob.size <= BROWSER_BYTES
    return is_small and facts["format"] in BROWSER_FORMATS


def _drawn_size(facts: dict[str, Any]) -> tuple[int, int]:
    """As Pillow's `thumbnail` makes it: within a square, never larger than the image."""
    scale = min(1.0, PICTURE_SIDE / max(facts["width"], facts["height"]))
    return max(1, round(facts["width"] * scale)), max(1, round(facts["height"] * scale))
