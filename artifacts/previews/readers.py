"""The table of previews: what each kind of content can be looked at as, and by what it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from artifacts.previews import tables, trees
from artifacts.previews.archives import read_packed, read_tar, read_zip
from artifacts.previews.documents import read_html, read_markdown, read_pdf
from artifacts.previews.hexes import read_hex
from artifacts.previews.kinds import BYTES, Kind, find_binary_kind, find_markup_kind
from artifacts.previews.look import Look, NotShown, Shown
from artifacts.previews.media import read_media, read_picture, read_svg
from artifacts.previews.source import read_source

Reader = Callable[[Look, Kind], Shown]

# kind: {view: reader}. The first view is the one that is shown unless another one is asked for.
VIEWS: dict[str, dict[str, Reader]] = {
    "image": {"picture": read_picture},
    "svg": {"picture": read_svg, "source": read_source},
    "html": {"source": read_source, "page": read_html},
    "markdown": {"page": read_markdown, "source": read_source},
    "json": {"tree": trees.read_tree, "source": read_source},
    "lines": {"tree": trees.read_lines, "source": read_source},
    "table": {"table": tables.read_table, "source": read_source},
    "text": {"source": read_source},
    "pdf": {"pages": read_pdf},
    "audio": {"player": read_media},
    "video": {"player": read_media},
    "zip": {"files": read_zip},
    "tar": {"files": read_tar},
    "packed": {"files": read_packed},
    "bytes": {},
}
for views in VIEWS.values():
    views["bytes"] = read_hex
VIEWS["empty"] = {}
MARKDOWN_SUFFIXES = {".md", ".markdown"}


@dataclass(frozen=True)
class View:
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Preview:
    """`template` prints `shown`; without one, `problem` says why, or the content is empty. The rest is around it."""

    label: str
    view: str
    views: list[View]
    template: str = ""
    shown: object = None
    notes: tuple[str, ...] = ()
    problem: str = ""


def find_kind(look: Look) -> tuple[Kind, tuple[str, ...]]:
    """What the bytes are, and notes where that is not what the name says."""
    if kind := find_binary_kind(look.head):
        return kind, ()
    if look.text is None:
        return BYTES, ()
    if kind := find_markup_kind(look.text.content):
        return kind, ()
    if trees.is_json(look):
        return Kind("json", "JSON"), ()
    if trees.is_lines(look):
        return Kind("lines", "JSON lines"), ()
    if look.suffix in MARKDOWN_SUFFIXES or look.artifact.mime_type == "text/markdown":
        return Kind("markdown", "Markdown"), ()
    if delimiter := tables.find_delimiter(look):
        return Kind("table", f"Table, parted by {tables.DELIMITERS[delimiter]}"), ()
    return Kind("text", "Text"), trees.why_not_json(look)


def build_preview(look: Look) -> Preview:
    """By the view that the URL asks for. One that cannot be had gives its reason, and the text where there is one."""
    kind, notes = find_kind(look)
    readers = VIEWS[kind.name]
    if not readers:
        return Preview(kind.label, "", [])
    view = look.choice("view", tuple(readers))
    try:
        shown = readers[view](look, kind)
    except NotShown as problem:
        if "source" not in readers or view == "source":
            return Preview(kind.label, view, _links(readers, view), notes=notes, problem=str(problem))
        notes += (f"It is shown as text: {problem}.",)
        view = "source"
        shown = read_source(look, kind)
    return Preview(kind.label, view, _links(readers, view), shown.template, shown.shown, notes + shown.notes)


def find_shown_kind(look: Look) -> Kind | None:
    """As `find_kind`, for routes that serve parts of previews: None for what is shown as our own text."""
    if kind := find_binary_kind(look.head):
        return kind
    return find_markup_kind(look.text.content) if look.text else None


def _links(readers: dict[str, Reader], current: str) -> list[View]:
    names = list(readers)
    return [View(name, f"?{urlencode({'view': name})}" if name != names[0] else "?", name == current) for name in names]
