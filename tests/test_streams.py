"""Where the output goes: pipes, terminals, files; their width, colour, encoding; when they break."""

from __future__ import annotations

import io
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from examples import first

posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")
TIMEOUT = 30  # seconds; a run takes a fraction of one

ESCAPE = re.compile(r"\x1b\[[\d;]*m")
NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")


pytestmark = pytest.mark.usefixtures("folder")


class Done(NamedTuple):
    code: int
    out: bytes
    err: bytes


def command(arguments: Sequence[str | bytes]) -> list[str | bytes]:
    return [sys.executable, "-m", "convcalc", *arguments]


# For a process that could not write what coverage wants to write.
UNMEASURED = {"COVERAGE_PROCESS_START": None, "COVERAGE_PROCESS_CONFIG": None}


def spawn(
    *arguments: str | bytes,
    environment: Mapping[str, str | None] | None = None,
    stdout: int = subprocess.PIPE,
    before: Callable[[], object] | None = None,
) -> Done:
    """Runs a command line in a process of its own; None takes a variable away."""
    variables = {**os.environ, "PYTHONUTF8": "1", **(environment or {})}
    done = subprocess.run(
        command(arguments),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={name: value for name, value in variables.items() if value is not None},
        preexec_fn=before,
        timeout=TIMEOUT,
        check=False,
    )
    return Done(done.returncode, done.stdout or b"", done.stderr)


def shell(line: str, **environment: str) -> Done:
    """Runs a line of the shell in which $C is the program."""
    done = subprocess.run(
        ["bash", "-c", line.replace("$C", f'"{sys.executable}" -m convcalc')],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT,
        env={**os.environ, "PYTHONUTF8": "1", **environment},
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


# --- Pipes: the natural width, plain text


def test_a_pipe_gets_the_whole_table_as_plain_text(run):
    done = spawn("compare", "inception3a")
    assert (done.code, done.err) == (0, b"")
    text = done.out.decode()
    assert "\x1b" not in text
    assert text == run("compare", "inception3a").out


@pytest.mark.parametrize("columns", ["", "0", "7", "19", "-60", "1e3", "wide", "60.5"])
def test_a_width_that_is_no_width_does_not_count(run, monkeypatch, columns):
    natural = run("compare", "inception3a")
    monkeypatch.setenv("COLUMNS", columns)
    assert run("compare", "inception3a") == natural


@pytest.mark.parametrize("format_name", ["markdown", "csv", "tsv", "json"])
def test_only_tables_have_a_width_and_colour(run, monkeypatch, format_name):
    natural = run("summary", "inception3a", "--format", format_name)
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run("summary", "inception3a", "--format", format_name) == natural


# --- Narrow screens lose columns in a fixed order, never digits


def header_of(table: str) -> list[str]:
    lines = table.splitlines()
    return lines[next(index for index, line in enumerate(lines) if line.startswith("──")) - 1].split()


def table_lines(table: str) -> list[str]:
    lines = table.splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("──")) - 1
    return lines[start : lines.index("", start)]


# The widths below which other columns are lost: first what matters least, and what is narrower than the
# column that had to go for want of room comes back.
LOST = {
    "summary inception3a#reduced": [
        (82, "bar"),
        (67, "bar, share"),
        (59, "bar, output"),
        (56, "bar, output, share"),
        (48, "bar, operation, share"),
        (45, "bar, operation, output"),
        (42, "bar, operation, output, share"),
    ],
    "compare inception3a": [
        (92, "ratio of params"),
        (85, "output"),
        (68, "output, ratio of params"),
        (61, "output, ratio"),
    ],
    "sweep mobilenet_v1 alpha=0.5,1": [(71, "bar"), (45, "bar, ratio of params"), (38, "bar, ratio")],
}


