"""No edit walks past the gates: random edits of random files in a real repository.

What `diff --since` says is held against what `summary` prints of the two versions.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

FOLDERS = ("", "nets", "nets/sub", "a b/ü", "x.yaml.d")
Spec = dict[str, Any]
Figures = dict[str | None, Any]  # by variant
DRESSES: dict[str, Callable[[Spec], str]] = {
    "block": lambda spec: block(spec, ""),
    "indented": lambda spec: "".join(f" {line}\n" for line in block(spec, "").splitlines()),
    "braces": json.dumps,
    "braces, the body first": lambda spec: json.dumps(dict(reversed(spec.items()))),
    "CRLF": lambda spec: block(spec, "").replace("\n", "\r\n"),
    "CR": lambda spec: block(spec, "").replace("\n", "\r"),
    "NEL": lambda spec: block(spec, "").replace("\n", "\x85"),
    "documents": lambda spec: f"# a comment\n---\n{block(spec, '')}...\n",
    "anchored": lambda spec: "".join(
        f"? &k{at} {key}\n: {json.dumps(spec[key])}\n" for at, key in enumerate(spec)
    ),
    "escaped": lambda spec: (
        json.dumps(spec).replace('"layers"', r'"l\x61yers"').replace('"input"', r'"\x69nput"')
    ),
}


def block(node: Any, indent: str) -> str:
    """The block style of a mapping whose values are lists, words or mappings."""
    lines = []
    for key, value in node.items():
        if isinstance(value, dict) and value:
            lines.append(f"{indent}{key}:\n{block(value, indent + '  ')}")
        elif isinstance(value, list):
            lines.append(
                f"{indent}{key}:\n" + "".join(f"{indent}- {json.dumps(item)}\n" for item in value)
            )
        else:
            lines.append(f"{indent}{key}: {json.dumps(value)}\n")
    return "".join(lines)


def new_spec(at: random.Random) -> Spec:
    layers = [f"conv {at.choice((1, 3))}x{at.choice((1, 3))} {at.randint(1, 9)}" for _ in range(3)]
    return {
        "input": [at.randint(1, 4), 8, 8],
        "define": {"cell(c)": ["conv 1x1 $c", "relu"]},
        "layers": layers,
    }


class Repository:
    """Files with their specifications and dresses; None for a link."""

    def __init__(self, seed: int) -> None:
        self.at = random.Random(seed)
        self.files: dict[str, tuple[Spec, str] | None] = {}
        for name in "pqrst":
            self.write(os.path.join(self.at.choice(FOLDERS), f"{name}.yaml"), new_spec(self.at), "block")

    def write(self, path: str, spec: Spec, dress: str) -> None:
        self.files[path] = (spec, dress)
        place = Path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.write_bytes(DRESSES[dress](spec).encode())

    def plain(self) -> list[str]:
        """The files that are no links and that none leads to."""
        targets = {os.path.realpath(path) for path, kept in self.files.items() if kept is None}
        return [p for p, kept in self.files.items() if kept and os.path.realpath(p) not in targets]

    def edit(self) -> str:
        """One edit, by its name."""
        edits = (self.rename, self.move, self.link, self.delete, self.dress, self.grow, self.variant)
        edit = self.at.choice((*edits, self.define, self.dress_and_grow, self.add))
        path = self.at.choice(self.plain() or [self.add("")])
        edit(path)
        return f"{edit.__name__} {path}"

    def rename(self, path: str) -> None:
        self.moved(path, os.path.dirname(path))

    def move(self, path: str) -> None:
        self.moved(path, self.at.choice(FOLDERS))

    def moved(self, path: str, folder: str) -> None:
        spec, dress = self.files.pop(path) or ({}, "")
        Path(path).unlink()
        self.write(os.path.join(folder, f"{self.at.randrange(10**6)}.yaml"), spec, dress)

    def link(self, path: str) -> None:
        target = self.at.choice(list(self.files))
        if os.path.realpath(target) != os.path.realpath(path):
            self.files[path] = None
            Path(path).unlink()
            Path(path).symlink_to(
                os.path.relpath(os.path.realpath(target), os.path.dirname(path) or ".")
            )

    def delete(self, path: str) -> None:
        if len(self.files) > 3:
            Path(path).unlink()
            del self.files[path]

    def add(self, path: str) -> str:
        path = os.path.join(self.at.choice(FOLDERS), f"{self.at.randrange(10**6)}.yaml")
        self.write(path, new_spec(self.at), self.at.choice(list(DRESSES)))
        return path

    def dress(self, path: str) -> None:
        spec, _ = self.files[path] or ({}, "")
        self.write(path, spec, self.at.choice(list(DRESSES)))

    def grow(self, path: str) -> None:
        self.changed(path, lambda spec: spec["layers"].append(f"conv 1x1 {self.at.randint(1, 9)}"))

    def dress_and_grow(self, path: str) -> None:
        self.grow(path)
        self.dress(path)

    def define(self, path: str) -> None:
        """A layer is called by a block, or a block that is called is another one now."""

        def change(spec: Spec) -> None:
            spec["define"]["cell(c)"][0] = f"conv {self.at.choice(('1x1', '3x3'))} $c"
            spec["layers"][0] = f"cell {self.at.randint(1, 5)}"

        self.changed(path, change)

    def variant(self, path: str) -> None:
        """Variants come, go, and are changed."""

        def change(spec: Spec) -> None:
            names = self.at.sample("abc", self.at.randint(0, 3))
            spec["variants"] = {
                one: {"layers": [f"conv 1x1 {self.at.randint(1, 3)}"]} for one in sorted(names)
            }
            if not names:
                del spec["variants"]

        self.changed(path, change)

    def changed(self, path: str, change: Callable[[Spec], None]) -> None:
        spec, dress = self.files[path] or ({}, "")
        spec = deepcopy(spec)
        change(spec)
        self.write(path, spec, dress)


def figures_of(run: Callable, path: str) -> Figures:
    """Everything that is counted of a file's networks, without names and places in the text."""
    ran = run("summary", "--format", "json", "--", path)
    assert ran.code == 0, ran.err
    found = {}
    for model in json.loads(ran.out)["models"]:
        layers = [{k: v for k, v in layer.items() if k != "line"} for layer in model["layers"]]
        found[model["variant"]] = (model["input"], model["output"], model["totals"], layers)
    return found


