"""Every format of every command: as expected to the letter, adding up, and harmless whatever the names.

`make update` writes the expected outputs again.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from examples import one_in
from markdown_it import MarkdownIt  # rich needs it, so it is there
from markdown_it.token import Token
from rich.cells import cell_len

from convcalc.answers.sweep import Sweep, Swept
from convcalc.text.problems import UsageError

GOLDEN = Path(__file__).resolve().parent / "golden"
SUFFIXES = {
    "txt": "table",
    "md": "markdown",
    "csv": "csv",
    "tsv": "tsv",
    "json": "json",
    "tex": "latex",
    "github": "github",
    "xml": "junit",
    "sarif": "sarif",
}

BODIES = ["--input", "192x28x28", "-e", "conv 5x5 32", "-e", "[conv 1x1 16, conv 5x5 32]"]
NETWORKS = ["vgg16", "resnet18", "mobilenet_v2", "--rows", "networks"]

# Command lines, and the formats in which each is kept.
CASES = {
    "check": (["check", "inception3a"], "txt md csv tsv json xml sarif"),
    "check-several": (["check", "inception3a", "conv1x1", "googlenet"], "txt md"),
    "check-over": (
        ["check", "inception3a", "--max", "params=170k", "--max", "macs=130M"],
        "txt md csv tsv json github xml sarif",
    ),
    "compare": (["compare", "inception3a"], "txt md csv tsv json"),
    "compare-baseline": (["compare", "inception3a", "--baseline", "reduced"], "txt md"),
    "compare-bodies": (["compare", *BODIES], "txt md csv"),
    "compare-columns": (
        ["compare", *NETWORKS, "--columns", "params,macs,weight_bytes,ratio", "--dtype", "float16"],
        "txt md csv",
    ),
    "compare-googlenet": (["compare", "googlenet", "--aux"], "txt md csv"),
    "compare-like": (["compare", "inception3a", "--like", "ptflops"], "txt md csv json"),
    "compare-networks": (["compare", "googlenet", "conv1x1", "inception3a"], "txt md csv tsv"),
    "compare-parts": (["compare", "conv1x1", "inception3a#naive", "--rows", "parts"], "txt md csv"),
    "compare-same": (["compare", "conv1x1", "conv1x1"], "txt md"),
    "compare-why": (["compare", "inception3a", "--why"], "txt md csv json"),
    "diff": (["diff", "inception3a#naive", "inception3a#reduced"], "txt md csv tsv json"),
    "diff-aux": (["diff", "googlenet#paper", "googlenet#caffe"], "txt md csv"),
    "diff-same": (["diff", "inception3a", "inception3a"], "txt md csv"),
    "explain": (["explain", "inception3a#reduced"], "txt md csv tsv json tex"),
    "explain-both": (["explain", "inception3a"], "txt md csv json tex"),
    "explain-group": (["explain", "googlenet#paper", "aux1"], "txt md csv tex"),
    "explain-googlenet": (["explain", "googlenet#caffe"], "txt md csv tex"),
    "explain-layer": (["explain", "inception3a#reduced", "5x5/conv2"], "txt md csv json tex"),
    "explain-pool": (["explain", "inception3a#naive", "pool"], "txt md"),
    "list": (["list"], "txt md csv tsv json"),
    "ops": (["ops"], "txt md csv tsv json"),
    "ops-conv": (["ops", "conv"], "txt md csv tsv json"),
    "reconcile": (
        ["reconcile", "googlenet_torchvision", "--functional", "relu"],
        "txt md csv tsv json",
    ),
    "reconcile-claim": (
        ["reconcile", "googlenet_torchvision", "--functional", "relu", "--claim", "1.51G"],
        "txt md csv tsv json",
    ),
    "reconcile-both": (["reconcile", "inception3a", "--columns", "+version,params"], "txt md csv"),
    "show": (["show", "inception3a"], "txt"),
    "summary": (["summary", "inception3a#reduced"], "txt md csv tsv json"),
    "summary-aux": (["summary", "googlenet#paper", "--aux"], "txt md"),
    "summary-both": (["summary", "inception3a", "--depth", "1"], "txt md csv"),
    "summary-columns": (
        ["summary", "inception3a#reduced", "--columns", "input,weights,flops"],
        "txt md",
    ),
    "summary-bytes": (["summary", "inception3a#reduced", "--dtype", "float16"], "txt md json"),
    "summary-conv1x1": (["summary", "conv1x1"], "txt md csv tsv json"),
    "summary-like": (["summary", "inception3a#reduced", "--like", "onnx_tool"], "txt md csv json"),
    "summary-by-operation": (["summary", "googlenet#paper", "--by", "operation"], "txt md csv json"),
    "summary-sort": (
        ["summary", "inception3a#reduced", "--sort", "params", "--columns", "+peak_activations"],
        "txt md",
    ),
    "summary-googlenet": (["summary", "googlenet#paper"], "txt md csv"),
    "sweep": (
        ["sweep", "mobilenet_v1", "alpha=0.25,0.5,0.75,1", "res=128..224..32"],
        "txt md csv tsv json",
    ),
}
CODES = {"check-over": 1}
FILES = [f"{name}.{suffix}" for name, (_, suffixes) in CASES.items() for suffix in suffixes.split()]


pytestmark = pytest.mark.usefixtures("folder")


def arguments_of(file: str) -> list[str]:
    name, _, suffix = file.rpartition(".")
    arguments = CASES[name][0]
    return arguments if arguments[0] == "show" else [*arguments, "--format", SUFFIXES[suffix]]


@pytest.mark.parametrize("file", FILES)
def test_output_is_as_expected(run, update, file):
    ran = run(*arguments_of(file))
    assert (ran.code, ran.err) == (CODES.get(file.rpartition(".")[0], 0), "")
    if update:
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / file).write_text(ran.out, encoding="utf-8", newline="\n")
    assert ran.out == golden(file)


def golden(file: str) -> str:
    """What is expected, and hence printed."""
    return (GOLDEN / file).read_bytes().decode()


def test_no_expected_output_is_left_over(update):
    for path in GOLDEN.iterdir():
        if update and path.name not in FILES:
            path.unlink()
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(FILES)


@pytest.mark.parametrize("file", FILES)
def test_output_is_clean_text(file):
    out = golden(file)
    lines = out.split("\n")
    assert lines[-1] == ""
    assert not any(line != line.rstrip() for line in lines if not file.endswith(".tsv"))
    assert "\n\n\n" not in out
    assert lines[-2] != ""
    assert all(character.isprintable() for line in lines for character in line.replace("\t", ""))


# --- Tables: the printed columns add up to the printed total


class Row(NamedTuple):
    name: str
    depth: int
    counts: list[int | None]


class Printed(NamedTuple):
    """A printed table. `below` are the rows under the total, which are not in it."""

    rows: list[Row]
    total: Row
    below: list[Row]


def integer(text: str) -> int | None:
    return int(text.replace(",", "")) if re.fullmatch(r"\d{1,3}(,\d{3})*", text) else None


def printed_tables(text: str, counts: Sequence[str]) -> list[Printed]:
    """The tables of a text, each with the columns of which `counts` are (the ends of) the titles."""
    lines = text.splitlines()
    rules = [index for index, line in enumerate(lines) if line.startswith("──")]
    assert len(rules) % 2 == 0
    found = []
    for top, bottom in zip(rules[::2], rules[1::2], strict=True):
        # A right-aligned column ends where its title ends.
        ends = [word.end() for word in re.finditer(r"\S+", lines[top - 1]) if word.group() in counts]
        rows = [_row(line, ends) for line in lines[top + 1 : bottom]]
        stop = lines.index("", bottom)
        total, *below = [_row(line, ends) for line in lines[bottom + 1 : stop]]
        found.append(Printed(rows, total, below))
    return found


def _row(line: str, ends: Sequence[int]) -> Row:
    guide = re.match(r" ((?:[│ ] )*[├└] )?", line)
    assert guide is not None
    cells = [line[:end].split(" ")[-1] for end in ends]
    name = line[guide.end() :].split("  ")[0].strip()
    return Row(name, len(guide[1] or "") // 2, [integer(cell) for cell in cells])


def markdown_tables(text: str, count_columns: Sequence[int]) -> list[Printed]:
    """The same of Markdown, where a row's name is its path and a total is bold."""
    found = []
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
        rows = [
            Row(row[0], row[0].count("/"), [integer(row[index].strip("*")) for index in count_columns])
            for row in cells[2:]
        ]
        place = next(index for index, row in enumerate(rows) if row.name == "**total**")
        found.append(Printed(rows[:place], rows[place], rows[place + 1 :]))
    return found