@pytest.mark.parametrize("command", LOST)
def test_columns_are_lost_in_order_and_come_back(run, monkeypatch, command, full):
    seen = [(130, "")]
    edges = {width + by for width, _ in LOST[command] for by in (0, 1)}
    for width in range(130, 19, -1) if full else sorted({130, *edges, 20}, reverse=True):
        monkeypatch.setenv("COLUMNS", str(width))
        ran = run(*command.split())
        lost = ran.err.strip().partition(f"left out at {width} columns: ")[2]
        if lost != seen[-1][1]:
            seen.append((width, lost))
        widest = max(map(len, table_lines(ran.out)))
        assert widest <= width or lost == LOST[command][-1][1]
    assert seen[1:] == LOST[command]


@pytest.mark.parametrize("width", [100, 80, 60, 40, 30, 20])
@pytest.mark.parametrize(
    "arguments",
    [
        ["summary", "googlenet", "--depth", "3", "--columns", "params,macs"],
        ["compare", "inception3a#reduced"],
    ],
    ids=" ".join,
)
def test_no_digit_is_lost(run, monkeypatch, arguments, width):
    """Names, params and multiply-adds stay; below their width lines are long."""
    columns = slice(None) if arguments[0] == "summary" else slice(3)
    natural = [line.split()[columns] for line in table_lines(run(*arguments).out)[2:]]
    monkeypatch.setenv("COLUMNS", str(width))
    narrow = [line.split()[columns] for line in table_lines(run(*arguments).out)[2:]]
    assert [line for line in narrow if "──" not in line[0]] == [
        line for line in natural if "──" not in line[0]
    ]