def git(*arguments: str) -> None:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def pairs(before: Figures, after: Figures) -> list[tuple[Any, Any]]:
    """A network alone with one alone, others by their variants; None where there is no partner."""
    if len(before) == len(after) == 1:
        return list(zip(before.values(), after.values(), strict=True))
    return [(before.get(one), after.get(one)) for one in {**before, **after}]


def is_changed(before: dict[str, Figures], after: dict[str, Figures]) -> bool:
    """A file or variant that only has another name is the same one."""
    gone = [before[path] for path in before if path not in after]
    come = [after[path] for path in after if path not in before]
    kept = [pairs(before[path], after[path]) for path in before if path in after]
    if gone != come or any(was != now for some in kept for was, now in some if was and now):
        return True
    lost = [sorted(repr(was) for was, now in some if not now) for some in kept]
    found = [sorted(repr(now) for was, now in some if not was) for some in kept]
    return lost != found


def growth(before: dict[str, Figures], after: dict[str, Figures]) -> int:
    """By how many parameters a network that was there has grown at most."""
    both = (pairs(before[path], after[path]) for path in after if path in before)
    rise = [now[2]["params"] - was[2]["params"] for some in both for was, now in some if was and now]
    return max(rise, default=0)


@pytest.fixture
def _in_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main")
    for setting in ("user.name=Ada", "user.email=ada@example.org", "core.autocrlf=false"):
        git("config", *setting.split("="))


@pytest.mark.full
@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
@pytest.mark.usefixtures("_in_a_repository")
def test_a_change_is_reported_exactly_where_a_figure_differs(run: Callable) -> None:
    repository = Repository(seed=1)
    at, outcomes = repository.at, set()
    after = {path: figures_of(run, path) for path in repository.files}
    for _ in range(200):
        git("add", "--all")
        git("commit", "-q", "--allow-empty", "-m", "before")
        before = after
        edit = repository.edit()
        after = {path: figures_of(run, path) for path in repository.files}
        if at.random() < 0.5:
            git("add", "--all")
        allowed = max(0, growth(before, after) + at.choice((-1, 0)))
        words = at.choice(([], ["."], ["**/*.yaml"], ["./**"]))
        limit = ["--max-growth", f"params={allowed}"]
        ran = run("diff", "--since", "HEAD", *limit, "--format", "json", "--", *words)
        expected = is_changed(before, after), growth(before, after) > allowed
        assert (json.loads(ran.out)["changed"] > 0, ran.code == 1) == expected, edit
        outcomes.add(expected)
    assert {(False, False), (True, False), (True, True)} <= outcomes
