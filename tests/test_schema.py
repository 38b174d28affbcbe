"""The JSON Schema says of a file what convcalc says, as far as a schema without context can."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from examples import fixed
from hypothesis import given
from hypothesis import strategies as st

import convcalc
from convcalc.language.budget import BUDGETS
from convcalc.language.builder import read_value
from convcalc.language.document import KEYS
from convcalc.language.expect import EXPECTED
from convcalc.language.signature import SIGNATURES
from convcalc.ops import WORDS as OPERATIONS
from convcalc.ops.shapes import OperationError
from convcalc.schema import document_schema

ROOT = Path(__file__).resolve().parent.parent
BAD = sorted((ROOT / "tests" / "bad").glob("*.yaml"))
CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
SCHEMA = document_schema()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)

# ---- the file as an editor sees it ------------------------------------------------------------------


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2's core schema, with every key as text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012

    def mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        if not all(isinstance(key, yaml.ScalarNode) for key, _ in node.value):
            raise yaml.YAMLError("a key that is no text")
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}

    def integer(self, node: yaml.ScalarNode) -> int | float:
        text = node.value
        if len(text) > 300:
            return float("inf")
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)

    def number(self, node: yaml.ScalarNode) -> float:
        return float(node.value.replace(".inf", "inf").replace(".nan", "nan"))


for tag, pattern, first in (
    ("bool", "true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", "~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", "[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan",
        "-+.0123456789",
    ),
):
    name = f"tag:yaml.org,2002:{tag}"
    EditorLoader.add_implicit_resolver(name, re.compile(f"(?:{pattern})$"), list(first))
EditorLoader.add_constructor("tag:yaml.org,2002:map", EditorLoader.mapping)
EditorLoader.add_constructor("tag:yaml.org,2002:int", EditorLoader.integer)
EditorLoader.add_constructor("tag:yaml.org,2002:float", EditorLoader.number)


def seen(text: str | bytes) -> Any:
    """What an editor's parser makes of a text."""
    return yaml.load(text, EditorLoader)


def is_valid(text: str | bytes) -> bool:
    return VALIDATOR.is_valid(seen(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1x1", "1x1"),
        ("3", 3),
        ("010", 10),
        ("4.0", 4.0),
        ("1e3", 1000.0),
        ("yes", "yes"),
        ("3:3", "3:3"),
        ("1_000", "1_000"),
        ("true", True),
        ("2014-09-17", "2014-09-17"),
        ("{1: a, no: b}", {"1": "a", "no": "b"}),
        ("", None),
    ],
)
def test_the_loader_sees_what_an_editor_sees(text, value):
    assert seen(text) == value
    assert type(seen(text)) is type(value)


# ---- what is right ----------------------------------------------------------------------------------


def test_it_is_a_schema():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_shipped_config_is_valid_and_names_the_schema(path):
    assert is_valid(path.read_bytes())
    line = path.read_text("utf-8").splitlines()[0]
    assert line == "# yaml-language-server: $schema=convcalc.schema.json"
    assert (path.parent / "convcalc.schema.json").is_file()


