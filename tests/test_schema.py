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
from examples import fixed, one_in
from hypothesis import given
from hypothesis import strategies as st

import convcalc
from convcalc.language.builder import read_value
from convcalc.language.document import KEYS
from convcalc.language.expect import EXPECT_KEYS
from convcalc.language.signature import SIGNATURES
from convcalc.ops import WORDS as OPERATIONS
from convcalc.ops.shapes import OperationError
from convcalc.ops.totals import TOTALS
from convcalc.schema import document_schema

ROOT = Path(__file__).resolve().parent.parent
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


@pytest.mark.parametrize("path", one_in(4, CONFIGS), ids=lambda path: path.stem)
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
    "{max: lots}",
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

# What a schema is there to see: for each kind of fault, files in tests/bad that have it. The rest is
# left to convcalc: order, repetition, how large a number may be, and all that needs the whole file.
SEEN = {
    "an unknown key": """
        unknown-key unknown-key-suggested unknown-key-in-capitals variant-unknown-key key-beside-aux
        key-beside-branches key-beside-repeat input-key-unknown expect-unknown-key budget-unknown-key
        budget-rule-unknown-key budget-layer-unknown-count repeat-with-a-name-for-layers
    """,
    "a key that is missing, or has nothing": """
        missing-input missing-body missing-body-with-variants input-key-missing
        missing-argument-spelled-out
        repeat-without-layers merge-without-branches no-branches no-variants empty-branch empty-layers
        empty-option empty-text-layer null-as-layers budget-rule-without-bound
    """,
    "keys that do not go together": """
        layers-and-branches layers-and-branches-in-variant repeat-and-branches two-names-in-one-layer
        merge-alone-in-variant
    """,
    "a first word that is no operation": """
        unknown-operation unknown-operation-suggested unknown-operation-in-nested-list
        unknown-operation-spelled-out operation-in-capitals operation-by-the-word-of-another-tool
        call-with-empty-parentheses long-line layer-over-two-lines nbsp-between-arguments
    """,
    "an option that is none": """
        unknown-option unknown-option-suggested unknown-option-spelled-out option-of-another-operation
        two-unknown-options block-never-called-with-unknown-option defaults-of-unknown-operation
        defaults-of-unknown-option defaults-of-required-option too-many-arguments-for-none
    """,
    "a value of a wrong kind": """
        branches-are-a-list layers-are-a-mapping variants-are-a-list parameters-are-a-list
        define-is-a-list
        input-is-a-text input-of-five parameter-is-negative
        merge-is-a-list
        unknown-merge op-is-a-list kernel-is-a-mapping default-of-a-wrong-kind flag-no-spelled-out
        repeat-a-list repeat-negative expect-rounded expect-output-is-a-text budget-unknown-unit
        budget-max-is-a-word budget-level-unknown number-thousands-in-quotes
    """,
    "a name that cannot be one": """
        name-reserved name-with-slash name-with-sharp name-with-space name-empty name-too-long
        branch-is-a-reserved-word branch-name-with-slash variant-name-with-slash parameter-in
        parameter-bad-name block-head-unclosed block-named-like-an-operation operation-as-list-item-name
    """,
}


@pytest.mark.parametrize("kind", SEEN)
def test_a_fault_of_this_kind_is_seen(kind):
    files = [ROOT / "tests" / "bad" / f"{name}.yaml" for name in SEEN[kind].split()]
    assert [path.stem for path in files if is_valid(path.read_bytes())] == []


# Each is refused by convcalc and by the schema; the valid forms above keep the latter honest.
@pytest.mark.parametrize(
    "layers",
    [
        "conv 3x3 8 $x strides=$k",
        "conv 3x3 $(in) strides=2",
        "relu 3",
        "relu x=3",
        "{op: conv, kernel_size: 3}",
        "{op: conv, kernel_size: 3, out_channels: [8, 8]}",
        "{op: conv, kernel_size: 3, out_channels: 8, bias: 1}",
        "{op: dropout, p: -0.5}",
        "{op: upsample, scale: 2, mode: cubic}",
        "{repeat: 2, layers: relu, name: a}",
        "{aux: relu, merge: add}",
        "{branches: {a: relu}, merge: sum}",
        "{merge: add}",
        "{a: relu, b: relu}",
        "[conv: 3x3 8]",
        "true",
    ],
)
def test_the_schema_refuses_a_layer_that_convcalc_refuses(layers):
    text = f"input: [8, 8, 8]\nparameters: {{k: 3}}\nlayers: {layers}\n"
    with pytest.raises(convcalc.SpecError):
        convcalc.loads(text)
    assert not is_valid(text)


WORDS = st.text(st.sampled_from(string.digits + "x.-vs"), max_size=6) | st.sampled_from(
    ["same", "valid", "true", "false", "nearest", "3x3/2", "1" + "0" * 12, "1" + "0" * 12 + "1"]
)


@fixed(400)
@given(st.sampled_from(sorted(OPERATIONS)), st.data(), WORDS)
def test_what_convcalc_reads_as_a_value_the_schema_takes(name, data, text):
    if not SIGNATURES[name].kinds:
        return
    option = data.draw(st.sampled_from(sorted(SIGNATURES[name].kinds)))
    try:
        read_value(name, option, text)
    except OperationError:
        return
    (properties,) = (
        one["then"]["properties"]
        for one in SCHEMA["definitions"]["operations"]["allOf"]
        if one["if"]["properties"]["op"]["const"] == name
    )
    schema = {"definitions": SCHEMA["definitions"], "allOf": [properties[option]]}
    assert jsonschema.Draft7Validator(schema).is_valid(text)


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
    signatures = [(name, one) for name, one in SIGNATURES.items() if name in OPERATIONS]
    for (name, signature), line, mapping in zip(signatures, lines, mappings, strict=True):
        assert signature.usage in line["description"]
        assert set(mapping["properties"]) == {"op", *signature.kinds}
        assert all(option["description"] for option in mapping["properties"].values())
        (example,) = line["examples"]
        assert example.split()[0] == name
        assert convcalc.loads(f"input: [64, 8, 8]\nlayers: {example}\n")


def test_what_a_file_may_say_of_its_cost_is_explained():
    for key, names in (("expect", EXPECT_KEYS), ("budget", TOTALS)):
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
    assert len(found) > 40
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
