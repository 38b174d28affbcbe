"""Every stated limit with what meets it: for the tests, and for the page that lists them.

`make(n)` is a text and a command line of that size; at the limit it works, one more is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from convcalc.answers.compare import MOST_SHARES
from convcalc.answers.sweep import MOST_VALUES, MOST_WITHOUT_ASKING
from convcalc.language.arithmetic import MAX_EXPRESSION, MAX_PARENTHESES
from convcalc.language.define import MAX_ARGUMENTS
from convcalc.language.document import MAX_READING, MAX_VARIANTS
from convcalc.language.naming_rules import MAX_NAME
from convcalc.language.specification import MAX_PARAMETERS
from convcalc.language.template import MAX_PIECES, MAX_TOKEN
from convcalc.network.limits import MAX_CALLS, MAX_PATH, MAX_STEPS
from convcalc.ops.options import MAX_SIZE
from convcalc.reader.decode import MAX_BYTES
from convcalc.reader.yaml_tree import MAX_NESTING
from convcalc.render.formats.choice import MOST_ROWS
from convcalc.text.numbers import MAX_NUMBER

HEAD = "input: [3, 8, 8]\n"
PARAMETER = HEAD + "parameters: {a: 1}\nlayers: relu\n"


class Bound(NamedTuple):
    what: str
    limit: int
    make: Callable[[int], str]
    ask: Callable[[int], str] = lambda _: "summary spec.yaml --field params"
    takes_long: bool = False  # at the limit


def calls(n: int) -> str:
    blocks = "".join(f"  b{at}: b{at + 1}\n" for at in range(1, n))
    return f"{HEAD}define:\n{blocks}  b{n}: relu\nlayers: b1\n"


def named_path(n: int) -> str:
    """Groups within each other whose names are as long as can be, then a layer."""
    groups, rest = divmod(n - 1, MAX_NAME)
    opened = "".join(f"[{{{'g' * (MAX_NAME - 1)}: " for _ in range(groups))
    return f"{HEAD}layers: {opened}[{{{'n' * (rest + 1)}: relu}}]{'}]' * groups}\n"


BOUNDS = [
    Bound(
        "bytes of a file, a lock file too", MAX_BYTES, lambda n: f"{HEAD}layers: relu\n".ljust(n, "#")
    ),
    Bound(
        "lists and mappings within each other",
        MAX_NESTING,
        lambda n: f"{HEAD}layers: {'[' * (n - 1)}relu{']' * (n - 1)}\n",
    ),
    Bound(
        "expansion steps of a file, all its variants together",
        MAX_STEPS,
        lambda n: f"{HEAD}layers: {{repeat: {n - 1}, layers: []}}\n",
        takes_long=True,
    ),
    Bound(
        "variants of a file",
        MAX_VARIANTS,
        lambda n: f"{HEAD}layers: []\nvariants:\n" + "".join(f" v{at}: {{}}\n" for at in range(n)),
        takes_long=True,
    ),
    Bound(
        "characters that variants share, times the variants",
        MAX_READING,
        lambda n: (
            f"description: {'d' * (-(-n // 5) - 9)}\n{HEAD}layers: []\n"
            "variants: {a: {}, b: {}, c: {}, d: {}, e: {}}\n"
        ),
    ),
    Bound("block calls within each other", MAX_CALLS, calls),
    Bound(
        "arguments of a block",
        MAX_ARGUMENTS,
        lambda n: (
            f"{HEAD}define:\n  ? f({', '.join(f'a{at}' for at in range(n))})\n  : relu\nlayers: relu\n"
        ),
    ),
    Bound(
        "parameters of a file",
        MAX_PARAMETERS,
        lambda n: f"{HEAD}layers: relu\nparameters:\n" + "".join(f"  a{at}: 1\n" for at in range(n)),
    ),
    Bound("characters of a name", MAX_NAME, lambda n: f"{HEAD}layers: [{{{'n' * n}: relu}}]\n"),
    Bound("characters of a path", MAX_PATH, named_path),
    Bound(
        "characters of a word once its names are filled in",
        MAX_TOKEN,
        lambda n: f"{HEAD}define: {{f(a): relu}}\nlayers: f {'w' * n}\n",
    ),
    Bound(
        "names, expressions and texts between them in a word",
        MAX_PIECES,
        lambda n: f"{HEAD}parameters: {{a: 1}}\ndefine: {{f(b): relu}}\nlayers: f {'$a' * n}\n",
    ),
    Bound(
        "characters of an expression",
        MAX_EXPRESSION,
        lambda n: f"{HEAD}layers: linear $({'1'.rjust(n)})\n",
    ),
    Bound(
        "parentheses within each other",
        MAX_PARENTHESES,
        lambda n: f"{HEAD}layers: linear $({'(' * n}1{')' * n})\n",
    ),
    Bound(
        "a number, as a fraction its numerator and denominator",
        MAX_NUMBER,
        lambda n: f"{HEAD}parameters: {{a: {n}}}\nlayers: relu\n",
    ),
    Bound(
        "a size, such as channels or a kernel's height",
        MAX_SIZE,
        lambda n: f"{HEAD}layers: linear {n}\n",
    ),
    Bound(
        "rows of a table",
        MOST_ROWS,
        lambda n: f"{HEAD}layers: {{repeat: {n}, layers: relu}}\n",
        lambda _: "summary spec.yaml --depth 1",
        takes_long=True,
    ),
    Bound(
        "parts times networks in `compare --rows parts`",
        MOST_SHARES,
        lambda n: f"{HEAD}layers: {{repeat: {n}, layers: relu}}\n",
        lambda _: "compare spec.yaml --rows parts",
        takes_long=True,
    ),
    Bound(
        "values of a range of `sweep`",
        MOST_VALUES,
        lambda _: PARAMETER,
        lambda n: f"sweep spec.yaml a=1..{n}",
        takes_long=True,
    ),
    Bound(
        "combinations of `sweep` without `--yes`",
        MOST_WITHOUT_ASKING,
        lambda _: PARAMETER,
        lambda n: f"sweep spec.yaml a=1..{n}",
        takes_long=True,
    ),
]
