"""Networks as a DOT graph, for those who have Graphviz and want its layout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...draw.links import BoxGraph, outline
from ...draw.part_layout import texts_of, times_text
from ...draw.tree import Box
from ...network.layer import NETWORK_INPUT
from ...ops.shapes import shape_text
from ...text.escape import visible
from .colours import BORDER, KIND_COLOURS, LINES

_START = f"""\
digraph {{
  node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=11, margin="0.12,0.06"]
  edge [fontname="Helvetica", fontsize=9, color="{LINES[0]}", fontcolor="{LINES[0]}", arrowsize=0.6]
  graph [fontname="Helvetica", fontsize=11, color="{BORDER[0]}", style=rounded]
"""


def draw(graphs: Sequence[BoxGraph], titles: Sequence[str], is_up: bool) -> Iterator[str]:
    """The lines of the graph, with a cluster for each network."""
    yield _START
    yield f"  rankdir={'BT' if is_up else 'TB'}\n"
    first = 0
    for number, (graph, title) in enumerate(zip(graphs, titles, strict=True)):
        yield f"  subgraph cluster_{number} {{\n    label={_quoted(title)}\n"
        yield from _network(graph, first, number)
        yield "  }\n"
        first += len(graph.boxes)
    yield "}\n"


def _network(graph: BoxGraph, first: int, number: int) -> Iterator[str]:
    topology = graph.topology
    yield f"    i{number} {_shape(shape_text(topology.shape(graph.tree.entry)))}\n"
    yield from _outline(graph, first, number)
    for link in graph.links:
        start = f"i{number}" if link.start == NETWORK_INPUT else f"n{first + link.start}"
        style = ", style=dashed" if link.is_dashed else ""
        yield f"    {start} -> n{first + link.end} [label={_quoted(link.text)}{style}]\n"
    for place, (box, output) in enumerate(graph.ends):
        yield f"    o{number}_{place} {_shape(shape_text(topology.shape(output)))}\n"
        yield f"    n{first + box} -> o{number}_{place}\n"
    if not graph.boxes:
        yield f"    i{number} -> o{number}_0\n"
        yield f"    o{number}_0 {_shape(shape_text(topology.shape(graph.tree.exit)))}\n"


def _outline(graph: BoxGraph, first: int, number: int) -> Iterator[str]:
    for one, place, depth in outline(graph.tree):
        indent = "  " * (depth + 2)
        if isinstance(one, Box):
            yield f"{indent}n{first + place} {_node(one)}\n"
        elif one is None:
            yield f"{indent}}}\n"
        else:
            title = " ".join(filter(None, (one.title, times_text(one))))
            yield f"{indent}subgraph cluster_{number}_{place} {{\n{indent}  label={_quoted(title)}\n"


def _node(box: Box) -> str:
    label = "\n".join(text for text, _ in texts_of(box))
    fill, edge = KIND_COLOURS[box.kind][:2]
    shape = ", shape=ellipse" if box.is_sum else ""
    style = ', style="rounded,filled,dashed"' if box.aux else ""
    return f'[label={_quoted(label)}, fillcolor="{fill}", color="{edge}"{shape}{style}]'


def _shape(text: str) -> str:
    return f"[label={_quoted(text)}, shape=plaintext, style=solid]"


def _quoted(text: str) -> str:
    """A quoted label: no escape such as \\N, no entity, no HTML."""
    lines = [visible(line) for line in text.split("\n")]
    safe = (line.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(safe) + '"'