def assert_adds_up(table: Printed) -> None:
    """Each group is the sum of what is in it, the total the sum of all."""
    assert table.total.name.strip("*") == "total"
    assert all(count is not None for count in table.total.counts)
    pending: list[Row] = []  # rows whose group has not come yet, from the end
    for row in reversed(table.rows):
        children = [one for one in pending if one.depth == row.depth + 1]
        if children:
            assert row.counts == sums(children)
            pending = [one for one in pending if one not in children]
        pending.append(row)
    assert all(row.depth == 0 for row in pending)
    assert table.total.counts == sums(pending)


def sums(rows: Sequence[Row]) -> list[int]:
    return [
        sum(count or 0 for count in column) for column in zip(*(r.counts for r in rows), strict=True)
    ]


COUNTS = ("params", "multiply-adds")


@pytest.mark.parametrize("network", ["conv1x1", "inception3a", "googlenet"])
@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("aux", [[], ["--aux"]], ids=["", "aux"])
def test_the_printed_summary_adds_up(run, network, depth, aux):
    arguments = ["summary", network, "--depth", str(depth), *aux]
    columns = "+weights,biases,flops,activations"
    titles = [*COUNTS, "weights", "biases", "FLOPs", "activations"]
    for table in printed_tables(run(*arguments, "--columns", columns).out, titles):
        assert len(table.total.counts) == len(titles)
        assert_adds_up(table)
        assert len(table.below) == (2 if network == "googlenet" and not aux else 0)
    for table in markdown_tables(run(*arguments, "--format", "markdown").out, [3, 4]):
        assert_adds_up(table)


@pytest.mark.parametrize("sort", ["params", "macs"])
def test_the_sorted_summary_adds_up(run, sort):
    for table in printed_tables(run("summary", "googlenet", "--sort", sort).out, COUNTS):
        assert_adds_up(table)
        counts = [row.counts[sort == "macs"] for row in table.rows]
        assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize(
    ("arguments", "labels"),
    [
        (["inception3a"], ["naive", "reduced"]),
        (["inception3a", "--baseline", "reduced"], ["naive", "reduced"]),
        (["inception3a", "--depth", "2"], ["naive", "reduced"]),
        (["inception3a#reduced"], ["reduced"]),
        (["googlenet"], ["paper", "caffe"]),
        (["googlenet", "--aux"], ["paper", "caffe"]),
        (["googlenet", "--depth", "3", "--aux"], ["paper", "caffe"]),
        (["conv1x1", "googlenet#caffe", "--rows", "parts"], ["conv1x1", "googlenet#caffe"]),
    ],
    ids=str,
)
def test_the_printed_comparison_adds_up(run, arguments, labels):
    ran = run("compare", *arguments)
    (table,) = printed_tables(ran.out, labels)
    rows = [Row(row.name, 0, row.counts[: 2 * len(labels)]) for row in table.rows]
    total = Row("total", 0, table.total.counts[: 2 * len(labels)])
    assert len(total.counts) == 2 * len(labels)
    assert_adds_up(Printed(rows, total, []))
    # Markdown has the same numbers; a ratio is no integer.
    columns = range(1, 1 + 2 * (2 * len(labels) - 1))
    (again,) = markdown_tables(run("compare", *arguments, "--format", "markdown").out, columns)
    assert list(map(present, [*again.rows, again.total])) == list(map(present, [*rows, total]))


