"""A concat that continues another one reads that one.

DenseNet (Huang et al. 2016, arXiv:1608.06993) is exported as concats of all that came before:
(a, b), (a, b, c), (a, b, c, d). Each begins with all of an earlier one, or ends with it; written as
((a, b), c), d they nest. Prefixes and suffixes are looked up by their hashes, so that it takes
time in proportion to the inputs.
"""

from __future__ import annotations

from ..graph import Graph

_BASE, _MODULUS = 1_000_003, (1 << 61) - 1

_Key = tuple[int, int]  # how many inputs, and the hash of their numbers in order


def continued(graph: Graph) -> Graph:
    """The graph with each concat in terms of the longest earlier one that it continues."""
    nodes = list(graph.nodes)
    known = _Known()
    for number, node in enumerate(nodes):
        if node.op != "concat":
            continue
        inputs = node.inputs
        prefixes = _prefixes(inputs)
        first, length = known.longest(prefixes, inputs)
        last, behind = known.longest(_suffixes(inputs), inputs, at_end=True)
        if length and length >= behind:
            nodes[number] = node._replace(inputs=(first, *inputs[length:]))
        elif behind:
            nodes[number] = node._replace(inputs=(*inputs[:-behind], last))
        known.add(prefixes[-1], number, inputs)
    return graph._replace(nodes=tuple(nodes))


class _Known:
    """The concats so far, by their inputs as the source has them."""

    def __init__(self) -> None:
        self.numbers: dict[_Key, int] = {}
        self.inputs: dict[int, tuple[int, ...]] = {}

    def add(self, key: _Key, number: int, inputs: tuple[int, ...]) -> None:
        self.numbers.setdefault(key, number)
        self.inputs[number] = inputs

    def longest(
        self, keys: list[_Key], inputs: tuple[int, ...], at_end: bool = False
    ) -> tuple[int, int]:
        """The concat that is the longest of these runs, but not all, and its length; else -1 and 0."""
        for key in reversed(keys[:-1]):
            number, length = self.numbers.get(key), key[0]
            run = inputs[-length:] if at_end else inputs[:length]
            # A file can be made so that unlike inputs have one hash.
            if number is not None and self.inputs[number] == run:
                return number, length
        return -1, 0


def _prefixes(inputs: tuple[int, ...]) -> list[_Key]:
    keys, value = [], 0
    for place, source in enumerate(inputs):
        value = (value * _BASE + source + 2) % _MODULUS
        keys.append((place + 1, value))
    return keys


def _suffixes(inputs: tuple[int, ...]) -> list[_Key]:
    """Those at the end, the shortest first, each with the hash that it has as a prefix."""
    keys, value, power = [], 0, 1
    for place, source in enumerate(reversed(inputs)):
        value = (value + (source + 2) * power) % _MODULUS
        power = power * _BASE % _MODULUS
        keys.append((place + 1, value))
    return keys
