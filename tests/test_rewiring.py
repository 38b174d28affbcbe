"""What diff says where the same layers read, share or give other layers than before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import convcalc
from convcalc.answers.diff import Diff, diff
from convcalc.commands.program import main

HEAD = "input: [4, 8, 8]\n"
TWO = "a: conv 3x3 4, b: conv 3x3 4"


def between(old: str, new: str) -> Diff:
    return diff(*(convcalc.loads(f"{HEAD}layers: [{layers}]\n") for layers in (old, new)))


def edits(found: Diff) -> dict[str, list[str]]:
    """How each layer's edges were edited."""
    assert {change.kind for change in found.changes} <= {"edited"}
    return {
        change.layer.path: [f"{edit.option} {edit.old} → {edit.new}" for edit in change.edits]
        for change in found.changes
    }


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("from a, relu", "from b, relu", {"relu1": ["reads a → b"]}),
        ("from a, x: relu", "from in, x: relu", {"x": ["reads a → the input"]}),
        ("relu, add a", "relu, add in", {"add1": ["reads a → the input"]}),
        (
            "{branches: {x: from a, y: tanh}}, relu",
            "{branches: {x: from b, y: tanh}}, relu",
            {"concat1/concat": ["reads a → b"]},
        ),
        (
            "{branches: {x: from a, y: tanh}}, relu",
            "{branches: {x: from in, y: tanh}}, relu",
            {"concat1/concat": ["reads a → b"]},
        ),
        (
            "{branches: {x: from a, y: tanh}, merge: mul}",
            "{branches: {x: from b, y: tanh}, merge: mul}",
            {"mul1/mul": ["reads a → b"]},
        ),
        ("again a", "again b", {"again1": ["shares a → b"]}),
        ("x: again a", "x: conv 3x3 4", {"x": ["shares a → no weights"]}),
        ("x: conv 3x3 4", "x: again b", {"x": ["shares no weights → b"]}),
        ("from a, x: again b", "from in, x: again a", {"x": ["reads a → the input", "shares b → a"]}),
    ],
)
def test_another_edge_is_an_edit_where_it_is_read(
    old: str, new: str, expected: dict[str, list[str]]
) -> None:
    read = ", from a, aux: [], from b, aux: []"  # so that nothing is without a reader
    found = between(f"{TWO}, {old}, end: []{read}, from end", f"{TWO}, {new}, end: []{read}, from end")
    assert edits(found) == expected
    assert found.is_edited


# Nothing but the flow differs here: a name is read at most where the flow comes from.
FLOWS = {
    "a shortcut that is gone": (
        "{branches: {s: [], r: [x: conv 3x3 4, relu]}, merge: add}, tanh",
        "{branches: {r: [x: conv 3x3 4, relu]}, merge: add}, tanh",
        {"add1/add": ["reads the input add1/r/relu1 → add1/r/relu1"]},
    ),
    "the flow from elsewhere": (
        "a: conv 5x5 4, tanh, add a",
        "a: conv 5x5 4, from in, tanh, add a",
        {"tanh1": ["reads a → the input"]},
    ),
    "a layer that is passed by": (
        "{aux: []}, n: from in, c: conv 3x3 4, {aux: []}, relu",
        "c: conv 3x3 4, {aux: []}, n: from in, {aux: []}, relu",
        {"relu1": ["reads c → the input"]},
    ),
    "an output that is fed by another": (
        "s: conv 3x3 4, {out: relu}, conv 3x3 4, {out: [tanh]}",
        "s: conv 3x3 4, {out: relu}, from in, conv 3x3 4, {out: [tanh]}",
        {"conv1": ["reads s → the input"]},
    ),
    "a side head that is fed by another": (
        "s: conv 3x3 4, {aux: [conv 1x1 9]}, tanh",
        "s: conv 3x3 4, {aux: [from in, conv 1x1 9]}, tanh",
        {"aux1/conv1": ["reads s → the input"]},
    ),
    "branches in another order": (
        "{branches: {a: relu, b: []}}, slice 0 4",
        "{branches: {b: [], a: relu}}, slice 0 4",
        {"slice1": ["reads concat1/a the input → the input concat1/a"]},
    ),
    "branches that read a name in another order": (
        "a: relu, {branches: {p: from a, q: tanh}}, conv 1x1 4",
        "a: relu, {branches: {q: tanh, p: from a}}, conv 1x1 4",
        {"concat1/concat": ["reads a concat1/q → concat1/q a"]},
    ),
    "the size of another layer": (
        "a: relu, b: tanh, resize like=a",
        "a: relu, b: tanh, resize like=b",
        {"resize1": ["like a → b"]},
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), FLOWS.values(), ids=FLOWS)
def test_another_flow_is_an_edit(old: str, new: str, expected: dict[str, list[str]]) -> None:
    found = between(old, new)
    assert edits(found) == expected
    assert found.is_edited


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a: relu, b: tanh", "a: relu, conv 1x1 4, b: tanh"),
        ("a: relu, {aux: []}, b: tanh", "a: relu, {aux: []}, conv 1x1 4, batchnorm, b: tanh"),
        (
            "{branches: {p: relu, q: tanh}}, conv 1x1 4",
            "{branches: {p: relu, q: tanh, r: conv 1x1 4}}, conv 1x1 4",
        ),
        ("{branches: {p: relu, q: []}, merge: add}", "{branches: {p: relu, q: tanh}, merge: add}"),
    ],
)
def test_what_was_added_tells_of_what_it_feeds(old: str, new: str) -> None:
    for found, kind in ((between(old, new), "added"), (between(new, old), "removed")):
        assert {change.kind for change in found.changes} - {"follows"} == {kind}


