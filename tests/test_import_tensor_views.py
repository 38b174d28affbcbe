"""How tensors look at our nodes, against NumPy, which moves real elements about."""

from __future__ import annotations

from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcalc.importers.reading.tensor_views import (
    BATCH,
    REPEAT,
    AxisLoop,
    gathered,
    pixel_factor,
    plain,
    reshape,
    shuffle_groups,
    spread,
    unshuffle_factor,
)


def permuted(dims, order):
    return tuple(dims[at] for at in order)


def test_channels_last_and_back_is_the_tensor_itself():
    dims = plain(2, (8, 4, 5))
    assert dims == (
        (AxisLoop(BATCH, 1, 2),),
        (AxisLoop(0, 1, 8),),
        (AxisLoop(1, 1, 4),),
        (AxisLoop(2, 1, 5),),
    )
    assert permuted(permuted(dims, (0, 2, 3, 1)), (0, 3, 1, 2)) == dims


def test_axes_of_one_come_and_go():
    vector = reshape(plain(1, (8, 1, 1)), (1, 8))
    assert vector == plain(1, (8,))
    assert reshape(vector, (1, 8, 1, 1)) == plain(1, (8, 1, 1))


def test_a_channel_shuffle_is_two_reshapes_and_a_transpose():
    groups = reshape(plain(1, (12, 4, 4)), (1, 3, 4, 4, 4))
    shuffled = reshape(permuted(groups, (0, 2, 1, 3, 4)), (1, 12, 4, 4))
    assert shuffle_groups(shuffled, 1, (12, 4, 4)) == 3
    assert shuffle_groups(plain(1, (12, 4, 4)), 1, (12, 4, 4)) is None


def test_a_pixel_shuffle_and_its_inverse_are_told_apart():
    deep = reshape(plain(1, (12, 5, 6)), (1, 3, 2, 2, 5, 6))
    wide = reshape(permuted(deep, (0, 1, 4, 2, 5, 3)), (1, 3, 10, 12))
    assert pixel_factor(wide, 1, (12, 5, 6)) == 2
    assert unshuffle_factor(wide, 1, (12, 5, 6)) is None
    cut = reshape(plain(1, (3, 10, 12)), (1, 3, 5, 2, 6, 2))
    back = reshape(permuted(cut, (0, 1, 3, 5, 2, 4)), (1, 12, 5, 6))
    assert unshuffle_factor(back, 1, (3, 10, 12)) == 2
    # TensorFlow's order of the channels is another one.
    other = reshape(permuted(cut, (0, 3, 5, 1, 2, 4)), (1, 12, 5, 6))
    assert unshuffle_factor(other, 1, (3, 10, 12)) is None


def test_a_part_is_not_cut_unevenly():
    assert reshape(plain(1, (6, 4)), (1, 4, 6)) is None
    assert reshape(plain(1, (6, 4)), (1, 24)) is not None
    assert reshape(plain(1, (6, 4)), (1, 23)) is None
    assert reshape(plain(1, (6, 4)), (1, 24, 2)) is None
    assert reshape(plain(1, (6, 4)), (1, 12, 0)) is None


def test_a_gate_is_spread_over_a_map_and_gathered_again():
    gate = plain(1, (8, 1, 1))
    whole = spread(gate, (1, 8, 4, 5))
    assert whole[2:] == ((AxisLoop(REPEAT, 1, 4),), (AxisLoop(REPEAT, 1, 5),))
    assert gathered(whole) == gate
    assert spread(plain(1, (8, 3, 3)), (1, 8, 4, 5)) is None
    assert spread(plain(1, (8,)), (4,)) is None


@st.composite
def moves(draw):
    """Sizes of a tensor, and reshapes and transposes of it."""
    sizes = draw(st.lists(st.sampled_from((1, 2, 3, 4, 6)), min_size=1, max_size=4))
    steps, now = [], [1, *sizes]
    for _ in range(draw(st.integers(0, 4))):
        if draw(st.booleans()):
            order = draw(st.permutations(range(len(now))))
            steps.append(("permute", tuple(order)))
            now = [now[at] for at in order]
        else:
            count, target = prod(now), []
            while count > 1 and len(target) < 4:
                size = draw(st.sampled_from([d for d in range(1, count + 1) if count % d == 0]))
                target.append(size)
                count //= size
            now = [*target, count]
            steps.append(("reshape", tuple(now)))
    return tuple(sizes), steps


@settings(deadline=None)  # NumPy takes its time to be imported
@given(moves())
def test_a_view_looks_at_the_elements_that_numpy_puts_there(case):
    np = pytest.importorskip("numpy")
    sizes, steps = case
    dims, array = plain(1, sizes), np.arange(prod(sizes)).reshape(1, *sizes)
    for kind, numbers in steps:
        if kind == "permute":
            dims, array = permuted(dims, numbers), array.transpose(numbers)
        else:
            dims, array = reshape(dims, numbers), array.reshape(numbers)
        if dims is None:
            return  # given up, never wrong
    assert np.array_equal(looked_at(np, dims, sizes), array)


def looked_at(np, dims, sizes):
    """The element that a view has at each place, by its definition: steps along axes."""
    offset = np.zeros([1] * len(dims), dtype=int)
    for at, dim in enumerate(dims):
        places = np.zeros(1, dtype=int)
        for part in dim:
            step = part.stride * prod(sizes[part.axis + 1 :])
            places = (places[:, None] + step * np.arange(part.size)).ravel()
        offset = offset + places.reshape([-1 if at == other else 1 for other in range(len(dims))])
    return offset
