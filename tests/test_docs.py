"""The pages are true and whole, the README is short; so are help texts, changelog and license."""

from __future__ import annotations

import doctest
import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docs
import docs_shell
import pytest
from model_files import call, node, onnx, program, zipped
from package_files import sources

from convcalc import __version__
from convcalc.commands.help import COMMANDS
from convcalc.ops import OPS, WORDS

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "README.md").read_text("utf-8")
ALL_PAGES = "\n".join(path.read_text("utf-8") for path in docs.PAGES)


@pytest.fixture(scope="module")
def sh() -> Iterator[Any]:
    """A shell in a repository with the files that the help texts speak of."""
    with docs.shell() as shell:
        relu = program([call("relu.default", "y", self="x")], dict.fromkeys("xy", (1, 3, 8, 8)))
        (shell.folder / "model.pt2").write_bytes(zipped({"net/models/model.json": relu}))
        (shell.folder / "model.onnx").write_bytes(onnx([node("Relu", "x", "y")]))
        shutil.copy(shell.folder / "residual.cfg", shell.folder / "yolov3.cfg")
        assert shell.run("convcalc show inception3a > mine.yaml").returncode == 0
        commits = "git add -A && git commit -q -m 1 && git commit -q --allow-empty -m 2"
        assert shell.run(f"git init -q -b main . && {commits}").returncode == 0
        yield shell


@pytest.mark.full  # as does `make check`
@pytest.mark.parametrize("path", docs.PAGES, ids=lambda path: path.name)
def test_every_example_prints_what_the_page_shows(path: Path) -> None:
    page = path.read_text("utf-8")
    assert docs.freshen(page).text == page, "stale; run: make update"


def test_stale_output_is_found_and_mended() -> None:
    page = "```console\n$ convcalc --version\nconvcalc 0\n$ (exit 3)\n$ echo $?\n```\n"
    fresh = docs.freshen(page).text
    assert re.fullmatch(
        r"```console\n\$ convcalc --version\nconvcalc [\d.]+\n\$ \(exit 3\)\n\$ echo \$\?\n3\n```\n",
        fresh,
    )
    assert docs.freshen(fresh).text == fresh


def test_a_command_may_go_on_behind_a_backslash() -> None:
    page = "```console\n$ echo a \\\n    b\nstale\n$ echo c\nc\n```\n"
    assert docs.freshen(page).text == "```console\n$ echo a \\\n    b\na b\n$ echo c\nc\n```\n"


@pytest.mark.parametrize(
    ("page", "what"),
    [
        ("```yaml\nlayers: []\n```\n", r"unnamed1\.yaml does not load"),
        (
            "<!-- file: a.yaml, broken -->\n```yaml\ninput: [1]\nlayers: relu\n```\n",
            "a.yaml is said to be",
        ),
        ("<!-- file: a.yaml, broken -->\n```yaml\nlayers: []\n```\n", "does not show its errors"),
        ("```console\nconvcalc --version\n```\n", "starts with a command"),
        ("| rule | refused | error |\n|:--|:--|:--|\n| None. | `[relu]` | |\n", "said to be refused"),
    ],
)
def test_an_example_that_is_not_so_is_refused(page: str, what: str) -> None:
    with pytest.raises(docs.Stale, match=what):
        docs.freshen(page)


def test_the_error_of_a_rule_is_filled_in() -> None:
    page = "| rule | refused | error |\n|:--|:--|:--|\n| A name is below. | `[add a, a: relu]` | |\n"
    fresh = page.replace(" | |", ' | `"a" is below; a name is looked for above` |')
    assert docs.freshen(page).text == docs.freshen(fresh).text == fresh


def test_a_row_of_keys_is_a_whole_file() -> None:
    head = "| rule | refused | error |\n|:--|:--|:--|\n"
    row = "| Blocks have arguments. | `define: {b(c): conv 1x1 $c}`<br>`layers: b` | "
    assert docs.freshen(f"{head}{row}|\n").text == f"{head}{row}`b needs c; write b c` |\n"


def test_the_readme_is_short() -> None:
    assert len(PAGE.splitlines()) < 230


@pytest.mark.parametrize("command", COMMANDS)
def test_the_pages_have_every_command(command: str) -> None:
    assert f"convcalc {command}" in ALL_PAGES


