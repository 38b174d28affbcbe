"""sweep --format plot and svg: every point stands where its exact figures say, gaps stay gaps."""

import json
import re
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcalc.draw.plot import Axis, Curve, Plot, Spot
from convcalc.draw.plot_layout import DOT_PLOT, PIXEL_PLOT, placed
from convcalc.draw.scale import scale_of, tick_text
from convcalc.text.cells import columns_of
from convcalc.text.output import to_ascii

SVG = "{http://www.w3.org/2000/svg}"
BRAILLE = re.compile("[\u2801-\u28ff]")
GAPS = "name: gaps\ninput: [3, 4, 4]\nparameters: {g: 1}\nlayers: [conv 1x1 8, conv 1x1 8 groups=$g]\n"
WORDS = "input: [3, 4, 4]\nparameters: {act: relu}\nlayers: [conv 1x1 8, $act]\n"


# ---- scales -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([13, 569], ["0", "100", "200", "300", "400", "500", "600"]),
        ([41_030_272, 568_740_352], ["0", *(f"{n}00M" for n in range(1, 7))]),
        ([0, 3], ["0", "1", "2", "3"]),
        ([0], ["0", "1"]),
        ([7], ["0", "2", "4", "6", "8"]),
        ([Fraction(1, 4), 1], ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ([1_200_000], ["0", "200k", "400k", "600k", "800k", "1M", "1.2M"]),
    ],
)
def test_an_axis_has_round_ticks_from_zero(values, texts):
    scale = scale_of(Axis(""), list(map(Fraction, values)))
    assert [text for _, text in scale.ticks] == texts
    assert not scale.is_log


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([12_000_000, 582_000_000], ["10M", "20M", "50M", "100M", "200M", "500M"]),
        ([1, 10**9], ["1", "100", "10k", "1M", "100M"]),
        ([470_072, 4_231_976], ["500k", "1M", "2M"]),
    ],
)
def test_a_logarithmic_axis_has_round_ticks(values, texts):
    scale = scale_of(Axis("", may_be_log=True), list(map(Fraction, values)))
    assert [text for _, text in scale.ticks] == texts
    assert scale.is_log


def test_equal_ratios_are_equally_far_apart_on_a_logarithmic_axis():
    scale = scale_of(Axis("", may_be_log=True), [Fraction(1), Fraction(8)])
    places = [scale.place(Fraction(value), 10_001) for value in (1, 2, 4, 8)]
    assert max(places) < 10_001
    steps = {after - before for before, after in pairwise(places)}
    assert max(steps) - min(steps) <= 1


def test_an_axis_is_not_logarithmic_where_values_are_near_or_nothing():
    near, nothing = ([Fraction(7), Fraction(20)], [Fraction(0), Fraction(900)])
    assert not scale_of(Axis("", may_be_log=True), near).is_log
    assert not scale_of(Axis("", may_be_log=True), nothing).is_log


def test_a_tick_has_the_units_of_the_command_line():
    assert list(map(tick_text, map(Fraction, (0, 999, 1500, 2_000_000, 3_500_000_000)))) == [
        "0",
        "999",
        "1.5k",
        "2M",
        "3.5G",
    ]


# ---- places -----------------------------------------------------------------------------------------

VALUES = st.integers(0, 10**12).map(Fraction)
SPOTS = st.one_of(st.none(), st.tuples(VALUES, VALUES).map(lambda pair: Spot(*pair, "")))
CURVES = st.lists(
    st.tuples(st.text("abc卷=1.", max_size=40), st.lists(SPOTS, min_size=1, max_size=6)),
    min_size=1,
    max_size=30,
).map(lambda curves: tuple(Curve(name, tuple(spots)) for name, spots in curves))


@settings(max_examples=60, deadline=None)
@given(
    CURVES,
    st.booleans(),
    st.sampled_from([(80, 88, DOT_PLOT), (400, 88, DOT_PLOT), (720, 440, PIXEL_PLOT)]),
)
def test_everything_of_a_plot_is_within_it_and_no_name_stands_on_another(curves, may_be_log, size):
    width, height, medium = size
    axes = Axis("x", may_be_log=may_be_log), Axis("y", may_be_log=may_be_log)
    plot = Plot(*axes, curves)
    if not plot.spots:
        return
    place = placed(plot, width, height, medium)
    assert 0 < place.left < place.right < width
    assert 0 < place.top < place.bottom < height
    points = [point for curve in place.curves for point in curve.places if point]
    assert len(points) == len(plot.spots)
    assert all(place.left <= x <= place.right and place.top <= y <= place.bottom for x, y in points)
    named = [curve for curve in place.curves if curve.name]
    assert all(curve.name_at[0] + medium.text(curve.name) <= width for curve in named)
    heights = sorted(curve.name_at[1] for curve in named)
    assert all(after - before >= medium.line for before, after in pairwise(heights))
    assert all(place.top <= y <= place.bottom for y in heights)
    assert all(any(curve.places) for curve in named)
    spans = [
        (tick.at - medium.text(tick.text) / 2, tick.at + medium.text(tick.text) / 2)
        for tick in place.x_ticks
        if tick.text
    ]
    assert all(before[1] < after[0] for before, after in pairwise(spans))