def present(row: Row) -> list[int]:
    return [count for count in row.counts if count is not None]


@pytest.mark.parametrize("network", ["conv1x1", "inception3a", "googlenet"])
@pytest.mark.parametrize("aux", [[], ["--aux"]], ids=["", "aux"])
def test_the_printed_explanation_adds_up(run, network, aux):
    tables = printed_tables(run("explain", network, *aux).out, COUNTS)
    assert tables
    for table in tables:
        assert_adds_up(Printed([row._replace(depth=0) for row in table.rows], table.total, []))


@pytest.mark.parametrize("network", ["conv1x1", "inception3a", "googlenet"])
@pytest.mark.parametrize("aux", [[], ["--aux"]], ids=["", "aux"])
def test_the_printed_formulas_are_true(run, network, aux):
    """`1×1×192×64 + 64` is the number in the next column, `12,288 × 28×28` the one in the last."""
    rows = 0
    for line in run("explain", network, *aux).out.splitlines():
        found = re.search(
            r"((?:\d+×)*\d+(?: \+ (?:\d+×)*\d+)*)  +([\d,]+)  +([\d,]+)(?: × (\d+)×(\d+))?  +([\d,]+)$",
            line,
        )
        if found and not line.startswith(" total"):
            rows += 1
            formula, params, weights, height, width, macs = found.groups()
            assert sum(map(product, formula.split(" + "))) == integer(params)
            assert product(formula.split(" + ")[0]) == integer(weights)
            assert (integer(weights) or 0) * int(height or 1) * int(width or 1) == integer(macs)
    assert rows >= {"conv1x1": 1, "inception3a": 9, "googlenet": 116}[network]


def product(text: str) -> int:
    result = 1
    for size in text.split("×"):
        result *= int(size)
    return result


@pytest.mark.parametrize("network", ["conv1x1", "inception3a", "googlenet"])
def test_the_sums_below_an_explanation_are_true(run, network):
    text = re.sub(r"\n {15,}", " ", run("explain", network).out)
    equations = re.findall(r"^ (params|multiply-adds)  +(\d.*?) = ([\d,]+)(?=  |$)", text, re.MULTILINE)
    assert any(label == "params" for label, _, _ in equations)
    for label, left, right in equations:
        if label == "params":
            assert sum(map(product, left.split(" + "))) == integer(right)
        else:
            weights, sizes = left.split(" × ")
            assert (integer(weights) or 0) * product(sizes) == integer(right)


@pytest.mark.parametrize("network", ["conv1x1", "inception3a", "googlenet", "resnet18"])
def test_the_latex_sums_are_true(run, network):
    documents = run("explain", network, "--format", "latex").out.split("\\end{aligned}\n")[:-1]
    tables = printed_tables(run("explain", network).out, COUNTS)
    for document, table in zip(documents, tables, strict=True):
        braces = re.findall(r"\\underbrace\{(.*?)\}_\{\\(?:texttt|mathtt)\{(.*?)\}\}", document)
        labels = [label for _, label in braces]
        assert len(set(labels)) == len(labels)
        products = [brace.replace(r"\times", "*").replace(r"\cdot", "*") for brace, _ in braces]
        assert not set("".join(products)) - set("0123456789*()+ ")
        total = re.search(r"^ &= ([\d{},]+)", document, re.MULTILINE)
        assert total is not None
        assert sum(map(eval, products)) == table.total.counts[0]
        assert integer(total[1].replace("{,}", ",")) == table.total.counts[0]
        macs = re.search(r"\\text\{multiply-adds\} &= (.*)", document)
        assert macs is not None
        left, _, right = macs[1].replace("{,}", "").rpartition(" = ")
        assert int(right) == table.total.counts[1]
        assert not left or product(left.replace(r" \times ", "×")) == int(right)


# --- What is said below a table


@pytest.mark.parametrize("network", ["inception3a", "googlenet"])
def test_the_sums_of_an_explanation_in_markdown(run, network):
    out = run("explain", network, "--format", "markdown").out
    assert "code_block" not in {token.type for token in parsed(out)}
    assert not re.search(r"^(?!\|)\S.*   ", re.sub(r"\*\*.*\*\*", "", out), re.MULTILINE)


def test_a_layer_without_weights_in_markdown(run):
    out = run("explain", "inception3a#reduced", "pool/maxpool1", "--format", "markdown").out
    assert not re.search(r"params +=", out)


def test_the_equations_of_one_layer_stand_under_each_other(run):
    lines = run("explain", "inception3a#reduced", "5x5/conv2").out.splitlines()
    equations = [line for line in lines if re.search(r" = +[\d,]+$", line) and "ceil" not in line]
    assert len(equations) == 2
    assert len({(line.index("="), len(line)) for line in equations}) == 1


def test_every_layers_output_is_only_said_where_it_is_so(run):
    for body in ("[batchnorm, conv 1x1/2 4]", "[conv 1x1 4, maxpool 2x2/2]"):
        assert "every layer's output" not in run("explain", "--input", "3x8x8", "-e", body).out
    assert "every layer's output is 8×8" in run("explain", "--input", "3x8x8", "-e", "conv 1x1 4").out


