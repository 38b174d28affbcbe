"""compare --columns: which totals stand in a comparison, in every format."""

import re

import pytest

from convcalc.render.compare_columns import COMPARE_COLUMNS, PART_COLUMNS
from convcalc.render.figures_as_text import unit_text

pytestmark = pytest.mark.usefixtures("folder")

PAPER = ["compare", "vgg16", "resnet18", "mobilenet_v2", "--rows", "networks"]


def cells(run, *arguments):
    """The cells of the LaTeX table, row by row, the titles first."""
    ran = run(*arguments, "--format", "latex")
    assert (ran.code, ran.err) == (0, "")
    return [line.removesuffix(" \\\\").split(" & ") for line in ran.out.splitlines() if " & " in line]


def test_a_paper_s_table_has_the_columns_that_are_named(run):
    # VGG-16, ResNet-18 and MobileNet v2 as torchvision documents them: 138357544, 11689512, 3504872
    assert cells(run, *PAPER, "--columns", "params,macs") == [
        ["network", "params", "multiply-adds"],
        ["vgg16", "138,357,544", "15,470,264,320"],
        ["resnet18", "11,689,512", "1,814,073,344"],
        ["mobilenet\\_v2", "3,504,872", "300,774,272"],
    ]


def test_a_ratio_stands_behind_each_total(run):
    # 11689512 / 138357544 = 0.0845; the peaks are 2·64·112·112 and 2·64·224·224 elements, a quarter
    _, _, resnet, _ = cells(run, *PAPER, "--columns", "peak_activations,ratio,params")
    assert resnet == ["resnet18", "1,605,632", "0.25", "11,689,512", "0.08"]


def test_a_plus_adds_to_the_usual_columns(run):
    titles, *_ = cells(run, *PAPER, "--columns", "+flops")
    assert " ".join(titles) == "network output params ratio multiply-adds ratio FLOPs ratio"
    titles, *_ = cells(run, "compare", "inception3a", "--columns", "+biases")
    groups = ["", "params", "multiply-adds", "biases", "output"]
    assert [re.sub(r".*\{(.*)\}.*", r"\1", title) for title in titles] == groups


@pytest.mark.parametrize(("dtype", "size"), [("float32", 4), ("float16", 2), ("int8", 1)])
def test_bytes_are_those_of_the_type(run, dtype, size):
    options = ["--columns", "weight_bytes,peak_activation_bytes", "--dtype", dtype]
    _, _, resnet, _ = cells(run, *PAPER, *options)
    assert resnet == ["resnet18", f"{11_689_512 * size:,}", f"{1_605_632 * size:,}"]
    assert f"bytes: of {dtype} elements" in run(*PAPER, *options).out


def test_parts_have_the_columns_that_are_named(run):
    # a 5x5 of 192 to 32 channels has 25·192·32 weights; through 16 channels 192·16 + 25·16·32
    rows = cells(run, "compare", "inception3a", "--columns", "weight_bytes,ratio")
    (five,) = [row for row in rows if row[0] == "5x5"]
    assert five == ["5x5", f"{4 * 153_600:,}", f"{4 * 15_872:,}", "0.10"]
    (total,) = [row for row in rows if row[0] == "total"]
    assert total == ["total", f"{4 * 387_072:,}", f"{4 * 163_328:,}", "0.42"]


def test_csv_has_the_columns_that_are_named(run):
    named = run(*PAPER, "--columns", "macs,output,ratio,bar", "--format", "csv").out
    assert named.splitlines()[:2] == ["network,macs,output", "vgg16,15470264320,1000"]
    more = run(*PAPER, "--columns", "+flops", "--like", "thop", "--format", "tsv").out
    assert more.startswith("network\tinput\toutput\tparams\tmacs\tflops\tthop\n")
    parts = run("compare", "inception3a", "--columns", "weight_bytes", "--format", "csv").out
    assert parts.splitlines()[:2] == ["network,layer,weight_bytes", "inception3a#naive,1x1,49152"]