# Each stands as the layers of a network with 8 channels, and loads.
LAYERS = [
    "conv 3x3 8",
    "conv 3x3/2 8",
    "conv 7x1/2x1 8 valid bias",
    "conv 3x3 8 1x0 groups=2 dilation=2x1",
    "conv 3x3 8 padding=1 bias=true",
    "conv kernel_size=3 out_channels=8",
    "conv out_channels=8.0 kernel_size=3/2",
    "conv 3x3 out_channels=8",
    "conv 1x1 $in",
    "conv 1x1 $(2 * in) bias",
    "conv $(k)x1/$k $(max(in, (2 * in)))",
    "conv 1x1 0000000000008",
    "  conv   3x3 8  ",
    "conv_transpose 3x3/2 8 1 output_padding=1",
    "dropout",
    "dropout 0.4",
    "dropout 1",
    "dropout p=0.75",
    "lrn",
    "lrn 5 alpha=0.0001 k=2",
    "slice 0 4",
    "slice stop=4 start=0",
    "upsample 2 mode=nearest",
    "batchnorm scale=false center",
    "unit 3x3",
    "unit k=3x3",
    "[]",
    "[conv 3x3 8, [relu, []], {a: relu}]",
    "[unit $(k)x1, unit]",
    "{op: conv, kernel_size: 3, out_channels: 8}",
    "{op: conv, kernel_size: [3, 3], stride: [2, 1], out_channels: 4.0}",
    '{op: conv, kernel_size: "3x3", out_channels: "8", bias: "true", padding: same}',
    "{op: conv, kernel_size: 3x3/2, out_channels: 8, padding: 1x0, bias: true}",
    "{op: conv, kernel_size: $k, out_channels: $(4*in), dilation: [$k, 1], bias: false}",
    '{op: conv, kernel_size: ["3", 3], out_channels: $in, groups: 2, padding: 0}',
    "{op: unit, k: 3}",
    "{op: unit}",
    "{op: $act}",
    "{branches: {1x1: conv 1x1 4, 3x3: [conv 3x3 4]}, merge: concat}",
    "{branches: {shortcut: identity, 2: [conv 1x1 8]}, merge: add}",
    "{repeat: 2, layers: relu}",
    "{repeat: $k, layers: [relu]}",
    '{repeat: "2", layers: {repeat: 0, layers: []}}',
    "{aux: [global_avgpool, linear 10]}",
    "{stem: conv 3x3 8}",
    "{conv: conv 3x3 8}",
    "{1: relu}",
]


def document(layers: str) -> str:
    """A network with what the layers above speak of; $act is a block's argument there."""
    head = "input: [8, 8, 8]\nparameters: {k: 3}\n"
    blocks = 'define:\n  unit(k=1x1): conv 1x1 8\n  "any(act=relu)": '
    if "$act" in layers:
        return f"{head}{blocks}{layers}\nlayers: any\n"
    return f"{head}{blocks}relu\nlayers: {layers}\n"


@pytest.mark.parametrize("layers", LAYERS)
def test_every_spelling_of_a_layer_is_valid(layers):
    text = document(layers)
    assert convcalc.loads(text)
    assert is_valid(text)


@pytest.mark.parametrize("layers", [one for one in LAYERS if not re.search(r"unit|\$act", one)])
def test_every_spelling_is_valid_where_no_block_is_defined(layers):
    text = f"input: [8, 8, 8]\nparameters: {{k: 3}}\nlayers: {layers}\n"
    assert convcalc.loads(text)
    assert is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "name: 3\nsource: 1\ndescription: true\ninput: {channels: 3, width: 8, height: '8'}\nlayers: []",
        "input: [3, $res, $(res//2)]\nparameters: {res: 64, alpha: '0.75', b: 1.0}\nlayers: []",
        "input: [3, 8, 8]\ndefaults: {conv: {bias: true, padding: 1x0}, relu: {}}\nlayers: relu",
        "input: [3, 8, 8]\ndefine: {'f( a , b=3x3, c=$(2*a) )': relu, g: relu, h(): g}\nlayers: [f 1]",
        "input: [3, 8, 8]\ndefine: {3: relu}\nlayers: 3",
        "variants: {a: {input: [1, 1, 1], layers: []}, 'op': {input: [2, 1, 1], branches: {a: relu}}}",
        "input: [1, 1, 1]\nlayers: relu\nmerge: add\nvariants: {a: {branches: {a: relu}}}",
        "input: [1, 1, 1]\nbranches: {a: relu}\nvariants: {a: {}, b: {merge: add}, c: {layers: []}}",
        "input: [1, 1, 1]\nlayers: f\nvariants: {a: {define: {f: relu}}}",
        "input: [1, 1, 1]\nlayers: []\nexpect: {params: 0, output: [1, '1', 1]}",
        "input: [1, 1, 1]\nlayers: []\nexpect: {macs: '0', output: [1, 1, 1]}",
        "input: [1, 1, 1]\nlayers: []\nbudget: {params: 170k, macs: 1.5M, flops: 2G, activations: 7.0}",
        "input: [1, 1, 1]\nlayers: []\nbudget: {params: 1000000000000000000, macs: '12'}",
    ],
)
def test_every_form_of_a_document_is_valid(text):
    assert convcalc.loads(text, "a" if "variants" in text else None)
    assert is_valid(text)


