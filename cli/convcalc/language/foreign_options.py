"""What other frameworks call the options of operations."""

from __future__ import annotations

import re
from collections.abc import Collection

from ..ops import OPS
from .foreign_operations import our_word

# Our option, and what others call it: in small letters, without separators.
FOREIGN_OPTIONS = {
    "align_corners": "aligncorner",
    "ceil_mode": "ceil roundmode",
    "center": "beta usebeta",
    "count_include_pad": "countincludepadding includepad",
    "dilation": "atrousrate d dil dilate dilationrate dilations rate",
    "eps": "epsilon",
    "factor": "block blocksize downscalefactor r scale scalefactor size upscale upscalefactor",
    "groups": "g group numgroups",
    "kernel_size": "f filtersize k kernel kernelshape kernelsize ksize poolsize size window windowsize",
    "mode": "interpolation method",
    "multiplier": "channelmultiplier depthmultiplier",
    "offset": "offsets",
    "out_channels": "channels cout filters nfilters numfilters numoutput oc out outplanes output planes",
    "out_features": "classes nunits numclasses numoutput out outchannels output outputs size units",
    "p": "dropoutratio prob probability rate ratio",
    "padding": "p pad padmode pads",
    "scale": "factor gamma scalefactor scales size usescale",
    "size": "localsize n outputsize targetsize",
    "slope": "alpha negativeslope",
    "start": "begin from",
    "stop": "end to",
    "stride": "s step steps strides subsample",
    "bias": "biasterm hasbias usebias withbias",
}

# Options of other frameworks, and how the language says the same.
_SAID_ELSEWHERE = {
    "the channels that enter are known; leave it out": (
        "cin in inchannels infeatures inplanes inputchannels inputdim inputshape inputsize nin "
        "normalizedshape numchannels numfeatures numinput"
    ),
    "it works on the channels; leave it out": "axis dim",
    "scale and center say that": "affine elementwiseaffine learnable",
    "it changes no count; leave it out": (
        "biasfiller biasinitializer datainput dataformat device dilationmode dtype inplace "
        "kernelinitializer kernelregularizer momentum paddingmode trackrunningstats trainable "
        "weightfiller"
    ),
}
_NAMES = ("id", "name")
_ACTIVATIONS = ("act", "activation", "nonlinearity")


def option_hint(operation: str, option: str, value: str, known: Collection[str]) -> str | None:
    """What to write for an option that the operation lacks; None where no framework has the word."""
    word = _folded(option)
    if word in _NAMES:
        return f"a name stands in front of a layer: {value or 'NAME'}: {operation} ..."
    if word in _ACTIVATIONS:
        layer = our_word(value) or value
        what = f"[{operation} ..., {layer}]" if layer in OPS else "a list in brackets"
        return f"an activation is a layer of its own; write {what}"
    if operation == "upsample" and word == "size":
        return f"resize makes a map of a given size; write resize {value}"
    if ours := our_option(option, known):
        return f'did you mean "{ours}"?'
    return next((say for say, words in _SAID_ELSEWHERE.items() if word in words.split()), None)


def our_option(word: str, known: Collection[str]) -> str | None:
    """Which of these options another framework calls by this word."""
    folded = _folded(word)
    return next((ours for ours in known if folded in FOREIGN_OPTIONS.get(ours, "").split()), None)


def is_an_option(word: str) -> bool:
    """Whether some framework has an option of this name."""
    folded = _folded(word)
    return any(
        folded in words.split() for words in (*FOREIGN_OPTIONS.values(), *_SAID_ELSEWHERE.values())
    )


def _folded(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.casefold())
