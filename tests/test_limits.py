"""Hostile input: refused before the work that it asks for, with a place and never a traceback."""

from __future__ import annotations

import difflib
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from examples import first

import convcalc.answers.summary
import convcalc.reader.yaml_tree
import convcalc.text.problems
import convcalc.text.wording
from convcalc.network import expansion_state, limits

HEAD = "input: [3, 8, 8]\n"
STEPS = "1,000,000 expansion steps"
ERROR = re.compile(r"spec\.yaml:[1-9]\d*:[1-9]\d*: error: \S")

Refused = Callable[[str | bytes], str]

# A text with most of the language in it.
WHOLE = """name: whole
input: [3, 8, 8]
parameters: {c: 4}
define:
  unit(a, b=$(2*c)):
    branches:
      short: identity
      long: [conv 1x1 $a, {repeat: 2, layers: relu}]
    merge: concat
layers:
  - stem: conv 3x3/2 $c
  - unit $(max(c, 8))
  - aux: linear 10
variants:
  "a": {expect: {output: [12, 4, 4]}, budget: {params: 1.5k}}
"""


pytestmark = pytest.mark.usefixtures("folder")


def write(text: str | bytes) -> str:
    Path("spec.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return "spec.yaml"


@pytest.fixture
def refused(run: Callable) -> Refused:
    """What is said of a text that is refused."""

    def refused(text: str | bytes) -> str:
        ran = run("summary", write(text), "--field", "params")
        assert ran.code == 2, ran.err[:1000]
        assert ran.out == ""
        assert ERROR.match(ran.err)
        assert "Traceback" not in ran.err
        return ran.err

    return refused


@pytest.fixture
def params(run: Callable) -> Callable[[str], int]:
    """The number of parameters of a text that is accepted."""

    def params(text: str) -> int:
        ran = run("summary", write(text), "--field", "params")
        assert (ran.code, ran.err) == (0, "")
        return int(ran.out)

    return params


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One entry for each body that an expansion visits."""
    visits: list[None] = []
    visit = expansion_state.Expander.visit

    def counted(*arguments: Any) -> Any:
        visits.append(None)
        return visit(*arguments)

    monkeypatch.setattr(expansion_state.Expander, "visit", counted)
    return visits


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of 2,000 steps, for what has to be walked until the limit is met."""
    monkeypatch.setattr(expansion_state, "MAX_STEPS", 2_000)
    monkeypatch.setattr(limits, "MAX_STEPS", 2_000)


def blocks(bodies: list[str], layers: str) -> str:
    """A text with the blocks b0, b1, ... and these layers."""
    lines = "".join(f"  b{number}: {body}\n" for number, body in enumerate(bodies))
    return f"{HEAD}define:\n{lines}layers: {layers}\n"


class TestNesting:
    """The 64th collection inside the top level's is the first that is too deep."""

    TOO_DEEP = first([65, 300, 10_000, 100_000], quick=2)

    @pytest.fixture(params=["libyaml", "python"])
    def events(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[None]:
        """One entry for each event that a parser gives, with either parser."""
        events: list[None] = []
        parser = convcalc.reader.yaml_tree.Loader if request.param == "libyaml" else yaml.SafeLoader

        class Counting(parser):
            def get_event(self) -> Any:
                events.append(None)
                return super().get_event()

        monkeypatch.setattr(convcalc.reader.yaml_tree, "Loader", Counting)
        return events

    @pytest.mark.parametrize("depth", TOO_DEEP)
    @pytest.mark.parametrize("closed", [True, False])
    def test_deep_brackets(self, refused: Refused, events: list[None], depth: int, closed: bool) -> None:
        err = refused(HEAD + "layers: " + "[" * depth + "]" * depth * closed + "\n")
        assert err.startswith("spec.yaml:2:72: error: nested more than 64 deep")
        assert len(events) < 100

    @pytest.mark.parametrize("depth", TOO_DEEP)
    @pytest.mark.parametrize("closed", [True, False])
    def test_deep_braces(self, refused: Refused, events: list[None], depth: int, closed: bool) -> None:
        err = refused(HEAD + "layers: " + "{a: " * depth + ("relu" + "}" * depth) * closed + "\n")
        assert "spec.yaml:2:261: error: nested more than 64 deep" in err
        assert len(events) < 200

    @pytest.mark.parametrize("depth", TOO_DEEP)
    def test_deep_lists_on_one_line(self, refused: Refused, events: list[None], depth: int) -> None:
        err = refused(HEAD + "layers:\n  " + "- " * depth + "relu\n")
        assert err.startswith("spec.yaml:3:129: error: nested more than 64 deep")
        assert len(events) < 100

    @pytest.mark.parametrize("depth", [65, 300, 1_500])
    def test_deep_indentation(self, refused: Refused, events: list[None], depth: int) -> None:
        lines = "".join(" " * level + "a:\n" for level in range(1, depth + 1))
        err = refused(HEAD + "layers:\n" + lines + " " * depth + " relu\n")
        assert "spec.yaml:66:65: error: nested more than 64 deep" in err
        assert len(events) < 200

    @pytest.mark.parametrize("depth", TOO_DEEP)
    def test_deep_keys(self, refused: Refused, events: list[None], depth: int) -> None:
        refused(HEAD + "layers:\n" + "? " * depth + "a\n")
        assert len(events) < 200

    @pytest.mark.parametrize(
        "layers",
        ["[" * 63 + "relu" + "]" * 63, "{a: " * 63 + "relu" + "}" * 63, "\n  " + "- " * 63 + "relu"],
        ids=["brackets", "braces", "lists"],
    )
    def test_64_levels_are_fine(
        self, params: Callable[[str], int], events: list[None], layers: str
    ) -> None:
        assert params(f"{HEAD}layers: {layers}\n") == 0

    @pytest.mark.parametrize("depth", [65, 250, 10_000, 100_000])
    @pytest.mark.parametrize("closed", [True, False])
    def test_deep_parentheses(self, refused: Refused, depth: int, closed: bool) -> None:
        err = refused(HEAD + "layers:\n  - linear $(" + "(" * depth + "1" + ")" * (depth + 1) * closed)
        assert err.startswith("spec.yaml:3:12: error: ")

    @pytest.mark.parametrize("text", ["$(" * 50_000, "(" * 100_000, ")" * 100_000, "$(max(" * 50_000])
    def test_unbalanced_parentheses(self, refused: Refused, text: str) -> None:
        err = refused(f"{HEAD}layers:\n  - linear {text}\n")
        assert err.startswith("spec.yaml:3:12: error: ")

    def test_64_parentheses_are_fine(self, params: Callable[[str], int]) -> None:
        # 3·8·8 features and one unit
        assert params(f"{HEAD}layers:\n  - linear $({'(' * 64}1{')' * 64})\n") == 192


class TestAliases:
    def test_aliases_of_aliases_are_not_followed(self, refused: Refused) -> None:
        lines = [
            f"  b{level}: &b{level} [{', '.join([f'*b{level - 1}'] * 9)}]" for level in range(1, 10)
        ]
        text = HEAD + "layers: relu\ndefine:\n  b0: &b0 [relu]\n" + "\n".join(lines)
        err = refused(text)
        assert err.startswith("spec.yaml:5:12: error: an alias to a list or mapping")
        assert err.count("error: an alias to a list or mapping") == err.count("error: ") == 81
        assert len(err) < 100 * len(text)

    def test_merges_of_merges_are_not_followed(self, refused: Refused) -> None:
        lines = [
            f"  b{level}: &b{level} {{<<: [{', '.join([f'*b{level - 1}'] * 9)}]}}"
            for level in range(1, 10)
        ]
        text = HEAD + "layers: relu\ndefine:\n  b0: &b0 {op: relu}\n" + "\n".join(lines)
        err = refused(text)
        assert err.startswith("spec.yaml:5:12: error: a merge key")
        assert err.count("error: a merge key") == 9
        assert err.count("error: ") == 90
        assert len(err) < 100 * len(text)

    def test_a_list_that_holds_itself(self, refused: Refused) -> None:
        assert refused(HEAD + "layers: &a [*a]\n").startswith("spec.yaml:2:13: error: an alias")

    def test_an_alias_to_a_text_is_fine(self, params: Callable[[str], int]) -> None:
        # 3·4 weights in each of two branches
        assert params(HEAD + "branches: {a: &body conv 1x1 4, b: *body}\n") == 24


class TestFiles:
    LIMIT = 4 * 1024 * 1024
    TEXT = HEAD + "layers: relu\n"

    @pytest.mark.parametrize("size", [LIMIT + 1, 5 * 1024 * 1024])
    def test_a_large_file(self, refused: Refused, size: int) -> None:
        err = refused((self.TEXT + "# ").ljust(size, "x"))
        assert err == "spec.yaml:1:1: error: the file is larger than 4 MiB, the most that is read\n"

    @pytest.mark.parametrize("filler", first(["#", " ", "\n"]))
    def test_a_file_of_4_mib_is_fine(self, params: Callable[[str], int], filler: str) -> None:
        assert params(self.TEXT.ljust(self.LIMIT, filler)) == 0

    @pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="the system has no /dev/zero")
    def test_an_endless_device(self, run: Callable) -> None:
        ran = run("summary", "/dev/zero")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("/dev/zero:1:1: error: the file is larger than 4 MiB")

    def test_a_folder(self, run: Callable) -> None:
        Path("folder.yaml").mkdir()
        ran = run("summary", "folder.yaml")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith('error: cannot read "folder.yaml": ')

    def test_a_path_through_a_file(self, run: Callable) -> None:
        ran = run("summary", write(self.TEXT) + "/inner.yaml")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith('error: no file and no shipped config "spec.yaml/inner.yaml"')

    def test_a_link_to_itself(self, run: Callable) -> None:
        os.symlink("loop.yaml", "loop.yaml")
        ran = run("summary", "loop.yaml")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("error: ")
        assert "loop.yaml" in ran.err

    def test_a_file_without_permission(self, run: Callable) -> None:
        os.chmod(write(self.TEXT), 0)
        if os.access("spec.yaml", os.R_OK):
            pytest.skip("this user may read every file")
        ran = run("summary", "spec.yaml")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith('error: cannot read "spec.yaml": ')

    @pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="the system has no /proc")
    def test_a_file_that_fails_while_it_is_read(self, run: Callable) -> None:
        ran = run("summary", "/proc/self/mem")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith('error: cannot read "/proc/self/mem": ')

    def test_a_name_longer_than_any_system_takes(self, run: Callable) -> None:
        ran = run("summary", "n" * 100_000)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("error: ")

    @pytest.mark.parametrize("byte", [b"\x00", b"\xff", b"\x80", b"\x1b", b"\xef\xbb\xbf\xef\xbb\xbf"])
    def test_a_file_of_one_byte_over_and_over(self, refused: Refused, byte: bytes) -> None:
        assert len(refused(byte * 100_000)) < 2_000

    @pytest.mark.parametrize("seed", first(range(10), quick=2))
    def test_random_characters_are_read_or_refused(self, run: Callable, seed: int) -> None:
        pieces = [
            *"[]{}:,-?&*!|>'\"%@`#$()=x/019 \n\t\u00a0\u00e9",
            "\n  ",
            ": ",
            "- ",
            "$(",
            "relu",
            "in",
        ]
        dice = random.Random(seed)
        for _ in range(50):
            text = HEAD + "layers: " + "".join(dice.choices(pieces, k=dice.randrange(1, 40)))
            ran = run("summary", write(text), "--field", "params")
            assert ran.code == 0 or (ran.code == 2 and ERROR.match(ran.err)), text

    @pytest.mark.parametrize("cut", range(0, len(WHOLE) + 1, 7))
    def test_a_file_that_was_cut_off(self, run: Callable, cut: int) -> None:
        ran = run("summary", write(WHOLE[:cut]), "--field", "params")
        assert ran.code in (0, 2)
        if ran.code == 2:
            assert ERROR.match(ran.err)