RULES = [
    "170k",
    "{max: 170k}",
    "{max: 170000, min: 10k, level: warn, message: too many}",
    "{max: 0.5, of: naive}",
    "{min: 1, max: '1.25', of: naive, level: error}",
]
NO_RULES = [
    "{}",
    "{level: warn}",
    "{max: 0.5}",
    "{max: lots}",
    "{max: 170k, of: naive}",
    "{max: 1, level: fatal}",
    "{max: 1, most: 2}",
    "-1",
]


@pytest.mark.parametrize("place", ["{params: RULE}", "{layers: {3a/3x3: {macs: RULE}}}"])
@pytest.mark.parametrize("rule", [*RULES, *NO_RULES])
def test_a_budget_may_say_more_than_a_limit(place, rule):
    text = f"input: [1, 1, 1]\nlayers: []\nbudget: {place.replace('RULE', rule)}\n"
    assert is_valid(text) == (rule in RULES)


# ---- what is wrong ----------------------------------------------------------------------------------

# What a schema cannot see: for each reason the files in tests/bad.
NOT_SEEN = {
    "no YAML, which the editor says itself": """
        alias-to-itself alias-undefined at-sign backtick bell-character colon-in-value duplicate-anchor
        empty-item-between-commas empty-key escape-character key-among-list-items latin-1-byte
        list-as-key list-item-among-keys mapping-as-key mapping-as-key-of-a-layer mismatched-brackets
        mismatched-brackets-before-layers missing-comma nbsp-after-colon no-space-after-one-colon
        nul-character percent-at-start second-document second-document-after-dots stray-closing-bracket
        tab-after-colon tab-as-indentation tab-between-arguments tab-in-braces tag-on-mapping tag-own
        tag-own-of-a-layer tag-python text-behind-a-quote trailing-document-start unclosed-brace
        unclosed-bracket unclosed-quote unclosed-single-quote unknown-escape utf-16-cut-off
        utf-16-without-mark utf-32 utf-8-cut-off wrong-indentation
    """,
    "a notation that YAML has and the language does not": """
        alias-to-list alias-to-mapping alias-to-mapping-before-layers byte-order-mark-inside
        directive-unknown directive-yaml lone-surrogate-escape merge-key number-exponent-in-parameters
        tag-bare tag-int
    """,
    "a key or name that stands twice": """
        block-argument-twice duplicate-block duplicate-block-with-other-arguments duplicate-branch-name
        duplicate-branch-name-in-braces duplicate-key duplicate-key-in-braces duplicate-key-in-variant
        duplicate-key-nested duplicate-key-quoted duplicate-key-twice-over duplicate-option-spelled-out
        duplicate-variant name-twice name-twice-across-repeat name-twice-in-nested-list
    """,
    "the inside of $(...)": """
        arithmetic-bad-number arithmetic-beyond-the-limit arithmetic-denominator-beyond-the-limit
        arithmetic-division-by-zero arithmetic-dollar-inside arithmetic-exponent
        arithmetic-literal-beyond-the-limit arithmetic-max-of-one arithmetic-max-of-three
        arithmetic-missing-operand arithmetic-missing-operator arithmetic-negative-number
        arithmetic-negative-result arithmetic-nested-too-deep arithmetic-not-whole arithmetic-power
        arithmetic-single-slash arithmetic-too-long arithmetic-unknown-function arithmetic-zero-result
        block-3-calls block-default-error block-default-that-cannot-be-computed
        block-default-of-zero dollar-closed-twice error-in-default
        input-computed-not-whole name-in-kernel-not-whole repeat-computed-negative
        repeat-computed-not-whole
    """,
    "what a $name or a block is, which stands elsewhere in the file": """
        argument-of-many-characters block-argument-given-twice block-argument-not-a-number
        block-argument-not-given block-argument-of-a-wrong-kind block-argument-too-many
        block-argument-that-takes-no-more
        block-argument-unknown block-argument-unknown-operation block-calls-itself
        block-calls-itself-by-argument block-default-uses-itself block-default-uses-later-argument
        block-error-in-spelled-out-call block-flag-is-an-argument block-never-called-with-unknown-name
        block-never-called-with-unknown-operation block-unknown-argument-spelled-out
        blocks-call-each-other
        budget-of-itself budget-of-nothing-alike budget-of-unknown-variant budget-of-without-variants
        dollar-unknown-name dollar-unknown-name-in-arithmetic
        dollar-unknown-name-suggested input-of-in input-unknown-name unknown-name-as-operation
    """,
    "shapes": """
        add-by-channels-deeper branches-of-other-channels branches-resized gates-that-do-not-fit
        transposed-and-rearranged add-mismatch add-mismatch-by-channels add-mismatch-by-stride
        aux-shape-error block-shape-error block-shape-error-two-deep branches-error-does-not-cascade
        concat-beyond-the-limit concat-mismatch-by-padding concat-mismatch-by-stride
        concat-mismatch-by-valid concat-mismatch-in-identity concat-vector-and-map
        default-that-does-not-divide depthwise-beyond-the-limit error-shared-by-variants
        errors-in-two-branches flatten-beyond-the-limit folded-layer groups-not-dividing-in-channels
        groups-not-dividing-out-channels kernel-beyond-the-second-of-two-lines kernel-that-does-not-fit
        kernel-that-does-not-fit-dilated kernel-that-does-not-fit-in-width
        kernel-that-does-not-fit-later mul-mismatch mul-vector-mismatch padding-beyond-the-limit
        repeat-shape-error repeat-shape-error-second-time two-branches-of-three-mismatch
        variant-shape-error vector-into-conv vector-into-global-pool vector-into-lrn
        vector-into-maxpool
    """,
    "two options that do not go together": """
        budget-min-above-max budget-ratios-crossed block-fault-in-a-constant default-fault-in-a-block
        default-that-does-not-fit-the-kernel
        pooling-padding-over-half
        pooling-padding-over-half-in-width
    """,
}


