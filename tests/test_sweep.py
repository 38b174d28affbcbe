"""Sweeps that decide: several networks, rows without a network, limits, the largest that fits."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from convcalc.answers import sweep
from convcalc.network.overrides import Overrides
from convcalc.specs.opening import open_source, read_plans

# 3·n weights, applied at 8² places.
NET = "parameters: {n: 8}\ninput: [3, 8, 8]\nlayers: conv 1x1 $n\n"
TWO = """\
parameters: {n: 8, m: 1}
input: [3, 8, 8]
variants:
  small: {layers: conv 1x1 $n}
  large: {layers: conv 3x3 $(n*m)}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a network and one of two variants."""
    (tmp_path / "net.yaml").write_text(NET)
    (tmp_path / "two.yaml").write_text(TWO)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def rows(run):
    """The rows of a sweep that is fine."""

    def rows(*words: str) -> list[dict]:
        ran = run("sweep", *words, "--format", "json")
        assert ran.code == 0
        return json.loads(ran.out)["rows"]

    return rows


# --- words


def test_words_are_values_too(run, rows, folder):
    # A 1x1 convolution of 3 channels to 4 has 12 weights; prelu has a slope for each channel.
    (folder / "act.yaml").write_text(
        "parameters: {act: relu, k: 1x1}\ninput: [3, 8, 8]\nlayers: [conv $k 4, $act]\n"
    )
    found = rows("act.yaml", "act=relu,prelu", "k=1x1,3x3")
    assert [(row["parameters"], row["params"]) for row in found] == [
        ({"act": "relu", "k": "1x1"}, 12),
        ({"act": "relu", "k": "3x3"}, 108),
        ({"act": "prelu", "k": "1x1"}, 16),
        ({"act": "prelu", "k": "3x3"}, 112),
    ]
    assert rows("act.yaml@act=prelu", "k=3x3")[0]["params"] == 112
    assert rows("act.yaml", "k=3x3", "--set", "act=prelu")[0]["params"] == 112
    assert run("summary", "act.yaml@act=prelu", "--field", "params").out == "16\n"
    assert run("check", "act.yaml@act=prelu", "--baseline", "lock.json", "--update").code == 0
    assert list(json.loads(Path("lock.json").read_text())["networks"]) == ["act.yaml@act=prelu"]


def test_a_word_that_makes_no_network_keeps_its_row(run, folder):
    (folder / "act.yaml").write_text("parameters: {act: relu}\ninput: [3, 8, 8]\nlayers: $act\n")
    ran = run("sweep", "act.yaml", "act=relu,rleu,tanh", "--format", "csv")
    errors = [row["error"] for row in csv.DictReader(io.StringIO(ran.out))]
    assert errors == ["", 'unknown operation "rleu"; did you mean "relu"?', ""]
    assert (ran.code, ran.err) == (0, "convcalc: 1 of 3 combinations can be no network\n")


def test_a_word_where_each_row_needs_a_number_is_an_error(run):
    ran = run("sweep", "net.yaml", "n=one,two")
    assert (ran.code, ran.out) == (2, "")
    what = 'out_channels must be a whole number from 1 to 10^12, not "one" ($n)'
    assert ran.err.startswith(f"net.yaml:3:18: error: {what}")


def test_of_words_none_is_the_largest(run, folder):
    (folder / "act.yaml").write_text("parameters: {act: relu}\ninput: [3, 8, 8]\nlayers: $act\n")
    ran = run("sweep", "act.yaml", "act=relu,tanh", "--fit", "act", "--max", "params=1k")
    assert ran.code == 2
    assert '--fit needs numbers, of which one is the largest; act may be "relu"' in ran.err


# --- several networks


def test_networks_of_one_name_are_called_by_their_files(run, folder):
    (folder / "other.yaml").write_text(f"name: net\n{NET.replace('1x1', '3x3')}")
    lines = [line.split() for line in run("sweep", "net.yaml", "other.yaml", "n=4,8").out.splitlines()]
    # 3·n weights, and nine times as many; each network's ratios are to its own n of 8.
    assert [line[:4] for line in lines if line and line[0].endswith(".yaml")] == [
        ["net.yaml", "4", "12", "0.50"],
        ["net.yaml", "8", "24", "1.00"],
        ["other.yaml", "4", "108", "0.50"],
        ["other.yaml", "8", "216", "1.00"],
    ]


def test_several_networks_with_all_their_variants(rows):
    found = rows("net.yaml", "two.yaml", "n=1,2", "m=1..2")
    # Of n and m each has those that it declares; a 3x3 kernel has 27 weights a channel.
    assert [(row["name"], row["variant"], row["parameters"], row["params"]) for row in found] == [
        ("net", None, {"n": 1}, 3),
        ("net", None, {"n": 2}, 6),
        ("two", "small", {"n": 1, "m": 1}, 3),
        ("two", "small", {"n": 1, "m": 2}, 3),
        ("two", "small", {"n": 2, "m": 1}, 6),
        ("two", "small", {"n": 2, "m": 2}, 6),
        ("two", "large", {"n": 1, "m": 1}, 27),
        ("two", "large", {"n": 1, "m": 2}, 54),
        ("two", "large", {"n": 2, "m": 1}, 54),
        ("two", "large", {"n": 2, "m": 2}, 108),
    ]
    assert {row["file"] for row in found} == {"net.yaml", "two.yaml"}


def test_values_of_a_spec_tell_its_rows_apart(run, rows):
    words = ["two.yaml#large@m=2", "two.yaml#large@m=3", "n=1,2"]
    assert [(row["parameters"], row["params"]) for row in rows(*words)] == [
        ({"n": 1, "m": 2}, 54),
        ({"n": 2, "m": 2}, 108),
        ({"n": 1, "m": 3}, 81),
        ({"n": 2, "m": 3}, 162),
    ]
    lines = run("sweep", *words).out.splitlines()
    assert lines[0] == " two   4 networks"
    assert lines[2].split()[:3] == ["network", "n", "params"]
    assert [line.split()[0] for line in lines[4:8]] == ["two#large@m=2"] * 2 + ["two#large@m=3"] * 2
    assert lines[-2] == " ratio: to each network's own values"


def test_the_document_of_several_has_its_names_in_the_rows(run):
    document = json.loads(run("sweep", "net.yaml", "two.yaml", "n=1", "--format", "json").out)
    assert [document[key] for key in ("name", "variant", "file", "parameters")] == [None] * 4


def test_a_parameter_that_one_network_has_is_enough(run):
    assert run("sweep", "net.yaml", "conv1x1", "n=1,2").code == 0
    ran = run("sweep", "net.yaml", "conv1x1", "k=1")
    assert (ran.code, ran.err) == (2, 'error: no parameter "k"; there are n\n')


def test_a_file_with_the_name_of_values_is_a_spec(rows, folder):
    (folder / "n=1").write_text(NET)
    (row,) = rows("n=1", "n=4")
    assert (row["file"], row["params"]) == ("n=1", 12)


# --- rows without a network


def test_a_combination_that_makes_no_network_keeps_its_row(run):
    ran = run("sweep", "net.yaml", "n=0.5,1,0", "--format", "json")
    assert (ran.code, ran.err) == (0, "convcalc: 2 of 3 combinations can be no network\n")
    first, second, third = json.loads(ran.out)["rows"]
    assert first["error"].startswith('out_channels must be a whole number from 1 to 10^12, not "0.5"')
    assert third["error"].startswith("out_channels must be a whole number from 1 to 10^12, not")
    assert second["error"] is None
    facts = [key for key in first if key not in ("name", "variant", "file", "parameters", "error")]
    assert (first["parameters"], {first[key] for key in facts}) == ({"n": 0.5}, {None})
    assert second["params"] == 3


def test_a_row_without_a_network_in_records_and_tables(run):
    ran = run("sweep", "net.yaml", "n=0.5,1", "--format", "csv")
    empty, full = csv.DictReader(io.StringIO(ran.out))
    assert (empty["n"], empty["params"], empty["input"]) == ("0.5", "", "")
    assert (full["n"], full["params"], full["error"]) == ("1", "3", "")
    lines = run("sweep", "net.yaml", "n=0.5,0.25,1", "--sort", "macs").out.splitlines()
    assert [line.split() for line in lines[5:7]] == [["0.5"], ["0.25"]]  # last, for they have no total
    assert any(line.startswith(" n=0.5: out_channels must be a whole number") for line in lines)


def test_the_first_row_needs_no_other_value(monkeypatch):
    """Of a million values the others are made when their turn comes."""
    made = []
    original = sweep.number_text
    monkeypatch.setattr(sweep, "number_text", lambda number: made.append(number) or original(number))
    plan = read_plans(open_source("net.yaml"), None)[0]
    values = sweep.read_values(["n=1..1000000", "m=1,2"])
    rows = sweep.Sweep([sweep.Swept(plan, Overrides(), values)], values).rows()
    assert next(rows).values == {"n": "1", "m": "1"}
    assert len(made) == 3


def test_what_no_value_mends_is_said_at_once(run, folder):
    (folder / "net.yaml").write_text(NET.replace("conv 1x1 $n", "[conv 1x1 $n, cnov 1x1 3]"))
    ran = run("sweep", "net.yaml", "n=1,2")
    assert (ran.code, ran.out) == (2, "")
    assert 'unknown operation "cnov"' in ran.err


# --- limits


def test_only_rows_within_the_limits(run, rows):
    assert [row["params"] for row in rows("net.yaml", "n=1..5", "--max", "params=9")] == [3, 6, 9]
    assert [row["params"] for row in rows("net.yaml", "n=1..5", "--min", "params=9")] == [9, 12, 15]
    # 64 multiply-adds a weight; 12 weights are the only ones between.
    words = ["--min", "params=10", "--max", "macs=800"]
    assert [row["params"] for row in rows("net.yaml", "n=1..5", *words)] == [12]
    assert [row["params"] for row in rows("net.yaml", "n=1..5", "--max", "weight_bytes=12")] == [3]
    narrow = ["--max", "weight_bytes=12", "--dtype", "int8"]
    assert [row["params"] for row in rows("net.yaml", "n=1..5", *narrow)] == [3, 6, 9, 12]
    ran = run("sweep", "net.yaml", "n=0.5,1..5", "--max", "params=9")
    assert ran.out.startswith(" net   3 of 6 networks with at most 9 params\n")
    assert ran.err == "convcalc: 1 of 6 combinations can be no network\n"


def test_where_no_row_is_within_the_limits(run):
    ran = run("sweep", "net.yaml", "n=1..5", "--max", "params=2", "--format", "csv")
    assert (ran.code, len(ran.out.splitlines())) == (1, 1)
    assert ran.err == "convcalc: nothing that is listed fits\n"


# --- the largest that fits


def test_the_largest_width_of_mobilenet_v1_within_300_million(run):
    """Each is the last that fits: a step of 0.05 more, or 224 pixels, is above."""
    words = ["mobilenet_v1", "alpha=0.25..1..0.05", "res=128..224..32"]
    ran = run("sweep", *words, "--fit", "alpha", "--max", "macs=300M")
    assert (ran.code, ran.err) == (0, "")
    assert (
        ran.out
        == """\
 mobilenet_v1   largest listed alpha: at most 300,000,000 multiply-adds   after Howard et al. \
