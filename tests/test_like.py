"""A size that is taken from what a name gives: `resize like=e`, `crop like=e`."""

from __future__ import annotations

import pytest

import convcalc
from convcalc import SpecError


def network(layers: str, shape: str = "[3, 16, 16]") -> convcalc.network.model.Network:
    return convcalc.loads(f"{{input: {shape}, layers: {layers}}}")


def outputs(layers: str, shape: str = "[3, 16, 16]") -> list[tuple[int, ...]]:
    return [layer.output for layer in network(layers, shape).layers]


def test_the_size_is_that_of_what_is_named_and_the_channels_are_not() -> None:
    assert outputs("[e: conv 3x3/2 4, conv 3x3/2 6, resize like=e]")[-1] == (6, 8, 8)
    assert outputs("[e: conv 3x3/2 4, conv 3x3 6, resize like=in]")[-1] == (6, 16, 16)
    # 16 − 2 = 14, and of 16 the middle 14
    cropped = "[branches: {a: [e: conv 3x3 4 valid, conv 1x1 4], b: identity}, merge: concat]"
    with pytest.raises(SpecError, match="ends at"):
        network(cropped)
    assert outputs("[e: conv 3x3 4 valid, from in, crop like=e, concat e]")[-1] == (7, 14, 14)


def test_maps_may_have_one_axis_or_three() -> None:
    assert outputs("[e: conv 3/2 4, conv 3/2 6, resize like=e mode=bilinear]", "[3, 16]")[-1] == (6, 8)
    layers = "[e: conv 1x3x3/1x2x2 4, conv 3x3x3/2 6, resize like=e]"
    assert outputs(layers, "[3, 4, 6, 8]")[-1] == (6, 4, 3, 4)


def test_a_block_takes_the_name() -> None:
    text = """
    input: [3, 16, 16]
    define: {"back(to)": [conv 1x1 4, resize like=$to]}
    layers: [e: conv 3x3/2 4, conv 3x3/2 6, back e]
    """
    assert convcalc.loads(text).output_shape == (4, 8, 8)


def test_it_is_spelled_out() -> None:
    assert outputs("[e: conv 3x3/2 4, from in, {op: crop, like: e}, concat e]")[-1] == (7, 8, 8)


def test_again_has_the_size_of_its_own_names() -> None:
    """On half the size, the copy of `e` has 4×4 and not 8×8."""
    layers = "[a: [e: conv 3x3/2 3, conv 3x3/2 3, resize like=e], b: again a]"
    assert [layer.output for layer in network(layers).layers] == [
        *((3, 8, 8), (3, 4, 4), (3, 8, 8)),
        *((3, 4, 4), (3, 2, 2), (3, 4, 4)),
    ]


def test_it_reads_nothing_and_keeps_nothing_alive() -> None:
    net = network("[e: conv 1x1 8, conv 1x1 2, conv 1x1 1, resize like=e]")
    assert net.layers[-1].sources == (2,)
    # while conv 1x1 8 runs, 3 and 8 channels of 256; e is gone when the last runs
    assert net.peak_activations() == 11 * 256
    with pytest.raises(SpecError, match='the output of "e" is not used'):
        network("[e: relu, from in, resize like=e]")


@pytest.mark.parametrize(
    ("layers", "word", "message"),
    [
        ("[crop]", "crop", "crop takes size, such as 5x7, or like=NAME; give one of them"),
        ("[e: relu, crop 4 like=e]", "4", "give either, not both"),
        ("[e: [relu, flatten], from in, crop like=e]", "like=e", '"e" is 768, what flows here 3×16×16'),
        ("[crop like=x]", "like=x", 'no name "x" above'),
        ("[e: resize like=e 2]", "2", "stands after an option"),
        ("[e: upsample 2, crop like=e offset=20]", "offset=20", "32×32 from 20×20 on does not fit into"),
        ("[e: upsample 2, from in, crop like=e]", "crop like=e", "32×32 does not fit into 16×16"),
    ],
)
def test_what_is_wrong_stands_where_it_is(layers: str, word: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        network(layers)
    (problem,) = caught.value.problems
    assert message in problem.message
    text = f"{{input: [3, 16, 16], layers: {layers}}}"
    assert (problem.mark.column, problem.mark.length) == (text.rindex(word) + 1, len(word))