def test_what_was_left_out_is_said_on_stderr(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    ran = run("compare", "inception3a")
    assert ran.err == "convcalc: left out at 60 columns: output, ratio\n"
    assert header_of(ran.out) == ["branch", "naive", "reduced", "naive", "reduced"]
    assert max(map(len, ran.out.splitlines())) <= 60
    text = " ".join(ran.out.split())
    assert "reduced has 0.42 of naive's params (−223,744) and 0.42 of its multiply-adds" in text
    assert "FLOPs = 2 × multiply-adds" in text


@pytest.mark.parametrize(
    ("columns", "left_out"),
    [(90, ""), (70, "ratio of params"), (60, "output"), (45, "output, ratio")],
)
def test_which_ratio_was_left_out(run, monkeypatch, columns, left_out):
    monkeypatch.setenv("COLUMNS", str(columns))
    ran = run("compare", "googlenet", "conv1x1", "--rows", "networks")
    if left_out:
        assert ran.err.startswith(f"convcalc: left out at {columns} columns: ")
    assert ran.err.rstrip("\n").endswith(left_out)
    ratios = header_of(ran.out).count("ratio")
    assert ratios == (0 if left_out.endswith("ratio") else 1 if "ratio of" in left_out else 2)


def test_lines_are_not_broken_inside_words(run, monkeypatch):
    for width in range(20, 100, 3):
        monkeypatch.setenv("COLUMNS", str(width))
        assert not re.search(r"multiply-$", run("compare", "inception3a").out, re.MULTILINE)


def test_one_line_fits_into_100_columns(run):
    assert max(map(len, run("compare", "inception3a", "--depth", "0").out.splitlines())) <= 100


def test_every_note_survives_a_narrow_screen(run, monkeypatch):
    natural = run("summary", "inception3a#reduced").out
    monkeypatch.setenv("COLUMNS", "50")
    narrow = run("summary", "inception3a#reduced").out
    notes = " ".join(natural[natural.index(" multiply-adds of conv") :].split())
    assert " ".join(narrow.split()).endswith(notes)


# --- Terminals


class Terminal(NamedTuple):
    code: int
    out: str
    err: str


def on_a_terminal(columns: int, *arguments: str, **environment: str) -> Terminal:
    """Runs a command line whose output is a real terminal of that width."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        command(arguments),
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
        env={**os.environ, "TERM": "xterm-256color", "PYTHONUTF8": "1", **environment},
    ) as process:
        os.close(theirs)
        chunks = []
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # how Linux says that nobody writes any more
                break
            if not chunk:
                break
            chunks.append(chunk)
        os.close(ours)
        assert process.stderr is not None
        err = process.stderr.read().decode()
        code = process.wait(TIMEOUT)
    return Terminal(code, b"".join(chunks).decode().replace("\r\n", "\n"), err)


@posix
@pytest.mark.parametrize("columns", first([60, 100, 30]))
def test_a_terminal_has_its_own_width(run, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    expected = run("compare", "inception3a")
    seen = on_a_terminal(columns, "compare", "inception3a", COLUMNS="77")
    assert ESCAPE.sub("", seen.out) == expected.out
    assert (seen.code, seen.err) == (0, expected.err)
    assert bool(seen.err) == (columns < 100)


@posix
def test_a_terminal_without_a_width_gets_the_whole_table(run):
    seen = on_a_terminal(0, "compare", "inception3a", NO_COLOR="1")
    assert seen == run("compare", "inception3a")


@posix
@pytest.mark.parametrize(
    ("environment", "coloured"),
    first(
        [
            ({}, True),
            ({"NO_COLOR": "1"}, False),
            ({"NO_COLOR": ""}, True),
            ({"TERM": "dumb"}, False),
            ({"FORCE_COLOR": "0"}, False),
        ],
        quick=2,
    ),
    ids=str,
)
def test_colour_on_a_terminal(run, environment, coloured):
    seen = on_a_terminal(120, "summary", "inception3a#reduced", **environment)
    assert ("\x1b" in seen.out) == coloured
    plain = ESCAPE.sub("", seen.out)
    assert "\x1b" not in plain
    assert [line.rstrip() for line in plain.splitlines()] == run(
        "summary", "inception3a#reduced"
    ).out.splitlines()


@pytest.mark.parametrize(
    ("value", "coloured"),
    [("1", True), ("3", True), ("true", True), ("0", False), ("false", False), ("", False)],
)
def test_colour_in_a_pipe_only_by_force(run, monkeypatch, value, coloured):
    plain = run("summary", "inception3a#reduced").out
    monkeypatch.setenv("FORCE_COLOR", value)
    out = run("summary", "inception3a#reduced").out
    assert ("\x1b" in out) == coloured
    assert [line.rstrip() for line in ESCAPE.sub("", out).splitlines()] == plain.splitlines()


def test_no_width_is_lost_to_colour(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    plain = run("summary", "inception3a#reduced")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert ESCAPE.sub("", run("summary", "inception3a#reduced").out) == plain.out


# --- Encodings: an ASCII twin where the others cannot be written

PRINTING = [
    ["compare", "inception3a"],
    ["compare", "googlenet", "conv1x1", "inception3a"],
    ["summary", "inception3a#reduced"],
    ["summary", "googlenet#paper"],
    ["explain", "inception3a#reduced"],
    ["explain", "inception3a#reduced", "5x5/conv2"],
    ["sweep", "mobilenet_v1", "alpha=0.5,1"],
    ["list"],
    ["ops"],
    ["ops", "batchnorm"],
]


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
@pytest.mark.parametrize(
    "encoding",
    first(["ascii", "cp1252", "cp437", "shift_jis"], quick=2),
)
def test_a_poor_encoding_gets_every_digit(run, monkeypatch, arguments, encoding):
    expected = run(*arguments).out
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    assert run(*arguments).code == 0
    assert isinstance(stream.buffer, io.BytesIO)
    text = stream.buffer.getvalue().decode(encoding)
    assert "?" not in text
    assert NUMBER.findall(text) == NUMBER.findall(expected)
    # Each character is still one column wide, so that the table holds.
    assert list(map(len, text.splitlines())) == list(map(len, expected.splitlines()))


def test_the_ascii_twin(run, monkeypatch):
    expected = run("summary", "inception3a#reduced").out
    stream = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    run("summary", "inception3a#reduced")
    assert isinstance(stream.buffer, io.BytesIO)
    lines = stream.buffer.getvalue().decode("ascii").splitlines()
    assert set(lines[3]) == {"-"}
    assert len(lines[3]) == len(expected.splitlines()[3])
    assert " 192x28x28 " in lines[0]
    assert "  128x28x28  129,024    101,154,816  79.0 %  ############" in lines[5]


@posix
@pytest.mark.parametrize(
    "environment",
    first(
        [
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
            {"PYTHONIOENCODING": "ascii"},
            {"PYTHONIOENCODING": "cp1252"},
            {"PYTHONIOENCODING": "latin-1"},
        ]
    ),
    ids=str,
)
def test_a_poor_environment(environment):
    done = spawn("summary", "inception3a#reduced", environment=environment)
    assert (done.code, done.err) == (0, b"")
    assert b"163,328    128,049,152" in done.out
    assert done.out.isascii()


@posix
def test_a_message_in_a_poor_environment(folder):
    (folder / "net.yaml").write_text("input: [3, 8, 8]\nlayers: [flatten, conv 1x1 4]\n")
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = spawn("summary", "net.yaml", environment=environment)
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith(b"net.yaml:2:19: error: ")
    assert done.err.isascii()


@posix
@pytest.mark.parametrize("encoding", first(["ascii", "cp1252"]))
def test_a_shown_config_can_be_used_whatever_the_stream(encoding):
    line = "$C show conv1x1 > mine.yaml; $C summary mine.yaml --field params"
    assert shell(line, PYTHONIOENCODING=encoding) == (0, b"12\n", b"")


@posix
@pytest.mark.parametrize("name", first([b"caf\xe9\xff.yaml", "漢字.yaml".encode()]))
def test_any_file_name(folder, full, name):
    try:
        (folder / os.fsdecode(name)).write_text("input: [3, 8, 8]\nlayers: [conv 1x1 4, cnov 1x1]\n")
    except OSError:
        pytest.skip("no such names on this file system")
    wrong = spawn("summary", name)
    assert (wrong.code, wrong.out) == (2, b"")
    assert wrong.err.startswith(name + b":2:22: error: ")
    (folder / os.fsdecode(name)).write_text("input: [3, 8, 8]\nlayers: conv 1x1 4\n")
    for arguments in (["--format", "json"], ["--format", "csv"], [])[0 if full else 1 :]:
        done = spawn("summary", name, *arguments)
        assert (done.code, done.err) == (0, b"")
        assert arguments == ["--format", "json"] or name.removesuffix(b".yaml") in done.out
    assert spawn("summary", b"no-" + name).err.startswith(b'error: no file and no shipped config "no-')


# --- Streams that break


# One that fits a buffer, one that does not, bytes, and what click or no command prints.
LINES = [
    ["compare", "inception3a"],
    ["summary", "googlenet", "--format", "json"],
    ["sweep", "conv_parameter.yaml", "n=1..1500", "--format", "csv"],
    ["show", "conv1x1"],
    [],
    ["compare", "--help"],
    ["--version"],
]
UNBUFFERED = [{}, {"PYTHONUNBUFFERED": "1"}]
# Each is a process, so that a quick run tries some: what fits a buffer and what does not, bytes, and
# what is printed before anything is imported.
BREAKING = [
    *((line, UNBUFFERED[0]) for line in (LINES[0], LINES[1], LINES[3], LINES[6])),
    (LINES[1], UNBUFFERED[1]),
    *(
        pytest.param(line, UNBUFFERED[0], marks=pytest.mark.full)
        for line in (LINES[2], LINES[4], LINES[5])
    ),
    pytest.param(LINES[0], UNBUFFERED[1], marks=pytest.mark.full),
]


@pytest.fixture
def swept(folder: Path) -> None:
    """A file with a parameter."""
    (folder / "conv_parameter.yaml").write_text(
        "parameters: {n: 1}\ninput: [3, 8, 8]\nlayers: conv 1x1 $n\n"
    )


@posix
@pytest.mark.usefixtures("swept")
@pytest.mark.parametrize(("arguments", "unbuffered"), BREAKING, ids=str)
def test_a_closed_reader_is_141_and_silent(arguments, unbuffered):
    reader, writer = os.pipe()
    os.close(reader)
    done = spawn(*arguments, stdout=writer, environment=unbuffered)
    os.close(writer)
    assert done == (141, b"", b"")


@posix
@pytest.mark.parametrize("unbuffered", UNBUFFERED, ids=str)
def test_a_reader_that_stops_early_is_141_and_silent(unbuffered):
    done = shell("$C summary googlenet --format json | head -c 10; exit ${PIPESTATUS[0]}", **unbuffered)
    assert (done.code, done.err) == (141, b"")


@posix
@pytest.mark.usefixtures("swept")
@pytest.mark.parametrize(
    "arguments",
    [
        *LINES[2:4],
        ["nope"],
        *(pytest.param(line, marks=pytest.mark.full) for line in LINES[:2] + LINES[4:]),
    ],
    ids=" ".join,
)
def test_a_closed_output_is_no_traceback(arguments):
    done = shell(f"$C {' '.join(arguments)} >&-")
    assert b"Traceback" not in done.err
    assert b"fault" not in done.err
    assert done.code in (0, 2)


@posix
def test_a_closed_stderr_keeps_the_exit_code():
    assert shell("$C nope 2>&-").code == 2
    assert shell("$C nope 2>/dev/full").code == 2


@posix
def test_a_closed_input_is_2():
    done = shell("$C summary - <&-")
    assert done.code == 2
    assert done.err.count(b"\n") == 1


@posix
@pytest.mark.usefixtures("swept")
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize(("arguments", "unbuffered"), BREAKING, ids=str)
def test_a_full_disk_is_2_and_one_line(arguments, unbuffered):
    with open("/dev/full", "wb") as full:
        done = spawn(*arguments, stdout=full.fileno(), environment=unbuffered)
    assert done.code == 2
    assert done.err.startswith(b"error: cannot write the output: ")
    assert done.err.count(b"\n") == 1


@posix
def test_an_interruption_while_it_reads_is_130_without_a_traceback():
    process = subprocess.Popen(
        command(["summary", "-"]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdin is not None
    # More than a pipe holds: when all is written, the process has begun to read.
    process.stdin.write(b"# a comment that does not end the text\n" * 10_000)
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, out, err.strip()) == (130, b"", b"")


# --- Files


def test_a_file_gets_what_a_pipe_gets(run):
    show = ["show", "googlenet", "--force"]
    for arguments in (["compare", "inception3a"], ["ops", "--format", "json"], show):
        expected = run(*arguments).out
        assert run(*arguments, "-o", "out.txt") == (0, "", "")
        assert Path("out.txt").read_bytes() == expected.encode()
    assert os.listdir() == ["out.txt"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", "inception3a"],
        ["summary", "inception3a", "--format", "csv"],
        ["summary", "inception3a", "--field", "params"],
        ["explain", "inception3a", "--format", "latex"],
        ["explain", "inception3a", "1x1"],
        ["list", "--format", "markdown"],
        ["ops", "--format", "tsv"],
        ["show", "inception3a"],
        ["sweep", "mobilenet_v1", "alpha=0.5,1", "--format", "json"],
    ],
    ids=" ".join,
)
def test_every_command_writes_files(run, arguments):
    expected = run(*arguments).out
    assert run(*arguments, "--output", "out") == (0, "", "")
    assert Path("out").read_text(encoding="utf-8") == expected
    assert run(*arguments, "-o", "-") == (0, expected, "")


def test_a_file_has_the_natural_width_and_no_colour(run, monkeypatch):
    expected = run("compare", "inception3a").out
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run("compare", "inception3a", "-o", "out.txt") == (0, "", "")
    assert Path("out.txt").read_text(encoding="utf-8") == expected


def test_a_file_is_utf_8_whatever_the_stream(run, monkeypatch):
    expected = run("compare", "inception3a").out
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "ascii"))
    run("compare", "inception3a", "-o", "out.txt")
    assert Path("out.txt").read_text(encoding="utf-8") == expected


@posix
def test_an_old_file_keeps_its_mode(run):
    Path("out.txt").write_text("old")
    os.chmod("out.txt", 0o640)
    assert run("ops", "-o", "out.txt").code == 0
    assert stat.S_IMODE(os.stat("out.txt").st_mode) == 0o640


@posix
def test_a_new_file_has_the_usual_mode(run):
    old = os.umask(0o027)
    try:
        assert run("ops", "-o", "out.txt").code == 0
    finally:
        os.umask(old)
    assert stat.S_IMODE(os.stat("out.txt").st_mode) == 0o640


@posix
def test_a_link_stays_a_link(run, folder):
    (folder / "target.txt").write_text("old")
    os.symlink("target.txt", "link.txt")
    assert run("ops", "-o", "link.txt").code == 0
    assert os.readlink("link.txt") == "target.txt"
    assert (folder / "target.txt").read_text(encoding="utf-8") == run("ops").out


@pytest.mark.parametrize("target", ["folder", "folder/", "nowhere/out.txt", ".", ""])
def test_a_file_that_cannot_be_is_2_and_one_line(run, folder, target):
    (folder / "folder").mkdir()
    ran = run("ops", "-o", target)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f'error: cannot write "{target}": ')
    assert ran.err.count("\n") == 1
    assert os.listdir() == ["folder"]
    assert os.listdir("folder") == []


@posix
def test_a_folder_that_is_read_only_is_2(run, folder):
    (folder / "locked").mkdir(mode=0o500)
    if os.access("locked", os.W_OK):
        pytest.skip("this user may write anywhere")
    ran = run("ops", "-o", "locked/out.txt")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == 'error: cannot write "locked/out.txt": Permission denied\n'


@posix
def test_an_old_file_is_intact_when_the_new_one_does_not_fit(folder):
    import resource

    (folder / "out.json").write_text("old")
    done = spawn(
        *["summary", "googlenet", "--format", "json", "-o", "out.json"],
        environment={"PYTHONDONTWRITEBYTECODE": "1"} | UNMEASURED,
        before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )
    assert (done.code, done.out) == (2, b"")
    assert done.err == b'error: cannot write "out.json": File too large\n'
    assert os.listdir() == ["out.json"]
    assert (folder / "out.json").read_text() == "old"


def test_a_wrong_word_leaves_an_old_file_alone(run, folder):
    (folder / "out.txt").write_text("old")
    assert run("summary", "nowhere.yaml", "-o", "out.txt").code == 2
    assert (folder / "out.txt").read_text() == "old"


@posix
def test_devices_and_pipes_are_written_to(run, folder):
    assert run("ops", "-o", os.devnull) == (0, "", "")
    assert not os.path.isfile(os.devnull)
    os.mkfifo("pipe")
    reader = subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE)
    assert run("ops", "-o", "pipe") == (0, "", "")
    out, _ = reader.communicate(timeout=TIMEOUT)
    assert out.decode() == run("ops").out
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)


@posix
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_device_is_2(run):
    ran = run("ops", "-o", "/dev/full")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == 'error: cannot write "/dev/full": No space left on device\n'


@posix
def test_dev_stdout_is_the_output(run, folder):
    """And not the file behind it, which may have a beginning."""
    expected = run("ops", "conv").out.encode()
    assert shell("$C ops conv -o /dev/stdout | cat").out == expected
    (folder / "log").write_text("old\n")
    shell("$C ops conv -o /dev/stdout >> log")
    assert (folder / "log").read_bytes() == b"old\n" + expected
    assert (
        shell("$C ops conv -o >(cat > seen; mv seen done); until test -e done; do sleep 0.02; done").code
        == 0
    )
    assert (folder / "done").read_bytes() == expected


# --- Colour

BOLD, RED, PLAIN = "\x1b[1m", "\x1b[1;31m", "\x1b[0m"


def test_colour_where_it_is_asked_for(run):
    """The sentence that answers is bold, a bar has a colour, and nothing else is lost."""
    plain, coloured = run("compare", "inception3a"), run("compare", "inception3a", "--color", "always")
    assert f"{BOLD} reduced has 0.42 of naive's params" in coloured.out
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured.out) == plain.out
    assert "\x1b[36m" in run("summary", "inception3a", "--color=always").out


def test_an_error_is_red_and_its_place_bold(run, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with open("net.yaml", "w") as file:
        file.write("input: [3, 8, 8]\nlayers: cnov 3x3 4\n")
    ran = run("summary", "net.yaml")
    place, _, caret = ran.err.splitlines()
    assert place.startswith(f'{BOLD}net.yaml:2:9:{PLAIN} {RED}error:{PLAIN} unknown operation "cnov"')
    assert caret == f"     |         {RED}^~~~{PLAIN}"
    assert run("sumary").err.startswith(f"{RED}error:{PLAIN} no command")


def test_never_is_stronger_than_the_environment(run, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in run("compare", "inception3a", "--color", "never").out
    assert "\x1b" not in run("compare", "nothing", "--color", "never").err
    assert "\x1b" not in run("compare", "--color", "never", "--help").out


def test_help_has_bold_headings_in_colour_only(run):
    assert f"{BOLD}Options{PLAIN}" in run("compare", "--color", "always", "--help").out
    assert "\x1b" not in run("compare", "--help").out
    assert "\x1b" not in run("--help").out


def test_a_wrong_word_for_colour_is_refused(run):
    ran = run("compare", "inception3a", "--color", "sometimes")
    assert (ran.code, ran.out) == (2, "")
    assert "'auto', 'always', 'never'" in ran.err


def test_help_fits_into_80_columns(run):
    from convcalc.commands.help import COMMANDS

    for words in (["--help"], *([name, "--help"] for name in COMMANDS)):
        assert max(map(len, run(*words).out.splitlines())) <= 80


# --- 80 columns, the common terminal


@pytest.mark.parametrize(
    ("command", "left_out"),
    [
        ("compare inception3a", "output"),
        ("summary googlenet#paper", "bar, output"),
        ("explain inception3a#reduced", ""),
        ("explain inception3a#reduced 5x5/conv2", ""),
        ("diff inception3a#naive inception3a#reduced", "now"),
        ("reconcile googlenet_torchvision --functional relu", ""),
        ("reconcile googlenet_torchvision --claim 1.51G", ""),
        ("ops", ""),
        ("ops conv", ""),
        ("check inception3a", ""),
        ("list", "input, source"),
    ],
)
def test_at_80_columns_nothing_is_lost_that_fits(run, monkeypatch, command, left_out):
    monkeypatch.setenv("COLUMNS", "80")
    ran = run(*command.split())
    assert max(map(len, ran.out.splitlines())) <= 80
    assert ran.err == (f"convcalc: left out at 80 columns: {left_out}\n" if left_out else "")


def test_a_narrow_reconcile_adds_up_downwards(run, monkeypatch):
    """thop: 1,498,376,192 multiply-adds, 4 a value of batch norm, 51,200 for average pooling."""
    monkeypatch.setenv("COLUMNS", "80")
    out = run("reconcile", "googlenet_torchvision").out
    thop = re.search(r"^ thop .*\n.*\n.*$", out, re.MULTILINE)
    assert thop
    lines = [line.split() for line in thop[0].splitlines()]
    assert lines == [
        ["thop", "MACs", "1,511,332,032", "1,498,376,192", "M"],
        ["12,904,640", "batch", "norm"],
        ["51,200", "average", "pool"],
    ]


def test_a_narrow_explanation_has_results_on_lines_of_their_own(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = [
        line.rstrip() for line in run("explain", "inception3a#reduced", "5x5/conv2").out.splitlines()
    ]
    assert lines[:2] == [
        " inception3a#reduced 5x5/conv2   conv 5x5 32   16×28×28 → 32×28×28",
        " configs/inception3a.yaml:17",
    ]
    assert lines[4:6] == [
        "                            5 ×            5 ×          16 ×           32",
        "                =      12,800",
    ]
