"""Bodies: what may stand where a network, a branch, a block or a list's item is written.

There are two sets of definitions. In a file that defines blocks, any word may call one; in other
files a line begins with an operation.
"""

from __future__ import annotations

from ..language.naming_rules import BLOCK, MAX_NAME, NOT_IN_NAMES, RESERVED
from ..ops import MERGES, WORDS
from ..ops.options import NATURAL
from .edges import HEADS, edges_schema, merges_schema
from .operations import EDGE, END, documentation, head_pattern, line_schema, mapping_schema
from .values import ANY_TEXT, Schema, any_of, ref, size_schema

NAME_SCHEMA: Schema = {
    "type": "string",
    "pattern": rf"^[^\s{NOT_IN_NAMES}\u0000-\u001f\u007f-\u009f]{{1,{MAX_NAME}}}$",
    "patternErrorMessage": f"a name of up to {MAX_NAME} characters, without white space, / or #",
}
LAYER_NAME: Schema = {**NAME_SCHEMA, "not": {"enum": list(RESERVED)}}

KEY_DOCS = {
    "op": "The operation or block of a layer that is spelled out; its options stand beside it.",
    "branches": "Bodies that share an input, by name; what leaves them is merged.",
    "merge": "How the branches come together; concat unless written.",
    "repeat": "How many times the body under layers is written",
    "layers": "The body that is repeated, or taken where the condition is 1.",
    "out": "An output of the network: fed by this point, and counted.",
    "if": "0 or 1, which may be computed: whether the body under layers is taken.",
    "else": "The body that is taken where the condition is 0.",
    "aux": "A side head: fed by this point, not part of the main path, not in the totals.",
}


def merge_schema() -> Schema:
    return {"description": KEY_DOCS["merge"], "enum": list(MERGES), "default": "concat"}


def branches_schema(body: Schema) -> Schema:
    return {
        "description": KEY_DOCS["branches"],
        "type": "object",
        "minProperties": 1,
        "propertyNames": LAYER_NAME,
        "additionalProperties": body,
    }


def operations_schemas() -> dict[str, Schema]:
    """The definitions that both sets of bodies share: an operation on a line, and spelled out."""
    lines = [{"if": {"pattern": head_pattern(name)}, "then": line_schema(name)} for name in WORDS]
    mappings = [
        {"if": {"properties": {"op": {"const": name}}}, "then": mapping_schema(name)} for name in WORDS
    ]
    return {
        "lines": {"allOf": lines},
        "operations": {"allOf": mappings},
        "edges": edges_schema(),
        "merges": merges_schema(),
        "examples": _constants({WORDS[name].example: documentation(name) for name in WORDS}),
        "names": _constants({name: documentation(name) for name in WORDS}),
    }


def _constants(documented: dict[str, str]) -> Schema:
    """Texts that an editor offers. They forbid nothing, because what stands beside them allows more."""
    return {"anyOf": [{"const": text, "description": doc} for text, doc in documented.items()]}


def body_schemas(prefix: str, has_blocks: bool) -> dict[str, Schema]:
    """One set of definitions; `prefix` stands before each of their names."""

    def own(name: str) -> Schema:
        return ref(prefix + name)

    body = own("body")
    return {
        f"{prefix}body": _any_schema(own("mapping"), own("list"), own("line")),
        f"{prefix}line": _line_schema(has_blocks),
        f"{prefix}list": {"description": "Bodies, one after the other.", "items": own("item")},
        f"{prefix}item": _item_schema(body),
        f"{prefix}mapping": _mapping_schema(body, own("named"), _head_schema(has_blocks)),
        f"{prefix}named": _named_schema(body),
    }


def _any_schema(mapping: Schema, series: Schema, line: Schema) -> Schema:
    """A body is one of the three, by its YAML type."""
    text_or_list = {"if": {"type": "array"}, "then": series, "else": line}
    by_type = {"if": {"type": "object"}, "then": mapping, "else": text_or_list}
    return {"anyOf": [by_type, ref("examples")]}


def _item_schema(body: Schema) -> Schema:
    """An item of a list. There a layer cannot have the name of an operation."""
    no_operation = {"propertyNames": {"not": {"enum": [*WORDS, *HEADS]}}}
    return {"allOf": [body, {"if": {"type": "object", "maxProperties": 1}, "then": no_operation}]}


def _named_schema(body: Schema) -> Schema:
    return {
        "description": "A name for the body behind it.",
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": LAYER_NAME,
        "additionalProperties": body,
    }


def _mapping_schema(body: Schema, named: Schema, head: Schema) -> Schema:
    """The structures, told apart by their keys. A mapping with none of these keys is a named body."""
    branches, merge = branches_schema(body), merge_schema()
    repeat = size_schema(NATURAL, KEY_DOCS["repeat"])
    condition = {**ANY_TEXT, "description": KEY_DOCS["if"]}
    structures = {
        "op": {"properties": {"op": head}, "allOf": [ref("operations"), ref("merges")]},
        "repeat": _closed({"repeat": repeat, "layers": {**body}}, "repeat", "layers"),
        "branches": _closed({"branches": branches, "merge": merge}, "branches"),
        "aux": _closed({"aux": {**body}}, "aux"),
        "out": _closed({"out": {**body}}, "out"),
        "if": _closed({"if": condition, "layers": {**body}, "else": {**body}}, "if", "layers"),
    }
    schema = named
    for key, structure in reversed(structures.items()):
        schema = {"if": {"required": [key]}, "then": structure, "else": schema}
    properties = {
        "op": {"description": KEY_DOCS["op"]},
        "branches": branches,
        "merge": merge,
        "repeat": repeat,
        "layers": {"description": KEY_DOCS["layers"]},
        **{key: {"description": KEY_DOCS[key]} for key in ("aux", "out", "if", "else")},
    }
    return {"properties": properties, **schema}


def _closed(properties: Schema, *required: str) -> Schema:
    """A mapping with these keys and no others."""
    return {"properties": properties, "required": list(required), "additionalProperties": False}


def _line_schema(has_blocks: bool) -> Schema:
    """A layer on one line."""
    first = rf"{any_of([*WORDS, *HEADS])}{END}|[^ \n\r]*\$" + (rf"|{BLOCK}{END}" if has_blocks else "")
    what = "the name of an operation" + (" or block" if has_blocks else "")
    text = {
        "description": f"A layer: {what}, its arguments and options.",
        "allOf": [
            {"pattern": f"^{EDGE}(?:{first})", "patternErrorMessage": f"a layer begins with {what}"},
            ref("lines"),
            ref("edges"),
        ],
    }
    # A block may have a name that looks like a number.
    return {**(ANY_TEXT if has_blocks else {"type": "string"}), **text}


def _head_schema(has_blocks: bool) -> Schema:
    """What "op" may be."""
    if has_blocks:
        head: Schema = dict(ANY_TEXT)
    else:
        message = "the name of an operation"
        head = {
            "type": "string",
            "pattern": rf"^{any_of([*WORDS, *MERGES])}$|\$",
            "patternErrorMessage": message,
        }
    return {"description": KEY_DOCS["op"], "anyOf": [head, ref("names")]}
