"""The bytes that a program can have now: what the machine has, within what its control groups allow."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

# Of each version of control groups: the limit, what is used, and what of that the kernel gives back.
_VERSION_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
_VERSION_2 = ("memory.max", "memory.current", "inactive_file")


def memory_available(root: str = "/") -> int:
    """As far as the system says; `root` is where its files about itself are found."""
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
    """What is left in each group that we are in, and in those around it."""
    for line in _lines(os.path.join(root, "proc/self/cgroup")):
        number, controllers, path = line.split(":", 2)
        if number == "0":
            yield from _along(os.path.join(root, "sys/fs/cgroup"), path, _VERSION_2)
        elif "memory" in controllers.split(","):
            yield from _along(os.path.join(root, "sys/fs/cgroup/memory"), path, _VERSION_1)


def _along(mount: str, path: str, files: tuple[str, str, str]) -> Iterator[int]:
    """A container may see its own group as the top one, whatever its path is said to be."""
    names = path.strip("/").split("/")
    for depth in range(len(names), -1, -1):
        folder = os.path.join(mount, *names[:depth])
        limit, used = (_number(os.path.join(folder, name)) for name in files[:2])
        if limit is not None and used is not None:
            yield limit - used + _returned(folder, files[2])


def _returned(folder: str, name: str) -> int:
    """Pages of files count as used, but make room when it is needed."""
    for line in _lines(os.path.join(folder, "memory.stat")):
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    return 0


def _number(path: str) -> int | None:
    """None where there is none: version 2 writes `max` for no limit."""
    text = "".join(_lines(path))
    return int(text) if text.isdigit() else None


def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read().splitlines()
    except OSError:
        return []
