"""What other tools call the keys of a specification, and keys that have no place in one."""

from __future__ import annotations

from collections.abc import Collection

from ..ops.cost import COUNTS
from ..ops.foreign_figures import our_figure
from ..ops.totals import TOTALS
from ..reader.nodes import Node, Text
from .written_shapes import size_nodes

# Our key, and what others call it: in small letters, without separators.
_CALLED = {
    "input": "imagesize inputdim inputshape inputs inputsize insize shape",
    "layers": "architecture body graph model modules net network nodes sequence sequential",
    "define": "blocks definitions functions macros templates",
    "parameters": "arguments args constants hyperparameters params variables vars",
    "variants": "configs configurations models versions",
    "budget": "budgets limit limits",
    "expect": "asserts expected expects",
}
_PARTS = "backbone classifier decoder encoder features head heads neck stem tail"
_TRAINING = (
    "batch batchsize dataset device epochs learningrate loss lossfunction lr metrics optimizer "
    "scheduler seed training"
)
_NUMBERS = "classes depthmultiple nc numclasses width widthmultiple"


def our_key(key: str, known: Collection[str]) -> str | None:
    """Our key for one of this name in other tools' files."""
    word = _folded(key)
    if word in known:
        return word
    return next(
        (ours for ours, words in _CALLED.items() if ours in known and word in words.split()), None
    )


def said_instead(key: str, value: Node) -> str | None:
    """What to write for a key that has no place at the top of a specification."""
    word = _folded(key)
    if word in ("output", "outputs"):
        sizes = size_nodes(value)
        if sizes and all(isinstance(size, Text) and size.value.isdigit() for size in sizes):
            return "the shape that leaves the network stands under expect: {output: ...}"
        return "what the last layer gives is the output, and {out: ...} among the layers makes one more"
    if is_a_part(key):
        return f'the parts of a network are named items under layers: "- {key}: ..."'
    if word in _TRAINING.split():
        return "training has no part in what a network costs; leave it out"
    if not isinstance(value, Text):
        return None
    if our_figure(key, TOTALS) is not None or key.rpartition("_")[2] in COUNTS:
        return "a figure stands under expect:, a limit under budget:"
    if word in _NUMBERS.split():
        return f"a number for the layers stands under parameters: {{{key}: {value.value}}}"
    return None


def is_a_part(key: str) -> bool:
    """Whether a key is what others call a part of the network."""
    return _folded(key) in _PARTS.split()


def _folded(key: str) -> str:
    return key.casefold().replace("_", "").replace("-", "")