def test_a_bias_stays_with_its_kernel(run):
    for line in run("explain", "googlenet#caffe").out.splitlines():
        assert not re.match(r" {15,}\d+ \+", line)


def test_each_kind_of_operation_has_its_meaning_below_an_explanation(run):
    out = run(
        "explain", "--input", "3x8x8", "-e", "[conv 1x1 4 bias, dwconv 3x3, batchnorm, linear 5]"
    ).out
    notes = out[out.index("\n multiply-adds") :] if "\n multiply-adds  " in out else out
    labels = [line.split("  ")[0].strip() for line in notes.splitlines()]
    assert {"conv", "dwconv", "batchnorm", "linear"} <= set(labels)
    assert notes.endswith("\n multiply-adds of conv and linear, per image; FLOPs = 2 × multiply-adds\n")


def bodies(*texts: str, shape: str = "3x8x8") -> list[str]:
    return ["compare", "--input", shape, *(word for text in texts for word in ("-e", text))]


def test_no_ratio_makes_no_sentence(run):
    assert "has – of" not in run(*bodies("relu", "identity")).out


def test_a_ratio_that_rounds_to_nothing_is_less_than_the_least(run):
    out = run("compare", "googlenet#paper", "conv1x1").out
    row = next(line for line in out.splitlines() if line.startswith(" conv1x1"))
    assert row.split().count("<0.01") == 2
    assert (
        "<0.1 %" in run("summary", "--input", "3x8x8", "-e", "[conv 1x1 1, conv 9x9 999, flatten]").out
    )


def test_the_sentence_of_equal_costs(run):
    same = run("compare", "conv1x1", "conv1x1").out
    assert " both cost the same: 12 params and 108 multiply-adds\n" in same
    assert "all of paper's multiply-adds" not in same
    out = run("compare", "googlenet", "--aux").out
    assert "1.00 of paper's params (+12,584) and all of its multiply-adds (1,591,044,096)" in out


def test_the_sentence_of_different_inputs(run):
    assert (
        " inputs differ: conv1x1 3×3×3, inception3a#naive 192×28×28\n"
        in run("compare", "conv1x1", "inception3a#naive", "--rows", "parts").out
    )
    assert "inputs differ" not in run("compare", "inception3a").out


def test_columns_stand_under_their_titles_whatever_the_script(run, folder):
    """Wide characters take two columns of a terminal."""
    names = ["漢字", "🎉", "e\u0301", "한국어", "ab"]
    (folder / "net.yaml").write_text(spec("x", "y", names), encoding="utf-8")
    lines = run("summary", "net.yaml", "--columns", "params").out.splitlines()[2:]
    width = cell_len(lines[0])
    assert all(cell_len(line) == width for line in lines[1 : 4 + len(names)])


# --- JSON: the keys of the contract, in its order

ENVELOPE = ["schema_version", "convcalc", "convention"]
MODEL = ["name", "variant", "file", "parameters", "input", "output", "totals", "layers"]
COUNTED = ["params", "weights", "biases", "norm", "buffers", "macs", "flops", "activations"]
TOTALS = [*COUNTED, "peak_activations", "weight_bytes", "peak_activation_bytes"]
LAYER = ["path", "op", "input", "output", "params", "weights", "biases", "norm", "buffers", "macs"]
LAYER += ["activations", "receptive_field", "stride", "aux", "line", "sources", "inputs", "shares"]
EXPLANATION = ["name", "variant", "file", "path", "totals", "formulas"]
FORMULA = ["path", "op", "formula", "params", "positions", "macs", "shares"]
CONFIG = ["name", "variant", "input", "output", "params", "macs", "source"]
OPERATION = ["name", "usage", "description", "formula", "example", "options"]


