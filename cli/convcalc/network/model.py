"""A network whose shapes are known: an immutable list of groups and layers in execution order."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any, NoReturn

from ..language.budget import Rule
from ..language.expect import Expected
from ..ops.cost import COUNTS, Cost
from ..ops.shapes import Shape, shape_text, shapes_text
from ..ops.totals import BYTES_OF, DEFAULT_DTYPE, PEAK, TOTALS, element_bytes
from ..reader.spec import spec_text
from ..text.escape import visible
from ..text.numbers import number_of
from ..text.problems import Mark
from .layer import NETWORK_INPUT, Item, Layer, Output, total
from .memory import alive_activations

if TYPE_CHECKING:
    from .receptive import ReceptiveField


# Dictionaries have no FLOPs of single layers, which are twice their multiply-adds.
_LAYER_COUNTS = [count for count in COUNTS if count != "flops"]


class Network:
    """An architecture with exact shapes and costs. Shapes are (channels, height, width).

    It is no dataclass. To import that module and to generate the code takes a fiftieth of `summary
    inception3a --format json`.
    """

    name: str
    variant: str | None
    file: str  # as it was given
    label: str  # the file's name in messages
    mark: Mark | None  # where it begins in the file; None in a model file, which has no lines
    source: str | None
    description: str | None
    parameters: Mapping[str, str]
    changes: Mapping[str, str]  # parameters, and `input`, that are not the file's own
    input_shape: Shape
    output_shape: Shape | None  # None where it has outputs instead of an end
    outputs: tuple[Output, ...]
    ends: tuple[int, ...]  # the layers whose outputs leave it, by place; the image is -1
    items: tuple[Item, ...]
    top_names: frozenset[str]  # the written ones, without those that were numbered
    expect: Mapping[str, Expected]
    budget: tuple[Rule, ...]
    model: str | None = None  # the model file that was described; None where a specification is its own
    caveats: tuple[str, ...] = ()  # where the model file's own counts are others, each a sentence
    body: str | None = None  # its text where it was written in place of a SPEC
    called: str | None = None  # what tells it apart from another of the same name

    def __init__(self, **fields: Any) -> None:
        known = Network.__annotations__.keys()
        wrong = (fields.keys() - known) | (known - fields.keys() - vars(Network).keys())
        if wrong:
            raise TypeError(f"a network has all of its fields and no others; look at {sorted(wrong)}")
        vars(self).update(fields)

    def replace(self, **fields: Any) -> "Network":
        """The same network but for these fields."""
        return Network(**{name: getattr(self, name) for name in Network.__annotations__} | fields)

    def __eq__(self, other: object) -> bool:
        fields = Network.__annotations__
        return isinstance(other, Network) and all(getattr(self, x) == getattr(other, x) for x in fields)

    __hash__ = None  # type: ignore[assignment]

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name} of a network cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{name} of a network cannot be deleted")

    @property
    def merge(self) -> str | None:
        """How its branches are merged, if the whole network is one set of branches; else None."""
        last = self.items[-1] if self.items else None
        if isinstance(last, Layer) and last.depth == 0 and last.joins_branches:
            return last.op
        return None

    @property
    def title(self) -> str:
        """`name#variant@alpha=0.5`, or what tells it apart."""
        return self.called or spec_text(self.name, self.variant, self.changes)

    @property
    def spec(self) -> str:
        """The SPEC that names it, with the file as it was given; for a body in place its text."""
        return self.body or spec_text(self.file, self.variant, self.changes)

    @property
    def origin(self) -> str:
        """The source that it cites; `after ...` where its values are not those of the source."""
        return f"after {self.source}" if self.source and self.changes else self.source or ""

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """Every layer in execution order, merges and side heads included."""
        return tuple(item for item in self.items if isinstance(item, Layer))

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The index of each item by its path."""
        return {item.path: index for index, item in enumerate(self.items)}

    @cached_property
    def total(self) -> Cost:
        """The cost of the main path, without side heads."""
        return total(layer for layer in self.layers if not layer.aux)

    @cached_property
    def total_with_aux(self) -> Cost:
        """The cost of everything, side heads included."""
        return total(self.layers)

    @cached_property
    def receptive_fields(self) -> "tuple[ReceptiveField | None, ...]":
        """What a position of each layer's output sees of the image; None where that is no window."""
        from .receptive import receptive_fields  # which most answers need none of

        return receptive_fields(self.layers, self.input_shape)

    @cached_property
    def _alive(self) -> tuple[int, ...]:
        return alive_activations(self.layers, self.input_shape, self.ends, aux=False)

    @cached_property
    def _alive_with_aux(self) -> tuple[int, ...]:
        return alive_activations(self.layers, self.input_shape, self.ends, aux=True)

    def alive_activations(self, aux: bool = False) -> tuple[int, ...]:
        """The activation elements that are alive while each layer runs."""
        return self._alive_with_aux if aux else self._alive

    def peak_activations(self, aux: bool = False) -> int:
        """The most activation elements that are alive at once."""
        return max(self.alive_activations(aux), default=prod(self.input_shape))

    def figure(self, name: str, aux: bool = False, dtype: str = DEFAULT_DTYPE, part: str = "") -> int:
        """One of TOTALS by its name; side heads only with `aux`, bytes of elements of that type.

        With a path it is that of a layer or group, of which the peak is the most while it runs.
        """
        if name in BYTES_OF:
            return self.figure(BYTES_OF[name], aux, part=part) * element_bytes(dtype)
        if part:
            return self._figure_of_part(name, aux, self.places[part])
        if name == PEAK:
            return self.peak_activations(aux)
        count: int = getattr(self.total_with_aux if aux else self.total, name)
        return count

    def _figure_of_part(self, name: str, aux: bool, place: int) -> int:
        layers = self.part(place, aux)
        if name == PEAK:
            alive = self.alive_activations(aux or self.items[place].aux)
            known = dict(zip(self.layers, alive, strict=True))
            return max((known[layer] for layer in layers), default=0)
        count: int = getattr(total(layers), name)
        return count

    def totals(self, aux: bool = False, dtype: str = DEFAULT_DTYPE) -> dict[str, int]:
        """Every one of TOTALS."""
        return {name: self.figure(name, aux, dtype) for name in TOTALS}

    def with_side_heads(self) -> "Network":
        """The same with side heads counted as what they are beside is."""
        return self.replace(items=tuple(item._replace(aux=False) for item in self.items))

    def part(self, index: int, aux: bool) -> tuple[Layer, ...]:
        """The layer at that index of `items`, or the layers of the group there.

        Side heads inside a group are left out, unless `aux` is given or the group is one itself.
        """
        item = self.items[index]
        if isinstance(item, Layer):
            return (item,)
        inside = (one for one in self.items[index + 1 : item.stop] if isinstance(one, Layer))
        return tuple(layer for layer in inside if aux or item.aux or not layer.aux)

    def path_of(self, layer: int) -> str | None:
        """The path of a layer by its place; None for the network's input."""
        return None if layer == NETWORK_INPUT else self.layers[layer].path

    def to_dict(self, aux: bool = False, dtype: str = DEFAULT_DTYPE) -> dict[str, Any]:
        """What `summary --format json` has of it, in dictionaries, lists, numbers and texts alone."""
        outputs = [{"path": one.path, "shape": list(one.shape)} for one in self.outputs]
        return {
            "name": self.name,
            "variant": self.variant,
            "file": self.file,
            "parameters": {name: number_of(text) for name, text in self.parameters.items()},
            "input": list(self.input_shape),
            "output": None if self.output_shape is None else list(self.output_shape),
            **({"outputs": outputs} if outputs else {}),
            "totals": self.totals(aux, dtype),
            "layers": list(self.layer_dicts()),
        }

    def layer_dicts(self) -> Iterator[dict[str, Any]]:
        """What `to_dict` has of each layer."""
        for layer, field in zip(self.layers, self.receptive_fields, strict=True):
            yield {
                "path": layer.path,
                "op": layer.op,
                "input": list(layer.input),
                "output": list(layer.output),
                **{count: getattr(layer.cost, count) for count in _LAYER_COUNTS},
                "receptive_field": None if field is None else list(field.size),
                "stride": None if field is None else list(field.stride),
                "aux": layer.aux,
                "line": layer.line,
                "sources": [self.path_of(source) for source in layer.sources],
                "inputs": [list(shape) for shape in layer.inputs],
                "shares": None if layer.shares is None else self.path_of(layer.shares),
            }

    @property
    def leaving(self) -> tuple[Shape, ...]:
        """The shapes that leave it: of its outputs in their order, or of its end."""
        return tuple(output.shape for output in self.outputs) or (self.output_shape or (),)

    @property
    def shapes_text(self) -> str:
        """`3×416×416 → 3 outputs`"""
        return f"{shape_text(self.input_shape)} → {shapes_text(self.leaving)}"

    def __repr__(self) -> str:
        shapes = self.shapes_text
        counts = f"{self.total.params:,} params, {self.total.macs:,} multiply-adds"
        return f"{visible(self.title)}: {shapes}, {counts}"