def test_every_column_stands_in_a_table_of_its_kind(run):
    _, *rows = cells(run, *PAPER, "--columns", ",".join(COMPARE_COLUMNS))
    assert {len(row) for row in rows} == {1 + 2 + 2 * 11}  # shapes; 11 totals with ratios; no bars
    (five,) = (
        row
        for row in cells(run, "compare", "inception3a", "--columns", ",".join(PART_COLUMNS))
        if row[0] == "5x5"
    )
    assert len(five) == 1 + 2 + 3 * 9


def test_bars_are_of_multiply_adds_unless_only_others_are_shown(run):
    # ResNet-18 has 0.117 of VGG's multiply-adds, 2.1 of 18 columns, and 0.0845 of its params, 1.5
    rows = {
        columns: next(
            line for line in run(*PAPER, "--columns", columns).out.splitlines() if "resnet18" in line
        ).split()[-1]
        for columns in ("bar", "params,bar", "params,macs,bar")
    }
    assert rows == {"bar": "██▏", "params,bar": "█▌", "params,macs,bar": "██▏"}


@pytest.mark.parametrize(
    ("width", "left_out"),
    [
        (110, "bar"),
        (90, "bar, ratio of buffers, ratio of weight bytes"),
        (80, "bar, ratio of buffers, ratio of params, ratio of weight bytes"),
        (70, "bar, output, ratio"),
    ],
)
def test_a_narrow_terminal_keeps_the_columns_that_are_asked_for(run, monkeypatch, width, left_out):
    monkeypatch.setenv("COLUMNS", str(width))
    ran = run(*PAPER, "--columns", "+weight_bytes,buffers")
    assert ran.err == f"convcalc: left out at {width} columns: {left_out}\n"
    assert "weight bytes" in ran.out
    assert "buffers" in ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([*PAPER, "--columns", "madds"], 'no column "madds"; did you mean "macs"?'),
        ([*PAPER, "--columns", "params,xyzzy"], 'no column "xyzzy"; there are input, output, params'),
        (
            ["compare", "inception3a", "--columns", "+peak_activations"],
            'parts have no column "peak_activations", only output, params, weights',
        ),
        (["compare", "inception3a", "--columns", "bar"], "--rows networks has it"),
        (
            ["compare", "inception3a", "--columns", "ratio"],
            "--columns has ratio, but no total that ratios are of; name one too: params, weights",
        ),
        ([*PAPER, "--columns", "bar,ratio,output"], "activations, peak_activations, weight_bytes, "),
        (
            ["compare", "inception3a", "--why", "--columns", "params"],
            "--why has columns of its own; leave out --columns",
        ),
    ],
)
def test_a_column_that_cannot_be_shown_is_an_error(run, arguments, said):
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


NOTHING = "convcalc: --dtype changes nothing here: no bytes are counted"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (PAPER, f"{NOTHING}; --columns +weight_bytes shows them\n"),
        ([*PAPER, "--format", "csv"], f"{NOTHING}; --columns +weight_bytes shows them\n"),
        (["compare", "inception3a", "--why"], f"{NOTHING}\n"),
        ([*PAPER, "--format", "json"], ""),
        ([*PAPER, "--columns", "+weight_bytes"], ""),
    ],
)
def test_a_type_without_bytes_is_told(run, arguments, told):
    ran = run(*arguments, "--dtype", "int8")
    assert (ran.code, ran.err) == (0, told)


# --- units


@pytest.mark.parametrize(
    ("number", "unit", "decimals", "text"),
    [
        (138_357_544, "M", 1, "138.4"),
        (15_470_264_320, "G", 1, "15.5"),
        (15_470_264_320, "M", 1, "15,470.3"),
        (1_250_000, "M", 1, "1.3"),  # half up, where a float rounds to even
        (1_249_999, "M", 1, "1.2"),
        (999_950_000, "G", 1, "1.0"),
        (50, "k", 1, "0.1"),
        (49, "k", 1, "<0.1"),
        (300_774_272, "G", 3, "0.301"),
        (4_089_184_256, "G", 2, "4.09"),
        (1_005_000_000, "G", 2, "1.01"),
        (499, "M", 3, "<0.001"),
        (0, "k", 1, "0"),
    ],
)
def test_a_figure_is_rounded_half_up(number, unit, decimals, text):
    assert unit_text(number, unit, decimals) == text