2017, arXiv:1704.04861, Table 1

 res  alpha     params  multiply-adds         left  next alpha
───────────────────────────────────────────────────────────────────────────────────────
 128      1  4,231,976    186,400,768  113,599,232
 160      1  4,231,976    290,675,200    9,324,800
 192    0.8  2,868,584    269,307,168   30,692,832  0.85: 9,591,584 multiply-adds over
 224    0.7  2,316,872    287,160,280   12,839,720  0.75: 25,400,448 multiply-adds over

 multiply-adds of conv and linear, per image; FLOPs = 2 × multiply-adds
"""
    )


def test_a_narrow_terminal_has_what_the_next_value_breaks_below_the_table(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "85")
    words = ["mobilenet_v1", "alpha=0.25..1..0.05", "res=128..224..32"]
    ran = run("sweep", *words, "--fit", "alpha", "--max", "macs=300M")
    assert (ran.code, ran.err) == (0, "")
    assert "next alpha\n" not in ran.out
    assert " res=192: next alpha is 0.85: 9,591,584 multiply-adds over\n" in ran.out
    assert " res=224: next alpha is 0.75: 25,400,448 multiply-adds over\n" in ran.out


def test_of_many_rows_only_some_have_their_next_value_below(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    ran = run("sweep", "two.yaml#large", "m=1..7", "n=1..99", "--fit", "n", "--max", "params=600")
    assert (ran.out.count("next n"), " 2 more in a wider terminal\n" in ran.out) == (5, True)


@pytest.mark.parametrize("option", ["--max", "--min"])
def test_each_total_that_is_limited_has_a_column(run, option):
    words = ["net.yaml", "n=2..3", option, "weight_bytes=24", option, "params=6", option, "flops=768"]
    lines = run("sweep", *words).out.splitlines()
    # 3·2 weights of 4 bytes, a quarter of the file's own, each multiplied at 64 positions
    assert lines[2].split("ratio")[2].split() == ["bytes", "of", "weights", "FLOPs"]
    assert lines[4].split()[:7] == ["2", "6", "0.25", "384", "0.25", "24", "768"]


def test_each_total_that_is_fitted_has_a_column(run):
    ran = run("sweep", "net.yaml", "n=1..5", "--fit", "n", "--max", "weight_bytes=30")
    assert ran.out.splitlines()[2].endswith("multiply-adds  bytes of weights (float32)  left  next n")
    assert ran.out.splitlines()[4].split()[:5] == ["2", "6", "384", "24", "6"]


def test_a_fitted_table_of_two_limits_stays_within_80_columns(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    limits = ["--max", "macs=300M", "--max", "weight_bytes=2MB", "--dtype", "int8"]
    ran = run("sweep", "mobilenet_v1@res=192", "alpha=0.64,0.65", "--fit", "alpha", *limits)
    rule = next(line for line in ran.out.splitlines() if line.startswith("─"))
    assert len(rule) < 80
    assert ran.err == "convcalc: left out at 80 columns: params\n"


def test_the_bytes_of_a_budget_are_of_its_own_elements(run, rows, folder):
    budget = "budget: {weight_bytes: {max: 10, dtype: int8}}\n"
    (folder / "net.yaml").write_text(NET + budget)
    # 3·n weights of one byte: 9 of 3, and 12 of 4 are 2 too many.
    (row,) = rows("net.yaml", "n=1..5", "--fit", "n")
    assert (row["parameters"], row["weight_bytes"], row["weight_bytes_left"]) == ({"n": 3}, 9, 1)
    lines = run("sweep", "net.yaml", "n=1..5", "--fit", "n").out.splitlines()
    assert lines[2].endswith("  bytes of weights (int8)  left  next n")
    assert lines[4].endswith("  9     1  4: 2 bytes of weights over")


def test_the_bytes_of_weights_where_their_elements_are_named(run):
    lines = run("sweep", "mobilenet_v1", "alpha=1", "--dtype", "float16").out.splitlines()
    assert lines[2].endswith("  bytes of weights")
    assert "8,463,952" in lines[4].split()  # two for each of the 4,231,976 of Howard et al., Table 4
    # The norms have 32 + 96 + 192 + 256 + 384 + 512 + 768 + 5·1024 + 1536 + 2048 = 10,944 channels,
    # each with a mean and a variance.
    note = " bytes of weights: of the params; 21,888 buffers, such as running means, come on top"
    assert note in lines
    assert "bytes" not in run("sweep", "mobilenet_v1", "alpha=1").out


def test_what_fits_is_found_whatever_the_order(rows):
    for values in ("1..5", "5..1", "4,1,3,5,2"):
        (row,) = rows("net.yaml", f"n={values}", "--fit", "n", "--max", "params=10")
        left = 10 - 9
        assert (row["parameters"], row["params"], row["params_left"]) == ({"n": 3}, 9, left)


def test_values_that_make_no_network_are_passed_over(rows):
    (row,) = rows("net.yaml", "n=1,2.5,2", "--fit", "n", "--max", "params=10")
    assert (row["parameters"], row["error"]) == ({"n": 2}, None)


def test_one_for_each_combination_of_the_others(run, rows):
    words = ["two.yaml#large", "m=1..3", "n=1..4", "--fit", "n", "--max", "params=60"]
    # 27·n·m ≤ 60 holds for n·m = 1 and 2.
    found = [(row["parameters"], row["params_left"], row["error"]) for row in rows(*words)]
    assert found == [
        ({"m": 1, "n": 2}, 6, None),
        ({"m": 2, "n": 1}, 6, None),
        ({"m": 3}, None, "no n that is listed fits"),
    ]
    lines = run("sweep", *words).out.splitlines()
    assert lines[6].split() == ["3", "–"]
    assert " m=3: no n that is listed fits" in lines


def test_nothing_fits(run):
    ran = run("sweep", "net.yaml", "n=1..5", "--fit", "n", "--max", "params=2")
    assert (ran.code, ran.err) == (1, "convcalc: nothing that is listed fits\n")


def test_where_nothing_fits_a_single_parameter_is_not_named_before_the_reason(run):
    lines = run("sweep", "net.yaml", "n=1..5", "--fit", "n", "--max", "params=2").out.splitlines()
    assert " no n that is listed fits" in lines


def test_a_minimum_of_the_budget_is_judged_too(run, rows, folder):
    # 27·(40 − w) params: 864, 648 and 216, of which 216 is below the least.
    (folder / "net.yaml").write_text(
        "input: [3, 8, 8]\nparameters: {w: 8}\nlayers: [conv 3x3 $(40-w)]\n"
        "budget: {params: {max: 1000, min: 500}}\n"
    )
    for limits in ([], ["--min", "params=10"]):
        (row,) = rows("net.yaml", "w=8,16,32", "--fit", "w", *limits)
        assert (row["parameters"], row["params"], row["params_left"]) == ({"w": 16}, 648, 352)
    out = run("sweep", "net.yaml", "w=8,16,32", "--fit", "w", "--min", "params=10").out
    assert "largest listed w: within the budget and at least 10 params" in out.splitlines()[0]


def test_what_the_next_value_breaks_is_told_in_a_narrow_terminal_too(run, monkeypatch):
    limits = ["--max", "params=10", "--max", "macs=400"]
    words = ("sweep", "net.yaml", "n=1..5", "--fit", "n", *limits)
    monkeypatch.setenv("COLUMNS", "50")
    ran = run(*words)
    assert " next n is 3: 176 multiply-adds over" in ran.out.splitlines()
    assert ran.err == ""


def test_several_limits_each_with_what_is_left(run, rows):
    limits = ["--max", "params=10", "--max", "macs=400"]
    (row,) = rows("net.yaml", "n=1..5", "--fit", "n", *limits)
    # 6 weights make 384 multiply-adds, 9 would make 576.
    assert (row["params_left"], row["macs_left"]) == (4, 16)
    lines = run("sweep", "net.yaml", "n=1..5", "--fit", "n", *limits).out.splitlines()
    assert lines[2].split() == ["params", "multiply-adds"]
    assert lines[3].split()[:5] == ["n", "used", "left", "used", "left"]
    assert lines[5].split()[:5] == ["2", "6", "4", "384", "16"]
    assert lines[5].endswith("  3: 176 multiply-adds over")


@pytest.mark.parametrize(
    ("values", "limits", "said"),
    [
        ("1..5", ["--max", "params=11"], "4: 1 params over"),  # 12
        ("1,3,9", ["--max", "params=11"], "9: 16 params over"),  # 27
        ("1,5", ["--max", "params=11", "--max", "macs=900"], "5: 4 params over, 60 multiply-adds over"),
        ("1..3", ["--max", "params=11"], "576 9 2"),  # the largest fits: 576 macs, 9 params and 2 left
        ("1,2.5", ["--max", "params=11"], '10^12, not "2.5" ($n)'),  # half a channel is no network
    ],
)
def test_the_next_listed_value_and_what_it_breaks(run, values, limits, said):
    out = run("sweep", "net.yaml", f"n={values}", "--fit", "n", *limits).out
    (row,) = re.findall(r"─\n (.*)", out)
    assert " ".join(row.split()).endswith(said)


def test_a_next_value_that_breaks_a_part(run, folder):
    (folder / "net.yaml").write_text(f"{NET}budget: {{params: 99, layers: {{conv1: {{macs: 384}}}}}}\n")
    out = run("sweep", "net.yaml", "n=1..5", "--fit", "n").out
    assert out.splitlines()[4].endswith("  3: does not fit")


def test_a_value_at_which_a_budget_cannot_be_judged_does_not_fit(run, rows, folder):
    # With n = 1 there is no second round; 27 + 9 weights are 2304 multiply-adds on 64 positions.
    (folder / "net.yaml").write_text(
        "input: [3, 8, 8]\nparameters: {n: 3}\nlayers: {repeat: $n, layers: {x: conv 1x1 3}}\n"
        "budget: {params: 18, layers: {x2: {macs: 1k}}}\n"
    )
    (row,) = rows("net.yaml", "n=1..3", "--fit", "n")
    assert (row["parameters"], row["params_left"]) == ({"n": 2}, 0)
    ran = run("sweep", "net.yaml", "n=1", "--fit", "n")
    assert ran.code == 1
    assert ' net@n=1 has no layer or group "x2"\n' in ran.out


def test_a_value_at_which_the_other_variant_is_no_network_does_not_fit(rows, folder):
    (folder / "net.yaml").write_text("""\
