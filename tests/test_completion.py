"""Completion: what is offered where, that it is quiet, and that real shells make a command of it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from examples import first

from convcalc.commands.help import COMMANDS
from convcalc.commands.program import COMPLETION as VARIABLE
from convcalc.commands.program import program
from convcalc.ops import WORDS
from convcalc.reader.shipped import shipped_names

SPEC = """\
input: [3, $res, 8]
parameters: {res: 8, depth: 2}
branches: {left: [conv 3x3 4, relu], right: conv 1x1 4}
variants: {small: {}, "it's": {}, large: {parameters: {res: 16}}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files for completion to find."""
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "deep.yml").write_text(SPEC, "utf-8")
    (tmp_path / "net.yaml").write_text(SPEC, "utf-8")
    (tmp_path / "my net.yaml").write_text(SPEC, "utf-8")
    (tmp_path / "net.txt").write_text("", "utf-8")
    (tmp_path / ".net.yaml").write_text(SPEC, "utf-8")
    (tmp_path / "broken.yaml").write_text("input: [3, 8, 8\nlayers: cnov", "utf-8")
    (tmp_path / "wrong.yaml").write_text("input: [3, 8, 8]\nlayers: cnov\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def offered(run, monkeypatch):
    """What is offered at the end of a line."""

    def offered(line: str, shell: str = "fish") -> list[str]:
        monkeypatch.setenv(VARIABLE, f"{shell}_complete")
        monkeypatch.setenv("COMP_WORDS", line)
        if shell == "bash":
            monkeypatch.setenv("COMP_CWORD", line.split(" ")[-1])
        ran = run()
        assert (ran.code, ran.err) == (0, "")
        assert ran.out == "" or ran.out.strip("\n") + "\n" == ran.out
        return [candidate.partition("\t")[0] for candidate in ran.out.split("\n") if candidate]

    return offered


def test_commands_are_offered_with_what_they_are_for(offered, run):
    assert offered("convcalc ") == [*COMMANDS, "--help", "--version"]
    assert offered("convcalc su") == ["summary"]
    assert offered("convcalc --v") == ["--version"]
    assert run().out == "--version\tthe version\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_every_command_is_offered(offered, command):
    found = program.get_command(click.Context(program), command)
    assert found
    options = {name for one in found.params if isinstance(one, click.Option) for name in one.opts}
    assert set(offered(f"convcalc {command} -")) == options | {"-h", "--help"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("summary --format t", ["table", "tsv"]),
        ("explain --format la", ["latex"]),
        ("summary --sort m", ["macs"]),
        ("summary --field weight_", ["weight_bytes"]),
        ("summary --dtype=i", ["--dtype=int8"]),
        ("compare --rows ", ["parts", "networks"]),
        ("summary --columns params,weights", ["params,weights"]),
        ("summary --columns +bia", ["+biases"]),
        ("reconcile --columns prin", ["prints"]),
        ("compare --columns params,rat", ["params,ratio"]),
        ("ops conv", ["conv", "conv_transpose"]),
        ("show resnet", ["resnet18", "resnet50"]),
        ("summary squ", ["squeezenet"]),
        ("summary googlenet#", ["googlenet#paper", "googlenet#caffe"]),
        ("compare net.yaml n", ["net.yaml", "nets/"]),
        ("summary nets/", ["nets/deep.yml"]),
        ("summary .n", [".net.yaml"]),
        ("summary net.yaml#", ["net.yaml#small", "net.yaml#it's", "net.yaml#large"]),
        ("summary 'my net.yaml#l", ["my net.yaml#large"]),
        ("summary net.yaml@", ["net.yaml@res=", "net.yaml@depth=", "net.yaml@input="]),
        ("compare net.yaml#small@d", ["net.yaml#small@depth="]),
        ("compare net.yaml net.yaml@res=9,", ["net.yaml@res=9,depth=", "net.yaml@res=9,input="]),
        ("summary 'my net.yaml@r", ["my net.yaml@res="]),
        ("summary net.yaml@res=", ["net.yaml@res="]),
        ("summary @", []),
        ("explain net.yaml@res=9 left/", ["left/conv1", "left/relu1"]),
        (r"summary my\ n", ["my net.yaml"]),
        ("summary -o net.t", ["net.txt"]),
        ("summary net.yaml --set ", ["res=", "depth="]),
        ("sweep net.yaml#small res=1,2 d", ["depth="]),
        ("sweep mobilenet_v1 al", ["alpha="]),
        ("explain net.yaml#small ", ["left/", "right", "concat"]),
        ("explain net.yaml left/", ["left/conv1", "left/relu1"]),
        ("explain --input 3x8x8 -e '[conv 3x3 4, {a: relu}]' ", ["conv1", "a"]),
        ("explain inception3a#reduced 5x5/conv2", ["5x5/conv2"]),
        ("draw net.yaml#small --path ", ["left/", "right", "concat"]),
        ("draw net.yaml --path=left/c", ["--path=left/conv1"]),
        ("draw --path ", []),
        ("sweep net.yaml --format p", ["plot"]),
    ],
)
def test_a_word_is_offered_what_may_stand_there(offered, line, words):
    assert offered(f"convcalc {line}") == words


def test_a_network_is_a_shipped_config_or_a_file(offered):
    assert set(offered("convcalc summary ")) == {
        *shipped_names(),
        *("my net.yaml", "net.yaml", "nets/", "broken.yaml", "wrong.yaml"),
    }
    assert offered("convcalc ops ") == list(WORDS)


@pytest.mark.parametrize("shell", first(["bash", "zsh", "fish"]))
@pytest.mark.parametrize(
    "line",
    [
        "convcalc explain broken.yaml ",
        "convcalc explain wrong.yaml ",
        "convcalc summary broken.yaml#",
        "convcalc summary nothing.yaml#",
        "convcalc summary nowhere/",
        "convcalc summary -#",
        "convcalc summary -@",
        "convcalc summary nothing.yaml@",
        "convcalc summary broken.yaml@",
        "convcalc explain - ",
        "convcalc explain googlenet#none ",
        "convcalc sweep broken.yaml ",
        "convcalc sumary goo",
        "convcalc explain --input 3y -e relu ",
        "convcalc",
        "",
        "'",
        "convcalc summary \udcff",
        "convcalc summary \\",
    ],
)
def test_what_cannot_be_completed_offers_nothing_and_says_nothing(offered, shell, line):
    assert offered(line, shell) in ([], ["convcalc"]) or line in ("convcalc", "convcalc summary \\")


def test_a_command_line_without_its_line_is_quiet(run, monkeypatch):
    monkeypatch.setenv(VARIABLE, "bash_complete")
    monkeypatch.delenv("COMP_WORDS", raising=False)
    assert run() == (0, "", "")


def test_an_unknown_shell_is_an_error(run, monkeypatch):
    monkeypatch.setenv(VARIABLE, "tcsh_source")
    ran = run()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: _CONVCALC_COMPLETE must be one of bash_source, zsh_source, fish_source, "
        'not "tcsh_source"\n'
    )


def test_words_are_quoted_as_each_shell_needs_it(offered):
    assert offered("convcalc summary my", "bash") == [r"my\ net.yaml"]
    assert offered("convcalc summary 'my", "bash") == ["my net.yaml"]
    assert offered("convcalc summary my", "zsh") == [r"my\ net.yaml"]
    assert offered("convcalc summary my", "fish") == ["my net.yaml"]
    assert offered("convcalc summary googlenet#p", "bash") == ["googlenet#paper"]
    assert offered("convcalc summary googlenet#p", "zsh") == [r"googlenet\#paper"]
    assert offered("convcalc summary net.yaml#i", "bash") == [r"net.yaml#it\'s"]
    assert offered("convcalc summary 'net.yaml#i", "bash") == [r"net.yaml#it'\''s"]


@pytest.mark.parametrize("shell", first(["bash", "zsh", "fish"]))
@pytest.mark.parametrize("line", ["$'net", '$"net', "x'net", "'x'\"net", "--format='js", "x='net"])
def test_nothing_is_offered_behind_a_quote_within_a_word(offered, shell, line):
    """`$'` has rules of its own, so that what is quoted for `'` could end it."""
    Path("x'net.yaml").write_text(SPEC, "utf-8")
    Path("$net.yaml").write_text(SPEC, "utf-8")
    assert offered(f"convcalc summary {line}", shell) == []


def test_a_name_that_would_steer_the_terminal_is_not_offered(offered):
    for name in ("q\x1b[2J.yaml", "q\nq.yaml", "q\tq.yaml", "q\u202e.yaml", "q図.yaml"):
        Path(name).write_text(SPEC, "utf-8")
    for shell in ("bash", "zsh", "fish"):
        assert offered("convcalc summary q", shell) == ["q図.yaml"]


def test_completing_imports_nothing_heavy():
    code = (
        "import sys; from convcalc.commands.program import main; code = main([]); "
        "print(sorted({'rich', 'numpy'} & set(sys.modules)), code, file=sys.stderr)"
    )
    environment = {**os.environ, VARIABLE: "bash_complete", "COMP_WORDS": "convcalc explain googlenet 3"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("3a/\n3b/\n", "[] 0\n")


# ---- in the shells themselves -----------------------------------------------------------------------

START = {
    "bash": ["--norc", "--noprofile", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "--interactive"],
}
SETUP = {
    "bash": 'eval "$(_CONVCALC_COMPLETE=bash_source convcalc)"; bind "set bell-style none"',
    "zsh": "setopt extended_glob; autoload -U compinit; compinit -u -D; "
    'eval "$(_CONVCALC_COMPLETE=zsh_source convcalc)"',
    "fish": "_CONVCALC_COMPLETE=fish_source convcalc | source",
}
TIMEOUT = 30  # seconds

# What is typed, and the words that the command then gets.
TYPED = [
    ("convcalc sum\tgooglenet#p\t", ["summary", "googlenet#paper"]),
    (
        "convcalc explain 'googlenet#paper' 3a/3x3/conv1\t",
        ["explain", "googlenet#paper", "3a/3x3/conv1"],
    ),
    ("convcalc explain net.yaml#s\tle\tr\t", ["explain", "net.yaml#small", "left/relu1"]),
    ("convcalc draw net.yaml --path le\tr\t", ["draw", "net.yaml", "--path", "left/relu1"]),
    ("convcalc summary my\t--form\tjs\t", ["summary", "my net.yaml", "--format", "json"]),
    ("convcalc summary 'my\t", ["summary", "my net.yaml"]),
    ("convcalc summary net.yaml#i\t", ["summary", "net.yaml#it's"]),
    ("convcalc summary nets/d\t--format=js\t", ["summary", "nets/deep.yml", "--format=json"]),
    ("convcalc sweep net.yaml#s\tre\t1,2", ["sweep", "net.yaml#small", "res=1,2"]),
    ("convcalc sweep net.yaml#s\tres=1 de\t3", ["sweep", "net.yaml#small", "res=1", "depth=3"]),
    ("convcalc summary mobilenet_v1@al\t0.5", ["summary", "mobilenet_v1@alpha=0.5"]),
    ("convcalc summary net.yaml#small@re\t9", ["summary", "net.yaml#small@res=9"]),
    # DEL takes the space away that a shell puts behind a whole word.
    ("convcalc summary net.yaml#s\t\x7f@re\t9", ["summary", "net.yaml#small@res=9"]),
    ("convcalc compare net.yaml net.yaml@in\t3x8x8", ["compare", "net.yaml", "net.yaml@input=3x8x8"]),
    ("convcalc draw net.yaml#small@de\t3", ["draw", "net.yaml#small@depth=3"]),
    ("convcalc summary net.yaml@res=9,de\t3", ["summary", "net.yaml@res=9,depth=3"]),
    ("convcalc summary net.yaml --set de\t3", ["summary", "net.yaml", "--set", "depth=3"]),
    ("convcalc explain broken.yaml \tx", ["explain", "broken.yaml", "x"]),
]


# Names that would run a program, or be another one, wherever a shell read them as its own.
HOSTILE = [
    "$(touch X)`touch X`.yaml",
    "';touch X;'.yaml",
    '";touch X;".yaml',
    "\\';touch X;#&|!touch X!{a,b}*?[c]~$HOME.yaml",
]


@pytest.fixture
def shell(folder: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    """A shell that completes, and whose convcalc tells its words."""
    name = request.param
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    programs = folder / "bin"
    programs.mkdir()
    convcalc = programs / "convcalc"
    convcalc.write_text(
        f'#!/bin/sh\n[ -n "$_CONVCALC_COMPLETE" ] && exec "{sys.executable}" -m convcalc\n'
        "printf 'RAN'; printf '<%s>' \"$@\"; printf 'END\\n'\n",
        "utf-8",
    )
    convcalc.chmod(0o755)
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    environment = {"PATH": path, "HOME": str(folder), "TERM": "dumb", "LANG": "C.UTF-8"}
    with Terminal([name, *START[name]], environment) as terminal:
        terminal.answer(f"{SETUP[name]}; convcalc ready\n")
        yield terminal


@pytest.mark.parametrize("shell", first(START), indirect=True)
def test_a_shell_completes_a_line(shell: Terminal, full: bool) -> None:
    """Each line in one of the shells, or in all of them."""
    for typed, words in TYPED if full else TYPED[list(START).index(shell.name) :: len(START)]:
        assert shell.answer(f"{typed}\n") == words


@pytest.mark.parametrize("shell", first(START), indirect=True)
def test_a_name_that_is_completed_never_runs_anything(shell: Terminal, folder: Path, full: bool) -> None:
    """Neither bare nor behind a quote, as a file's name or a variant's."""
    names = [f"{number}{name}" for number, name in enumerate(HOSTILE)]
    for name in names:
        (folder / name).write_text(SPEC, "utf-8")
    variants = "".join(f"  ? |-\n    {name}\n  : {{}}\n" for name in names)
    (folder / "hostile.yaml").write_text(
        f"input: [3, 8, 8]\nlayers: relu\nvariants:\n{variants}", "utf-8"
    )
    for number, name in enumerate(names):
        quotes = ["", "'", '"']
        for quote in quotes if full else quotes[number % 3 :][:1]:
            assert shell.answer(f"convcalc summary {quote}{number}\t\n") == ["summary", name]
        word = f"hostile.yaml#{number}"
        assert shell.answer(f"convcalc summary {word}\t\n") == ["summary", f"hostile.yaml#{name}"]
        assert not (folder / "X").exists(), name


class Terminal:
    """A shell on a pseudo terminal, whose `convcalc` says with which words it was run."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.name = command[0]
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self.master)

    def wait_for_prompt(self) -> None:
        """Before the shell edits the line itself, the terminal would take a DEL for its own."""
        end = time.monotonic() + TIMEOUT
        while termios.tcgetattr(self.master)[3] & termios.ICANON:
            assert time.monotonic() < end
            time.sleep(0.01)

    def answer(self, typed: str) -> list[str]:
        """The words that the command gets when this is typed."""
        self.wait_for_prompt()
        os.write(self.master, typed.encode())
        seen, end = "", time.monotonic() + TIMEOUT
        while not (found := re.search(r"RAN((?:<[^<>]*>)*)END", seen)):
            assert time.monotonic() < end, seen
            if select.select([self.master], [], [], 0.1)[0]:
                seen += os.read(self.master, 65536).decode("utf-8", "replace")
        return re.findall(r"<([^<>]*)>", found[1])
