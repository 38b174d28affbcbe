"""The command line: exit codes, wrong words, every option. What the numbers are is tested elsewhere."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import convcalc
from convcalc.commands.help import COMMANDS

CONFIGS = Path(__file__).resolve().parent.parent / "configs"

GOOD = "input: [3, 8, 8]\nlayers: [conv 1x1 4, relu]\n"
BAD = "input: [3, 8, 8]\nlayers: [cnov 1x1 4]\n"
ALPHA = "parameters: {alpha: 1, res: 8}\ninput: [3, $res, $res]\nlayers: conv 1x1 $(8*alpha)\n"
VARIANTS = "input: [3, 8, 8]\nvariants:\n  small: {layers: conv 1x1 2}\n  large: {layers: conv 1x1 9}\n"
COUNTS = ["params", "weights", "biases", "norm", "buffers", "macs", "flops", "activations"]
AUX = "input: [3, 8, 8]\nlayers:\n- conv 1x1 2\n- side: {aux: conv 1x1 5}\n- conv 1x1 3\n"


pytestmark = pytest.mark.usefixtures("folder")


def stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def models(run: Callable[..., object], *arguments: str) -> list[dict]:
    """The models of the JSON that a command line prints."""
    ran = run(*arguments, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    return json.loads(ran.out)["models"]


def explanations(run: Callable[..., object], *arguments: str) -> list[dict]:
    """The explanations of the JSON that explain prints."""
    ran = run("explain", *arguments, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    return json.loads(ran.out)["explanations"]


def titles(found: list[dict]) -> list[str]:
    return [one["name"] + (f"#{one['variant']}" if one["variant"] else "") for one in found]


def first_words(table: str) -> list[str]:
    """The first word of each row between the rule below the header and what follows the rows."""
    lines = table.splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("──")) + 1
    end = next(index for index in range(start, len(lines)) if lines[index][:2] in ("", "──"))
    return [line.split()[0] for line in lines[start:end]]


# --- Exit codes


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", "inception3a"],
        ["summary", "inception3a"],
        ["explain", "inception3a"],
        ["sweep", "mobilenet_v1", "alpha=0.5,1"],
        ["list"],
        ["show", "inception3a"],
        ["ops"],
        ["ops", "conv"],
    ],
    ids=" ".join,
)
def test_a_command_that_does_its_work_is_0_and_silent_on_stderr(run, arguments):
    ran = run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("\n")


def test_an_invalid_file_is_2_with_its_place(run, folder):
    (folder / "net.yaml").write_text(BAD)
    ran = run("summary", "net.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("net.yaml:2:10: error: ")


def test_all_errors_of_all_specs_are_shown(run, folder):
    (folder / "one.yaml").write_text(BAD.replace("4]", "4, rlu]"))
    (folder / "two.yaml").write_text("input: [3, 8, 8]\nlayers: conv 1x1 zero\n")
    ran = run(
        "compare", "one.yaml", "conv1x1", "two.yaml", "nowhere.yaml", "--input", "3x8x8", "-e", "relo"
    )
    assert (ran.code, ran.out) == (2, "")
    for place in ("one.yaml:2:10: ", "one.yaml:2:22: ", "two.yaml:2:18: ", "-e:1:1: ", "error: no file"):
        assert sum(line.startswith(place) for line in ran.err.splitlines()) == 1
    assert '"nowhere.yaml"' in ran.err


@pytest.mark.parametrize("fault", [ZeroDivisionError("one\nline"), RecursionError(), MemoryError()])
def test_a_fault_in_the_program_is_3_and_one_line(run, monkeypatch, fault):
    import convcalc.commands.list as module

    def fail(**_):
        raise fault

    monkeypatch.setattr(module.command, "callback", fail)
    ran = run("list")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("error: a fault in convcalc itself: ")
    assert ran.err.count("\n") == 1
    assert type(fault).__name__ in ran.err


def test_a_fault_shows_its_traceback_when_asked(run, monkeypatch):
    import convcalc.commands.list as module

    def fail(**_):
        raise ZeroDivisionError

    monkeypatch.setattr(module.command, "callback", fail)
    monkeypatch.setenv("CONVCALC_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        run("list")


def test_an_interruption_is_130(run, monkeypatch):
    import convcalc.commands.list as module

    def interrupt(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module.command, "callback", interrupt)
    ran = run("list")
    assert (ran.code, ran.out, ran.err.strip()) == (130, "", "")


# --- Help and version


@pytest.mark.parametrize("arguments", [[], ["-h"], ["--help"]], ids=str)
def test_help_names_every_command(run, arguments):
    ran = run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    words = [line.split()[0] for line in ran.out.splitlines() if line.startswith("  ")]
    assert set(COMMANDS) <= set(words)
    assert max(map(len, ran.out.splitlines())) <= 100


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_has_help_with_an_example(run, name, option):
    ran = run(name, option)
    assert (ran.code, ran.err) == (0, "")
    assert f"  convcalc {name}" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 100


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_every_option_with_its_purpose(run, name):
    from importlib import import_module

    import click

    command = import_module(f"convcalc.commands.{name}").command
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help
            assert option.opts[-1] in run(name, "--help").out


@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS)], ids=" ".join)
def test_version(run, words):
    assert run(*words, "--version") == (0, f"convcalc {convcalc.__version__}\n", "")


# --- Wrong words: one line, no usage, exit 2. A "…" stands for any words.

WRONG = {
    "googlenet": 'no command "googlenet", but a config of that name is shipped; '
    "try: convcalc summary googlenet",
    "googlenet#paper": "try: convcalc summary googlenet#paper",
    "sumary googlenet": 'no command "sumary"; did you mean "summary"?',
    "xyzzy": 'no command "xyzzy"; there are compare, summary, explain, ',
    "net.yaml": "try: convcalc summary net.yaml",
    "version": "try: convcalc --version",
    "--verison": 'did you mean "--version"?',
    "-v": "write --version",
    "import": "import needs FILE; try: convcalc import --help",
    "list foo": 'list takes no more words; "foo" is one too many',
    "summary net.yaml -o": "-o needs a value behind it",
    "summary net.yaml --json": 'summary has no option "--json"; write --format json',
    "summary net.yaml --variant small": "a variant stands behind the SPEC: SPEC#VARIANT",
    "summary net.yaml --depth all": '--depth must be a whole number from 0, not "all"',
    "check net.yaml --max-params 1M": "write --max params=...",
    "compare net.yaml M": '"M"; a value has no spaces',
    "compare conv1x1 3x3 64": "what has them stands in quotes",
    "summary net.yaml c=32": "a parameter's value is written --set c=32",
    "draw net.yaml out.svg": "a file to write to is named by -o out.svg",
    "summary inception3a:naive": "a variant is written inception3a#naive",
    "summary inception3a@naive": "and a variant #NAME",
    "summary nowhere/": 'no file and no shipped config "nowhere/"',
    "sweep alpha.yaml alpha=1-10": "write 1..10",
    "sweep alpha.yaml alpha=1, 2": "no space stands behind a comma",
    "sweep alpha.yaml alpha=[1,2]": "write alpha=1,2, not",
    "sweep alpha.yaml alpha=1;2": "write alpha=1,2, not",
    "reconcile inception3a#naive --claim 4.1": "write 4.1G or 4.1M",
    "reconcile inception3a#naive --claim 4.1GFLOPs": "write 4.1G",
    "reconcile inception3a#naive --claim params=6M": "write 6M",
    "compare conv1x1 inception3a 3x3/conv1": '"3x3/conv1" is no SPEC but a part of inception3a; '
    "try: convcalc explain inception3a 3x3/conv1, or draw with --path 3x3/conv1",
    "draw conv1x1 -o a.pdf": 'no picture has the suffix ".pdf"; write .svg, or .tex for LaTeX',
    "--bogus": 'convcalc has no option "--bogus"',
    "explain inception3a#redcued": 'inception3a has no variant "redcued"; did you mean "reduced"? '
    "It has naive, reduced",
    "explain inception3a#xyzzy": 'inception3a has no variant "xyzzy"; it has naive, reduced',
    "summary conv1x1#small": 'conv1x1 has no variants, so no "small"',
    "summary inception3a#": '"inception3a#" names no variant',
    "explain inception3a#reduced 3x3/conv3": 'inception3a#reduced has no layer "3x3/conv3"; '
    'under "3x3": 3x3/conv1, 3x3/conv2',
    "explain inception3a#reduced xyzzy": 'no layer "xyzzy"; it has 1x1, 3x3, 5x5, pool',
    "explain inception3a#reduced pol": 'did you mean "pool"?',
    "compare incepton3a": 'no file and no shipped config "incepton3a"; did you mean "inception3a"?',
    "compare xyzzy": 'no file and no shipped config "xyzzy"; shipped are …conv1x1…inception3a',
    "compare folder/inception3a.yaml": 'did you mean the shipped config "inception3a"?',
    "compare ResNet50": 'did you mean the shipped config "resnet50"?',
    "compare nte.yaml": 'did you mean "net.yaml"?',
    "compare .": 'cannot read "."',
    "compare": "compare needs a SPEC; try: convcalc compare inception3a",
    "summary": "summary needs a SPEC; try: convcalc summary inception3a",
    "explain": "explain needs a SPEC; try: convcalc explain inception3a",
    "compare inception3a --formt csv": 'compare has no option "--formt"; did you mean "--format"?',
    "summary inception3a --dept 1": 'summary has no option "--dept"; did you mean "--depth"?',
    "summary inception3a --format jsn": '--format cannot be "jsn"; did you mean "json"? '
    "There are table, markdown, csv, tsv, json",
    "summary inception3a --sort mac": '"mac"; did you mean "macs"?',
    "summary inception3a --field flop": '"flop"; did you mean "flops"?',
    "compare inception3a --dtype float23": '"float23"; did you mean "float32"?',
    "compare inception3a --rows part": 'did you mean "parts"? There are parts, networks',
    "compare inception3a --rows xyzzy": '--rows cannot be "xyzzy"; there are parts, networks',
    "summary inception3a -z": 'summary has no option "-z"',
    "compare inception3a --format yaml": "--format…yaml…table…markdown…csv…tsv…json",
    "list --format latex": "--format…latex…table",
    "explain inception3a --format yaml": "--format…yaml…latex",
    "compare inception3a --format": "--format",
    "compare inception3a --baseline xyzzy": 'no network "xyzzy" to be the baseline; '
    "there are inception3a#naive, inception3a#reduced",
    "compare inception3a --baseline inception3a#reducd": 'did you mean "inception3a#reduced"?',
    "compare inception3a --baseline redcued": 'did you mean "reduced"?',
    "compare inception3a --dtype float8": "--dtype…float8…float32…float16…int8",
    "compare inception3a --rows columns": "--rows…columns…parts…networks",
    "compare inception3a --depth -1": "--depth…-1",
    "compare inception3a --depth one": "--depth…one",
    "summary inception3a --depth -1": "--depth…-1",
    "summary inception3a --columns parms": 'no column "parms"; did you mean "params"?',
    "summary inception3a --columns xyzzy": 'no column "xyzzy"; there are operation, ',
    "summary inception3a --columns params,": 'no column ""',
    "summary inception3a --columns +xyzzy": 'no column "xyzzy"',
    "summary inception3a --sort output": "--sort…output…params…macs",
    "summary inception3a --sort peak_activations": "--sort…peak_activations…params…macs",
    "summary inception3a --field output": "--field…output…params…macs",
    "summary inception3a --field params --format csv": "--field prints bare integers, so it goes "
    "without --format",
    "explain inception3a#reduced 3x3 5x5": 'explain takes one PATH; "5x5" is one too many',
    "explain conv1x1 conv1 inception3a": 'the PATH comes last; "conv1" is no file',
    "explain --input 3x8x8 -e relu relu1 relu2": "one too many",
    "summary C:\\net.yaml": "no file and no shipped config",
    "sweep": "SPEC",
    "sweep alpha.yaml": "sweep needs NAME=VALUES such as alpha=0.25,0.5,1",
    "sweep alpha.yaml alpha": 'no file and no shipped config "alpha"; did you mean "alpha.yaml"?',
    "sweep alpha=1": "sweep needs a SPEC; try: convcalc sweep mobilenet_v1 alpha=0.5,1",
    "sweep alpha.yaml alpha=1 --fit alpha": "--fit needs a limit, such as --max macs=300M or a budget",
    "sweep alpha.yaml alpha=1 --fit res --max macs=1": "--fit needs values, and the sweep has no "
    'parameter "res"',
    "sweep alpha.yaml alpha=1 --max mac=1": '--max has no count "mac"; did you mean "macs"?',
    "sweep alpha.yaml alpha=1 --min macs=x": "--min needs macs=170000",
    "check net.yaml --since main..topic": "diff --since main..topic tells broken budgets too",
    "sweep alpha.yaml alpha=1 --max weights=2MB": "; write weight_bytes=2MB",
    "check conv1x1 --max activations=2MiB": "; write peak_activation_bytes=2MiB",
    "sweep alpha.yaml@alpha=1 alpha=2": '"alpha.yaml@alpha=1": alpha=1 is hidden by alpha=...;',
    "sweep alpha.yaml =1": 'not "=1"',
    "sweep alpha.yaml alpha=": "alpha must be a number such as 0.5, a range such as "
    '128..224..32, or a word such as relu, not ""',
    "sweep alpha.yaml alpha=1,": 'not ""',
    "sweep alpha.yaml alpha=one..two": 'not "one..two"',
    "sweep alpha.yaml alpha=-1": 'not "-1"',
    "sweep alpha.yaml alpha=1..": 'not "1.."',
    "sweep alpha.yaml alpha=0.25..1": '"0.25..1" needs a step such as 0.25..1..0.25',
    "sweep alpha.yaml alpha=1..2..0": '"1..2..0" needs a step such as 0.25..1..0.25',
    "sweep alpha.yaml alpha=1..2..1..1": 'not "1..2..1..1"',
    "sweep alpha.yaml alpa=1": 'alpha has no parameter "alpa"; did you mean "alpha"?',
    "sweep alpha.yaml xyzzy=1": 'alpha has no parameter "xyzzy"; there are alpha, res',
    "sweep alpha.yaml alpha=1 --set xyzzy=1": 'alpha has no parameter "xyzzy"; there are alpha, res',
    "sweep alpha.yaml alpha=1 --set alpha=2": "--set alpha=2 is hidden by alpha=...; leave one out",
    "sweep conv1x1 alpha=1": 'conv1x1 has no parameter "alpha"; none is declared',
    "sweep inception3a alpha=1": 'no parameter "alpha"; none is declared',
    "sweep alpha.yaml alpha=1..1001 res=1..1000": "1,001,000 combinations; --yes runs them all",
    "sweep alpha.yaml alpha=1..99999999999 --yes": '"1..99999999999" has 99,999,999,999 values',
    "sweep alpha.yaml alpha=1 --sort output": "--sort…output…params…macs",
    "verify inception3a --format latex": "--format…latex…table",
    "ops cnov": 'no operation "cnov"; did you mean "conv"?',
    "ops xyzzy": 'no operation "xyzzy"; there are conv, ',
    "summary inception3a --input 3,64,64": 'not "3,64,64"; write 3x64x64',
    "summary inception3a --input (3,64,64)": 'not "(3,64,64)"; write 3x64x64',
    "summary inception3a --input 3*64": 'not "3*64"; write 3x64',
    "summary mobilenet_v1 --alpha 0.5": "if alpha is a parameter, write --set alpha=VALUE",
    "summary mobilenet_v1 --set alpha:0.5": 'not "alpha:0.5"; write alpha=0.5',
    "check mobilenet_v1 --budget params=5M": '"--budget"; write --max NAME=LIMIT',
    "summary resnet-50": 'did you mean "resnet50"?',
    "ops conv relu": "relu",
    "show incepton3a": 'no shipped config "incepton3a"; did you mean "inception3a"?',
    "show xyzzy": 'no shipped config "xyzzy"; there are …conv1x1…inception3a',
    "show ../configs/inception3a": "no shipped config",
    "show": "NAME",
    "list inception3a": "inception3a",
    "summary inception3a --set alpha": '--set needs NAME=VALUE such as alpha=0.5, not "alpha"',
    "summary inception3a --set alpha=1": 'no parameter "alpha"; none is declared',
    "summary alpha.yaml --set alpa=1": 'no parameter "alpa"; did you mean "alpha"?',
    "summary alpha.yaml --set xyzzy=1": 'no parameter "xyzzy"; there are alpha, res',
    "summary alpha.yaml --set alpha=": 'not ""',
    "summary alpha.yaml --set alpha=1e3": (
        "alpha must be a number such as 1 or 0.75, up to 10^18, or one word such as relu or 3x3, "
        'not "1e3"'
    ),
    "summary alpha.yaml --set alpha=-1": 'not "-1"',
    "summary inception3a --input 3x3x3x3x3": (
        '--input must be CxHxW such as 3x224x224, of one to four sizes, not "3x3x3x3x3"'
    ),
    "summary inception3a --input x": 'not "x"',
    "summary inception3a --input 0x3x3": 'not "0x3x3"',
    "summary inception3a --input 3x3x3.5": 'not "3x3x3.5"',
    "summary inception3a --input 3,3,3": 'not "3,3,3"',
    "summary conv1x1 --input 224": "--input 224 is a vector",
    "summary conv1x1 --input 8x8": "--input 8x8 has one axis",
    "summary conv1x1 --input 1x3x8x8": "a batch is no part of it; write 3x8x8",
    "summary conv1x1@input=1x3x8x8": "input 1x3x8x8 has three axes",
    "summary -e relu": "-e needs the shape that enters it, such as --input 192x28x28",
    "summary inception3a -e": "-e",
    "explain --input 3x8x8 -e relu relu2": 'relu has no layer "relu2"; did you mean "relu1"?',
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_word_gets_one_line(run, folder, line):
    (folder / "net.yaml").write_text(GOOD)
    (folder / "alpha.yaml").write_text(ALPHA)
    ran = run(*line.split())
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert ran.err.count("\n") == 1
    assert re.search(".*".join(map(re.escape, WRONG[line].split("…"))), ran.err)
    assert "Usage" not in ran.err


@pytest.mark.parametrize("word", ["a\nb", "\x1b[31m", "\u202eevil", "\x07", "a\x00b"])
@pytest.mark.parametrize(
    "line",
    [
        ["{}"],
        ["summary", "{}"],
        ["summary", "inception3a#{}"],
        ["summary", "--{}"],
        ["explain", "inception3a#naive", "{}"],
        ["compare", "inception3a", "--baseline", "{}"],
        ["compare", "inception3a", "--format", "{}"],
        ["summary", "inception3a", "--columns", "{}"],
        ["summary", "inception3a", "--set", "{}=1"],
        ["summary", "inception3a", "--input", "{}"],
        ["ops", "{}"],
        ["show", "{}"],
    ],
    ids=" ".join,
)
def test_a_wrong_word_is_quoted_harmlessly(run, line, word):
    ran = run(*(part.format(word) for part in line))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert ran.err.count("\n") == 1
    assert ran.err.strip("\n").isprintable()


# --- SPECs


def test_a_file_without_a_name_has_that_of_the_file(run, folder):
    (folder / "net.yaml").write_text(GOOD)
    (model,) = models(run, "summary", "./net.yaml")
    assert (model["name"], model["variant"], model["file"]) == ("net", None, "./net.yaml")


def test_a_path_wins_over_a_shipped_name(run, folder):
    (folder / "googlenet").write_text(GOOD)
    (model,) = models(run, "summary", "googlenet")
    assert model["input"] == [3, 8, 8]


def test_a_variant_is_behind_the_last_sharp(run, folder):
    (folder / "a#b.yaml").write_text(VARIANTS)
    assert titles(models(run, "summary", "a#b.yaml")) == ["a#b#small", "a#b#large"]
    assert titles(models(run, "summary", "a#b.yaml#large")) == ["a#b#large"]


def test_a_file_called_like_a_variant_is_refused_for_it_alone(run, folder):
    (folder / "net.yaml").write_text(VARIANTS)
    (folder / "net.yaml#large").write_text(GOOD)
    assert run("summary", "net.yaml#large").code == 2
    assert [one["variant"] for one in models(run, "summary", "net.yaml#small")] == ["small"]


def test_several_specs_keep_their_order(run, folder):
    (folder / "net.yaml").write_text(VARIANTS)
    found = models(run, "compare", "conv1x1", "net.yaml", "inception3a#naive")
    assert titles(found) == ["conv1x1", "net#small", "net#large", "inception3a#naive"]


def test_standard_input_is_a_spec(run, monkeypatch):
    stdin(monkeypatch, VARIANTS)
    found = models(run, "compare", "conv1x1", "-")
    assert titles(found)[1:] == ["stdin#small", "stdin#large"]
    assert found[1]["file"] == "-"


def test_standard_input_has_variants(run, monkeypatch):
    stdin(monkeypatch, VARIANTS)
    assert run("summary", "-#large", "--field", "params") == (0, f"{3 * 9}\n", "")


def test_a_broken_standard_input_is_named_by_its_dash(run, monkeypatch):
    stdin(monkeypatch, BAD)
    ran = run("summary", "-")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("-:2:10: error: ")


def test_a_folder_is_not_a_file(run, folder):
    (folder / "nets").mkdir()
    assert "file of that name" not in run("nets").err


def test_a_body_stands_for_a_spec_in_every_command(run):
    (explanation,) = explanations(run, "--input", "3x8x8", "-e", "[conv 1x1 4, relu]")
    assert (explanation["name"], explanation["totals"]["params"]) == ("conv 1x1 4, relu", 12)
    for command in ("compare", "summary"):
        (model,) = models(run, command, "--input", "3x8x8", "-e", "[conv 1x1 4, relu]")
        assert (model["name"], model["input"], model["output"]) == (
            "conv 1x1 4, relu",
            [3, 8, 8],
            [4, 8, 8],
        )


def test_bodies_are_repeatable_and_mix_with_specs(run):
    found = models(
        run, "compare", "inception3a", "--input", "192x28x28", "-e", "conv 5x5 32", "-e", "relu"
    )
    assert titles(found) == ["inception3a#naive", "inception3a#reduced", "conv 5x5 32", "relu"]


def test_options_may_stand_before_the_specs(run):
    after = run("compare", "inception3a", "--format", "csv", "--depth", "0")
    assert run("compare", "--format", "csv", "--depth", "0", "inception3a") == after


# --- --input and --set


def test_another_input(run):
    found = models(run, "compare", "inception3a", "--input", "3x5x7")
    assert [one["input"] for one in found] == [[3, 5, 7]] * 2
    assert [one["output"][1:] for one in found] == [[5, 7]] * 2


def test_another_parameter(run, folder):
    (folder / "net.yaml").write_text(ALPHA)
    (model,) = models(run, "summary", "net.yaml", "--set", "alpha=0.5", "--set", "res=4")
    assert model["parameters"] == {"alpha": 0.5, "res": 4}
    assert model["output"] == [4, 4, 4]


def test_the_last_of_two_values_counts(run, folder):
    (folder / "net.yaml").write_text(ALPHA)
    (model,) = models(run, "summary", "net.yaml", "--set", "alpha=2", "--set", "alpha=3")
    assert model["output"] == [24, 8, 8]


def test_of_several_specs_one_must_have_the_parameter(run, folder):
    (folder / "net.yaml").write_text(ALPHA)
    found = models(run, "compare", "conv1x1", "net.yaml", "--set", "alpha=2")
    assert [one["parameters"] for one in found] == [{}, {"alpha": 2, "res": 8}]
    assert run("compare", "conv1x1", "net.yaml", "--set", "beta=2").code == 2


def test_a_value_that_does_not_fit_is_shown_where_it_is_used(run, folder):
    (folder / "net.yaml").write_text(ALPHA)
    ran = run("summary", "net.yaml", "--set", "alpha=0.3")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("net.yaml:3:")
    assert "2.4" in ran.err


# --- compare


@pytest.mark.parametrize("name", ["reduced", "inception3a#reduced"])
def test_the_baseline_is_a_variant_or_a_title(run, name):
    out = run("compare", "inception3a", "--baseline", name).out
    assert " ratio: to reduced; " in out
    total = next(line for line in out.splitlines() if line.startswith(" total"))
    assert total.split()[2:3] == ["2.37"]  # 387,072 / 163,328


def test_the_first_network_is_the_baseline(run):
    out = run("compare", "inception3a").out
    assert out == run("compare", "inception3a", "--baseline", "naive").out
    assert " ratio: to naive; " in out


def test_rows_are_parts_where_few_networks_share_names(run):
    assert first_words(run("compare", "inception3a").out) == ["1x1", "3x3", "5x5", "pool"]


def test_rows_are_networks_where_they_share_none_or_are_many(run):
    assert first_words(run("compare", "conv1x1", "inception3a").out) == [
        "conv1x1",
        "inception3a#naive",
        "inception3a#reduced",
    ]
    four = run("compare", "inception3a", "inception3a").out
    assert len(first_words(four)) == 4


def test_rows_can_be_forced(run):
    networks = first_words(run("compare", "inception3a", "--rows", "networks").out)
    assert networks == ["inception3a#naive", "inception3a#reduced"]
    parts = first_words(run("compare", "conv1x1", "inception3a#naive", "--rows", "parts").out)
    assert parts == ["conv1", "1x1", "3x3", "5x5", "pool"]


def test_depth_of_a_comparison(run):
    totals = run("compare", "inception3a", "--depth", "0").out
    assert first_words(totals) == ["inception3a#naive", "inception3a#reduced"]
    deep = first_words(run("compare", "inception3a#reduced", "--depth", "2").out)
    assert " ".join(deep) == "1x1 3x3/conv1 3x3/conv2 5x5/conv1 5x5/conv2 pool/maxpool1 pool/conv1"


# --- summary


def test_depth_of_a_summary(run):
    assert first_words(run("summary", "inception3a#reduced", "--depth", "1").out) == [
        "1x1",
        "3x3",
        "5x5",
        "pool",
    ]
    assert len(first_words(run("summary", "inception3a#reduced", "--depth", "2").out)) == 10
    assert "depth 1 of 2" in run("summary", "inception3a#reduced", "--depth", "1").out
    assert "depth" not in run("summary", "inception3a#reduced", "--depth", "9").out


def test_a_tree_is_cut_at_40_rows(run):
    out = run("summary", "googlenet#paper").out
    assert len(first_words(out)) == 19
    assert "depth 1 of 3" in out
    assert len(first_words(run("summary", "googlenet#paper", "--depth", "3").out)) > 40


def test_sorted_layers(run):
    out = run("summary", "inception3a#reduced", "--sort", "params", "--columns", "params").out
    rows = [line.split() for line in out.splitlines() if "/" in line and "──" not in line][:6]
    counts = [int(row[-1].replace(",", "")) for row in rows]
    assert counts == sorted(counts, reverse=True)
    assert rows[0] == ["3x3/conv2", "110,592"]


def test_sorted_layers_are_not_said_to_be_cut(run):
    assert "depth" not in run("summary", "googlenet#paper", "--sort", "macs").out


def test_bars_of_sorted_layers(run):
    lines = run("summary", "inception3a#reduced", "--sort", "macs").out.splitlines()
    assert "█" in next(line for line in lines if " 3x3/conv2 " in line)


def test_columns(run):
    header = run("summary", "conv1x1", "--columns", "input,macs,flops").out.splitlines()[2]
    assert header.split() == ["layer", "input", "multiply-adds", "FLOPs"]


def test_more_columns(run):
    header = run("summary", "conv1x1", "--columns", "+weights,biases").out.splitlines()[2].split()
    assert header[:5] == ["layer", "operation", "output", "params", "multiply-adds"]
    assert header[5:] == ["weights", "biases", "share"]


def test_more_columns_stand_before_the_bar(run):
    out = run("summary", "conv1x1", "--columns", "+weights").out
    assert next(line for line in out.splitlines() if "█" in line).endswith("█")


def test_a_column_is_shown_once(run):
    out = run("summary", "conv1x1", "--columns", "+params").out
    assert out.splitlines()[2].split().count("params") == 1


def test_receptive_fields_and_strides_are_columns(run):
    out = run("summary", "googlenet#paper", "--depth", "1", "--columns", "receptive_field,stride").out
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line}
    assert rows["layer"] == ["receptive", "field", "stride"]
    assert rows["conv1"] == ["7×7", "2×2"]
    assert rows["fc"] == []  # a vector has no place


@pytest.mark.parametrize("name", COUNTS)
def test_every_count_is_a_field_a_column_and_an_order(run, name):
    expected = models(run, "summary", "googlenet#caffe")[0]["totals"][name]
    assert run("summary", "googlenet#caffe", "--field", name) == (0, f"{expected}\n", "")
    shown = run("summary", "googlenet#caffe", "--columns", name, "--sort", name)
    assert f"{expected:,}" in shown.out


def test_a_field_of_several_networks_is_a_line_each(run):
    ran = run("summary", "inception3a", "--field", "macs")
    assert ran == (0, "inception3a#naive\t303464448\ninception3a#reduced\t128049152\n", "")


# --- --dtype: bytes

BYTES = {"float32": 4, "float16": 2, "int8": 1}


def test_a_narrow_summary_keeps_the_columns_that_are_asked_for(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    ran = run("summary", "resnet18", "--depth", "1", "--columns", "+weight_bytes,stride")
    assert ran.err == "convcalc: left out at 80 columns: bar, operation\n"
    (total,) = [line.split() for line in ran.out.splitlines() if line.startswith(" total")]
    assert total[1:] == ["1000", "11,689,512", "1,814,073,344", "46,758,048"]  # 4 bytes a parameter


IDLE_DTYPE = "convcalc: --dtype changes nothing here: no bytes are counted"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("summary conv1x1", ""),
        ("summary conv1x1 --format json", ""),
        ("summary conv1x1 --format csv", f"{IDLE_DTYPE}\n"),
        ("summary conv1x1 --by operation", f"{IDLE_DTYPE}\n"),
        ("summary conv1x1 --by operation --format json", ""),
        ("summary conv1x1 --field params", f"{IDLE_DTYPE}; --field weight_bytes prints them\n"),
        ("summary conv1x1 --field params,weight_bytes", ""),
        ("sweep mobilenet_v1 alpha=0.5,1", ""),
        ("sweep mobilenet_v1 alpha=0.5,1 --format csv", ""),
        ("sweep mobilenet_v1 alpha=0.5,1 --format plot", f"{IDLE_DTYPE}\n"),
        ("sweep mobilenet_v1 alpha=0.5,1 --format svg --max weight_bytes=9M", ""),
        ("check conv1x1 --max params=1M", f"{IDLE_DTYPE}\n"),
        ("check conv1x1 --max weight_bytes=1M", ""),
    ],
)
def test_a_type_is_told_to_change_nothing_where_no_bytes_are_counted(run, line, told):
    ran = run(*line.split(), "--dtype", "int8")
    assert (ran.code, ran.err) == (0, told)


@pytest.mark.parametrize("dtype", BYTES)
def test_bytes_are_those_of_the_type(run, folder, dtype):
    (folder / "net.yaml").write_text(GOOD.replace("4,", "4 bias,"))
    size = BYTES[dtype]
    expected = {
        "peak_activations": 2 * 4 * 64,  # what enters and leaves relu
        "weight_bytes": 16 * size,  # those of the biases too
        "peak_activation_bytes": 2 * 4 * 64 * size,
    }
    for command in ("compare", "summary"):
        (model,) = models(run, command, "net.yaml", "--dtype", dtype)
        assert {name: model["totals"][name] for name in expected} == expected
    for name, value in expected.items():
        of_type = ["--dtype", dtype] if name.endswith("bytes") else []
        ran = run("summary", "net.yaml", "--field", name, *of_type)
        assert ran == (0, f"{value}\n", "")


def test_bytes_are_those_of_float32_unless_asked(run):
    assert models(run, "summary", "googlenet") == models(
        run, "summary", "googlenet", "--dtype", "float32"
    )
    assert "bytes" not in run("summary", "inception3a").out


def test_a_summary_says_its_bytes_when_asked(run):
    out = run("summary", "inception3a#reduced", "--dtype", "float16").out
    assert " float16: weights 326,656 bytes, peak of activations 953,344 bytes\n" in out


# --- sweep


def swept(run: Callable[..., object], *arguments: str) -> list[dict]:
    ran = run("sweep", *arguments, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    return json.loads(ran.out)["rows"]


@pytest.fixture
def alpha(folder: Path) -> str:
    """A file with two parameters, of 24 × alpha weights."""
    (folder / "alpha.yaml").write_text(ALPHA)
    return "alpha.yaml"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("0.5", [0.5]),
        ("2,1,0.5", [2, 1, 0.5]),
        ("1..3", [1, 2, 3]),
        ("2..8..2", [2, 4, 6, 8]),
        ("2..9..3", [2, 5, 8]),  # the step does not meet the end
        ("9..2..3", [9, 6, 3]),
        ("3..1", [3, 2, 1]),
        ("4..4", [4]),
        ("0.25..1..0.25", [0.25, 0.5, 0.75, 1]),
        ("1..0.5..0.125", [1, 0.875, 0.75, 0.625, 0.5]),
        ("1,4..6,2", [1, 4, 5, 6, 2]),
        ("1,1.0", [1, 1]),
    ],
)
def test_values_of_a_sweep(run, alpha, values, expected):
    rows = swept(run, alpha, f"alpha={values}")
    assert [row["parameters"] for row in rows] == [{"alpha": value} for value in expected]
    assert [row["params"] for row in rows] == [24 * value for value in expected]


def test_decimal_steps_are_exact(run, folder):
    """0.1 + 0.1 + 0.1 is 0.3 and not 0.30000000000000004."""
    (folder / "net.yaml").write_text(ALPHA.replace("8*", "10*"))
    rows = swept(run, "net.yaml", "alpha=0.1..1..0.1")
    assert [row["parameters"]["alpha"] for row in rows] == [index / 10 for index in range(1, 11)]


def test_every_combination_is_a_row_and_the_last_changes_fastest(run, alpha):
    rows = swept(run, alpha, "res=4,8", "alpha=1..3")
    assert [(row["parameters"]["res"], row["parameters"]["alpha"]) for row in rows] == [
        (res, value) for res in (4, 8) for value in (1, 2, 3)
    ]
    for row in rows:
        res, value = row["parameters"]["res"], row["parameters"]["alpha"]
        assert list(row["parameters"]) == ["res", "alpha"]
        assert (row["input"], row["output"]) == ([3, res, res], [8 * value, res, res])
        assert row["macs"] == 24 * value * res * res


def test_a_row_of_a_sweep_is_the_summary_with_these_parameters(run, alpha):
    (row,) = swept(run, alpha, "alpha=0.5", "res=6", "--dtype", "int8")
    (model,) = models(run, "summary", alpha, "--set", "alpha=0.5", "--set", "res=6", "--dtype", "int8")
    shapes = {"input": model["input"], "output": model["output"]}
    names = {key: model[key] for key in ("name", "variant", "file", "parameters")}
    assert row == {**names, **shapes, **model["totals"], "error": None}


def test_other_parameters_and_another_input_of_a_sweep(run, alpha):
    assert [row["input"] for row in swept(run, alpha, "alpha=1,2", "--set", "res=5")] == [[3, 5, 5]] * 2
    assert [row["input"] for row in swept(run, alpha, "alpha=1,2", "--input", "7x3x4")] == [
        [7, 3, 4]
    ] * 2


def test_a_sorted_sweep(run, alpha):
    rows = swept(run, alpha, "alpha=2,3,1", "res=8,4", "--sort", "macs")
    macs = [row["macs"] for row in rows]
    assert macs == sorted(macs)
    assert len(set(macs)) == 6
    assert first_words(run("sweep", alpha, "alpha=2,3,1", "--sort", "params").out) == ["1", "2", "3"]


def test_a_sweep_with_side_heads(run, folder):
    (folder / "net.yaml").write_text("parameters: {n: 5}\n" + AUX.replace("1x1 5", "1x1 $n"))
    assert [row["params"] for row in swept(run, "net.yaml", "n=1,2")] == [12, 12]
    assert [row["params"] for row in swept(run, "net.yaml", "n=1,2", "--aux")] == [14, 16]


def test_a_variant_is_swept(run, folder, monkeypatch):
    text = "parameters: {n: 5}\n" + VARIANTS.replace("1x1 9", "1x1 $n")
    (folder / "net.yaml").write_text(text)
    assert [row["params"] for row in swept(run, "net.yaml#large", "n=1,2")] == [3, 6]
    stdin(monkeypatch, text)
    assert [row["params"] for row in swept(run, "-#large", "n=1,2")] == [3, 6]
    rows = swept(run, "net.yaml", "n=1,2")
    # All variants know n; only the large one uses it.
    params = [(row["variant"], row["params"]) for row in rows]
    assert params == [("small", 6), ("small", 6), ("large", 3), ("large", 6)]


def test_the_table_of_a_sweep(run, alpha):
    lines = run("sweep", alpha, "alpha=0.5,1,2").out.splitlines()
    assert lines[0] == " alpha   3 networks"
    assert lines[2].split() == ["alpha", "params", "ratio", "multiply-adds", "ratio"]
    assert [line.split()[:5] for line in lines[4:7]] == [
        ["0.5", "12", "0.50", "768", "0.50"],
        ["1", "24", "1.00", "1,536", "1.00"],
        ["2", "48", "2.00", "3,072", "2.00"],
    ]
    assert [line.count("█") for line in lines[4:7]] == [6, 12, 24]
    assert lines[-2] == " ratio: to the file's own values, alpha=1"


def test_where_no_combination_makes_a_network(run, alpha):
    for format_name in ("table", "csv", "json"):
        ran = run("sweep", alpha, "alpha=0.2,0.3", "--format", format_name)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("alpha.yaml:3:18: error: ")
        assert "1.6" in ran.err  # 8 · 0.2 channels, the first combination's


def test_a_sweep_that_fails_leaves_an_old_file_alone(run, alpha, folder):
    (folder / "out.csv").write_text("old")
    ran = run("sweep", alpha, "alpha=0.2,0.3", "--format", "csv", "-o", "out.csv")
    assert (ran.code, ran.out) == (2, "")
    assert (folder / "out.csv").read_text() == "old"
    assert sorted(path.name for path in folder.iterdir()) == ["alpha.yaml", "out.csv"]


def test_a_parameter_with_the_name_of_a_column(run, folder):
    (folder / "net.yaml").write_text(
        "parameters: {params: 8, output: 3}\ninput: [$output, 4, 4]\nlayers: conv 1x1 $params\n"
    )
    ran = run("sweep", "net.yaml", "params=8,9", "output=5", "--format", "csv")
    assert (ran.code, ran.err) == (0, "")
    header, *rows = csv.reader(io.StringIO(ran.out))
    assert header[3:8] == ["$params", "$output", "input", "output", "params"]
    assert len(set(header)) == len(header)
    assert [row[3:8] for row in rows] == [
        ["8", "5", "5x4x4", "8x4x4", "40"],
        ["9", "5", "5x4x4", "9x4x4", "45"],
    ]
    first, _ = swept(run, "net.yaml", "params=8,9", "output=5")
    assert (first["parameters"], first["params"]) == ({"params": 8, "output": 5}, 40)


def test_more_than_a_million_combinations_have_to_be_asked_for(run, alpha, monkeypatch):
    import convcalc.commands.sweep as module

    monkeypatch.setattr(module, "MOST_WITHOUT_ASKING", 5)
    assert run("sweep", alpha, "alpha=1..5").code == 0
    ran = run("sweep", alpha, "alpha=1..6")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "error: 6 combinations; --yes runs them all\n"
    assert run("sweep", alpha, "alpha=1..6", "--yes").code == 0


# --- explain


def test_one_layer(run):
    out = run("explain", "inception3a#reduced", "5x5/conv2").out
    first, _, *lines = out.splitlines()
    assert first.split()[:2] == ["inception3a#reduced", "5x5/conv2"]
    assert first.endswith("16×28×28 → 32×28×28   configs/inception3a.yaml:17")
    assert any(line.startswith(" output ") for line in lines)


def test_one_group(run):
    assert first_words(run("explain", "inception3a#reduced", "3x3").out) == ["3x3/conv1", "3x3/conv2"]


def test_a_layer_of_a_group_in_several_variants(run):
    out = run("explain", "inception3a", "1x1").out
    assert [line.split()[0] for line in out.splitlines() if "→" in line] == [
        "inception3a#naive",
        "inception3a#reduced",
    ]


def test_a_path_that_one_variant_has(run):
    ran = run("explain", "inception3a", "3x3/conv2")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines() if "→" in line] == ["inception3a#reduced"]
    assert [one["variant"] for one in explanations(run, "inception3a", "3x3/conv2")] == ["reduced"]
    assert [one["variant"] for one in explanations(run, "inception3a", "1x1")] == ["naive", "reduced"]


def test_the_document_of_one_layer(run):
    (found,) = explanations(run, "inception3a#reduced", "3x3/conv1")
    assert found["path"] == "3x3/conv1"
    assert [one["path"] for one in found["formulas"]] == ["3x3/conv1"]
    assert found["totals"]["params"] == 18432


def test_a_layer_of_a_body(run):
    out = run("explain", "--input", "3x8x8", "-e", "[conv 1x1 4, relu]", "conv1").out
    assert out.startswith(" conv 1x1 4, relu conv1   conv 1x1 4   3×8×8 → 4×8×8   -e:1\n")


def test_a_layer_without_weights(run):
    out = run("explain", "inception3a#reduced", "pool/maxpool1").out
    assert out.splitlines()[2:4] == [" params         0", " multiply-adds  0"]


# --- --aux


@pytest.mark.parametrize("command", ["compare", "summary", "explain"])
def test_side_heads_count_only_when_asked(run, folder, command):
    (folder / "net.yaml").write_text(AUX)
    key = "explanations" if command == "explain" else "models"
    for aux, params in ([], 3 * 2 + 2 * 3), (["--aux"], 3 * 2 + 2 * 5 + 2 * 3):
        document = json.loads(run(command, "net.yaml", *aux, "--format", "json").out)
        assert document[key][0]["totals"]["params"] == params


def test_side_heads_are_always_in_the_document(run, folder):
    (folder / "net.yaml").write_text(AUX)
    (model,) = models(run, "summary", "net.yaml")
    assert [one["aux"] for one in model["layers"]] == [False, True, False]


@pytest.mark.parametrize("command", ["compare", "explain"])
def test_side_heads_are_rows_only_when_asked(run, folder, command):
    (folder / "net.yaml").write_text(AUX)
    arguments = ["--rows", "parts"] if command == "compare" else []
    assert "side" not in run(command, "net.yaml", *arguments).out
    assert "side" in run(command, "net.yaml", "--aux", *arguments).out


def test_side_heads_stand_below_the_total_of_a_summary_or_in_their_place(run):
    below = run("summary", "googlenet#paper", "--depth", "1").out
    lines = below.splitlines()
    total = next(index for index, line in enumerate(lines) if line.startswith(" total"))
    assert [line.split()[0] for line in lines[total + 1 : total + 3]] == ["aux1", "aux2"]
    assert all("not in the total" in line for line in lines[total + 1 : total + 3])
    names = first_words(run("summary", "googlenet#paper", "--depth", "1", "--aux").out)
    assert names[7:9] == ["4a", "aux1"]
    assert "not in the total" not in run("summary", "googlenet#paper", "--aux").out


def test_a_field_with_side_heads(run, folder):
    (folder / "net.yaml").write_text(AUX)
    assert run("summary", "net.yaml", "--field", "params").out == "12\n"
    assert run("summary", "net.yaml", "--field", "params", "--aux").out == "22\n"
    several = run("summary", "net.yaml", "--field", "params", "--field", "weight_bytes,biases").out
    assert several == "12\t48\t0\n"


# --- list, show, ops


def test_every_shipped_config_is_listed(run):
    found = json.loads(run("list", "--format", "json").out)["configs"]
    assert list(dict.fromkeys(one["name"] for one in found)) == sorted(
        path.stem for path in CONFIGS.glob("*.yaml")
    )


@pytest.mark.parametrize("name", sorted(path.stem for path in CONFIGS.glob("*.yaml")))
def test_a_shown_config_is_the_file_itself(run, name):
    shown = run("show", name)
    assert shown.out == (CONFIGS / f"{name}.yaml").read_text(encoding="utf-8")
    assert (shown.code, shown.err) == (0, "")


def test_a_shown_config_can_be_used(run, folder):
    assert run("show", "inception3a", "-o", "mine.yaml") == (0, "", "")
    (mine, shipped) = (models(run, "summary", spec) for spec in ("mine.yaml", "inception3a"))
    assert [one["totals"] for one in mine] == [one["totals"] for one in shipped]


def test_a_shown_config_is_written_over_what_was_edited_by_force_only(run, folder):
    Path("mine.yaml").write_text("# edited\n")
    ran = run("show", "inception3a", "-o", "mine.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith('error: "mine.yaml" is there already, and may have been edited; ')
    assert Path("mine.yaml").read_text() == "# edited\n"
    assert run("show", "inception3a", "-o", "mine.yaml", "--force") == (0, "", "")
    assert Path("mine.yaml").read_text() == run("show", "inception3a").out


def test_every_operation_has_a_page(run):
    records = list(csv.DictReader(io.StringIO(run("ops", "--format", "csv").out)))
    for name in dict.fromkeys(record["operation"] for record in records):
        ran = run("ops", name)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.split()[0] == name
        assert run("ops", name, "--format", "csv").out.count("\n") == 1 + sum(
            record["operation"] == name for record in records
        )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["help"], 'error: no command "help"; try: convcalc --help\n'),
        (["diff", "--since", "HEAD", "-e", "relu"], "error: --since takes files and folders, not -e\n"),
        (
            ["sweep", "mobilenet_v1", "alpha=0.5", "alpha=1"],
            "error: alpha is given twice; write alpha=1,...\n",
        ),
    ],
)
def test_a_slip_is_told_in_a_line(run, arguments, said):
    assert run(*arguments) == (2, "", said)


def test_a_field_is_our_own_figure(run):
    asked = ["summary", "conv1x1", "--field", "macs", "--like", "thop"]
    assert run(*asked) == (2, "", "error: --field prints our own totals, so it goes without --like\n")


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        (["summary", "resnet18", "--like", "thop", "--depth", "1"], "thop prints"),
        (["compare", "resnet18", "resnet50#v1.5", "--like", "thop"], "thop prints"),
        (["reconcile", "resnet18", "--claim", "1.82G"], "M + batch norm + average pool"),
    ],
)
def test_a_narrow_terminal_keeps_what_was_asked_for(run, monkeypatch, arguments, kept):
    monkeypatch.setenv("COLUMNS", "50")
    assert kept in " ".join(run(*arguments).out.split())


@pytest.mark.parametrize(
    ("arguments", "file", "start"),
    [
        (["summary", "conv1x1"], "a.csv", "network,"),
        (["summary", "conv1x1"], "a.TSV", "network\t"),
        (["compare", "conv1x1"], "a.json", '{\n  "schema_version"'),
        (["compare", "conv1x1"], "a.md", "**conv1x1**"),
        (["diff", "inception3a#naive", "inception3a#reduced"], "a.html", "<!doctype html>"),
        (["explain", "conv1x1"], "a.tex", "% \\usepackage{amsmath}"),
        (["check", "conv1x1"], "a.xml", "<?xml"),
        (["check", "conv1x1"], "a.sarif", '{\n  "$schema"'),
        (["summary", "conv1x1"], "a.htm", "<!doctype html>"),
        (["summary", "conv1x1"], "a.txt", " conv1x1 "),
        (["summary", "conv1x1"], "a.foo", " conv1x1 "),
    ],
)
def test_a_file_s_suffix_picks_the_format(arguments, file, start, run, folder):
    assert run(*arguments, "-o", file).code == 0
    assert (folder / file).read_text("utf-8").lstrip("\n").startswith(start)
    asked = run(*arguments, "--format", "table", "-o", file)
    assert asked.code == 0
    assert (folder / file).read_text("utf-8").startswith((" ", "\n"))


@pytest.mark.parametrize(
    ("arguments", "file", "what", "others"),
    [
        (["explain", "conv1x1"], "a.html", "html", "compare, summary, sweep, diff"),
        (["list"], "a.HTM", "html", "compare, summary, sweep, diff"),
        (["ops"], "a.tex", "latex", "compare, summary, explain, sweep, diff"),
        (["summary", "conv1x1"], "a.svg", "svg", "sweep, draw"),
        (["summary", "conv1x1"], "a.png", "png", "draw"),
        (["diff", "conv1x1", "conv1x1"], "a.xml", "junit", "check"),
    ],
)
def test_a_format_that_only_other_commands_have(arguments, file, what, others, run, folder):
    by_suffix = run(*arguments, "-o", file)
    assert (by_suffix.code, by_suffix.out) == (2, "")
    said = f'error: "{file}" is {what} by its suffix, which only {others} can write; another suffix or '
    assert by_suffix.err.startswith(f"{said}--format chooses from table, markdown, csv, ")
    asked = run(*arguments, "--format", what)
    said = f'error: --format cannot be "{what}" here, only in {others}; there are table, markdown, '
    assert (asked.code, asked.err.startswith(said)) == (2, True)
    # Who asks for a format gets it, whatever the file is called.
    assert run(*arguments, "--format", "json", "-o", file).code == 0
