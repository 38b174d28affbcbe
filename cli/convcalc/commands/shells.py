"""Completion for bash, zsh and fish: their scripts, and what the program answers them.

The scripts send the line up to the cursor, which is split here in the same way for each shell, and
get a candidate a line, already quoted, with its description behind a tab. One that ends in `/` or `=`
goes on, so no space follows it. What goes wrong offers nothing: no message belongs into a line that
is being written.
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

_END = "\0"  # stands where the cursor is; no word has it


class _Line(ShellComplete):
    """The answer to a script that sends the line up to the cursor."""

    safe: ClassVar[str] = ""  # what stands unquoted in a word, besides letters and digits
    lead = ""  # of the unfinished word what no candidate has: `--format=`
    in_quotes = False

    def get_completion_args(self) -> tuple[list[str], str]:
        words, self.in_quotes = _split(os.environ["COMP_WORDS"] + _END)
        *words, last = words[1:]
        if last.startswith("--") and "=" in last:
            self.lead = last[: last.index("=") + 1]
        return words, last.removesuffix(_END)

    def format_completion(self, item: CompletionItem) -> str:
        value = self.lead + str(item.value)
        if self.safe and not self.in_quotes:
            value = re.sub(rf"[^\w{self.safe}]", r"\\\g<0>", value)
        return f"{value}\t{item.help}" if item.help else value


class Bash(_Line):
    name: ClassVar[str] = "bash"
    source_template: ClassVar[str] = _BASH
    safe: ClassVar[str] = "@%+=:,./~#-"

    def format_completion(self, item: CompletionItem) -> str:
        """Without a description, and without what stands before the word that bash replaces."""
        value = super().format_completion(CompletionItem(item.value))
        line, word = os.environ["COMP_WORDS"], os.environ.get("COMP_CWORD", "")
        typed = re.split(r"(?<!\\)\s", line)[-1]
        before = typed.removesuffix(word) if word or typed[-1:] in ("=", ":") else ""
        return value.removeprefix(before)


class Zsh(_Line):
    name: ClassVar[str] = "zsh"
    source_template: ClassVar[str] = _ZSH
    safe: ClassVar[str] = "@%+=:,./~-"  # `#` is an operator under EXTENDED_GLOB


class Fish(_Line):
    """fish quotes by itself."""

    name: ClassVar[str] = "fish"
    source_template: ClassVar[str] = _FISH


_SHELLS: dict[str, type[_Line]] = {shell.name: shell for shell in (Bash, Zsh, Fish)}


def _split(line: str) -> tuple[list[str], bool]:
    """The words of a line that is not finished, and whether a quote is open at its end."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    try:
        words.extend(lexer)
    except ValueError:
        return [*words, lexer.token], True
    return words, False


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
