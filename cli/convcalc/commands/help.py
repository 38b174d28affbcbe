"""The first page that a user sees."""

import click

COMMANDS = {
    "compare": "networks or variants side by side",
    "summary": "one network as a tree: shapes, params, multiply-adds, shares",
    "explain": "the formula of each layer with its numbers",
    "sweep": "one row for each combination of parameter values",
    "draw": "a picture: in the terminal, as SVG, PNG, Mermaid, DOT or TikZ",
    "check": "budgets and expectations written in the file: do they hold?",
    "diff": "what changed between two files, variants or git revisions",
    "verify": "run the network with NumPy and measure what the formulas say",
    "reconcile": "what fvcore, thop, ptflops and others print for it, and why",
    "import": "PyTorch, ONNX, Keras, Caffe and darknet files as YAML",
    "list": "the shipped configs",
    "show": "print one of them, to copy and edit",
    "ops": "the operations and their options",
    "schema": "the JSON Schema of the language, for editors",
}

SUMMARY = "what a convolutional network costs, from its YAML description"

_GROUPS = {
    "Look": ("compare", "summary", "explain", "sweep", "draw"),
    "Guard": ("check", "diff"),
    "Trust": ("verify", "reconcile"),
    "Write": ("import", "list", "show", "ops", "schema"),
}

_EXAMPLES = f"""\
convcalc: {SUMMARY}

  convcalc compare inception3a            two designs, branch by branch
  convcalc compare inception3a --why      what a 1x1 saves, and up to what width
  convcalc summary googlenet#paper        one network, layer by layer
  convcalc explain inception3a#reduced    every formula with its numbers put in
  convcalc check configs/                 exit 1 when a budget is broken

Usage: convcalc COMMAND SPEC... [options]
  SPEC is a file (net.yaml), a shipped config (googlenet) or - (standard input);
  net.yaml#small is one of its variants, net.yaml@alpha=0.5 has another value
"""

_OPTIONS = """\
{options}
  --input CxHxW       another input shape
  --set NAME=VALUE    another parameter value
  -e BODY             a body in place of a SPEC
  --format FORMAT     table, markdown, csv, tsv, json, ...
  -o, --output FILE   --color auto|always|never   -h, --help   --version

Exit code 0: fine; 1: the answer is no; 2: a wrong command line or file.
convcalc COMMAND --help has examples for each.
"""


def help_text() -> str:
    """Examples first, then every command by what it is for."""
    lines = [_EXAMPLES]
    for group, names in _GROUPS.items():
        lines.append(click.style(group, bold=True))
        lines += [f"  {name:<10}  {COMMANDS[name]}" for name in names]
    return "\n".join([*lines, "", _OPTIONS.format(options=click.style("Options", bold=True))])
