"""Earlier versions of files that are not read as a whole: put where they can be opened."""

import os
from functools import cache
from tempfile import TemporaryDirectory

from . import git


def place_of(blob: git.Blob) -> str:
    """The path of a file with what git keeps; it is gone when the program ends."""
    path = os.path.join(_folder().name, blob.object)
    if not os.path.exists(path):
        with open(path, "xb") as file:
            git.save(blob, file)
    return path


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="convcalc-")
