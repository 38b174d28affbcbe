"""The colours of pictures, light and dark."""

from __future__ import annotations

PAPER = ("#ffffff", "#0d1117")
INK = ("#1f2730", "#e6edf3")
SOFT_INK = ("#5c6773", "#9aa7b4")
LINES = ("#55616f", "#8b98a6")
BORDER = ("#c3ccd6", "#39434f")  # of a frame

# The fill and the edge of each kind of box, light and dark.
KIND_COLOURS = {
    "pointwise": ("#fdf1c7", "#b8860b", "#3d3212", "#d9a92b"),
    "conv": ("#d8e6f7", "#3a78bf", "#16304d", "#5b9be0"),
    "depthwise": ("#d3f0e8", "#23927a", "#113a32", "#3dbd9f"),
    "pool": ("#f9d9d7", "#c8443c", "#4a1d1b", "#e8756e"),
    "linear": ("#e8dcf4", "#8a4fb5", "#35214a", "#b58ad9"),
    "concat": ("#dcefd5", "#4f9136", "#1f3a17", "#77b95d"),
    "sum": ("#dcefd5", "#4f9136", "#1f3a17", "#77b95d"),
    "closed": ("#e9edf2", "#66748a", "#232b36", "#8b9ab0"),
    "other": ("#f1f1ef", "#85857f", "#2c2c2a", "#9b9b95"),
}

# The lines of a plot, light and dark, one after the other.
CURVES = (
    ("#3a78bf", "#5b9be0"),
    ("#c8443c", "#e8756e"),
    ("#4f9136", "#77b95d"),
    ("#a87600", "#d9a92b"),
    ("#8a4fb5", "#b58ad9"),
    ("#23927a", "#3dbd9f"),
    ("#b84a86", "#e089b8"),
    ("#66748a", "#9fb0c8"),
)
