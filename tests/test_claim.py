"""A number that is quoted: what is found to explain it, and what is said of it."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

import convcalc
from convcalc.counters.claim import Answer, Reading, explain_claim, read_claim
from convcalc.counters.reconcile import reconcile
from convcalc.network.overrides import Overrides
from convcalc.specs.opening import load_spec
from convcalc.text.problems import UsageError


def answer(text: str, spec: str, functional: tuple[str, ...] = ()) -> Answer:
    def retry(shape: tuple[int, ...] | None, defaults: str) -> Any:
        try:
            return None if defaults else load_spec(spec, Overrides(input_shape=shape))[0]
        except convcalc.SpecError:
            return None

    return explain_claim(read_claim(text), load_spec(spec, Overrides())[0], retry, functional)


def counters(found: Answer) -> list[tuple[str, ...]]:
    return [names(reading) for reading in found.readings]


def names(reading: Reading) -> tuple[str, ...]:
    return tuple(counter.name for counter in reading.counters)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("1.51G", 1_505_000_000, 1_515_000_000),
        ("4.1G", 4_050_000_000, 4_150_000_000),
        ("4G", 3_500_000_000, 4_500_000_000),
        ("25.6M", 25_550_000, 25_650_000),
        ("1.2345k", 1235, 1234),
        ("128049152", 128_049_152, 128_049_152),
        ("128,049,152", 128_049_152, 128_049_152),
    ],
)
def test_the_number_as_written_states_its_precision(text: str, low: int, high: int) -> None:
    if low > high:  # between 1,234.45 and 1,234.55 there is no whole number
        with pytest.raises(UsageError):
            read_claim(text)
        return
    claim = read_claim(text)
    assert (claim.low, claim.high) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        *("0", "0.00G", "-1", "1e9", "1.5", "", " ", "G", "1.G", ".5G", "1,5", "1g", "4.1 GFLOPs"),
        *("9" * 50, "1000000001G", "１", "1\n2", "[red]"),
    ],
)
def test_what_is_no_number_is_refused(run: Any, text: str) -> None:
    ran = run("reconcile", "conv1x1", "--claim", text)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith("error: --claim must be a number such as 1.51G")


def test_another_number_is_quoted_as_the_claim_is() -> None:
    assert read_claim("1.51G").quoted(1_498_376_192) == "1.50G"
    assert read_claim("2G").quoted(1_498_376_192) == "1G"
    assert read_claim("2.0G").quoted(1_450_000_000) == "1.5G"
    assert read_claim("7").quoted(1_498_376_192) == "1,498,376,192"


def test_the_closest_explanations_come_first() -> None:
    found = answer("1.51G", "googlenet_torchvision", ("relu",))
    assert found.explains
    assert [(names(reading), reading.number) for reading in found.readings] == [
        (("thop",), 1_511_332_032),
        (("flopth",), 1_507_754_400),
        (("ptflops",), 1_513_907_448),
    ]


def test_multiply_adds_alone_come_first_among_those_as_close() -> None:
    found = answer("4.1G", "resnet50#v1.5")
    assert counters(found)[0] == ("convcalc", "calflops MACs")
    assert found.best.unit == "multiply-adds"
    assert answer("8.2G", "resnet50#v1.5").best.unit == "FLOPs"


def test_counters_that_agree_are_one_reading() -> None:
    found = answer("128049152", "inception3a#reduced")
    assert counters(found) == [
        ("convcalc", "fvcore", "thop", "torchinfo", "ptflops aten", "calflops MACs")
    ]


def test_parameters_are_read_too_with_and_without_running_statistics() -> None:
    # Keras' MobileNetV2 counts 34,112 moving means and variances among its 3,538,984.
    found = answer("3,538,984", "mobilenet_v2")
    assert [reading.unit for reading in found.readings] == ["params"]
    assert counters(found) == [("params + buffers", "onnx-tool")]


def test_another_input_size_is_tried_where_the_own_does_not_explain() -> None:
    # torchvision's inception_v3 at 224×224, which many tables have: 2,840,000,000 or so
    found = answer("2.84G", "inception_v3")
    assert {reading.input for reading in found.readings} == {(3, 224, 224)}
    assert ("convcalc", "calflops MACs") in counters(found)


def test_a_batch_is_tried_with_the_counters_that_multiply_by_it() -> None:
    macs = convcalc.load("resnet18").total.macs
    found = answer(str(16 * macs), "resnet18")
    # The one counts each multiply-add once, the other twice; ptflops and flopth print for one image.
    assert [(names(reading), reading.batch) for reading in found.readings] == [
        (("calflops MACs",), 16),
        (("FlopCounterMode",), 8),
    ]


def test_a_batch_of_a_counter_that_prints_for_one_image_is_none() -> None:
    figures = reconcile(convcalc.load("resnet18")).figures
    prints = {figure.convention.key: figure.prints or 0 for figure in figures}
    assert answer(str(4 * prints["thop"]), "resnet18").explains
    assert not answer(str(4 * prints["ptflops"]), "resnet18").explains


def test_a_size_at_which_the_network_does_not_fit_is_passed_over(run: Any) -> None:
    # Below 299 the first convolution's kernel does not fit.
    body = "[conv 250x250 1 valid]"
    arguments = ["reconcile", "--input", "3x299x299", "-e", body, "--claim"]
    # 250·250·3·7·7 multiply-adds at 256
    ran = run(*arguments, "9187500", "--format", "json")
    readings = json.loads(ran.out)["claims"][0]["readings"]
    assert ran.code == 0
    assert readings[0]["input"] == [3, 256, 256]


def test_only_images_are_resized(run: Any) -> None:
    arguments = ["reconcile", "--input", "4x224x224", "-e", "conv 1x1 1", "--claim"]
    assert run(*arguments, str(4 * 224 * 224)).code == 0
    assert run(*arguments, str(4 * 256 * 256)).code == 1


@pytest.mark.parametrize("body", ["[]", "conv 1x1 4"])
def test_exit_code_1_says_that_nothing_explains_it(run: Any, body: str) -> None:
    ran = run("reconcile", "--input", "3x8x8", "-e", body, "--claim", "987654321")
    assert ran.code == 1
    assert "no counter yields 987654321, at no usual input size or batch" in ran.out


def test_of_several_networks_one_that_explains_it_is_enough(run: Any) -> None:
    ran = run("reconcile", "inception3a", "--claim", "128M", "--format", "json")
    claims = json.loads(ran.out)["claims"]
    assert ran.code == 0
    assert [(one["variant"], one["explained"]) for one in claims] == [
        ("naive", False),
        ("reduced", True),
    ]
    assert "calflops_macs" in claims[1]["readings"][0]["counters"]


def test_the_page_says_what_follows(run: Any) -> None:
    arguments = ["reconcile", "googlenet_torchvision", "--functional", "relu", "--claim", "1.51G"]
    lines = run(*arguments).out.splitlines()
    assert lines[0].endswith("1.51G is between 1,505,000,000 and 1,515,000,000 (as written: 2 decimals)")
    plain = "1,498,376,192 (−0.77 %), it would be quoted as 1.50G"
    assert lines[-3:-1] == [
        f" the closest that counts conv and linear alone: {plain}",
        " so: multiply-adds, not FLOPs (those would be 3.02G), batch norm and average pool included",
    ]


def test_differences_are_exact() -> None:
    assert read_claim("1.51G").value == Fraction(1_510_000_000)
    assert read_claim("1.51G").hundredths_off(1_511_332_032) == 9  # 1,332,032 of 1.51 G: 0.0882 %


def test_what_is_below_the_unit_of_the_claim_is_told_exactly(run):
    out = run("reconcile", "inception3a#naive", "--claim", "1G").out
    assert "(those would be 0G)" not in out
    assert "FLOPs, not multiply-adds (those would be 303," in out
