"""How many edges there may be: as many as the steps that they take, and reading them stays linear."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

import convcalc
from convcalc.network import expansion_state, limits, loading

HEAD = "input: [4, 8, 8]\n"
STEPS = "1,000,000 expansion steps"


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One entry for each body that an expansion visits."""
    found: list[None] = []
    visit = expansion_state.Expander.visit

    def counted(*arguments: Any) -> Any:
        found.append(None)
        return visit(*arguments)

    monkeypatch.setattr(expansion_state.Expander, "visit", counted)
    return found


def net(*lines: str) -> convcalc.Network:
    return convcalc.loads(HEAD + "layers:\n" + "".join(f"- {line}\n" for line in lines))


def fault(text: str) -> convcalc.SpecError:
    with pytest.raises(convcalc.SpecError) as error:
        convcalc.loads(HEAD + text)
    return error.value


def chain(count: int) -> str:
    """Layers that each read the one before the last by its name."""
    lines = (f"- n{at}: add n{at - 2}\n" for at in range(2, count))
    return f"{HEAD}layers:\n- n0: conv 1x1 4\n- n1: relu\n{''.join(lines)}"


def test_ten_thousand_edges_by_name_are_read() -> None:
    network = convcalc.loads(chain(10_002))
    assert sum(len(layer.reads) for layer in network.layers) == 10_000
    assert network.layers[-1].sources == (10_000, 9_999)


def group_again(count: int) -> str:
    lines = "".join(f"- c{at}: again g\n" for at in range(count))
    return f"{HEAD}layers:\n- g: [conv 1x1 4, {{out: relu}}, tanh]\n{lines}- out: []\n"


def read_anew(count: int) -> str:
    """A repeat that reads many names and takes each up again."""
    above = "".join(f"- n{at}: relu\n" for at in range(count))
    inside = "".join(f"  - m{at}: add n{at}\n  - n{at}: relu\n" for at in range(count))
    below = "".join(f"- add n{at} m{at}\n" for at in range(count))
    return f"{HEAD}layers:\n{above}- repeat: 1\n  layers:\n{inside}{below}"


def mistaken(count: int) -> str:
    """Many names, and many that none of them is."""
    names = "".join(f"- n{at}: relu\n" for at in range(count))
    wrong = "- add nobody\n- add g/y\n" * count
    return f"{HEAD}layers:\n- g: [x: relu]\n{names}{wrong}"


@pytest.mark.full
@pytest.mark.parametrize("text", [chain, group_again, read_anew, mistaken])
def test_eight_times_as_many_take_about_eight_times_as_long(text: Callable[[int], str]) -> None:
    def seconds(count: int) -> float:
        start = time.process_time()
        if text is mistaken:
            assert fault(text(count).removeprefix(HEAD)).count == 2 * count
        else:
            convcalc.loads(text(count))
        return time.process_time() - start

    few, many = min(seconds(250) for _ in range(3)), seconds(2_000)
    assert many < 25 * few  # 8 if it is linear, 64 if its square


def test_a_name_as_deep_as_groups_go_is_read_from_outside_and_the_other_way_round() -> None:
    groups = [f"g{at}" for at in range(58)]
    deep = "".join(f"{{{group}: " for group in groups) + "[relu, add top, x: tanh]" + "}" * 58
    path = "/".join(groups)
    network = net("top: conv 1x1 4", f"h: {deep}", "sigmoid", f"add h/{path}/x top")
    places = {layer.path: place for place, layer in enumerate(network.layers)}
    assert network.layers[places[f"h/{path}/add1"]].reads == (places["top"],)
    assert network.layers[-1].reads == (places[f"h/{path}/x"], places["top"])


def test_a_thousand_agains() -> None:
    layers = "{repeat: 10, layers: [conv 1x1 4, relu]}"
    network = net(f"g: [{layers}]", *(f"c{at}: again g" for at in range(1_000)))
    assert len(network.layers) == 20 + 1_000 * 20
    assert network.total.params == 10 * 16
    assert network.total.macs == 1_001 * 10 * 16 * 64


@pytest.mark.parametrize(
    "text",
    [
        "layers: [g: relu, {repeat: 900, layers: {repeat: 900, layers: again g}}]",
        "layers: [g: [relu, tanh], {repeat: 800, layers: {repeat: 400, layers: again g}}]",
        "layers: [g: {repeat: 500, layers: relu}, {repeat: 50, layers: {repeat: 50, layers: again g}}]",
        "layers: [g: [relu, tanh], h: [again g, again g, again g], {repeat: 90000, layers: again h}]",
        "define: {b: [g: [relu], {repeat: 900, layers: again g}]}\nlayers: {repeat: 900, layers: b}",
    ],
)
def test_what_is_there_again_counts_before_it_is_repeated(visits: list[None], text: str) -> None:
    (problem,) = fault(text).problems
    assert STEPS in problem.message
    assert len(visits) < 2_000


@pytest.mark.parametrize(
    "layers",
    [
        "[g: [relu, tanh], {repeat: 3, layers: {repeat: 4, layers: again g}}]",
        "[g: {branches: {x: relu, y: tanh}, merge: add}, {repeat: 5, layers: [again g, add g]}]",
        "[g: {if: 1, layers: {if: 1, layers: relu}}, {repeat: 5, layers: again g}]",
        "[{out: {h: relu}}, {repeat: 5, layers: again h}, out: []]",
        "[g: [relu, tanh, relu], {repeat: 5, layers: [again g, {g: relu}]}]",
        "[g: [relu, tanh], {repeat: 3, layers: [{g: relu}, again g, add g]}]",
        "[g: [[[relu]]], {repeat: 5, layers: again g}]",
        "[g: {x: {y: relu}}, {repeat: 5, layers: again g}]",
        "[g: [relu, tanh], h: [{if: 1, layers: {g: relu}}, {repeat: 5, layers: again g}]]",
        "[g: [relu, tanh], h: [{repeat: 1, layers: {g: relu}}, {repeat: 5, layers: again g}]]",
        "[g: b, {repeat: 5, layers: [again g, b]}]",
        "[g: [{repeat: 4, layers: relu}], h: again g, {repeat: 5, layers: again h}]",
        "[a: relu, b: relu, {repeat: 5, layers: [c: relu, add a b]}]",
    ],
)
def test_the_count_in_advance_is_never_more_than_is_taken(
    monkeypatch: pytest.MonkeyPatch, layers: str
) -> None:
    text = f"{HEAD}define: {{b: [relu, tanh]}}\nlayers: {layers}\n"
    taken: list[limits.Steps] = []

    class Noted(limits.Steps):
        def __init__(self) -> None:
            super().__init__()
            taken.append(self)

    monkeypatch.setattr(loading, "Steps", Noted)
    convcalc.loads(text)
    steps = taken[0].taken
    for module in (expansion_state, limits):
        monkeypatch.setattr(module, "MAX_STEPS", steps)
    convcalc.loads(text)
    monkeypatch.setattr(limits, "MAX_STEPS", steps - 1)
    monkeypatch.setattr(expansion_state, "MAX_STEPS", steps - 1)
    assert "expansion steps" in str(fault(text.removeprefix(HEAD)))
