"""Recursion without Python's stack: a task is a generator that yields other tasks."""

from collections.abc import Generator
from types import GeneratorType
from typing import Any


def run_task(task: Any) -> Any:
    """Run a task: it yields other tasks, or results, and is sent the result of each.

    The stack is a list, because nested blocks can be deeper than Python's own stack.
    """
    stack: list[Generator[Any, Any, Any]] = []
    result = task
    while True:
        if isinstance(result, GeneratorType):
            stack.append(result)
            result = None
        if not stack:
            return result
        try:
            result = stack[-1].send(result)
        except StopIteration as finished:
            stack.pop()
            result = finished.value
