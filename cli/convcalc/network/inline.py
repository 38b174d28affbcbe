"""A body that is written in place on the command line (`-e`)."""

from ..language.bodies import Body, Named, Series
from ..language.body_reader import BodyParser
from ..language.builder import Builder
from ..language.calls import Calls
from ..language.specification import Specification
from ..ops.shapes import Shape
from ..reader.source import Source
from ..text.problems import TOP
from .loading import Plan, read_tree
from .model import Network
from .overrides import Overrides


def read_body(text: str) -> Plan:
    """The plan of a body that is written in place (`-e`).

    Its name is that of the one layer or group that it is, else its text.
    """
    source = Source("-e", "-e", "", text.encode("utf-8", "surrogateescape"))
    root, report = read_tree(source)
    calls = Calls({}, Builder({}))
    body = BodyParser(report, calls, ()).body(root)
    specification = Specification(
        name=_own_name(body) or _on_one_line(text),
        description=None,
        source=None,
        input=None,
        parameters={},
        calls=calls,
        body=body,
        expect={},
        budget=(),
    )
    return Plan(source, None, specification, report, TOP)


def load_body(text: str, input_shape: Shape) -> Network:
    """The network of a body that is written in place. Its input counts as its own, not as a change."""
    network = read_body(text).network(Overrides(input_shape=input_shape))
    return network.replace(changes={}, body=_on_one_line(text))


def _own_name(body: Body) -> str | None:
    """The name of the one layer or group that it is; None where it is another or several."""
    if isinstance(body, Series) and len(body.items) == 1:
        (body,) = body.items
    return body.name if isinstance(body, Named) else None


def _on_one_line(text: str) -> str:
    """The text on one line, a list without its brackets."""
    line = " ".join(text.split())
    inside = line[1:-1]
    is_flat_list = line.startswith("[") and line.endswith("]") and not set("[]{}") & set(inside)
    return inside.strip() if is_flat_list else line
