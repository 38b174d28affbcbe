"""Which words may name a layer, a variant, a parameter or a block."""

from __future__ import annotations

import re

from ..ops import OPS, SINCE
from ..reader.spec import INPUT
from ..text.wording import quoted

EDGES = ("from", "again")  # before the one name that they take
RESERVED = (
    *("op", "branches", "merge", "repeat", "layers", "aux", "out", "if", "else", "in"),
    *EDGES,
)
# Slips of two words that would become names of layers and change what is counted.
_SLIPS = {
    **dict.fromkeys(("otu", "uot", "outt", "ouut", "oout", "outs", "ouy"), "out"),
    **dict.fromkeys(("axu", "uax", "auxx", "auux", "aaux", "auxs", "auz", "aus"), "aux"),
}
MAX_NAME = 128  # characters
NOT_IN_NAMES = "/#"

# Python and JavaScript share this notation: the schema has these patterns too.
WORD = r"[A-Za-z_][A-Za-z0-9_]*"
BLOCK = r"""[^\s/#$=(),:\[\]{}"']+"""


def _character_objection(name: str) -> str | None:
    if not name:
        return "a name is empty"
    if len(name) > MAX_NAME:
        return f"the name {quoted(name)} has {len(name)} characters; at most {MAX_NAME}"
    if name.isidentifier():  # as most are
        return None
    for character in name:
        if found := _unfit(character):
            return f"the name {quoted(name)} has {found}, which no name may have"
    return None


def _unfit(character: str) -> str | None:
    """What to call a character that no name may have."""
    if character in NOT_IN_NAMES:
        return f'"{character}"'
    if character.isprintable() and character != " ":
        return None
    if character.isspace() or character < "\xa0":
        return "white space or a control character"
    return f"the invisible character U+{ord(character):04X}"


def layer_name_objection(name: str) -> str | None:
    """Why a layer or branch cannot have this name; None where it can."""
    if name in RESERVED:
        return f'"{name}" is a word of the language and cannot be a name'
    return _character_objection(name)


def slip_objection(name: str) -> str | None:
    """Why a name in front of a layer is none, if it is a slip of a word that would change the counts."""
    meant = _SLIPS.get(name)
    return f'"{name}" is no name that a layer may have; did you mean "{meant}"?' if meant else None


def variant_name_objection(name: str) -> str | None:
    """Why a variant cannot have this name; None where it can."""
    return _character_objection(name)


def word_objection(name: str, what: str) -> str | None:
    """Why a parameter or an argument cannot have this name; None where it can."""
    if name == "in":
        return f'"in" cannot be {what}; $in is the number of channels that enter'
    if not re.fullmatch(WORD, name):
        return f"{quoted(name)} cannot be {what}; use letters, digits and _, a letter first"
    return None


def parameter_objection(name: str) -> str | None:
    """Why a parameter of a file cannot have this name; None where it can."""
    if name == INPUT:
        return '"input" cannot be a parameter; SPEC@input=3x224x224 gives a SPEC another input'
    return word_objection(name, "a parameter")


def operation_text(name: str) -> str:
    """That a name is an operation's, and since when if it was not always."""
    return f'"{name}" is an operation{f" since {SINCE[name]}" if name in SINCE else ""}'


def block_name_objection(name: str) -> str | None:
    """Why a block cannot have this name; None where it can."""
    if name in OPS:
        return f"{operation_text(name)}; give the block another name"
    if name in RESERVED:
        return f'"{name}" is a word of the language; give the block another name'
    if len(name) > MAX_NAME or not re.fullmatch(BLOCK, name):
        return f"{quoted(name)} cannot be a block's name; write NAME(argument, argument=default)"
    return None
