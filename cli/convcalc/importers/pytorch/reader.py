"""PyTorch: a program that `torch.export.save` wrote, to a graph.

A program is a flat list of ATen calls in the order of execution, with the sizes of every tensor, so
nothing is inferred here: what a layer gives is what the file says that it gave when it was traced.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import prod

from ..graph import Graph, GraphBuilder, GraphHead, ModelFile, ModelFileError
from ..reading.tensor_views import View
from ..reading.trace import CallSite, Held, Refusal, Trace, Weight, sizes_text
from .arguments import PytorchArguments
from .calls import CALLS, CHECKS
from .program import AtenCall, ExportedProgram, Tensor, read_program
from .reshaping import TURNED

_LAYER = "torch.ops.aten."
_ATTENTION = ("scaled_dot_product_attention", "einsum", "bmm", "baddbmm")
_DECOMPOSED = ("exp", "log", "log1p", "gt", "where", "index", "minimum", "_native_batch_norm_legit")


def read(given: ModelFile) -> Graph:
    """The graph of a `.pt2`, or of the `model.json` in one."""
    program = read_program(given)
    trace = _start(given, program)
    held = _held(program, trace)
    uses = _uses(program)
    for call in program.calls:
        trace.at = _origin(call)
        _follow(trace, PytorchArguments(call, held, program.sizes, uses), held)
    _finish(trace, program, held, uses)
    return trace.builder.graph("PyTorch", "calls", len(program.calls))


def _start(given: ModelFile, program: ExportedProgram) -> Trace:
    sizes = [program.sizes.get(name, ()) for name in program.inputs]
    if len(sizes) != 1:
        raise ModelFileError(given.label, f"the network has {len(sizes)} inputs; one can be written")
    if not program.outputs:
        raise ModelFileError(given.label, "the network returns no tensor; one at least is needed")
    batch, *shape = sizes[0] or (0,)
    if not shape or min(sizes[0]) < 1:
        needed = "each must be at least 1" if shape else "batch and channels are needed"
        message = f"the network's input has the sizes {sizes_text(sizes[0])}; {needed}"
        raise ModelFileError(given.label, message)
    if given.input and given.input != tuple(shape):
        exported, wanted = sizes_text(shape), sizes_text(given.input)
        message = (
            f"the program was exported for {exported}, not {wanted}; export it again with that input"
        )
        raise ModelFileError(given.label, message)
    return Trace(GraphBuilder(given.label, tuple(shape)), batch)


def _held(program: ExportedProgram, trace: Trace) -> dict[str, Held]:
    """The tensors that exist before the first call."""
    held: dict[str, Held] = {program.inputs[0]: trace.input()}
    for name in program.parameters:
        held[name] = Weight(name, program.sizes.get(name, ()), is_trained=True)
    for name in program.constants:
        held[name] = Weight(name, program.sizes.get(name, ()), fixed=True)
    return held


def _uses(program: ExportedProgram) -> Counter[str]:
    """How often each tensor is read."""
    uses = Counter(name for name, _ in program.outputs)
    for call in program.calls:
        for argument in call.arguments.values():
            items = argument if isinstance(argument, list) else [argument]
            uses.update(item.name for item in items if isinstance(item, Tensor))
    return uses


def _origin(call: AtenCall) -> CallSite:
    return CallSite(f'call "{call.name}"', call.layer, call.scope)


def _follow(trace: Trace, given: PytorchArguments, held: dict[str, Held]) -> None:
    """Add what a call amounts to, and remember its results."""
    call = given.call
    name = call.target.removeprefix(_LAYER).partition(".")[0]
    if name in CHECKS or not any(tensor.name for tensor in call.outputs):
        return
    is_constant = not given.views and given.is_whole
    results = _computed(given, name) if is_constant else _called(trace, given, name)
    for tensor, value in zip(call.outputs, results, strict=False):
        held[tensor.name] = value
    if name.endswith("_") and isinstance(first := call.arguments.get("self"), Tensor):
        held[first.name] = results[0]  # changed in place: who reads it later reads the result


def _computed(given: PytorchArguments, name: str) -> Sequence[Held]:
    """A weight that is turned about, or one that is computed from weights."""
    weight = given.tensor("input") or given.tensor("self") if name in TURNED else None
    if isinstance(weight, Weight):
        return [weight._replace(sizes=given.sizes)]
    return [
        Weight(tensor.name, given.sizes_of(tensor), fixed=True, is_trained=given.has_trained)
        for tensor in given.call.outputs
    ]


def _called(trace: Trace, given: PytorchArguments, name: str) -> Sequence[Held]:
    handler = CALLS.get(name) or CALLS.get(name.removesuffix("_"))
    try:
        if handler is None:
            raise _unknown(given.call.target, name)
        made = handler(trace, given)
    except Refusal as refusal:
        return trace.refuse(refusal, given.views, *map(given.sizes_of, given.call.outputs))
    return [made] if isinstance(made, View) else made


def _unknown(target: str, name: str) -> Refusal:
    """A call that has no word; some are known for what they are parts of."""
    what = target.removeprefix("torch.ops.")
    if name in _ATTENTION:
        return Refusal(f"{what} (attention)", is_unknown=True)
    remedy = "export without run_decompositions()" if name in _DECOMPOSED else ""
    return Refusal(what, remedy, is_unknown=True)


def _finish(trace: Trace, program: ExportedProgram, held: dict[str, Held], uses: Counter[str]) -> None:
    """The heads, and what is to be said of the parameters."""
    builder = trace.builder
    for tensor, name in program.outputs:
        trace.at = CallSite(f'output "{tensor}"')
        value = held.get(tensor)
        if isinstance(value, View):
            builder.heads.append(GraphHead(trace.end(value), name))
        else:
            builder.refuse("an output that is no tensor of the network", trace.at.place)
    _tell_of_parameters(builder, program, uses)


def _tell_of_parameters(builder: GraphBuilder, program: ExportedProgram, uses: Counter[str]) -> None:
    """What is unread, and what is frozen; of a parameter's several names calls read only one."""
    told = {program.storage(tensor) for tensor in program.parameters if uses[tensor]}
    for tensor, name in program.parameters.items():
        if program.storage(tensor) not in told:
            told.add(program.storage(tensor))
            count, place = prod(program.sizes.get(tensor, ())), f'parameter "{name}"'
            builder.caveat("params that no call reads are left out", count, place)
    frozen = {program.storage(tensor) for tensor in program.frozen & program.parameters.keys()}
    if frozen:
        builder.note(f"{len(frozen)} parameters do not require gradients; they are counted")