# ---- the command ------------------------------------------------------------------------------------


def svg_of(run, *arguments):
    ran = run("sweep", *arguments, "--format", "svg")
    assert ran.code == 0, ran.err
    return ElementTree.fromstring(ran.out)


def texts_of(root, kind):
    return [
        (float(one.get("x")), float(one.get("y")), one.text)
        for one in root.iter(f"{SVG}text")
        if kind in one.get("class").split()
    ]


def test_a_point_stands_where_its_figures_say(run):
    # Howard et al. 2017, Table 6 and 7: 569 million multiply-adds and 4.2 million parameters at alpha 1.
    root = svg_of(run, "mobilenet_v1", "alpha=0.5,1")
    ticks = {text: y - 4 for _, y, text in texts_of(root, "right")}  # a baseline is 4 below the tick
    circles = list(root.iter(f"{SVG}circle"))
    titles = [circle[0].text for circle in circles]
    assert titles[1] == "mobilenet_v1 alpha=1\n4,231,976 params, 568,740,352 multiply-adds"
    share = (568_740_352 - 500_000_000) / 100_000_000  # of the way from tick to tick
    y = ticks["500M"] + share * (ticks["600M"] - ticks["500M"])
    assert float(circles[1].get("cy")) == pytest.approx(y, abs=1)
    assert float(circles[1].get("cy")) < float(circles[0].get("cy"))


def test_one_parameter_has_each_cost_against_it_that_it_changes(run):
    titles = {text for _, _, text in texts_of(svg_of(run, "mobilenet_v1", "alpha=0.5,1"), "axis-title")}
    assert titles == {"alpha", "multiply-adds", "params"}
    titles = {text for _, _, text in texts_of(svg_of(run, "mobilenet_v1", "res=128,224"), "axis-title")}
    assert titles == {"res", "multiply-adds"}


def test_two_parameters_have_params_against_multiply_adds_and_a_line_for_each_value(run):
    root = svg_of(run, "mobilenet_v1", "alpha=0.25,0.5,1", "res=128..224..32")
    assert [text for _, _, text in texts_of(root, "axis-title")] == [
        "params (log)",
        "multiply-adds (log)",
    ]
    assert [text for _, _, text in texts_of(root, "name")] == ["alpha=0.25", "alpha=0.5", "alpha=1"]
    assert len(list(root.iter(f"{SVG}circle"))) == 12
    own = [one for one in root.iter(f"{SVG}circle") if "own" in one.get("class").split()]
    assert [one[0].text.split("\n")[0] for one in own] == ["mobilenet_v1 alpha=1 res=224"]


def test_several_networks_have_a_line_each_and_one_without_the_parameter_a_level_one(run):
    root = svg_of(run, "mobilenet_v1", "resnet18", "alpha=0.5,0.75,1")
    names = {text for _, _, text in texts_of(root, "name")}
    assert names == {"mobilenet_v1", "resnet18"}
    ways = [one.get("d") for one in root.iter(f"{SVG}path") if "c1" in one.get("class").split()]
    heights = [set(re.findall(r"[ML]\d+ (\d+)", way)) for way in ways]
    assert all(len(one) == 1 for one in heights)


def test_what_is_no_network_is_a_gap(run, folder):
    (folder / "gaps.yaml").write_text(GAPS)
    root = svg_of(run, "gaps.yaml", "g=1,2,3,4,8")  # 3 does not divide 8 channels
    ways = [one.get("d") for one in root.iter(f"{SVG}path") if "curve" in one.get("class")]
    assert [re.sub(r"[\d ]+", "", way) for way in ways] == ["MLML", "MLML"]
    assert "g=3: groups=3 does not divide 8 in_channels" in [
        text for _, _, text in texts_of(root, "note")
    ]
    ran = run("sweep", "gaps.yaml", "g=1,2,3,4,8", "--format", "plot")
    plot = ran.out.split("\n\n")[1].splitlines()
    ticks = plot[-2]
    columns = [ticks.index(text) for text in ("2", "3", "4")]
    between = [row[columns[0] + 1 : columns[2]] for row in plot[1:-3]]
    assert not any(BRAILLE.search(row) for row in between)
    assert any(BRAILLE.search(row[: columns[0]]) for row in plot[1:-3])
    assert ran.err == "convcalc: 1 of 5 combinations can be no network\n"


def test_what_is_beyond_a_limit_is_a_gap(run):
    arguments = ("mobilenet_v1", "alpha=0.25,0.5,0.75,1", "--min", "macs=100M", "--max", "macs=400M")
    ways = [one.get("d") for one in svg_of(run, *arguments).iter(f"{SVG}path")]
    assert [re.sub(r"[\d ]+", "", way) for way in ways if "L" in way] == ["ML", "ML"]


