"""Words of a call in the wrong place or order, and how to write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from ..ops import OPS
from ..ops.base import Operation
from ..ops.options import FLAG
from ..text.wording import quoted
from .arithmetic_slips import OPERATORS, arithmetic_hint
from .shorthand import is_like_a_stride
from .signature import SIGNATURES, Given, Signature

_KERNEL = r"\d+(x\d+)+(/\d+(x\d+)*)?"
_GLUED = r"([a-z]+)(\d+(?:x\d+)*)"  # s2, pad1
_COLON = r"(\w+):(\S+)"  # bias:true


class Word(NamedTuple):
    """A word of a call, the option that it is for, and the words around it."""

    given: Given
    option: str | None  # None where all places are taken
    found: dict[str, Given]  # the options before it
    after_option: bool
    following: str  # the word behind it


def misplaced(signature: Signature, word: Word) -> str | None:
    """What to write for a word that stands where other tools have it."""
    text, found = word.given.text, word.found
    if text.isdigit():  # as most are
        return None
    kernel = found.get("kernel_size")
    by_place = kernel.text if kernel and kernel.option is None else None
    if text.startswith("//"):
        return "a comment starts with #"
    if by_place and by_place.isdigit() and text in ("x", "×", "*", "by"):
        return f"a kernel has no spaces; write {by_place}x{word.following}"
    if ":" in text and (colon := re.fullmatch(_COLON, text)) and colon[1] in signature.kinds:
        return f"{quoted(text)} has a colon; write {colon[1]}={colon[2]}"
    is_behind_kernel = list(found)[-1:] == ["kernel_size"]
    if by_place and is_behind_kernel and text.startswith("/"):
        stride = text if text[1:] else f"/{word.following}"
        return f"a stride stands right behind its kernel; write {by_place}{stride}"
    if by_place and by_place.isdigit() and word.option == "out_channels" and re.fullmatch(_KERNEL, text):
        return f'"{text}" is a kernel and comes first; write {signature.name} {text} {by_place}'
    if is_spaced_arithmetic(word) and (what := _spaced_arithmetic(word)):
        return what
    if (
        text in FLAG.words
        and (flag := next(reversed(found.values()), None))
        and flag.option == flag.text
    ):
        return f'"{text}" stands after an option; write {flag.text}={text}'
    return _glued(signature, text)


def stride_hint(option: str, arranged: Mapping[str, Given]) -> str:
    """What to write where an impossible padding was meant as the stride: `maxpool 2x2 2`."""
    kernel, padding = arranged.get("kernel_size"), arranged.get("padding")
    if option != "padding" or not (kernel and padding) or padding.option or "stride" in arranged:
        return ""
    written = f"{kernel.text}x{kernel.text}" if kernel.text.isdigit() else kernel.text
    return "" if "/" in written else f"; a stride of {padding.text} is written {written}/{padding.text}"


def is_spaced_arithmetic(word: Word) -> bool:
    """Whether a word is the sign between two others, as in `$alpha * 16`."""
    return bool(word.found) and word.given.text.rstrip("0123456789") in OPERATORS


def _spaced_arithmetic(word: Word) -> str | None:
    """What to write for arithmetic with spaces in it."""
    before = next(reversed(word.found.values()))
    behind = word.following if word.given.text in OPERATORS else ""
    hint = arithmetic_hint(before.text + word.given.text + behind)
    return f"arithmetic stands in parentheses{hint}" if hint else None


def _glued(signature: Signature, text: str) -> str | None:
    """`s2` for stride=2."""
    if not text[:1].isalpha() or "stride" not in signature.kinds:
        return None
    match = re.fullmatch(_GLUED, text)
    if not match:
        return None
    from .foreign_options import our_option  # only needed where something is wrong

    option = match[1] if match[1] in signature.kinds else our_option(match[1], signature.kinds)
    return f'unknown word "{text}"; write {option}={match[2]}' if option else None


def _as_other_tools(name: str, found: Mapping[str, Given], more: str) -> str | None:
    """What is meant by numbers in PyTorch's order: channels in and out, stride, padding."""
    kernel, padding = found.get("kernel_size"), found.get("padding")
    if not kernel or not padding or "/" in kernel.text or not padding.text.isdigit():
        return None
    sides = f"{kernel.text}x{kernel.text}" if kernel.text.isdigit() else kernel.text
    channels = found.get("out_channels")
    if is_like_a_stride(padding.text):
        line = " ".join([name, f"{sides}/{padding.text}", *([channels.text] if channels else []), more])
        return f"; a stride of {padding.text} and a padding of {more} are written {line}"
    if channels is None or padding.text == "1":
        return None
    return f"; the channels that enter are not written: {name} {sides} {padding.text}"


def surplus_hint(signature: Signature, word: Word) -> str:
    """What to write for a word that is one too many."""
    text, found = word.given.text, word.found
    if text.isdigit() and (line := _as_other_tools(signature.name, found, text)):
        return line
    named = {name: kind for name, kind in signature.kinds.items() if name not in signature.arguments}
    for option, kind in named.items():
        if kind and (text in kind.words or (len(named) == 1 and not signature.arguments)):
            with suppress(ValueError):
                kind.read_named(text)
                return f" {option}={text}"
    is_option = any(text in one.kinds for one in SIGNATURES.values())
    if signature.name not in OPS and text[:1].isalpha() and not is_option:
        return f"; if {quoted(text)} is a layer, a comma stands in front of it"
    return "; the channels that enter are known" if _weighs_channels(signature.name) else ""


def _weighs_channels(name: str) -> bool:
    """Whether it has weights for each channel that enters. Other frameworks want that number first."""
    operation = OPS.get(name)
    if operation is None or "kernel_size" in operation.options:
        return False
    return operation.weight_shapes is not Operation.weight_shapes
