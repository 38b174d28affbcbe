"""The key of a network in a lock file: `nets/a.yaml#small@alpha=0.5,input=3x160x160`.

It has the file as seen from the lock file, the variant, and the values that are not the file's own.
Characters that would be mistaken for these marks, and bytes that are no text, are written as %XX.
"""

import os
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote

from ..reader.spec import spec_text

_KEY = re.compile(r"(?P<file>[^#@]*)(#(?P<variant>[^@]*))?(@.*)?", re.DOTALL)
# Characters that a line of text cannot have, or a strict reader refuses, and the % itself.
_UNSAFE = "[^ -$&-~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"


class NetworkIdentity(NamedTuple):
    """That by which a lock file knows a network."""

    file: str
    variant: str | None
    changes: Mapping[str, str]  # values that are not the file's own
    given: Mapping[str, str]  # values that were written out, whether they are the file's own or not


def key_of(file: str, variant: str | None, changes: Mapping[str, str], lock: str) -> str:
    """The key of a network in a lock file."""
    key = _part(_seen_from(os.path.dirname(os.path.realpath(lock)), _behind_folders(file)))
    return spec_text(key, None if variant is None else _part(variant), changes)


def parts_of(key: str) -> tuple[str, frozenset[str]]:
    """The key at the file's own values, and each `name=value` that a key has."""
    own, _, values = key.partition("@")
    return own, frozenset(filter(None, values.split(",")))


def pairs_of(values: Mapping[str, str]) -> frozenset[str]:
    """Each value as `parts_of` gives it."""
    return frozenset(f"{name}={value}" for name, value in values.items())


def values_in(key: str) -> dict[str, str]:
    """The values that a key has, by their names."""
    return {name: value for name, _, value in (pair.partition("=") for pair in parts_of(key)[1])}


def older_key(file: str, variant: str | None, lock: str) -> str | None:
    """The key that earlier versions of convcalc gave: links followed, and nothing written as %XX.

    None where that is the key of another network.
    """
    key = _seen_from(os.path.dirname(os.path.abspath(lock)), file)
    key = _written(_UNSAFE, key if variant is None else f"{key}#{variant}")
    other, _ = readings(key)[0]
    place = os.path.join(os.path.dirname(os.path.realpath(lock)), other)
    is_another = os.path.isfile(place) and os.path.realpath(place) != os.path.realpath(file)
    return None if is_another else key


def readings(key: str) -> list[tuple[str, str | None]]:
    """The files and variants that a key may mean. In older keys a file's name may have a # or @."""
    found = _KEY.fullmatch(key)
    assert found  # as every text
    before, sharp, after = key.rpartition("#")
    pairs = [(found["file"], found["variant"]), (key, None)]
    pairs += [(before, after)] if sharp else []
    return [(_read(file), None if variant is None else _read(variant)) for file, variant in pairs]


def _seen_from(folder: str, file: str) -> str:
    """The file as seen from the lock file. Shipped configs and earlier versions keep their names."""
    return os.path.relpath(file, folder).replace(os.sep, "/") if os.path.exists(file) else file


def _behind_folders(file: str) -> str:
    """The file with its folder's links followed, so that all ways to it give one key."""
    if not os.path.exists(file):
        return file
    folder, name = os.path.split(file)
    return os.path.join(os.path.realpath(folder), name)


def _part(text: str) -> str:
    return _written(f"{_UNSAFE}|[#@]", text)


def _written(unsafe: str, text: str) -> str:
    return re.sub(unsafe, lambda found: _escape(found.group()), text)


def _escape(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))


def _read(part: str) -> str:
    return unquote(part, errors="surrogateescape")
