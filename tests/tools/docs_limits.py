"""Every limit with what is said of one more, as the table of docs/limits.md."""

from __future__ import annotations

import re

from bounds import BOUNDS, Bound
from docs_shell import Shell, Stale


def bounds(sh: Shell) -> str:
    """A row for each limit, with what is said of one more."""
    rows = ["| at most | of | beyond it |", "|--:|:--|:--|"]
    rows += [f"| {number(one.limit)} | {one.what} | `{said_beyond(sh, one)}` |" for one in BOUNDS]
    return "\n".join([*rows, ""])


def number(limit: int) -> str:
    """As messages have it: what is too long to be counted is a power of ten."""
    return f"10^{len(str(limit)) - 1}" if limit >= 10**12 else f"{limit:,}"


def said_beyond(sh: Shell, bound: Bound) -> str:
    """The message for one more than a limit, without its place."""
    (sh.folder / "spec.yaml").write_text(bound.make(bound.limit + 1), "utf-8")
    done = sh.run(f"convcalc {bound.ask(bound.limit + 1)}")
    if done.returncode != 2:
        raise Stale(f"one beyond the limit of {bound.what} is no error")
    message = done.stderr.partition("\n")[0].partition("error: ")[2]
    return re.sub(r"(\D\D?)\1{8,}", r"\1\1", message)  # what is long is so by repetition
