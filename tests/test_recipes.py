"""What people come for, tried as docs/recipes.md tells it; figures of the networks by hand."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from docs_shell import GIT

PAGE = (Path(__file__).parents[1] / "docs" / "recipes.md").read_text("utf-8")


pytestmark = pytest.mark.usefixtures("folder")


def example(language: str, start: str = "") -> str:
    """The first example of the page in a language that starts so."""
    return re.search(rf"^```{language}\n({start}.*?)^```$", PAGE, re.M | re.S)[1]


def test_the_largest_mobilenet_v1_that_a_device_holds(run):
    words = re.search(r"^\$ convcalc (sweep.*\\\n.*)$", PAGE, re.M)[1].replace("\\\n", "").split()
    (row,) = json.loads(run(*words, "--format", "json").out)["rows"]
    assert row["parameters"] == {"alpha": 0.644}
    limits = {"macs": 300_000_000, "weight_bytes": 2_000_000}
    assert {name: row[name] + row[f"{name}_left"] for name in limits} == limits
    # The next width is within the multiply-adds and not within the bytes.
    (wider,) = json.loads(run("sweep", words[1], "alpha=0.645", "--format", "json").out)["rows"]
    assert wider["params"] > 2_000_000
    assert wider["macs"] < 300_000_000


def git(*words: str) -> None:
    subprocess.run(["git", *words], check=True, capture_output=True, env=os.environ | GIT)


def test_a_pull_request_that_changes_a_parameter_of_six_variants(run):
    spec = Path("stem.yaml")
    spec.write_text(example("yaml"))
    git("init", "-q", "-b", "main", ".")
    git("add", "-A")
    git("commit", "-q", "-m", "A stem")
    assert run("check", "stem.yaml").code == 0
    spec.write_text(spec.read_text().replace("w: 32", "w: 40"))
    found = json.loads(run("diff", "--since", "main", "--format", "json").out)
    # Three variants have the file's own width. Of `deep` the stem has 9·3·40 weights at 112² places, and
    # the four blocks 9·40·80 + 3·9·80·80: (1,080 + 28,800 + 172,800)·12,544 + 800 multiply-adds.
    changed = {one["variant"]: one for one in found["diffs"] if one["changed"]}
    assert list(changed) == ["base", "deep", "lowres"]
    assert changed["deep"]["totals"]["macs"]["now"] == 202_680 * 12_544 + 800
    broken = {
        one["variant"]: [rule["rule"] for rule in one["budget"] if not rule["passed"]]
        for one in found["diffs"]
    }
    assert {variant: rules for variant, rules in broken.items() if rules} == {"deep": ["budget.macs"]}
    out = run("diff", "--since", "main").out
    assert "stem.yaml:3   parameters.w 32 → 40" in out
    assert re.search(r"~ stem#deep .*✗ macs\n", out)
    # 42,418,720 of 2.5 G
    over = "2,542,418,720 multiply-adds, 42,418,720 over its budget of 2,500,000,000 (+1.7 %)"
    assert f"✗ stem#deep has {over}   stem.yaml:10:39" in out
    assert run("check", "stem.yaml").code == 1


def test_a_budget_in_bytes_that_a_change_breaks(run):
    text = "input: [3, 8, 8]\nparameters: {w: 4}\nlayers: conv 1x1 $w\nvariants: {a: {}, b: {}}\n"
    budget = "budget: {weight_bytes: {max: 12, dtype: int8}}\n"
    Path("old.yaml").write_text(f"name: net\n{text}{budget}")
    Path("new.yaml").write_text(f"name: net\n{text.replace('w: 4', 'w: 5')}{budget}")
    out = run("diff", "old.yaml", "new.yaml").out
    assert out.count("✗ weight_bytes\n") == 2
    assert out.count("has 15 bytes of weights (int8), 3 over its budget of 12 (+25.0 %)") == 2
    found = json.loads(run("diff", "old.yaml", "new.yaml", "--format", "json").out)["diffs"]
    assert [one["budget"] for one in found] == [
        [
            {
                "rule": "budget.weight_bytes",
                "relation": "max",
                "limit": 12,
                "actual": 15,
                "excess": 3,
                "passed": False,
                "level": "error",
                "dtype": "int8",
                "message": None,
                "file": "new.yaml",
                "line": 6,
                "column": 25,
                "failed_before": False,
            }
        ]
    ] * 2


@pytest.fixture
def make(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs a rule of the page's Makefile."""
    if not shutil.which("make"):
        pytest.skip("needs make")
    (folder / "bin").mkdir()
    command = folder / "bin" / "convcalc"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m convcalc "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    Path("Makefile").write_text(example("make"))

    def make(rule: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["make", rule], capture_output=True, text=True, check=False)

    return make


@pytest.mark.full
def test_a_build_that_fails_when_one_of_fifty_networks_grows(make):
    nets = Path("nets")
    nets.mkdir()
    for number in range(50):
        # 100·100 weights, at 4² places
        (nets / f"net{number}.yaml").write_text("input: [100, 4, 4]\nlayers: conv 1x1 100\n")
    assert make("costs").returncode != 0  # there is no lock yet
    assert make("accept-costs").returncode == 0
    assert make("costs").returncode == 0
    (nets / "net7.yaml").write_text("input: [100, 4, 4]\nlayers: conv 1x1 102\n")
    assert make("costs").returncode == 0  # 2 % and no more
    (nets / "net31.yaml").write_text("input: [100, 4, 4]\nlayers: conv 1x1 103\n")
    ran = make("costs")
    assert ran.returncode != 0
    assert re.findall(r"✗ (net\d+) +(params|macs)", ran.stdout) == [
        ("net31", "params"),
        ("net31", "macs"),
    ]
    assert "2 of 100 figures grew too much" in ran.stdout
    assert make("accept-costs").returncode == 0
    assert make("costs").returncode == 0


def test_a_table_of_three_networks_for_a_paper(run):
    line = re.search(r"^\$ convcalc (compare.*)$", PAGE, re.M)[1]
    assert run(*line.replace("'", "").split()).code == 0
    table = Path("table.tex").read_text("utf-8")
    rows = [row.split(" & ") for row in table.splitlines() if " & " in row]
    # torchvision's parameters of the three
    assert [row[:2] for row in rows] == [
        ["network", "params"],
        ["vgg16", "138,357,544"],
        ["resnet18", "11,689,512"],
        [r"mobilenet\_v2", "3,504,872"],
    ]
    assert len({len(row) for row in rows}) == 1
