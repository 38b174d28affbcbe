"""Pooling that was probably meant to make its input smaller: a kernel of even size, and no stride.

PyTorch and Keras take the kernel's size where no stride is given; here the stride is then 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..ops import OPS
from ..ops.pooling import Pool
from ..text.problems import Mark
from .bodies import Body, Call, parts_of
from .signature import Signature
from .specification import Specification

_EVEN = re.compile(r"[0-9]*[02468](?:x[0-9]*[02468])*")  # 2x2, but not 2x2/2 nor 1x2


def first_unstrided(specifications: Iterable[Specification]) -> tuple[Mark, str] | None:
    """Where the first of a file stands, and the call up to its kernel."""
    found = [one for specification in specifications for one in _unstrided(specification)]
    return min(found, default=None)


def _unstrided(specification: Specification) -> Iterator[tuple[Mark, str]]:
    calls = specification.calls
    waiting: list[Body] = [specification.body, *(block.body for block in calls.blocks.values())]
    while waiting:
        body = waiting.pop()
        waiting += parts_of(body)
        if not isinstance(body, Call) or body.words.resolved is None:
            continue
        target, arranged = body.words.resolved.target, body.words.resolved.arranged
        if not isinstance(target, Signature) or not issubclass(OPS[target.name], Pool):
            continue
        if "stride" in arranged or "stride" in calls.builder.defaults.get(target.name, {}):
            continue
        kernel = arranged["kernel_size"].text if "kernel_size" in arranged else ""
        if _EVEN.fullmatch(kernel):
            yield body.mark, f"{target.name} {kernel}"
