"""Specifications with mistakes and command lines without sense, for the fuzz tests to draw."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from convcalc.commands.help import COMMANDS
from convcalc.ops import OPS
from convcalc.render.formats.choice import FORMATS

ROOT = Path(__file__).resolve().parent.parent.parent
SEEDS = [
    path.read_text("utf-8", "surrogateescape")
    for path in (
        *sorted((ROOT / "configs").glob("*.yaml")),
        *sorted((ROOT / "tests/bad").glob("*.yaml")),
    )
]

# What no format may take for its own notation.
HOSTILE = [
    *("=1+1", "+1", "-1", "@x", "＝1", "'", '"', "`", "``x", "|", "\\|", "\\", "$x$", "_x_", "*x*"),
    *("[red]x", "[/]", "[x](y)", "<b>", "<!--", "-->", "]]>", "&amp;", "&", "%0A", "::error::x", ","),
    *(
        "\\e[31m",
        "\\u202e",
        "\\u200b",
        "\\u2028",
        "\\0",
        "\\x07",
        "\\ud800",
        "é",
        "漢字",
        "😀",
        "e\u0301",
    ),
    *(
        "\u200d",
        "\ufeff",
        "\u00a0",
        "\u3000",
        "\t",
        "\r",
        "\x85",
        "\u2028",
        "~",
        "^",
        "{",
        "}",
        "#",
        ":",
    ),
]
NUMBERS = [
    *("0", "1", "2", "3", "-1", "00", "08", "1.0", "0.5", "1.", ".5", "1e3", "1_000", "1,000", "0x10"),
    *("64", "255", "999999999999", "1000000000000", "1000000000001", "1000000000000000000"),
    *("1000000000000000001", "9" * 39, "9" * 41, "9" * 5000, "inf", "nan", "-0", "١", "²", "5%", "170k"),
    *("1.5M", "2G", "1K", "0.0000000000000000001", "true", "false", "3x3", "3x3/2", "1x", "x3", "3X3"),
]
WORDS = [
    *(*OPS, "op", "branches", "merge", "repeat", "layers", "aux", "name"),
    *(
        "input",
        "parameters",
        "defaults",
        "define",
        "variants",
        "expect",
        "budget",
        "source",
        "description",
    ),
    *(
        "bias",
        "groups=2",
        "stride=2",
        "padding=same",
        "valid",
        "same",
        "max",
        "min",
        "of",
        "level",
        "warn",
    ),
    *("message", "params", "macs", "flops", "activations", "output", "weights", "biases", "$in", "$x"),
    *(
        "$",
        "$(",
        "$(in)",
        "$(in//0)",
        "$(in//2)",
        "$(1-2)",
        "$(max(1,2))",
        "$(round8(3))",
        "$(((",
        "$(x*x)",
    ),
    *("f(a, b=1)", "f(", "f 1", "$a", "in", "kernel_size", "out_channels", "null", "~", "yes"),
]
MARKUP = [
    *("\n", "\n\n", "\n  ", "\n    - ", "\n- ", ": ", ":", "- ", ", ", "[", "]", "{", "}", "[]", "{}"),
    *(
        "[[[[[",
        "? ",
        "| ",
        ">\n ",
        "&a ",
        "*a",
        "!!str ",
        "!x ",
        "<<: ",
        "%YAML 1.2\n",
        "---\n",
        "...\n",
    ),
    *("# ", " ", "  ", "'", '"', "\\", "@", "`", "\x00", "\x1b", "\udc80", "\r\n"),
]
TOKENS = [*HOSTILE, *NUMBERS, *WORDS, *MARKUP]


def mutated(draw: Callable[..., Any], text: str, tokens: list[str]) -> str:
    """The text after one change somewhere."""
    kind = draw(st.sampled_from(["insert", "replace", "delete", "double", "swap", "splice", "cut"]))
    start = draw(st.integers(0, len(text)))
    stop = min(len(text), start + draw(st.integers(1, 40)))
    token = draw(st.sampled_from(tokens))
    if kind == "insert":
        return text[:start] + token + text[start:]
    if kind == "replace":  # a whole word
        while start > 0 and text[start - 1].isalnum():
            start -= 1
        stop = start
        while stop < len(text) and text[stop].isalnum():
            stop += 1
        return text[:start] + token + text[stop:]
    if kind == "delete":
        return text[:start] + text[stop:]
    if kind == "double":
        return text[:stop] + text[start:stop] * draw(st.integers(1, 3)) + text[stop:]
    lines = text.splitlines(keepends=True) or [""]
    first, second = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    if kind == "swap":
        lines[first], lines[second] = lines[second], lines[first]
        return "".join(lines)
    if kind == "splice":
        other = draw(st.sampled_from(SEEDS)).splitlines(keepends=True) or [""]
        lines.insert(first, other[draw(st.integers(0, len(other) - 1))])
        return "".join(lines)
    return text[:start]


@st.composite
def spec_texts(draw: Callable[..., Any]) -> str:
    """A text that began as a specification, good or bad."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 5))):
        text = mutated(draw, text, TOKENS)
    return text


