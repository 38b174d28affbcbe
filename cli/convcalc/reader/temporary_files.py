"""Earlier versions of model files, saved where their readers can open them."""

import os
from functools import cache
from tempfile import TemporaryDirectory

from . import git


def place_of(blob: git.Blob) -> str:
    """The path of a temporary file with the content of an object; deleted when the program ends."""
    path = os.path.join(_folder().name, blob.object)
    if not os.path.exists(path):
        with open(path, "xb") as file:
            git.save(blob, file)
    return path


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="convcalc-")
