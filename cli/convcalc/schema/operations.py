"""Operations: the lines and the mappings in which they are written.

The schema looks at a line's first word and at the names of options. The order of arguments,
repetitions and the values are left to convcalc, which has better messages.
"""

from __future__ import annotations

from ..language.naming_rules import WORD
from ..language.signature import SIGNATURES
from ..ops import WORDS
from ..ops.options import Kind
from ..text.docstrings import docstring_of
from .values import Schema, any_of, constant_schemas, value_schemas

EDGE = r"[ \n\r]*"
END = r"(?![^ \n\r])"


def documentation(name: str) -> str:
    """What an operation does and how it is written."""
    doc = " ".join(docstring_of(WORDS[name]).split())
    options = [f"{option} {default}" for option, default in defaults_of(name).items() if default]
    return "\n\n".join([doc, SIGNATURES[name].usage, *([", ".join(options)] if options else [])])


def defaults_of(name: str) -> dict[str, str]:
    """Each option that has a default, as it is written."""
    texts = {option: one.default_text for option, one in WORDS[name].options.items()}
    return {option: text for option, text in texts.items() if text is not None}


def head_pattern(name: str) -> str:
    """The lines whose first word is this."""
    return rf"^{EDGE}{name}{END}"


def line_schema(name: str) -> Schema:
    """The shorthand of one operation."""
    options = SIGNATURES[name].kinds
    # The = of a comparison in $(...) makes no option.
    other_option = rf"[\s\S]*[ \n\r](?!{any_of(options)}=){WORD}=(?!=)"
    rest = rf"(?!{other_option})" if options else f"{EDGE}$"
    return {
        "description": documentation(name),
        "examples": [WORDS[name].example],
        "pattern": f"{head_pattern(name)}{rest}",
        "patternErrorMessage": _usage(name),
    }


def _usage(name: str) -> str:
    signature = SIGNATURES[name]
    options = [option for option in signature.kinds if option not in signature.arguments]
    listed = [f"options: {', '.join(options)}"] if options else []
    return "; ".join([f"write {signature.usage}", *listed])


def mapping_schema(name: str) -> Schema:
    """The operation spelled out."""
    signature, defaults = SIGNATURES[name], defaults_of(name)
    properties: Schema = {"op": {"description": documentation(name)}}
    for option, kind in signature.kinds.items():
        assert kind is not None  # only the arguments of blocks have none
        described = _option_schema(kind, defaults.get(option))
        properties[option] = {**described, "anyOf": value_schemas(kind)}
    return {
        "properties": properties,
        "required": ["op", *(option for option in signature.kinds if option in signature.required)],
        "additionalProperties": False,
    }


def _option_schema(kind: Kind, default: str | None) -> Schema:
    if default is None:
        return {"description": f"{kind.expects}; required"}
    if not default:
        return {"description": kind.expects}
    return {"description": f"{kind.expects}; {default} unless given", "default": _plain(default)}


def _plain(text: str) -> str | int | float | bool:
    """A value as it stands in YAML."""
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdigit() else float(text) if text.replace(".", "", 1).isdigit() else text


def defaults_schema() -> Schema:
    """`defaults`: each operation's options that need not be given."""
    return {
        "type": "object",
        "properties": {name: _operation_defaults(name) for name in WORDS},
        "additionalProperties": False,
    }


def _operation_defaults(name: str) -> Schema:
    properties = {}
    for option, default in defaults_of(name).items():
        kind = SIGNATURES[name].kinds[option]
        assert kind is not None
        properties[option] = {**_option_schema(kind, default), "anyOf": constant_schemas(kind)}
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
