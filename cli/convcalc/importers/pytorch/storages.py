"""Which parameters of a `.pt2` are the same tensor, held under several names."""

import re
from typing import Any

from ..reading.archive import Archive
from ..reading.json_text import parse_json

_WEIGHTS = re.compile(r"(?:.*/)?data/weights/[^/]+\.json")


def read_storages(archive: Archive, label: str) -> dict[str, str]:
    """Where the elements of each parameter stand in the file; older files do not say it."""
    storages: dict[str, str] = {}
    for name, member in archive.members.items():
        if _WEIGHTS.fullmatch(name):
            storages |= _storages(parse_json(archive.read(member), label))
    return storages


def _storages(tree: Any) -> dict[str, str]:
    match tree:
        case {"config": dict(entries)}:
            return {name: place for name, entry in entries.items() if (place := _place(entry))}
    return {}


def _place(entry: Any) -> str:
    """A member of the zip file, and which part of it; "" where it is not said."""
    match entry:
        case {"path_name": str(path), "tensor_meta": dict(meta)}:
            return f"{path} {[meta.get(key) for key in ('storage_offset', 'sizes', 'strides')]}"
    return ""
