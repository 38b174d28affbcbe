"""Whatever is written in a file or on the command line: an answer or an error, and nothing broken.

A few examples of each here; `make fuzz` (FUZZ_SECONDS=600 make fuzz) draws others for as long as wanted.
"""

from __future__ import annotations

import codecs
import faulthandler
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fuzz.grammar import command_lines, hostile_specs, questions, spec_bytes, spec_texts
from fuzz.judge import judge, run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))  # for each kind of input
HANGS = 120  # seconds after which an example is one that never ends
STEPS = 3_000  # instead of a million, so that many examples are tried

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
OTHER = """\
name: other
input: [3, 8, 8]
parameters: {a: 1}
layers: [conv 3x3 $a, {aux: linear 3}, linear 4]
"""
LOCK = '{"schema_version": 1, "networks": {"spec.yaml": {"params": 12, "macs": 0}}}\n'
GIT = [
    ["git", "init", "-q", "-b", "main"],
    ["git", "add", "spec.yaml"],
    ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "1"],
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A repository with a specification, another, and a lock file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("convcalc.network.limits.MAX_STEPS", STEPS)
    monkeypatch.setattr("convcalc.network.expansion_state.MAX_STEPS", STEPS)
    write("spec.yaml", OTHER)
    os.mkdir("folder")
    for command in GIT:
        subprocess.run(command, check=True)
    yield
    faulthandler.cancel_dump_traceback_later()


def write(name: str, text: str) -> None:
    Path(name).write_bytes(text.encode("utf-8", "surrogateescape"))


def ask(arguments: list[str], text: str, stdin: bytes = b"") -> None:
    """Run and judge a command line where spec.yaml has this text."""
    write("spec.yaml", text)
    write("other.yaml", OTHER)
    write("lock.json", LOCK)
    faulthandler.dump_traceback_later(HANGS, exit=True)
    data = {name: Path(name).read_bytes() for name in ("spec.yaml", "other.yaml", "lock.json")}
    texts = {name: readable(one) for name, one in (data | {"-": stdin}).items()}
    judge(arguments, run(arguments, stdin), texts)


def readable(data: bytes) -> str:
    return data.decode("utf-16" if data[:2] in UTF_16 else "utf-8-sig", "replace")


def fuzz(*strategies: st.SearchStrategy[Any], examples: int) -> Callable[[Callable[..., None]], Any]:
    """Try a property on the same few examples, or on others until the time is up."""

    def decorate(check: Callable[..., None]) -> Any:
        profile = settings(
            max_examples=200 if SECONDS else examples,
            derandomize=not SECONDS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        test = profile(given(*strategies)(check))

        def until_the_time_is_up() -> None:
            end = time.monotonic() + SECONDS
            test()
            while time.monotonic() < end:
                test()

        until_the_time_is_up.__name__ = check.__name__
        return until_the_time_is_up

    return decorate


@pytest.mark.parametrize(
    "arguments",
    [
        ["diff", "--since", "HEAD", ""],  # git takes no empty path
        ["diff", "--since", "HEAD", "../.."],  # nor one outside of the repository
        ["diff", "--since", "HEAD", "/"],
        ["check", "spec.yaml", "-o", "spec.yaml"],  # took the place of the file
    ],
    ids=" ".join,
)
def test_faults_that_fuzzing_found_are_refused(arguments: list[str]) -> None:
    ask(arguments, OTHER)
    ran = run(arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_strides_that_multiply_are_answered() -> None:
    """Python prints no number of more than 4,300 digits."""
    text = "input: [1, 9, 9]\nlayers: {repeat: 400, layers: conv 1x1/1000000000000 1}\n"
    ask(["summary", "spec.yaml", "--format", "json"], text)
    ask(["summary", "spec.yaml", "--columns", "+receptive_field,stride"], text)


@fuzz(spec_bytes(), examples=60)
def test_any_bytes(data: bytes) -> None:
    ask(["summary", "-", "--format", "json"], OTHER, data)


@fuzz(spec_texts(), questions(), examples=80)
def test_any_mistakes(text: str, arguments: list[str]) -> None:
    ask(arguments, text)


@fuzz(hostile_specs(), questions(), examples=100)
def test_any_names(text: str, arguments: list[str]) -> None:
    ask(arguments, text)


@fuzz(command_lines(), st.sampled_from([OTHER, "layers: [", ""]), examples=100)
def test_any_words(arguments: list[str], text: str) -> None:
    if not {"verify", "-o", "--output"} & set(arguments):
        ask(arguments, text, OTHER.encode())
