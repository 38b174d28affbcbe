"""`expect` and `budget`: what a file says of its own cost."""

from __future__ import annotations

from collections.abc import Mapping

from ..language.budget import BOUNDS, DTYPE, LAYERS_KEY, LEVELS
from ..language.expect import EXPECT_KEYS
from ..ops.totals import BYTES, BYTES_OF, TOTALS
from ..text.numbers import BYTE_UNITS, UNITS, limit_pattern
from .values import ANY_TEXT, Schema, number_schema, ref

_COUNTS = {
    "params": "All trainable elements: weights, biases and those of normalisation.",
    "weights": "Elements of kernels and matrices.",
    "biases": "Elements of the biases that are written.",
    "norm": "Elements of scales and shifts of normalisation, and slopes.",
    "buffers": "Elements of state that is not trained.",
    "macs": "Multiply-adds of convolutions and linear layers, per image.",
    "flops": "2 × macs, no more.",
    "activations": "Output elements of convolutions and linear layers.",
    "peak_activations": "The most activation elements that are alive at once.",
    "weight_bytes": "The bytes of all parameters.",
    "peak_activation_bytes": "The most bytes of activations that are alive at once.",
    "output": "The shape that leaves: [channels, height, width], [features], or a list of such.",
}


def expect_schema() -> Schema:
    """Exact facts."""
    return _facts({name: _EXPECTED.get(name, {"allOf": [ref("whole")]}) for name in EXPECT_KEYS})


def budget_schema() -> Schema:
    """Limits of the whole network, and under `layers` those of single layers and groups."""
    rules = _facts({name: {"allOf": [ref(_rule_name(name))]} for name in TOTALS})
    layers = {
        "description": "Rules for layers and groups, by their path.",
        "type": "object",
        "additionalProperties": rules,
    }
    return {**rules, "properties": {**rules["properties"], LAYERS_KEY: layers}}


def _rule_name(total: str) -> str:
    return "byte rule" if total in BYTES_OF else "rule"


def rules_definitions() -> dict[str, Schema]:
    """A limit of a count, and one of bytes, which are of elements of a type."""
    elements: Schema = {
        "description": "The type of the elements whose bytes are counted.",
        "enum": list(BYTES),
    }
    return {
        "rule": _rule_schema(UNITS, {}),
        "byte rule": _rule_schema(BYTE_UNITS, {DTYPE: elements}),
    }


def _rule_schema(units: Mapping[str, int], more: dict[str, Schema]) -> Schema:
    """A limit by itself, or with what is to be said of it."""
    limit = number_schema(limit_pattern(units))
    rule = {
        "type": "object",
        "properties": {
            "max": {"description": "The most that is allowed.", **limit},
            "min": {"description": "The least that is allowed.", **limit},
            "of": {"description": "The variant whose cost times max, or min, is the limit.", **ANY_TEXT},
            "level": {
                "description": "Whether going beyond it is an error or a warning.",
                "enum": list(LEVELS),
                "default": LEVELS[0],
            },
            "message": {"description": "What to say then.", **ANY_TEXT},
            **more,
        },
        "additionalProperties": False,
        "anyOf": [{"required": [key]} for key in BOUNDS],
    }
    return {"anyOf": [*limit["anyOf"], rule]}


def _facts(schemas: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "properties": {
            name: {"description": _COUNTS[name], **schema} for name, schema in schemas.items()
        },
        "additionalProperties": False,
    }


_LISTED: Schema = {"type": "array", "items": ref("whole"), "minItems": 1}
_SEVERAL: Schema = {"type": "array", "items": _LISTED, "minItems": 1}
_EXPECTED: dict[str, Schema] = {"output": {"anyOf": [_LISTED, _SEVERAL, ref("shape")]}}