class TestCalls:
    @pytest.mark.parametrize("length", first([65, 1_000, 5_000], quick=2))
    @pytest.mark.parametrize("argument", ["", " 4"], ids=["plain", "with an argument"])
    def test_a_long_chain_of_blocks(
        self, refused: Refused, visits: list[None], length: int, argument: str
    ) -> None:
        heads = "(a)" * bool(argument)
        lines = [f"  b{at}{heads}: b{at + 1}{' $a' * bool(argument)}\n" for at in range(length - 1)]
        last = f"  b{length - 1}{heads}: relu\n"
        err = refused(f"{HEAD}define:\n{''.join(lines)}{last}layers: b0{argument}\n")
        assert f"spec.yaml:66:{8 + len(heads)}: error: more than 64 block calls" in err
        assert err.count("error: ") == 1
        assert len(visits) < 100

    def test_64_calls_within_each_other_are_fine(self, params: Callable[[str], int]) -> None:
        assert params(blocks([*(f"b{at}" for at in range(1, 64)), "linear 1"], "b0")) == 192

    def test_blocks_in_a_ring(self, refused: Refused) -> None:
        err = refused(blocks([f"b{(at + 1) % 50}" for at in range(50)], "b7"))
        assert 'error: block "b7" calls itself' in err

    def test_arguments_that_double_their_text(self, refused: Refused) -> None:
        lines = [f"  f{at}(a): f{at + 1} $a$a\n" for at in range(40)]
        err = refused(f"{HEAD}define:\n{''.join(lines)}  f40(a): linear $a\nlayers: f0 1\n")
        assert "at most 256" in err
        assert len(err) < 5_000

    def test_arguments_that_square_their_number(self, refused: Refused) -> None:
        lines = [f"  f{at}(a): f{at + 1} $(a*a)\n" for at in range(40)]
        err = refused(f"{HEAD}define:\n{''.join(lines)}  f40(a): linear $a\nlayers: f0 7\n")
        assert "a number beyond 10^18" in err

    def test_a_path_through_many_long_names(self, refused: Refused) -> None:
        bodies = [f"{{{'n' * 120}: b{at + 1}}}" for at in range(40)]
        err = refused(blocks([*bodies, "relu"], "b0"))
        assert "a path of more than 1,024 characters" in err

    def test_a_path_through_many_nested_branches(self, refused: Refused) -> None:
        layers = f"{{branches: {{{'n' * 100}: " * 20 + "relu" + "}}" * 20
        assert "a path of more than 1,024 characters" in refused(f"{HEAD}layers: {layers}\n")


