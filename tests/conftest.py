"""What all tests share."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

# What changes how a run prints; a test that is about one of them sets it itself.
_ENVIRONMENT = (
    "CI",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "CONVCALC_TRACEBACK",
    "FORCE_COLOR",
    "GITHUB_ACTIONS",
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


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether the expected outputs are to be written again instead of compared."""
    return bool(request.config.getoption("--update"))


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs a command line in this process."""
    from convcalc.commands.program import main

    def run(*arguments: str) -> Ran:
        capfd.readouterr()
        code = main(arguments)
        return Ran(code, *capfd.readouterr())

    return run
