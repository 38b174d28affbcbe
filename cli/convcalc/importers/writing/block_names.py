"""What blocks are called: as the source calls them, else as papers call what has their form."""

from __future__ import annotations

import re
from collections.abc import Container, Hashable, Iterator, Mapping
from typing import TypeVar

from ...ops import OPS
from ..operation_kinds import ACTIVATIONS, NORMS, WEIGHTED
from .foldable_terms import Term, items
from .naming import common, of_operations, snake

K = TypeVar("K", bound=Hashable)

_TIMES = {2: "double", 3: "triple", 4: "four", 5: "five", 6: "six"}  # of one block
_LIGHT = (*NORMS, *ACTIVATIONS, "softmax", "dropout")
_ENLARGES = ("upsample", "conv_transpose", "pixel_shuffle", "resize")
_SAYS_NOTHING = ("block", "module", "layer", "unit", "branch", "conv", "pool", "add")


def block_names(classes: Mapping[K, list[Term]], taken: Container[str]) -> dict[K, str]:
    """A name for each class of equal groups; what other blocks have taken is varied if it can be."""
    names = {key: _stem(groups) for key, groups in classes.items()}
    for vary in (_by_shortcut, _by_gate):
        alike: dict[str, list[K]] = {}
        for key, name in names.items():
            alike.setdefault(name, []).append(key)
        for stem, keys in alike.items():
            if len(keys) > 1 or stem in taken:
                names |= vary(stem, {key: classes[key][0] for key in keys})
    return names


def name_branches(groups: list[Term]) -> None:
    """The first group's branches by what they do, where the source calls them other things elsewhere."""
    for forks in zip(*(list(_all_forks(group.body)) for group in groups), strict=True):
        if any(fork.names != forks[0].names for fork in forks):
            forks[0].names = forks[0].plain_names


def _all_forks(body: list[Term]) -> Iterator[Term]:
    for term in items(body):
        if term.kind == "fork":
            yield term
        for inner in term.bodies:
            yield from _all_forks(inner)


def _by_shortcut(stem: str, groups: dict[K, Term]) -> dict[K, str]:
    """Blocks of one stem apart by their sum: with layers in the shortcut, without them, or none.

    Layers in the shortcut are option B of He et al. 2015, arXiv:1512.03385, section 4.1.
    """
    sums = {key: _forks(group, "add") for key, group in groups.items()}
    plain = stem.removesuffix("_residual")
    residual = stem if all(sums.values()) or "residual" in stem else f"{stem}_residual"
    return {
        key: plain if not forks else f"{stem}_projected" if all(forks[0].bodies) else residual
        for key, forks in sums.items()
    }


def _by_gate(stem: str, groups: dict[K, Term]) -> dict[K, str]:
    return {key: f"{stem}_se" if _has_gate(group.body) else stem for key, group in groups.items()}


def _has_gate(body: list[Term]) -> bool:
    return any(
        term.label.startswith(("se", "squeeze", "mul")) or any(map(_has_gate, term.bodies))
        for term in items(body)
    )


def _stem(groups: list[Term]) -> str:
    group = groups[0]
    body = list(items(group.body))
    labels = [term.label for term in body]
    if len(set(labels)) == 1 and len(labels) in _TIMES and labels[0] not in OPS:
        return _TIMES[len(labels)]
    if is_unit(body):
        return of_operations(labels)
    modules = {snake(one.module) for one in groups}
    module = modules.pop() if len(modules) == 1 else ""
    if module and module not in _SAYS_NOTHING:
        return module
    form = _form(group, body)
    if form == "se":
        return form
    name = common([one.name for one in groups])
    if name and name not in _SAYS_NOTHING and not (form and _is_numbered(name, groups)):
        return name
    if form or module or name:
        return form or module or name
    return of_operations(labels) if all(term.kind == "op" for term in body) else "block"


