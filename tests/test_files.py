"""Files that are no plain files, that change, that two processes write, or that cannot be written."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from examples import first

from convcalc.commands.help import COMMANDS
from convcalc.reader import shipped as reader_shipped
from convcalc.text.output import alone

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")
TIMEOUT = 60  # seconds; for what must end at once

SPEC = """\
input: [3, 8, 8]
parameters: {a: 1}
layers: [{stem: conv 3x3 $(4*a)}, relu]
budget: {layers: {stem: {params: 1k}}}
"""
READING = {
    "compare": [],
    "summary": [],
    "explain": [],
    "sweep": ["a=1,2"],
    "draw": ["--format", "svg"],
    "check": [],
    "verify": [],
    "reconcile": [],
    "diff": ["conv1x1"],
}
WRITING = {
    **{name: ["conv1x1"] for name in ("compare", "summary", "explain", "check", "verify", "reconcile")},
    "diff": ["conv1x1", "conv1x1"],
    "sweep": ["spec.yaml", "a=1,2"],
    "import": [str(Path(__file__).parent / "data" / "models" / "lenet.prototxt")],
    "draw": ["conv1x1", "--format", "svg"],
    "list": [],
    "show": ["conv1x1"],
    "ops": [],
    "schema": [],
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, with a file; `list`, which reads all that is shipped, finds a few."""
    monkeypatch.chdir(tmp_path)
    Path("spec.yaml").write_text(SPEC)
    shipped = tmp_path.with_name("shipped")
    shipped.mkdir(exist_ok=True)
    for name in ("conv1x1", "inception3a"):
        shutil.copy(Path(reader_shipped.shipped_folder()) / f"{name}.yaml", shipped)
    monkeypatch.setattr(reader_shipped, "shipped_folder", lambda: str(shipped))
    return tmp_path


def start(*arguments: str, **options: object) -> subprocess.Popen[bytes]:
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-m", "convcalc", *arguments]
    return subprocess.Popen(command, **(pipes | options))  # type: ignore[call-overload]


def is_refused(ran: tuple[int, str, str]) -> bool:
    code, out, err = ran
    return (code, out, err.count("\n")) == (2, "", 1) and err.startswith("error: ")


def make(kind: str) -> str:
    """Something that is no file, by the name that is answered."""
    if kind == "socket":
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("it")
    elif kind == "folder":
        os.mkdir("it")
    else:
        os.symlink({"loop": "it", "dangling": "nowhere/nothing", "link to a folder": "."}[kind], "it")
    return "it"


def test_every_command_is_tried_here() -> None:
    assert set(WRITING) == set(COMMANDS)
    assert set(READING) == set(COMMANDS) - {"import", "list", "show", "ops", "schema"}


# --- Reading


@pytest.mark.parametrize(
    "kind", first(["folder", "dangling", "socket", "loop", "link to a folder"], quick=2)
)
@pytest.mark.parametrize("command", READING)
def test_what_is_no_file_cannot_be_a_spec(run: Callable, command: str, kind: str) -> None:
    name = make(kind)
    if (command, kind) == ("check", "link to a folder"):
        return  # a folder is what check takes
    assert is_refused(run(command, name, *READING[command]))


@pytest.mark.parametrize(
    "command",
    [
        # The others load their networks as `summary` does.
        name
        if name in ("summary", "check", "diff", "sweep")
        else pytest.param(name, marks=pytest.mark.full)
        for name in READING
    ],
)
def test_a_pipe_is_read_once(command: str) -> None:
    """As with <(...): there is nothing in it the second time."""
    os.mkfifo("pipe")
    more = ["--claim", "108"] if command == "reconcile" else READING[command]
    process = start(command, "pipe", *more)
    with open("pipe", "w") as pipe:
        pipe.write(SPEC)
    _, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, err) == (0, b"")


@pytest.mark.parametrize("command", READING)
def test_a_spec_that_is_cut_off_while_it_is_read_is_an_answer_or_an_error(
    run: Callable, command: str
) -> None:
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            for length in (0, 20, 60, len(SPEC)):
                Path("spec.yaml").write_text(SPEC[:length])
                stop.wait(0.0003)  # so that each state is met
            Path("spec.yaml").unlink()

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(30):
            ran = run(command, "spec.yaml", *READING[command])
            assert ran.code in (0, 2)
            assert "fault" not in ran.err
    finally:
        stop.set()
        thread.join()


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the system has no /proc")
@pytest.mark.parametrize("command", READING)
def test_a_file_of_the_system_is_no_specification(run: Callable, command: str) -> None:
    ran = run(command, "/proc/self/status", *READING[command])
    assert ran.code == 2
    assert "/proc/self/status:1:" in ran.err


