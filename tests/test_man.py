"""The manual pages: one for each command, fresh, and readable by the programs that show them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import click
import man
import pytest

from convcalc.commands.help import COMMANDS, EXIT_CODES
from convcalc.commands.program import BROKEN_PIPE, FAULT, FINE, INTERRUPTED, INVALID, NO, program

ROOT = Path(__file__).resolve().parent.parent
MAN = ROOT / "docs" / "man"


def shown(page: str) -> str:
    """The page as mandoc shows it, without its overstrikes."""
    if shutil.which("mandoc") is None:
        pytest.skip("mandoc is not installed")
    done = subprocess.run(
        ["mandoc", "-T", "utf8", "-O", "width=200", MAN / page],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return re.sub(".\b", "", done.stdout)


def test_there_is_a_page_for_each_command_and_no_other():
    expected = {"convcalc.1", *(f"convcalc-{name}.1" for name in COMMANDS)}
    assert {path.name for path in MAN.iterdir()} == expected


def test_every_page_is_fresh():
    assert {path.name: path.read_text("utf-8") for path in MAN.iterdir()} == man.pages()


def test_every_exit_code_is_explained():
    assert list(EXIT_CODES) == [FINE, NO, INVALID, FAULT, INTERRUPTED, BROKEN_PIPE]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_has_every_option_and_the_examples_as_they_are_typed(run, name):
    page = shown(f"convcalc-{name}.1")
    command = program.get_command(click.Context(program), name)
    assert command
    for option in (one for one in command.params if isinstance(one, click.Option)):
        assert re.search(rf"^ +{', '.join(option.opts)}\b", page, re.MULTILINE)
    examples = re.findall(r"^  (convcalc .*)$", run(name, "--help").out, re.MULTILINE)
    assert examples
    for example in examples:
        assert f" {example}\n" in page


def test_the_first_page_names_every_command():
    page = shown("convcalc.1")
    for name, about in COMMANDS.items():
        assert re.search(rf"convcalc-{name}\(1\)\s+{re.escape(about)}", page)


@pytest.mark.parametrize("path", sorted(MAN.iterdir()), ids=lambda path: path.name)
@pytest.mark.parametrize(
    "command",
    [["mandoc", "-T", "lint", "-W", "warning"], ["groff", "-man", "-Tutf8", "-ww", "-z"]],
    ids=lambda command: command[0],
)
def test_a_page_has_no_mistake(path, command):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run([*command, path], capture_output=True, encoding="utf-8", check=False)
    lines = (done.stdout + done.stderr).splitlines()
    # A date would be another one each day.
    assert [line for line in lines if "missing date" not in line] == []


def test_no_text_is_taken_for_a_request():
    found = man.roff(".TH\na\\b -x 'q' `g` ~ ^ ×")
    assert found.splitlines() == [r"\&.TH", r"a\eb \-x \(aqq\(aq \(gag\(ga \(ti \(ha \[u00D7]"]
