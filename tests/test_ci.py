"""What other repositories use of this one: the steps of the action, and the pre-commit hook."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from glob import glob
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from docs_shell import GIT

from convcalc import __version__

ROOT = Path(__file__).resolve().parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))

# Git and pip as they are without anybody's own settings, and pip without the network: what is
# installed here builds the package, and is found by it.
ENVIRONMENT = {
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
    **GIT,
    "GIT_ALLOW_PROTOCOL": "file",
    "PIP_NO_BUILD_ISOLATION": "0",
    "PIP_NO_DEPS": "1",
    "PIP_NO_INDEX": "1",
    "PYTHONUTF8": "1",
}

# It installs the package first, and each run of its steps starts some ten programs.
runs_the_action = pytest.mark.full

WIDER = "[conv 1x1 192, conv 3x3 128]"


def sh(command: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A command as a workflow's `shell: bash` runs it."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command],
        cwd=folder,
        env=ENVIRONMENT | more,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


def must(command: str, folder: Path, **more: str) -> str:
    done = sh(command, folder, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of this repository that a package needs, in a repository of their own."""
    folder = tmp_path_factory.mktemp("convcalc")
    for name in ("cli", "configs", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "action.yml"):
        shutil.copy(ROOT / name, folder)
    must("git init -q -b main . && git add -A && git commit -q -m convcalc", folder)
    return folder


@pytest.fixture(scope="module")
def installed(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's folder in which the action's first step has installed the program."""
    runner = tmp_path_factory.mktemp("runner")
    must(STEPS["Install convcalc"]["run"], runner, ACTION=str(sources), RUNNER_TEMP=str(runner))
    return runner


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A repository whose branch `wide` made a convolution wider, and which leaves `main` as it is."""
    origin = tmp_path / "origin"
    (origin / "configs").mkdir(parents=True)
    shutil.copy(ROOT / "configs" / "inception3a.yaml", origin / "configs")
    must("git init -q -b main . && git add -A && git commit -q -m base && git switch -q -c wide", origin)
    must(f"sed -i 's/.conv 1x1 96, conv 3x3 128./{WIDER}/' configs/inception3a.yaml", origin)
    must("git commit -q -a -m 'A wider branch'", origin)
    return origin


@pytest.fixture
def checkout(origin: Path) -> Path:
    """A checkout of the branch's last commit alone."""
    must(f"git clone -q --depth=1 --branch wide file://{origin} checkout", origin.parent)
    return origin.parent / "checkout"


@pytest.fixture
def act(installed: Path, tmp_path: Path) -> Callable[..., Any]:
    """Runs the steps of the action in a checkout with these inputs, as a runner does.

    A step runs if nothing before it failed; the picture needs a report, and the last one always
    runs. What is answered is the exit code that the job ends with, and what was printed.
    """

    def act(folder: Path, environment: dict[str, str] | None = None, **inputs: str) -> Ran:
        known = {name: one.get("default", "") for name, one in ACTION["inputs"].items()}
        values = known | {"base": "main"} | {name.replace("_", "-"): inputs[name] for name in inputs}
        summary, output = tmp_path / "summary", tmp_path / "output"
        summary.write_text("")
        commit, reported, ran = "", False, Ran(0, "", "", "")
        for name in ("Find the base", "Show what changed", "Draw what changed", "Check"):
            if ran.code and name in ("Find the base", "Show what changed"):
                continue
            if name == "Draw what changed" and not reported:
                continue
            output.write_text("")
            given = {}
            for variable, expression in STEPS[name]["env"].items():
                text = expression.replace("${{ steps.base.outputs.commit }}", commit)
                for one, value in values.items():
                    text = text.replace(f"${{{{ inputs.{one} }}}}", value)
                assert "${{" not in text
                given[variable] = text
            done = sh(
                STEPS[name]["run"],
                folder / values["working-directory"],
                **given,
                **{"RUNNER_TEMP": str(installed), **(environment or {})},
                GITHUB_ACTIONS="true",
                GITHUB_OUTPUT=str(output),
                GITHUB_STEP_SUMMARY=str(summary),
            )
            outputs = dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines())
            commit = outputs.get("commit", commit)
            reported = reported or "report" in outputs
            ran = Ran(
                ran.code or done.returncode,
                ran.out + done.stdout,
                ran.err + done.stderr,
                summary.read_text("utf-8"),
            )
        return ran

    return act


