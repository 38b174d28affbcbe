"""The formats in which a result can be asked for, one function each."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from .documents import Document, to_json
from .screen import Screen
from .sheet import Sheet
from .tidy import Records


class View(NamedTuple):
    """The shapes that a result can take; each is only made when its format is asked for."""

    sheets: Callable[[], Sequence[Sheet]]
    records: Callable[[], Records]
    document: Callable[[], Document]


class Rendered(NamedTuple):
    """Text for the output, piece by piece, and what a narrow terminal left out."""

    pieces: Iterable[str]
    left_out: Sequence[str] = ()


def _table(view: View, screen: Screen) -> Rendered:
    from .table import draw  # rich

    drawings = [draw(sheet, screen.width, screen.colour) for sheet in view.sheets()]
    left_out = {title for drawing in drawings for title in drawing.left_out}
    return Rendered(["\n".join(drawing.text for drawing in drawings)], sorted(left_out))


def _markdown(view: View, screen: Screen) -> Rendered:
    from .markdown import draw

    return Rendered(["\n".join(draw(sheet) for sheet in view.sheets())])


def _csv(view: View, screen: Screen) -> Rendered:
    from .tidy import to_csv

    return Rendered(to_csv(view.records()))


def _tsv(view: View, screen: Screen) -> Rendered:
    from .tidy import to_tsv

    return Rendered(to_tsv(view.records()))


def _json(view: View, screen: Screen) -> Rendered:
    return Rendered(to_json(view.document()))


FORMATS: dict[str, Callable[[View, Screen], Rendered]] = {
    "table": _table,
    "markdown": _markdown,
    "csv": _csv,
    "tsv": _tsv,
    "json": _json,
}