@pytest.mark.parametrize("kind", ["socket", "folder", "loop"])
def test_what_is_no_file_cannot_be_a_lock_file(run: Callable, kind: str) -> None:
    for more in ([], ["--update"]):
        ran = run("check", "conv1x1", "--baseline", "it" if os.path.lexists("it") else make(kind), *more)
        assert ran.code == 2
        assert ran.err.startswith("error: ")
        assert sorted(os.listdir()) == ["it", "spec.yaml"]


# --- Writing


@pytest.mark.parametrize("kind", first(["folder", "socket", "loop", "dangling"], quick=2))
@pytest.mark.parametrize("command", WRITING)
def test_what_is_no_file_cannot_be_written(run: Callable, command: str, kind: str) -> None:
    ran = run(command, *WRITING[command], "-o", make(kind))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith('error: cannot write "it": ')
    assert ran.err.count("\n") == 1
    assert sorted(os.listdir()) == ["it", "spec.yaml"]
    assert os.path.islink("it") == (kind in ("loop", "dangling"))


def test_a_link_to_nothing_gets_its_file(run: Callable) -> None:
    os.symlink("target", "link")
    assert run("check", "spec.yaml", "-q", "--baseline", "link", "--update").code == 0
    assert os.readlink("link") == "target"
    assert json.loads(Path("target").read_text())["networks"]


@pytest.mark.parametrize(
    "line",
    [
        "summary spec.yaml -o spec.yaml",
        "summary spec.yaml -o ./spec.yaml",
        "summary conv1x1 spec.yaml -o link.yaml",
        "summary spec.yaml#x -o spec.yaml",
        "compare link.yaml conv1x1 --format json -o spec.yaml",
        "sweep spec.yaml a=1 -o spec.yaml",
        "diff conv1x1 spec.yaml -o spec.yaml",
        "check . -o spec.yaml",
        "check *.yaml -o spec.yaml --format junit",
        "check spec.yaml --baseline link.yaml --update",
        "verify spec.yaml -o spec.yaml",
        "explain spec.yaml -o spec.yaml",
        "reconcile spec.yaml --claim 1M -o spec.yaml",
    ],
)
def test_no_spec_is_written_over(run: Callable, line: str) -> None:
    os.symlink("spec.yaml", "link.yaml")
    ran = run(*line.split())
    assert (ran.code, ran.out) == (2, "")
    assert Path("spec.yaml").read_text() == SPEC
    if "--baseline" not in line:
        target = line.split()[line.split().index("-o") + 1]
        assert ran.err == f'error: "{target}" is read as a SPEC; write to another file\n'


@pytest.mark.parametrize("name", ["n" * 255, "漢" * 85])
def test_the_longest_names(run: Callable, name: str) -> None:
    assert run("list", "-o", name).code == 0
    assert set(os.listdir()) == {name, "spec.yaml"}


# --- Together, and cut short


def big_spec() -> None:
    Path("big.yaml").write_text("input: [1, 8, 8]\nlayers: {repeat: 20000, layers: conv 1x1 1}\n")


@pytest.mark.full
def test_many_processes_leave_a_whole_lock_file() -> None:
    for name in "abcd":
        Path(f"{name}.yaml").write_text(SPEC)
    update = ["-q", "--baseline", "lock.json", "--update"]
    processes = [start("check", f"{name}.yaml", *update) for name in "abcd"]
    for process in processes:
        _, err = process.communicate(timeout=TIMEOUT)
        assert process.returncode == 0, err
        assert json.loads(Path("lock.json").read_text())["schema_version"] == 1
    assert not [name for name in os.listdir() if name.endswith(".tmp")]


def temporary_files() -> list[str]:
    return [name for name in os.listdir() if name.endswith(".tmp")]


