"""Candidates for an unfinished word of the command line: networks, layers, parameters."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

import click

from ..network.inline import load_body
from ..network.loading import Plan
from ..network.model import Network
from ..network.overrides import Overrides, read_input
from ..ops import WORDS
from ..reader.shipped import shipped_names
from ..reader.source import STDIN
from ..reader.spec import INPUT, SUFFIXES, split_spec
from ..specs.opening import load_spec, open_spec, read_plans

Completer = Callable[[click.Context, click.Parameter, str], list[str]]


def specs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Shipped configs and YAML files; behind a `#` their variants, behind an `@` their parameters."""
    if ctx.info_name == "explain" and (_specs_of(ctx) or ctx.params.get("bodies")):
        return layers(ctx, param, incomplete)
    name, sharp, _ = incomplete.rpartition("#")
    variants = [f"{name}#{plan.variant}" for plan in _plans(name)] if sharp else []
    known = [*shipped_names(), *_files(incomplete, SUFFIXES), *variants]
    return _beginning(known, incomplete) or _values(incomplete)


def _values(incomplete: str) -> list[str]:
    """A SPEC with `alpha=` behind its `@` or a comma, for each parameter that has no value yet."""
    spec, at, text = incomplete.rpartition("@")
    if not at or not spec:
        return []
    *given, _ = text.split(",")
    names = dict.fromkeys(name for plan in _plans(spec) for name in plan.specification.parameters)
    has = [pair.partition("=")[0] for pair in given]
    lead = "@".join([spec, ",".join([*given, ""])])
    left = (name for name in [*names, INPUT] if name not in has)
    return _beginning((f"{lead}{name}=" for name in left), incomplete)


def files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Files of any kind."""
    return _beginning(_files(incomplete), incomplete)


def configs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Shipped configs."""
    return _beginning(shipped_names(), incomplete)


def operations(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Operations of the language."""
    return _beginning(WORDS, incomplete)


def parameters(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """`alpha=`, for each parameter of the networks that are named before."""
    plans = [plan for spec in _specs_of(ctx) for plan in _plans(spec)]
    names = dict.fromkeys(name for plan in plans for name in plan.specification.parameters)
    return _beginning((f"{name}=" for name in names), incomplete)


def specs_or_parameters(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The words of a sweep: networks, then the parameters of those before."""
    named = [word for word in ctx.params.get("words") or () if "=" not in word.partition("@")[0]]
    ctx.params["specs"] = tuple(named)
    found = parameters(ctx, param, incomplete) if named else []
    return found or specs(ctx, param, incomplete)


def layers(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Paths of layers, each up to the next `/`, as shells complete folders."""
    paths = [layer.path for network in _networks(ctx) for layer in network.layers]
    rest = len(incomplete)
    nearest = (path[: path.index("/", rest) + 1] if "/" in path[rest:] else path for path in paths)
    return _beginning(dict.fromkeys(nearest), incomplete)


def listed_words(known: Iterable[str]) -> Completer:
    """Words between commas."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        before, comma, _ = incomplete.rpartition(",")
        lead = before + comma or ("+" if incomplete.startswith("+") else "")
        return _beginning((lead + word for word in known), incomplete)

    return complete


def _beginning(words: Iterable[str], incomplete: str) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]


def _specs_of(ctx: click.Context) -> tuple[str, ...]:
    """The SPECs before the word. Behind an option that waits for its value click has not sorted them."""
    given = ctx.params.get("specs") or ctx.params.get("spec") or ctx.args
    return (given,) if isinstance(given, str) else tuple(given)


def _plans(spec: str) -> list[Plan]:
    """The networks of a SPEC; none for standard input, which is not there yet."""
    if split_spec(spec).name == STDIN:
        return []
    source, variant, _ = open_spec(spec)
    return read_plans(source, variant)


def _networks(ctx: click.Context) -> Iterator[Network]:
    text = ctx.params.get("input_text")
    shape = read_input(text) if text else None
    for spec in _specs_of(ctx):
        yield from load_spec(spec, Overrides(input_shape=shape))
    for body in ctx.params.get("bodies") or ():
        if shape:
            yield load_body(body, shape)


def _files(incomplete: str, suffixes: tuple[str, ...] = ()) -> Iterator[str]:
    """Files with one of these endings, and folders; hidden ones only if a dot is written."""
    folder, name = os.path.split(incomplete)
    with os.scandir(os.path.expanduser(folder) or ".") as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            path = incomplete[: len(incomplete) - len(name)] + entry.name
            if entry.name.startswith(".") and not name.startswith("."):
                continue
            if entry.is_dir():
                yield f"{path}/"
            elif not suffixes or entry.name.endswith(suffixes):
                yield path