@st.composite
def spec_bytes(draw: Callable[..., Any]) -> bytes:
    """Bytes that began as a text, in some encoding."""
    text = draw(spec_texts() | st.lists(st.sampled_from(TOKENS), max_size=20).map("".join) | st.text())
    encoding = draw(
        st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "utf-7"])
    )
    data = text.encode(encoding, "replace" if encoding != "utf-8" else "surrogatepass")
    if draw(st.booleans()):
        place = draw(st.integers(0, len(data)))
        data = data[:place] + draw(st.binary(max_size=4)) + data[place + draw(st.integers(0, 3)) :]
    return data


@st.composite
def hostile_specs(draw: Callable[..., Any]) -> str:
    """A specification whose names and texts are hostile and that is otherwise right, more or less."""
    any_text = st.lists(st.sampled_from([*HOSTILE, "a", "b", " "]), min_size=1, max_size=3).map("".join)

    def word() -> str:
        return '"' + draw(any_text).replace('"', "").replace("\\\\", "") + '"'

    def number() -> str:
        return draw(st.sampled_from([*NUMBERS[:5], "64", "170k"]))

    layer = draw(
        st.sampled_from(["conv 1x1 4", "conv 3x3/2 8 bias", "maxpool 3x3", "batchnorm", "linear 3"])
    )
    lines = [
        f"name: {word()}",
        f"source: {word()}",
        f"description: {word()}",
        "input: [3, 8, 8]",
        f"parameters: {{a: {number()}, b_1: 2}}",
        "layers:",
        f"  - {word()}: {layer}",
        f"  - {{branches: {{{word()}: conv 1x1 $b_1, b: [conv 1x1 2, relu]}}}}",
        f"  - {{aux: {{{word()}: [flatten, linear 4]}}}}",
        f"expect: {{params: {number()}, output: [{number()}, 8, 8]}}",
        f"budget: {{params: {{max: {number()}, message: {word()}}}, layers: {{{word()}: {{macs: 1}}}}}}",
        f"variants: {{{word()}: {{}}, v: {{budget: {{macs: {{max: 0.5, of: {word()}}}}}}}}}",
    ]
    dropped = draw(st.sets(st.sampled_from([0, 1, 2, 4, 8, 9, 10, 11])))
    text = "\n".join(line for place, line in enumerate(lines) if place not in dropped) + "\n"
    return mutated(draw, text, [*NUMBERS, *WORDS]) if draw(st.integers(0, 3)) == 0 else text


# ---- command lines ----------------------------------------------------------------------------------