def doubling(wrap: str, levels: int = 30, base: str = "[]", head: str = "", call: str = "") -> str:
    """Blocks of which each holds the one before twice."""
    lines = [
        f"  b{level}{head}: {wrap.format(f'b{level - 1}{call}')}\n" for level in range(1, levels + 1)
    ]
    return f"{HEAD}define:\n  b0{head}: {base}\n{''.join(lines)}layers: b{levels}{' 2' * bool(head)}\n"


class TestGrowth:
    @pytest.mark.parametrize("levels", [20, 30, 60])
    @pytest.mark.parametrize(
        "wrap",
        [
            "[{0}, {0}]",
            "[[[{0}], [{0}]]]",
            "{{repeat: 2, layers: {0}}}",
            "{{branches: {{x: {0}, y: {0}}}}}",
            "[aux: {0}, aux: {0}]",
            "[x: {0}, y: {0}]",
        ],
        ids=["lists", "nested lists", "repeats", "branches", "side heads", "names"],
    )
    def test_blocks_that_double_an_empty_one(
        self, refused: Refused, visits: list[None], wrap: str, levels: int
    ) -> None:
        assert STEPS in refused(doubling(wrap, levels))
        assert len(visits) < 100

    def test_blocks_that_double_with_an_argument(self, refused: Refused, visits: list[None]) -> None:
        assert STEPS in refused(doubling("[{0}, {0}]", head="(n)", call=" $n"))
        assert len(visits) < 100

    @pytest.mark.usefixtures("few_steps")
    def test_blocks_that_repeat_as_often_as_an_argument_says(
        self, refused: Refused, visits: list[None]
    ) -> None:
        wrap = "{{repeat: $n, layers: {0}}}"
        assert "expansion steps" in refused(doubling(wrap, head="(n)", call=" $n"))
        assert len(visits) <= 2_000

    @pytest.mark.usefixtures("few_steps")
    def test_blocks_that_double_what_an_argument_names(
        self, refused: Refused, visits: list[None]
    ) -> None:
        # f3(n1, n2, n3) calls $n3, which is f2, with n1 and n2, twice; and so on down to f0.
        lines = []
        for level in range(1, 31):
            names = [f"n{number}" for number in range(1, level + 1)]
            call = " ".join(f"${name}" for name in [names[-1], *names[:-1]])
            lines.append(f"  f{level}({', '.join(names)}): [{call}, {call}]\n")
        given = " ".join(f"f{level}" for level in range(30))
        err = refused(f"{HEAD}define:\n  f0: []\n{''.join(lines)}layers: f30 {given}\n")
        assert "expansion steps" in err
        assert len(visits) <= 2_000

    @pytest.mark.parametrize(
        "layers",
        [
            "{repeat: 1000000000000, layers: relu}",
            "{repeat: 1000000000000, layers: []}",
            "{repeat: 1000000, layers: []}",
            "{repeat: 1000000, layers: {repeat: 1000000, layers: []}}",
            "{repeat: 2000, layers: {repeat: 1000, layers: relu}}",
            "{repeat: 500000, layers: [relu, relu]}",
            "{repeat: 500000, layers: {branches: {a: relu}}}",
            "{repeat: 500000, layers: {a: relu}}",
            "{aux: {repeat: 1000000000000, layers: []}}",
            "{repeat: $(1000000*1000000), layers: []}",
            "[relu, {a: {repeat: 999999, layers: [[]]}}]",
        ],
    )
    def test_a_large_repeat(self, refused: Refused, visits: list[None], layers: str) -> None:
        assert STEPS in refused(f"{HEAD}layers: {layers}\n")
        assert len(visits) < 100

    def test_a_large_repeat_from_an_argument(self, refused: Refused, visits: list[None]) -> None:
        err = refused(f"{HEAD}define:\n  f(n): {{repeat: $n, layers: relu}}\nlayers: f 1000000000000\n")
        assert STEPS in err
        assert 'note: in this call of "f"' in err
        assert len(visits) < 100

    @pytest.mark.usefixtures("few_steps")
    def test_nested_repeats_from_an_argument(self, refused: Refused, visits: list[None]) -> None:
        body = "{repeat: $n, layers: {repeat: $n, layers: {repeat: $n, layers: []}}}"
        err = refused(f"{HEAD}define:\n  f(n): {body}\nlayers: f 1000\n")
        assert "expansion steps" in err
        assert len(visits) <= 2_000

    @pytest.mark.usefixtures("few_steps")
    def test_every_variant_is_within_the_limit_or_refused(self, refused: Refused) -> None:
        err = refused(
            f"{HEAD}parameters: {{n: 1}}\nlayers: {{repeat: $n, layers: relu}}\n"
            "variants: {few: {}, many: {parameters: {n: 3000}}}\n"
        )
        assert err.count("expansion steps") == 1

    @pytest.mark.full
    def test_50_variants_share_the_limit(self, refused: Refused, visits: list[None]) -> None:
        variants = "".join(f"  v{at}: {{}}\n" for at in range(50))
        layers = "{repeat: 900000, layers: []}"
        err = refused(f"{HEAD}layers: {layers}\nvariants:\n{variants}")
        assert STEPS in err
        assert err.count("error: ") == 1
        assert len(visits) <= 1_000_000

    @pytest.mark.usefixtures("few_steps")
    @pytest.mark.parametrize(("variants", "fits"), [(4, True), (5, False)])
    def test_variants_together_are_within_the_limit_or_refused(
        self, run: Callable, variants: int, fits: bool
    ) -> None:
        lines = "".join(f"  v{at}: {{}}\n" for at in range(variants))
        text = f"{HEAD}layers: {{repeat: 499, layers: []}}\nvariants:\n{lines}"
        ran = run("summary", write(text), "--field", "params")
        assert ran.code == (0 if fits else 2)
        assert ran.err.count("expansion steps") == (not fits)

    @pytest.mark.usefixtures("few_steps")
    def test_an_expansion_of_as_many_steps_as_there_may_be_is_fine(
        self, params: Callable[[str], int], visits: list[None]
    ) -> None:
        # the repeat itself, then each of its lists
        assert params(f"{HEAD}layers: {{repeat: 1999, layers: []}}\n") == 0
        assert len(visits) == 2_000

    @pytest.mark.full
    def test_an_expansion_of_a_million_steps_is_fine(
        self, params: Callable[[str], int], visits: list[None]
    ) -> None:
        assert params(f"{HEAD}layers: {{repeat: 999999, layers: []}}\n") == 0
        assert len(visits) == 1_000_000

    @pytest.mark.parametrize(
        "layers",
        [
            "[]",
            "[[], [[]], []]",
            "{repeat: 0, layers: relu}",
            "{repeat: 0, layers: {repeat: 1000000000000, layers: relu}}",
            "{repeat: 3, layers: []}",
            "{repeat: 3, layers: {repeat: 0, layers: relu}}",
            "{a: []}",
            "{aux: []}",
            "{branches: {a: [], b: []}, merge: add}",
        ],
    )
    def test_what_expands_to_nothing_is_fine(self, params: Callable[[str], int], layers: str) -> None:
        assert params(f"{HEAD}layers: {layers}\n") == 0


