"""The lock file of a check, and the command that accepts what networks cost now."""

import os
from collections.abc import Iterable

from ..answers.baseline import Now, accepted, updated
from ..answers.check import Outcome
from ..answers.lock import Lock, lock_text, read_lock
from ..reader.source import STDIN
from ..render.figures_as_text import count_text
from ..render.verdict import difference_text
from ..text.output import alone, write_file
from ..text.problems import UsageError
from ..text.wording import counted, shell_word
from .inputs import STDIN_VARIANT, Request
from .output import tell


def open_lock(path: str, update: bool, accept: str) -> Lock:
    """The lock file; it may be missing only if it is to be written."""
    if not os.path.exists(path):
        if update:
            return Lock(path, {})
        raise UsageError(f'no baseline "{path}"; to write it: {accept}')
    return read_lock(path)


def accepting(request: Request, baseline: str) -> str:
    """The command that accepts all that a request names; UsageError for networks that are in no file."""
    for word in (*request.specs, *(["-e"] if request.bodies else [])):
        if word in (STDIN, "-e") or word.startswith(STDIN_VARIANT):
            word = word.removeprefix(STDIN_VARIANT)
            raise UsageError(f'a baseline keeps what files cost, and "{word}" is no file')
    words = [word for setting in request.settings for word in ("--set", setting)]
    words += ["--input", request.input_text] if request.input_text else []
    return _command(request.specs, words, baseline)


def accepting_broken(outcome: Outcome, everything: str) -> str:
    """The command that accepts the networks of which a figure is broken, and no others.

    Where these are all, it is the shorter one that accepts everything.
    """
    broken = {one.spec: None for one in outcome.figures if not one.passed}
    is_each = all(one.spec in broken for one in outcome.figures)
    return everything if is_each else _command(broken, [], outcome.baseline)


def _command(specs: Iterable[str], options: Iterable[str], baseline: str) -> str:
    # What starts with a dash would be an option.
    words = [f"./{spec}" if spec.startswith("-") else spec for spec in specs]
    line = ["convcalc", "check", *words, *options, "--baseline", baseline, "--update"]
    return " ".join(map(shell_word, line))


def write_lock(path: str, now: Now) -> None:
    """Accept what networks cost now, and tell what the file then has."""
    with alone(path):  # another process may have written to it meanwhile
        before = open_lock(path, update=True, accept="")
        networks = updated(now, before)
        write_file(path, [lock_text(networks)])
    for one in accepted(now, before):
        change = f"{count_text(one.was)} → {count_text(one.now)}"
        tell(f"{one.key}: {one.quantity} {change} ({difference_text(one.now, one.was)})")
    checked = len(now.figures)
    others = len(networks) - checked
    kept = f"; the other {others:,} in it stay as they were" if others > 0 else ""
    tell(f"{path} has what {counted(checked, 'network')} cost now{kept}")
