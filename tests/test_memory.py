"""Limits for small devices: the peak of activations, bytes by the type of an element, side heads.

All figures are of this network, by hand. Its weights are 9·3·16 = 432, 9·16·32 = 4,608 and
9·32·32 = 9,216, together 14,256. Its maps are 3·64² = 12,288, 16·64² = 65,536, 32·32² = 32,768 and
32,768 elements, so that 65,536 + 32,768 = 98,304 are alive while `b` runs, which is the most. The side
head has 32·128 = 4,096 weights more, and 32,768 + 128·32² = 163,840 elements are alive while it runs.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

NET = """\
input: [3, 64, 64]
layers: [a: conv 3x3 16, b: conv 3x3/2 32, head: {aux: conv 1x1 128}, c: conv 3x3 32]
"""
WEIGHTS, PEAK = 14_256, 98_304


pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def results(run):
    """What a check of a file finds, rule by rule."""

    def results(text: str, *options: str) -> list[dict]:
        Path("net.yaml").write_text(text)
        return json.loads(run("check", "net.yaml", *options, "--format", "json").out)["results"]

    return results


@pytest.mark.parametrize(
    ("rule", "limit", "actual"),
    [
        ("peak_activations: 98304", 98_304, PEAK),
        ("peak_activations: 98303", 98_303, PEAK),
        ("peak_activations: 100k", 100_000, PEAK),
        ("weight_bytes: {max: 14Ki, dtype: int8}", 14_336, WEIGHTS),
        ("weight_bytes: {max: 14k, dtype: int8}", 14_000, WEIGHTS),
        ("weight_bytes: {max: 28512, dtype: float16}", 28_512, 2 * WEIGHTS),
        ("weight_bytes: {max: 57023, dtype: float32}", 57_023, 4 * WEIGHTS),
        ("weight_bytes: 57024", 57_024, 4 * WEIGHTS),
        ("peak_activation_bytes: {max: 96Ki, dtype: int8}", 98_304, PEAK),
        ("peak_activation_bytes: 0.25Mi", 262_144, 4 * PEAK),
        ("peak_activation_bytes: 1Gi", 1_073_741_824, 4 * PEAK),
        ("norm: 0", 0, 0),
    ],
)
def test_a_budget_for_memory_is_exact(results, rule, limit, actual):
    (found,) = results(f"{NET}budget: {{{rule}}}")
    assert (found["limit"], found["actual"], found["passed"]) == (limit, actual, actual <= limit)


def test_what_is_expected_of_the_peak(results):
    assert [one["passed"] for one in results(f"{NET}expect: {{peak_activations: 98304}}")] == [True]
    assert [one["passed"] for one in results(f"{NET}expect: {{peak_activations: 98303}}")] == [False]


def test_a_layer_takes_what_is_alive_while_it_runs(results):
    # While a runs the image and its own map are alive; c's map and its input's are alike.
    rules = "a: {peak_activations: 77824}, c: {peak_activations: 65536, weight_bytes: 36Ki}"
    found = results(f"{NET}budget: {{layers: {{{rules}}}}}")
    assert [(one["actual"], one["limit"]) for one in found] == [
        (77_824, 77_824),
        (65_536, 65_536),
        (36_864, 36_864),
    ]


def test_a_group_takes_the_most_of_its_layers(results):
    rules = "layers: {g: {peak_activations: 98304, weight_bytes: {max: 5040, dtype: int8}}}"
    net = "input: [3, 64, 64]\nlayers: [g: [conv 3x3 16, conv 3x3/2 32], c: conv 3x3 32]\n"
    found = results(f"{net}budget: {{{rules}}}")
    assert [one["actual"] for one in found] == [PEAK, 432 + 4_608]


def test_the_command_line_says_of_what_type_elements_are(results):
    budget = "budget: {weight_bytes: 1M, peak_activation_bytes: {max: 1M, dtype: float16}}"
    options = ["--max", "weight_bytes=1Mi", "--max", "peak_activations=1M", "--dtype", "int8"]
    assert [(one["rule"], one["dtype"], one["actual"]) for one in results(NET + budget, *options)] == [
        ("budget.weight_bytes", "int8", WEIGHTS),
        ("budget.peak_activation_bytes", "float16", 2 * PEAK),  # a file's own word holds
        ("max.weight_bytes", "int8", WEIGHTS),
        ("max.peak_activations", None, PEAK),
    ]


def test_a_row_says_of_what_type_elements_are(run):
    Path("net.yaml").write_text(f"{NET}budget: {{weight_bytes: {{max: 64Ki, message: flash}}}}")
    rows = [line.split() for line in run("check", "net.yaml").out.splitlines()]
    assert ["✓", "budget.weight_bytes", "≤", "65,536", "57,024", "8,512", "13.0", "%"] in [
        row[:8] for row in rows
    ]
    assert "float32: flash" in run("check", "net.yaml").out
    assert "int8: flash" in run("check", "net.yaml", "--dtype", "int8").out


def test_a_share_is_of_the_same_bytes(results):
    variants = """\