def document_of(run, *arguments: str) -> dict:
    ran = run(*arguments, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.isascii()
    return json.loads(ran.out, parse_constant=pytest.fail)


@pytest.mark.parametrize("command", ["compare", "summary"])
@pytest.mark.parametrize("network", ["conv1x1", "inception3a", "googlenet"])
def test_the_document_of_models(run, command, network):
    document = document_of(run, command, network)
    assert list(document) == [*ENVELOPE, "models"]
    assert document["schema_version"] == 1
    assert document["convention"] == "multiply-adds of conv and linear, per image"
    for model in document["models"]:
        assert list(model) == MODEL
        totals = model["totals"]
        assert list(totals) == TOTALS
        assert totals["weight_bytes"] == 4 * totals["params"]
        assert totals["peak_activation_bytes"] == 4 * totals["peak_activations"]
        assert model["file"] == network
        counted = Counter()
        for layer in model["layers"]:
            assert list(layer) == LAYER
            assert type(layer["aux"]) is bool
            assert all(type(layer[key]) is int for key in [*LAYER[4:11], "line"])
            for key in ("receptive_field", "stride"):
                assert layer[key] is None or [type(size) for size in layer[key]] == [int, int]
            assert layer["params"] == layer["weights"] + layer["biases"] + layer["norm"]
            if not layer["aux"]:
                counted.update({key: layer[key] for key in TOTALS if key in layer})
        counted["flops"] = 2 * totals["macs"]
        assert dict(counted) == {key: totals[key] for key in COUNTED}


def test_compare_and_summary_share_the_document(run):
    assert document_of(run, "compare", "inception3a") == document_of(run, "summary", "inception3a")


@pytest.mark.parametrize("aux", [[], ["--aux"]], ids=["", "aux"])
@pytest.mark.parametrize("network", ["conv1x1", "inception3a", "googlenet", "mobilenet_v2"])
def test_the_document_of_explanations(run, network, aux):
    document = document_of(run, "explain", network, *aux)
    assert list(document) == [*ENVELOPE, "explanations"]
    models = document_of(run, "summary", network, *aux)["models"]
    for explanation, model in zip(document["explanations"], models, strict=True):
        assert list(explanation) == EXPLANATION
        same = ("name", "variant", "file")
        assert [explanation[key] for key in same] == [model[key] for key in same]
        assert explanation["path"] is None
        totals = explanation["totals"]
        assert totals == {key: model["totals"][key] for key in COUNTED}
        assert all(list(formula) == FORMULA for formula in explanation["formulas"])
        for key in ("params", "macs"):
            assert sum(formula[key] for formula in explanation["formulas"]) == totals[key]
        assert [formula["path"] for formula in explanation["formulas"]] == [
            layer["path"] for layer in model["layers"] if layer["params"] and (aux or not layer["aux"])
        ]


def test_the_document_of_a_sweep(run):
    document = document_of(run, "sweep", "mobilenet_v1", "alpha=0.5,1")
    assert list(document) == [*ENVELOPE, "name", "variant", "file", "parameters", "rows"]
    assert [document[key] for key in ("name", "variant", "file")] == [
        "mobilenet_v1",
        None,
        "mobilenet_v1",
    ]
    assert [row["parameters"] for row in document["rows"]] == [{"alpha": 0.5}, {"alpha": 1}]
    for row in document["rows"]:
        names = ["name", "variant", "file", "parameters", "input", "output"]
        assert list(row) == [*names, *TOTALS, "error"]
        assert [row[key] for key in ("name", "variant", "error")] == ["mobilenet_v1", None, None]
        assert all(type(row[key]) is int for key in TOTALS)


@pytest.mark.parametrize("format_name", ["csv", "tsv", "json"])
def test_the_rows_of_a_sweep_are_written_as_they_are_made(run, monkeypatch, folder, format_name):
    """None is kept: a row that fails comes after those before it were written."""
    row = Sweep.row

    def failing(sweep: Sweep, one: Swept, values: dict[str, str]) -> object:
        if values == {"n": "1200"}:
            raise UsageError("the last")
        return row(sweep, one, values)

    monkeypatch.setattr(Sweep, "row", failing)
    (folder / "net.yaml").write_text("parameters: {n: 1}\ninput: [3, 8, 8]\nlayers: conv 1x1 $n\n")
    ran = run("sweep", "net.yaml", "n=1..1200", "--format", format_name)
    assert (ran.code, ran.err) == (2, "error: the last\n")
    assert ran.out.count("3x8x8" if format_name != "json" else "[3, 8, 8]") > 50


def test_a_shape_stays_on_one_line(run):
    assert '"input": [192, 28, 28],\n' in run("summary", "inception3a", "--format", "json").out


def test_the_document_of_the_configs(run):
    document = document_of(run, "list")
    assert list(document) == [*ENVELOPE, "configs"]
    assert all(list(config) == CONFIG for config in document["configs"])


def test_the_document_of_the_operations(run):
    document = document_of(run, "ops")
    assert list(document) == [*ENVELOPE, "operations"]
    for operation in document["operations"]:
        assert list(operation) == OPERATION
        assert all(list(option) == ["name", "default", "value"] for option in operation["options"])
        assert document_of(run, "ops", operation["name"])["operations"] == [operation]


# --- CSV and TSV: the same facts


def records_of(run, *arguments: str, dialect: str = "csv") -> list[dict[str, str]]:
    ran = run(*arguments, "--format", dialect)
    assert (ran.code, ran.err) == (0, "")
    reader = csv.reader(io.StringIO(ran.out), "excel" if dialect == "csv" else "excel-tab", strict=True)
    header, *rows = reader
    assert all(len(row) == len(header) for row in rows)
    return [dict(zip(header, row, strict=True)) for row in rows]


def sized(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape))


@pytest.mark.parametrize("dialect", ["csv", "tsv"])
def test_the_records_of_a_summary_are_the_layers_of_the_document(run, dialect):
    records = records_of(run, "summary", "googlenet", dialect=dialect)
    assert list(records[0]) == ["network", *LAYER[:10], "flops", *LAYER[10:-3]]
    shapes = ("input", "output", "receptive_field", "stride")
    layers = [
        {**layer, "network": f"{model['name']}#{model['variant']}", "flops": 2 * layer["macs"]}
        for model in document_of(run, "summary", "googlenet")["models"]
        for layer in model["layers"]
    ]
    for record, layer in zip(records, layers, strict=True):
        for key, text in record.items():
            value = sized(layer[key] or []) if key in shapes else layer[key]
            assert text == (str(value).lower() if isinstance(value, bool) else str(value))


@pytest.mark.parametrize("dialect", ["csv", "tsv"])
@pytest.mark.parametrize("aux", [[], ["--aux"]], ids=["", "aux"])
@pytest.mark.parametrize("depth", ["0", "1", "2", "3"])
def test_the_records_of_a_comparison_add_up_without_a_total_row(run, dialect, aux, depth):
    arguments = ["compare", "googlenet", "--depth", depth, *aux]
    records = records_of(run, *arguments, dialect=dialect)
    name = "input" if depth == "0" else "layer"
    columns = ["network", *([name] if depth != "0" else ["input"]), "output", "params", "macs"]
    assert list(records[0]) == columns
    for model in document_of(run, "compare", "googlenet", *aux)["models"]:
        own = [one for one in records if one["network"] == f"{model['name']}#{model['variant']}"]
        assert sum(int(one["params"]) for one in own) == model["totals"]["params"]
        assert sum(int(one["macs"]) for one in own) == model["totals"]["macs"]


