"""The document: its keys, its variants, and what must be there."""

from __future__ import annotations

from collections.abc import Sequence

from ..language.document import KEYS
from ..language.input import FORMS
from ..language.naming_rules import BLOCK, RESERVED, WORD
from ..ops import WORDS
from ..ops.options import SIZE
from ..text.numbers import VALUE_WORD
from .bodies import NAME_SCHEMA, body_schemas, branches_schema, merge_schema, operations_schemas
from .operations import defaults_schema
from .rules import budget_schema, expect_schema, rules_definitions
from .values import ANY_TEXT, Schema, any_of, ref, size_schema, values_definitions

_DOCS = {
    "name": "The model's name; the file's unless written.",
    "description": "What this is, in words.",
    "source": "Where it is from: the paper, figure and table.",
    "input": "The shape that enters, such as [channels, height, width]; [features] of a vector.",
    "parameters": "Numbers usable as $name; --set NAME=VALUE gives another value.",
    "defaults": "Options of operations in this file: {conv: {bias: true}}.",
    "define": "Blocks: NAME(argument, argument=default) and the body it stands for.",
    "layers": "The network: a layer, or a list of layers one after the other.",
    "branches": "The network as bodies that share its input, by name.",
    "merge": "How the branches come together; concat unless written.",
    "variants": "Overlays by name: mappings merge by key, everything else is replaced.",
    "expect": "Exact facts about the whole network.",
    "budget": "Limits on its cost; whole numbers, or such as 170k, 1.5M, 2G.",
}
_WITH_BLOCKS, _WITHOUT = "", "plain_"


def document_schema() -> Schema:
    """The schema (draft-07) of a specification."""
    has_blocks = {"anyOf": [{"required": ["define"]}, _some_variant({"required": ["define"]})]}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "description": "A convcalc specification: what a convolutional network is made of.",
        "type": "object",
        "if": has_blocks,
        "then": ref(f"{_WITH_BLOCKS}document"),
        "else": ref(f"{_WITHOUT}document"),
        "definitions": {
            **_definitions(_WITH_BLOCKS),
            **_definitions(_WITHOUT),
            **operations_schemas(),
            **values_definitions(),
            "defaults": defaults_schema(),
            "expect": expect_schema(),
            "budget": budget_schema(),
            **rules_definitions(),
        },
    }


def _definitions(prefix: str) -> dict[str, Schema]:
    properties = _properties(prefix)
    variants = properties.pop("variants")
    body_once = {"not": {"required": ["layers", "branches"]}}
    closed: Schema = {"additionalProperties": False, **body_once}
    return {
        f"{prefix}document": {
            "properties": {key: {**properties, "variants": variants}[key] for key in KEYS},
            **closed,
            "allOf": _needs(),
        },
        f"{prefix}variant": {"type": "object", "properties": properties, **closed},
        **body_schemas(prefix, has_blocks=prefix == _WITH_BLOCKS),
    }


def _properties(prefix: str) -> dict[str, Schema]:
    """Every key with what it may hold."""
    body: Schema = ref(f"{prefix}body")
    schemas: dict[str, Schema] = {
        "name": ANY_TEXT,
        "description": ANY_TEXT,
        "source": ANY_TEXT,
        "input": _input_schema(),
        "parameters": {
            "type": "object",
            "propertyNames": _word(),
            "additionalProperties": {"anyOf": [ref("decimal"), _word_value()]},
        },
        "defaults": {"allOf": [ref("defaults")]},
        "define": {
            "type": "object",
            "propertyNames": _block_head(),
            "additionalProperties": ref(f"{_WITH_BLOCKS}body"),
        },
        "layers": {"allOf": [body]},
        "branches": branches_schema(body),
        "merge": merge_schema(),
        "variants": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": NAME_SCHEMA,
            "additionalProperties": ref(f"{prefix}variant"),
        },
        "expect": {"allOf": [ref("expect")]},
        "budget": {"allOf": [ref("budget")]},
    }
    return {key: {**schemas[key], "description": _DOCS[key]} for key in KEYS}


def _input_schema() -> Schema:
    size = size_schema(SIZE, "a size")
    listed = {"type": "array", "items": size, "minItems": 1, "maxItems": max(map(len, FORMS))}
    return {"anyOf": [listed, ref("shape"), *map(_named_sizes, FORMS)]}


def _named_sizes(names: Sequence[str]) -> Schema:
    return {
        "type": "object",
        "properties": {name: size_schema(SIZE, name) for name in names},
        "required": list(names),
        "additionalProperties": False,
    }


def _word_value() -> Schema:
    pattern = {"type": "string", "pattern": f"^(?:{VALUE_WORD})$"}
    return {"anyOf": [pattern, {"type": "boolean"}]}


def _word() -> Schema:
    return {
        "type": "string",
        "pattern": f"^(?!in(put)?$){WORD}$",
        "patternErrorMessage": "letters, digits and _, a letter first, and not in or input",
    }


def _block_head() -> Schema:
    """`NAME(argument, argument=default)`."""
    name = rf"(?!{any_of([*RESERVED, *WORDS])}\s*(?:\(|$))\s*{BLOCK}\s*"
    return {
        "type": "string",
        "pattern": rf"^{name}(?:\([\s\S]*\)\s*)?$",
        "patternErrorMessage": "write NAME(argument, argument=default)",
    }


def _needs() -> list[Schema]:
    """What must be there, in the document or in each of its variants."""
    bodies: list[Schema] = [{"required": ["layers"]}, {"required": ["branches"]}]
    merge_alone = {"required": ["merge"], "not": bodies[1]}
    own_bodies = {"dependencies": {"merge": ["branches"]}}
    return [
        {"anyOf": [{"required": ["input"]}, _every_variant({"required": ["input"]})]},
        {"anyOf": [*bodies, _every_variant({"anyOf": bodies})]},
        # A variant with a body of its own replaces a merge too.
        {"anyOf": [{"not": merge_alone}, _every_variant({"anyOf": bodies})]},
        {"if": bodies[0], "then": {"properties": {"variants": {"additionalProperties": own_bodies}}}},
    ]


def _every_variant(schema: Schema) -> Schema:
    """There are variants, and all of them fit the schema."""
    every = {"type": "object", "additionalProperties": schema}
    return {"required": ["variants"], "properties": {"variants": every}}


def _some_variant(schema: Schema) -> Schema:
    """There are variants, and one of them fits the schema."""
    none = {"additionalProperties": {"not": schema}}
    return {"required": ["variants"], "properties": {"variants": {"type": "object", "not": none}}}
