"""Figures that are named as in other tools get our word."""

import pytest

ASKED = {
    "check {} --max FLOPs=1G": '--max has no count "FLOPs"; did you mean "flops"?',
    "check {} --max GFLOPs=1": '--max has no count "GFLOPs"; did you mean "flops"?',
    "check {} --max MACs=1G": '--max has no count "MACs"; did you mean "macs"?',
    "check {} --max madds=1G": '--max has no count "madds"; did you mean "macs"?',
    "check {} --max Mult-Adds=1G": '--max has no count "Mult-Adds"; did you mean "macs"?',
    "check {} --max parameters=1G": '--max has no count "parameters"; did you mean "params"?',
    "check {} --max num_params=1G": '--max has no count "num_params"; did you mean "params"?',
    "check {} --max mem=1G": '--max has no count "mem"; did you mean "peak_activation_bytes"?',
    "check {} --max params<1G": '--max has no count "params<1G"; write params=1G',
    "check {} --max MACs:1G": '--max has no count "MACs:1G"; write macs=1G',
    "check {} --max params<=1G": '--max has no count "params<"; write params=1G',
    "sweep {} --min FLOPS=1G a=1": '--min has no count "FLOPS"; did you mean "flops"?',
    "summary {} --field FLOPS": '--field cannot be "FLOPS"; did you mean "flops"?',
    "summary {} --sort Params": '--sort cannot be "Params"; did you mean "params"?',
    "summary {} --columns params,shape": 'no column "shape"; did you mean "output"?',
    "summary {} --by op": '--by cannot be "op"; did you mean "operation"? There is operation',
    "draw {} --bars FLOPs": '--bars cannot be "FLOPs"; did you mean "macs"?',
    "summary {} --metric flops": '"--metric"; summary has --sort and --field, and draw --bars',
    "compare {} --sort params": 'compare has no option "--sort"; summary, sweep have it',
    "--input 3x8x8 summary {}": "an option stands behind its command: convcalc compare ... --input",
}


@pytest.mark.parametrize("line", ASKED)
def test_a_figure_of_another_tool_on_the_command_line(run, line):
    ran = run(*line.format("inception3a#naive").split())
    assert ran.code == 2
    assert ASKED[line] in ran.err


def test_a_word_that_is_no_figure_gets_the_list(run):
    ran = run("check", "inception3a", "--max", "latency=1")
    assert '"latency"; there are params, weights,' in ran.err


KEYS = {
    "expect: {Params: 1}": 'unknown key "Params" in "expect"; did you mean "params"?',
    "expect: {madds: 1}": 'unknown key "madds" in "expect"; did you mean "macs"?',
    "expect: {GFLOPs: 1}": 'unknown key "GFLOPs" in "expect"; write macs: flops are 2 × macs',
    "expect: {shape: 1}": 'unknown key "shape" in "expect"; did you mean "output"?',
    "budget: {MACs: 1}": 'unknown key "MACs" in "budget"; did you mean "macs"?',
    "budget: {model_size: 1}": 'unknown key "model_size" in "budget"; did you mean "weight_bytes"?',
    "FLOPs: 1": 'unknown key "FLOPs"; a figure stands under expect:, a limit under budget:',
}


@pytest.mark.parametrize("line", KEYS)
def test_a_figure_of_another_tool_in_a_file(run, tmp_path, line):
    path = tmp_path / "net.yaml"
    path.write_text(f"input: [3, 8, 8]\nlayers: relu\n{line}\n")
    ran = run("check", str(path))
    assert ran.code == 2
    assert KEYS[line] in ran.err


LOOKS = {"el": "e1", "E1": "e1", "e_1": "e1", "eO": "e0", "stage-2": "stage2"}


@pytest.mark.parametrize("slip", LOOKS)
def test_a_name_is_told_by_how_it_looks(run, tmp_path, slip):
    path = tmp_path / "net.yaml"
    names = ", ".join(f"{name}: conv 3x3 4" for name in ("e0", "e1", "e2", "stage1", "stage2"))
    path.write_text(f"input: [4, 8, 8]\nlayers: [{names}, add {slip}]\n")
    ran = run("summary", str(path))
    assert f'no name "{slip}" above; did you mean "{LOOKS[slip]}"?' in ran.err