def test_words_stand_beside_each_other_without_a_line(run, folder):
    (folder / "words.yaml").write_text(WORDS)
    root = svg_of(run, "words.yaml", "act=relu,prelu,silu")
    assert [text for _, _, text in texts_of(root, "middle")] == ["relu", "prelu", "silu", "act"]
    assert [one for one in root.iter(f"{SVG}path") if "curve" in one.get("class")] == []
    # 3·8 weights, and with prelu a slope for each of 8 channels
    titles = [one[0].text.split("\n")[1] for one in root.iter(f"{SVG}circle")]
    assert [title.split(" params")[0] for title in titles] == ["24", "32", "24"]
    assert not BRAILLE.search(run("sweep", "words.yaml", "act=relu,prelu", "--format", "plot").out)


@pytest.mark.parametrize("width", [40, 80, 100, 200])
def test_a_plot_is_within_the_terminal(run, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    out = run("sweep", "mobilenet_v1", "alpha=0.25,0.5,1", "res=128..224..32", "--format", "plot").out
    assert max(map(columns_of, out.splitlines())) <= width
    assert "alpha=0.25" in out
    ascii_out = to_ascii(out)
    assert "o......o" in ascii_out or "o'''" in ascii_out or ":" in ascii_out
    assert "?" not in ascii_out


def test_the_lines_of_several_have_colours_where_there_are_any(run):
    arguments = ("sweep", "mobilenet_v1", "mobilenet_v2", "alpha=0.5,1", "--format", "plot")
    plain, coloured = run(*arguments).out, run(*arguments, "--color", "always").out
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d*m", "", coloured) == plain
    assert "\x1b[34mmobilenet_v1\x1b[0m" in coloured
    assert "\x1b[31mmobilenet_v2\x1b[0m" in coloured
    alone = run("sweep", "mobilenet_v1", "alpha=0.5,1", "--format", "plot", "--color", "always").out
    assert "\x1b" not in alone


def test_a_plot_needs_few_lines_and_no_fit(run):
    ran = run("sweep", "mobilenet_v1", "res=8..328..8", "alpha=0.1,0.11", "--format", "plot")
    assert (ran.code, ran.out) == (2, "")
    assert "a plot of 41 lines; at most 40" in ran.err
    ran = run(
        "sweep", "mobilenet_v1", "alpha=0.5,1", "--fit", "alpha", "--max", "macs=1G", "--format", "svg"
    )
    assert (ran.code, ran.out) == (2, "")
    assert "--fit leaves one value of a line" in ran.err


def test_nothing_that_fits_is_a_plot_without_axes(run):
    for format_name in ("plot", "svg"):
        ran = run("sweep", "mobilenet_v1", "alpha=0.5,1", "--max", "params=1", "--format", format_name)
        assert ran.code == 1
        assert "0 of 2 networks" in ran.out
        assert "nothing that is listed fits" in ran.err


def test_the_plot_stands_on_the_page_and_in_a_file(run, folder):
    arguments = ("sweep", "mobilenet_v1", "alpha=0.5,1")
    assert run(*arguments, "-o", "a.svg").code == 0
    svg = (folder / "a.svg").read_text("utf-8")
    assert svg in run(*arguments, "--format", "html").out
    assert svg == run(*arguments, "--format", "svg").out


def test_a_hostile_name_is_text_in_a_plot(run, folder):
    name = "</text><script>alert(1)</script>\"'&"
    document = {"name": name, "input": [3, 4, 4], "parameters": {"c": 1, "d": 1}}
    layers = ["conv 1x1 $c", "conv 1x1 $d"]
    (folder / "net.yaml").write_text(json.dumps({**document, "layers": layers}))
    root = svg_of(run, "net.yaml", "c=1,2", "d=1,2")
    assert {one.tag.removeprefix(SVG) for one in root.iter()} == {
        *("svg", "title", "style", "rect", "g", "path", "text", "circle")
    }
    assert name in [text for _, _, text in texts_of(root, "title")]


def test_words_and_names_that_turn_a_line_round_are_written_out(run, folder):
    document = {"name": "net\u202e", "input": [3, 4, 4], "parameters": {"a": "relu", "c": 1}}
    (folder / "net.yaml").write_text(json.dumps({**document, "layers": ["conv 1x1 $c"]}))
    (folder / "other.yaml").write_text(json.dumps({**document, "layers": ["conv 1x1 $c"]}))
    for words in (["a=x\u202ey,relu"], ["c=1,2", "a=relu,x\u202ey"]):
        for format_name in ("plot", "svg"):
            ran = run("sweep", "net.yaml", "other.yaml", *words, "--format", format_name)
            assert ran.code == 0, ran.err
            assert "\u202e" not in ran.out
