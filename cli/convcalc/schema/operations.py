"""Operations: their shorthand as patterns, and the mappings in which they are spelled out."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import getdoc

from ..language.names import WORD
from ..language.signature import SIGNATURES, Signature
from ..ops import WORDS
from ..ops.options import FLAG, STEPS, Kind
from .values import Schema, any_of, constant_schemas, value_pattern, value_schemas

GAP = r"[ \n\r]+"
EDGE = r"[ \n\r]*"
END = r"(?![^ \n\r])"
_BEFORE = r"[\s\S]*[ \n\r]"

# A token that is known only where the file is expanded, and a text with one that has spaces in it.
_FILLED = rf"[^ \n\r()=]*\${WORD}[^ \n\r()]*"
_HAS_COMPUTED = r"(?=[\s\S]*\$\()"
# No word of letters stands twice: no option, flag or padding can.
_NO_WORD_TWICE = r"(?![\s\S]*[ \n\r]([A-Za-z_]+)(?![^= \n\r])[\s\S]*[ \n\r]\1(?![^= \n\r]))"
_NO_STRIDE_TWICE = r"(?!(?=[\s\S]*/)[\s\S]*[ \n\r]stride=)"

# What an editor puts in for an argument.
_SAMPLES = {"kernel_size": "3x3", "out_channels": "64", "out_features": "1000", "scale": "2"}
_SAMPLES |= {"start": "0", "stop": "64", "groups": "2"}


def documentation(name: str) -> str:
    """What an operation does and how it is written."""
    doc = " ".join((getdoc(WORDS[name]) or "").split())
    options = [f"{option} {default}" for option, default in defaults_of(name).items()]
    return "\n\n".join([doc, SIGNATURES[name].usage, *([", ".join(options)] if options else [])])


def defaults_of(name: str) -> dict[str, str]:
    """Each option that has a default, as it is written."""
    texts = {option: one.default_text for option, one in WORDS[name].options.items()}
    return {option: text for option, text in texts.items() if text is not None}


def example(name: str) -> str:
    """A line of the operation that can be read."""
    return " ".join([name, *(_SAMPLES[argument] for argument in _required(name))])


def _required(name: str) -> list[str]:
    signature = SIGNATURES[name]
    return [argument for argument in signature.arguments if argument in signature.required]


def head_pattern(name: str) -> str:
    """The lines whose first word is this."""
    return rf"^{EDGE}{name}{END}"


def line_schema(name: str) -> Schema:
    """The shorthand of one operation."""
    signature = SIGNATURES[name]
    no_stride_twice = _NO_STRIDE_TWICE if _has_stride(signature) else ""
    whole = f"{_NO_WORD_TWICE}{no_stride_twice}{_arguments(signature)}{EDGE}$"
    ways = [whole, _computed(signature)] if signature.kinds else [f"{EDGE}$"]
    return {
        "description": documentation(name),
        "examples": [example(name)],
        "pattern": f"^{EDGE}{name}{any_of(ways)}",
        "patternErrorMessage": _usage(signature),
    }


def _usage(signature: Signature) -> str:
    options = [option for option in signature.kinds if option not in signature.arguments]
    return "; ".join(
        [f"write {signature.usage}", *([f"options: {', '.join(options)}"] if options else [])]
    )


def _has_stride(signature: Signature) -> bool:
    """Whether the kernel may have the stride behind it."""
    return {"kernel_size", "stride"} <= signature.kinds.keys()


def _texts(signature: Signature, option: str, by_place: bool) -> str:
    kind = signature.kinds[option]
    assert kind is not None  # only a block's arguments have none
    pattern = value_pattern(kind, by_place)
    if option == "kernel_size" and _has_stride(signature):
        return f"{pattern}(?:/{value_pattern(STEPS, by_place=False)})?"
    return pattern


def _arguments(signature: Signature) -> str:
    """Arguments by place, as many as there are, and the others by name."""
    named = any_of(_named(signature, option) for option in signature.kinds)
    return f"{_placed(signature, signature.arguments)}(?:{GAP}{named})*"


def _placed(signature: Signature, arguments: Sequence[str]) -> str:
    """The first of these by place and not by name too, or all that are required by name."""
    if not arguments:
        return ""
    first, *others = arguments
    value = any_of([_texts(signature, first, by_place=True), _FILLED])
    by_place = rf"{GAP}{value}(?!{_BEFORE}{first}=){_placed(signature, others)}"
    missing = [argument for argument in arguments if argument in signature.required]
    return any_of([by_place, "".join(rf"(?={_BEFORE}{argument}=)" for argument in missing)])


def _named(signature: Signature, option: str) -> str:
    value = any_of([_texts(signature, option, by_place=False), _FILLED])
    return f"{option}(?:={value})?" if signature.kinds[option] is FLAG else f"{option}={value}"


def _computed(signature: Signature) -> str:
    """With `$(...)`, whose parentheses no pattern can count, only the options' names are known."""
    known = any_of(signature.kinds)
    return rf"{_HAS_COMPUTED}(?![\s\S]*[ \n\r](?!{known}=){WORD}=){GAP}[\s\S]*"


def mapping_schema(name: str) -> Schema:
    """The operation spelled out."""
    signature, defaults = SIGNATURES[name], defaults_of(name)
    properties: Schema = {"op": {"description": documentation(name)}}
    for option, kind in signature.kinds.items():
        assert kind is not None
        pattern = f"(?:{_texts(signature, option, by_place=False)})"
        described = _option_schema(kind, defaults.get(option))
        properties[option] = {**described, "anyOf": value_schemas(kind, pattern)}
    schema = {
        "description": documentation(name),
        "properties": properties,
        "required": ["op", *(option for option in signature.kinds if option in signature.required)],
        "additionalProperties": False,
    }
    return {**schema, **_stride_once()} if _has_stride(signature) else schema


def _stride_once() -> Schema:
    slashed = {"properties": {"kernel_size": {"type": "string", "pattern": "/"}}}
    return {"not": {"required": ["kernel_size", "stride"], **slashed}}


def _option_schema(kind: Kind, default: str | None) -> Schema:
    if default is None:
        return {"description": f"{kind.expects}; required"}
    return {"description": f"{kind.expects}; {default} unless given", "default": _plain(default)}


def _plain(text: str) -> str | int | float | bool:
    """A value as YAML has it."""
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
        "description": documentation(name),
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
