"""The JSON Schema of the specification language, made of the facts by which convcalc reads it."""

from __future__ import annotations

from .document import document_schema

__all__ = ["document_schema"]
