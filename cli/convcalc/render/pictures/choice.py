"""The formats of pictures, one function each."""

import os
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ...draw.what_is_drawn import DrawOptions, Target
from ...text.problems import UsageError
from ...text.wording import listed
from ..terminal import Screen


class Drawn(NamedTuple):
    """A picture for the output, piece by piece, and a note for its reader."""

    pieces: Iterable[str] | bytes
    notes: Sequence[str] = ()


def _terminal(targets: Sequence[Target], options: DrawOptions, screen: Screen) -> Drawn:
    from .terminal import fitted

    pictures = [fitted(target, options, screen.width) for target in targets]
    notes = [note for picture in pictures for note in picture.notes]
    return Drawn(["\n".join("".join(picture.rows) for picture in pictures)], notes)


def _svg(targets: Sequence[Target], options: DrawOptions, screen: Screen) -> Drawn:
    from .paper import panels_of
    from .svg import draw

    return Drawn(draw(panels_of(targets, options)))


def _png(targets: Sequence[Target], options: DrawOptions, screen: Screen) -> Drawn:
    from .paper import panels_of
    from .png import draw

    return Drawn(draw(panels_of(targets, options)))


def _tikz(targets: Sequence[Target], options: DrawOptions, screen: Screen) -> Drawn:
    from .paper import panels_of
    from .tikz import draw

    return Drawn(draw(panels_of(targets, options)))


def _mermaid(targets: Sequence[Target], options: DrawOptions, screen: Screen) -> Drawn:
    from .mermaid import limited

    return Drawn([limited(targets, options)])


def _markdown(targets: Sequence[Target], options: DrawOptions, screen: Screen) -> Drawn:
    from .mermaid import fenced

    return Drawn([fenced(target, options) for target in targets])


def _dot(targets: Sequence[Target], options: DrawOptions, screen: Screen) -> Drawn:
    from ...draw.links import graph_of
    from .dot import draw

    graphs = [graph_of(target.topology, target.tree(options.depth)) for target in targets]
    return Drawn(draw(graphs, [target.title for target in targets], options.is_up))


PICTURES: dict[str, Callable[[Sequence[Target], DrawOptions, Screen], Drawn]] = {
    "terminal": _terminal,
    "svg": _svg,
    "png": _png,
    "mermaid": _mermaid,
    "markdown": _markdown,
    "dot": _dot,
    "tikz": _tikz,
}
PICTURE_SUFFIXES = {
    ".txt": "terminal",
    ".svg": "svg",
    ".png": "png",
    ".mmd": "mermaid",
    ".md": "markdown",
    ".dot": "dot",
    ".gv": "dot",
    ".tex": "tikz",
}

# How files of other formats end, and what of ours to write instead.
_INSTEAD = {
    ".pdf": ".svg, or .tex for LaTeX",
    ".eps": ".svg, or .tex for LaTeX",
    ".tikz": ".tex",
    ".jpg": ".png",
    ".jpeg": ".png",
    ".gif": ".png",
    ".webp": ".png",
    ".html": ".svg",
    ".htm": ".svg",
    ".graphviz": ".dot",
    ".mermaid": ".mmd",
}


def format_of(output: str) -> str:
    """The format for a file's suffix; raises UsageError where there is none."""
    suffix = os.path.splitext(output)[1].lower()
    if suffix not in PICTURE_SUFFIXES:
        what = f'no picture has the suffix "{suffix}"' if suffix else f'"{output}" has no suffix'
        instead = f"write {_INSTEAD[suffix]}" if suffix in _INSTEAD else ""
        known = f"there are {listed(PICTURE_SUFFIXES)}, or give --format"
        raise UsageError(f"{what}; {instead or known}")
    return PICTURE_SUFFIXES[suffix]