@pytest.mark.parametrize("dialect", ["csv", "tsv"])
def test_the_records_of_an_explanation(run, dialect):
    records = records_of(run, "explain", "googlenet", dialect=dialect)
    assert list(records[0]) == ["network", *FORMULA]
    facts = [
        {"network": f"{one['name']}#{one['variant']}", **formula}
        for one in document_of(run, "explain", "googlenet")["explanations"]
        for formula in one["formulas"]
    ]
    assert records == [
        {key: "" if value is None else str(value) for key, value in fact.items()} for fact in facts
    ]
    for record in records:
        terms = [product(term.replace("x", "×")) for term in record["formula"].split(" + ")]
        assert sum(terms) == int(record["params"])
        assert terms[0] * int(record["positions"]) == int(record["macs"])


@pytest.mark.parametrize("dialect", ["csv", "tsv"])
def test_no_records_have_a_header(run, dialect):
    out = run("explain", "--input", "3x8x8", "-e", "relu", "--format", dialect).out
    header = "network path op formula params positions macs shares".replace(
        " ", "\t" if dialect == "tsv" else ","
    )
    assert out.splitlines() == [header]


@pytest.mark.parametrize("dialect", ["csv", "tsv"])
def test_the_records_of_a_sweep(run, dialect):
    arguments = ["sweep", "mobilenet_v1", "alpha=0.5,1", "res=192..224..32"]
    records = records_of(run, *arguments, dialect=dialect)
    names = ["name", "variant", "file", "alpha", "res", "input", "output"]
    assert list(records[0]) == [*names, *TOTALS, "error"]
    for record, row in zip(records, document_of(run, *arguments)["rows"], strict=True):
        shapes = {key: sized(row[key]) for key in ("input", "output")}
        flat = {**row.pop("parameters"), **row, **shapes}
        assert record == {key: "" if value is None else str(value) for key, value in flat.items()}


@pytest.mark.parametrize("dialect", ["csv", "tsv"])
def test_the_records_of_the_configs(run, dialect):
    records = records_of(run, "list", dialect=dialect)
    assert list(records[0]) == CONFIG
    for record, config in zip(records, document_of(run, "list")["configs"], strict=True):
        shapes = {key: sized(config[key]) for key in ("input", "output") if config[key]}
        assert record == {key: "" if v is None else str(v) for key, v in (config | shapes).items()}


@pytest.mark.parametrize("dialect", ["csv", "tsv"])
def test_the_records_of_the_operations(run, dialect):
    records = records_of(run, "ops", dialect=dialect)
    facts = ["usage", "description", "formula", "example", "option", "default", "value"]
    assert list(records[0]) == ["operation", *facts]
    operations = document_of(run, "ops")["operations"]
    assert list(dict.fromkeys(one["operation"] for one in records)) == [
        one["name"] for one in operations
    ]


# --- Markdown, as a renderer reads it


def inline_of(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()


def parsed(text: str) -> list[Token]:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)


def cells_of(tokens: Sequence[Token]) -> list[list[str]]:
    """The text of each cell of each row of the tables."""
    rows: list[list[str]] = []
    inside = False
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        inside = token.type in ("td_open", "th_open") or (inside and token.type == "inline")
        if inside and token.type == "inline":
            rows[-1].append("".join(child.content for child in token.children or ()))
    return rows


# What a name could become. Bold and code are our own.
LIVE = {"html_inline", "html_block", "link_open", "image", "em_open", "s_open", "heading_open"}
LIVE |= {"code_block", "fence", "blockquote_open", "bullet_list_open", "ordered_list_open", "hr"}


def assert_harmless_markdown(text: str) -> None:
    tokens = list(inline_of(parsed(text)))
    assert not LIVE & {token.type for token in tokens}
    for token in tokens:
        if token.type == "text":
            # A mention, an emoji, an issue, an address, or a formula, which GitHub would show.
            assert not re.search(r"@\w|:[\w+-]+:|#\d|\w://|www\.|\$", token.content)


# How many tables there are where it is not one.
TABLES = {
    "check.md": 2,
    "check-over.md": 2,
    "check-several.md": 0,
    "explain-both.md": 2,
    "reconcile-both.md": 2,
    "summary-both.md": 2,
}


# A diff is a comment on a pull request, which test_diff.py looks at.
@pytest.mark.parametrize(
    "file", [file for file in FILES if file.endswith(".md") and not file.startswith("diff")]
)
def test_markdown_is_one_regular_table_for_each_network(file):
    out = golden(file)
    tokens = parsed(out)
    opened = [index for index, token in enumerate(tokens) if token.type == "table_open"]
    assert len(opened) == TABLES.get(file, 1)
    for start, stop in pairwise([*opened, len(tokens)]):
        assert len({len(row) for row in cells_of(tokens[start:stop])}) == 1
    lines = [line for line in out.splitlines() if line.startswith("|")]
    assert len(lines) == sum(token.type == "tr_open" for token in tokens) + len(opened)
    assert_harmless_markdown(out)


# --- LaTeX


def assert_sound_latex(text: str) -> None:
    """Braces and environments balance; each line has one place to align; no bare special."""
    bare = re.sub(r"\\[\\{}#$%&_^~]", "", text)  # without what is escaped, and line ends
    depth = 0
    for character in bare:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    assert text.count(r"\begin{aligned}") == text.count(r"\end{aligned}") > 0
    for body in re.findall(r"\\begin\{aligned\}\n(.*?)\n\\end\{aligned\}\n", text, re.DOTALL):
        for line in body.split(" \\\\\n"):
            assert len(re.findall(r"(?<!\\)&", line)) == 1
    for name in texttt(text):
        assert not re.search(r"[#$%&_^~{}\\]", re.sub(_ESCAPED, "", name))


# MathJax shows the backslash of \_ in \texttt, but not in \mathtt.
_ESCAPED = r"\\(backslash|sim|wedge) |\\([#$%&_{}])"


