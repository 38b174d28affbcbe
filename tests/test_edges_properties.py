"""Random wirings: the same network written two ways, and against a count and a run of its own."""

from __future__ import annotations

import random

import numpy as np
import pytest

import convcalc
from convcalc.answers.diff import diff
from convcalc.execute import run
from convcalc.execute.running import random_tensor

SEEDS = range(25)
HEAD = "input: [3, 6, 6]\nlayers:\n"


def load(lines: list[str], head: str = HEAD) -> convcalc.Network:
    return convcalc.loads(head + "\n".join(f"- {line}" for line in lines))


class Tree:
    """A random series-parallel network of 3 channels, written with branches and written flat."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.names = 0

    def name(self) -> str:
        self.names += 1
        return f"n{self.names}"

    def series(self, depth: int, entering: str = "in") -> tuple[list[str], list[str], str]:
        """The nested lines, the flat ones, and the name of what leaves."""
        nested: list[str] = []
        flat: list[str] = []
        for _ in range(self.random.randint(1, 3)):
            if depth and self.random.random() < 0.5:
                inner, lines, entering = self.parallel(depth - 1, entering)
            else:
                name = self.name()
                body = self.random.choice(["conv 3x3 3", "relu", "batchnorm", "conv 1x1 3 bias"])
                inner, lines, entering = [f"{name}: {body}"], [f"{name}: {body}"], name
            nested += inner
            flat += lines
        return nested, flat, entering

    def parallel(self, depth: int, entering: str) -> tuple[list[str], list[str], str]:
        """Branches that are added; flat, each but the first begins with `from`."""
        branches, flat, ends = [], [], []
        for number in range(self.random.randint(2, 3)):
            nested, lines, end = self.series(depth, entering)
            branches.append(f"b{number}: [{', '.join(f'{{{one}}}' for one in nested)}]")
            flat += ([f"from {entering}"] if number else []) + lines
            ends.append(end)
        merged = self.name()
        flat.append(f"from {ends[0]}")
        flat.append(f"{merged}: add {' '.join(ends[1:])}")
        return [f"{merged}: {{branches: {{{', '.join(branches)}}}, merge: add}}"], flat, merged


@pytest.mark.parametrize("seed", SEEDS)
def test_branches_and_names_give_the_same_network(seed: int) -> None:
    nested, flat, _ = Tree(seed).series(2)
    one, other = load(nested), load(flat)
    assert [layer.sources for layer in one.layers] == [layer.sources for layer in other.layers]
    assert [layer.operation for layer in one.layers] == [layer.operation for layer in other.layers]
    assert [layer.cost for layer in one.layers] == [layer.cost for layer in other.layers]
    assert (one.total, one.output_shape) == (other.total, other.output_shape)
    assert one.peak_activations() == other.peak_activations()
    assert one.receptive_fields == other.receptive_fields


def random_dag(seed: int) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """Lines, and for each layer its operation and what enters it; -1 is the input."""
    source = random.Random(seed)
    lines: list[str] = []
    graph: list[tuple[str, list[int]]] = []
    ends: set[int] = set()
    for place in range(source.randint(3, 9)):
        flow = source.randint(-1, place - 1)
        others = [one for one in range(-1, place) if one != flow]
        named = source.sample(others, min(len(others), source.randint(1, 2)))
        is_merge = bool(named) and source.random() < 0.5
        kind = "add" if is_merge else source.choice(["conv", "relu"])
        inputs = [flow, *(named if is_merge else [])]
        lines.append(f"from {_name(flow)}")
        body = {"conv": "conv 3x3 3", "add": f"add {' '.join(map(_name, named))}"}.get(kind, kind)
        lines.append(f"n{place}: {body}")
        graph.append((kind, inputs))
        ends = (ends - set(inputs)) | {place}
    for end in sorted(ends):
        lines += [f"from n{end}", "out: []"]
    return lines, graph


def _name(place: int) -> str:
    return "in" if place < 0 else f"n{place}"


def conv(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Term by term, with a border of zeros."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    y = np.zeros((3, 6, 6))
    for down in range(3):
        for right in range(3):
            window = padded[:, down : down + 6, right : right + 6]
            y += np.einsum("io,ihw->ohw", weight[down, right], window)
    return y


@pytest.mark.parametrize("seed", SEEDS)
def test_any_wiring_agrees_with_a_count_and_a_run_of_its_own(seed: int) -> None:
    lines, graph = random_dag(seed)
    network = load(lines)
    convs = sum(kind == "conv" for kind, _ in graph)
    assert network.total.params == convs * 81  # 3·3 weights for 3·3 channels
    assert network.total.macs == convs * 81 * 36
    weights, x = {}, random_tensor("", "x", (3, 6, 6), seed)
    values = []
    for place, (kind, inputs) in enumerate(graph):
        entering = [x if one < 0 else values[one] for one in inputs]
        if kind == "conv":
            weights[f"n{place}", "weight"] = random_tensor(str(place), "w", (3, 3, 3, 3), seed)
            values.append(conv(entering[0], weights[f"n{place}", "weight"]))
        else:
            values.append(np.maximum(entering[0], 0) if kind == "relu" else sum(entering))
    found = run(network, x, weights)
    read = {one for _, inputs in graph for one in inputs}
    ends = [value for place, value in enumerate(values) if place not in read]
    assert len(found) == len(ends)
    for one, other in zip(found, ends, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3 * max(1, np.abs(other).max()))


@pytest.mark.parametrize("seed", SEEDS)
def test_another_edge_is_always_seen_by_diff(seed: int) -> None:
    lines, graph = random_dag(seed)
    # What nobody reads any more goes to a side head, which no total has.
    kept = [line for name in range(-1, len(graph)) for line in (f"from {_name(name)}", "aux: []")]
    old = load([*lines, *kept])
    source = random.Random(seed)
    for place, (_, inputs) in enumerate(graph):
        others = [one for one in range(-1, place) if one not in inputs]
        at = next(at for at, line in enumerate(lines) if line.startswith(f"n{place}: "))
        for number, one in enumerate(inputs):
            if not others:
                continue
            read = at - 1 if number == 0 else at  # the flow is taken up on the line before
            words = lines[read].split()
            words[-1 if number == 0 else 1 + number] = _name(source.choice(others))
            assert lines[read].split()[-1 if number == 0 else 1 + number] == _name(one)
            found = diff(old, load([*lines[:read], " ".join(words), *lines[read + 1 :], *kept]))
            assert [change.layer.path for change in found.changes if change.edits] == [f"n{place}"]
            assert found.is_edited


@pytest.mark.parametrize("seed", SEEDS)
def test_a_name_that_is_deleted_is_missed_wherever_it_is_read(seed: int) -> None:
    lines, _ = random_dag(seed)
    words = [line.partition(": ")[2].split() or line.split() for line in lines]
    for at, line in enumerate(lines):
        name, _, body = line.partition(": ")
        readers = [number for number, one in enumerate(words) if name in one]
        if name == "out" or not readers:
            continue
        with pytest.raises(convcalc.SpecError) as error:
            load([*lines[:at], body, *lines[at + 1 :]])
        problems = error.value.problems
        assert [problem.mark.line - 3 for problem in problems] == readers
        assert all(problem.message.startswith(f'no name "{name}" above') for problem in problems)
        at_names = [problem.mark.column - 1 for problem in problems]
        starts = [f"- {lines[number]} ".index(f" {name} ") + 1 for number in readers]
        assert at_names == starts
