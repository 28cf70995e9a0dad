"""The small graph of an artifact's lineage: what of it is drawn, and where each thing stands.

From what was read to the run that stored the artifact, the artifact, later runs, and what they stored. Drawn twice: in
columns where there is room for five of them, and as an indented list where there is not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from artifacts.models import Artifact
from llmspell_web.workspace.lineage import Lineage
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.run_uses import Used

INPUTS_DRAWN, RUNS_DRAWN, OUTPUTS_DRAWN = 5, 3, 2
READ, MAKER, THIS, LATER, OUTPUT = range(5)  # the columns

NODE_HEIGHT, ROW_HEIGHT = 40, 52
COLUMN_WIDTH, COLUMN_STEP = 152, 178
LIST_WIDTH, INDENT, STEM = 312, 18, 9
PADDING, LETTER_WIDTH = 8, 6.6


@dataclass(frozen=True)
class Node:
    """`kind` is artifact, this, file, run, person, hidden or more. An edge comes from each of `sources`: indexes."""

    layer: int
    kind: str
    title: str
    detail: str = ""
    url: str = ""
    sources: tuple[int, ...] = ()
    x: int = 0
    y: int = 0
    width: int = COLUMN_WIDTH

    @property
    def shown_title(self) -> str:
        return _cut(self.title, self.width)

    @property
    def shown_detail(self) -> str:
        return _cut(self.detail, self.width)

    @property
    def is_cut(self) -> bool:
        return (self.shown_title, self.shown_detail) != (self.title, self.detail)

    @property
    def text_width(self) -> int:
        return self.width - 2 * PADDING


@dataclass(frozen=True)
class Drawing:
    """`edges` are SVG paths."""

    name: str
    width: int
    height: int
    nodes: list[Node]
    edges: list[str]


def draw_lineage(lineage: Lineage) -> list[Drawing]:
    nodes = _collect(lineage)
    return [_in_columns(nodes), _as_list(nodes)]


def _collect(lineage: Lineage) -> list[Node]:
    """In the order in which a list shows them."""
    nodes = list(_inputs(lineage))
    nodes.append(replace(_maker(lineage), sources=tuple(range(len(nodes)))))
    nodes.append(replace(_of_artifact(lineage.artifact, THIS), kind="this", url="", sources=(len(nodes) - 1,)))
    this = len(nodes) - 1
    for later in lineage.later.items[:RUNS_DRAWN]:
        nodes.append(_of_run(later.run, LATER, sources=(this,)))
        source = (len(nodes) - 1,)
        nodes += [_of_artifact(artifact, OUTPUT, sources=source) for artifact in later.outputs.items[:OUTPUTS_DRAWN]]
        nodes += _more(OUTPUT, len(later.outputs.items), OUTPUTS_DRAWN, later.outputs.more, source)
    return nodes + _more(LATER, len(lineage.later.items), RUNS_DRAWN, lineage.later.more, (this,))


def _inputs(lineage: Lineage) -> Iterator[Node]:
    if lineage.origin and lineage.origin.artifact:
        yield _of_artifact(lineage.origin.artifact, READ)
    inputs = lineage.storing.inputs if lineage.storing else None
    if inputs is None:
        return
    yield from (_of_use(used) for used in inputs.used.items[:INPUTS_DRAWN])
    yield from _more(READ, len(inputs.used.items), INPUTS_DRAWN, inputs.used.more)
    if inputs.has_hidden:
        yield Node(READ, "hidden", "something", "you cannot see")
    if inputs.is_cut:
        yield Node(READ, "more", "and more", "than is kept of one run")


def _maker(lineage: Lineage) -> Node:
    if lineage.storing:
        return _of_run(lineage.storing.run, MAKER)
    if lineage.artifact.run_id:
        return Node(MAKER, "hidden", "a run", "you cannot see")
    name = lineage.artifact.created_by.get_username()
    if lineage.origin:
        return Node(MAKER, "person", name, f"went on from save {lineage.origin.save_number}")
    return Node(MAKER, "person", name, "uploaded it")


def _of_artifact(artifact: Artifact, layer: int, sources: tuple[int, ...] = ()) -> Node:
    detail = f"version {artifact.version}"
    return Node(layer, "artifact", artifact.name, detail, artifact.get_absolute_url(), sources)


def _of_use(used: Used) -> Node:
    if used.artifact:
        return _of_artifact(used.artifact, READ)
    return Node(READ, "file", used.use.path, "file")


def _of_run(run: Run, layer: int, sources: tuple[int, ...] = ()) -> Node:
    detail = f"{run.get_status_display()}, {run.user.get_username()}"
    return Node(layer, "run", run.title, detail, run.get_absolute_url(), sources)


def _more(layer: int, found: int, drawn: int, rest: str, sources: tuple[int, ...] = ()) -> list[Node]:
    """`rest` are those that were not even fetched."""
    beyond = max(0, found - drawn)
    if not (beyond or rest):
        return []
    count = rest if rest.endswith("+") else f"{beyond + int(rest.replace(',', '') or 0):,}"
    return [Node(layer, "more", f"and {count} more", sources=sources)]


def _in_columns(nodes: list[Node]) -> Drawing:
    layers = sorted({node.layer for node in nodes})
    counts = {layer: sum(node.layer == layer for node in nodes) for layer in layers}
    height = max(counts.values()) * ROW_HEIGHT
    rows = dict.fromkeys(layers, 0)
    placed = []
    for node in nodes:
        top = (height - counts[node.layer] * ROW_HEIGHT) // 2 + (ROW_HEIGHT - NODE_HEIGHT) // 2
        placed.append(
            replace(node, x=1 + layers.index(node.layer) * COLUMN_STEP, y=top + rows[node.layer] * ROW_HEIGHT)
        )
        rows[node.layer] += 1
    width = (len(layers) - 1) * COLUMN_STEP + COLUMN_WIDTH + 2
    return Drawing("wide", width, height, placed, [_curve(placed[at], node) for node in placed for at in node.sources])


def _as_list(nodes: list[Node]) -> Drawing:
    first = min(node.layer for node in nodes)
    placed = []
    for row, node in enumerate(nodes):
        x = 1 + (node.layer - first) * INDENT
        placed.append(replace(node, x=x, y=row * ROW_HEIGHT + 1, width=LIST_WIDTH - x - 1))
    edges = [_elbow(placed[at], node) for node in placed for at in node.sources]
    return Drawing("narrow", LIST_WIDTH, len(nodes) * ROW_HEIGHT - ROW_HEIGHT + NODE_HEIGHT + 2, placed, edges)


def _curve(source: Node, target: Node) -> str:
    start, end = source.x + source.width, target.x
    middle = (start + end) // 2
    from_y, to_y = source.y + NODE_HEIGHT // 2, target.y + NODE_HEIGHT // 2
    return f"M{start} {from_y} C{middle} {from_y} {middle} {to_y} {end} {to_y}"


def _elbow(source: Node, target: Node) -> str:
    return f"M{source.x + STEM} {source.y + NODE_HEIGHT} V{target.y + NODE_HEIGHT // 2} H{target.x}"


def _cut(text: str, width: int) -> str:
    letters = int((width - 2 * PADDING) / LETTER_WIDTH)
    return text if len(text) <= letters else f"{text[: letters - 1]}…"
