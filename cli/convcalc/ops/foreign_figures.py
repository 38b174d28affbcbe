"""What other tools call the figures of a network and the columns of its table."""

from __future__ import annotations

import re
from collections.abc import Collection

from ..text.wording import suggestion

# Our word, and what others call it: in small letters, without separators, "number of" and units.
FOREIGN_FIGURES = {
    "params": "param learnables nparams parameter parameters parametercount paramcount trainable "
    "trainableparameters trainableparams",
    "flops": "flop floatingpointoperations",
    "macs": "computation compute complexity flop flops mac macc maccs madd madds muladd muladds multadd "
    "multadds multiplyaccumulate multiplyaccumulates multiplyaccumulations multiplyadd multiplyadds ops",
    "activations": "act activation acts",
    "peak_activations": "peak peakactivation",
    "peak_activation_bytes": "mem memory peakmemory ram sram vram",
    "weight_bytes": "bytes disk filesize flash memorysize modelsize modelsizebytes storage",
    "output": "outputshape outputsize outshape shape",
    "input": "inputshape inputsize inshape",
    "operation": "kind layertype op optype type",
    "receptive_field": "field receptivefield rf",
    "share": "fraction percent percentage",
}


def figure_hint(word: str, known: Collection[str], otherwise: str = "") -> str:
    """`; did you mean "macs"?`, or `otherwise` behind a semicolon."""
    if ours := our_figure(word, known):
        return f'; did you mean "{ours}"?'
    return suggestion(word, known, otherwise)


def our_figure(word: str, known: Collection[str]) -> str | None:
    """Which of the known words is meant by another tool's."""
    bare = re.sub(r"[^a-z0-9]", "", word.casefold())
    bare = re.sub(r"^(num(ber)?(of)?|total)(?=[a-z]{3})", "", bare)
    bare = re.sub(r"^[kmg](?=(flops?|macs?|params?)$)", "", bare)
    plain = {ours.replace("_", ""): ours for ours in known}
    called = (ours for ours, words in FOREIGN_FIGURES.items() if ours in known and bare in words.split())
    return plain.get(bare) or next(called, None)
