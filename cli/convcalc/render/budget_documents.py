"""The state of a budget after a change, for programs."""

from ..answers.check import Result, Unjudged
from . import fields
from .change_words import Compared
from .check import RESULT_FIELDS
from .fields import Field, picked
from .formats.json import Document


def budget_documents(one: Compared) -> Document:
    """The rules that were judged, and those that cannot be."""
    return {
        "budget": [_judged(one, result) for result in one.budget.results],
        "unjudged": [fields.document(_UNJUDGED_FIELDS, rule) for rule in one.budget.unjudged],
    }


def _judged(one: Compared, result: Result) -> Document:
    before = one.broken_before(result)
    return {**fields.document(_RESULT_FIELDS, result), "failed_before": before is not None}


_RESULT_FIELDS = picked(
    RESULT_FIELDS,
    *("rule", "relation", "limit", "actual", "excess", "passed", "level", "dtype", "message"),
    *("file", "line", "column"),
)
_UNJUDGED_FIELDS: list[Field[Unjudged]] = [
    Field("rule", lambda rule: rule.rule),
    Field("why", lambda rule: rule.why),
    Field("file", lambda rule: rule.file),
    Field("line", lambda rule: rule.mark.line),
    Field("column", lambda rule: rule.mark.column),
]
