"""Text from a specification is data: in no format of any command does it become notation."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from fuzz.grammar import HOSTILE
from fuzz.judge import judge

from convcalc.render.formats.choice import FORMATS
from convcalc.render.pictures.choice import PICTURES

# What a name may have, which is what every format has to cope with; the others only texts may.
NAMES = [
    *(
        "=1+1",
        "+1",
        "-1",
        "@x",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "'",
        '"',
        "`",
        "``x",
        "```",
        "|",
        "\\|",
        "\\",
    ),
    *("$x$", "_x_", "*x*", "**x**", "[red]x", "[link=y]x", "[x](y)", "![x](y)", "<b>", "<!--", "-->"),
    *(
        "]]>",
        "&amp;",
        "&",
        "%0A",
        "%",
        "::error::x",
        "a,b",
        "a:b",
        "a;b",
        "a\tb",
        "~",
        "^",
        "{",
        "}",
        "é",
    ),
    *(
        "漢字",
        "😀",
        ":smile:",
        "e\u0301",
        "$(id)",
        "`id`",
        "a'b",
        "||x||",
        "==x==",
        "~~x~~",
        "__x__",
        "\\",
    ),
    *("www.a.b", "a@b.c", "x" * 128),
]
TEXTS = [
    "\x1b[31mred",
    "a\nb",
    "\r",
    "\x85",
    "\u2028",
    "\u2029",
    "\u202ex",
    "\u200b",
    "\x07",
    "\x9b1m",
    "\t=1",
]
COMMANDS = [
    ["compare", "spec.yaml"],
    ["compare", "spec.yaml", "spec.yaml", "--rows", "parts"],
    ["summary", "spec.yaml", "--depth", "9", "--aux"],
    ["explain", "spec.yaml"],
    ["sweep", "spec.yaml", "a=1,2"],
    ["check", "spec.yaml", "--max", "params=1"],
    ["check", "spec.yaml", "--baseline", "lock.json"],
    ["diff", "old.yaml", "spec.yaml"],
    ["diff", "spec.yaml", "old.yaml"],
    ["verify", "spec.yaml"],
    ["reconcile", "spec.yaml"],
    ["reconcile", "spec.yaml", "--claim", "1M"],
]
REPORTS = {name: ["html", "latex"] for name in ("compare", "summary", "sweep", "diff")}
MORE = {"check": ["github", "junit", "sarif"], "explain": ["latex"], **REPORTS}
LINES = [[*line, "--format", name] for line in COMMANDS for name in (*FORMATS, *MORE.get(line[0], ()))]
LINES += [["draw", "spec.yaml", "--aux", "--format", name] for name in PICTURES if name != "png"]


Share = Callable[[Sequence[str], list[str]], Sequence[str]]


@pytest.fixture
def share(full: bool) -> Share:
    """The names that are tried with a line: each meets every format once, or of every command."""

    def share(names: Sequence[str], line: list[str]) -> Sequence[str]:
        return names if full else part(names, line, [one for one in LINES if one[-1] == line[-1]])

    return share


@pytest.fixture
def half_share(full: bool, share: Share) -> Share:
    """Half of the names, for what says nothing of the network but its file or what is wrong."""
    return lambda names, line: share(names if full else names[::2], line)


def part(names: Sequence[str], line: list[str], among: list[list[str]]) -> Sequence[str]:
    """The names of this line where these lines have them all together."""
    return names[among.index(line) :: len(among)]


@pytest.fixture
def file_share(full: bool, half_share: Share) -> Share:
    """A picture has the network's name and not its file's, so that one format is enough."""

    def file_share(names: Sequence[str], line: list[str]) -> Sequence[str]:
        if full or line[0] != "draw":
            return half_share(names, line)
        return part(names, line, [one for one in LINES if one[0] == "draw"])

    return file_share


@pytest.fixture
def refused_share(full: bool, half_share: Share) -> Share:
    """Only a check's formats have what is refused; other commands say it always in the same way."""

    def refused_share(names: Sequence[str], line: list[str]) -> Sequence[str]:
        if full or line[0] == "check":
            return half_share(names, line)
        return part(names, line, [one for one in LINES if one[0] != "check"])

    return refused_share


def test_every_name_meets_every_format(share: Share) -> None:
    met = {(name, line[-1]) for line in LINES for name in share(NAMES, line)}
    assert met >= {(name, format_name) for name in NAMES for format_name in (*FORMATS, "sarif", "latex")}