input: [3, 8, 8]
variants:
  wide: {layers: conv 1x1 64}
  slim:
    layers: conv 1x1 8
    budget: {weight_bytes: {max: 0.125, of: wide, dtype: int8}}
"""
    (found,) = results(variants)
    assert (found["limit"], found["actual"], found["passed"]) == (24, 24, True)  # 3·64/8 and 3·8


def test_what_is_over_is_said_in_a_sentence(run):
    Path("net.yaml").write_text(
        f"{NET}budget: {{weight_bytes: {{max: 7128, dtype: int8}}, peak_activation_bytes: 192Ki}}"
    )
    weights = "net has 14,256 bytes of weights (int8), 7,128 over its budget of 7,128 (+100.0 %)"
    peak = (
        "net has 393,216 bytes of activations at once (float32), "
        "196,608 over its budget of 196,608 (+100.0 %)"
    )
    github = run("check", "net.yaml", "--format", "github").out.replace("%25", "%").splitlines()
    assert [line.rpartition("::")[2] for line in github] == [weights, peak]
    sarif = json.loads(run("check", "net.yaml", "--format", "sarif").out)["runs"][0]["results"]
    assert [one["message"]["text"] for one in sarif] == [weights, peak]
    junit = ElementTree.fromstring(run("check", "net.yaml", "--format", "junit").out)
    assert [one.get("message") for one in junit.iter("failure")] == [weights, peak]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--max weight_bytes=1KB", "--max needs weight_bytes=200000, or bytes such as 200k, 256Ki or"),
        ("--max params=1Ki", "--max needs params=170000, or a limit such as 170k, 1.5M or 2G, not"),
        ("--max bytes=1k", '--max has no count "bytes"'),
        ("--max params=1k --dtype int4", '--dtype cannot be "int4"; did you mean "int8"?'),
        ("--aux --baseline lock.json", "a baseline has no side heads; leave --aux or --baseline out"),
    ],
)
def test_a_limit_that_cannot_be(run, words, said):
    Path("net.yaml").write_text(NET)
    ran = run("check", "net.yaml", *words.split())
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


# --- sweeps


def test_a_sweep_within_bytes(run):
    Path("net.yaml").write_text("parameters: {n: 8}\ninput: [4, 8, 8]\nlayers: conv 1x1 $n\n")
    words = ["sweep", "net.yaml", "n=1..64", "--max", "weight_bytes=0.125Ki", "--dtype", "int8"]
    rows = json.loads(run(*words, "--format", "json").out)["rows"]
    assert [row["weight_bytes"] for row in rows] == list(range(4, 129, 4))
    assert "with at most 128 bytes of weights (int8)" in run(*words).out
    fitted = run(*words, "--fit", "n").out
    assert "largest listed n: at most 128 bytes of weights (int8)" in fitted


def test_the_largest_within_a_budget_in_bytes(run):
    Path("net.yaml").write_text(
        "parameters: {n: 8}\ninput: [4, 8, 8]\nlayers: [conv 1x1 $n, h: {aux: conv 1x1 $n}]\n"
        "budget: {weight_bytes: {max: 256, dtype: float16}}\n"
    )
    words = ["sweep", "net.yaml", "n=1..64", "--fit", "n", "--format", "json"]
    (row,) = json.loads(run(*words).out)["rows"]
    assert (row["parameters"]["n"], row["weight_bytes_left"]) == (32, 0)  # 4·32 elements of 2 bytes
    (row,) = json.loads(run(*words, "--aux").out)["rows"]
    assert (row["parameters"]["n"], row["weight_bytes_left"]) == (9, 22)  # 4·9 + 9² = 117


# --- side heads


def test_side_heads_count_where_they_are_asked_for(results):
    rules = "expect: {params: 18352, peak_activations: 163840}\nbudget: {macs: 1G}"
    limit = ["--max", "weight_bytes=1M", "--dtype", "int8"]
    assert [one["actual"] for one in results(NET + rules, *limit, "--aux")] == [
        WEIGHTS + 4_096,
        163_840,
        # each weight at every place of its map: 64², and three times 32²
        432 * 64**2 + (4_608 + 9_216 + 4_096) * 32**2,
        WEIGHTS + 4_096,
    ]
    assert [one["passed"] for one in results(NET + rules, *limit)] == [False, False, True, True]


def test_a_share_with_side_heads_is_of_the_other_with_its_own(run):
    Path("net.yaml").write_text("""\