def _is_numbered(name: str, groups: list[Term]) -> bool:
    """Whether `res1`, a `res` that is only numbered, could be read as the stage of a `res1a`."""
    return any(re.match("[0-9]+[a-z]", one.name.removeprefix(name)) for one in groups)


def is_unit(body: list[Term]) -> bool:
    """Whether it is a layer with weights and what only norms its values or activates them."""
    is_led = body[0].label in WEIGHTED and all(term.label in _LIGHT for term in body[1:])
    return is_led and all(term.kind == "op" for term in body)


def _form(group: Term, body: list[Term]) -> str:
    """What papers call something of this form; empty where they have no word for it."""
    if len(body) == 1 and body[0].kind == "repeat":
        count = body[0].slots[0].text
        return _TIMES.get(int(count), "stage") if count.isdigit() else "stage"
    labels = {term.label for term in body}
    if not labels.isdisjoint(_ENLARGES):
        return "up"
    if body[0].label in ("maxpool", "avgpool"):
        return "down"
    if any(term.kind == "repeat" for term in body):
        return "stage"
    ways = [_of_gates(group), _of_sums(group), _of_concats(group, body)]
    if found := next(filter(None, ways), ""):
        return found
    if group.work == ("conv 1x1",) and body[-1].label in ("maxpool", "avgpool"):
        return "transition"  # Huang et al. 2016, arXiv:1608.06993, section 3
    return _of_work(group.work)


def _of_gates(group: Term) -> str:
    """Squeeze and excitation: Hu et al. 2017, arXiv:1709.01507, Figure 1."""
    if not (gates := _forks(group, "mul")):
        return ""
    starts = {next(items(body)).label for body in gates[0].bodies if body}
    return "se" if "global_avgpool" in starts else "gated"


def _of_sums(group: Term) -> str:
    if not (forks := _forks(group, "add")):
        return ""
    works = [tuple(one for term in branch for one in term.work) for branch in forks[0].bodies]
    form = _of_work(max(works, key=len))
    return {"inverted": "inverted_residual", "bottleneck": form}.get(form, "residual")


def _of_work(work: tuple[str, ...]) -> str:
    """Narrow in the middle, or wide: He et al. 2015, arXiv:1512.03385, Figure 5; Sandler et al. 2018,
    arXiv:1801.04381, Figure 3; Howard et al. 2017, arXiv:1704.04861, Figure 2."""
    ops, kernels = [one.split()[0] for one in work], [one.split()[-1] for one in work]
    if ops[:1] == ["dwconv"] and work[1:] == ("conv 1x1",):
        return "separable"
    if ops[:2] == ["conv", "dwconv"] and kernels[0] == kernels[-1] == "1x1" and len(work) > 2:
        return "inverted"
    is_narrow = set(ops) == {"conv"} and len(work) in (3, 4)
    return "bottleneck" if is_narrow and kernels[0] == kernels[2] == "1x1" != kernels[1] else ""


def _of_concats(group: Term, body: list[Term]) -> str:
    """Szegedy et al. 2014, arXiv:1409.4842, Figure 2; Huang et al. 2016, arXiv:1608.06993, Figure 1;
    Wang et al. 2019, arXiv:1911.11929, Figure 2; Iandola et al. 2016, arXiv:1602.07360, Figure 1."""
    if not (forks := _forks(group, "concat")):
        return ""
    starts = [next(items(branch), None) for branch in forks[0].bodies]
    if None in starts:
        return "csp" if any(one and one.label == "slice" for one in starts) else "dense"
    if group.work == ("conv 1x1", "conv 1x1", "conv 3x3") and len(body) > 1:
        return "fire"
    if len(starts) > 2 and any(one and one.label.endswith("pool") for one in starts):
        return "inception"
    return "parallel"


def _forks(group: Term, label: str) -> list[Term]:
    return [term for term in items(group.body) if term.kind == "fork" and term.label == label]