def test_what_has_moved_tells_of_its_neighbours() -> None:
    found = between("a: relu, b: tanh, c: gelu, d: silu", "a: relu, c: gelu, b: tanh, d: silu")
    assert edits(found) == {"c": ["reads b → a"]}
    assert found.is_edited


def test_concats_of_concats_are_opened_once() -> None:
    """Thirty times two branches are 2^30 times their input, which no list holds."""
    doubled = "{repeat: 30, layers: {branches: {p: [], q: []}}}, conv 1x1 2"
    old, new = (
        convcalc.loads(f"input: [1, 8, 8]\nlayers: [n: relu, {aside}{doubled}]\n")
        for aside in ("", "aux: [], from in, ")
    )
    assert edits(diff(old, new)) == {"conv1": ["reads n n → the input the input"]}


def test_of_many_sources_the_first_are_named() -> None:
    names = [f"a{place}" for place in range(30)]
    each = ", ".join(f"{name}: relu" for name in names)
    body = "{{branches: {{{0}}}}}, conv 1x1 4"
    both = [body.format(f"{one}, {other}") for one, other in ((each, "z: []"), ("z: []", each))]
    (change,) = between(*both).changes
    first = " ".join(f"concat1/{name}" for name in names[:19])
    assert change.edits[0].old == f"{first} concat1/a19 and more"
    assert change.edits[0].new == f"the input {first} and more"


def test_sharing_the_weights_of_another_group_is_an_edit() -> None:
    groups = "g: [conv 1x1 4, batchnorm], h: [conv 1x1 4, batchnorm]"
    found = between(f"{groups}, x: again g", f"{groups}, x: again h")
    assert edits(found) == {"x/conv1": ["shares g → h"], "x/batchnorm1": ["shares g → h"]}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tanh", "from a, aux: [], from b, tanh"),
        ("relu, add b", "relu, x: [], from b, aux: [], from x, add b"),
    ],
)
def test_the_same_edge_in_other_words_is_no_edit(old: str, new: str) -> None:
    found = between(f"{TWO}, {old}", f"{TWO}, {new}")
    assert not found.changes
    assert not found.ends


def test_an_output_is_called_by_the_names_in_the_file() -> None:
    layers = f"{TWO}, d: {{branches: {{x: from a, y: tanh}}}}, e: relu, aux: []"
    assert between(f"{layers}, from d", f"{layers}, from e").ends == ("a d/y", "e")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("- from a\n- relu", "- from b\n- relu", ["reads a", "reads b"]),
        ("- add a", "- add b", ["add a", "add b"]),
        ("- x: again a", "- x: again b", ["again a", "again b"]),
    ],
)
def test_the_cause_says_what_is_read(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], old: str, new: str, expected: list[str]
) -> None:
    before = f"{HEAD}layers:\n- {{a: conv 3x3 4}}\n- {{b: conv 3x3 4}}\n- {{c: conv 3x3 4}}\n"
    after = "\n- end: []\n- from c\n- aux: []\n- from end\n"
    for name, text in (("old", old), ("new", new)):
        (tmp_path / f"{name}.yaml").write_text(before + text + after)
    main(["diff", str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml"), "--format", "json"])
    (cause,) = json.loads(capfd.readouterr().out)["causes"]
    line = 6 + old.count("\n")
    assert [cause["line"], cause["old"], cause["new"]] == [line, *expected]
