"""Model files that are passed over, because a folder stands only for its specifications."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..text.problems import FileError
from ..text.wording import counted, quoted

MODELS = (".pt2", ".onnx", ".keras", ".json", ".prototxt", ".cfg")  # how such files may end


def passed_over_note(paths: Iterable[str], read: Collection[str]) -> str:
    """A note of how many of the files are models that are not read, and how to have one read; or ""."""
    passed = [path for path in paths if path not in read and has_reader(path)]
    if not passed:
        return ""
    are = "is" if len(passed) == 1 else "are"
    how = f"a path or pattern that names one has it read, such as {quoted(passed[0])}"
    return f"{counted(len(passed), 'model file')} in folders {are} passed over; {how}"


def has_reader(path: str) -> bool:
    """Whether the file exists and is a model in a format that can be read."""
    from ..importers.sniff import tell  # not for folders without any

    try:
        told = tell(path, path)
    except (OSError, FileError):
        return False
    return told is not None and bool(told.reader)
