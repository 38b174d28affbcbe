"""What a file declares and nothing uses is told once, and changes neither answer nor exit code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = "input: [3, 8, 8]\n"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def notes(run: Callable, text: str, *words: str) -> str:
    Path("net.yaml").write_text(text)
    ran = run("summary", "net.yaml", "--field", "params", *words)
    assert ran.code == 0
    assert ran.out
    return ran.err.replace("convcalc: net.yaml: nothing uses ", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("parameters: {a: 1}\nlayers: relu\n", 'the parameter "a"\n'),
        ("parameters: {a: 1}\nlayers: conv 1x1 $a\n", ""),
        ("parameters: {a: 1, b: 2}\nlayers: {repeat: $(a+1), layers: relu}\n", 'the parameter "b"\n'),
        ("define: {f: relu, g: f}\nlayers: f\n", 'the block "g"\n'),
        ("define: {f: relu, g: f}\nlayers: g\n", ""),
        ("define: {f: g, g: relu}\nlayers: relu\n", 'the block "f", the block "g"\n'),
        ("define: {f(c): relu}\nlayers: f 1\n", 'the argument "c" of "f"\n'),
        ('define: {"f(c, d=$c)": conv 1x1 $d}\nlayers: f 1\n', ""),
        # the argument hides the parameter wherever it could be meant
        ("parameters: {c: 1}\ndefine: {f(c): conv 1x1 $c}\nlayers: f 2\n", 'the parameter "c"\n'),
        ("parameters: {c: 1}\ndefine: {f(c): conv 1x1 $c}\nlayers: f $c\n", ""),
        ('parameters: {c: 1}\ndefine: {"f(d=$c)": conv 1x1 $d}\nlayers: f\n', ""),
        # what only an unused block uses is used by nothing
        (
            "parameters: {c: 1}\ndefine: {f: conv 1x1 $c}\nlayers: relu\n",
            'the parameter "c", the block "f"\n',
        ),
        ("define: {f(b): $b, g: relu}\nlayers: f g\n", ""),  # a head with a $ may call any block
        ("layers: [{aux: [{x: conv 1x1 $c}]}]\nparameters: {c: 1}\n", ""),
        ("branches: {a: conv 1x1 $c, b: [relu]}\nparameters: {c: 1}\n", ""),
    ],
)
def test_what_nothing_uses_is_told(run: Callable, text: str, said: str) -> None:
    assert notes(run, HEAD + text) == said


def test_a_parameter_of_the_input_is_used(run: Callable) -> None:
    text = "input: [3, $s, {0}]\nparameters: {{s: 8}}\nlayers: relu\n"
    assert notes(run, text.format("$s")) == ""
    assert notes(run, text.replace("$s, ", "8, ").format(8)) == 'the parameter "s"\n'


def test_one_variant_that_uses_it_is_enough(run: Callable) -> None:
    variants = "{x: {layers: conv 1x1 $a}, y: {layers: []}}"
    text = f"{HEAD}parameters: {{a: 1, b: 2}}\nvariants: {variants}\n"
    assert notes(run, text) == 'the parameter "b"\n'
    assert run("summary", "net.yaml#y").err == ""  # one of them need not use all


@pytest.mark.parametrize("command", ["summary", "compare", "check", "verify", "reconcile", "diff"])
def test_it_is_told_once_a_file(run: Callable, command: str) -> None:
    if command == "verify":
        pytest.importorskip("numpy")
    Path("net.yaml").write_text(f"{HEAD}parameters: {{a: 1}}\nlayers: relu\nexpect: {{params: 0}}\n")
    ran = run(command, "net.yaml", "net.yaml")
    assert (ran.code, ran.err) == (0, 'convcalc: net.yaml: nothing uses the parameter "a"\n')