class Ran(NamedTuple):
    """What came of a job."""

    code: int
    out: str
    err: str
    summary: str


@runs_the_action
def test_the_action_shows_what_changed_and_annotates_the_budgets_that_break(act, checkout, installed):
    ran = act(checkout, paths="configs/\n")
    report = (installed / "convcalc-diff.md").read_text("utf-8")
    assert report.startswith("<!-- convcalc:diff -->\n")
    assert ran.summary.startswith(report)
    drawn = ran.summary.removeprefix(report)
    assert drawn.count("```mermaid\nflowchart TD\n") == 1  # of `reduced`: `naive` is as it was
    assert "`inception3a#reduced · 192×28×28 → 256×28×28 · " in drawn
    assert '["1×1 conv, 192"]' in drawn
    assert drawn.rstrip().endswith("```")
    assert "```mermaid" not in report
    assert (
        "| ~ | `3x3/conv1` | out_channels 96 → 192 | 36,864 | +18,432 | 28,901,376 | +14,450,688 |"
        in ran.summary
    )
    assert ran.code == 1
    assert (
        "::error file=configs/inception3a.yaml,line=20,col=14,title=budget.params::"
        "inception3a#reduced has 292,352 params, 122,352 over its budget of 170,000 (+72.0 %25)\n"
    ) in ran.out


@runs_the_action
def test_the_action_is_green_where_nothing_breaks(act, checkout):
    (checkout / "configs" / "inception3a.yaml").write_text("{input: [3, 8, 8], layers: conv 1x1 5}\n")
    assert act(checkout, paths="configs/").code == 0


@runs_the_action
def test_a_network_too_large_for_a_diagram_has_none(act, checkout):
    layers = "".join(f"- c{n}: conv 3x3 {n}\n" for n in range(8, 608))
    (checkout / "configs" / "large.yaml").write_text(f"input: [3, 8, 8]\nlayers:\n{layers}")
    ran = act(checkout, paths="configs/large.yaml")
    assert ran.code == 0
    assert "**large**: added" in ran.summary
    assert "mermaid" not in ran.summary


@runs_the_action
def test_the_action_fails_where_a_network_grew_too_much(act, checkout):
    ran = act(checkout, paths="configs/", max_growth="params=130k\nmacs=5%")
    assert ran.code == 1
    assert "101,154,816 multiply-adds (+79.0 %), more than macs=5% allows" in ran.err
    assert "params=130k" not in ran.err
    assert "✗ `inception3a#reduced` grew by" in ran.summary


@runs_the_action
def test_the_action_takes_paths_with_spaces_one_a_line(act, checkout):
    (checkout / "my net.yaml").write_text(
        "{input: [3, 8, 8], layers: conv 1x1 5, budget: {params: 14}}\n"
    )
    ran = act(checkout, paths="my net.yaml\nconfigs/*.yaml", base="")
    assert "::error file=my net.yaml,line=1,col=49,title=budget.params::" in ran.out
    assert "::error file=configs/inception3a.yaml,line=20," in ran.out


