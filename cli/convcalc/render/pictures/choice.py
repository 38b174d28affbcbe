"""The formats of pictures, one function each."""

import os
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ...draw.subject import Look, Subject
from ...text.problems import UsageError
from ...text.wording import listed
from ..terminal import Screen


class Drawn(NamedTuple):
    """A picture for the output, piece by piece, and what its reader should know."""

    pieces: Iterable[str] | bytes
    notes: Sequence[str] = ()


def _terminal(subjects: Sequence[Subject], look: Look, screen: Screen) -> Drawn:
    from .terminal import fitted

    pictures = [fitted(subject, look, screen.width) for subject in subjects]
    notes = [note for picture in pictures for note in picture.notes]
    return Drawn(["\n".join("".join(picture.rows) for picture in pictures)], notes)


def _svg(subjects: Sequence[Subject], look: Look, screen: Screen) -> Drawn:
    from .paper import sheet_of
    from .svg import draw

    return Drawn(draw(sheet_of(subjects, look)))


def _png(subjects: Sequence[Subject], look: Look, screen: Screen) -> Drawn:
    from .paper import sheet_of
    from .png import draw

    return Drawn(draw(sheet_of(subjects, look)))


def _tikz(subjects: Sequence[Subject], look: Look, screen: Screen) -> Drawn:
    from .paper import sheet_of
    from .tikz import draw

    return Drawn(draw(sheet_of(subjects, look)))


def _mermaid(subjects: Sequence[Subject], look: Look, screen: Screen) -> Drawn:
    from .mermaid import limited

    return Drawn([limited(subjects, look)])


def _markdown(subjects: Sequence[Subject], look: Look, screen: Screen) -> Drawn:
    from .mermaid import fenced

    return Drawn([fenced(subject, look) for subject in subjects])


def _dot(subjects: Sequence[Subject], look: Look, screen: Screen) -> Drawn:
    from ...draw.links import graph_of
    from .dot import draw

    graphs = [graph_of(subject.facts, subject.tree(look.depth)) for subject in subjects]
    return Drawn(draw(graphs, [subject.title for subject in subjects], look.is_up))


PICTURES: dict[str, Callable[[Sequence[Subject], Look, Screen], Drawn]] = {
    "terminal": _terminal,
    "svg": _svg,
    "png": _png,
    "mermaid": _mermaid,
    "markdown": _markdown,
    "dot": _dot,
    "tikz": _tikz,
}
SUFFIXES = {
    ".txt": "terminal",
    ".svg": "svg",
    ".png": "png",
    ".mmd": "mermaid",
    ".md": "markdown",
    ".dot": "dot",
    ".gv": "dot",
    ".tex": "tikz",
}


def format_of(output: str) -> str:
    """The format that a file's suffix stands for; raises UsageError where it stands for none."""
    suffix = os.path.splitext(output)[1].lower()
    if suffix not in SUFFIXES:
        what = f'no picture has the suffix "{suffix}"' if suffix else f'"{output}" has no suffix'
        raise UsageError(f"{what}; there are {listed(SUFFIXES)}, or give --format")
    return SUFFIXES[suffix]
