"""From a tree to terms: the source's modules, and what belongs together without one, as groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice

from ...ops.base import Operation
from ..graph import INPUT, Graph, Module
from ..nesting.scopes import Scopes
from ..nesting.tree import Copy, FedHead, Fork, Jump, Leaf, Strand, Tower, nodes_of, references, walk
from ..operation_kinds import ACTIVATIONS, LIGHT, NORMS, WEIGHTED
from .branch_names import branch_names, plain_names
from .calls import texts_of, value_text
from .foldable_terms import Slot, Term, items
from .naming import clean, snake

_MOST_WORK = 8  # layers by which a form is known
_WRAPPER = 0.6  # of all nodes: a module with more than that says nothing


def outline(graph: Graph, operations: list[Operation | None], series: Strand) -> list[Term]:
    """The whole network as terms, of which each group is a row."""
    found = _Outline(graph, operations, series)
    body = found.rows(found.fires(found.terms(series, 0, INPUT)))
    for term in body:
        term.is_written = term.kind == "group"
    return body


class _Outline:
    def __init__(self, graph: Graph, operations: list[Operation | None], series: Strand) -> None:
        self.graph = graph
        self.operations = operations
        self.named = Counter(references(series))  # these keep a place at which a name can stand
        self.again = Counter(_again(series))
        self.all = max(len(graph.nodes), 1)
        self.scopes = Scopes(graph)

    def terms(self, series: Strand, level: int, entry: int) -> list[Term]:
        """A series, whose modules are told apart from this level of their scopes on."""
        found: list[Term] = []
        scoped = zip(self.scopes.each(series), series, strict=True)
        for module, run in groupby(scoped, key=lambda one: one[0][level : level + 1]):
            part = tuple(item for _, item in run)
            flow = found[-1].end if found else entry
            if not module:
                found += self._units(self._plain(part, level, flow), flow)
            elif self._share(part) > _WRAPPER or self._is_read_inside(part):
                found += self.terms(part, level + 1, flow)
            else:
                found.append(self._group(self.terms(part, level + 1, flow), module[0], flow))
        return found

    def fires(self, terms: list[Term]) -> list[Term]:
        """SqueezeNet's squeezes with what expands them, where no module of the source holds both."""
        found: list[Term] = []
        for term in terms:
            if found and _is_fire(found[-1], term):
                squeeze = found.pop()
                term = self._grouped([squeeze, *items([term])], "", "", squeeze.entry)
            found.append(term)
        return found

    def rows(self, terms: list[Term]) -> list[Term]:
        """What has no name in the source, in rows of one resolution: they may be equal rows."""
        found: list[Term] = []
        row: list[Term] = []
        ends: list[Term | None] = [*terms, None]
        for term in ends:
            is_plain = term is not None and self._is_plain_row(term, row)
            if row and (term is None or not is_plain or self._starts_row(term, row[-1])):
                found.append(row[0] if len(row) == 1 else self._grouped(row, "", "", row[0].entry))
                found[-1].is_row = len(row) > 1
                row = []
            if term is not None:
                (row if is_plain else found).append(term)
        return found

    def _is_plain_row(self, term: Term, row: list[Term]) -> bool:
        """Whether it is a layer, or one with its norm and activation, and nobody calls it anything.

        A merge by name may end a row, as in U-Net.
        """
        if row and term.kind == "merge" and not term.name:
            return True
        if term.is_tower or (term.name and term.label not in LIGHT):
            return False
        inner = term.body if term.kind == "group" and not term.module else [term]
        return all(one.kind == "op" and (not one.name or one.label in LIGHT) for one in inner)

    def _starts_row(self, term: Term, last: Term) -> bool:
        """Whether it makes the map smaller, or learns to make it larger, or what enters it is read
        elsewhere too."""
        if self.named[term.entry] or last.kind == "merge":
            return True
        before, after = self._axes(term.entry), self._axes(term.end)
        return bool(after) and (after < before or (after > before and term.label == "conv_transpose"))

    def _axes(self, number: int) -> tuple[int, ...]:
        return (self.graph.input if number == INPUT else self.graph.nodes[number].output)[1:]

    def _share(self, series: Strand) -> float:
        return sum(1 for _ in nodes_of(series)) / self.all

    def _is_read_inside(self, series: Strand) -> bool:
        """Whether something in it, but not its end or it as a whole, is read by name from outside."""
        numbers = list(nodes_of(series))
        inside = Counter(references(series))
        if any(self.named[number] > inside[number] for number in numbers[:-1]):
            return True
        towers = [item.node for item in walk(series) if isinstance(item, Tower) and (item,) != series]
        again = Counter(_again(series)) if towers else inside
        return any(self.again[number] > again[number] for number in towers)

    def _group(self, body: list[Term], module: Module, entry: int) -> Term:
        name, kind = clean(module.name), module.kind
        if len(body) == 1 and body[0].kind == "group":
            (inner,) = body
            if not (inner.is_tower and inner.name):
                inner.name = name or ("" if inner.module else inner.name)
            inner.module = inner.module if snake(inner.module) else kind
            return inner
        return self._grouped(body, name, kind, entry)

    def _grouped(self, body: list[Term], name: str, kind: str, entry: int) -> Term:
        highest = max((term.height for term in body), default=0)
        end = body[-1].end if body else entry
        return Term(
            "group",
            "",
            bodies=[body],
            name=name,
            module=kind,
            is_read=self.named[end] > 0,
            entry=entry,
            channels=self._channels(entry),
            end=end,
            height=highest + 1,
            work=_work(body),
        )

    def _channels(self, number: int) -> int:
        return self.graph.input[0] if number == INPUT else self.graph.nodes[number].output[0]

    # Single items.

    def _plain(self, series: Strand, level: int, entry: int) -> list[Term]:
        found: list[Term] = []
        for item in series:
            flow = found[-1].end if found else entry
            if isinstance(item, Leaf):
                found.append(self._leaf(item, flow))
            elif isinstance(item, Fork):
                found.append(self._fork(item, level, flow))
            elif isinstance(item, Jump):
                slot = Slot("source", "", item.source)
                found.append(Term("from", "from", (slot,), entry=flow, end=item.source))
            elif isinstance(item, Tower):
                found.append(self._tower(item, level, flow))
            elif isinstance(item, Copy):
                slot = Slot("shares", "", item.tower, is_tower=True)
                found.append(Term("again", "again", (slot,), entry=flow, end=item.node))
                found[-1].channels, found[-1].is_read = self._channels(flow), self.named[item.node] > 0
            else:
                assert isinstance(item, FedHead)
                found.append(self._side(item, level, flow))
        return found

    def _leaf(self, leaf: Leaf, entry: int) -> Term:
        node = self.graph.nodes[leaf.node]
        operation = self.operations[leaf.node]
        term = Term("op", node.op, name=clean(node.name), entry=entry, end=leaf.node)
        term.channels, term.is_read = self._channels(entry), self.named[leaf.node] > 0
        if operation is None:
            term.kind = "merge"
            term.slots = tuple(Slot("other", "", number) for number in leaf.named)
        else:
            texts = texts_of(operation)
            zeros = value_text("padding", node.zeros) if node.zeros else ""
            term.slots = tuple(
                Slot(name, text, other=zeros if name == "padding" else "") for name, text in texts.sizes
            )
            term.fixed = texts.fixed
        if node.op in WEIGHTED:
            term.work = (f"{node.op} {value_text('kernel_size', node.option('kernel_size') or 1)}",)
        return term

    def _tower(self, tower: Tower, level: int, entry: int) -> Term:
        """A row that stands elsewhere again; it keeps together and has the name of its module."""
        scope = self.scopes.of(tower)
        body = self.terms(tower.body, max(level, len(scope)), entry)
        term = body[0] if len(body) == 1 else self._grouped(body, "", "", entry)
        if term.kind == "group":
            term.is_written = True
            if len(scope) > len(self.scopes.around):
                term.name, term.module = clean(scope[-1].name), scope[-1].kind
        term.is_tower = True
        return term

    def _fork(self, split: Fork, level: int, entry: int) -> Term:
        node = self.graph.nodes[split.node]
        bodies = []
        for branch in split.branches:
            scope = self.scopes.of_all(branch)
            bodies.append(self.terms(branch, max(level, len(scope)), entry))
        term = Term("fork", node.op, bodies=bodies, name=clean(node.name), entry=entry, end=split.node)
        term.channels, term.is_read = self._channels(entry), self.named[split.node] > 0
        term.names = branch_names(self.graph, split, len(self.scopes.of(split)), term.name)
        term.plain_names = plain_names(self.graph, split)
        term.work = _work(one for body in bodies for one in body)
        term.height = max((one.height for body in bodies for one in body), default=0)
        return term

    def _side(self, side: FedHead, level: int, entry: int) -> Term:
        head = self.graph.heads[side.head]
        body = self.terms(side.body, level, entry)
        group = body[0] if len(body) == 1 and body[0].kind == "group" else None
        if len(body) > 1:
            group = self._grouped(body, "", "", entry)
        if group:
            group.name = clean(head.name) or group.name
        term = Term("side", "aux" if head.aux else "out", bodies=[[group] if group else body])
        term.name, term.entry, term.end = clean(head.name), entry, entry
        term.height = group.height if group else 0
        return term

    # What belongs together without a module.

    def _units(self, terms: list[Term], entry: int) -> list[Term]:
        """A layer with weights, its norm and its activation are one; so are branches with theirs."""
        found: list[Term] = []
        for run in self._runs(terms):
            flow = found[-1].end if found else entry
            first = run[0]
            if len(run) > 1 or first.kind == "fork":
                found.append(self._grouped(run, first.name, "", flow))
                first.name = "" if first.kind == "fork" else first.name
            else:
                found += run
        return found

    def _runs(self, terms: list[Term]) -> Iterator[list[Term]]:
        place = 0
        while place < len(terms):
            stop = place + 1
            if _leads(terms[place]):
                stop = self._behind(terms, stop, _is_norm)
                stop = self._behind(terms, stop, self._is_activation)
            yield terms[place:stop]
            place = stop

    def _behind(self, terms: list[Term], place: int, fits: Callable[[Term], bool]) -> int:
        """One further where the term there fits, and nothing else reads the one before."""
        is_read = self.named[terms[place - 1].end] > 0
        return place + (place < len(terms) and not is_read and fits(terms[place]))

    def _is_activation(self, term: Term) -> bool:
        operation = self.operations[term.end] if term.kind == "op" else None
        return operation is not None and operation.name in ACTIVATIONS


def _is_fire(squeeze: Term, expand: Term) -> bool:
    """Whether two neighbours are a fire module: Iandola et al. 2016, arXiv:1602.07360, Figure 1."""
    is_expand = any(one.kind == "fork" and one.label == "concat" for one in items([expand]))
    return is_expand and squeeze.work == ("conv 1x1",) and expand.work == ("conv 1x1", "conv 3x3")


def _leads(term: Term) -> bool:
    """Whether a norm and an activation behind it belong to it; a concat's values go to others."""
    is_first = term.label in WEIGHTED or (term.kind == "fork" and term.label != "concat")
    return is_first and not term.is_tower


def _work(terms: Iterable[Term]) -> tuple[str, ...]:
    """What the first of the layers with weights are."""
    return tuple(islice((one for term in terms for one in term.work), _MOST_WORK))


def _again(series: Strand) -> Iterator[int]:
    """The towers that stand there again, by their ends."""
    return (item.tower for item in walk(series) if isinstance(item, Copy))


def _is_norm(term: Term) -> bool:
    return term.label in NORMS