def is_seen(path: Path) -> bool:
    """Whether the schema refuses a file; what is no YAML it never gets."""
    try:
        return not is_valid(path.read_bytes())
    except (yaml.YAMLError, UnicodeError):
        return False


def test_a_fault_is_seen_unless_it_is_said_why_not():
    excused = [name for names in NOT_SEEN.values() for name in names.split()]
    assert len(excused) == len(set(excused))
    assert sorted(path.stem for path in BAD if not is_seen(path)) == sorted(excused)
    assert len(BAD) - len(excused) > 200


# Each is refused by convcalc and by the schema; the valid forms above keep the latter honest.
@pytest.mark.parametrize(
    "layers",
    [
        "conv 3x3 8 stride=1 stride=2",
        "conv 3x3/2 8 stride=1",
        "conv stride=1 kernel_size=3/2 out_channels=8",
        "conv 3x3 8 kernel_size=3",
        "conv 3x3",
        "conv 3x3 8 $x strides=$k",
        "conv 3x3 $(in) strides=2",
        "conv 3 8",
        "conv 3x3 8 2000000000000",
        "conv 3x3 10000000000000",
        "conv 3x3 8 bias same",
        "conv 3x3 8 $",
        "conv 3x3 $(in",
        "relu 3",
        "relu x=3",
        "dropout 1.5",
        "dropout 01.5",
        "upsample 2 mode=cubic",
        "{op: conv, kernel_size: 3}",
        "{op: conv, kernel_size: 3/2, stride: 2, out_channels: 8}",
        "{op: conv, kernel_size: [3, 3, 3], out_channels: 8}",
        "{op: conv, kernel_size: [0, 3], out_channels: 8}",
        "{op: conv, kernel_size: 3, out_channels: [8, 8]}",
        "{op: conv, kernel_size: 3, out_channels: 8, bias: 1}",
        "{op: dropout, p: -0.5}",
        "{repeat: 2, layers: relu, name: a}",
        "{aux: relu, merge: add}",
        "{branches: {a: relu}, merge: sum}",
        "{merge: add}",
        "{a: relu, b: relu}",
        "[conv: 3x3 8]",
        "true",
    ],
)
def test_both_refuse_a_layer(layers):
    text = f"input: [8, 8, 8]\nparameters: {{k: 3}}\nlayers: {layers}\n"
    with pytest.raises(convcalc.SpecError):
        convcalc.loads(text)
    assert not is_valid(text)


