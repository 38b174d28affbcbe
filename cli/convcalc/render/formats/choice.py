"""The formats in which a result can be asked for, one function each."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ...answers.summary import MOST_TOP_ROWS
from ...text.problems import UsageError
from ..table_parts import Sheet
from ..terminal import Screen
from .csv import Records
from .json import Document, to_json

DRAWN = ("table", "markdown", "html", "latex", "plot", "svg")  # of which people read the whole
MOST_ROWS = MOST_TOP_ROWS  # of a table: more would take minutes, and nobody reads them


class ResultForms(NamedTuple):
    """The forms of a result; each is made only when a format needs it."""

    sheets: Callable[[], Sequence[Sheet]]
    records: Callable[[], Records]
    document: Callable[[], Document]
    pictures: Callable[[], Sequence[str]] = tuple  # as SVG, for a page
    plot: Callable[[Screen], Iterable[str]] | None = None


class Rendered(NamedTuple):
    """The text of the output, piece by piece, and the columns that a narrow terminal left out."""

    pieces: Iterable[str]
    left_out: Sequence[str] = ()


def refuse_long(rows: int) -> None:
    """Raise UsageError where a table would have too many rows."""
    if rows > MOST_ROWS:
        what = f"a table of {rows:,} rows; at most {MOST_ROWS:,}, and --format csv has them all"
        raise UsageError(what)


def _sheets(view: ResultForms) -> Sequence[Sheet]:
    sheets = view.sheets()
    refuse_long(sum(len(sheet.rows) for sheet in sheets))
    return sheets


def _table(view: ResultForms, screen: Screen) -> Rendered:
    from .table import draw  # rich

    drawings = [draw(sheet, screen.width, screen.colour) for sheet in _sheets(view)]
    left_out = {title for drawing in drawings for title in drawing.left_out}
    return Rendered(["\n".join(drawing.text for drawing in drawings)], sorted(left_out))


def _markdown(view: ResultForms, screen: Screen) -> Rendered:
    from .markdown import draw

    return Rendered(["\n".join(draw(sheet) for sheet in _sheets(view))])


def _csv(view: ResultForms, screen: Screen) -> Rendered:
    from .csv import to_csv

    return Rendered(to_csv(view.records()))


def _tsv(view: ResultForms, screen: Screen) -> Rendered:
    from .csv import to_tsv

    return Rendered(to_tsv(view.records()))


def _json(view: ResultForms, screen: Screen) -> Rendered:
    return Rendered(to_json(view.document()))


def _html(view: ResultForms, screen: Screen) -> Rendered:
    from .html import draw

    return Rendered(draw(_sheets(view), view.pictures()))


def _latex(view: ResultForms, screen: Screen) -> Rendered:
    from .booktabs import draw

    return Rendered(["\n".join(draw(sheet) for sheet in _sheets(view))])


def _plot(view: ResultForms, screen: Screen) -> Rendered:
    return Rendered(view.plot(screen) if view.plot else [])


def _svg(view: ResultForms, screen: Screen) -> Rendered:
    return Rendered(view.pictures())


FORMATS: dict[str, Callable[[ResultForms, Screen], Rendered]] = {
    "table": _table,
    "markdown": _markdown,
    "csv": _csv,
    "tsv": _tsv,
    "json": _json,
}
# Formats to read on paper or in a browser; only some commands have them.
REPORTS: dict[str, Callable[[ResultForms, Screen], Rendered]] = {"html": _html, "latex": _latex}
PLOTS: dict[str, Callable[[ResultForms, Screen], Rendered]] = {"plot": _plot, "svg": _svg}
