"""What other repositories use of this one: the steps of the action, and the pre-commit hook."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))

# Git and pip as they are without anybody's own settings, and pip without the network: what is
# installed here builds the package, and is found by it.
ENVIRONMENT = {
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_ALLOW_PROTOCOL": "file",
    "PIP_NO_BUILD_ISOLATION": "0",
    "PIP_NO_DEPS": "1",
    "PIP_NO_INDEX": "1",
    "PYTHONUTF8": "1",
}

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
def checkout(tmp_path: Path) -> Path:
    """A checkout of the last commit alone, of a branch that made a convolution wider."""
    origin = tmp_path / "origin"
    (origin / "configs").mkdir(parents=True)
    shutil.copy(ROOT / "configs" / "inception3a.yaml", origin / "configs")
    must("git init -q -b main . && git add -A && git commit -q -m base && git switch -q -c wide", origin)
    must(f"sed -i 's/.conv 1x1 96, conv 3x3 128./{WIDER}/' configs/inception3a.yaml", origin)
    must("git commit -q -a -m 'A wider branch'", origin)
    must(f"git clone -q --depth=1 --branch wide file://{origin} checkout", tmp_path)
    return tmp_path / "checkout"


@pytest.fixture
def act(installed: Path, checkout: Path, tmp_path: Path) -> Callable[..., Any]:
    """Runs a step of the action with these inputs."""

    def act(step: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        known = {name: one.get("default", "") for name, one in ACTION["inputs"].items()}
        values = (
            known | {"base": "main"} | {name.replace("_", "-"): text for name, text in inputs.items()}
        )
        given = {}
        for name, expression in STEPS[step]["env"].items():
            text = expression.replace("${{ runner.temp }}", str(installed))
            for one, value in values.items():
                text = text.replace(f"${{{{ inputs.{one} }}}}", value)
            assert "${{" not in text
            given[name] = text
        return sh(
            STEPS[step]["run"],
            checkout,
            **given,
            RUNNER_TEMP=str(tmp_path),
            GITHUB_ACTIONS="true",
            GITHUB_OUTPUT=str(tmp_path / "output"),
            GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
        )

    return act


def test_the_action_writes_the_difference_into_the_summary(act, tmp_path):
    done = act("Show what changed", paths="configs/")
    assert done.returncode == 0, done.stderr
    summary = (tmp_path / "summary").read_text("utf-8")
    assert summary.startswith("<!-- convcalc:diff -->\n")
    assert (
        "| ~ | `3x3/conv1` | out_channels 96 → 192 | 36,864 | +18,432 | 28,901,376 | +14,450,688 |"
        in summary
    )
    assert (tmp_path / "output").read_text("utf-8") == f"report={tmp_path}/convcalc-diff.md\n"
    assert (tmp_path / "convcalc-diff.md").read_text("utf-8") == summary


def test_the_action_fails_where_a_network_grew_too_much(act, tmp_path):
    done = act("Show what changed", paths="configs/", max_growth="params=130k\nmacs=5%")
    assert done.returncode == 1
    assert "101,154,816 multiply-adds (+79.0 %), more than macs=5% allows" in done.stderr
    assert "params=130k" not in done.stderr
    assert "✗ `inception3a#reduced` grew by" in (tmp_path / "summary").read_text("utf-8")


def test_the_action_annotates_the_budgets_that_break(act):
    done = act("Check", paths="configs/\n")
    assert done.returncode == 1
    assert (
        "::error file=configs/inception3a.yaml,line=20,col=14,title=budget.params::"
        "inception3a#reduced has 292,352 params, 122,352 over its budget of 170,000 (+72.0 %25)\n"
    ) in done.stdout


def test_the_action_takes_paths_with_spaces_one_a_line(act, checkout):
    (checkout / "my net.yaml").write_text(
        "{input: [3, 8, 8], layers: conv 1x1 5, budget: {params: 14}}\n"
    )
    done = act("Check", paths="my net.yaml\nconfigs/*.yaml")
    assert "::error file=my net.yaml,line=1,col=49,title=budget.params::" in done.stdout
    assert "::error file=configs/inception3a.yaml,line=20," in done.stdout


def test_the_action_checks_against_a_baseline(act, checkout):
    (checkout / "lock.json").write_text('{"schema_version": 1, "networks": {}}\n')
    done = act("Check", paths="configs/", baseline="lock.json")
    assert "title=baseline.params::inception3a#naive has 387,072 params and is not in" in done.stdout


def test_every_step_of_the_action_gets_its_inputs_by_the_environment():
    """An expression within a script would let a branch's name run commands."""
    for step in STEPS.values():
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def example(page: str, number: int) -> Any:
    """One of a page's workflows."""
    blocks = (ROOT / page).read_text("utf-8").split("```yml\n")[1:]
    return yaml.safe_load(blocks[number].split("```")[0])


@pytest.mark.parametrize("page", ["README.md", "docs/ci.md"])
def test_an_example_workflow_gives_inputs_that_the_action_has(page):
    (job,) = example(page, 0)["jobs"].values()
    (ours,) = [step for step in job["steps"] if "convcalc" in step["uses"]]
    required = {name for name, one in ACTION["inputs"].items() if one.get("required")}
    assert required <= ours["with"].keys() <= ACTION["inputs"].keys()


def test_the_example_of_a_pre_commit_hook_names_one_that_is_there():
    named = {hook["id"] for repo in example("docs/ci.md", 1)["repos"] for hook in repo["hooks"]}
    assert named == {hook["id"] for hook in HOOKS}


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
