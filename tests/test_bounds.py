"""Each stated limit: what is as large as it works, what is one larger is an error that says so."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from bounds import BOUNDS, HEAD, Bound
from examples import first

from convcalc.language.document import MAX_VARIANTS
from convcalc.network.receptive import MAX_FIELD
from convcalc.text.problems import MAX_PROBLEMS


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def at(run: Callable, bound: Bound, n: int) -> tuple[int, str, str]:
    Path("spec.yaml").write_text(bound.make(n))
    return run(*bound.ask(n).split())


@pytest.mark.parametrize(
    "bound", [one for one in BOUNDS if not one.takes_long], ids=lambda one: one.what
)
def test_what_is_at_the_limit_works(run: Callable, bound: Bound) -> None:
    code, out, err = at(run, bound, bound.limit)
    assert code == 0
    assert err == "" or err.startswith("convcalc: spec.yaml: nothing uses ")
    assert out


@pytest.mark.parametrize(
    "bound",
    [pytest.param(one, marks=pytest.mark.full) if one.takes_long else one for one in BOUNDS],
    ids=lambda one: one.what,
)
def test_one_beyond_the_limit_is_refused(run: Callable, bound: Bound) -> None:
    code, out, err = at(run, bound, bound.limit + 1)
    assert (code, out) == (2, "")
    assert re.match(r"(spec\.yaml:\d+:\d+: )?error: ", err)
    assert len(err) < 10_000
    assert err.count("error: ") == 1


def test_no_more_than_the_most_problems_are_shown(run: Callable) -> None:
    for count in (MAX_PROBLEMS, MAX_PROBLEMS + 1):
        Path("spec.yaml").write_text(HEAD + "layers:\n" + "- nothing\n" * count)
        err = run("summary", "spec.yaml").err
        assert err.count("error: ") == MAX_PROBLEMS
        said = "" if count == MAX_PROBLEMS else "; the first 1,000 are shown"
        assert err.endswith(f"\n{count:,} errors in spec.yaml{said}\n")


@pytest.mark.parametrize(
    "line",
    ["- nothing", "-", "- x: &a", "- \t", "- *a", "- !x y", "- {<<: a}", "- conv 1x1", "- $q"],
)
def test_a_file_full_of_errors_is_answered_in_few_words(run: Callable, line: str, full: bool) -> None:
    Path("spec.yaml").write_text(HEAD + "layers:\n" + f"{line}\n" * (5_000 if full else 2_000))
    ran = run("summary", "spec.yaml")
    assert ran.code == 2
    assert len(ran.err) < 300_000


def test_a_check_tells_no_more_problems_either(run: Callable) -> None:
    Path("spec.yaml").write_text(HEAD + "layers:\n" + "- nothing\n" * 2_000)
    for name in ("github", "junit", "sarif", "json"):
        ran = run("check", "spec.yaml", "--format", name)
        assert ran.code == 2
        assert ran.out.count("unknown operation") in (
            MAX_PROBLEMS,
            2 * MAX_PROBLEMS,
        )  # JUnit says it twice


def test_a_receptive_field_beyond_the_limit_is_not_known(run: Callable) -> None:
    """Strides multiply however small the maps are: without a limit, to millions of digits."""
    layers = "{repeat: 500, layers: conv 1x1/1000000000 1}"
    Path("spec.yaml").write_text(f"input: [1, 1, 1]\nlayers: {layers}\n")
    ran = run("summary", "spec.yaml", "--format", "csv")
    rows = [line.split(",") for line in ran.out.splitlines()]
    column = rows[0].index("stride")
    assert ran.code == 0
    assert rows[1][column] == "1000000000x1000000000"
    assert rows[2][column] == f"{MAX_FIELD}x{MAX_FIELD}"
    assert {row[column] for row in rows[3:]} == {""}


def test_counts_of_many_digits_are_exact(run: Callable) -> None:
    size = 10**12
    layer = f"conv {size}x{size} {size}"
    Path("spec.yaml").write_text(f"input: [{size}, {size}, {size}]\nlayers: [{layer}, {layer}]\n")
    assert run("summary", "spec.yaml", "--field", "params").out == f"{2 * 10**48}\n"
    assert run("summary", "spec.yaml", "--field", "macs").out == f"{2 * 10**72}\n"
    for command in ("summary", "compare", "explain", "reconcile"):
        for name in ("table", "markdown", "csv", "json"):
            assert run(command, "spec.yaml", "--format", name).code == 0


def test_a_share_of_a_huge_budget_is_exact(run: Callable) -> None:
    size = 10**12
    Path("spec.yaml").write_text(
        f"input: [{size}, {size}, {size}]\nlayers: conv {size}x{size} {size}\n"
        "variants: {a: {}, b: {budget: {macs: {max: 0.999999999999999999, of: a}}}}\n"
    )
    ran = run("check", "spec.yaml", "--format", "csv")
    assert ran.code == 1
    assert f",{10**72 - 10**54},{10**72}," in ran.out


@pytest.mark.parametrize("count", first([2_000, 20_000]))
def test_rules_for_many_layers_are_found_at_once(run: Callable, count: int) -> None:
    """A look at every layer for every rule would be hundreds of millions of steps."""
    layers = "".join(f"- n{number}: relu\n" for number in range(count))
    rules = "".join(f"    n{number}: {{params: 0}}\n" for number in range(count))
    Path("spec.yaml").write_text(f"{HEAD}layers:\n{layers}budget:\n  layers:\n{rules}")
    assert run("check", "spec.yaml", "-q").code == 0


@pytest.mark.parametrize(("spec", "times"), [("spec.yaml", 1), ("spec.yaml#v0", 2)])
def test_variants_that_are_compared_are_read_once(
    run: Callable, monkeypatch: pytest.MonkeyPatch, spec: str, times: int
) -> None:
    from convcalc.network import loading

    read = []
    original = loading.read
    monkeypatch.setattr(
        loading, "read", lambda text, report: read.append(text) or original(text, report)
    )
    variants = "".join(f"  v{n}: {{budget: {{params: {{max: 1, of: v{n + 1}}}}}}}\n" for n in range(20))
    rules = "".join(f"r{n}: {{params: {{max: 1, of: v{n}}}}}, " for n in range(1, 20))
    layers = ", ".join(f"r{n}: relu" for n in range(1, 20)).replace(", ", "}, {")
    variants = variants.replace("v0: {budget: {", f"v0: {{budget: {{layers: {{{rules}}}, ", 1)
    Path("spec.yaml").write_text(f"{HEAD}layers: [{{{layers}}}]\nvariants:\n{variants}  v20: {{}}\n")
    assert run("check", spec).code == 0
    assert len(read) == times


@pytest.mark.parametrize("count", first([1_000, MAX_VARIANTS]))
def test_many_variants_that_are_compared_with_each_other_end_soon(run: Callable, count: int) -> None:
    """To look each up among all would be a hundred million comparisons."""
    budget = "budget: {{params: {{max: 1, of: v{0}}}}}"
    variants = "".join(f" v{n}: {{{budget.format((7 * n + 1) % count)}}}\n" for n in range(count))
    Path("spec.yaml").write_text(f"{HEAD}layers: relu\nvariants:\n{variants}")
    start = time.process_time()
    assert run("check", "spec.yaml", "-q").code == 0
    assert time.process_time() - start < 20  # 2 for the most, on a quiet machine
