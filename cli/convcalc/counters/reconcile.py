"""What each well-known counter prints for a network, and which terms make up its figure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..network.layer import Layer
from ..network.model import Network
from ..ops import OPS
from ..ops.base import Countables
from ..text.problems import UsageError
from ..text.wording import listed, suggestion
from .conventions import CONVENTIONS, FAMILIES, MULTIPLY_ADDS, Convention, ParamsRule, family_of


class Summand(NamedTuple):
    """`2 × 3,226,160` values: one summand of a figure."""

    times: int
    number: int
    what: str  # the countable

    @property
    def amount(self) -> int:
        return self.times * self.number


class Counting(NamedTuple):
    """The terms of a family, and the tools that count it by them."""

    tools: tuple[str, ...]
    terms: tuple[Summand, ...]


class Figure(NamedTuple):
    """What one tool prints; `prints` is None where no rule is known for something in the network."""

    convention: Convention
    macs: int  # the network's own multiply-adds
    terms: tuple[Summand, ...]
    unknown: tuple[str, ...]  # families
    params: int | None

    @property
    def counted(self) -> int:
        """The sum of all that is known."""
        return sum(term.amount for term in self.terms)

    @property
    def prints(self) -> int | None:
        return None if self.unknown else self.counted

    @property
    def parts(self) -> dict[str, int]:
        """What is counted beside the multiply-adds, by family."""
        parts = dict.fromkeys(FAMILIES, 0)
        parts[MULTIPLY_ADDS] = -self.convention.multiple * self.macs
        for term in self.terms:
            family = family_of(term.what)
            parts[family] = parts.get(family, 0) + term.amount
        return {family: amount for family, amount in parts.items() if amount}


class Reconciliation(NamedTuple):
    """Every tool's figure, the smallest first."""

    network: Network
    macs: int
    params: int
    functional: tuple[str, ...]
    figures: tuple[Figure, ...]

    @property
    def families(self) -> list[str]:
        """The families that at least one tool counts beside the multiply-adds."""
        found = dict.fromkeys(family for figure in self.figures for family in figure.parts)
        order = {family: place for place, family in enumerate(FAMILIES)}
        return sorted(found, key=lambda family: order.get(family, len(order)))

    @property
    def last_calls(self) -> list[str]:
        """The tools that leave out the earlier calls of what runs again, where something does."""
        if all(layer.shares is None for layer in self.network.layers):
            return []
        return [figure.convention.name for figure in self.figures if figure.convention.last_call]

    def countings(self, family: str) -> list[Counting]:
        """How tools count a family; those that do it alike are one entry."""
        tools: dict[tuple[Summand, ...], list[str]] = {}
        for figure in self.figures:
            if family in figure.parts:
                terms = [term for term in figure.terms if family_of(term.what) == family]
                tools.setdefault(_merged(terms), []).append(figure.convention.name)
        return [Counting(tuple(names), terms) for terms, names in tools.items()]

    @property
    def unknown(self) -> dict[str, list[str]]:
        """The families without a known rule in some tools, and these tools."""
        tools: dict[str, list[str]] = {}
        for figure in self.figures:
            for family in figure.unknown:
                tools.setdefault(family, []).append(figure.convention.name)
        return tools


def _merged(terms: Iterable[Summand]) -> tuple[Summand, ...]:
    """Terms of as many elements of one kind are joined: n values, and n values with γ, are 2 × n."""
    merged: dict[tuple[str, int], Summand] = {}
    for term in terms:
        what = term.what.partition(" with ")[0]
        known = merged.get((what, term.number), Summand(0, term.number, what))
        merged[what, term.number] = known._replace(times=known.times + term.times)
    return tuple(merged.values())


def reconcile(network: Network, functional: Collection[str] = (), aux: bool = False) -> Reconciliation:
    """Every tool's figure for a network.

    `functional` names the operations, or the layers by their paths, that are called as functions.
    """
    layers = [layer for layer in network.layers if aux or not layer.aux]
    counter = FigureCounter(network, functional, aux)
    figures = [counter.figure(convention, layers) for convention in CONVENTIONS]
    figures.sort(key=lambda figure: (figure.prints is None, figure.counted))
    cost = network.total_with_aux if aux else network.total
    return Reconciliation(network, cost.macs, cost.params, tuple(functional), tuple(figures))


