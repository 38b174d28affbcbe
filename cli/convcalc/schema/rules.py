"""`expect` and `budget`: what a file says of its own cost."""

from __future__ import annotations

from ..language.budget import BOUNDS, BUDGETS, LAYERS, LEVELS
from ..language.expect import EXPECTED
from ..ops.options import MAX_SIZE, Numbers
from ..text.numbers import MAX_NUMBER, UNITS
from .values import Schema, any_of, number_pattern, number_schema

_COUNTS = {
    "params": "All trainable elements: weights, biases and those of normalisation.",
    "weights": "Elements of kernels and matrices.",
    "biases": "Elements of the biases that are written.",
    "macs": "Multiply-adds of convolutions and linear layers, per image.",
    "flops": "2 × macs, no more.",
    "activations": "Output elements of convolutions and linear layers.",
    "output": "The shape that leaves: [channels, height, width] or [features].",
}
_LIMITS = Numbers(0, MAX_NUMBER, whole=True)
_RATIOS = Numbers(0, MAX_NUMBER, whole=False)


def expect_schema() -> Schema:
    """Exact facts."""
    return _facts({name: _EXPECTED.get(name, _exact) for name in EXPECTED})


def budget_schema() -> Schema:
    """Limits of the whole network, and under `layers` those of single layers and groups."""
    rules = _facts(dict.fromkeys(BUDGETS, _rule()))
    layers = {
        "description": "Rules for layers and groups, by their path.",
        "type": "object",
        "propertyNames": {"minLength": 1},
        "additionalProperties": rules,
    }
    return {**rules, "properties": {**rules["properties"], LAYERS: layers}}


def _facts(schemas: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": {
            name: {"description": _COUNTS[name], **schema} for name, schema in schemas.items()
        },
        "additionalProperties": False,
    }


_digits = {"type": "string", "pattern": r"^[0-9]+$"}
_exact: Schema = {"anyOf": [{"type": "integer", "minimum": 0}, _digits]}
_sizes: Schema = {"anyOf": [{"type": "integer", "minimum": 0, "maximum": MAX_SIZE}, _digits]}
_EXPECTED: dict[str, Schema] = {
    "output": {
        "type": "array",
        "items": _sizes,
        "anyOf": [{"minItems": length, "maxItems": length} for length in (1, 3)],
    }
}


def _rule() -> Schema:
    """A limit by itself, or with what is to be said of it."""
    limit = {"anyOf": _limits()}
    ratio = {"anyOf": [number_schema(_RATIOS), _text(number_pattern(_RATIOS))]}
    # Where another variant is named, what limits is a ratio to its cost.
    return {
        "anyOf": [
            *_limits(),
            {
                "type": "object",
                "properties": {
                    "max": {"description": "The most that is allowed."},
                    "min": {"description": "The least that is allowed."},
                    "of": {
                        "description": "The variant whose cost times max, or min, is the limit.",
                        "type": ["string", "number", "boolean"],
                    },
                    "level": {
                        "description": "Whether going beyond it is an error or a warning.",
                        "enum": list(LEVELS),
                        "default": LEVELS[0],
                    },
                    "message": {"description": "What to say then.", "type": ["string", "number"]},
                },
                "additionalProperties": False,
                "anyOf": [{"required": [key]} for key in BOUNDS],
                "if": {"required": ["of"]},
                "then": {"properties": dict.fromkeys(BOUNDS, ratio)},
                "else": {"properties": dict.fromkeys(BOUNDS, limit)},
            },
        ]
    }


def _limits() -> list[Schema]:
    units = f"{number_pattern(_RATIOS)}[{''.join(UNITS)}]"
    return [number_schema(_LIMITS), _text(any_of([number_pattern(_LIMITS), units]))]


def _text(pattern: str) -> Schema:
    return {
        "type": "string",
        "pattern": f"^{pattern}$",
        "patternErrorMessage": "a whole number, or one such as 170k, 1.5M or 2G",
    }
