"""What all tests share."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import examples
import pytest

# Tests run on all processors already: NumPy with a thread on each would only wait for itself.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# What changes how a run prints; a test that is about one of them sets it itself.
_ENVIRONMENT = (
    "CI",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "CONVCALC_TRACEBACK",
    "FORCE_COLOR",
    "GITHUB_ACTIONS",
    "GITHUB_WORKSPACE",
    "LINES",
    "NO_COLOR",
    "PYTHONCOERCECLOCALE",
    "PYTHONIOENCODING",
    "PYTHONUNBUFFERED",
    "PYTHONUTF8",
    "TERM",
    "TTY_COMPATIBLE",
    "TTY_INTERACTIVE",
)


class Ran(NamedTuple):
    """What a command line did."""

    code: int
    out: str
    err: str


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the expected outputs again")
    parser.addoption("--full", action="store_true", help="run what is marked `full` too")


def pytest_configure(config: pytest.Config) -> None:
    examples.is_full = config.getoption("--full")
    config.addinivalue_line(
        "markers", "full: takes long, or shows at more places what a quick test shows at some"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the repetitions, unless all is asked for, and all that cannot be written again."""
    if config.getoption("--update"):
        chosen = {item for item in items if "update" in getattr(item, "fixturenames", ())}
    elif config.getoption("--full"):
        return
    else:
        chosen = {item for item in items if not item.get_closest_marker("full")}
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = [item for item in items if item in chosen]


def pytest_collection_finish() -> None:
    """Have the thousands of tests, which stay, not looked through for garbage while they run."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, so that no file is taken for a shipped config."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    """Whether everything is to be tried, however long it takes."""
    return bool(request.config.getoption("--full"))


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether the expected outputs are to be written again instead of compared."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True, scope="session")
def _shipped_once() -> None:
    """Have `list` load the shipped configs once, and not again for each of its formats and widths."""
    import shipped_networks

    from convcalc.commands import list as command

    command.load_spec = lambda name, overrides: shipped_networks.networks(name)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a command line in this process."""
    from convcalc.commands.program import main

    def run(*arguments: str) -> Ran:
        capfd.readouterr()
        code = main(arguments)
        return Ran(code, *capfd.readouterr())

    return run
