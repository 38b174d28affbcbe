"""The comment that a pull request gets, whole, and its head for the README."""

from __future__ import annotations

from docs_shell import Shell

# In a repository of its own: the module at first, and a branch that widens a reduction.
STEPS = """
set -e
mkdir comment && cd comment
git init -q -b main . && cp ../configs/inception3a.yaml . && git add -A && git commit -q -m first
git switch -q -c wider && sed -i 's/conv 1x1 16/conv 1x1 24/' inception3a.yaml
convcalc diff --since main --format markdown
"""


def comment(sh: Shell) -> str:
    """What `diff` writes, as a quotation."""
    lines = sh.run(STEPS).stdout.splitlines()
    return "".join(f"> {line}".rstrip() + "\n" for line in lines if not line.startswith("<!--"))


def comment_head(sh: Shell) -> str:
    """The causes, and the networks with their budgets: what stands before the first network's layers."""
    return comment(sh).partition(">\n> **")[0]