class TestComments:
    """Lines above the text cost no more than their length."""

    @pytest.mark.parametrize("count", [1, 40, 400, 20_000])
    @pytest.mark.parametrize(
        "line",
        ["\n", "\r\n", "#\n", "# of a comment\r\n", "  \n", "#\r"],
        ids=["blank", "blank CRLF", "comment", "comment CRLF", "spaces", "comment CR"],
    )
    def test_lines_at_the_top_are_fine(
        self, params: Callable[[str], int], line: str, count: int
    ) -> None:
        assert params(line * count + HEAD + "layers: linear 1\n") == 192

    @pytest.mark.parametrize("count", [40, 400])
    @pytest.mark.parametrize("line", ["\n", "\r\n", "# of a comment\r\n"])
    def test_a_fault_below_them_has_its_place(self, refused: Refused, line: str, count: int) -> None:
        assert refused(line * count + "layers: relu\ninput: []\n").startswith(
            f"spec.yaml:{count + 2}:8: error: "
        )


class TestSurplus:
    """What is too much, or is wrong over and over, is said in a few words."""

    def test_50000_surplus_words(self, refused: Refused) -> None:
        err = refused(f"{HEAD}layers:\n  - linear 1{' 1' * 50_000}\n")
        assert err.startswith('spec.yaml:3:14: error: "1" is one too many; write linear out_features')
        assert err.count("error: ") == 1
        assert len(err) < 1_000

    @pytest.mark.parametrize("layers", ["relu", "f"])
    def test_50000_arguments_in_a_head(self, refused: Refused, layers: str) -> None:
        names = ",".join(f"a{at}" for at in range(50_000))
        err = refused(f"{HEAD}define:\n  ? f({names})\n  : linear $a0\nlayers: {layers}\n")
        assert err.startswith("spec.yaml:3:5: error: a block of more than 256 arguments\n")
        assert err.count("error: ") == 1
        assert len(err) < 1_000

    def test_256_arguments_of_which_none_is_given(self, refused: Refused) -> None:
        names = ",".join(f"a{at}" for at in range(256))
        err = refused(f"{HEAD}define:\n  ? f({names})\n  : linear $a0\nlayers: f\n")
        assert "error: f needs a0, a1, " in err
        assert err.count("error: ") == 1
        assert len(err) < 1_000

    @pytest.mark.parametrize(
        "layers",
        ["linear {0}", "{{repeat: 300, layers: linear {0}}}", "{{repeat: {0}, layers: relu}}"],
        ids=["layer", "repeated layer", "count"],
    )
    def test_a_token_of_600000_names(self, refused: Refused, layers: str) -> None:
        err = refused(f"{HEAD}layers: {layers.format('$in' * 600_000)}\n")
        assert "more than 64 parts" in err
        assert err.count("error: ") == 1
        assert len(err) < 1_000

    @pytest.mark.parametrize("known", [0, 100])
    def test_a_catalogue_of_unknown_names(self, refused: Refused, known: int) -> None:
        names = "".join(f"  p{at:04}: 1\n" for at in range(known))
        parameters = f"parameters:\n{names}" if known else ""
        text = f"{HEAD}{parameters}layers:\n" + "".join(f"  - linear $q{at:04}\n" for at in range(5_000))
        err = refused(text)
        assert err.count('error: unknown name "$q') == err.count("error: ") == 1_000
        assert err.endswith("\n5,000 errors in spec.yaml; the first 1,000 are shown\n")

    def test_a_catalogue_of_unknown_operations(self, refused: Refused) -> None:
        text = f"{HEAD}layers:\n" + "".join(f"  - operation{at}\n" for at in range(5_000))
        err = refused(text)
        assert err.count('error: unknown operation "operation') == err.count("error: ") == 1_000
        assert err.endswith("\n5,000 errors in spec.yaml; the first 1,000 are shown\n")

    @pytest.mark.parametrize("calls", ["[f 0, f 0, f 0]", "{repeat: 300, layers: f 0}"])
    def test_a_fault_in_several_calls_is_reported_once(self, refused: Refused, calls: str) -> None:
        err = refused(f"{HEAD}define:\n  f(n): linear $(1//n)\nlayers: {calls}\n")
        assert err.startswith('spec.yaml:3:16: error: "$(1//n)": a division by 0\n')
        assert err.count("error: ") == err.count('note: in this call of "f"') == 1

    def test_a_fault_behind_calls_that_double_is_reported_once(self, refused: Refused) -> None:
        lines = [f"  b{level}(a): [b{level - 1} $a, b{level - 1} $a]\n" for level in range(1, 9)]
        err = refused(f"{HEAD}define:\n  b0(a): linear $(1//a)\n{''.join(lines)}layers: b8 0\n")
        assert err.count("error: ") == 1
        assert err.count("note: ") == 9

    @pytest.mark.parametrize("default", ["$b", "$(b+1)", "3x$b"])
    @pytest.mark.parametrize("layers", ["relu", "f", "f 4"])
    def test_a_default_with_an_unknown_name(self, refused: Refused, default: str, layers: str) -> None:
        err = refused(f"{HEAD}define:\n  f(a={default}): linear $a\nlayers: {layers}\n")
        assert err.startswith(
            'spec.yaml:3:5: error: the default of "a" uses $b, which is not known before it\n'
        )
        assert err.count("error: ") == 1

    @pytest.mark.full
    def test_the_order_of_the_messages_does_not_depend_on_hashes(self) -> None:
        names = " ".join(f"n{at}=1" for at in range(9))
        write(
            f"{HEAD}parameters: {{alpha: 1, beta: 2, gamma: 3}}\n"
            f"define:\n  f(a, b, c, d=4): [conv 1x1 $zeta, linear {names}]\nlayers:\n"
            "  - {op: conv, kernal: 3, chanels: 4, strid: 2}\n  - f\n  - {op: f, e: 1, g: 2}\n"
            "  - {branches: {a: conv 3x3/2 4, b: relu, c: linear 4}, merge: mul}\n"
            "expect: {macs: x, parms: 1}\n"
        )
        runs = [
            subprocess.run(
                [sys.executable, "-m", "convcalc", "summary", "spec.yaml"],
                env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
                check=False,
            )
            for seed in ("0", "1", "4242")
        ]
        assert {run.returncode for run in runs} == {2}
        assert runs[0].stderr.count(b"error: ") > 10
        assert len({(run.stdout, run.stderr) for run in runs}) == 1