SPECS = [
    *(
        "inception3a",
        "inception3a#reduced",
        "conv1x1",
        "mobilenet_v1",
        "spec.yaml",
        "spec.yaml#v",
        "-",
        "-#v",
    ),
    *(
        "other.yaml",
        "nope",
        "",
        "#",
        "a#",
        "#a",
        ".",
        "HEAD:spec.yaml",
        "HEAD~9:x",
        ":spec.yaml",
        "x:y",
    ),
    *(
        "spec.yaml:",
        "--",
        "./spec.yaml",
        "*.yaml",
        "[",
        "folder",
        "/dev/null",
        "spec.yaml/x",
        "\udcff",
    ),
    *("HEAD", "@", "-x", "-1", "=", "configs/*", "~", "$x", "lock.json"),
]
VALUES = [
    *NUMBERS,
    *HOSTILE,
    "alpha=0.5",
    "alpha=",
    "=1",
    "a=1,2",
    "res=128..224..32",
    "a=1..",
    "a=..",
    "a=3..1",
]
VALUES += [
    "3x8x8",
    "0x1x1",
    "3×8×8",
    "1x1",
    "params",
    "+weights",
    "params,macs",
    "params,,macs",
    "+",
    "relu",
]
VALUES += [
    "macs=5%",
    "params=10000",
    "params=-1",
    "macs=",
    "macs=1e3%",
    "params=170k",
    "flops=0.5",
    "thop",
]
VALUES += ["fvcore", "1.51G", "0", "a=0.1..1..0.1", "a=1..9..0", "alpha=1..2..0.3,9", "b=1..10000000"]
BODIES = [
    "conv 3x3 8",
    "[conv 1x1 16, conv 5x5 32]",
    "{branches: {a: relu, b: relu}}",
    "[]",
    "{aux: linear 3}",
]
LOCKS = ["lock.json", "new.json", "spec.yaml", "nowhere/x", "", "folder", "-", "/dev/null"]
SETTINGS: dict[str, list[str]] = {
    "--format": [*FORMATS, *FORMATS, "github", "junit", "sarif", "latex", "text", "xml", ""],
    "--input": ["3x8x8", "192x28x28", *VALUES],
    "--set": VALUES,
    "-e": [*BODIES, *WORDS, *MARKUP, *HOSTILE],
    "--columns": VALUES,
    "--sort": ["macs", "params", *VALUES],
    "--field": ["params", "macs", *VALUES],
    "--depth": NUMBERS,
    "--rows": ["parts", "networks", ""],
    "--baseline": [*LOCKS, "reduced", "conv1x1", *HOSTILE],
    "--dtype": ["int8", "float16", "x"],
    "--like": VALUES,
    "--functional": ["relu", "relu,maxpool", *VALUES],
    "--max": VALUES,
    "--max-growth": VALUES,
    "--claim": VALUES,
    "--since": ["HEAD", "HEAD~1", "main", "--all", "-x", "^", "", *HOSTILE],
    "--max-memory": ["100M", "1", *NUMBERS],
    "--seed": NUMBERS,
    "-o": ["out.txt", "-", "folder", "nowhere/x", ""],
}
FLAGS = ["--aux", "--update", "--verbose", "-q", "--yes", "--help", "-h", "--version", "--nope", "-"]


@st.composite
def command_lines(draw: Callable[..., Any]) -> list[str]:
    """A command, or not, with words that some command may take."""
    arguments = [draw(st.sampled_from([*COMMANDS, *COMMANDS, *COMMANDS, "", "help", "conv1x1", "-"]))]
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(
            st.sampled_from(["spec", "spec", "setting", "setting", "setting", "value", "flag", "text"])
        )
        if kind == "spec":
            arguments.append(draw(st.sampled_from(SPECS)))
        elif kind == "value":
            arguments.append(draw(st.sampled_from(VALUES)))
        elif kind == "flag":
            arguments.append(draw(st.sampled_from(FLAGS)))
        elif kind == "text":
            arguments.append(draw(st.text(st.characters(exclude_characters="\0"), max_size=6)))
        else:
            option = draw(st.sampled_from(list(SETTINGS)))
            arguments += [option, draw(st.sampled_from(SETTINGS[option]))]
    return arguments


QUESTIONS = [
    *(["summary"], ["summary", "--aux"], ["summary", "--columns", "+receptive_field,stride"]),
    *(
        ["compare"],
        ["compare", "--rows", "parts"],
        ["compare", "other.yaml"],
        ["compare", "--depth", "3"],
    ),
    *(
        ["explain"],
        ["explain", "--format", "latex"],
        ["check"],
        ["check", "--verbose"],
        ["diff", "other.yaml"],
    ),
    *(["check", "--baseline", "lock.json"], ["check", "--max", "params=1"], ["reconcile"]),
    *(["reconcile", "--claim", "1.5M"], ["sweep", "a=1,2"], ["diff"], ["summary", "--like", "thop"]),
    *(
        ["draw", "--format", "svg"],
        ["draw", "--format", "terminal", "--up"],
        ["draw", "--format", "dot"],
    ),
    *(["draw", "--format", "mermaid", "--depth", "2"], ["draw", "--format", "tikz", "--aux"]),
    *(["check", "--format", "github"], ["check", "--format", "junit"], ["check", "--format", "sarif"]),
]


@st.composite
def questions(draw: Callable[..., Any]) -> list[str]:
    """A command that makes sense for spec.yaml, in some format."""
    command, *options = draw(st.sampled_from(QUESTIONS))
    if "--format" not in options and draw(st.booleans()):
        options += ["--format", draw(st.sampled_from(list(FORMATS)))]
    return [command, "spec.yaml", *options]
