"""Pictures side by side as PNG, drawn from the SVG by resvg, in the light colours."""

from __future__ import annotations

from ...draw.panels import Panels
from ...text.problems import UsageError
from . import svg

_ZOOM = 2  # for screens with two dots a pixel


def draw(panels: Panels) -> bytes:
    """The bytes of the file; raises UsageError without resvg-py."""
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        raise UsageError("a PNG needs resvg-py; pip install resvg-py") from None
    return bytes(svg_to_bytes(svg_string="".join(svg.draw(panels)), zoom=_ZOOM))