class TestSpaces:
    @pytest.mark.parametrize(
        ("layers", "place"),
        [
            ("linear{0}4", "2:15"),
            ("linear 4{0}bias", "2:17"),
            ("{{op:{0}relu}}", "2:13"),
            ("\n{0}- relu", "3:1"),
        ],
        ids=["argument", "flag", "braces", "indentation"],
    )
    @pytest.mark.parametrize("space", ["\u00a0", "\u2007", "\u3000"])
    def test_a_space_that_only_looks_like_one(
        self, refused: Refused, layers: str, place: str, space: str
    ) -> None:
        err = refused(f"{HEAD}layers: {layers.format(space)}\n")
        assert err.startswith(f"spec.yaml:{place}: error: a space U+{ord(space):04X} ")
        assert "write ordinary spaces" in err
        assert err.count("error: ") == 1


DIGITS = "9" * 100_000


class TestLongTexts:
    """What is long in the file is short in the message."""

    @pytest.mark.parametrize(
        "layers",
        [
            "n" * 100_000,
            f"linear {DIGITS}",
            f"linear 4 {'n' * 100_000}=1",
            f"linear {'$in' * 100_000}",
            f"conv {DIGITS}x3 4",
            f"conv 3x3/{DIGITS} 4",
            f"conv 3x3 4 padding={DIGITS}",
            f"dropout 0.{DIGITS}",
            f"linear 4 bias={'t' * 100_000}",
            f"{{repeat: {DIGITS}, layers: relu}}",
            f"{{repeat: 2, layers: {DIGITS}}}",
            f"{{op: {'n' * 100_000}}}",
            f"{{op: linear, out_features: {DIGITS}}}",
            f"{{branches: {{a: relu}}, merge: {'n' * 100_000}}}",
            f"\n  ? {'n' * 100_000}\n  : relu",
            f"\n  ? {'a/' * 50_000}\n  : relu",
        ],
        ids=lambda layers: layers[:24],
    )
    def test_in_a_layer(self, refused: Refused, layers: str) -> None:
        assert len(refused(f"{HEAD}layers: {layers}\n")) < 1_000

    @pytest.mark.parametrize(
        "line",
        [
            f"parameters: {{a: {DIGITS}}}",
            f"defaults: {{conv: {{groups: {DIGITS}}}}}",
            f"expect: {{params: {DIGITS}}}",
            f"expect: {{output: [{DIGITS}]}}",
            f"budget: {{macs: {DIGITS}G}}",
            f"merge: {'n' * 100_000}",
            f"? {'n' * 100_000}\n: relu",
            f"parameters:\n  ? {'n-' * 50_000}\n  : 1",
            f"define:\n  ? {'n' * 100_000}\n  : relu",
            f"variants:\n  ? {'n' * 100_000}\n  : {{}}",
        ],
        ids=lambda line: line[:24],
    )
    def test_at_the_top_level(self, refused: Refused, line: str) -> None:
        assert len(refused(f"{HEAD}{line}\nlayers: relu\n")) < 1_000

    @pytest.mark.parametrize("place", range(3))
    def test_in_the_input(self, refused: Refused, place: int) -> None:
        sizes = ["3", "8", "8"]
        sizes[place] = DIGITS
        assert len(refused(f"input: [{', '.join(sizes)}]\nlayers: relu\n")) < 1_000

    @pytest.mark.parametrize(
        "character", ["\u00a0", "\u0301", "\u202e", "\U0001f600", "\u7573", "\ufffd"]
    )
    def test_of_unusual_characters(self, refused: Refused, character: str) -> None:
        err = refused(f'{HEAD}layers: ["x{character * 50_000}"]\n')
        assert len(err) < 3_000
        assert "\u202e" not in err