input: [3, 8, 8]
variants:
  wide: {layers: [conv 1x1 8, h: {aux: conv 1x1 2}]}
  slim: {layers: conv 1x1 8, budget: {params: {max: 0.6, of: wide}}}
""")
    assert run("check", "net.yaml#slim").code == 1  # 24 of 24
    assert run("check", "net.yaml#slim", "--aux").code == 0  # 24 of 24 + 16


def test_a_diff_with_side_heads(run):
    for name, channels in (("old", 128), ("new", 256)):
        Path(f"{name}.yaml").write_text(f"name: net\n{NET.replace('128', str(channels))}")
    words = ["diff", "old.yaml", "new.yaml", "--format", "json"]
    (found,) = json.loads(run(*words).out)["diffs"]
    assert found["totals"]["params"] == {"was": WEIGHTS, "now": WEIGHTS, "delta": 0}
    assert [layer["aux"] for layer in found["layers"]] == [True]
    (found,) = json.loads(run(*words, "--aux").out)["diffs"]
    assert found["totals"]["params"] == {"was": 18_352, "now": 22_448, "delta": 4_096}
    assert [layer["aux"] for layer in found["layers"]] == [False]
    growth = ["--max-growth", "params=0"]
    assert run(*words, *growth).code == 0
    assert run(*words, *growth, "--aux").code == 1


def test_a_verification_with_side_heads(run):
    pytest.importorskip("numpy")
    Path("net.yaml").write_text(NET.replace("64, 64", "8, 8"))
    alone, whole = (run("verify", "net.yaml", *more).out.splitlines() for more in ([], ["--aux"]))
    assert [line.split() for line in alone if "total" in line] == [
        ["total", "32×4×4", "✓", "14,256", "✓", "248,832", "✓"],  # 432·8² + 13,824·4²
        ["side", "heads,", "not", "in", "the", "total", "4,096", "65,536"],
    ]
    assert [line.split() for line in whole if "total" in line] == [
        ["total", "32×4×4", "✓", "18,352", "✓", "314,368", "✓"]
    ]
    printed = json.loads(run("verify", "net.yaml", "--aux", "--format", "json").out)
    assert printed["models"][0]["totals"]["params"] == 18_352


# --- values that are not the file's own


VALUED = """\
input: [3, 8, 8]
parameters: {n: 4}
layers: conv 1x1 $n
expect: {params: 12, output: [4, 8, 8]}
budget: {params: 20}
"""
NOT_JUDGED = "convcalc: expect is of a file's own values, so it is not judged for "


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (["net.yaml@n=6"], "net@n=6"),
        (["net.yaml", "--set", "n=6"], "net@n=6"),
        (["net.yaml@n=6,input=3x4x4"], "net@input=3x4x4,n=6"),
    ],
)
def test_expectations_are_of_the_files_own_values(run, words, title):
    Path("net.yaml").write_text(VALUED)
    ran = run("check", *words, "--format", "tsv")
    assert [line.split("\t")[1:5] for line in ran.out.splitlines()[1:]] == [
        ["budget.params", "max", "20", "18"]
    ]
    assert (ran.code, ran.err) == (0, f"{NOT_JUDGED}{title}\n")
    assert run("check", "net.yaml@n=7").code == 1  # a budget holds for any values: 21 of 20


def test_the_files_own_values_may_be_given(run):
    Path("net.yaml").write_text(VALUED)
    for words in (["net.yaml"], ["net.yaml@n=4"], ["net.yaml@n=4.0"], ["net.yaml", "--input", "3x8x8"]):
        ran = run("check", *words, "--format", "csv")
        assert (len(ran.out.splitlines()), ran.code, ran.err) == (4, 0, "")


def test_a_network_without_expectations_needs_no_word(run):
    Path("net.yaml").write_text(VALUED.replace("expect: {params: 12, output: [4, 8, 8]}\n", ""))
    assert run("check", "net.yaml@n=6").err == ""