def texttt(text: str) -> list[str]:
    """The names that are set as code: plain ones as text, others as mathematics."""
    found = re.findall(r"\\(text|math)tt\{((?:\\[a-z]+ |\\[^a-z]|[^\\}])*)\}", text)
    for kind, name in found:
        assert (kind == "text") == bool(re.fullmatch(r"[A-Za-z0-9.,:;+/()-]*", name))
    return [name for _, name in found]


@pytest.mark.parametrize("file", [file for file in FILES if file.endswith(".tex")])
def test_latex_is_sound(file):
    assert_sound_latex(golden(file))


# --- Names are data

# No layer or variant may have "/", "#", white space or a control character in its name.
NAMES = [
    *["[conv]", "[red]x[]", "[bold]", "[]", "[link=x]y", ":x:", ":100:", "=1+1", "@x", "-x", "+x"],
    *["a|b`c", "|", "`", "``", "a``|``b", "x\\y", "x\\|y", "\\", "<b>x<b>", "<!--", "&amp;", "&lt;"],
    *["_x_", "__x__", "a_b", "*x*", "**x**", "~~x~~", "a$b", "$x$", "50%", "a^b", "{c}", "}", "{", "~"],
    *["漢字", "🎉", "e\u0301", "aاب", "![x](y)", "[x](y)", "http:x", "www.x.org", "1.", "-", "+", "---"],
    *["'q'", '"d"', ">x", "!", "%s", "%(x)s", "{0}", "\\textbf{x}", "\\\\", "x^2_3", "@SUM(A1)", "'=1"],
]
TEXTS = [
    *["[red]x[/]", "[/]", "[/conv]", "<b>x</b>", "<script>alert(1)</script>", "a\tb", "a\nb", "a\r\nb"],
    *["\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x9b31m", "\u202eevil", "a\u200bb", "a\u2028b"],
    *["=cmd|' /C calc'!A0", "@octocat fixed #12", "see https://x.org/y", "# x", "> x", "- x", "| x |"],
    *["a\u2066b\u2069", "\ufeffx", "`a` *b* _c_", "x\x7fy"],
    *NAMES,
]