@pytest.mark.parametrize("operation", WORDS)
def test_the_operations_have_a_section_each(operation: str) -> None:
    assert f"\n### {operation}\n" in (ROOT / "docs" / "operations.md").read_text("utf-8")


def test_the_python_examples_hold() -> None:
    page = "docs/json.md"
    text = (ROOT / page).read_text("utf-8")
    examples = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", text, re.M | re.S))
    test = doctest.DocTestParser().get_doctest(examples, {}, page, page, 0)
    report: list[str] = []
    failed, tried = doctest.DocTestRunner().run(test, out=report.append)
    assert tried
    assert not failed, "".join(report)


@pytest.mark.full  # one of them runs every shipped config
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_examples_of_a_help_text_run(
    run: Callable, monkeypatch: pytest.MonkeyPatch, sh: Any, command: str
) -> None:
    monkeypatch.chdir(sh.folder)
    text = run(*command.split(), "--help").out
    # An example stands at the start of its line, two spaces in; what it does follows a wider gap.
    examples = re.findall(r"^  (convcalc .*?)(?: {2,}.*)?$", text, re.M)
    assert examples
    for example in examples:
        if " > " in example:
            assert sh.run(example).returncode == 0
        else:
            ran = run(*shlex.split(example.removesuffix(" --watch"))[1:])  # which has no end
            assert ran.code == 0, f"{example}\n{ran.err}"


def test_the_readme_links_every_page() -> None:
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert pages == set(re.findall(r"\]\(docs/(\w[\w-]*\.md)", PAGE))


def test_the_readme_counts_the_networks_and_the_operations(run: Callable[..., Any]) -> None:
    networks = json.loads(run("list", "--format", "json").out)["configs"]
    files = {network["name"] for network in networks}
    assert f"The {len(files)} shipped files describe {len(networks)} networks" in PAGE
    assert f" {len(OPS)} operations" in PAGE


def test_the_changelog_says_what_is_new() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## ([^\n]*)\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert newest
    assert newest[1] in ("Unreleased", __version__)
    entries = re.findall(r"^- .*(?:\n  .*)*", newest[2], re.M)
    assert entries
    assert all(entry.endswith(".") for entry in entries)


def test_the_license_is_mit() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert text.startswith("MIT License\n")
    assert 'license = "MIT"' in (ROOT / "pyproject.toml").read_text("utf-8")


HANDWRITTEN = [
    *docs.PAGES,
    *(ROOT / name for name in ("CHANGELOG.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md")),
]


# ---- what the pages for developers name ---------------------------------------------------------------


GUIDES = [ROOT / "docs" / "contributing.md", ROOT / "docs" / "testing.md"]


def prose(text: str) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def code_in(path: Path) -> list[str]:
    """What stands as code within the sentences and tables of a page."""
    return re.findall(r"`([^`\n]+)`", prose(path.read_text("utf-8")))


def is_path(code: str) -> bool:
    return bool(re.fullmatch(r"[\w*-]+(?:/[\w*.-]*)+|[\w*-]+\.\w+", code))


def test_a_path_is_told_from_other_code() -> None:
    code = ["ops/", "cli/convcalc", "reader.py", "tests/test_zoo_*.py", "docs/pictures/page.png"]
    other = ["make docs", "OPS", "strict=", "?", "read(given) -> Graph"]
    assert [one for one in (*code, *other) if is_path(one)] == code


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_the_files_are_there_that_a_page_names(path: Path) -> None:
    named = {code for code in code_in(path) if is_path(code)}
    assert named
    for name in named:
        pattern = name.replace("NAME", "*")
        assert [*ROOT.glob(pattern), *ROOT.glob(f"cli/convcalc/**/{pattern}")], name


def test_the_functions_and_tables_are_there_that_a_page_names() -> None:
    code = "\n".join(code for path in GUIDES for code in code_in(path))
    named = set(re.findall(r"^(?:\w+(?=\()|[A-Z][A-Z_]+$)", code, re.M))
    assert named >= {"read", "OPS"}
    source = "\n".join(sources().values())
    for name in named:
        assert re.search(rf"^(?:def {name}\(|{name}\b.* = )", source, re.M), name


def test_make_has_every_target_that_a_page_names() -> None:
    """A page may have a Makefile of its own in a block."""
    ours = (ROOT / "Makefile").read_text("utf-8")
    found: set[str] = set()
    for path in [*HANDWRITTEN, ROOT / ".github" / "pull_request_template.md"]:
        targets = set(re.findall(r"^([a-z-]+):", ours + path.read_text("utf-8"), re.M))
        named = set(re.findall(r"\bmake ([\w-]+)", "\n".join(code_in(path))))
        assert named <= targets, path
        found |= named
    assert found >= {"test", "check", "mutation", "accept-costs"}