class FigureCounter:
    """Counts the layers of one network as any tool does."""

    def __init__(self, network: Network, functional: Collection[str] = (), aux: bool = False) -> None:
        self.network = network
        self.functional = functional
        self.runs_again = _runs_again(network, aux)

    def figure(self, convention: Convention, layers: Sequence[Layer]) -> Figure:
        terms: Counter[tuple[int, str]] = Counter()
        unknown: dict[str, None] = {}
        for layer in layers:
            if convention.last_call and layer.path in self.runs_again:
                continue
            counts = self._counts(convention, layer)
            for what, count in self.countables(layer).items():
                if not _has_known_rank(layer):
                    unknown |= {family_of(what): None} if count else {}
                elif what in counts:
                    terms[counts[what], what] += count
                elif count and not _is_known(convention, what):
                    unknown[family_of(what)] = None
        return Figure(
            convention,
            sum(layer.macs for layer in layers),
            tuple(Summand(times, count, what) for (times, what), count in terms.items() if count),
            tuple(unknown),
            self._params(convention.params, layers) if convention.params else None,
        )

    def countables(self, layer: Layer) -> Countables:
        """What counters can count in a layer."""
        return layer.operation.countables(layer.output, *layer.inputs)

    def _counts(self, convention: Convention, layer: Layer) -> Mapping[str, int]:
        if convention.functional is not None and self._is_function(layer):
            return convention.functional
        return convention.counts

    def _is_function(self, layer: Layer) -> bool:
        return layer.op in self.functional or layer.path in self.functional

    def _params(self, rule: ParamsRule, layers: Iterable[Layer]) -> int:
        total = 0
        for layer in layers:
            if layer.shares is not None:
                continue  # they count once
            countables = self.countables(layer)
            total += sum(times * countables.get(what, 0) for what, times in rule.counts.items())
            is_seen = rule.functional or not self._is_function(layer)
            if is_seen and layer.op not in rule.unseen:
                total += sum(getattr(layer.cost, kind) for kind in rule.kinds)
        return total


def _runs_again(network: Network, aux: bool) -> set[str]:
    """The paths of the layers whose module runs once more behind them."""
    last: dict[int, str] = {}  # by the place of the layer that has the weights
    earlier = set()
    for place, layer in enumerate(network.layers):
        if aux or not layer.aux:
            owner = place if layer.shares is None else layer.shares
            if owner in last:
                earlier.add(last[owner])
            last[owner] = layer.path
    return earlier


def _has_known_rank(layer: Layer) -> bool:
    """Whether rules are known: they were read and measured on maps of two axes and on vectors."""
    return len(layer.output) in (1, 3)


def _is_known(convention: Convention, what: str) -> bool:
    family = family_of(what)
    return family in convention.ignores or family in map(family_of, convention.counts)


class Like(NamedTuple):
    """The tool whose figures are shown beside our own."""

    convention: Convention
    functional: tuple[str, ...] = ()

    def prints(self, network: Network, layers: Sequence[Layer]) -> int | None:
        """Its figure for some of the network's layers."""
        return FigureCounter(network, self.functional).figure(self.convention, layers).prints

    def total(self, network: Network, aux: bool = False) -> int | None:
        """Its figure for the network."""
        return self.prints(network, [layer for layer in network.layers if aux or not layer.aux])


def convention_of(word: str) -> Convention:
    """The tool of that key; raises UsageError."""
    known = {convention.key: convention for convention in CONVENTIONS}
    if word in known:
        return known[word]
    raise UsageError(f'no counter "{word}"{suggestion(word, known, f"there are {listed(known)}")}')


def read_functional(text: str, networks: Iterable[Network]) -> tuple[str, ...]:
    """`relu,maxpool` as the operations' names, or layers' paths; raises UsageError."""
    operations = list(OPS)
    paths = [layer.path for network in networks for layer in network.layers]
    words = tuple(dict.fromkeys(word.strip() for word in text.split(",")))
    for word in words:
        if word not in operations and word not in paths:
            hint = suggestion(
                word, [*operations, *paths], "name some such as relu,maxpool,global_avgpool"
            )
            raise UsageError(f'no operation or layer "{word}"{hint}')
    return words
