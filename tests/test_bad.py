"""Every file in tests/bad has a fault, or a few, and the message for it is right to the letter.

`make update` writes the expected messages again; each is worth reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import convcalc.reader.yaml_tree

TOP = Path(__file__).resolve().parent.parent
BAD = TOP / "tests" / "bad"
NAMES = sorted(path.stem for path in BAD.glob("*.yaml"))

# Files with more than one fault; in any other file a second message would be a cascade.
SEVERAL = {
    "arithmetic-handed-to-a-block": 2,
    "arithmetic-in-the-input": 2,
    "arithmetic-of-other-languages": 7,
    "arithmetic-that-is-not-closed": 3,
    "arithmetic-without-its-parentheses": 15,
    "branches-of-other-channels": 2,
    "budget-limit-written-otherwise": 2,
    "branches-resized": 9,
    "comma-missing-between-blocks": 4,
    "document-is-empty-mapping": 2,
    "duplicate-key-twice-over": 2,
    "errors-in-two-branches": 2,
    "errors-in-variants": 2,
    "four-errors": 4,
    "gates-that-do-not-fit": 5,
    "kernel-bad-and-unknown-option": 2,
    "kernel-of-other-axes": 3,
    "layers-beside-structures": 6,
    "merge-key-with-alias": 2,
    "operation-as-the-name-of-a-group-that-is-read": 2,
    "name-handed-to-a-block-of-another-size": 4,
    "name-handed-to-a-block-that-is-none": 5,
    "name-slip-in-each-place": 7,
    "parts-as-keys": 4,
    "several-errors-in-every-part": 9,
    "several-errors-in-one-layer": 3,
    "signs-between-names": 6,
    "stride-and-padding-by-place": 3,
    "tag-python": 2,
    "transposed-and-rearranged": 6,
    "two-branches-of-three-mismatch": 2,
    "two-errors-on-one-line": 2,
    "two-unknown-options": 2,
}

# Such messages have the words of PyYAML's two parsers, which also differ in where they stop.
NOTATION = "not valid YAML"

ERROR = re.compile(r"^(tests/bad/.*\.yaml):([1-9]\d*):([1-9]\d*): error: (.+)$", re.MULTILINE)
EXCERPT = re.compile(r"^ *(\d+) \| (.*)\n {5}\| ( *)\^~*$", re.MULTILINE)


@pytest.fixture(autouse=True)
def top(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder from which a file is named as in the expected messages."""
    monkeypatch.chdir(TOP)


def spec(name: str) -> str:
    return f"tests/bad/{name}.yaml"


def expected(name: str) -> str:
    return (BAD / f"{name}.out").read_bytes().decode("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_is_refused_with_its_message(run: Callable, update: bool, name: str) -> None:
    ran = run("summary", spec(name))
    assert ran.code == 2
    assert ran.out == ""
    assert "Traceback" not in ran.err
    if update:
        (BAD / f"{name}.out").write_bytes(ran.err.encode("utf-8"))
    elif NOTATION in expected(name) and not yaml.__with_libyaml__:
        assert ERROR.match(ran.err)
    else:
        assert ran.err == expected(name)


@pytest.mark.parametrize(
    "name",
    [
        name
        if NOTATION in expected(name) or number % 8 == 0
        else pytest.param(name, marks=pytest.mark.full)
        for number, name in enumerate(NAMES)
    ],
)
def test_a_fault_is_found_without_libyaml_too(
    run: Callable, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(convcalc.reader.yaml_tree, "Loader", yaml.SafeLoader)
    ran = run("summary", spec(name))
    assert ran.code == 2
    assert ran.out == ""
    if NOTATION in expected(name):
        assert ERROR.match(ran.err)
        assert "Traceback" not in ran.err
    else:
        assert ran.err == expected(name)


def test_one_fault_has_one_message() -> None:
    assert {
        name: count for name in NAMES if (count := len(ERROR.findall(expected(name)))) != 1
    } == SEVERAL


def test_a_message_stands_at_its_place_in_the_text() -> None:
    """Errors come in the order of the text, and each caret stands under the column that is named."""
    assert [name for name in NAMES if not stands_at_its_place(expected(name))] == []


def stands_at_its_place(text: str) -> bool:
    places = [(int(line), int(column)) for _, line, column, _ in ERROR.findall(text)]
    if places != sorted(places):
        return False
    found = re.findall(r"^tests/bad/\S+:(\d+):(\d+): (?:error|note): .+\n(?= *\d+ \| )", text, re.M)
    excerpts = EXCERPT.findall(text)
    if [line for line, _ in found] != [line for line, _, _ in excerpts]:
        return False
    # A long line is cut; escaped and wide characters take other than one column.
    return all(
        len(indent) + 1 == int(column)
        for (_, column), (_, shown, indent) in zip(found, excerpts, strict=True)
        if shown.isascii() and "\\" not in shown and len(shown) < 100
    )


def test_every_file_has_an_expected_message_and_every_message_a_file() -> None:
    files = sorted(path.name for path in BAD.iterdir())
    assert files == sorted(f"{name}.{suffix}" for name in NAMES for suffix in ("out", "yaml"))
    assert len(NAMES) > 110


def test_every_file_is_named_in_lower_case_with_dashes() -> None:
    assert [name for name in NAMES if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []
