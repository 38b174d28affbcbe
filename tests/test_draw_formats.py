"""Pictures in every format: what they show, that names are data, that the limits hold."""

import builtins
import contextlib
import re
import shutil
import subprocess
import time
import xml.etree.ElementTree as ElementTree

import pytest
from click.testing import CliRunner

from convcalc import load, loads
from convcalc.commands.program import main, program
from convcalc.draw.pixels_and_cells import PIXELS
from convcalc.draw.topology import Topology
from convcalc.draw.what_is_drawn import DrawOptions, Target
from convcalc.render.pictures.choice import PICTURE_SUFFIXES, PICTURES
from convcalc.render.pictures.terminal import fitted
from convcalc.render.terminal import FILE
from convcalc.text.escape import visible
from convcalc.text.output import to_ascii
from convcalc.text.problems import UsageError

SVG = "{http://www.w3.org/2000/svg}"
TEXTS = sorted(set(PICTURES) - {"png"})

# Figure 2(b) of "Going deeper with convolutions": four branches, as wide as their concat.
REDUCED = """\
                               192×28×28
                                   │
        ╭─────────────────┬────────┴─────────┬─────────────────╮
        │         ╭──────────────╮   ╭──────────────╮  ╭──────────────╮
        │         │ 1×1 conv, 96 │   │ 1×1 conv, 16 │  │ 3×3 max pool │
╭──────────────╮  ╰──────────────╯   ╰──────────────╯  ╰──────────────╯
│ 1×1 conv, 64 │          │ 96               │ 16              │ 192
╰──────────────╯  ╭───────────────╮  ╭──────────────╮  ╭──────────────╮
        │         │ 3×3 conv, 128 │  │ 5×5 conv, 32 │  │ 1×1 conv, 32 │
        │         ╰───────────────╯  ╰──────────────╯  ╰──────────────╯
        │ 64              │ 128              │ 32              │ 32
    ╭─────────────────────────────────────────────────────────────╮
    │                           concat                            │
    ╰─────────────────────────────────────────────────────────────╯
                                   │
                               256×28×28
"""


def target(network):
    return Target(network, Topology.of(network), None, False)


def text_of(name, *networks, **options):
    drawn = PICTURES[name]([target(one) for one in networks], DrawOptions(**options), FILE)
    return "".join(drawn.pieces)


def run(*arguments, **environment):
    return CliRunner().invoke(program, ["draw", *arguments], env=environment, standalone_mode=False)


def boxes_of(svg):
    """The lines of text of each box, in order."""
    root = ElementTree.fromstring(svg)
    groups = [group for group in root.iter(f"{SVG}g") if group.find(f"{SVG}title") is not None]
    return [tuple(text.text for text in group.iter(f"{SVG}text")) for group in groups]


# ---- what is shown ----------------------------------------------------------------------------------


def test_the_paper_s_figure_is_drawn_in_a_terminal():
    text = text_of("terminal", load("inception3a", "reduced"), bars="none")
    assert REDUCED in text
    assert text.startswith(
        " inception3a#reduced   192×28×28 → 256×28×28   163,328 params   128,049,152 multiply-adds\n"
    )


def test_a_terminal_s_picture_has_a_twin_in_ascii():
    text = to_ascii(text_of("terminal", load("conv1x1")))
    assert text.splitlines()[2:9] == [
        "     3x3x3",
        "       |",
        "+-------------+",
        "| 1x1 conv, 4 |",
        "+=============+",
        "       |",
        "     4x3x3",
    ]


def test_a_line_to_a_head_alone_turns_below_the_box_that_it_leaves():
    network = loads(
        "input: [8, 9, 9]\n"
        "layers: [a: conv 1x1 8, b: conv 1x1 7, h: {out: conv 1x1 4}, from a, c: {out: conv 1x1 2}]"
    )
    rows = text_of("terminal", network, bars="none").splitlines()
    below = rows[next(place for place, row in enumerate(rows) if "╭─ b" in row) + 3]
    assert re.fullmatch(r" *[│╰]? *╰─+╮", below), below


def test_the_paper_s_boxes_stand_in_the_svg():
    # Figure 2(b): four branches from left to right, each from the previous layer up.
    assert boxes_of(text_of("svg", load("inception3a", "reduced"))) == [
        ("1×1 conv, 64",),
        ("1×1 conv, 96",),
        ("3×3 conv, 128",),
        ("1×1 conv, 16",),
        ("5×5 conv, 32",),
        ("3×3 max pool",),
        ("1×1 conv, 32",),
        ("concat",),
    ]


@pytest.mark.parametrize("form", TEXTS)
def test_what_has_the_weights_of_another_says_whose(form):
    text = text_of(
        form,
        loads(
            "input: [8, 9, 9]\n"
            "layers: [a: conv 1x1 8, again a, g: [conv 1x1 8, relu], b: again g,"
            " h: [conv 3x3 8, conv 1x1 7], conv 1x1 8, c: again h, conv 3x3 8, {out: again h}]"
        ),
    )
    shown = re.sub("(?s)<title>.*?</title>", "", text)
    assert [shown.count(words) for words in ("again a", "again g", "c: again h")] == [1, 1, 1]
    assert shown.count("again h") == 2


def test_equal_blocks_are_drawn_once_and_their_costs_are_all_in():
    # Table 1 of the ResNet paper: 3, 4, 6 and 3 blocks a row, the first of each with a projection.
    svg = text_of("svg", load("resnet50", "v1"))
    assert re.findall(r'class="times"[^>]*>(×\d+)<', svg) == ["×2", "×3", "×5", "×2"]
    titles = [title.text for title in ElementTree.fromstring(svg).iter(f"{SVG}title")][1:]
    macs = [int(re.search(r"([\d,]+) multiply-adds", title)[1].replace(",", "")) for title in titles]
    assert sum(macs) == 3857973248  # the network's own, which the shipped config expects


def test_all_bars_have_one_scale_whatever_the_width_of_their_boxes():
    # 1×1×8×8 weights and 3×3×8×8 weights, at the same positions: the second bar is nine times the first.
    text = "input: [8, 4, 4]\nlayers: [conv 1x1 8, {wide: [conv 3x3 8, batchnorm, layernorm, relu]}]"
    svg = text_of("svg", loads(text))
    kinds = "(?:pointwise|conv)"
    narrow, wide, *_ = (int(width) for width in re.findall(rf'class="{kinds}" .* width="(\d+)"', svg))
    short, long = (int(width) for width in re.findall(rf'class="bar {kinds}" .* width="(\d+)"', svg))
    assert narrow < wide
    assert 9 * short <= long < 9 * (short + 1)


def test_a_bar_is_left_out_where_it_would_be_a_speck():
    # At 8×8 positions: 1 weight, 64 multiply-adds; 3·3·1·8, 4,608; 3·3·8·8, 36,864.
    svg = text_of("svg", loads("input: [1, 8, 8]\nlayers: [conv 1x1 1, conv 3x3 8, conv 3x3 8]"))
    widths = [int(width) for width in re.findall(r'class="bar \w+" .* width="(\d+)"', svg)]
    assert min(widths) >= 3
    assert len(widths) == 2
    assert "the longest 36,864" in svg
    # The longest has some ninety pixels, of which the first one's share is not one.
    below = int(re.search(r"no bar: below 1/(\d+) of that", svg)[1])
    assert 64 * below < 36_864
    assert max(widths) // 3 - 1 <= below <= max(widths) // 3 + 1
    assert "no bar" not in text_of("svg", load("conv1x1"))


def test_edges_between_columns_have_colours_of_their_own():
    svg, tikz = text_of("svg", load("unet")), text_of("tikz", load("unet"))
    for number in range(4):
        assert svg.count(f".line.route{number}{{stroke:") == 2  # on light and on dark paper
        assert f'class="line route{number}"' in svg
        assert svg.count(f'class="arrow route{number}"') == 1
        assert tikz.count(f"draw=route{number}]") == svg.count(f'class="line route{number}"')
        assert f"\\definecolor{{route{number}}}" in tikz
    assert "route" not in text_of("svg", load("inception3a", "reduced"))
    shades = re.findall(r"\.line\.route\d\{stroke:(#\w+)", svg)
    assert len(set(shades)) == 8


def test_a_title_says_that_side_heads_are_counted():
    body = "[conv 1x1 8, {aux: [conv 1x1 2]}, relu]"
    words = ("-e", body, "--input", "8x4x4", "--format", "svg")
    assert "80 params · 1,280 multiply-adds with side heads<" in run(*words, "--aux").output
    assert "64 params · 1,024 multiply-adds<" in run(*words).output


def test_the_longest_bar_is_the_most_expensive_box_of_all_panels():
    # 3×3×192×128 weights at 28×28 positions, of the naive design.
    svg = text_of("svg", load("inception3a", "naive"), load("inception3a", "reduced"))
    assert "the longest 173,408,256" in svg
    assert "bar: params, the longest 221,184" in text_of(
        "svg", load("inception3a", "naive"), bars="params"
    )
    assert 'class="bar' not in text_of("svg", load("inception3a", "naive"), bars="none")


def test_a_side_head_is_dashed_unless_it_is_counted():
    network = loads("input: [3, 8, 8]\nlayers: [conv 3x3 4, aux: conv 1x1 9, conv 3x3 5]")
    svg = text_of("svg", network)
    assert svg.count('class="pointwise dashed"') == 1
    assert "dashed: a side head, not counted" in svg
    counted = "".join(
        PICTURES["svg"]([Target(network, Topology.of(network), None, True)], DrawOptions(), FILE).pieces
    )
    assert " dashed" not in counted
    # 27·4 + 4·9 + 36·5 weights with the head
    assert "288 params" in svg
    assert "324 params" in counted


def test_upwards_the_input_stands_below_the_output():
    svg = text_of("svg", load("conv1x1"), is_up=True)
    at = {text: int(y) for y, text in re.findall(r'class="end centred" x="\d+" y="(\d+)">([^<]+)<', svg)}
    assert at["4×3×3"] < at["3×3×3"]


def test_a_graph_has_an_edge_for_each_that_the_layers_have():
    # The input to 4 branches, 3 inner ones, 4 into the concat, one out.
    mermaid = text_of("mermaid", load("inception3a", "reduced"))
    assert mermaid.count("-->") == 4 + 3 + 4 + 1
    assert "n1 -->|96| n2\n" in mermaid
    dot = text_of("dot", load("inception3a", "reduced"))
    assert dot.count("->") == 4 + 3 + 4 + 1
    assert 'n1 -> n2 [label="96"]' in dot


def test_a_repeated_block_has_no_edge_back_to_itself():
    network = loads(
        "input: [8, 9, 9]\ndefine: {b: [conv 3x3 8, relu, maxpool 3x3]}\n"
        "layers: [{repeat: 3, layers: b}]"
    )
    mermaid = text_of("mermaid", network)
    assert mermaid.count("-->") == 3  # in, between its two boxes, out
    assert 'subgraph f0_0["b ×3"]' in mermaid


@pytest.mark.parametrize("name", TEXTS)
def test_the_same_network_gives_the_same_bytes(name):
    networks = load("googlenet", "paper"), load("resnet50", "v1")
    assert text_of(name, *networks) == text_of(name, *networks)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("layers", ["[]", "[identity]", "[conv 1x1 4]", "[aux: [], conv 3x3 1]"])
def test_the_smallest_networks_are_drawn(name, layers):
    text = text_of(name, loads(f"input: [3, 8, 8]\nlayers: {layers}"))
    assert re.search("3[x×]8|times.*8", text)


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        ("conv 3x3/2 64", "3×3 conv, 64, /2"),
        ("conv 1x1 1", "1×1 conv, 1"),
        ("conv 1x7 8 groups=2 dilation=2", "1×7 conv, 8, groups 2, dilation 2"),
        ("conv 3x3/2x1 8", "3×3 conv, 8, /2×1"),
        ("dwconv 3x3 multiplier=2", "3×3 dw conv, multiplier 2"),
        ("conv_transpose 2x2/2 5", "2×2 transposed conv, 5, /2"),
        ("avgpool 3x3", "3×3 avg pool"),
        ("linear 10 bias", "linear, 10"),
        ("upsample 2", "upsample ×2"),
        ("upsample 2x4", "upsample ×2×4"),
        ("upsample 2 mode=bilinear", "bilinear upsample ×2"),
        ("upsample 2 mode=bilinear align_corners", "bilinear upsample ×2, align corners"),
        ("resize 5x7 mode=bilinear", "bilinear resize to 5×7"),
        ("crop 5x5", "crop to 5×5"),
        ("crop 5 offset=1x0", "crop to 5×5, offset 1×0"),
        ("adaptive_avgpool 6x6", "avg pool to 6×6"),
        ("adaptive_maxpool 1", "max pool to 1×1"),
        ("pad 1x0", "pad 1×0"),
        ("pad before=1 channels=2", "pad, before 1, channels 2"),
        ("channel_shuffle 2", "channel shuffle, 2 groups"),
        ("pixel_shuffle 2", "pixel shuffle ×2"),
        ("pixel_unshuffle 2", "pixel unshuffle /2"),
        ("slice 1 3", "slice 1:3"),
        ("channel_mean", "channel mean"),
        ("leaky_relu", "leaky relu"),
        ("leaky_relu slope=0.1", "leaky relu, slope 0.1"),
        ("gelu approximate=tanh", "tanh gelu"),
        ("lrn 3 k=2", "lrn 3, k 2"),
        ("batchnorm scale=false", "batchnorm, no scale"),
        ("scale bias", "scale, bias"),
        ("dropout", "dropout 0.5"),
        ("global_avgpool", "global avg pool"),
    ],
)
def test_a_box_says_what_its_layer_is(layer, text):
    assert boxes_of(text_of("svg", loads(f"input: [4, 8, 8]\nlayers: [{layer}]"))) == [(text,)]


def test_a_number_of_the_file_s_defaults_is_not_in_every_box():
    defaults = "defaults: {leaky_relu: {slope: 0.1}, upsample: {mode: bilinear}}"
    svg = text_of("svg", loads(f"input: [4, 8, 8]\n{defaults}\nlayers: [leaky_relu, upsample 2]"))
    assert boxes_of(svg) == [("leaky relu",), ("bilinear upsample ×2",)]


def test_small_layers_join_the_box_before_them():
    residual = "{branches: {a: conv 3x3 8, b: []}, merge: add}"
    layers = f"[conv 3x3 8, batchnorm, relu, dropout 0.5, {residual}, relu]"
    svg = text_of("svg", loads(f"input: [8, 8, 8]\nlayers: {layers}"))
    assert boxes_of(svg) == [
        ("3×3 conv, 8", "batchnorm · relu · dropout 0.5"),
        ("3×3 conv, 8",),
        ("+ relu",),
    ]


def test_the_legend_takes_as_many_lines_as_it_needs():
    svg = text_of("svg", load("conv1x1"))
    root = ElementTree.fromstring(svg)
    network = loads("input: [3, 8, 8]\nlayers: [conv 3x3 4, maxpool 3x3/2, conv 1x1 5, linear 6]")
    wide = ElementTree.fromstring(text_of("svg", network))
    for one in (root, wide):
        for text in one.iter(f"{SVG}text"):
            half = PIXELS.text(text.text, "label") / (2 if "centred" in text.get("class") else 1)
            assert float(text.get("x")) + half <= float(one.get("width")) - 8
    assert float(wide.get("width")) < 480
    lines = {text.get("y") for text in wide.iter(f"{SVG}text") if text.get("class") == "label"}
    assert "bar: multiply-adds, the longest" in text_of("svg", network)
    assert len(lines) > 3


# ---- widths and limits ------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [40, 57, 80, 100, 200])
@pytest.mark.parametrize(
    "spec", ["inception3a#reduced", "googlenet#paper", "resnet50#v1", "inception_v4"]
)
def test_nothing_is_wider_than_the_terminal(spec, width):
    name, _, variant = spec.partition("#")
    rows = fitted(target(load(name, variant or None)), DrawOptions(), width).rows
    assert max(len(row.rstrip("\n")) for row in rows) <= width


@pytest.mark.parametrize(
    ("spec", "width"), [("inception3a#reduced", 80), ("googlenet#paper", 100), ("resnet50#v1", 80)]
)
def test_the_well_known_ones_are_whole_where_they_should_be(spec, width):
    name, _, variant = spec.partition("#")
    assert fitted(target(load(name, variant)), DrawOptions(), width).notes == []


def test_a_narrow_terminal_is_told_what_it_does_not_show(monkeypatch, capfd):
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["draw", "inception_v3"]) == 0
    out, err = capfd.readouterr()
    assert err == "convcalc: inception_v3: groups below depth 1 are closed at 60 columns\n"
    assert "Mixed_7c" in out


def wide(count):
    names = ", ".join(f"g{n}: [conv 3x3 {n + 1}, conv 1x1 {n + 2}]" for n in range(count))
    return loads(f"name: wide\ninput: [3, 8, 8]\nlayers: [{names}]")


def test_too_many_boxes_are_refused_with_the_depth_that_fits():
    with pytest.raises(
        UsageError, match=r"wide has 2,002 boxes; at most 2,000 are drawn; --depth 1 fits"
    ):
        text_of("svg", wide(1001))


@pytest.mark.full
def test_the_time_for_boxes_grows_with_their_number():
    def seconds(count):
        network = wide(count // 2)
        start = time.process_time()
        text_of("svg", network)
        return time.process_time() - start

    quarter, whole = min(seconds(500) for _ in range(3)), seconds(2000)
    assert whole < 10 * quarter  # 4 where it grows with their number, 16 with its square


def pairs(count):
    """Layers that join the box before them."""
    return f"{{repeat: {count}, layers: [conv 1x1 3, relu]}}"


def all_read_at_the_end(count):
    """Equal layers, each with a line at its side, so that none of them is drawn for the others."""
    layers = ", ".join(f"a{n}: relu" for n in range(count + 1))
    return f"[{layers}, concat {' '.join(f'a{n}' for n in range(count))}]"


@pytest.mark.full
@pytest.mark.parametrize("layers", [pairs, all_read_at_the_end])
def test_the_time_for_layers_that_make_few_boxes_or_too_many_grows_with_their_number(layers):
    def seconds(count):
        one = target(loads(f"input: [3, 8, 8]\nlayers: {layers(count)}"))
        start = time.process_time()
        with contextlib.suppress(UsageError):
            one.tree(None)
        return time.process_time() - start

    few, many = min(seconds(5_000) for _ in range(3)), seconds(40_000)
    assert many < 20 * few  # 8 where it grows with their number, 64 with its square


def test_names_of_outputs_are_looked_for_once(monkeypatch):
    """To go through a million items for each of two thousand names would take an hour."""
    topology = Topology.of(loads("input: [3, 8, 8]\nlayers: [a: [b: [relu, relu], c: [tanh]], relu]"))
    asked = []
    found = Topology.layers_of
    monkeypatch.setattr(
        Topology, "layers_of", lambda self, index: asked.append(index) or found(self, index)
    )
    # Both relus are b's, of which only the second leaves it; what leaves a is called after a.
    for _ in range(10):
        assert [topology.name(output) for output in range(-1, 4)] == [
            "input",
            "a/b/relu1",
            "a/b",
            "a",
            "relu1",
        ]
    assert len(asked) == 3  # the groups


def test_a_flowchart_keeps_github_s_limits():
    # 300 groups of two layers are 600 boxes with as many edges and one; closed they are 301 edges.
    with pytest.raises(UsageError, match=r"601 edges .* GitHub draws 500 .*; --depth 1 fits"):
        text_of("mermaid", wide(300))
    assert text_of("mermaid", wide(300), depth=1).count("-->") == 301


# ---- the command ------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", sorted(set(PICTURE_SUFFIXES) - {".png"}))
def test_a_file_s_suffix_picks_the_format(tmp_path, suffix):
    file = tmp_path / f"picture{suffix}"
    assert run("conv1x1", "-o", str(file)).exception is None
    asked = run("conv1x1", "--format", PICTURE_SUFFIXES[suffix], "-o", str(tmp_path / "other"))
    assert asked.exception is None
    assert file.read_bytes() == (tmp_path / "other").read_bytes()


def test_an_unknown_suffix_is_an_error(tmp_path):
    assert 'no picture has the suffix ".jpg"' in str(
        run("conv1x1", "-o", str(tmp_path / "a.jpg")).exception
    )
    assert "has no suffix" in str(run("conv1x1", "-o", str(tmp_path / "a")).exception)
    assert list(tmp_path.iterdir()) == []


def test_a_part_is_drawn_by_its_path():
    whole = run("googlenet#paper", "--path", "3a").stdout
    assert whole.startswith(" googlenet#paper 3a   192×28×28 → 256×28×28   163,328 params")
    assert "3×3 conv, 128" in whole
    assert "pool1" not in whole
    error = run("googlenet#paper", "--path", "3z").exception
    assert str(error).startswith('googlenet#paper has no layer "3z"')


def test_a_png_is_drawn(tmp_path):
    pytest.importorskip("resvg_py")
    file = tmp_path / "a.png"
    assert run("conv1x1", "-o", str(file)).exception is None
    data = file.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    svg = text_of("svg", load("conv1x1"))
    width = int(re.search(r'width="(\d+)"', svg)[1])
    assert int.from_bytes(data[16:20], "big") == 2 * width  # the header's, at zoom 2


def test_without_resvg_a_png_says_what_to_install(tmp_path, monkeypatch):
    imported = builtins.__import__

    def without(name, *rest):
        if name == "resvg_py":
            raise ImportError(name)
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    error = run("conv1x1", "-o", str(tmp_path / "a.png")).exception
    assert str(error) == "a PNG needs resvg-py; pip install resvg-py"


def test_draw_is_known_by_name(capfd):
    assert main(["draw"]) == 2
    assert capfd.readouterr().err == "error: draw needs a SPEC; try: convcalc draw inception3a\n"


# ---- names are data ---------------------------------------------------------------------------------

HOSTILE = [
    "</text><script>alert(1)</script>",
    "\"]; x [label='y'] \\N \\\"",
    "a&amp;b&lt;c",
    "%%{init:{}}%% end --> x",
    "\\input{/etc/passwd}$^_#~&{}%",
    '`]"#quot;|<br/>|',
    "<!--]]>",
    "\u202eevil\u2066\u200b",
    "卷积 layer",
]


def hostile_network(name):
    """The name as the network's, a frame's, a layer's and in a block's call."""
    plain = re.sub(r"[\s/#]", ".", name)
    network = loads("input: [3, 8, 8]\nlayers: [g: [conv 3x3 4, conv 3x3 5], n: conv 3x3 4]")
    items = [
        item._replace(path=item.path.replace("g", plain, 1) if item.path[0] == "g" else plain)
        for item in network.items
    ]
    items[-1] = items[-1]._replace(written=name)
    object.__setattr__(network, "items", tuple(items))
    object.__setattr__(network, "name", name)
    return network, plain


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("form", TEXTS)
def test_a_hostile_name_is_text_in_every_format(form, name):
    network, plain = hostile_network(name)
    CHECKS[form](text_of(form, network), name, plain)


def check_svg(text, name, plain):
    root = ElementTree.fromstring(text)
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
        "svg",
        "title",
        "style",
        "rect",
        "g",
        "path",
        "text",
    }
    assert not [
        key for one in root.iter() for key in one.attrib if key.startswith("on") or "href" in key
    ]
    shown = [one.text for one in root.iter(f"{SVG}text")]
    assert visible(name) in shown or any("…" in one for one in shown)
    assert any(visible(plain) in (one.text or "") for one in root.iter(f"{SVG}title"))


def check_mermaid(text, name, plain):
    lines = text.splitlines()
    assert "%%" not in text
    for line in lines:
        quoted = re.findall(r'"([^"]*)"', line)
        assert line.count('"') == 2 * len(quoted)
        for label in quoted:
            assert re.fullmatch(r"(?:[\w ,.·×/+:=()–…→-]|#\d+;|<br/>)*", label), label
    assert sum(line.strip().startswith("subgraph") for line in lines) == 1
    assert sum(line.strip() == "end" for line in lines) == 1


def check_markdown(text, name, plain):
    assert text.count("```") == 2 or "`" in name
    title, _, rest = text.partition("\n\n```mermaid\n")
    assert visible(name).split()[0][:5] in title
    assert "<script" not in title or title.startswith("`")
    check_mermaid(rest.rpartition("```")[0], name, plain)


def check_dot(text, name, plain):
    assert "\\N" not in text.replace("\\\\", "")
    for line in text.splitlines():
        outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
        assert re.fullmatch(r"[\w\s\[\]{}=,;>.-]*", outside), line
    assert "URL" not in re.sub(r'"(?:[^"\\]|\\.)*"', "", text)


TIKZ_ESCAPE = re.compile(
    r"\{\\char34\}|\\(?:text\w+|dots)\{\}|\\[{}$&#_%]|\$(?:\\times|\\cdot|\\to|-)\$"
)


def check_tikz(text, name, plain):
    body = text.partition("\\fontsize{10}{12}\\selectfont}]\n")[2]
    assert "input{/" not in body.replace("\\textbackslash{}input\\{", "")
    for content in re.findall(r"at \([^)]*\) \{(.*)\};", body):
        rest = TIKZ_ESCAPE.sub("", content)
        assert not set(rest) & set('\\{}$&#^_~%<>|"'), content


def check_terminal(text, name, plain):
    assert all(character.isprintable() or character == "\n" for character in text)
    assert visible(plain)[:5] in text


CHECKS = {
    "svg": check_svg,
    "mermaid": check_mermaid,
    "markdown": check_markdown,
    "dot": check_dot,
    "tikz": check_tikz,
    "terminal": check_terminal,
}


# ---- accepted by those for whom they are written ----------------------------------------------------


def documents(form):
    """Shipped networks with everything that there is, and names that are hard to write."""
    specs = ["inception3a#reduced", "googlenet#paper", "yolov3", "densenet121"]
    networks = [load(*spec.split("#")) for spec in specs] + [
        hostile_network(name)[0] for name in HOSTILE
    ]
    return [text_of(form, network) for network in [*networks, loads("input: [3, 8, 8]\nlayers: []")]]


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_takes_dot_without_a_word():
    ran = subprocess.run(
        ["dot", "-Tplain"], input="".join(documents("dot")).encode(), capture_output=True
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.count(b"stop\n") == 14


@pytest.mark.full
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="LaTeX is not installed")
def test_latex_takes_tikz(tmp_path):
    latin = "\n\\newpage\n".join(
        text for text in documents("tikz") if text.isascii() or "卷" not in text
    )
    source = (
        f"\\documentclass{{article}}\\usepackage{{tikz}}\\begin{{document}}\n{latin}\\end{{document}}"
    )
    (tmp_path / "a.tex").write_text(source, "utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    assert ran.returncode == 0, ran.stdout[-2000:]
