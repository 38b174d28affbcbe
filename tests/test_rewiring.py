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
        ("from a, x: relu", "from in, x: relu", {"x": ["reads a → no name"]}),
        ("relu, add a", "relu, add in", {"add1": ["reads a → no name"]}),
        (
            "{branches: {x: from a, y: tanh}}, relu",
            "{branches: {x: from b, y: tanh}}, relu",
            {"concat1/concat": ["reads a → b"]},
        ),
        (
            "{branches: {x: from a, y: tanh}}, relu",
            "{branches: {x: from in, y: tanh}}, relu",
            {"concat1/concat": ["reads a → no name"]},
        ),
        (
            "{branches: {x: from a, y: tanh}, merge: mul}",
            "{branches: {x: from b, y: tanh}, merge: mul}",
            {"mul1/mul": ["reads a → b"]},
        ),
        ("again a", "again b", {"again1": ["shares a → b"]}),
        ("x: again a", "x: conv 3x3 4", {"x": ["shares a → no weights"]}),
        ("x: conv 3x3 4", "x: again b", {"x": ["shares no weights → b"]}),
        ("from a, x: again b", "from in, x: again a", {"x": ["reads a → no name", "shares b → a"]}),
    ],
)
def test_another_edge_is_an_edit_where_it_is_read(
    old: str, new: str, expected: dict[str, list[str]]
) -> None:
    read = ", from a, aux: [], from b, aux: []"  # so that nothing is without a reader
    found = between(f"{TWO}, {old}, end: []{read}, from end", f"{TWO}, {new}, end: []{read}, from end")
    assert edits(found) == expected
    assert found.is_edited


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