class TestSizes:
    """Numbers stay within limits however they are made."""

    @pytest.mark.parametrize(
        "layers",
        [
            "conv 1x1 1000000000001",
            "[conv 1x1 1000000000000, flatten]",
            "[conv 1x1 1000000000000, dwconv 1x1 multiplier=2]",
            "conv 1x1 4 padding=500000000000",
            "conv 1x1 $(1000000000000*1000000000000)",
            "conv 1x1 $(1000000000000+1)",
        ],
    )
    def test_a_size_beyond_the_limit(self, refused: Refused, layers: str) -> None:
        assert "10^" in refused(f"{HEAD}layers: {layers}\n")

    def test_the_largest_sizes_are_exact(self, params: Callable[[str], int]) -> None:
        # 10^12 × 10^12 kernel over 10^12 channels, 10^12 of them
        size = 10**12
        text = f"input: [{size}, {size}, {size}]\nlayers: conv {size}x{size} {size}\n"
        assert params(text) == size**4

    @pytest.mark.parametrize("layer", ["conv 1x1 {0}", "linear {0}"])
    def test_merged_sizes_beyond_the_limit(self, refused: Refused, layer: str) -> None:
        many, one = layer.format(10**12), layer.format(1)
        err = refused(f"{HEAD}branches: {{a: {many}, b: {one}}}\n")
        assert "would be 1000000000001" in err
        assert "a size is at most 10^12" in err
        assert err.count("error: ") == 1

    def test_merged_sizes_up_to_the_limit_are_fine(self, params: Callable[[str], int]) -> None:
        size = 10**12 - 1
        text = f"input: [1, 1, 1]\nbranches: {{a: conv 1x1 {size}, b: conv 1x1 1}}\n"
        assert params(text) == 10**12