input: [4, 8, 8]
parameters: {g: 1}
variants:
  big: {layers: [conv 1x1 12 groups=$g]}
  small: {layers: [conv 1x1 $g], budget: {params: {max: 0.5, of: big}}}
""")
    # 4·g ≤ 0.5 · 48/g holds for 1 and 2; of 3 there is no big one, and 4 has 16 > 6.
    (row,) = rows("net.yaml#small", "g=1..4", "--fit", "g")
    assert (row["parameters"], row["params"], row["params_left"]) == ({"g": 2}, 8, 4)


def test_the_next_value_may_be_no_network(run, folder):
    (folder / "net.yaml").write_text(
        "input: [3, 8, 8]\nparameters: {c: 2}\nlayers: [conv 1x1 $c, conv 1x1 $c groups=2]\n"
    )
    out = run("sweep", "net.yaml", "c=2,3", "--fit", "c", "--max", "params=99").out
    assert "  3: groups=2 does not divide 3 in_channels\n" in out


def test_a_network_without_a_budget_is_told(run, folder):
    (folder / "net.yaml").write_text(NET + "budget: {params: 10}\n")
    (folder / "other.yaml").write_text(NET)
    ran = run("sweep", "net.yaml", "other.yaml", "n=1..5", "--fit", "n")
    told = "convcalc: other has no budget, so that its largest is the largest listed\n"
    assert (ran.code, ran.err) == (0, told)
    assert run("sweep", "net.yaml", "n=1..5", "--fit", "n").err == ""


def test_without_a_limit_the_budget_of_each_file_is_meant(rows, folder):
    budget = """\
