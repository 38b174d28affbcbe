"""Networks as a Mermaid flowchart, which GitHub and many editors draw themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ...draw.blocks import texts_of, times_text
from ...draw.links import INPUT, Graph, graph_of, outline
from ...draw.metrics import shortened
from ...draw.subject import Look, Subject
from ...draw.tree import Box
from ...ops.shapes import shape_text
from ...text.escape import visible
from ...text.problems import UsageError
from ..formats.markdown import escape
from .colours import COLOURS

MOST_EDGES = 500  # GitHub draws no more, and no longer text
MOST_CHARACTERS = 50_000
_LONGEST = 60
# Everything else might begin an entity, a tag, a comment, Markdown or the end of the text.
_UNSAFE = re.compile(r"[^\w ,.·×/+:=()–…→-]")


def limited(subjects: Sequence[Subject], look: Look) -> str:
    """A flowchart within GitHub's limits; raises UsageError naming the depth that fits."""
    text = _flowchart(subjects, look.depth, look)
    if _fits(text):
        return text
    start = max(subject.deepest for subject in subjects)
    start = start if look.depth is None else min(look.depth, start)
    fitting = (depth for depth in range(start - 1, 0, -1) if _fits(_flowchart(subjects, depth, look)))
    depth = next(fitting, None)
    edges = text.count("->")
    what = f"{edges:,} edges and {len(text):,} characters; GitHub draws"
    advice = f"--depth {depth} fits" if depth else "--path draws a part"
    raise UsageError(f"{what} {MOST_EDGES} and {MOST_CHARACTERS:,}; {advice}")


def fenced(subject: Subject, look: Look) -> str:
    """Markdown with the network's title and counts above its flowchart."""
    title = " · ".join([subject.title, subject.shapes, *subject.counts])
    return f"{escape(title, in_table=False)}\n\n```mermaid\n{limited([subject], look)}```\n\n"


def _fits(text: str) -> bool:
    return text.count("->") <= MOST_EDGES and len(text) <= MOST_CHARACTERS


def _flowchart(subjects: Sequence[Subject], depth: int | None, look: Look) -> str:
    graphs = [graph_of(subject.facts, subject.uncounted(depth)) for subject in subjects]
    return "".join(draw(graphs, [subject.title for subject in subjects], look.is_up))


def draw(graphs: Sequence[Graph], titles: Sequence[str], is_up: bool) -> Iterator[str]:
    """The lines of a flowchart; several networks are a subgraph each."""
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
        fill, edge = COLOURS[kind][:2]
        yield f"  classDef {kind} fill:{fill},stroke:{edge},color:#1f2730\n"
    yield "  classDef shape fill:none,stroke:none\n"
    every = [box for graph in graphs for box in graph.boxes]
    if heads := [f"n{number}" for number, box in enumerate(every) if box.aux]:
        yield f"  classDef aux stroke-dasharray:4 3\n  class {','.join(heads)} aux\n"


def _network(graph: Graph, first: int, number: int) -> Iterator[str]:
    facts = graph.facts
    yield f'  i{number}["{shape_text(facts.shape(graph.tree.entry))}"]:::shape\n'
    yield from _outline(graph, first, number)
    for link in graph.links:
        start = f"i{number}" if link.start == INPUT else f"n{first + link.start}"
        arrow = "-.->" if link.is_dashed else "-->"
        text = f"|{link.text}|" if link.text else ""
        yield f"  {start} {arrow}{text} n{first + link.end}\n"
    for place, (box, output) in enumerate(graph.ends):
        end = f'o{number}_{place}["{shape_text(facts.shape(output))}"]:::shape'
        yield f"  n{first + box} --> {end}\n"
    if not graph.boxes:
        yield f'  i{number} --> o{number}_0["{shape_text(facts.shape(graph.tree.exit))}"]:::shape\n'


def _outline(graph: Graph, first: int, number: int) -> Iterator[str]:
    """The boxes, frames as subgraphs."""
    indent, frames = "  ", 0
    for one in outline(graph.tree):
        if isinstance(one, Box):
            yield f"{indent}n{first}{_node(one)}\n"
            first += 1
        elif one is None:
            indent = indent[2:]
            yield f"{indent}end\n"
        else:
            title = " ".join(filter(None, (shortened(one.title, _LONGEST), times_text(one))))
            yield f'{indent}subgraph f{number}_{frames}["{_escaped(title)}"]\n'
            frames, indent = frames + 1, indent + "  "


def _node(box: Box) -> str:
    lines = [_escaped(shortened(text, _LONGEST)) for text, _ in texts_of(box)]
    shape = ('(["', '"])') if box.is_sum else ('["', '"]')
    return f"{shape[0]}{'<br/>'.join(lines)}{shape[1]}:::{box.kind}"


def _escaped(text: str) -> str:
    """Quoted text in which no character means anything."""
    return _UNSAFE.sub(lambda found: f"#{ord(found.group())};", visible(text))