class TestLists:
    """A list has a number for each axis, and is only for an option that may have several."""

    PAIRS = ("kernel_size", "stride", "padding", "dilation")

    @pytest.mark.parametrize("option", PAIRS)
    @pytest.mark.parametrize("values", ["[]", "[3, 3, 3, 3]", f"[{'1, ' * 5_000}1]"])
    def test_a_list_of_another_length(self, refused: Refused, option: str, values: str) -> None:
        given = {"kernel_size": "3", "out_channels": "4", option: values}
        pairs = ", ".join(f"{name}: {value}" for name, value in given.items())
        err = refused(f"{HEAD}layers: {{op: conv, {pairs}}}\n")
        assert f"error: {option} must be a list such as [height, width], whole numbers, not [" in err
        assert err.count("error: ") == 1

    @pytest.mark.parametrize("option", PAIRS)
    def test_a_list_for_other_axes(self, refused: Refused, option: str) -> None:
        given = {"kernel_size": "3", "out_channels": "4", option: "[1, 1, 1]"}
        pairs = ", ".join(f"{name}: {value}" for name, value in given.items())
        err = refused(f"{HEAD}layers: {{op: conv, {pairs}}}\n")
        assert '"1x1x1" has three numbers, the input 3×8×8 two axes; write 1x1' in err
        assert err.count("error: ") == 1

    @pytest.mark.parametrize("option", PAIRS)
    def test_a_list_of_two_is_fine(self, params: Callable[[str], int], option: str) -> None:
        given = {"kernel_size": "1", "out_channels": "4", option: "[1, 1]"}
        pairs = ", ".join(f"{name}: {value}" for name, value in given.items())
        assert params(f"{HEAD}layers: {{op: conv, {pairs}}}\n") == 12

    @pytest.mark.parametrize(
        "layer",
        [
            "{op: conv, kernel_size: 3, out_channels: [4, 4]}",
            "{op: conv, kernel_size: 3, out_channels: 4, groups: [1, 1]}",
            "{op: linear, out_features: [4]}",
            "{op: pixel_shuffle, factor: [2, 2]}",
        ],
    )
    def test_a_list_for_another_option(self, refused: Refused, layer: str) -> None:
        err = refused(f"{HEAD}layers: {layer}\n")
        assert "must be one value, not a list" in err or "not a list of 1" in err
        assert err.count("error: ") == 1


