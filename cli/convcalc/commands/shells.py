"""Completion for bash, zsh and fish: their scripts, and what the program answers them.

The scripts send the line up to the cursor, which is split here in the same way for each shell. They
get one candidate a line, already quoted, with its description behind a tab. A candidate that ends in
`/` or `=` goes on, so no space follows it. If anything goes wrong there are no candidates, because no
message belongs into a line that is being written.

click's own scripts would not do. In bash they leave names unquoted, so that completing the file
`$(rm x).yaml` runs it. They put a space behind `alpha=` and `3a/`, and split `--format=js`.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from contextlib import suppress
from typing import ClassVar

import click
from click.shell_completion import CompletionItem, ShellComplete

from ..text.output import write
from ..text.problems import UsageError
from ..text.wording import listed

_BASH = """\
%(complete_func)s() {
    mapfile -t COMPREPLY < <(COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_CWORD="$2" \\
        %(complete_var)s=bash_complete "$1" 2>/dev/null)
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[/=] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_ZSH = """\
#compdef %(prog_name)s
%(complete_func)s() {
    local line value
    local -a shown_open open shown_closed closed
    for line in ${(f)"$(COMP_WORDS="${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" \\
        %(complete_var)s=zsh_complete $words[1] 2>/dev/null)"}; do
        value=${line%%%%$'\\t'*}
        if [[ $value == *[/=] ]]; then
            open+=("$value")
            shown_open+=("${line/$'\\t'/  -- }")
        else
            closed+=("$value")
            shown_closed+=("${line/$'\\t'/  -- }")
        fi
    done
    (( $#closed )) && compadd -U -Q -l -V convcalc -d shown_closed -a closed
    (( $#open )) && compadd -U -Q -l -V convcalc -S '' -d shown_open -a open
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = """\
function %(complete_func)s
    set -lx COMP_WORDS (commandline -cp | string collect)
    %(complete_var)s=fish_complete %(prog_name)s 2>/dev/null
end
complete --command %(prog_name)s --no-files --keep-order --arguments "(%(complete_func)s)"
"""

_END = "\0"  # stands where the cursor is; no word can have it

# A quote that opens a word, and the rest of the word up to the cursor.
_OPENED = {"'": re.compile(r"(?:^|\s)'[^']*\Z"), '"': re.compile(r'(?:^|\s)"(?:[^"\\]|\\.)*\Z')}


class _LineCompletion(ShellComplete):
    """The answer to a script that sends the line up to the cursor."""

    lead = ""  # the part of the unfinished word that no candidate repeats: `--format=`
    quote = ""  # the quote that stands open before the unfinished word

    def get_completion_args(self) -> tuple[list[str], str]:
        words, self.quote = _split(os.environ["COMP_WORDS"] + _END)
        *words, last = words[1:]
        if last.startswith("--") and "=" in last:
            self.lead = last[: last.index("=") + 1]
        return words, last.removesuffix(_END)

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """The candidates; none behind a quote such as `$'`, which has other rules.

        Names that have line breaks or would steer the terminal are left out.
        """
        if self.quote and not _OPENED[self.quote].search(os.environ["COMP_WORDS"]):
            return []
        found = super().get_completions(args, incomplete)
        return [item for item in found if item.value.isprintable()]

    def format_completion(self, item: CompletionItem) -> str:
        value = self.quoted(f"{self.lead}{item.value}")
        return f"{value}\t{item.help}" if item.help else value

    def quoted(self, value: str) -> str:
        """The value, as it is written in the line behind the quote that is open."""
        raise NotImplementedError


class _Posix(_LineCompletion):
    """A shell that inserts candidates as they are, so that they must be quoted here."""

    safe: ClassVar[str] = "@%+=:,./~-"  # what stands unquoted, besides letters and digits

    def quoted(self, value: str) -> str:
        if self.quote == "'":
            return value.replace("'", r"'\''")
        if self.quote == '"':  # in which nothing keeps a ! from the history
            return re.sub(r'["\\$`]', r"\\\g<0>", value).replace("!", "\"'!'\"")
        return re.sub(rf"[^\w{self.safe}]", r"\\\g<0>", value)


class Bash(_Posix):
    name: ClassVar[str] = "bash"
    source_template: ClassVar[str] = _BASH
    safe: ClassVar[str] = "#" + _Posix.safe  # which is an operator in zsh under EXTENDED_GLOB

    def format_completion(self, item: CompletionItem) -> str:
        """The candidate without a description, and without what stands before the word bash replaces."""
        value = self.quoted(f"{self.lead}{item.value}")
        line, word = os.environ["COMP_WORDS"], os.environ.get("COMP_CWORD", "")
        typed = re.split(r"(?<!\\)\s", line)[-1]
        before = typed.removesuffix(word) if word or typed[-1:] in ("=", ":", "@") else ""
        return value if self.quote else value.removeprefix(before)


class Zsh(_Posix):
    name: ClassVar[str] = "zsh"
    source_template: ClassVar[str] = _ZSH


class Fish(_LineCompletion):
    """fish, which quotes by itself."""

    name: ClassVar[str] = "fish"
    source_template: ClassVar[str] = _FISH

    def quoted(self, value: str) -> str:
        return value


_SHELLS: dict[str, type[_LineCompletion]] = {shell.name: shell for shell in (Bash, Zsh, Fish)}


def _split(line: str) -> tuple[list[str], str]:
    """The words of a line that is not finished, and the quote that is open at its end."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:
        return [*words, lexer.token], lexer.state  # type: ignore[attr-defined]
    return words, ""


def answer(program: click.Command, variable: str, instruction: str) -> None:
    """Print a shell's script (`bash_source`) or candidates for its line (`bash_complete`)."""
    shell, _, what = instruction.partition("_")
    if shell not in _SHELLS or what not in ("source", "complete"):
        known = listed(f"{name}_source" for name in _SHELLS)
        raise UsageError(f'{variable} must be one of {known}, not "{instruction}"')
    completion = _SHELLS[shell](program, {}, "convcalc", variable)
    if what == "source":
        write(sys.stdout, [completion.source()])
        return
    with suppress(Exception):
        lines = completion.complete()
        write(sys.stdout, [f"{lines}\n"] if lines else [])