def test_inputs_that_differ_are_told_where_they_have_no_column(run):
    words = ["compare", "vgg16", "inception_v3", "--rows", "networks"]
    told = "inputs differ: vgg16 3×224×224, inception_v3 3×299×299"
    assert told in run(*words, "--columns", "params,macs").out
    assert f"% {told}\n" in run(*words, "--columns", "params,macs", "--format", "latex").out
    assert told not in run(*words).out


@pytest.mark.parametrize(
    ("specs", "params", "macs"),
    [
        (["vgg16"], ["138.4"], ["15.5"]),
        # 11,689,512 and 138,357,544 params; 1,814,073,344 and 15,470,264,320 multiply-adds
        (["vgg16", "resnet18"], ["138.4", "11.7"], ["15.47", "1.81"]),
        # 3,504,872 and 25,557,032 params; 300,774,272 and 4,089,184,256 multiply-adds
        (["mobilenet_v2", "resnet50#v1.5"], ["3.50", "25.56"], ["0.301", "4.089"]),
    ],
)
def test_the_smallest_figure_of_a_column_has_three_digits(run, specs, params, macs):
    words = ["--rows", "networks", "--columns", "params,macs", "--units", "params=M,macs=G"]
    _, *rows = cells(run, "compare", *specs, *words)
    assert [row[1] for row in rows[: len(specs)]] == params
    assert [row[2] for row in rows[: len(specs)]] == macs


def test_the_title_of_a_column_has_the_unit(run):
    named = ["--columns", "params,macs,ratio", "--units", "params=M, macs=G"]
    # 11.7 / 138.4 is 0.0845 as 11689512 / 138357544 is
    titles, vgg, resnet, _ = cells(run, *PAPER, *named)
    assert titles == ["network", "params (M)", "ratio", "multiply-adds (G)", "ratio"]
    assert vgg == ["vgg16", "138.36", "1.00", "15.470", "1.00"]
    assert resnet == ["resnet18", "11.69", "0.08", "1.814", "0.12"]
    told = "M = 1,000,000, G = 1,000,000,000: each figure is rounded by itself, half up"
    assert told in run(*PAPER, *named).out


def test_a_total_is_rounded_from_the_exact_one(run):
    # 12,288 + 129,024 + 15,872 + 6,144 = 163,328; the rounded parts would add up to 163.4
    rows = cells(run, "compare", "inception3a#reduced", "--columns", "params", "--units", "k")
    parts = {row[0]: row[1] for row in rows}
    assert [parts[name] for name in ("1x1", "3x3", "5x5", "pool")] == ["12.3", "129.0", "15.9", "6.1"]
    assert parts["total"] == "163.3"


@pytest.mark.parametrize(
    ("units", "said"),
    [
        ("m", '--units cannot be "m"; did you mean "M"? There are k, M, G'),
        ("params=MB", '--units cannot be "MB"; did you mean "M"?'),
        ("params=", '--units cannot be ""; there are k, M, G: write M for all'),
        ("T", '--units cannot be "T"; there are k, M, G'),
        ("madds=M", '--units has no total "madds"; did you mean "macs"?'),
        ("params=M,macs=G,params=k", "--units is given twice for params"),
    ],
)
def test_a_unit_that_is_none_is_an_error(run, units, said):
    ran = run(*PAPER, "--units", units)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--format", "csv"], "--units changes nothing here: csv has exact figures"),
        (["--format", "json"], "--units changes nothing here: json has exact figures"),
        (["--columns", "output"], "--units changes nothing here: no such total is shown"),
        (["--units", "flops=M,macs=M"], "--units of flops changes nothing here: no such total is shown"),
    ],
)
def test_units_that_change_nothing_are_told(run, options, told):
    ran = run(*PAPER, "--units", "M", *options)
    assert (ran.code, ran.err) == (0, f"convcalc: {told}\n")


def test_a_formula_has_no_units(run):
    ran = run("compare", "inception3a", "--why", "--units", "M")
    assert (ran.code, ran.err) == (2, "error: --why has columns of its own; leave out --units\n")
