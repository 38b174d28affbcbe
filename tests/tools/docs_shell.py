"""A shell as the pages' examples are run in."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "cli"  # of this checkout, whichever one the interpreter has installed
WIDTH = 97  # of a code block, as GitHub shows it without a scroll bar

# git as it is without anybody's own settings.
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


class Stale(Exception):
    """A page shows something that is not so, and running it again does not mend that."""


class Shell(NamedTuple):
    """/bin/sh in a folder of its own, with a `convcalc` that is run by this interpreter."""

    folder: Path
    programs: Path

    def run(self, command: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command after one that ended with `status`."""
        search = os.pathsep.join([str(self.programs), os.environ.get("PATH", os.defpath)])
        return subprocess.run(
            ["/bin/sh", "-c", f"(exit {status})\n{command}"],
            cwd=self.folder,
            env={
                "PATH": search,
                "PYTHONPATH": str(CODE),
                "PYTHONUTF8": "1",
                "LC_ALL": "C",
                "COLUMNS": str(WIDTH),
                **GIT,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )


@contextmanager
def shell() -> Iterator[Shell]:
    """A shell whose folder holds the shipped configs, as a checkout does, and small model files."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, programs = Path(temporary, "work"), Path(temporary, "bin")
        shutil.copytree(ROOT / "tests" / "data" / "models", folder)
        shutil.copytree(ROOT / "configs", folder / "configs")
        programs.mkdir()
        program = programs / "convcalc"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m convcalc "$@"\n', "utf-8")
        program.chmod(0o755)
        yield Shell(folder, programs)
