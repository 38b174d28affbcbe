"""Run every example of the pages and write what it prints now; with --check, say what is stale.

The pages are README.md and those in docs/. Written whole is the schema beside the configs.

Kept fresh are the output in ```console blocks (stdout, then stderr), what stands after a line
`<!-- generated: NAME -->`, and that a ```yaml block is what it is said to be: a spec that loads, or
after `<!-- file: NAME, broken -->` one whose errors the page shows.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench_page import END, GLANCE
from bounds import BOUNDS, Bound

from convcalc.counters.conventions import CONVENTIONS, FAMILIES, Convention, family_of

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]

YAML = re.compile(r"^(?:<!-- file: ([^ ,]+)(, broken)? -->\n)?```yaml\n(.*?)^```$", re.M | re.S)
CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.M | re.S)
GENERATED = re.compile(r"(?<=^<!-- generated: )(.*?)( -->\n).*?(?=^<!-- end -->$)", re.M | re.S)


# git as it is without anybody's own settings.
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


class Stale(Exception):
    """The page shows something that is not so, and running it again does not mend that."""


class Shell(NamedTuple):
    """/bin/sh in a folder of its own, with a `convcalc` that is run by this interpreter."""

    folder: Path
    programs: Path

    def run(self, command: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a command after one that ended with `status`."""
        search = os.pathsep.join([str(self.programs), os.environ.get("PATH", os.defpath)])
        return subprocess.run(
            ["/bin/sh", "-c", f"(exit {status})\n{command}"],
            cwd=self.folder,
            env={"PATH": search, "PYTHONUTF8": "1", "LC_ALL": "C", **GIT},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )


@contextmanager
def shell() -> Iterator[Shell]:
    """A shell whose folder holds the shipped configs, as a checkout does, and small model files."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, programs = Path(temporary, "work"), Path(temporary, "bin")
        shutil.copytree(ROOT / "tests" / "data" / "models", folder)
        shutil.copytree(ROOT / "configs", folder / "configs")
        programs.mkdir()
        program = programs / "convcalc"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m convcalc "$@"\n', "utf-8")
        program.chmod(0o755)
        yield Shell(folder, programs)


def specs(page: str) -> Iterator[tuple[str, bool, str]]:
    """The name of each spec (its own if the page gives none), whether it is broken, and its text."""
    for number, (name, broken, text) in enumerate(YAML.findall(page), 1):
        yield name or f"unnamed{number}.yaml", bool(broken), text


def session(sh: Shell, block: str) -> str:
    """The block's commands (`$ ...`), each with what it prints now."""
    lead, *entries = re.split(r"^\$ ", block, flags=re.M)
    if lead or not entries:
        raise Stale(f"a console block starts with a command, not with {block[:40]!r}")
    fresh, status = "", 0
    for entry in entries:
        command = entry.partition("\n")[0]
        done = sh.run(command, status)
        status = done.returncode
        gap = "\n" if entry.endswith("\n\n") else ""
        fresh += f"$ {command}\n{done.stdout}{done.stderr}{gap}"
    return fresh


def operations(sh: Shell) -> str:
    """A row for each operation that has a kernel, and few for all others."""
    rows = ["| operation | what it does | options |", "|:--|:--|:--|"]
    plain, needing, optional, defaults = [], [], [], []
    for one in json.loads(sh.run("convcalc ops --format json").stdout)["operations"]:
        options = ", ".join(f"{o['name']} {o['default']}" for o in one["options"] if o["default"])
        if "kernel" in one["usage"]:
            rows.append(f"| `{one['usage']}` | {one['description']} | {options} |")
        elif not options and one["options"]:
            needing.append(f"`{one['usage']}`")
        elif options:
            optional.append(f"`{one['usage']}`")
            defaults.append(f"{one['name']}: {options}")
        else:
            plain.append(f"`{one['usage']}`")
    note = "by name alone; `convcalc ops NAME` explains each"
    rows.append(f"| {' '.join(optional)} | with options if need be | {'; '.join(defaults)} |")
    rows.append(f"| {' '.join(needing)} | as written | |")
    return "\n".join([*rows, f"| {' '.join(plain)} | {note} | |", ""])


def tools(sh: Shell) -> str:
    """A row for each counter: what it says, what it multiplies, and where its rule stands."""
    rows = [
        "| counter | `--like` | says | a multiply-add is | of a batch | version | rule |",
        "|:--|:--|:--|--:|:--|:--|:--|",
    ]
    for one in CONVENTIONS:
        path = one.source.partition("/blob/")[2].partition("/")[2]
        batch = "all images" if one.per_batch else "one image"
        cells = [one.name, f"`{one.key}`", one.says, str(one.multiple), batch, one.version]
        rows.append(f"| {' | '.join(cells)} | [{path}]({one.source}) |")
    return "\n".join([*rows, ""])


