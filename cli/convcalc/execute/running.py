"""Run a whole network, layer by layer, keeping an array only while something needs it."""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ..network.layer import NETWORK_INPUT, Layer
from ..network.model import Network
from ..ops.shapes import Shape
from .kernels import Tensors, forward
from .sliding import Array

Weights = Mapping[tuple[str, str], Array]  # (layer path, tensor name) to its values


Ran = Array | list[Array]  # one array, or those of several outputs


class Executed(NamedTuple):
    """A layer that has run, what entered it and what left it."""

    layer: Layer
    inputs: list[Array]
    output: Array


def run(
    network: Network,
    x: Array,
    weights: Weights | None = None,
    seed: int = 0,
    outputs: Collection[str] = (),
) -> Ran | tuple[Ran, dict[str, Array]]:
    """The network's output for an image of shape (channels, height, width), in float32.

    For a network with outputs it is a list of them, in their order.

    `weights` has values by layer path and tensor name. Tensors that it lacks are random, and the
    same for the same `seed`. `outputs` are paths of layers whose outputs are returned too, by path.
    Side heads run only where one of their layers is asked for. Raises ValueError for an image or a
    tensor of the wrong shape, KeyError for an unknown layer or tensor.
    """
    given = weights or {}
    y = np.array(x, np.float32)
    places = {layer.path: place for place, layer in enumerate(network.layers)}
    _refuse(network, y, [*outputs, *(path for path, _ in given)], places)
    kept: dict[str, Array] = {}
    left = dict.fromkeys(network.ends, y)
    takers: dict[str, LayerTensors] = {}

    def tensors_of(layer: Layer) -> LayerTensors:
        return takers.setdefault(layer.path, LayerTensors(owner_of(network, layer), given, seed))

    for layer, _, output in execute(network, y, tensors_of, outputs):
        if layer.path in outputs:
            kept[layer.path] = output.copy()  # identity's is its input's own array
        if (place := places[layer.path]) in left:
            left[place] = output
    for path, name in given:
        if path in takers and name not in takers[path].asked:
            raise KeyError(f"{path} has no tensor {name!r}")
    ran = [left[end] for end in network.ends] if network.outputs else left[network.ends[0]]
    return (ran, kept) if outputs else ran


def _refuse(network: Network, x: Array, paths: Iterable[str], known: Collection[str]) -> None:
    """Raise for a path that is no layer, and for an image of another shape."""
    for path in paths:
        if path not in known:
            raise KeyError(f"{network.title} has no layer {path!r}")
    if x.shape != network.input_shape:
        raise ValueError(f"the image has shape {x.shape}, the network takes {network.input_shape}")


def owner_of(network: Network, layer: Layer) -> Layer:
    """The layer whose weights a layer uses: itself, or the one that `again` names."""
    return layer if layer.shares is None else network.layers[layer.shares]


def execute(
    network: Network,
    x: Array,
    tensors_of: Callable[[Layer], Tensors],
    wanted: Collection[str] = (),
) -> Iterator[Executed]:
    """Each layer and its output, in order. An array is freed when no later layer needs it."""
    places = _needed_places(network, wanted)
    last_use = {source: place for place in places for source in network.layers[place].sources}
    alive = {NETWORK_INPUT: x}
    for place in places:
        layer = network.layers[place]
        inputs = [alive[source] for source in layer.sources]
        with np.errstate(all="ignore"):  # like PyTorch, without warnings
            alive[place] = forward(layer.operation, inputs, tensors_of(layer))
        yield Executed(layer, inputs, alive[place])
        del inputs
        for source in {*layer.sources, place}:
            if last_use.get(source, place) <= place:
                alive.pop(source, None)


def _needed_places(network: Network, wanted: Collection[str]) -> list[int]:
    """The places of the main path, and of the layers in side heads that lead to a wanted one."""
    needed = set(network.ends)
    for place in range(len(network.layers) - 1, -1, -1):
        layer = network.layers[place]
        if not layer.aux or layer.path in wanted or place in needed:
            needed.update({place, *layer.sources})
    return sorted(needed - {NETWORK_INPUT})


class LayerTensors:
    """The tensors of a layer: given ones, and random ones for the rest."""

    border = 0.0

    def __init__(self, layer: Layer, weights: Weights, seed: int) -> None:
        self.layer = layer
        self.weights = weights
        self.seed = seed
        self.asked: dict[str, tuple[int, ...]] = {}

    def ask(self, name: str, *shape: int, fan_in: int = 1) -> Array:
        self.asked[name] = shape
        found = self.weights.get((self.layer.path, name))
        if found is None:
            return random_tensor(self.layer.path, name, shape, self.seed, fan_in)
        values = np.asarray(found, np.float32)
        if values.shape != shape:
            what = f"{self.layer.path} {name} has shape {values.shape}; the layer needs {shape}"
            raise ValueError(what)
        return values

    def products(self, sums: Array) -> None:
        pass


def random_tensor(path: str, name: str, shape: Shape, seed: int, fan_in: int = 1) -> Array:
    """Values that depend on the seed, the layer and the tensor alone.

    Weights are scaled by their fan-in (He et al. 2015), and factors and variances are around 1, or
    a deep network's output would hardly depend on its input.
    """
    key = [seed, *f"{path}\0{name}".encode()]
    values = np.random.default_rng(key).standard_normal(shape, np.float32)
    if name == "weight":
        values *= np.float32(math.sqrt(2 / max(1, fan_in)))
    elif name in ("gamma", "running_var"):
        np.exp(values / 4, out=values)
    elif name == "slope":
        values *= np.float32(0.25)
    return values


def random_weights(network: Network, seed: int = 0) -> dict[tuple[str, str], Array]:
    """Every tensor of the main path, as `run` makes it for that seed."""
    weights: dict[tuple[str, str], Array] = {}

    class Recorder(LayerTensors):
        def ask(self, name: str, *shape: int, fan_in: int = 1) -> Array:
            tensor = super().ask(name, *shape, fan_in=fan_in)
            weights[self.layer.path, name] = tensor
            return tensor

    def tensors_of(layer: Layer) -> Recorder:
        return Recorder(owner_of(network, layer), {}, seed)

    for _ in execute(network, image(network, seed), tensors_of):
        pass
    return weights


def image(network: Network, seed: int = 0) -> Array:
    """A random image for the network."""
    return random_tensor("", "image", network.input_shape, seed)
