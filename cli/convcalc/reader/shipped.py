"""The shipped configs: where they are, and what they are called."""

import os

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def shipped_folder() -> str:
    """The folder of the shipped configs: in the installed package, or at the checkout's top."""
    installed = os.path.join(_PACKAGE, "configs")
    if os.path.isdir(installed):
        return installed
    return os.path.join(os.path.dirname(os.path.dirname(_PACKAGE)), "configs")


def shipped_names() -> list[str]:
    """The shipped configs' names, in alphabetical order."""
    files = os.listdir(shipped_folder())
    return sorted(stem for stem, suffix in map(os.path.splitext, files) if suffix == ".yaml")


def shipped_file(name: str) -> str:
    """The path of a shipped config."""
    return os.path.join(shipped_folder(), f"{name}.yaml")
