"""Networks as a Mermaid flowchart, which GitHub and many editors draw themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...draw.links import BoxGraph, graph_of, outline
from ...draw.part_layout import texts_of, times_text
from ...draw.pixels_and_cells import shortened
from ...draw.tree import Box
from ...draw.what_is_drawn import DrawOptions, Target
from ...network.layer import NETWORK_INPUT
from ...ops.shapes import shape_text
from ...text.escape import visible
from ...text.problems import UsageError
from ..formats.markdown import escape
from .colours import INK, KIND_COLOURS

MOST_EDGES = 500  # GitHub draws no more, and no longer text
MOST_CHARACTERS = 50_000
_LONGEST = 60
# All other characters might begin an entity, a tag, a comment or Markdown, or end the text.
_UNSAFE = re.compile(r"[^\w ,.·×/+:=()–…→-]")


def limited(targets: Sequence[Target], options: DrawOptions) -> str:
    """A flowchart within GitHub's limits; raises UsageError naming the depth that fits."""
    text = _flowchart(targets, options.depth, options)
    if _fits(text):
        return text
    start = max(target.deepest for target in targets)
    start = start if options.depth is None else min(options.depth, start)
    fitting = (depth for depth in range(start - 1, 0, -1) if _fits(_flowchart(targets, depth, options)))
    depth = next(fitting, None)
    edges = text.count("->")
    what = f"{edges:,} edges and {len(text):,} characters; GitHub draws"
    advice = f"--depth {depth} fits" if depth else "--path draws a part"
    raise UsageError(f"{what} {MOST_EDGES} and {MOST_CHARACTERS:,}; {advice}")


def fenced(target: Target, options: DrawOptions) -> str:
    """Markdown with the network's title and counts above its flowchart."""
    title = " · ".join([target.title, target.shapes, *target.counts])
    return f"{escape(title, in_table=False)}\n\n```mermaid\n{limited([target], options)}```\n\n"


def _fits(text: str) -> bool:
    return text.count("->") <= MOST_EDGES and len(text) <= MOST_CHARACTERS


def _flowchart(targets: Sequence[Target], depth: int | None, options: DrawOptions) -> str:
    graphs = [graph_of(target.topology, target.uncounted(depth)) for target in targets]
    return "".join(draw(graphs, [target.title for target in targets], options.is_up))


def draw(graphs: Sequence[BoxGraph], titles: Sequence[str], is_up: bool) -> Iterator[str]:
    """The lines of a flowchart. Several networks get a subgraph each."""
    yield f"flowchart {'BT' if is_up else 'TD'}\n"
    first = 0
    for number, (graph, title) in enumerate(zip(graphs, titles, strict=True)):
        if len(graphs) > 1:
            yield f'  subgraph g{number}["{_escaped(title)}"]\n'
        yield from _network(graph, first, number)
        if len(graphs) > 1:
            yield "  end\n"
        first += len(graph.boxes)
    kinds = {box.kind for graph in graphs for box in graph.boxes}
    for kind in sorted(kinds):
        fill, edge = KIND_COLOURS[kind][:2]
        yield f"  classDef {kind} fill:{fill},stroke:{edge},color:{INK[0]}\n"
    yield "  classDef shape fill:none,stroke:none\n"
    every = [box for graph in graphs for box in graph.boxes]
    if heads := [f"n{number}" for number, box in enumerate(every) if box.aux]:
        yield f"  classDef aux stroke-dasharray:4 3\n  class {','.join(heads)} aux\n"


def _network(graph: BoxGraph, first: int, number: int) -> Iterator[str]:
    topology = graph.topology
    yield f'  i{number}["{shape_text(topology.shape(graph.tree.entry))}"]:::shape\n'
    yield from _outline(graph, first, number)
    for link in graph.links:
        start = f"i{number}" if link.start == NETWORK_INPUT else f"n{first + link.start}"
        arrow = "-.->" if link.is_dashed else "-->"
        text = f"|{link.text}|" if link.text else ""
        yield f"  {start} {arrow}{text} n{first + link.end}\n"
    for place, (box, output) in enumerate(graph.ends):
        end = f'o{number}_{place}["{shape_text(topology.shape(output))}"]:::shape'
        yield f"  n{first + box} --> {end}\n"
    if not graph.boxes:
        yield f'  i{number} --> o{number}_0["{shape_text(topology.shape(graph.tree.exit))}"]:::shape\n'


def _outline(graph: BoxGraph, first: int, number: int) -> Iterator[str]:
    """The boxes, and frames as subgraphs."""
    for one, place, depth in outline(graph.tree):
        indent = "  " * (depth + 1)
        if isinstance(one, Box):
            yield f"{indent}n{first + place}{_node(one)}\n"
        elif one is None:
            yield f"{indent}end\n"
        else:
            title = " ".join(filter(None, (shortened(one.title, _LONGEST), times_text(one))))
            yield f'{indent}subgraph f{number}_{place}["{_escaped(title)}"]\n'


def _node(box: Box) -> str:
    lines = [_escaped(shortened(text, _LONGEST)) for text, _ in texts_of(box)]
    shape = ('(["', '"])') if box.is_sum else ('["', '"]')
    return f"{shape[0]}{'<br/>'.join(lines)}{shape[1]}:::{box.kind}"


def _escaped(text: str) -> str:
    """Quoted text in which no character means anything."""
    return _UNSAFE.sub(lambda found: f"#{ord(found.group())};", visible(text))