def conventions(sh: Shell) -> str:
    """A row for each thing that can be counted, and how often each counter counts it."""
    rows = [
        f"| countable | {' | '.join(one.name for one in CONVENTIONS)} |",
        f"|:--|{'--:|' * len(CONVENTIONS)}",
    ]
    named = {what for one in CONVENTIONS for what in (*one.counts, *(one.functional or {}))}
    for family in FAMILIES:
        for what in sorted(what for what in named if family_of(what) == family):
            rows.append(f"| {what} | {' | '.join(times(one, what) for one in CONVENTIONS)} |")
    return "\n".join([*rows, ""])


def times(convention: Convention, what: str) -> str:
    """`2`, `2, F 1` where it differs for a function, `?` where no rule is known."""
    known = {*convention.ignores, *map(family_of, convention.counts)}
    if family_of(what) not in known:
        return "?"
    module = convention.counts.get(what, 0)
    functional = module if convention.functional is None else convention.functional.get(what, 0)
    text = str(module) if module else "·"
    return text if functional == module else f"{text}, F {functional}"


def bounds(sh: Shell) -> str:
    """A row for each limit, with what is said of one more."""
    rows = ["| at most | of | beyond it |", "|--:|:--|:--|"]
    rows += [f"| {one.limit:,} | {one.what} | `{said_beyond(sh, one)}` |" for one in BOUNDS]
    return "\n".join([*rows, ""])


def said_beyond(sh: Shell, bound: Bound) -> str:
    """The message for one more than a limit, without its place."""
    (sh.folder / "spec.yaml").write_text(bound.make(bound.limit + 1), "utf-8")
    done = sh.run(f"convcalc {bound.ask(bound.limit + 1)}")
    if done.returncode != 2:
        raise Stale(f"one beyond the limit of {bound.what} is no error")
    message = done.stderr.partition("\n")[0].partition("error: ")[2]
    return re.sub(r"(\D\D?)\1{8,}", r"\1\1", message)  # what is long is so by repetition


def benchmarks(sh: Shell) -> str:
    """What the page that `make bench` writes says at a glance."""
    page = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    return page.partition(f"{GLANCE}\n")[2].partition(END)[0]


GENERATORS = {
    "ops": operations,
    "counters": tools,
    "countables": conventions,
    "limits": bounds,
    "benchmarks": benchmarks,
}


def prove(sh: Shell, name: str, is_broken: bool, page: str) -> None:
    """Raise Stale if the spec does not load, or if it is broken and the page lacks its errors."""
    done = sh.run(f"convcalc summary {name} --field params")
    if done.returncode and not is_broken:
        raise Stale(f"{name} does not load:\n{done.stderr}")
    if is_broken and not (done.returncode and done.stderr in page):
        raise Stale(f"{name} is said to be broken, and the page does not show its errors")


def freshen(page: str) -> str:
    """The page with everything in it as it is now; raises Stale."""
    with shell() as sh:
        for name, _, text in specs(page):
            (sh.folder / name).write_text(text, "utf-8")
        page = CONSOLE.sub(lambda found: session(sh, found[0]), page)
        page = GENERATED.sub(lambda found: f"{found[1]}{found[2]}{GENERATORS[found[1]](sh)}", page)
        for name, is_broken, _ in specs(page):
            prove(sh, name, is_broken, page)
    return page


def schema() -> str:
    """The schema of the language, as `convcalc schema` prints it."""
    command = [sys.executable, "-m", "convcalc", "schema"]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


def fresh_files() -> Iterator[tuple[Path, str]]:
    """Every file that is made here or has a part that is; raises Stale."""
    yield ROOT / "configs" / "convcalc.schema.json", schema()
    for path in PAGES:
        try:
            yield path, freshen(path.read_text("utf-8"))
        except Stale as stale:
            raise Stale(f"{path.name}: {stale}") from None


def main(arguments: list[str]) -> int:
    status = 0
    try:
        for path, fresh in fresh_files():
            page = path.read_text("utf-8") if path.exists() else ""
            if "--check" not in arguments:
                path.parent.mkdir(exist_ok=True)
                path.write_text(fresh, "utf-8")
            elif page != fresh:
                old, new = page.splitlines(keepends=True), fresh.splitlines(keepends=True)
                title = str(path.relative_to(ROOT))
                sys.stdout.writelines(difflib.unified_diff(old, new, title, f"{title}, made now"))
                status = 1
    except Stale as stale:
        sys.stderr.write(f"{stale}\n")
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
