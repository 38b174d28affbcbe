"""convcalc import"""

from __future__ import annotations

import sys

import click

from ..network.overrides import read_input
from ..render.formats.choice import Rendered
from ..specs.importing import Imported, import_model
from ..specs.opening import open_model
from ..text.escape import visible
from ..text.output import write
from ..text.wording import counted
from . import completing
from .inputs import refuse_own_input
from .options import OneOf, force_option, output_option
from .output import emit, refuse_to_replace


@click.command()
@click.option("--input", "input_text", metavar="CxHxW", help="Another input: channels, height, width.")
@click.option(
    "--phase",
    type=OneOf(["test", "train"]),
    default="test",
    show_default=True,
    help="Which of the networks in a Caffe file.",
)
@output_option
@force_option
@click.argument("file", shell_complete=completing.files)
def command(file: str, input_text: str | None, phase: str, output: str | None, is_forced: bool) -> None:
    """The specification of a model file: what its author would have written by hand.

    \b
    convcalc import model.pt2 -o model.yaml             PyTorch's torch.export
    convcalc import model.onnx                          ONNX
    convcalc import lenet.prototxt --phase train        Caffe, with its side heads
    convcalc import yolov3.cfg --input 3x608x608        darknet, larger images

    Keras models (.keras, .json) are read too. Shapes and counts come from the file itself. They
    are compared with those of what is written, layer by layer, and nothing is written where one
    differs. No framework is needed, and no weights.
    """
    refuse_own_input([file], output)
    refuse_to_replace(output, is_forced)
    shape = read_input(input_text) if input_text is not None else None
    imported = import_model(open_model(file), shape, phase)
    emit(Rendered([imported.description.text]), output)
    write(sys.stderr, [f"{visible(file)}: {_answer(imported)}\n"])


def _answer(imported: Imported) -> str:
    """`853 calls → 485 layers in 28 lines; 7,978,856 params, ...`"""
    graph, description, network = imported
    read = counted(graph.units_read, graph.units.removesuffix("s"))
    layers = counted(sum(layer.op != "identity" for layer in network.layers), "layer")
    lines = counted(description.text.count("\n"), "line")
    total, everything = network.total, network.total_with_aux
    heads = " with side heads" if everything != total else ""
    return (
        f"{read} → {layers} in {lines}; {everything.params:,} params, "
        f"{everything.macs:,} multiply-adds{heads}, counted twice and equal"
    )
