"""The arguments of a block: the values in which its instances differ, as few as say it all."""

from typing import NamedTuple

from .argument_names import argument_names, stem
from .common_form import Skeleton
from .foldable_terms import Slot, Term

_AGREE = 3  # instances before a ratio is taken for meant
_WIDTHS = 2  # slots of one width that make it the block's own, as in a bottleneck
_DEFAULTS = {"pad": "same", "s": "1", "dilation": "1", "groups": "1"}
_SIZES = ("c", "n", "r", "proj")


class Param(NamedTuple):
    """An argument, its value in each instance, and its default, if it has one."""

    name: str
    slots: list[Slot]
    default: str | None


class Varying(NamedTuple):
    """One slot of all the instances."""

    name: str
    slots: list[Slot]
    channels: list[int]

    @property
    def texts(self) -> list[str]:
        return [slot.text for slot in self.slots]

    @property
    def nodes(self) -> list[int | None]:
        return [slot.node for slot in self.slots]

    @property
    def is_constant(self) -> bool:
        return len(set(self.texts)) == 1 and not any(slot.node is not None for slot in self.slots)

    @property
    def sizes(self) -> list[int] | None:
        """The values as numbers of channels."""
        is_size = stem(self.name) in _SIZES and all(text.isdigit() for text in self.texts)
        return [int(text) for text in self.texts] if is_size else None


class BlockArguments(NamedTuple):
    """The arguments, and what is written in each slot; None where the slot before it says it."""

    params: list[Param]
    written: list[str | None]


def arguments(body: list[Term], instances: list[Skeleton]) -> BlockArguments:
    """The arguments with which one body stands for all the instances."""
    columns = [
        Varying(
            values[0].slot.name,
            _with_one_padding([value.slot for value in values]),
            [value.channels for value in values],
        )
        for values in zip(*(instance.values for instance in instances), strict=True)
    ]
    terms = [value.term for value in instances[0].values]
    return _Unifier(columns, terms, body).arguments()


def _with_texts(slots: list[Slot], texts: list[str]) -> list[Slot]:
    return [slot._replace(text=text) for slot, text in zip(slots, texts, strict=True)]


def _with_one_padding(slots: list[Slot]) -> list[Slot]:
    """The slots with the zeros in place of `same`, where these are always as many."""
    texts = {slot.other or slot.text for slot in slots}
    if stem(slots[0].name) != "pad" or len(texts) > 1 or len({slot.text for slot in slots}) == 1:
        return slots
    return [slot._replace(text=slot.other or slot.text, other="") for slot in slots]