def spec(text: str, is_name: bool) -> str:
    """A specification that has the text in every place where there can be one."""
    word = json.dumps(text, ensure_ascii=False)
    name = word if is_name else "x"
    return f"""\
name: {word}
source: {word}
description: {word}
input: [3, 8, 8]
parameters: {{a: 1}}
layers:
  - {name}: conv 1x1 $a
  - branches: {{{name}: conv 1x1 4, other: {{{name}: conv 1x1 2}}}}
  - aux: {{{name}: [flatten, linear 4]}}
budget:
  params: {{max: 1, message: {word}}}
  layers: {{{name}: {{macs: {{max: 1, message: {word}, level: warn}}}}}}
variants: {{{name}: {{}}}}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to be in, and no git, which would say for each run that it knows none."""
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    Path("lock.json").write_text('{"schema_version": 1, "networks": {}}')


def write(name: str, text: str) -> None:
    Path(name).unlink(missing_ok=True)  # some file systems flush what is overwritten
    Path(name).write_text(text, encoding="utf-8", errors="surrogateescape")


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_names_and_texts_are_no_notation(run: Callable, share: Share, line: list[str]) -> None:
    for place, name in enumerate(share(NAMES, line)):
        text = spec(name, is_name="\t" not in name)
        write("spec.yaml", text)
        write("old.yaml", spec(NAMES[place - 1].replace("\t", ""), is_name=True))
        ran = run(*line)
        assert ran.code in (0, 1), (name, ran.err)
        judge(line, ran, {"spec.yaml": text})


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_a_text_may_have_what_a_name_may_not(run: Callable, share: Share, line: list[str]) -> None:
    write("old.yaml", spec("x", is_name=True))
    for text in share(TEXTS, line):
        write("spec.yaml", json_spec(text))
        ran = run(*line)
        assert ran.code in (0, 1), (text, ran.err)
        judge(line, ran, {})


def json_spec(text: str) -> str:
    return spec(text, is_name=False).replace(json.dumps(text, ensure_ascii=False), json.dumps(text))


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_refused_names_are_no_notation_either(
    run: Callable, refused_share: Share, line: list[str]
) -> None:
    write("old.yaml", spec("x", is_name=True))
    for name in refused_share(HOSTILE, line):
        text = spec(name, is_name=True)
        write("spec.yaml", text)
        judge(line, run(*line), {"spec.yaml": text})


SMALL = """\
name: x
input: [3, 8, 8]
parameters: {a: 1}
layers: conv 1x1 $a
budget: {params: {max: 1}}
"""


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_file_names_are_no_notation(run: Callable, file_share: Share, line: list[str]) -> None:
    write("old.yaml", SMALL.replace("1x1", "3x3"))
    for name in file_share([*NAMES, "a\nb", "\x1b[31m", "\udcff", "a b", "\u202e"], line):
        if len(name) > 100 or "#" in name:
            continue
        file = f"./{name}.yaml"
        write(file, SMALL)
        words = [file if word == "spec.yaml" else word for word in line]
        ran = run(*words)
        assert ran.code in (0, 1), (name, ran.err)
        judge(words, ran, {})


LATEX = re.compile(r"\\(?:[A-Za-z]+|.)|[^\\]", re.S)


@pytest.mark.parametrize("name", [name for name in NAMES if "\t" not in name])
def test_latex_braces_close_and_nothing_special_is_bare(run: Callable, name: str) -> None:
    write("spec.yaml", spec(name, is_name=True))
    ran = run("explain", "spec.yaml", "--format", "latex")
    assert ran.code == 0
    tokens = LATEX.findall(re.sub(r"^% .*\n", "", ran.out))  # without the comment above
    depth = 0
    for token in tokens:
        depth += (token == "{") - (token == "}")
        assert depth >= 0
    assert depth == 0
    assert not {"%", "#", "$", "~", "^"} & set(tokens)
    assert tokens.count("&") == ran.out.count(" &= ") + ran.out.count(r" &\quad")


@pytest.mark.parametrize(
    "name", ["a b", "$(id)", "`id`", "a'b", 'a"b', "a;b", "a|b", "*", "~", "-x", "é", "&", "!"]
)
def test_a_command_to_copy_is_what_a_shell_takes_for_it(run: Callable, name: str) -> None:
    write(f"{name}.yaml", spec("x", is_name=True))
    line = ["check", f"./{name}.yaml", "--set", "a=1", "--baseline", f"{name}.json"]
    err = run(*line).err
    assert shlex.split(err.partition("to write it: ")[2]) == ["convcalc", *line, "--update"]
    assert run(*line, "--update").code in (0, 1)
    locked = json.loads(Path(f"{name}.json").read_text())
    assert list(locked["networks"]) == [f"{name}.yaml#x"]
    write("lock.json", '{"schema_version": 1, "networks": {}}')
    out = run("check", f"./{name}.yaml", "--baseline", "lock.json").out
    words = ["convcalc", "check", f"./{name}.yaml", "--baseline", "lock.json", "--update"]
    assert shlex.split(out.rpartition("if that is meant: ")[2]) == words
