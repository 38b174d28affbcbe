"""--format latex of tables: what a paper takes, with names as text."""

import json
import re

import pytest
from click.testing import CliRunner

from convcalc.commands.program import program


def latex(*arguments):
    ran = CliRunner().invoke(program, [*arguments, "--format", "latex"], standalone_mode=False)
    assert ran.exception is None, ran.exception
    return ran.stdout


def test_the_paper_s_comparison_is_a_table():
    lines = latex("compare", "inception3a").splitlines()
    assert lines[1:5] == [
        "% Szegedy et al. 2014, arXiv:1409.4842, Figure 2",
        "% \\usepackage{booktabs}",
        "\\begin{tabular}{lrrrrrrrr}",
        "\\toprule",
    ]
    assert re.findall(r"\\multicolumn\{(\d)\}\{c\}\{([^}]*)\}", lines[5]) == [
        ("1", ""),
        ("3", "params"),
        ("3", "multiply-adds"),
        ("2", "output"),
    ]
    assert lines[6] == "\\cmidrule(lr){2-4} \\cmidrule(lr){5-7} \\cmidrule(lr){8-9}"
    # 5·5·192·32 weights, and with the reduction 192·16 + 5·5·16·32, at 28×28 positions
    five = next(line for line in lines if line.startswith("5x5"))
    assert five.split(" & ")[1:7] == ["153,600", "15,872", "0.10", "120,422,400", "12,443,648", "0.10"]
    assert lines[-1].startswith("% ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", "inception3a"],
        ["summary", "googlenet#paper"],
        ["sweep", "mobilenet_v1", "alpha=0.5,1"],
        ["diff", "inception3a#naive", "inception3a#reduced"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_every_row_has_as_many_cells_as_there_are_columns(arguments):
    text = latex(*arguments)
    columns = len(re.search(r"begin\{tabular\}\{([lr]+)\}", text)[1])
    rows = [line for line in text.splitlines() if line.endswith("\\\\")]
    assert len(rows) > 2
    for row in rows:
        spans = [int(width) - 1 for width in re.findall(r"\\multicolumn\{(\d+)\}", row)]
        assert row.count(" & ") + sum(spans) == columns - 1
    assert "█" not in text


HOSTILE = ["\\input{x}", "a&b", "100%", "$x_1^2$", "a~b#c{d}e", '"<|>', "[2cm]", "*"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_in_the_table(tmp_path, name):
    file = tmp_path / "net.yaml"
    word = name.replace("#", ".").replace("/", ".")
    network = {"name": name, "source": name, "input": [3, 8, 8], "layers": [{word: "conv 1x1 4"}]}
    file.write_text(json.dumps(network))
    text = latex("summary", str(file))
    body = "\n".join(line for line in text.splitlines() if not line.startswith("%"))
    (row,) = [line for line in body.splitlines() if "conv 1x1 4" in line]
    first = row.split(" & conv 1x1 4")[0]
    plain = re.sub(r"\{\\char34\}|\\text\w+\{\}|\\[{}$&#_%]", "", first)
    assert not set(plain.replace("{[", "[").replace("]}", "]").replace("{*}", "*")) & set(
        '\\{}$&#^_~%<>|"'
    )
    assert not first.startswith(("[", "*"))
