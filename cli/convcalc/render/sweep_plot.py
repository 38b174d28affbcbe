"""A sweep as a plot: costs against the parameter, or those of several parameters against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from ..answers.sweep import Sweep, SweepRow, Swept
from ..draw.plot import Axis, Curve, Plot, Spot
from ..text.escape import visible
from ..text.numbers import is_word, read_number
from ..text.problems import UsageError
from .figures_as_text import COUNT_TITLES, FOOTER, count_text
from .pictures import plot_svg, plot_terminal
from .sweep_words import heading_of, reasons_of, source_of
from .table_parts import Data
from .terminal import Screen, heading_lines, wrap

_COSTS = ("macs", "params")
_MOST_CURVES = 40
_MOST_LISTED = 12  # values that an axis lists, instead of round ones


class _Line(NamedTuple):
    """The networks of one curve in the order of the last parameter's values; None where none is."""

    one: Swept
    others: Mapping[str, str]  # the values of the other parameters
    rows: Sequence[SweepRow | None]


def to_terminal(sweep: Sweep, rows: Sequence[SweepRow], screen: Screen) -> Iterator[str]:
    """The plots under each other, with what a table would say above and below."""
    width = min(screen.width or plot_terminal.WIDEST, plot_terminal.WIDEST)
    for line in heading_lines(visible(heading_of(sweep, rows)), width):
        yield f" {line}\n"
    if source := source_of(sweep):
        yield from _wrapped(source, width)
    for plot in plots_of(sweep, rows):
        yield "\n"
        yield from plot_terminal.draw(plot, width, screen.colour)
    yield "\n"
    for text in [*_notes(sweep, rows), FOOTER]:
        yield from _wrapped(text, width)


def to_svg(sweep: Sweep, rows: Sequence[SweepRow]) -> str:
    """The plots beside each other as one SVG."""
    title, _, how_many = heading_of(sweep, rows).rpartition("   ")
    title = title or ", ".join(one.title for one in sweep.networks)
    caption = " · ".join(filter(None, [how_many, source_of(sweep)]))
    plots = plots_of(sweep, rows)
    own = [spot for plot in plots for spot in plot.spots if spot.is_own]
    notes = ["filled: at the file's own values"] if own else []
    return "".join(plot_svg.draw(title, caption, plots, [*notes, *_notes(sweep, rows)]))


def _wrapped(text: str, width: int) -> Iterator[str]:
    for line in wrap(visible(text), width - 1):
        yield f" {line}\n"


def _notes(sweep: Sweep, rows: Sequence[SweepRow]) -> list[str]:
    """Why there are gaps."""
    return [
        "".join(part.text if isinstance(part, Data) else part for part in note.parts)
        for note in reasons_of(sweep, rows)
    ]


def plots_of(sweep: Sweep, rows: Iterable[SweepRow]) -> list[Plot]:
    """Of one parameter each cost that it changes, of several the params against the multiply-adds.

    The last parameter runs along the lines. There is no plot where nothing has a point.
    """
    found = {_key(row.swept, row.values): row for row in rows if row.totals}
    lines = list(_lines(sweep, found))
    if len(lines) > _MOST_CURVES:
        what = f"a plot of {len(lines):,} lines; at most {_MOST_CURVES}"
        raise UsageError(f"{what}: sweep fewer values, or name the parameter with the most of them last")
    if not found:
        return []
    if len(sweep.values) > 1:
        return [_params_against_macs(sweep, lines)]
    plots = [_cost_against_parameter(sweep, lines, cost) for cost in _COSTS]
    return [plot for plot in plots if len({spot.y for spot in plot.spots}) > 1] or plots[:1]


def _key(one: Swept, values: Mapping[str, str]) -> tuple[object, ...]:
    return one.title, *values.items()


def _lines(sweep: Sweep, found: Mapping[tuple[object, ...], SweepRow]) -> Iterator[_Line]:
    for one in sweep.networks:
        if not one.values:  # it is the same at all values
            yield _Line(one, {}, [found.get(_key(one, {}))] * len(list(sweep.values.values())[-1]))
            continue
        *names, last = one.values
        for combination in product(*(one.values[name] for name in names)):
            others = dict(zip(names, combination, strict=True))
            keys = (_key(one, {**others, last: value}) for value in one.values[last])
            yield _Line(one, others, [found.get(key) for key in keys])


def _params_against_macs(sweep: Sweep, lines: Sequence[_Line]) -> Plot:
    x, y = (Axis(_title(cost), may_be_log=True) for cost in _COSTS)

    def place(row: SweepRow) -> tuple[Fraction, Fraction]:
        return Fraction(row.totals["macs"]), Fraction(row.totals["params"])

    return Plot(x, y, tuple(_curve(sweep, line, [place] * len(line.rows)) for line in lines))


def _cost_against_parameter(sweep: Sweep, lines: Sequence[_Line], cost: str) -> Plot:
    ((name, values),) = sweep.values.items()
    texts = list(values)
    has_words = any(map(is_word, texts))
    if has_words:  # beside each other as they are listed
        places = [Fraction(place) for place in range(len(texts))]
        ticks = tuple(zip(places, map(visible, texts), strict=True))
    else:
        places = [read_number(text) for text in texts]
        ticks = tuple(zip(places, texts, strict=True)) if len(texts) <= _MOST_LISTED else ()

    def at(x: Fraction) -> Callable[[SweepRow], tuple[Fraction, Fraction]]:
        return lambda row: (x, Fraction(row.totals[cost]))

    curves = (_curve(sweep, line, [at(x) for x in places]) for line in lines)
    return Plot(
        Axis(name, ticks),
        Axis(_title(cost)),
        tuple(curve._replace(has_line=not has_words) for curve in curves),
    )


def _curve(
    sweep: Sweep, line: _Line, places: Sequence[Callable[[SweepRow], tuple[Fraction, Fraction]]]
) -> Curve:
    title = [line.one.title] if len(sweep.networks) > 1 else []
    name = " ".join([*title, *(f"{name}={value}" for name, value in line.others.items())])
    own = {name: line.one.parameters[name] for name in line.one.values}
    spots = tuple(
        Spot(*place(row), _text(row), row.values == own) if row else None
        for row, place in zip(line.rows, places, strict=True)
    )
    return Curve(visible(name), spots)


def _text(row: SweepRow) -> str:
    """What a point is, exactly."""
    values = " ".join([row.swept.title, *(f"{name}={value}" for name, value in row.values.items())])
    costs = ", ".join(f"{count_text(row.totals[cost])} {_title(cost)}" for cost in reversed(_COSTS))
    return f"{values}\n{costs}"


def _title(cost: str) -> str:
    return COUNT_TITLES.get(cost, cost)
