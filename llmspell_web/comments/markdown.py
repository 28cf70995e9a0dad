"""Comments as HTML. They are short, and what makes Markdown slow or large is left out, so this happens in the request
that writes one; what is kept is cleaned whenever it is shown. See docs/decisions/028.
"""

import re
from collections.abc import Collection
from functools import cache

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from artifacts.previews.documents import clean_html
from artifacts.previews.inside.prose import render

NESTING = 20  # of lists and quotes
NAMES_MAX = 50  # accounts that one comment can mention
# Images would be loaded from elsewhere: without their rule they are links. A reference repeats its address, and a table
# fills its rows up, however many there are: a short text would become megabytes.
LEFT_OUT = ("image", "reference")

_NAME = re.compile(r"[\w.@+-]{1,150}")  # as Django lets accounts be called
_ADDRESS = re.compile(r"://[^\s<>\"'`]+")
_SCHEME = re.compile(r"(?:^|(?<=\W))https?$", re.IGNORECASE)
_AT_THE_END = ".,;:!?)]}*_~"  # belongs to the sentence


def names_in(text: str) -> list[str]:
    """What may be the name of an account behind an @, outside of code: each in full, and without the full
    stops and the like that it ends with, in the order in which they come."""
    found: list[str] = []
    render(_parser(), text, {"known": frozenset(), "found": found})
    return list(dict.fromkeys(found))[: 2 * NAMES_MAX]


def write_html(text: str, known: Collection[str] = ()) -> str:
    """`known` are the names that become marks. For `show_html` alone."""
    return render(_parser(), text, {"known": frozenset(known), "found": []})


def show_html(html: str) -> SafeString:
    return clean_html(html)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": NESTING, "html": False}).enable("strikethrough")
    parser.disable(LEFT_OUT)
    parser.inline.ruler.push("mention", _mention)
    parser.inline.ruler.push("address", _address)
    return parser


def _mention(state: StateInline, silent: bool) -> bool:  # as markdown-it calls it
    before = state.src[state.pos - 1 : state.pos]
    if state.src[state.pos] != "@" or before.isalnum() or (before and before in "_@./+-"):
        return False
    match = _NAME.match(state.src, state.pos + 1)
    if match is None:
        return False
    spellings = list(dict.fromkeys((match.group(), match.group().rstrip(".@+-"))))
    if not silent:
        state.env["found"] += [name for name in spellings if name]
    name = next((name for name in spellings if name in state.env["known"]), None)
    if name is None:
        return False
    if not silent:
        state.push("mark_open", "mark", 1)
        state.push("text", "", 0).content = f"@{name}"
        state.push("mark_close", "mark", -1)
    state.pos += 1 + len(name)
    return True


def _address(state: StateInline, silent: bool) -> bool:  # as above
    """An address that stands in the text by itself: what is before its colon is taken back."""
    if state.linkLevel or state.src[state.pos] != ":":
        return False
    scheme = _SCHEME.search(state.pending[-6:])
    match = _ADDRESS.match(state.src, state.pos)
    if scheme is None or match is None:
        return False
    rest = match.group().rstrip(_AT_THE_END)
    url = state.md.normalizeLink(scheme.group() + rest)
    if len(rest) <= len("://") or not state.md.validateLink(url):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme.group())]
        state.push("link_open", "a", 1).attrs = {"href": url}
        state.push("text", "", 0).content = scheme.group() + rest
        state.push("link_close", "a", -1)
    state.pos += len(rest)
    return True