class _Unifier:
    def __init__(self, columns: list[Varying], terms: list[Term], body: list[Term]) -> None:
        self.columns = columns
        self.terms = list(terms)
        self.body = body
        self.written: list[str | None] = [column.texts[0] for column in columns]
        self.params: list[tuple[Varying, list[int]]] = []  # the column and the slots that have it
        self.factors: dict[int, int] = {}  # of a slot, how many times its argument
        self.kernels: dict[int, str] = {}  # of a slot whose stride is its argument
        self.strides: dict[int, int] = {}  # of a slot whose stride is an argument too, that one's place

    def arguments(self) -> BlockArguments:
        self._join_strides()
        self._split_kernels()
        self._share_kernels()
        varying = [
            place
            for place, column in enumerate(self.columns)
            if not column.is_constant and self.written[place] is not None
        ]
        for place in varying:
            self._slot(place, varying)
        return self._named()

    def _join_strides(self) -> None:
        """Where kernels differ, a kernel and its stride are one argument, `7x7/2`."""
        strides = {
            id(term): place
            for place, term in enumerate(self.terms)
            if self.columns[place].name == "stride"
        }
        for place, column in enumerate(self.columns):
            stride = strides.get(id(self.terms[place]))
            if column.name != "kernel_size" or column.is_constant or stride is None:
                continue
            pairs = zip(column.texts, self.columns[stride].texts, strict=True)
            texts = [kernel if step == "1" else f"{kernel}/{step}" for kernel, step in pairs]
            self.columns[place] = column._replace(slots=_with_texts(column.slots, texts))
            self.written[stride] = None

    def _split_kernels(self) -> None:
        """Where only the stride of `3x3/2` differs, that alone is an argument."""
        for place, column in enumerate(self.columns):
            pairs = [text.partition("/") for text in column.texts]
            kernels = {kernel for kernel, _, _ in pairs}
            if stem(column.name) == "k" and not column.is_constant and len(kernels) == 1:
                self.kernels[place] = kernels.pop()
                slots = [
                    slot._replace(name="stride", text=stride or "1")
                    for slot, (_, _, stride) in zip(column.slots, pairs, strict=True)
                ]
                self.columns[place] = column._replace(name="stride", slots=slots)

    def _share_kernels(self) -> None:
        """Where two kernels are the same but for their strides, these are arguments of their own."""
        places = [
            place
            for place, column in enumerate(self.columns)
            if stem(column.name) == "k" and not column.is_constant and self.written[place] is not None
        ]
        bare = {
            place: [text.partition("/")[0] for text in self.columns[place].texts] for place in places
        }
        for place in places:
            column = self.columns[place]
            has_twin = any(bare[other] == bare[place] for other in places if other != place)
            if not has_twin or column.texts == bare[place]:
                continue
            strides = [text.partition("/")[2] or "1" for text in column.texts]
            self.strides[place] = len(self.columns)
            self.columns[place] = column._replace(slots=_with_texts(column.slots, bare[place]))
            slots = [slot._replace(name="stride") for slot in _with_texts(column.slots, strides)]
            self.columns.append(column._replace(name="stride", slots=slots))
            self.terms.append(self.terms[place])
            self.written.append(strides[0])

    def _slot(self, place: int, varying: list[int]) -> None:
        column = self.columns[place]
        if self._is_input(place, varying):
            self.written[place] = "$in"
            return
        for number, (known, slots) in enumerate(self.params):
            if (known.texts, known.nodes) == (column.texts, column.nodes):
                slots.append(place)
                return
            if factor := _factor(column.sizes, known.sizes):
                self.factors[place] = factor
                slots.append(place)
                return
            if (factor := _factor(known.sizes, column.sizes)) and not self.factors.keys() & set(slots):
                # Rather c and 4c than c and c/4.
                self.factors |= dict.fromkeys(slots, factor)
                self.params[number] = (column, [*slots, place])
                return
        if text := _of_input(column, self._is_alone(place, varying)):
            self.written[place] = text
        else:
            self.params.append((column, [place]))

    def _is_input(self, place: int, varying: list[int]) -> bool:
        """Whether these are the channels that enter, and no width of a bottleneck times something."""
        column = self.columns[place]
        if _of_input(column, False) != "$in":
            return False
        others = (self.columns[other].sizes for other in varying)
        return sum(1 for sizes in others if _factor(column.sizes, sizes)) < _WIDTHS

    def _is_alone(self, place: int, varying: list[int]) -> bool:
        """Whether no other slot goes with this one's values."""
        sizes = self.columns[place].sizes
        others = (
            self.columns[other].sizes
            for other in varying
            if other != place and not self._is_input(other, varying)
        )
        return not any(other == sizes or _factor(other, sizes) for other in others if other)

    def _named(self) -> BlockArguments:
        firsts = [(column.name, self.terms[places[0]]) for column, places in self.params]
        names = argument_names(self.body, firsts)
        params = []
        for name, (column, places) in zip(names, self.params, strict=True):
            params.append(Param(name, column.slots, _default(column)))
            for place in places:
                factor = self.factors.get(place)
                text = f"$({factor}*{name})" if factor else f"${name}"
                kernel = self.kernels.get(place)
                self.written[place] = f"{kernel}/{text}" if kernel else text
        for place, stride in self.strides.items():
            self.written[place] = f"{self.written[place]}/{self.written[stride]}"
        del self.written[len(self.written) - len(self.strides) :]
        required = [param for param in params if param.default is None]
        return BlockArguments(
            [*required, *(one for one in params if one.default is not None)], self.written
        )


def _factor(sizes: list[int] | None, base: list[int] | None) -> int | None:
    """By which whole number all these sizes are the others, if there are enough to tell."""
    if not sizes or not base or len(sizes) < _AGREE:
        return None
    factor, rest = divmod(sizes[0], base[0])
    is_one = all(size == factor * one for size, one in zip(sizes, base, strict=True))
    return factor if is_one and factor > 1 and not rest else None


def _of_input(column: Varying, is_alone: bool) -> str | None:
    """How all these sizes follow from the channels that enter: `$in`, `$(4*in)`, `$(in//2)`."""
    sizes = column.sizes
    if not sizes or len(sizes) < _AGREE or not all(column.channels):
        return None
    if sizes == column.channels:
        return "$in"
    if factor := _factor(sizes, column.channels):
        return f"$({factor}*in)"
    # A width that others are multiples of is the block's own.
    factor = _factor(column.channels, sizes) if is_alone else None
    return f"$(in//{factor})" if factor else None


def _default(column: Varying) -> str | None:
    """What most layers have, where an operation has it by itself."""
    default = _DEFAULTS.get(stem(column.name))
    return default if default in column.texts else None
