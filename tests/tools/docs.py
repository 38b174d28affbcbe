"""Run every example of the pages and write what it prints now; with --check, say what is stale.

    python tests/tools/docs.py [--check] [PAGE...]

The pages are README.md and those in docs/. Written whole are the schema beside the configs and the
pictures in docs/pictures: what a page's commands write as NAME.svg is the picture of that name.

Kept fresh are the output in ```console blocks (stdout, then stderr), what stands after a line
`<!-- generated: NAME -->`, the errors in a table `| rule | refused | error |`, and that a ```yaml
block is what it is said to be: a spec that loads, or after `<!-- file: NAME, broken -->` one whose
errors the page shows.
"""

from __future__ import annotations

import difflib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from docs_commands import commands
from docs_comment import comment, comment_head
from docs_counters import conventions, tools
from docs_limits import bounds
from docs_operations import operations
from docs_refused import refusals
from docs_shell import ROOT, Shell, Stale, shell
from docs_speed import speed
from house import house

README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
PICTURES = ROOT / "docs" / "pictures"

YAML = re.compile(r"^(?:<!-- file: ([^ ,]+)(, broken)? -->\n)?```yaml\n(.*?)^```$", re.M | re.S)
WHOLE = re.compile(r"(?:.*\\\n)*.*")  # a command may go on behind a backslash
CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.M | re.S)
GENERATED = re.compile(r"(?<=^<!-- generated: )(.*?)( -->\n).*?(?=^<!-- end -->$)", re.M | re.S)


class Fresh(NamedTuple):
    """A page as it is now, and the pictures that its commands draw."""

    text: str
    pictures: dict[str, str]


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
        command = WHOLE.match(entry)[0]
        if re.search(r"\bjq ", command) and not shutil.which("jq"):  # then its output stays as it is
            fresh += f"$ {entry}"
            continue
        done = sh.run(command, status)
        status = done.returncode
        gap = "\n" if entry.endswith("\n\n") else ""
        fresh += f"$ {command}\n{done.stdout}{done.stderr}{gap}"
    return fresh


GENERATORS: dict[str, Callable[[Shell], str]] = {
    "operations": operations,
    "commands": commands,
    "comment": comment,
    "comment head": comment_head,
    "counters": tools,
    "countables": conventions,
    "limits": bounds,
    "house": house,
    "speed": speed,
}


def prove(sh: Shell, name: str, is_broken: bool, page: str) -> None:
    """Raise Stale if the spec does not load, or if it is broken and the page lacks its errors."""
    done = sh.run(f"convcalc summary {name} --field params")
    if done.returncode and not is_broken:
        raise Stale(f"{name} does not load:\n{done.stderr}")
    if is_broken and not (done.returncode and done.stderr in page):
        raise Stale(f"{name} is said to be broken, and the page does not show its errors")


def freshen(page: str) -> Fresh:
    """The page with everything in it as it is now; raises Stale."""
    with shell() as sh:
        for name, _, text in specs(page):
            (sh.folder / name).write_text(text, "utf-8")
        page = CONSOLE.sub(lambda found: session(sh, found[0]), page)
        page = refusals(page)
        page = GENERATED.sub(lambda found: f"{found[1]}{found[2]}{GENERATORS[found[1]](sh)}", page)
        for name, is_broken, _ in specs(page):
            prove(sh, name, is_broken, page)
        return Fresh(page, {path.name: path.read_text("utf-8") for path in sh.folder.glob("*.svg")})


def schema() -> str:
    """The schema of the language, as `convcalc schema` prints it."""
    command = [sys.executable, "-m", "convcalc", "schema"]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


def fresh_page(path: Path) -> Fresh:
    try:
        return freshen(path.read_text("utf-8"))
    except Stale as stale:
        raise Stale(f"{path.name}: {stale}") from None


def fresh_files(pages: list[Path]) -> dict[Path, str]:
    """Every file that is made here or has a part that is, with its text; raises Stale."""
    files = {ROOT / "configs" / "convcalc.schema.json": schema()}
    with ThreadPoolExecutor() as pool:  # each page waits for programs
        for path, fresh in zip(pages, pool.map(fresh_page, pages), strict=True):
            files[path] = fresh.text
            for name, picture in fresh.pictures.items():
                if files.setdefault(PICTURES / name, picture) != picture:
                    raise Stale(f"{path.name}: another page draws another {name}")
    if pages == PAGES:
        for path in sorted(set(PICTURES.glob("*.svg")) - set(files)):
            raise Stale(f"no page draws {path.relative_to(ROOT)}")
    return files


def main(arguments: list[str]) -> int:
    named = {Path(one).resolve() for one in arguments if one != "--check"}
    try:
        files = fresh_files([path for path in PAGES if not named or path in named])
    except Stale as stale:
        sys.stderr.write(f"{stale}\n")
        return 1
    status = 0
    for path, fresh in files.items():
        page = path.read_text("utf-8") if path.exists() else ""
        if "--check" not in arguments:
            path.parent.mkdir(exist_ok=True)
            path.write_text(fresh, "utf-8")
        elif page != fresh:
            old, new = page.splitlines(keepends=True), fresh.splitlines(keepends=True)
            title = str(path.relative_to(ROOT))
            sys.stdout.writelines(difflib.unified_diff(old, new, title, f"{title}, made now"))
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
