"""How much memory a program can have now, in the machine and within its control groups."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

# The files of both versions of control groups: the limit, what is used, and what can be given back.
_VERSION_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
_VERSION_2 = ("memory.max", "memory.current", "inactive_file")


def memory_available(root: str = "/") -> int:
    """The bytes that are free, as far as the system tells; `root` is where its own files are."""
    return max(0, min([_of_machine(root), *_of_groups(root)]))


def _of_machine(root: str) -> int:
    for line in _lines(os.path.join(root, "proc/meminfo")):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # not on every system
        return sys.maxsize


def _of_groups(root: str) -> Iterator[int]:
    """The bytes that are left in our control groups, and in those around them."""
    for line in _lines(os.path.join(root, "proc/self/cgroup")):
        number, controllers, path = line.split(":", 2)
        if number == "0":
            yield from _along(os.path.join(root, "sys/fs/cgroup"), path, _VERSION_2)
        elif "memory" in controllers.split(","):
            yield from _along(os.path.join(root, "sys/fs/cgroup/memory"), path, _VERSION_1)


def _along(mount: str, path: str, files: tuple[str, str, str]) -> Iterator[int]:
    """The folders of a group and of those around it. In a container the group may be the top one."""
    names = path.strip("/").split("/")
    for depth in range(len(names), -1, -1):
        folder = os.path.join(mount, *names[:depth])
        limit, used = (_number(os.path.join(folder, name)) for name in files[:2])
        if limit is not None and used is not None:
            yield limit - used + _returned(folder, files[2])


def _returned(folder: str, name: str) -> int:
    """The bytes of cached files. They count as used, but the kernel gives them back."""
    for line in _lines(os.path.join(folder, "memory.stat")):
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    return 0


def _number(path: str) -> int | None:
    """The number in a file; None where it says `max`, which is no limit."""
    text = "".join(_lines(path))
    return int(text) if text.isdigit() else None


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read().splitlines()
    except OSError:
        return []
