"""Markdown, by markdown-it: as HTML that the host still has to clean. Headings begin below those of the page."""

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from artifacts.previews.inside.drawer import Order

NESTING = 40  # of lists and quotes
HEADINGS_BEGIN = 2  # levels above those of the text: the page's title, and the preview's
_parsers: list[MarkdownIt] = []


def prepare(hint: str) -> None:
    parser = MarkdownIt("commonmark", {"maxNesting": NESTING}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _show_as_link)
    parser.render("# a\n\n| b |\n| - |\n| ![c](d) ~~e~~ |\n")
    _parsers.append(parser)


def draw(order: Order, content: bytes) -> tuple[object, bytes]:
    """The content is text; the answer's bytes are the HTML."""
    return None, render(_parsers[0], content.decode(), {}).encode()


def render(parser: MarkdownIt, text: str, env: EnvType) -> str:
    """HTML that still has to be cleaned."""
    tokens = parser.parse(text, env)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1:]) + HEADINGS_BEGIN)}"
    return str(parser.renderer.render(tokens, parser.options, env))


def _show_as_link(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    """An image would be loaded from somewhere: its description leads there instead."""
    token = tokens[index]
    link = Token("link_open", "a", 1, attrs={"href": token.attrGet("src") or ""})
    words = self.renderInlineAsText(token.children or [], options, env) or "image"
    text = Token("text", "", 0, content=f"{words} (image)")
    return self.renderToken([link], 0, options, env) + self.text([text], 0, options, env) + "</a>"
