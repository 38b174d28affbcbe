"""Columns that --columns names, in a narrow terminal: they are lost last, one by one, the last first."""

import pytest

pytestmark = pytest.mark.usefixtures("folder")

FOUR = ["compare", "vgg16", "resnet18", "googlenet#paper", "mobilenet_v1"]
NETWORKS = ["compare", "inception3a", "--rows", "networks"]
PARTS = ["compare", "inception3a"]
NAIVE = ["summary", "inception3a#naive"]
COUNTERS = ["reconcile", "inception3a#reduced"]


def drawn(run, monkeypatch, width, *words):
    """The titles of the columns, which fit, and the names of those that are left out."""
    monkeypatch.setenv("COLUMNS", str(width))
    ran = run(*words)
    assert ran.code == 0
    lines = ran.out.splitlines()
    rule = next(place for place, line in enumerate(lines) if line.startswith("──"))
    assert len(lines[rule]) <= width
    left_out = ran.err.strip().removeprefix(f"convcalc: left out at {width} columns: ")
    return lines[rule - 1].split(), left_out


@pytest.mark.parametrize(
    ("width", "titles", "left_out"),
    [
        (80, "network weight bytes ratio norm ratio buffers ratio", ""),
        (66, "network weight bytes ratio norm ratio buffers", "ratio of buffers"),
        (60, "network weight bytes ratio norm ratio", "buffers"),
        (50, "network weight bytes ratio norm", "buffers, ratio of norm"),
        (40, "network weight bytes ratio", "buffers, norm"),
        (32, "network weight bytes", "buffers, norm, ratio"),
        (25, "network norm", "buffers, ratio, weight bytes"),
    ],
)
def test_no_ratio_stands_without_its_total(run, monkeypatch, width, titles, left_out):
    words = [*FOUR, "--columns", "weight_bytes,norm,buffers,ratio"]
    assert drawn(run, monkeypatch, width, *words) == (titles.split(), left_out)


def test_a_usual_ratio_does_not_come_back_without_its_total(run, monkeypatch):
    titles, left_out = drawn(run, monkeypatch, 80, *PARTS, "--columns", "+flops")
    # the group of FLOPs is too wide, but its ratio would fit
    assert titles == ["branch", *(["naive", "reduced", "ratio"] * 2)]
    assert left_out == "FLOPs, output"


@pytest.mark.parametrize(
    ("words", "width", "left_out"),
    [
        ([*NETWORKS, "--columns", "+input"], 80, "bar"),
        ([*NETWORKS, "--columns", "+input"], 60, "bar, output, ratio"),
        ([*NETWORKS, "--columns", "+input"], 44, "bar, input, output, ratio"),
        ([*NETWORKS, "--columns", "bar,output,params,macs"], 70, "output"),
        ([*NETWORKS, "--columns", "output,bar,params,macs"], 70, "bar"),
        ([*PARTS, "--columns", "weight_bytes,norm,output,ratio"], 80, "output"),
        ([*PARTS, "--columns", "weight_bytes,norm,output,ratio"], 60, "output, ratio of norm"),
        ([*PARTS, "--columns", "weight_bytes,norm,output,ratio"], 52, "norm, output"),
        ([*NAIVE, "--columns", "+stride,receptive_field,weights"], 100, "bar"),
        ([*NAIVE, "--columns", "+stride,receptive_field,weights"], 70, "bar, operation, output, share"),
        (
            [*NAIVE, "--columns", "+stride,receptive_field,weights"],
            60,
            "bar, operation, output, share, weights",
        ),
        ([*NAIVE, "--columns", "+operation,output,share"], 60, "bar, share"),
        ([*COUNTERS, "--columns", "+version"], 75, "says"),
        ([*COUNTERS, "--columns", "+version,params"], 80, "made of"),
        ([*COUNTERS, "--columns", "+version,params"], 60, "made of, says"),
        ([*COUNTERS, "--columns", "+version,params"], 50, "made of, version"),
        ([*COUNTERS, "--columns", "prints,parts,says"], 50, "made of"),
    ],
)
def test_what_is_named_is_lost_last(run, monkeypatch, words, width, left_out):
    assert drawn(run, monkeypatch, width, *words)[1] == left_out


def test_a_counter_keeps_one_row_where_its_summands_are_left_out(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    ran = run("reconcile", "googlenet_torchvision")
    assert ran.err == "convcalc: left out at 40 columns: made of, says\n"
    table = ran.out.split("\n\n")[1].splitlines()
    assert table[3:5] == [" ptflops aten     1,498,377,192", " torchinfo        1,498,391,752"]