def heed_signals() -> None:
    """In a process whose tests run in the background, or under nohup, too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.parametrize(
    ("number", "code"),
    first(
        [
            (signal.SIGINT, 130),
            (signal.SIGKILL, -9),
            (signal.SIGTERM, 143),
            (signal.SIGHUP, 129),
        ],
        quick=2,
    ),
)
def test_a_run_that_is_ended_leaves_the_old_file(
    run: Callable, number: signal.Signals, code: int
) -> None:
    big_spec()
    Path("out.json").write_text("old")
    process = start(
        *("sweep", "spec.yaml", "a=1..900000", "--format", "csv", "-o", "out.json"),
        preexec_fn=heed_signals,
    )
    end = time.monotonic() + TIMEOUT
    while not temporary_files() and time.monotonic() < end:
        time.sleep(0.01)
    assert temporary_files()
    process.send_signal(number)
    out, err = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, out, err) == (code, b"", b"")
    assert Path("out.json").read_text() == "old"
    assert len(temporary_files()) == (1 if number == signal.SIGKILL else 0)
    # What a killed run has left does not hinder the next one.
    assert run("ops", "-o", "out.json") == (0, "", "")
    assert Path("out.json").read_text().count("\n") > 10


# --- Streams


CLOSED = ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"]


@pytest.mark.parametrize(
    ("command", "redirection"),
    [
        *(("summary", one) for one in CLOSED),
        *((command, CLOSED[-1]) for command in ("check", "import")),
        *(
            pytest.param(command, one, marks=pytest.mark.full)
            for command in WRITING
            for one in CLOSED
            if command != "summary"
        ),
    ],
)
def test_closed_streams(command: str, redirection: str) -> None:
    words = " ".join([command, *WRITING[command]])
    line = f'"{sys.executable}" -m convcalc {words} {redirection}'
    done = subprocess.run(["bash", "-c", line], capture_output=True, timeout=TIMEOUT, check=False)
    assert done.returncode == 0 or (">&-" in redirection and done.returncode == 2)
    assert b"fault" not in done.stderr
    assert b"Traceback" not in done.stderr


FORMATS = ["table", "markdown", "csv", "tsv", "json"]
REPORTS = {name: ["html", "latex"] for name in ("compare", "summary", "sweep", "diff")}
MORE = {"check": ["github", "junit", "sarif"], "explain": ["latex"], **REPORTS}
BROKEN = [
    (command, name)
    for command in WRITING
    for name in (
        [None] if command in ("import", "draw", "show", "schema") else [*FORMATS, *MORE.get(command, [])]
    )
]


@pytest.mark.parametrize(("command", "format_name"), BROKEN)
def test_a_broken_pipe_and_a_full_disk(
    run: Callable, monkeypatch: pytest.MonkeyPatch, command: str, format_name: str | None
) -> None:
    """Of every command; test_streams.py has processes that end so, for each way of writing."""
    words = [command, *WRITING[command], *(["--format", format_name] if format_name else [])]
    if command == "check":
        words += ["--max", "params=1"]  # annotations are only of what is broken
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as nobody_reads:
        monkeypatch.setattr(sys, "stdout", nobody_reads)
        assert run(*words) == (141, "", "")
    if os.path.exists("/dev/full"):
        with open("/dev/full", "w", encoding="utf-8") as full:
            monkeypatch.setattr(sys, "stdout", full)
            ran = run(*words)
        assert ran == (2, "", "error: cannot write the output: No space left on device\n")


@pytest.mark.full
def test_an_update_waits_for_another_one_and_keeps_what_that_wrote() -> None:
    for name in ("a", "b"):
        Path(f"{name}.yaml").write_text("input: [3, 8, 8]\nlayers: conv 1x1 4\n")
    line = ("check", "--baseline", "lock.json", "--update")
    start(*line, "b.yaml").communicate(timeout=TIMEOUT)
    after = Path("lock.json").read_text()
    Path("lock.json").unlink()
    with alone("lock.json"):  # as the other one does
        waiting = start(*line, "a.yaml")
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(0.5)  # five times what an update takes
        Path("lock.json").write_text(after)
    waiting.communicate(timeout=TIMEOUT)
    assert waiting.returncode == 0
    assert list(json.loads(Path("lock.json").read_text())["networks"]) == ["a.yaml", "b.yaml"]
    assert sorted(os.listdir()) == ["a.yaml", "b.yaml", "lock.json", "spec.yaml"]


@pytest.mark.parametrize("held", first([".", "lock.json"]))
def test_an_update_does_not_wait_for_who_started_it(run: Callable, held: str) -> None:
    """`flock . convcalc check --update` holds the folder until we end."""
    line = ("check", "spec.yaml", "--baseline", "lock.json", "--update")
    assert run(*line).code == 0
    holder = os.open(held, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    process = start(*line)
    process.communicate(timeout=TIMEOUT)
    os.close(holder)
    assert process.returncode == 0


@pytest.mark.parametrize(("number", "code"), first([("TERM", 143), ("HUP", 129), ("INT", 130)]))
@pytest.mark.parametrize("name", first(["replace", "chmod"]))
def test_a_signal_while_the_file_is_renamed(number: str, code: int, name: str) -> None:
    """It arrives when the new file has taken the place of the old one, or just before."""
    Path("out.csv").write_text("old")
    program = f"""
