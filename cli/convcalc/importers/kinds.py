"""What a file is, by its first bytes: which reader reads it, or what to give instead."""

import re
from typing import NamedTuple

HEAD = 65536  # bytes that are looked at

READERS = ("caffe", "darknet")  # the modules that have a `read`

_PROTOTXT = re.compile(rb"^layers?[ \t]*\{", re.MULTILINE)
_CFG = re.compile(rb"(?:\s|[#;][^\n]*\n)*\[(?:net|network)\]", re.IGNORECASE)


class Stranger(NamedTuple):
    """A file that nothing can be read from: what it is, and what to give instead."""

    what: str
    remedy: str


def reader_of(head: bytes) -> str | None:
    """The reader for a file that begins like this; None where it is none of a model that can be read."""
    if b"\0" in head:
        return None
    if _CFG.match(head):
        return "darknet"
    return "caffe" if _PROTOTXT.search(head) else None


def stranger(name: str, head: bytes) -> Stranger | None:
    """What a file of weights or code is, by its name and how it begins."""
    for suffixes, starts, found in _STRANGERS:
        if name.lower().endswith(suffixes) or (starts and head.startswith(starts)):
            return found
    if head[4:8] == b"TFL3":
        return _TFLITE
    return _SAFETENSORS if head[8:10] == b'{"' and head[6:8] == b"\0\0" else None


_EXPORT = "save the model by torch.export.save and give the .pt2"
_TFLITE = Stranger("a TensorFlow Lite model", "give the Keras model's to_json()")
_SAFETENSORS = Stranger("weights alone (safetensors)", f"what they belong to is code; {_EXPORT}")
_STRANGERS: tuple[tuple[tuple[str, ...], bytes, Stranger], ...] = (
    ((), b"version https://git-lfs", Stranger("a Git LFS pointer", "fetch the file with: git lfs pull")),
    ((".tflite",), b"", _TFLITE),
    ((".safetensors",), b"", _SAFETENSORS),
    (
        (".h5", ".hdf5"),
        b"\x89HDF\r\n",
        Stranger("an HDF5 file", "give the Keras model's to_json(), or save it as .keras"),
    ),
    (
        (".caffemodel",),
        b"",
        Stranger("Caffe's weights", "give the .prototxt that describes the network"),
    ),
    ((".weights",), b"", Stranger("darknet's weights", "give the .cfg that describes the network")),
    ((".pth", ".ckpt"), b"\x80", Stranger("pickled weights or code", _EXPORT)),
    ((".py",), b"", Stranger("code", _EXPORT)),
)
