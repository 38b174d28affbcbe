"""The manual pages, made of what --help says: convcalc(1), and one for each command."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from inspect import cleandoc

import click

from convcalc import __version__
from convcalc.commands.help import COMMANDS, EXIT_CODES, SUMMARY, help_text
from convcalc.commands.program import program

ENVIRONMENT = {
    "COLUMNS": "The width of tables, where they do not go to a terminal.",
    "NO_COLOR, FORCE_COLOR": "Whether tables are coloured; FORCE_COLOR=0 means that they are not.",
    "CONVCALC_TRACEBACK": "Set to anything, shows where a fault in convcalc itself is.",
    "_CONVCALC_COMPLETE": "Set to bash_source, zsh_source or fish_source, prints the completion script.",
}


def pages() -> dict[str, str]:
    """Each page's text, by its file's name."""
    commands = {f"convcalc-{name}.1": _command_page(name) for name in COMMANDS}
    return {"convcalc.1": _program_page(), **commands}


# What roff would turn into another character, so that an example could not be copied.
_PLAIN = str.maketrans({"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"})


def roff(text: str) -> str:
    """The text for roff: no character of it is a request or becomes another one."""
    text = text.translate(_PLAIN)
    text = re.sub(r"[^\x00-\x7f]", lambda found: f"\\[u{ord(found[0]):04X}]", text)
    return re.sub(r"^(?=\.)", r"\&", text, flags=re.MULTILINE)


def _page(name: str, summary: str, sections: dict[str, Iterable[str]]) -> str:
    title = f'.TH "{roff(name.upper())}" "1" "" "convcalc {__version__}" "convcalc manual"'
    lines = [title, ".SH NAME", rf"{roff(name)} \- {roff(summary)}"]
    for section, content in sections.items():
        lines += [f".SH {section}", *content]
    return "\n".join([*lines, ""])


def _program_page() -> str:
    sections: dict[str, Iterable[str]] = {
        "SYNOPSIS": [r"\fBconvcalc\fR \fICOMMAND\fR [\fIOPTIONS\fR] \fISPEC\fR..."],
        "DESCRIPTION": _paragraphs(
            f"convcalc says {SUMMARY}.\n\nA SPEC is a file (net.yaml), one of its variants "
            "(net.yaml#small), a shipped config (googlenet) or -, standard input."
        ),
        "COMMANDS": _entries(
            {f"convcalc-{name}(1)": about for name, about in COMMANDS.items()}, bold=True
        ),
        "EXAMPLES": [
            ".nf",
            *map(roff, re.findall(r"^  (convcalc .*)$", help_text(), re.MULTILINE)),
            ".fi",
        ],
        "EXIT STATUS": _entries({str(code): about for code, about in EXIT_CODES.items()}),
        "ENVIRONMENT": _entries(ENVIRONMENT, bold=True),
        "SEE ALSO": [_references(COMMANDS)],
    }
    return _page("convcalc", SUMMARY, sections)


def _command_page(name: str) -> str:
    context = click.Context(program, info_name="convcalc")
    command = program.get_command(context, name)
    assert command
    assert command.help
    inner = click.Context(command, parent=context, info_name=name, help_option_names=["-h", "--help"])
    usage = " ".join(command.collect_usage_pieces(inner))
    records = [one.get_help_record(inner) for one in command.get_params(inner)]
    options = {left: right for left, right in filter(None, records) if left.startswith("-")}
    others = [other for other in COMMANDS if other != name]
    sections: dict[str, Iterable[str]] = {
        "SYNOPSIS": [rf"\fBconvcalc {roff(name)}\fR {roff(usage)}"],
        "DESCRIPTION": _paragraphs(cleandoc(command.help)),
        "OPTIONS": _entries(options, bold=True),
        "SEE ALSO": [rf"\fBconvcalc\fR(1), {_references(others)}"],
    }
    return _page(f"convcalc-{name}", COMMANDS[name], sections)


def _references(names: Iterable[str]) -> str:
    return ", ".join(rf"\fB{roff(f'convcalc-{name}')}\fR(1)" for name in names)


def _paragraphs(text: str) -> Iterator[str]:
    """Paragraphs; one that starts with \\b keeps its lines."""
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        if paragraph.startswith("\b"):
            yield ".nf"
            yield roff(cleandoc(paragraph.removeprefix("\b").strip("\n")))
            yield ".fi"
        else:
            yield roff(paragraph)


def _entries(entries: dict[str, str], bold: bool = False) -> Iterator[str]:
    for term, about in entries.items():
        yield ".TP"
        yield rf"\fB{roff(term)}\fR" if bold else roff(term)
        yield roff(about)
