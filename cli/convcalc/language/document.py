"""A document's keys, its variants, and the overlay that makes one network's specification."""

from typing import Any, NamedTuple, TypeGuard

from ..reader.nodes import Entry, Mapping, Node, Sequence, Text, dash_hint, describe
from ..text.problems import Mark, Report
from ..text.wording import listed, quoted
from .naming_rules import variant_name_objection

KEYS = (
    "name",
    "description",
    "source",
    "input",
    "parameters",
    "defaults",
    "define",
    "layers",
    "branches",
    "merge",
    "variants",
    "expect",
    "budget",
)
BODY_KEYS = ("layers", "branches", "merge")

MAX_VARIANTS = 10_000
MAX_READING = 10_000_000  # characters; each variant reads all that the document has for them

Merged = dict[str, Any]

_EACH = "*"  # every key of a mapping
# An overlay merges the mappings under these keys key by key, and under the keys within them again.
# Every other value it replaces.
_MERGED: Merged = {
    "input": {},
    "parameters": {},
    "defaults": {_EACH: {}},
    "define": {},
    "expect": {},
    "budget": {"layers": {_EACH: {}}},
}

Entries = dict[str, Entry]


class TopLevel(NamedTuple):
    """The keys of a document, those of each variant, and where each variant begins."""

    entries: Entries
    variants: dict[str, Entries]
    marks: dict[str, Mark]


def read_document(root: Node, report: Report) -> TopLevel | None:
    """The top level of a specification; unknown and misplaced keys are reported.

    None where it is no mapping, or too large; then nothing more is read.
    """
    if not isinstance(root, Mapping):
        hint = ""
        if isinstance(root, Text) and ":" in root.value:
            hint = "; put a space after each colon"
        elif isinstance(root, Sequence):
            hint = "; write input: and layers: above it"
        what = (
            f"a specification must be a mapping with keys such as input and layers, not {describe(root)}"
        )
        report.add(root.mark, what + hint)
        return None
    entries = _known_entries(root, KEYS, report)
    variants = entries.pop("variants", None)
    if variants is None:
        return TopLevel(entries, {}, {})
    if objection := _size_objection(entries, variants.value):
        report.add(variants.key.mark, objection)
        return None
    read = _read_variants(variants, report)
    if not read and not _is_empty(variants.value):
        hole = variants.key.mark  # what could not be read may have a body
        report.holes |= {hole}
        entries.setdefault("layers", Entry(variants.key, Text("", *hole, exact=False)))
    named = variants.value.entries if isinstance(variants.value, Mapping) else {}
    return TopLevel(entries, read, {name: named[name].key.mark for name in read})


def _is_empty(variants: Node) -> bool:
    return isinstance(variants, Mapping) and not variants.entries


def _size_objection(shared: Entries, variants: Node) -> str | None:
    """Why there cannot be so many variants; None where there can."""
    count = len(variants.entries) if isinstance(variants, Mapping) else 0
    if count > MAX_VARIANTS:
        return f"{count:,} variants; at most {MAX_VARIANTS:,}"
    size = sum(_size(entry.value) for entry in shared.values())
    if count * size <= MAX_READING:
        return None
    return f"{count:,} variants that share {size:,} characters; at most {MAX_READING:,} taken together"


def _size(node: Node) -> int:
    """How many characters a tree's texts have; each node counts as at least one."""
    if isinstance(node, Text):
        return 1 + len(node.value)
    if isinstance(node, Mapping):
        return 1 + sum(1 + len(key) + _size(entry.value) for key, entry in node.entries.items())
    return 1 + sum(map(_size, node.items))


def _known_entries(node: Mapping, known: tuple[str, ...], report: Report) -> Entries:
    entries = {key: entry for key, entry in node.entries.items() if key in known}
    for key, entry in node.entries.items():
        if key not in known:
            if _holds_keys(entry.value, known):
                remedy = "leave it out, and let its keys start their lines"
                report.add(entry.key.mark, f"unknown key {quoted(key)}; {remedy}")
                entries = {**_known_entries(entry.value, known, report), **entries}
                continue
            from .foreign_keys import (
                is_a_part,
                our_key,
                said_instead,
            )  # only needed where something is wrong

            if instead := said_instead(key, entry.value):
                report.add(entry.key.mark, f"unknown key {quoted(key)}; {instead}")
                if is_a_part(key):
                    entries.setdefault("layers", entry)  # which is not called missing as well
                continue
            meant = our_key(key, known) or report.closest(key, known)
            remedy = f'did you mean "{meant}"?' if meant else f"there are {listed(known)}"
            report.add(entry.key.mark, f"unknown key {quoted(key)}; {remedy}")
            # The key that was probably meant is not called missing as well.
            entries.setdefault(meant or "", entry)
    both = [node.entries[key] for key in ("layers", "branches") if key in node.entries]
    if len(both) == 2:
        second = max(both, key=lambda entry: entry.key.mark)
        report.add(second.key.mark, 'both "layers" and "branches"; a body is one of them')
    return entries


def _holds_keys(node: Node, known: tuple[str, ...]) -> TypeGuard[Mapping]:
    """Whether a whole specification stands under a key, as in `model: {input: ..., layers: ...}`."""
    return isinstance(node, Mapping) and {"input", "layers"} <= set(known).intersection(node.entries)


def _read_variants(entry: Entry, report: Report) -> dict[str, Entries]:
    if not isinstance(entry.value, Mapping):
        what = f'"variants" must be a mapping of names to overlays, not {describe(entry.value)}'
        report.add(entry.value.mark, what + dash_hint(entry.value))
        return {}
    if not entry.value.entries:
        report.add(entry.key.mark, '"variants" has no variant; leave the key out')
    known = tuple(key for key in KEYS if key != "variants")
    variants = {}
    for name, variant in entry.value.entries.items():
        if objection := variant_name_objection(name):
            report.add(variant.key.mark, objection)
        if isinstance(variant.value, Mapping):
            variants[name] = _known_entries(variant.value, known, report)
        else:
            what = f"a variant must be a mapping such as {{layers: ...}}, not {describe(variant.value)}"
            report.add(variant.value.mark, what)
    return variants


def overlay(base: Entries, over: Entries) -> Entries:
    """The document's keys with a variant's laid over them; a variant's body replaces the document's."""
    if "layers" in over or "branches" in over:
        base = {key: entry for key, entry in base.items() if key not in BODY_KEYS}
    merged = dict(base)
    for key, entry in over.items():
        merged[key] = _merge(base[key], entry, _MERGED.get(key)) if key in base else entry
    return merged


def _merge(base: Entry, over: Entry, inner: Merged | None) -> Entry:
    if inner is None or not isinstance(base.value, Mapping) or not isinstance(over.value, Mapping):
        return over
    # A block is the same block whatever its arguments: inception(c1) replaces inception(c1, r3).
    newer = {_block_name(key): entry for key, entry in over.value.entries.items()}
    merged = Mapping(over.value.mark)
    for key, entry in base.value.entries.items():
        if (new := newer.pop(_block_name(key), None)) is not None:
            entry = _merge(entry, new, inner.get(key, inner.get(_EACH)))
        merged.entries[entry.key.value] = entry
    merged.entries.update({entry.key.value: entry for entry in newer.values()})
    return Entry(over.key, merged)


def _block_name(key: str) -> str:
    return key.partition("(")[0].strip()
