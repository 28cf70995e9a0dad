"""Documents whose layout counts: Markdown as a page, HTML in a frame where nothing of it runs, PDF page by page."""

from dataclasses import dataclass

import nh3
from django.utils.safestring import SafeString, mark_safe

from artifacts.models import Rendition
from artifacts.previews.drawing import CannotDraw, NotNow, Task
from artifacts.previews.kinds import Kind
from artifacts.previews.look import Look, NotShown, Shown
from artifacts.previews.renditions import find_page, read_text
from artifacts.previews.texts import reveal

FRAME_BYTES = 8 * 1024 * 1024  # of HTML: a browser lays it out whole
PAGES_SHOWN = 500  # of a PDF: each that was looked at is kept
# No picture, no form, no id: nothing that loads, sends, or is found by a script of ours.
TAGS = {
    *(
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "h3",
        "h4",
    ),
    *("h5", "h6", "hr", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong"),
    *("sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var"),
}
ATTRIBUTES = {"a": {"href", "title"}, "abbr": {"title"}, "ol": {"start"}, "td": {"colspan"}, "th": {"colspan"}}
SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True)
class Page:
    """`picture` is of page `number`; `text` is what it says."""

    picture: Rendition
    number: int
    count: int
    text: str

    @property
    def next(self) -> int:
        return self.number + 1 if self.number < min(self.count, PAGES_SHOWN) else 0


def read_markdown(look: Look, kind: Kind) -> Shown:
    if look.text is None:
        raise NotShown("it is not text")
    try:
        drawing = read_text(look.blob, Task("prose"), look.text.content)
    except (CannotDraw, NotNow) as problem:
        raise NotShown(str(problem)) from None
    return Shown("_markdown.html", clean_html(drawing.picture.decode("utf-8", "replace")), look.cut_notes)


def clean_html(html: str) -> SafeString:
    """What is left of untrusted HTML: text, its structure, and links that lead out of here."""
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 - this is what nh3 is for


def read_html(look: Look, kind: Kind) -> Shown:
    if look.blob.size > FRAME_BYTES:
        raise NotShown(f"it is larger than {FRAME_BYTES // 1024**2} MB")
    note = "The page is shown without its scripts, and without anything that it would load from elsewhere."
    return Shown("_frame.html", None, (note,))


def read_pdf(look: Look, kind: Kind) -> Shown:
    number = look.number("page", least=1, most=PAGES_SHOWN, default=1)
    try:
        rendition = find_page(look.blob, number)
    except (CannotDraw, NotNow) as problem:
        raise NotShown(str(problem)) from None
    count = rendition.facts["pages"]
    notes = (f"Only the first {PAGES_SHOWN} pages are shown.",) if count > PAGES_SHOWN else ()
    text = reveal(rendition.facts.get("text", "").replace("\r\n", "\n"))
    return Shown("_pdf.html", Page(rendition, number, count, text), notes)
