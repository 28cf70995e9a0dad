"""Drawing each content once: pictures are kept by the digest of what they show, and so are failures."""

import io
from collections.abc import Mapping

from artifacts.blobs import open_blob
from artifacts.models import Blob, Rendition
from artifacts.previews.drawing import CannotDraw, Drawing, Task, draw

THUMBNAIL_SIDE = 160  # pixels; shown half as large, for screens with two to a point
PICTURE_SIDE = 2048
PAGE_WIDTH = 1400
PICTURE_BYTES = 2 * 1024 * 1024
FIGURE_MAX = 10_000_000
PICTURE_FACTS: Mapping[str, type] = {"width": int, "height": int, "format": str, "mode": str}


def find_thumbnail(blob: Blob) -> Rendition:
    """Facts: `format`, and `width` and `height` of the whole. Raises CannotDraw and NotNow, as all of these."""
    return _find(blob, f"picture {THUMBNAIL_SIDE}", Task("pictures", order={"side": THUMBNAIL_SIDE}), PICTURE_FACTS)


def find_picture(blob: Blob) -> Rendition:
    """For images that no browser shows, or that are too large to be sent whole."""
    return _find(blob, f"picture {PICTURE_SIDE}", Task("pictures", order={"side": PICTURE_SIDE}), PICTURE_FACTS)


def find_page(blob: Blob, number: int) -> Rendition:
    """Of a PDF. Facts: `width` and `height` of the picture, `pages` in all, `text` of this one."""
    task = Task("pages", order={"page": number, "side": PAGE_WIDTH})
    return _find(blob, f"page {number}", task, {"width": int, "height": int, "pages": int, "text": str})


def read_text(blob: Blob, task: Task, text: str) -> Drawing:
    """What becomes of the beginning of a text. Made each time: only that it cannot be made is kept."""
    content = text.encode()
    what = f"{task.name} {task.hint}"
    _raise_known(Rendition.objects.filter(blob=blob, what=what).first())
    try:
        return draw(task, io.BytesIO(content), len(content))
    except CannotDraw as problem:
        _keep(blob, what, problem=str(problem))
        raise


def _find(blob: Blob, what: str, task: Task, expected: Mapping[str, type]) -> Rendition:
    known = Rendition.objects.filter(blob=blob, what=what).first()
    _raise_known(known)
    if known:
        return known
    try:
        with open_blob(blob) as content:
            drawing = draw(task, content, blob.size)
        return _keep(blob, what, facts=_check_facts(drawing.facts, expected), picture=_check_picture(drawing.picture))
    except CannotDraw as problem:
        _keep(blob, what, problem=str(problem))
        raise


def _raise_known(known: Rendition | None) -> None:
    if known and known.problem:
        raise CannotDraw(known.problem)


def _keep(blob: Blob, what: str, **drawn: object) -> Rendition:
    """Another process may have been faster, with the same outcome."""
    rendition, _ = Rendition.objects.get_or_create(blob=blob, what=what, defaults=drawn)
    return rendition


def _check_picture(picture: bytes) -> bytes:
    if len(picture) > PICTURE_BYTES or picture[:4] != b"RIFF" or picture[8:12] != b"WEBP":
        raise CannotDraw("what was drawn of it is no picture")
    return picture


def _check_facts(given: object, expected: Mapping[str, type]) -> dict[str, int | str]:
    """Those expected and no others, as figures and texts that every database holds."""
    facts: dict[str, int | str] = {}
    for name, kind in expected.items():
        match given.get(name) if isinstance(given, Mapping) else None:
            case int(value) if kind is int and 0 < value <= FIGURE_MAX:
                facts[name] = value
            case str(text) if kind is str:
                facts[name] = text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
            case _:
                raise CannotDraw("what was drawn of it has no size")
    return facts