def quoted(text: str) -> str:
    """A YAML scalar in double quotes; its escapes are the way in for control characters."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f-\x9f\u2000-\u206f\ufeff]", _escaped, plain) + '"'


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"


def spec(name: str, source: str, layers: Sequence[str]) -> str:
    lines = [f"name: {quoted(name)}", f"source: {quoted(source)}", "input: [3, 8, 8]", "layers:"]
    return "\n".join([*lines, *(f"- {quoted(layer)}: conv 1x1 4" for layer in layers)]) + "\n"


def shown(text: str) -> str:
    """What is printed of a text: control and direction characters are written out."""
    control = "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
    return re.sub(control, lambda found: found.group().encode("unicode_escape").decode(), text)


def assert_no_control(text: str, but: str = "\n") -> None:
    assert [one for one in text if not one.isprintable() and one not in but] == []


@pytest.fixture
def named(folder: Path) -> str:
    """A file whose layers have all the names."""
    (folder / "names.yaml").write_text(spec("net", "source", NAMES), encoding="utf-8")
    return "names.yaml"


def test_layer_names_in_a_table(run, named):
    for command in ("summary", "explain", "compare"):
        rows = ["--rows", "parts"] if command == "compare" else []
        (table,) = printed_tables(run(command, named, *rows).out, ["params", "net"])
        assert [row.name for row in table.rows] == NAMES


def test_layer_names_in_colour(run, named, monkeypatch):
    plain = run("summary", named).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run("summary", named).out
    assert "\x1b[" in coloured
    without = re.sub(r"\x1b\[[\d;]*m", "", coloured)
    assert [line.rstrip() for line in without.splitlines()] == plain.splitlines()


def test_layer_names_in_markdown(run, named):
    for command in ("summary", "compare"):
        rows = ["--rows", "parts"] if command == "compare" else []
        out = run(command, named, *rows, "--format", "markdown").out
        tokens = parsed(out)
        assert sum(token.type == "table_open" for token in tokens) == 1
        header, *body = cells_of(tokens)
        assert {len(row) for row in body} == {len(header)}
        assert [row[0] for row in body] == [*NAMES, "total"]
        assert_harmless_markdown(out)


def test_layer_names_in_records(run, named):
    """A spreadsheet computes what starts with one of =+-@; an apostrophe makes it text."""
    for command, column in (("summary", "path"), ("explain", "path"), ("compare", "layer")):
        rows = ["--rows", "parts"] if command == "compare" else []
        for dialect in ("csv", "tsv"):
            records = records_of(run, command, named, *rows, dialect=dialect)
            assert not any(cell.startswith(tuple("=+-@")) for one in records for cell in one.values())
            names = [one[column] for one in records]
            assert names == [f"'{name}" if name[0] in "=+-@" else name for name in NAMES]


def test_layer_names_in_json(run, named):
    for command in ("summary", "compare"):
        (model,) = document_of(run, command, named)["models"]
        assert [layer["path"] for layer in model["layers"]] == NAMES
    (explanation,) = document_of(run, "explain", named)["explanations"]
    assert [formula["path"] for formula in explanation["formulas"]] == NAMES


def test_layer_names_in_latex(run, named):
    out = run("explain", named, "--format", "latex").out
    assert_sound_latex(out)
    assert [_unescaped(name) for name in texttt(out)] == NAMES


def _unescaped(latex: str) -> str:
    words = {"backslash": "\\", "sim": "~", "wedge": "^"}
    return re.sub(_ESCAPED, lambda found: words[found[1]] if found[1] else found[2], latex)


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("conv1", r"\texttt{conv1}"),
        ("1x1-a+b.c:d", r"\texttt{1x1-a+b.c:d}"),
        ("conv1_1", r"\mathtt{conv1\_1}"),
        ("50%", r"\mathtt{50\%}"),
        ("a\\b", r"\mathtt{a\backslash b}"),
        ("a~b^c", r"\mathtt{a\sim b\wedge c}"),
        ("{$&}", r"\mathtt{\{\$\&\}}"),
    ],
)
def test_a_name_in_latex(run, folder, name, latex):
    (folder / "net.yaml").write_text(spec("net", "source", [name, "b"]), encoding="utf-8")
    assert f"}}_{{{latex}}}" in run("explain", "net.yaml", "--format", "latex").out


def test_layer_names_find_their_layers(run, named):
    for name in NAMES:
        ran = run("explain", named, "--", name) if name.startswith("-") else run("explain", named, name)
        assert ran.code == 0
        assert ran.out.startswith(f" net {name}   conv 1x1 4   ")


@pytest.mark.parametrize("text", one_in(3, TEXTS))
def test_the_name_and_source_of_a_network(run, folder, text):
    (folder / "net.yaml").write_text(spec(text, text, ["a"]), encoding="utf-8")
    for command in ("summary", "explain", "compare"):
        ran = run(command, "net.yaml")
        assert (ran.code, ran.err) == (0, "")
        assert_no_control(ran.out)
        first = ran.out.splitlines()[0]
        assert first.startswith(f" {shown(text)}   ")
        assert first.endswith(f"   {shown(text)}".rstrip())
    (model,) = document_of(run, "summary", "net.yaml")["models"]
    assert model["name"] == text
    markdown = run("summary", "net.yaml", "--format", "markdown").out
    assert_no_control(markdown)
    assert_harmless_markdown(markdown)
    first = next(token for token in parsed(markdown) if token.type == "inline")
    heading = "".join(child.content for child in first.children or ())
    assert heading == f"{shown(text)} · 3×8×8 → 4×8×8 · {shown(text)}"
    for dialect in ("csv", "tsv"):
        (record,) = records_of(run, "summary", "net.yaml", dialect=dialect)
        assert record["network"] == ("'" if text[0] in "=+-@" else "") + shown(text)


@pytest.mark.parametrize("text", one_in(3, TEXTS))
def test_the_source_of_a_body_in_place(run, text):
    """A comment in the body is part of its name."""
    if not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\n\t\u2028\ufeff]", text):
        ran = run("compare", "--input", "3x8x8", "-e", f"conv 1x1 4 #{text}")
        assert (ran.code, ran.err) == (0, "")
        assert_no_control(ran.out)
        assert f" conv 1x1 4 #{shown(' '.join(text.split()))}  " in ran.out


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize(
    "text",
    [
        "@team",
        "<b>x</b>",
        "\x1b[31mx",
        "a\nb",
        "\u202eevil",
        "*x*",
        "_x_",
        ":100:",
        "a|b",
        "[x](y)",
        "#12",
    ],
)
def test_names_in_the_notes_of_a_comparison_in_markdown(run, folder, text, count):
    files = [f"{index}.yaml" for index in range(count)]
    for index, file in enumerate(files):
        (folder / file).write_text(
            spec(text, "source", ["a"] * index or ["b"]).replace("x1 4", f"x1 {index + 4}")
        )
    out = run("compare", *files, "--format", "markdown").out
    assert_no_control(out)
    assert_harmless_markdown(out)


def test_a_file_name_in_the_notes_of_a_summary_in_markdown(run, folder):
    (folder / "<b>x.yaml").write_text("input: [3, 8, 8]\nlayers: {a: [conv 1x1 4, relu]}\n")
    assert_harmless_markdown(run("summary", "<b>x.yaml", "--format", "markdown").out)


def test_a_suggested_command_can_be_pasted(run, folder):
    (folder / "my net.yaml").write_text("input: [3, 8, 8]\nlayers: {a: [conv 1x1 4, relu]}\n")
    note = run("summary", "my net.yaml").out.splitlines()[-1]
    assert run(*shlex.split(note.split(": ", 1)[1])[1:]).code == 0


@pytest.mark.parametrize("character", "\u061c\u00ad\u180e\ufff9\U000e0041\U000e0001")
def test_every_invisible_character_is_written_out(run, folder, character):
    (folder / "net.yaml").write_text(
        f'name: "a{character}b"\ninput: [3, 8, 8]\nlayers: conv 1x1 4\n', encoding="utf-8"
    )
    assert character not in run("summary", "net.yaml").out


def test_variant_names(run, folder):
    names = [name for name in NAMES if "/" not in name]
    variants = "".join(f"  {quoted(name)}: {{}}\n" for name in names)
    (folder / "net.yaml").write_text(
        f"name: n\ninput: [3, 8, 8]\nlayers: conv 1x1 4\nvariants:\n{variants}", encoding="utf-8"
    )
    titles = [f"n#{name}" for name in names]
    out = run("compare", "net.yaml").out
    assert [line.split("  ")[0][1:] for line in out.splitlines()[4 : 4 + len(names)]] == titles
    assert [one["variant"] for one in document_of(run, "compare", "net.yaml")["models"]] == names
    fields = "".join(f"net.yaml#{name}\t12\n" for name in names)
    assert run("summary", "net.yaml", "--field", "params").out == fields
    header, *rows = cells_of(parsed(run("compare", "net.yaml", "--format", "markdown").out))
    assert [row[0] for row in rows] == titles
    assert {len(row) for row in rows} == {len(header)}
    for name in names:
        assert run("summary", f"net.yaml#{name}", "--field", "macs") == (0, f"{12 * 64}\n", "")


def test_a_long_name_is_never_cut(run, folder):
    name = "x" * 128
    (folder / "net.yaml").write_text(spec("net", "source", [name]), encoding="utf-8")
    for arguments in (["summary"], ["explain"], ["compare", "--rows", "parts"]):
        assert f" {name}  " in run(*arguments, "net.yaml").out