class TestMerges:
    """A vector and a feature map do not fit together."""

    @pytest.mark.parametrize(
        ("merge", "rule"),
        [
            ("concat", "concat needs equal height and width"),
            ("add", "add needs equal shapes"),
            ("mul", "mul needs equal shapes, or gates that have 1 for the channels or along an axis"),
        ],
    )
    @pytest.mark.parametrize(
        ("first", "second", "ends"),
        [
            ("conv 1x1 4", "linear 5", ("4×8×8", "5")),
            ("linear 5", "conv 1x1 4", ("5", "4×8×8")),
            ("conv 1x1 4", "[relu, flatten]", ("4×8×8", "192")),
        ],
    )
    def test_a_vector_against_a_map(
        self, refused: Refused, merge: str, rule: str, first: str, second: str, ends: tuple[str, str]
    ) -> None:
        err = refused(f"{HEAD}branches:\n  a: {first}\n  b: {second}\nmerge: {merge}\n")
        assert f'branch "b" ends at {ends[1]} but "a" ends at {ends[0]}; {rule}' in err
        assert err.startswith("spec.yaml:4:")
        assert err.count("error: ") == 1

    @pytest.mark.parametrize("branches", ["a: linear 4, b: conv 1x1 4", "b: conv 1x1 4, a: linear 4"])
    def test_a_vector_of_the_channels_is_a_gate(
        self, params: Callable[[str], int], branches: str
    ) -> None:
        # 3·8·8·4 weights of the gate and 3·4 of the map
        assert params(f"{HEAD}branches: {{{branches}}}\nmerge: mul\n") == 780


def test_only_the_first_slips_of_a_file_are_looked_for(
    refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of long names once took a minute: each slip was held against each of its blocks."""
    calls = []
    closest = convcalc.text.problems.closest

    def counting(word: str, known: Iterable[str]) -> str | None:
        if known := list(known):
            calls.append(word)
        return closest(word, known)

    monkeypatch.setattr(convcalc.text.problems, "closest", counting)
    names = "".join(f"  n{at}{'z' * 8}: relu\n" for at in range(100))
    slips = "".join(f"  - m{at}{'z' * 8}\n" for at in range(1_100))
    err = refused(f"{HEAD}define:\n{names}layers:\n{slips}")
    assert err.endswith("1,100 errors in spec.yaml; the first 1,000 are shown\n")
    assert 0 < len(calls) <= convcalc.text.problems.MOST_HINTS


def test_a_slip_is_held_against_few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    matches = difflib.get_close_matches

    def counting(word: str, among: Iterable[str], **options: Any) -> list[str]:
        seen.append((word, among := list(among)))
        return matches(word, among, **options)

    monkeypatch.setattr(difflib, "get_close_matches", counting)
    known = [f"n{at}{'z' * 80}" for at in range(100_000)]
    assert convcalc.text.wording.closest("m" + "z" * 81, known)
    ((word, among),) = seen
    assert len(word) == 60
    assert len(among) <= 50
    assert convcalc.text.wording.closest("conv", ["conv", "cnov"]) == "cnov"  # never the word itself
    paths = [f"residual2/residual/cbr1/{name}" for name in ("conv1", "batchnorm1", "relu1")]
    assert convcalc.text.wording.closest("residual2/residual/cbr1/convv1", paths) == paths[0]


def test_an_endless_top_level_is_summed_up_unless_it_is_asked_for(
    run: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convcalc.answers.summary, "MOST_TOP_ROWS", 50)
    for count, rows in ((50, 50), (51, 0)):
        out = run("summary", write(f"{HEAD}layers: {{repeat: {count}, layers: relu}}\n")).out
        assert out.count("relu") == 2 * rows  # its name and its operation
        assert ("depth 0 of 1; --depth 1 shows every layer" in out) == (rows == 0)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        # 7 + 24 · 3 + 1 characters are 80, and one more is too long.
        ("concat " + "ab " * 24 + "c", "concat " + "ab " * 24 + "c"),
        ("concat " + "ab " * 24 + "cd", "concat " + "ab " * 24 + "and 1 more"),
        ("linear " + "9" * 90, "linear and 1 more"),
    ],
)
def test_of_a_very_long_operation_the_first_words_are_shown(written: str, shown: str) -> None:
    assert convcalc.text.wording.abridged(written) == shown


@pytest.mark.parametrize(
    "command", ["summary spec.yaml", "explain spec.yaml concat1", "diff spec.yaml other.yaml"]
)
@pytest.mark.parametrize("form", ["table", "markdown"])
def test_a_concat_of_very_many_names_makes_no_wide_table(run: Callable, command: str, form: str) -> None:
    """Every row is padded to the widest, so that the text of one would be in all of them."""
    names = [f"a{at}" for at in range(1_000)]
    layers = "".join(f"- {name}: relu\n" for name in names)
    write(f"{HEAD}layers:\n{layers}- relu\n- concat {' '.join(names)}\n- conv 1x1 4\n")
    Path("other.yaml").write_text(f"{HEAD}layers:\n{layers}- relu\n- conv 1x1 4\n")
    ran = run(*command.split(), "--format", form)
    assert ran.err == ""
    assert max(map(len, ran.out.splitlines())) < 200