@runs_the_action
def test_a_path_of_the_action_is_never_an_option(act, checkout):
    (checkout / "-q").write_text("{input: [3, 8, 8], layers: conv 1x1 5, budget: {params: 14}}\n")
    must("git add -A", checkout)
    ran = act(checkout, paths="-q\n--help")
    assert 'no file or folder "--help" here or in origin/main' in ran.err
    ran = act(checkout, paths="-q")
    assert ran.code == 1
    assert ran.summary.startswith("<!-- convcalc:diff -->\n")
    assert re.search(r"^\| \+ \| .?-q.? \| .*$", ran.summary, re.M)
    assert "::error file=-q,line=1,col=49,title=budget.params::" in ran.out


LOCK = """\
{"schema_version": 1, "networks": {
"configs/inception3a.yaml#naive": {"params": 380000, "macs": 303464448},
"configs/inception3a.yaml#reduced": {"params": 163328, "macs": 128049152}}}
"""


@runs_the_action
def test_the_action_checks_against_a_baseline_and_the_same_growth(act, checkout):
    (checkout / "lock.json").write_text(LOCK)
    growths = "params=2%\nmacs=80%"
    ran = act(checkout, paths="configs/", baseline="lock.json", max_growth=growths, base="")
    broken = re.findall(r"^::error .*title=(baseline\.\w+)::(\S+)", ran.out, re.M)
    # 387,072 are 1.9 % more than 380,000; 292,352 are 79 % more than 163,328.
    assert broken == [("baseline.params", "inception3a#reduced")]


@runs_the_action
def test_a_file_that_the_change_deletes_fails_nothing(act, origin):
    must("cp configs/inception3a.yaml configs/other.yaml && git add -A", origin)
    must("git commit -q -m more && git branch -f main && git rm -q configs/other.yaml", origin)
    must("git commit -q -m 'One less'", origin)
    must(f"git clone -q --depth=1 --branch wide file://{origin} checkout", origin.parent)
    checkout = origin.parent / "checkout"
    for path in ("configs/o*.yaml", "configs/other.yaml", "./configs/other.yaml"):
        ran = act(checkout, paths=path)
        assert (ran.code, ran.err) == (0, f"convcalc: {path} was deleted since origin/main\n")
        assert re.search(r"^\| − \| .*inception3a#reduced.*$", ran.summary, re.M)
    ran = act(checkout, paths="configs/other.yaml\nconfigs/inception3a.yaml")
    assert ran.code == 1
    assert "title=budget.params::inception3a#reduced" in ran.out
    assert act(checkout, paths="configs/none.yaml").code == 2


# ---- what the runner has: other histories, owners and names

HOSTILE = ("convcalc", "pip", "yaml", "click", "glob", "sitecustomize", "usercustomize", "rich", "re")


@pytest.fixture
def spoiled(checkout: Path, tmp_path: Path) -> Path:
    """A file that is there as soon as Python imports something of the checkout."""
    spoiled = tmp_path / "spoiled"
    for folder in (checkout, checkout / "configs"):
        for name in HOSTILE:
            package = folder / name
            package.mkdir()
            for file in (folder / f"{name}.py", package / "__init__.py", package / "__main__.py"):
                file.write_text(f"open({str(spoiled)!r}, 'a').write(__file__ + chr(10))\n")
    return spoiled


@runs_the_action
def test_nothing_of_the_checkout_is_ever_imported(act, sources, checkout, spoiled, tmp_path):
    """Neither from the top nor from a folder, as a module or a package, also with PYTHONPATH."""
    sh(f"{sys.executable} -m convcalc --version", checkout)
    assert spoiled.exists()  # so the test would see it
    spoiled.unlink()

    environment = {"PYTHONPATH": str(checkout)}
    runner = tmp_path / "other-runner"
    runner.mkdir()
    names = {"ACTION": str(sources), "RUNNER_TEMP": str(runner)}
    must(STEPS["Install convcalc"]["run"], checkout, **environment, **names)
    assert (runner / "convcalc" / "convcalc" / "__main__.py").is_file()
    judged_in_spite_of(spoiled, act(checkout, environment, **IN_CONFIGS))


