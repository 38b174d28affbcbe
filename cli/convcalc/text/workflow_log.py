"""The log of GitHub Actions, which takes some lines of an output for commands."""

import os
import re

# A line that starts with ::, and in older notation ##[ anywhere in it.
_COMMAND = re.compile(r"^([^\S\n]*):(?=:)|##(?=\[)", re.MULTILINE)


def is_workflow_log() -> bool:
    """Whether what is printed goes to the log of a job."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def without_commands(text: str) -> str:
    """The text, with a character of each such mark written out."""
    return _COMMAND.sub(lambda found: r"#\x23" if found[1] is None else rf"{found[1]}\x3a", text)