# ---- as GitHub shows them -----------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to headings."""
    titles = re.findall(r"^#+ (.*)$", prose(text), re.M)
    return {re.sub(r"[^\w\- ]", "", title.casefold()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", HANDWRITTEN, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.M | re.S)
    for target in re.findall(r"(?:\]\(|src=\")(?!https?://)([^)\s\"]*)", text):
        name, _, anchor = target.partition("#")
        page = (path.parent / name).resolve() if name else path
        assert page.exists(), target
        assert not anchor or anchor in anchors(page.read_text("utf-8")), target


def test_a_heading_has_the_anchor_that_github_gives_it() -> None:
    text = "# I want to ...\n```sh\n# no heading\n```\n## `conv` & Co, 1×1\n"
    assert anchors(text) == {"i-want-to-", "conv--co-11"}


def blocks(text: str) -> list[str]:
    return re.findall(r"^```.*?^```$", text, re.M | re.S)


@pytest.mark.parametrize("path", HANDWRITTEN, ids=lambda path: path.name)
def test_no_example_needs_a_scroll_bar(path: Path) -> None:
    lines = "\n".join(blocks(path.read_text("utf-8"))).expandtabs().splitlines()
    assert [line for line in lines if len(line) > docs_shell.WIDTH] == []


PIXELS = 832  # of a page, beside the list of files
CHARACTER, PADDING = 8.2, 27  # of inline code, and of a cell with its border


@pytest.mark.parametrize("path", HANDWRITTEN, ids=lambda path: path.name)
def test_no_table_needs_a_scroll_bar(path: Path) -> None:
    """A column is at least as wide as its longest word."""
    text = re.sub(r"\]\([^)]*\)", "]", path.read_text("utf-8"))
    text = text.replace("<br>", " ").replace("&nbsp;", "\N{NO-BREAK SPACE}")
    for table in re.findall(r"^(?:>? ?\|.*\n)+", text, re.M):
        rows = [re.split(r"(?<!\\)\|", row.lstrip("> "))[1:-1] for row in table.splitlines()]
        columns = [
            [word for cell in column for word in cell.split(" ")] for column in zip(*rows, strict=True)
        ]
        widths = [max(len(word.strip("`*[]")) for word in words) for words in columns]
        assert sum(width * CHARACTER + PADDING for width in widths) <= PIXELS, widths


AMERICAN = re.compile(
    r"\w+ization\w*|\w*(?<!s)iz(?:e[sd]?|ing)\b|\b(?:color|license|gray|catalog\b)\w*"
    r"|\w*(?:behavior|neighbor|analyze|labeled|modeled|canceled|fulfill|favorite)\w*"
)


@pytest.mark.parametrize("path", HANDWRITTEN, ids=lambda path: path.name)
def test_pages_have_british_spelling(path: Path) -> None:
    text = re.sub(r"^```.*?^```$|`[^`\n]*`|\]\([^)]*\)", "", path.read_text("utf-8"), flags=re.M | re.S)
    assert AMERICAN.findall(text) == []


def test_help_has_british_spelling() -> None:
    text = (ROOT / "docs" / "commands.md").read_text("utf-8").replace("--color", "")
    assert AMERICAN.findall(text) == []


def test_other_spellings_are_found() -> None:
    text = "A gate of resized license sizes, a normalized color, its size and a normalization"
    assert AMERICAN.findall(text) == ["license", "normalized", "color", "normalization"]


def test_every_spelling_of_a_layer_is_one(run: Callable[..., Any]) -> None:
    page = (ROOT / "docs" / "coming-from.md").read_text("utf-8")
    rows = page.partition("## Every layer's spelling\n")[2].splitlines()
    spelled = [row.split("`")[1] for row in rows if row.startswith("| `")]
    layers = [word for word in spelled if not word.startswith("merge: ")]
    assert {word.removeprefix("merge: ").split()[0] for word in spelled} == set(OPS)
    for layer in dict.fromkeys(layers):
        ran = run("summary", "-e", layer, "--input", "64x28x28", "--field", "macs")
        assert (ran.code, ran.err) == (0, ""), layer