@runs_the_action
def test_nothing_of_the_checkout_is_imported_by_python_3_10(act, sources, checkout, spoiled, tmp_path):
    """Which has no -P, and does not hear PYTHONSAFEPATH."""
    places = glob(os.path.expanduser("~/.pyenv/versions/3.10.*/bin/python3.10"))
    for python in filter(None, [shutil.which("python3.10"), *places]):
        if sh(f"{python} -m pip --version", tmp_path).returncode == 0:
            break
    else:
        pytest.skip("Python 3.10 is not installed")
    programs, runner = tmp_path / "programs", tmp_path / "runner"
    for folder in (programs, runner):
        folder.mkdir()
    (programs / "python3").symlink_to(python)
    # A wheel needs no build, and nothing from the network.
    must(f"{sys.executable} -m pip wheel -q -w {runner} {sources}", tmp_path)
    (wheel,) = runner.glob("*.whl")
    environment = {"PYTHONPATH": str(checkout), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    names = {"ACTION": str(wheel), "RUNNER_TEMP": str(runner)}
    must(STEPS["Install convcalc"]["run"], checkout, **environment, **names)
    for name in ("click", "rich", "yaml", "markdown_it", "mdurl", "pygments"):
        package = Path(sysconfig.get_paths()["purelib"]) / name
        if package.is_dir():
            shutil.copytree(package, runner / "convcalc" / name)
    environment["RUNNER_TEMP"] = str(runner)
    judged_in_spite_of(spoiled, act(checkout, environment, **IN_CONFIGS))


IN_CONFIGS = {"paths": "inception3a.yaml", "working_directory": "configs"}


def judged_in_spite_of(spoiled: Path, ran: Ran) -> None:
    assert not spoiled.exists(), spoiled.read_text()
    assert ran.code == 1
    assert "out_channels 96 → 192" in ran.summary
    assert "title=budget.params::inception3a#reduced" in ran.out


def test_every_python_of_the_action_is_isolated_and_writes_utf_8():
    """-I is in every Python 3; -P and PYTHONSAFEPATH are not in 3.10, and -I hears no PYTHONUTF8."""
    for step in STEPS.values():
        assert re.findall(r"python\S*(?: -I -X utf8)?", step["run"]) in (
            [],
            ["python3 -I -X utf8"],
        )


@pytest.fixture
def pull_request(origin: Path) -> Path:
    """The origin with what GitHub checks out of a pull request; `main` has moved on meanwhile."""
    must("git switch -q --detach main && git merge -q --no-ff -m merged wide", origin)
    must("git update-ref refs/pull/1/merge HEAD && git switch -q main", origin)
    grown = "{input: [3, 8, 8], layers: conv 3x3 500}\n"
    for number in range(3):
        (origin / "configs" / f"grown{number}.yaml").write_text(grown)
        must("git add -A && git commit -q -m 'Grown'", origin)
    return origin


@runs_the_action
@pytest.mark.parametrize("depth", [1, 2])
def test_a_pull_request_is_not_blamed_for_what_its_base_did_since(act, pull_request, depth):
    folder = pull_request.parent
    must("git init -q checkout", folder)
    checkout = folder / "checkout"
    fetch = f"git fetch -q --depth={depth} origin +refs/pull/1/merge:refs/remotes/pull/1/merge"
    must(f"git remote add origin file://{pull_request} && {fetch}", checkout)
    must("git checkout -q --force refs/remotes/pull/1/merge", checkout)
    ran = act(checkout, paths="configs/")
    assert "out_channels 96 → 192" in ran.summary
    assert "grown" not in ran.summary
    assert "common" not in ran.summary


@runs_the_action
def test_a_base_without_a_common_commit_is_named_in_the_summary(act, checkout, tmp_path):
    """As where the history cannot be fetched: the base's last commit is here, and nothing between."""
    must("git fetch -q --depth=1 origin +refs/heads/main:refs/remotes/origin/main", checkout)
    must(f"git remote set-url origin file://{tmp_path}/nowhere", checkout)
    ran = act(checkout, paths="configs/")
    note = "this shallow clone has no common commit with origin/main; compared with origin/main itself"
    assert f"Note: `{note}`\n" in ran.summary
    assert "out_channels 96 → 192" in ran.summary


@runs_the_action
def test_a_base_that_cannot_be_had_is_said_in_a_sentence(act, checkout, tmp_path):
    must(f"git remote set-url origin file://{tmp_path}/nowhere", checkout)
    ran = act(checkout, paths="configs/")
    assert ran.code == 2
    assert (
        "::error title=convcalc::the branch main is not here and cannot be fetched; "
        "check out with fetch-depth: 0\n"
    ) in ran.out
    assert "title=budget.params::" in ran.out  # budgets are checked all the same


@runs_the_action
def test_the_action_never_shortens_a_history(act, origin):
    must(f"git clone -q --branch wide file://{origin} checkout", origin.parent)
    checkout = origin.parent / "checkout"
    must(
        "git update-ref -d refs/remotes/origin/main && git update-ref -d refs/remotes/origin/HEAD",
        checkout,
    )
    assert "out_channels 96 → 192" in act(checkout, paths="configs/").summary
    assert must("git rev-parse --is-shallow-repository", checkout) == "false\n"


@runs_the_action
def test_a_checkout_of_another_owner_is_said_in_a_sentence(act, checkout):
    """As in a job's container."""
    ran = act(checkout, {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}, paths="configs/")
    assert ran.code == 2
    (line, *_) = ran.out.splitlines()
    assert line.startswith(
        "::error title=convcalc::git cannot read this checkout: fatal: detected dubious"
    )
    assert line.endswith(f"git config --global --add safe.directory {checkout}")


def test_every_step_of_the_action_gets_its_inputs_by_the_environment():
    """An expression within a script would let a branch's name run commands."""
    for step in STEPS.values():
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def example(page: str, number: int) -> Any:
    """One of a page's workflows."""
    blocks = (ROOT / page).read_text("utf-8").split("```yml\n")[1:]
    return yaml.safe_load(blocks[number].split("```")[0])


@pytest.mark.parametrize("page", ["docs/ci.md"])
def test_an_example_workflow_gives_inputs_that_the_action_has(page):
    (job,) = example(page, 0)["jobs"].values()
    (ours,) = [step for step in job["steps"] if "convcalc" in step["uses"]]
    required = {name for name, one in ACTION["inputs"].items() if one.get("required")}
    assert required <= ours["with"].keys() <= ACTION["inputs"].keys()


def test_what_others_use_of_this_repository_is_named_by_a_tag_that_never_moves():
    """pre-commit refuses the name of a branch as mutable."""
    text = "".join((ROOT / page).read_text("utf-8") for page in ("README.md", "docs/ci.md"))
    named = re.findall(r"OWNER/convcalc(?:@|\n +rev: )([^\s,}]+)", text)
    assert named == [f"v{__version__}"] * 2


def test_the_commands_without_the_action_leave_the_history_whole(origin):
    """As in a checkout with `fetch-depth: 0`, whose base has moved on."""
    page = (ROOT / "docs" / "ci.md").read_text("utf-8")
    commands = page.split("```sh\n")[1].split("```")[0]
    must(f"git clone -q --branch wide file://{origin} checkout", origin.parent)
    must("git switch -q main && git commit -q --allow-empty -m 'Moved on'", origin)
    checkout, summary = origin.parent / "checkout", origin.parent / "summary"
    commits = must("git rev-list --count HEAD", checkout)
    environment = {"GITHUB_BASE_REF": "main", "GITHUB_STEP_SUMMARY": str(summary)}
    assert sh(commands, checkout, **environment).returncode == 1
    assert "out_channels 96 → 192" in summary.read_text("utf-8")
    assert must("git rev-list --count HEAD", checkout) == commits
    assert must("git rev-parse --is-shallow-repository", checkout) == "false\n"


# A `gh` that keeps comments in a file, and knows what the steps on the page ask of it.
GH = """#!{python}
import json, re, sys
from pathlib import Path

words = sys.argv[1:]
assert words.pop(0) == "api"
kept = Path("comments.json")
comments = json.loads(kept.read_text("utf-8"))
path = next(word for word in words if word.startswith("repos/"))
if "--jq" in words:
    assert path == "repos/o/r/issues/7/comments"
    asked = words[words.index("--jq") + 1]
    mark = asked.split('"')[1]
    assert asked == f'.[] | select(.body | startswith("{{mark}}")) | .id'
    print(*(one["id"] for one in comments if one["body"].startswith(mark)), sep="\\n")
else:
    method, field = words[words.index("--method") + 1], words[words.index("-F") + 1]
    body = Path(field.removeprefix("body=@")).read_text("utf-8")
    if method == "POST":
        assert path == "repos/o/r/issues/7/comments"
        comments.append({{"id": 100 + len(comments), "body": body}})
    else:
        assert method == "PATCH"
        (one,) = [one for one in comments if path == f"repos/o/r/issues/comments/{{one['id']}}"]
        one["body"] = body
    kept.write_text(json.dumps(comments), "utf-8")
"""


def test_the_steps_of_the_page_keep_one_comment(tmp_path):
    (step,) = example("docs/ci.md", 1)
    others = [{"id": 5, "body": "Nice"}, {"id": 6, "body": "quotes <!-- convcalc:diff -->"}]
    (tmp_path / "comments.json").write_text(json.dumps(others), "utf-8")
    (tmp_path / "gh").write_text(GH.format(python=sys.executable), "utf-8")
    (tmp_path / "gh").chmod(0o755)
    search = f"{tmp_path}{os.pathsep}{ENVIRONMENT['PATH']}"
    for text in ("first", "second", "third"):
        body = f"<!-- convcalc:diff -->\n{text}\n"
        (tmp_path / "a report.md").write_text(body, "utf-8")
        environment = {"REPORT": "a report.md", "COMMENTS": "repos/o/r/issues/7/comments"}
        assert environment.keys() | {"GH_TOKEN"} == step["env"].keys()
        must(step["run"], tmp_path, PATH=search, **environment)
        now = json.loads((tmp_path / "comments.json").read_text("utf-8"))
        assert now == [*others, {"id": 102, "body": body}]


def test_the_example_of_a_pre_commit_hook_names_one_that_is_there():
    named = {hook["id"] for repo in example("docs/ci.md", -1)["repos"] for hook in repo["hooks"]}
    assert named == {hook["id"] for hook in HOOKS}


@pytest.mark.full
def test_the_pre_commit_hook_fails_where_a_budget_breaks(sources, checkout, tmp_path):
    """Installed once, as others have it."""
    site = sysconfig.get_paths()["purelib"]
    environment = {"PRE_COMMIT_HOME": str(tmp_path / "home"), "PYTHONPATH": site}
    revision = must("git rev-parse HEAD", sources).strip()
    repo = {"repo": str(sources), "rev": revision, "hooks": [{"id": "convcalc-check"}]}
    (checkout / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repo]}))
    hook = f"{sys.executable} -m pre_commit run"
    (checkout / ".github").mkdir()
    (checkout / ".github" / "other.yml").write_text("on: push\n")
    must("git add -A", checkout)
    done = sh(f"{hook} --all-files --verbose", checkout, **environment)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "✗ budget.params      ≤ 170,000      292,352" in done.stdout
    assert "other.yml" not in done.stdout
    must("git checkout -q -b fixed && sed -i 's/1x1 192/1x1 96/' configs/inception3a.yaml", checkout)
    assert "Passed" in must(f"{hook} --all-files", checkout, **environment)
