"""Words of the language that are no operations, asked for as if they were."""

import re
from pathlib import Path

import pytest

from convcalc.language.naming_rules import RESERVED
from convcalc.language.structure_words import STRUCTURE_WORDS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "language.md"

ASKED = {
    ("again",): '"again" is a word of the language: a named layer or group once more, with the same '
    'weights, as in again head; see "Weights used again" in docs/language.md',
    ("from",): '"from" is a word of the language: the flow goes on from the layer of that name, as in '
    'from e1; see "Names as edges" in docs/language.md',
    ("share",): '"again" is probably meant: a named layer or group once more, with the same weights, '
    'as in again head; see "Weights used again" in docs/language.md',
    ("add", "in"): 'ops takes one word: convcalc ops add; "in" is a word of the language: what enters '
    'the block or the branches, as a name, as in add in; see "Names as edges" in docs/language.md',
    ("add in",): 'ops takes one word: convcalc ops add; "in" is a word of the language',
    ("conv", "3x3"): 'ops takes one word: convcalc ops conv; "3x3" is one too many',
    ("outputs",): 'no operation "outputs"; what the last layer gives leaves the network',
}


@pytest.mark.parametrize("words", ASKED)
def test_ops_says_what_the_word_is(run, words):
    ran = run("ops", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {ASKED[words]}")


def test_every_reserved_word_is_known():
    assert set(RESERVED) <= set(STRUCTURE_WORDS)


def test_every_heading_stands_on_the_page():
    headings = set(re.findall(r"^## (.*)$", PAGE.read_text(), re.MULTILINE))
    assert {one.heading for one in STRUCTURE_WORDS.values()} <= headings


HEADS = "input: [4, 8, 8]\nparameters: {deep: 1, alpha: 0.5}\n"
LAYERS = "layers: [e1: conv 3x3 4, head: conv 1x1 4, {{aux: []}}, {}]\n"


@pytest.mark.parametrize("word", STRUCTURE_WORDS)
def test_every_example_is_right(run, tmp_path, word):
    example = STRUCTURE_WORDS[word].example.replace("[e1, e2]", "[e1]")
    is_key = re.match(r"[a-z]+: ", example)
    lines = [*HEADS.splitlines(), LAYERS.format("tanh" if is_key else example).strip()]
    if is_key:
        lines = [line for line in lines if not line.startswith(is_key.group())]
    path = tmp_path / "net.yaml"
    path.write_text("\n".join([*lines, example if is_key else ""]))
    ran = run("summary", str(path))
    assert (ran.code, ran.err) == (0, "") or "nothing uses" in ran.err
