"""The JSON Schema of the specification language, made from the same facts that read it."""

from __future__ import annotations

from .document import document_schema

__all__ = ["document_schema"]
