"""Ask the counters themselves what tests/data/counter_probes.csv says that they print.

    pip install -e . torch torchvision fvcore thop torchinfo ptflops calflops transformers flopth
    pip install onnx onnx-tool
    python tests/tools/probes.py [-o tests/data/counter_probes.csv]

Every row is built of PyTorch modules (torch_modules.py) and given to every counter that is installed.
What a counter prints now and the file has otherwise is listed, and then the exit code is 1; with `-o`
the file is written again, with the old figures of counters that are not installed.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import importlib.util
import io
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch_modules import Built

from convcalc.network.inline import load_body
from convcalc.network.overrides import read_input

PROBES = Path(__file__).resolve().parents[1] / "data" / "counter_probes.csv"
OPSET = 13

Counts = dict[str, int | None]  # by the columns of the file


def fvcore(net: nn.Module, x: torch.Tensor) -> Counts:
    from fvcore.nn import FlopCountAnalysis

    return {"fvcore": FlopCountAnalysis(net, x).unsupported_ops_warnings(False).total()}


def thop(net: nn.Module, x: torch.Tensor) -> Counts:
    import thop

    macs, params = thop.profile(net, inputs=(x,), verbose=False)
    return {"thop": int(macs), "thop_params": int(params)}


def torchinfo(net: nn.Module, x: torch.Tensor) -> Counts:
    from torchinfo import summary

    done = summary(net, input_data=x, verbose=0)
    return {"torchinfo": done.total_mult_adds, "torchinfo_params": done.total_params}


def ptflops(net: nn.Module, x: torch.Tensor) -> Counts:
    macs, params = _ptflops(net, x, "pytorch")
    return {"ptflops": macs, "ptflops_params": params}


def ptflops_aten(net: nn.Module, x: torch.Tensor) -> Counts:
    return {"ptflops_aten": _ptflops(net, x, "aten")[0]}


def _ptflops(net: nn.Module, x: torch.Tensor, backend: str) -> tuple[int, int]:
    from ptflops import get_model_complexity_info

    quiet = {"print_per_layer_stat": False, "as_strings": False, "verbose": False}
    macs, params = get_model_complexity_info(net, tuple(x.shape[1:]), backend=backend, **quiet)
    return int(macs), int(params)


def torch_flop_counter(net: nn.Module, x: torch.Tensor) -> Counts:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        net(x)
    return {"torch_flop_counter": counter.get_total_flops()}


def calflops(net: nn.Module, x: torch.Tensor) -> Counts:
    from calflops import calculate_flops

    quiet = {"print_results": False, "output_as_string": False}
    flops, macs, _ = calculate_flops(net, input_shape=tuple(x.shape), **quiet)
    return {"calflops_macs": int(macs), "calflops_flops": int(flops)}


def flopth(net: nn.Module, x: torch.Tensor) -> Counts:
    from flopth import flopth

    flops, params = flopth(net, in_size=(tuple(x.shape[1:]),), bare_number=True)
    return {"flopth": int(flops), "flopth_params": int(params)}


def onnx_tool(net: nn.Module, x: torch.Tensor) -> Counts:
    import onnx_tool

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "net.onnx"))
        keep = {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}
        torch.onnx.export(net, (x,), path, opset_version=OPSET, dynamo=False, **keep)
        model = onnx_tool.Model(path)
    model.graph.shape_infer(None)
    model.graph.profile()
    return {"onnx_tool": int(model.graph.macs[0]), "onnx_tool_params": int(model.graph.params)}


COUNTERS: dict[str, Callable[[nn.Module, torch.Tensor], Counts]] = {
    "fvcore": fvcore,
    "thop": thop,
    "torchinfo": torchinfo,
    "ptflops": ptflops,
    "ptflops aten": ptflops_aten,
    "torch": torch_flop_counter,
    "calflops": calflops,
    "flopth": flopth,
    "onnx_tool": onnx_tool,
}


def installed() -> list[str]:
    return [name for name in COUNTERS if importlib.util.find_spec(name.split()[0])]


def printed(row: dict[str, str], counter: str) -> Counts:
    """What a counter prints for a row now; nothing where it fails, which is told on standard error."""
    network = load_body(row["body"], read_input(row["input"]))
    functional = (row["functional"],) if row["functional"] else ()
    net = Built(network, functional).eval()
    x = torch.rand(1, *network.input_shape)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return COUNTERS[counter](net, x)
        except Exception as error:
            sys.stderr.write(f"{counter} fails for {row['body']}: {str(error).splitlines()[0]}\n")
            return {}


def differences(rows: list[dict[str, str]]) -> list[str]:
    """What is printed now and is other than the file has it; changes the rows."""
    found = []
    for row in rows:
        for counter in installed():
            for column, now in printed(row, counter).items():
                if row[column] and str(now) != row[column]:
                    where = f"{row['body']} {row['functional']}".strip()
                    found.append(f"{where}: {column} {row[column]}, now {now}")
                    row[column] = str(now)
    return found


def read() -> tuple[str, list[dict[str, str]]]:
    """The line that says where the figures are from, and the rows."""
    with PROBES.open(encoding="utf-8") as file:
        return next(file), list(csv.DictReader(file))


def write(path: Path, source: str, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(source)
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description="Ask the counters what they print for the probes.")
    parser.add_argument("-o", "--output", type=Path, help="write the file again")
    options = parser.parse_args()
    torch.manual_seed(0)
    source, rows = read()
    found = differences(rows)
    asked = ", ".join(installed())
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.stdout.write(f"{len(rows)} probes of {asked}: {len(found)} figures differ\n")
    if options.output:
        write(options.output, source, rows)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