import os, signal, sys
original = os.{name}
def while_renaming(*arguments):
    original(*arguments)
    os.kill(os.getpid(), signal.SIG{number})
os.{name} = while_renaming
sys.argv = ["convcalc", "summary", "spec.yaml", "--format", "csv", "-o", "out.csv"]
from convcalc.__main__ import entry
entry()
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        timeout=TIMEOUT,
        preexec_fn=heed_signals,
    )
    assert (done.returncode, done.stderr) == (code, b"")
    assert sorted(os.listdir()) == ["out.csv", "spec.yaml"]
    assert Path("out.csv").read_text().startswith("network," if name == "replace" else "old")


@pytest.mark.parametrize(
    "line", [["summary", "spec.yaml", "-o"], ["check", "spec.yaml", "--update", "--baseline"]]
)
def test_a_read_only_file_is_not_replaced(run: Callable, line: list[str]) -> None:
    start("check", "spec.yaml", "--baseline", "it", "--update").communicate(timeout=TIMEOUT)
    before = Path("it").read_bytes()
    Path("it").chmod(0o444)
    assert run(*line, "it").code == 2
    assert run(*line, "it").err.endswith('error: cannot write "it": it is read-only\n')
    assert Path("it").read_bytes() == before


@pytest.mark.parametrize("number", ["4000", "99999999999999999999"])
def test_a_descriptor_that_is_not_open(run: Callable, number: str) -> None:
    ran = run("summary", "spec.yaml", "-o", f"/dev/fd/{number}")
    assert ran == (2, "", f'error: cannot write "/dev/fd/{number}": Bad file descriptor\n')


def test_what_the_system_refuses_is_named(run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not always the output."""

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "configs")

    monkeypatch.setattr(reader_shipped, "shipped_folder", refuse)
    assert run("list") == (2, "", 'error: "configs": Permission denied\n')


def test_a_folder_that_was_deleted_under_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    process = subprocess.run(
        [
            sys.executable,
            "-c",
            f"""
import os, sys
from convcalc.commands.program import main
os.chdir({str(gone)!r})
os.rmdir({str(gone)!r})
sys.exit(main(["summary", "conv1x1", "-o", "out.txt"]))
""",
        ],
        capture_output=True,
        timeout=TIMEOUT,
        text=True,
    )
    assert process.returncode == 2
    assert "cannot write the output" not in process.stderr
    assert process.stderr.count("error: ") == 1


@pytest.mark.full
def test_a_hang_up_that_is_ignored_as_by_nohup_ends_nothing() -> None:
    big_spec()
    process = start(
        *("sweep", "spec.yaml", "a=1..3000", "--format", "csv", "-o", "out.csv"),
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    end = time.monotonic() + TIMEOUT
    while not temporary_files() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0
    assert Path("out.csv").read_text().count("\n") == 3001


def test_a_link_that_leads_nowhere_is_said_to_be_one() -> None:
    Path("round.yaml").symlink_to("round.yaml")
    process = start("summary", "round.yaml")
    _, err = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 2
    assert err.startswith(b'error: cannot read "round.yaml": Too many levels of symbolic links')


@pytest.mark.skipif(sys.platform != "linux", reason="needs file names of any bytes")
def test_a_file_name_that_is_no_text_makes_sound_json(run: Callable) -> None:
    name = os.fsdecode(b"\xff\\udcff.yaml")
    Path(name).write_text(f'description: "\U0001f642"\n{SPEC}')
    for words in (["summary"], ["compare"], ["check", "--max", "params=1"], ["diff", "spec.yaml"]):
        ran = run(*words, name, "--format", "json")
        found = json.loads(ran.out)
        assert "\ufffd\\\\udcff" in json.dumps(found, ensure_ascii=False)
        json.dumps(found, ensure_ascii=False).encode()  # which no half of a pair can be
