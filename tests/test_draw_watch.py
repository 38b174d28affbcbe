"""--watch: again after every save, errors in place, and an end by Ctrl-C alone."""

import os
from pathlib import Path

import pytest

from convcalc.commands import watching
from convcalc.commands.program import main

ONE = "input: [3, 8, 8]\nlayers: [conv 3x3 4]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(ONE)


@pytest.fixture
def saves(monkeypatch):
    """What is done to the file at each pause; when all is done, Ctrl-C."""
    waiting = []

    def pause(seconds):
        assert seconds <= 1
        if not waiting:
            raise KeyboardInterrupt
        waiting.pop(0)()

    monkeypatch.setattr(watching.time, "sleep", pause)
    return waiting


def save(text):
    """As editors do it: another file takes the name."""
    Path("net.new").write_text(text)
    os.replace("net.new", "net.yaml")


@pytest.mark.parametrize("command", ["draw", "summary"])
def test_a_save_shows_it_again(saves, capfd, command):
    saves += [lambda: save(ONE.replace("3x3 4", "5x5 7"))]
    assert main([command, "net.yaml", "--watch"]) == 130
    out, err = capfd.readouterr()
    assert err == ""
    # 3·3·3·4 and 5·5·3·7 weights
    assert out.index("108") < out.index("525")
    assert "\x1b" not in out  # no terminal, so nothing is cleared


def test_a_file_that_is_not_saved_is_not_shown_again(saves, capfd):
    saves += [lambda: None, lambda: None]
    assert main(["summary", "net.yaml", "--field", "params", "--watch"]) == 130
    assert capfd.readouterr().out == "108\n"


def test_errors_are_shown_and_the_next_save_is_waited_for(saves, capfd):
    saves += [
        lambda: save(ONE.replace("conv", "cnov")),
        lambda: os.remove("net.yaml"),
        lambda: save(ONE.replace("3x3", "1x1")),
    ]
    assert main(["summary", "net.yaml", "--field", "params", "--watch"]) == 130
    out, err = capfd.readouterr()
    assert out == "108\n12\n"
    assert 'net.yaml:2:10: error: unknown operation "cnov"; did you mean "conv"?' in err
    assert 'no file and no shipped config "net.yaml"' in err


def test_a_file_is_written_again(saves):
    saves += [lambda: save(ONE.replace("3x3 4", "5x5 7"))]
    assert main(["draw", "net.yaml", "--watch", "-o", "net.svg"]) == 130
    assert "5×5 conv, 7" in Path("net.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("spec", ["inception3a", "-", "conv1x1"])
def test_what_cannot_change_is_not_watched(capfd, spec):
    assert main(["draw", spec, "--watch"]) == 2
    assert capfd.readouterr().err == "error: --watch needs a file that can change, such as net.yaml\n"


def test_a_terminal_is_cleared_before_each_time(saves, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr(watching, "_CLEAR", "<clear>")
    saves += [lambda: save(ONE.replace("3x3", "1x1"))]
    assert main(["summary", "net.yaml", "--field", "params", "--watch"]) == 130
    assert capsys.readouterr().out == "<clear>108\n<clear>12\n"
