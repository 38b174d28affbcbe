"""What each position sees of the image, held against which rows change it when the network runs.

Every weight is 1 and every value positive, so that nothing cancels; a row of the image is made so large
that whatever sees it grows.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from examples import fixed
from hypothesis import assume, given
from hypothesis import strategies as st

import convcalc
from convcalc import SpecError
from convcalc.execute.running import execute
from convcalc.network.model import Network
from convcalc.network.receptive import ReceptiveField

SIDE = 24


class Ones:
    """Tensors of ones."""

    border = 0.0

    def ask(self, name: str, *shape: int, fan_in: int = 1) -> Any:
        return np.ones(shape, np.float32)

    def products(self, sums: Any) -> None:
        pass


def output(network: Network, x: Any) -> Any:
    *_, last = execute(network, x, lambda layer: Ones())
    return last.output


def rows_seen(network: Network, axis: int) -> Any:
    """For each place along an axis of the output, the image's places along it that change it."""
    plain = np.ones(network.input_shape, np.float32)
    before = output(network, plain)
    others = tuple(one for one in range(before.ndim) if one != axis)
    changed = []
    for row in range(network.input_shape[axis]):
        x = plain.copy()
        np.moveaxis(x, axis, 0)[row] = 1e6
        changed.append((output(network, x) != before).any(axis=others))
    return np.array(changed).T


def assert_seen(network: Network, field: ReceptiveField) -> int:
    """Hold a field against the run; the number of places that see no border."""
    compared = 0
    for axis, sight in enumerate(field.axes, 1):
        seen = rows_seen(network, axis)
        for place, rows in enumerate(seen):
            first = sight.first + place * sight.stride
            last = first + sight.size - 1
            if first >= 0 and last < network.input_shape[axis]:
                compared += 1
                (found,) = np.nonzero(rows)
                assert (found[0], found[-1]) == (first, last)
    return compared


keeping = st.sampled_from(
    [
        *(
            "conv 3x3 4",
            "conv 2x2 4",
            "conv 4x1 4",
            "conv 3x2 4 dilation=2",
            "conv 5x5 4",
            "dwconv 2x3",
        ),
        *("maxpool 3x3", "maxpool 2x2", "avgpool 3x5", "avgpool 2x4", "relu", "identity", "batchnorm"),
        *("slice 0 4", "maxpool 2x2 dilation=3", "factor 2", "channel_shuffle 2"),
    ]
)
resizing = st.sampled_from(
    [
        *("conv 3x3/2 4", "maxpool 2x2/2", "conv 1x1/2x1 4", "avgpool 3x3/1x2"),
        *("pad before=1 after=0x1", "pad 2x1"),
    ]
)
GATE = ["global_avgpool", "conv 1x1 4", "hardsigmoid"]  # 1 for all that enters here, so it hides nothing


def branched(inner: Any) -> Any:
    several = st.lists(st.lists(inner, max_size=2), min_size=2, max_size=3)
    named = several.map(lambda all_: {f"b{place}": body for place, body in enumerate(all_)})
    merged = st.builds(
        lambda branches, merge: {"branches": branches, "merge": merge},
        named,
        st.sampled_from(["add", "mul"]),
    )
    concat = named.map(lambda branches: [{"branches": branches}, "conv 1x1 4"])
    gated = st.lists(inner, max_size=2).map(
        lambda body: {"branches": {"x": body, "gate": GATE}, "merge": "mul"}
    )
    return merged | concat | gated


nested = st.recursive(keeping, branched, max_leaves=6)
bodies = st.lists(nested | resizing, min_size=1, max_size=4).map(lambda body: ["conv 1x1 4", *body])


# Behind this a border would lie within the image.
ends = st.sampled_from([[], [], ["crop 3x4"], ["crop 2x1 offset=1x2"]])


def on_axes(text: str, count: int) -> str:
    """`3x2` as `3`, or as `3x2x1`."""
    return re.sub(r"\b\d+x\d+\b", lambda match: "x".join([*match[0].split("x"), "1"][:count]), text)


@fixed(240)
@given(body=bodies, end=ends, axes=st.sampled_from([1, 2, 2, 3]))
def test_a_position_sees_what_changes_it(body: list[Any], end: list[Any], axes: int) -> None:
    shape = [4, *(SIDE, SIDE + 3, 3)[:axes]]
    try:
        network = convcalc.loads(on_axes(json.dumps({"input": shape, "layers": body + end}), axes))
    except SpecError as error:
        assume("does not fit" not in str(error))
        raise
    field = network.receptive_fields[-1]
    assume(field is not None)
    assert field is not None
    assert_seen(network, field)


# The size and the stride at the end, and how many places along both axes see no border.
KNOWN = {
    # 2 and 2 are 3; padding stands behind, so that these see one further on than 3 around the place
    "{branches: {a: [conv 2x2 4, conv 2x2 4], b: conv 3x3 4}, merge: add}": ((4, 4), (1, 1)),
    # 1×1 maps everywhere: what has passed the pooling is left out by its history, not by its size
    "[conv 24x27 4 valid, {branches: {x: identity, g: [global_avgpool, conv 1x1 4]}, merge: mul}]": (
        (24, 27),
        (1, 1),
    ),
    "{branches: {a: maxpool 3x3/2, b: conv 1x1/2 4}, merge: add}": ((3, 3), (2, 2)),
}


@pytest.mark.parametrize("body", KNOWN)
def test_a_field_is_all_that_any_branch_sees(body: str) -> None:
    network = convcalc.loads(f"{{input: [4, {SIDE}, {SIDE + 3}], layers: [{body}]}}")
    field = network.receptive_fields[-1]
    assert field is not None
    assert (field.size, field.stride) == KNOWN[body]
    if "global" not in body:
        assert assert_seen(network, field) > 20


@pytest.mark.parametrize(
    "body",
    [
        "{branches: {a: identity, b: [global_avgpool, upsample 24]}, merge: concat}",  # sees all
        "{branches: {a: [global_avgpool, conv 1x1 4], b: global_maxpool}, merge: add}",
        "[global_avgpool, {branches: {a: identity, b: global_maxpool}, merge: mul}]",
        "{branches: {a: conv 1x1/24 4, b: conv 24x24 4 valid}}",  # of unlike strides
        "linear 4",
    ],
)
def test_a_field_is_not_known(body: str) -> None:
    network = convcalc.loads(f"{{input: [4, {SIDE}, {SIDE}], layers: [{body}]}}")
    assert network.receptive_fields[-1] is None


def test_a_gate_of_two_poolings_is_left_out() -> None:
    gate = "[{branches: {a: global_avgpool, b: global_maxpool}, merge: add}, sigmoid]"
    body = f"[conv 3x3 4, {{branches: {{x: identity, gate: {gate}}}, merge: mul}}]"
    network = convcalc.loads(f"{{input: [4, {SIDE}, {SIDE}], layers: {body}}}")
    field = network.receptive_fields[-1]
    assert field is not None
    assert field.size == (3, 3)