budget:
  params: 10
  macs: {max: 100, level: warn}
  layers: {conv1: {macs: 384}}
"""
    (folder / "net.yaml").write_text(NET + budget)
    (folder / "other.yaml").write_text(NET + "budget: {params: 13}\n")
    first, second = rows("net.yaml", "other.yaml", "n=1..5", "--fit", "n")
    # The layer's budget ends at 6 weights, 384 = 6 · 64; the warning is none that counts.
    assert (first["parameters"], first["params_left"]) == ({"n": 2}, 4)
    assert (second["parameters"], second["params_left"]) == ({"n": 4}, 1)


def test_a_budget_that_is_a_share_of_another_variant(rows, folder):
    text = TWO.replace("conv 1x1 $n}", "conv 1x1 $n, budget: {params: {max: 0.5, of: large}}}")
    (folder / "two.yaml").write_text(text.replace("$(n*m)", "2"))
    # The large one has 3·3·3·2 = 54 weights whatever n is, and 3·n ≤ 27 up to 9.
    (row,) = rows("two.yaml#small", "n=1..20", "--fit", "n")
    assert (row["parameters"], row["params_left"]) == ({"n": 9}, 0)


# ---- what enters


def test_the_input_is_swept_like_a_parameter(run, tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("input: [3, 8, 8]\nparameters: {c: 4}\nlayers: [conv 3x3 $c valid]\n")
    ran = run("sweep", str(path), "c=4,5", "input=3x8x8,3x4x4,3x2x2", "--format", "json")
    rows = json.loads(ran.out)["rows"]
    # 27 weights a channel at 6·6 and 2·2 places; the kernel does not fit into 2×2
    assert [(row["parameters"], row["macs"]) for row in rows] == [
        ({"c": 4, "input": "3x8x8"}, 3888),
        ({"c": 4, "input": "3x4x4"}, 432),
        ({"c": 4, "input": "3x2x2"}, None),
        ({"c": 5, "input": "3x8x8"}, 4860),
        ({"c": 5, "input": "3x4x4"}, 540),
        ({"c": 5, "input": "3x2x2"}, None),
    ]
    assert ran.err == "convcalc: 2 of 6 combinations can be no network\n"
    table = run("sweep", str(path), "input=3x8x8,3x4x4").out
    assert "ratio: to the file's own values, input=3x8x8" in table
    fitted = run("sweep", str(path), "c=4,5", "input=3x8x8,3x4x4", "--fit", "c", "--max", "macs=4k")
    assert [line.split()[:2] for line in fitted.out.splitlines() if " 3x" in line] == [
        ["3x8x8", "4"],
        ["3x4x4", "5"],
    ]


def test_the_input_of_a_model_file_is_swept(run, tmp_path):
    down = "[convolutional]\nfilters=4\nsize=3\nstride=2\npad=1\n"
    text = (
        "[net]\nheight=8\nwidth=8\nchannels=3\n"
        + down * 2
        + "[upsample]\nstride=2\n[route]\nlayers=-1,0\n"
    )
    (tmp_path / "net.cfg").write_text(text)
    ran = run("sweep", str(tmp_path / "net.cfg"), "input=3x8x8,3x16x16,3x6x6", "--format", "json")
    rows = json.loads(ran.out)["rows"]
    # 3·9·4 and 4·9·4 weights at 4·4 and 2·2 places, then at four times as many
    assert [row["macs"] for row in rows] == [2304, 9216, None]
    assert rows[2]["error"].endswith("height and width of the input must be multiples of 4")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["input=8"], None),
        (["input=x"], 'input must be CxHxW such as 3x224x224, of one to four sizes, not "x"'),
        (["input=3x8x8", "--input", "3x4x4"], "--input is hidden by input=...; leave one out"),
        (["input=3x8x8", "--fit", "input", "--max", "macs=1k"], "--fit needs numbers"),
    ],
)
def test_what_cannot_be_swept_as_an_input(run, words, said):
    ran = run("sweep", "mobilenet_v1", *words)
    assert ran.code == 2
    assert said is None or ran.err.startswith(f"error: {said}")
