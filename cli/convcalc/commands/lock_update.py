"""The lock file of a check, and the command that accepts what networks cost now."""

import os

from ..answers.baseline import Now, updated
from ..answers.lock import Lock, lock_text, read_lock
from ..reader.source import STDIN
from ..text.output import alone, write_file
from ..text.problems import UsageError
from ..text.wording import shell_word
from .inputs import STDIN_VARIANT, Request


def open_lock(path: str, update: bool, accept: str) -> Lock:
    """The lock file; it may be missing only if it is to be written."""
    if not os.path.exists(path):
        if update:
            return Lock(path, {})
        raise UsageError(f'no baseline "{path}"; to write it: {accept}')
    return read_lock(path)


def accepting(request: Request, baseline: str) -> str:
    """The command that accepts what networks cost now; raises UsageError where they are in no file."""
    for word in (*request.specs, *(["-e"] if request.bodies else [])):
        if word in (STDIN, "-e") or word.startswith(STDIN_VARIANT):
            word = word.removeprefix(STDIN_VARIANT)
            raise UsageError(f'a baseline keeps what files cost, and "{word}" is no file')
    # What starts with a dash would be an option.
    words = [f"./{spec}" if spec.startswith("-") else spec for spec in request.specs]
    words += [word for setting in request.settings for word in ("--set", setting)]
    words += ["--input", request.input_text] if request.input_text else []
    words += ["--baseline", baseline, "--update"]
    return " ".join(map(shell_word, ["convcalc", "check", *words]))


def write_lock(path: str, now: Now) -> int:
    """Accept what networks cost now; the number of networks that the file then has."""
    with alone(path):  # another process may have written to it meanwhile
        networks = updated(now, open_lock(path, update=True, accept=""))
        write_file(path, [lock_text(networks)])
    return len(networks)