WORDS = st.text(st.sampled_from(string.digits + "x.-vs"), max_size=6) | st.sampled_from(
    ["same", "valid", "true", "false", "nearest", "3x3/2", "1" + "0" * 12, "1" + "0" * 12 + "1"]
)


@fixed(400)
@given(st.sampled_from(sorted(OPERATIONS)), st.data(), WORDS)
def test_a_text_is_a_value_for_the_schema_where_it_is_one_for_convcalc(name, data, text):
    if not SIGNATURES[name].kinds:
        return
    option = data.draw(st.sampled_from(sorted(SIGNATURES[name].kinds)))
    spelled = SCHEMA["definitions"]["operations"]["allOf"]
    (properties,) = (
        one["then"]["properties"] for one in spelled if one["if"]["properties"]["op"]["const"] == name
    )
    if option == "kernel_size" and "/" in text:
        return  # the stride is read apart
    try:
        read_value(name, option, text)
        reads = True
    except OperationError:
        reads = False
    valid = jsonschema.Draft7Validator(properties[option]).is_valid(text)
    assert valid == reads


# ---- what an editor shows ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["document", "plain_document", "variant", "plain_variant"])
def test_every_key_is_explained(kind):
    properties = SCHEMA["definitions"][kind]["properties"]
    assert set(properties) == set(KEYS) - ({"variants"} if "variant" in kind else set())
    assert all(properties[key]["description"].endswith(".") for key in properties)


def test_every_operation_and_option_is_explained():
    definitions = SCHEMA["definitions"]
    lines = [one["then"] for one in definitions["lines"]["allOf"]]
    mappings = [one["then"] for one in definitions["operations"]["allOf"]]
    assert len(lines) == len(mappings) == len(OPERATIONS)
    for (name, signature), line, mapping in zip(SIGNATURES.items(), lines, mappings, strict=True):
        assert signature.usage in line["description"]
        assert set(mapping["properties"]) == {"op", *signature.kinds}
        assert all(option["description"] for option in mapping["properties"].values())
        (example,) = line["examples"]
        assert example.split()[0] == name
        assert convcalc.loads(f"input: [64, 8, 8]\nlayers: {example}\n")


def test_what_a_file_may_say_of_its_cost_is_explained():
    for key, names in (("expect", EXPECTED), ("budget", BUDGETS)):
        properties = SCHEMA["definitions"][key]["properties"]
        assert set(names) <= set(properties)
        assert all(fact["description"] for fact in properties.values())


def test_no_pattern_needs_more_than_javascript_has():
    """Editors compile a pattern in unicode mode, in which a needless escape is an error."""

    def patterns(node: Any) -> Any:
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "pattern" and isinstance(value, str):
                    yield value
                yield from patterns(value)
        elif isinstance(node, list):
            for item in node:
                yield from patterns(item)

    found = set(patterns(SCHEMA))
    assert len(found) > 50
    for pattern in found:
        assert not re.search(r"\\(?![nrsS1$()/\[\]{}.^*+?|\\]|u[0-9a-f]{4})", pattern), pattern
        assert "(?<" not in pattern
        assert "(?P" not in pattern


# ---- the command ------------------------------------------------------------------------------------


def test_schema_prints_the_schema(run, tmp_path):
    ran = run("schema")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == SCHEMA
    file = tmp_path / "convcalc.schema.json"
    assert run("schema", "-o", str(file)) == (0, "", "")
    assert file.read_text("utf-8") == ran.out


def test_the_schema_of_the_configs_is_fresh(run):
    assert (ROOT / "configs" / "convcalc.schema.json").read_text("utf-8") == run("schema").out
