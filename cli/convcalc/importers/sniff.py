"""What a file is, told by what stands in it. Its name only says what should have stood there.

This is asked of every SPEC, so it reads no more than the beginning of a text, and imports nothing
of the readers for one.
"""

import re
from typing import NamedTuple

HEAD = 64 * 1024  # bytes that are looked at


class Told(NamedTuple):
    """The module of the reader, or of a file that has none what it is, and what to give instead."""

    reader: str = ""
    wrong: str = ""


_EXPORT = 'save the model with torch.export.save(torch.export.export(model, (x,)), "model.pt2")'
_KERAS = 'save the model with model.save("model.keras"), or write model.to_json() to a file'

# Of binary files the first bytes tell.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (
        rb"version https://git-lfs\.github\.com/spec/",
        "a Git LFS pointer, not the file itself; fetch it with: git lfs pull",
    ),
    (rb"\x89HDF\r\n\x1a\n", f"HDF5, as Keras 2 saves models and weights; {_KERAS}"),
    (
        rb"....TFL3",
        f"a TensorFlow Lite model, which is not read; give the model it was made of: {_KERAS}",
    ),
    (
        rb"\x80[\x02-\x05]",
        f"a Python pickle, as torch.save writes it, which is never opened; {_EXPORT}",
    ),
    (
        rb"\0\0\0\0(?:\x01\0\0\0\0|\x02\0\0\0[\0\x05])\0\0\0",
        "darknet's weights, without a network; give the .cfg that they belong to",
    ),
    (rb".{5}\0\0\0\{", f"safetensors, weights without a network; {_EXPORT}"),
)
# Of text, a line or the first keys. Keys whose values are plain may stand in front of these.
_ROOT = rb'\A\s*\{(?:\s*"[^"]*"\s*:\s*(?:"[^"]*"|[a-z]+|[0-9.]+)\s*,)*\s*"%s"\s*:'
_TEXTS: tuple[tuple[bytes, str], ...] = (
    (_ROOT % b"class_name", "keras"),
    (_ROOT % b"graph_module", "pytorch"),
    (rb"\A(?:[ \t]*(?:[#;].*)?\r?\n)*[ \t]*\[net(?:work)?\]", "darknet"),
    (rb"(?m)^layers?[ \t]*\{", "caffe"),
)
# Of a file that is none of these, by its suffix: whose it should be, and what to give instead.
_SUFFIXES = (
    ("bin ckpt pickle pkl pt pt2 pth safetensors", "a model of PyTorch", _EXPORT),
    ("h5 hdf5 keras pb tflite", "a model of Keras or TensorFlow", _KERAS),
    ("mlmodel", "a model of Core ML, which would not be read either", _EXPORT),
    ("onnx", "a model of ONNX", 'export it again with torch.onnx.export(model, (x,), "model.onnx")'),
    ("caffemodel", "weights of Caffe", "give the .prototxt that they belong to"),
    ("prototxt", "a network of Caffe", 'give the file that has lines such as "layer {"'),
    ("weights", "weights of darknet", "give the .cfg that they belong to"),
)
_SPECIFICATION = re.compile(rb'(?m)^[{ \t]*"?(?:name|input|layers|branches|variants|define)"?[ \t]*:')
_ONNX = re.compile(rb"\x08[\x01-\x20](?:[\x12\x1a\x22:]|\x28.|\x32.)")  # the version, another field
_PYTHON = re.compile(rb"from[ \t]+[\w.]+[ \t]+import[ \t]|import[ \t]+\w+")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ZIP = b"PK\x03\x04"
_BINARY = re.compile(rb"[\0-\x08\x0e-\x1f]")
_CODE = f"Python code, which is never run; {_EXPORT}"


def tell(path: str, label: str) -> Told | None:
    """What a file is, None where it is to be read as YAML.

    Raises OSError where it cannot be read, and ModelFileError, with `label`, for a damaged zip file.
    """
    with open(path, "rb") as file:
        head = file.read(HEAD)
    if head.startswith(_ZIP):
        return _tell_zip(path, label)
    if told := tell_beginning(head):
        return told
    is_text = _is_text(head) and not _BINARY.search(head)
    if not is_text and (told := _tell_message(path)):
        return told
    if path.endswith(".py"):
        return Told(wrong=_CODE)
    if _SPECIFICATION.search(head) or head.startswith(_UTF16):
        return None
    return _tell_name(label, "" if not head else "text" if is_text else "data of no kind that is known")


def _tell_name(label: str, content: str) -> Told | None:
    """What a file should have been by its suffix; None where that is no model's."""
    suffix = label.rpartition(".")[2].casefold()
    for suffixes, what, instead in _SUFFIXES:
        if suffix in suffixes.split():
            return Told(wrong=f"{content or 'an empty file'}, not {what}; {instead}")
    return None


def tell_stream(head: bytes) -> str | None:
    """What a stream with this beginning is if it is no text, or the text of a model."""
    told = tell_beginning(head)
    if told is not None:
        return f"a model file ({told.reader})" if told.reader else told.wrong
    if _ONNX.match(head):
        return "an ONNX file"
    is_binary = _BINARY.search(head) and not _is_text(head) and not head.startswith(_UTF16)
    return "no text" if is_binary else None


def tell_beginning(head: bytes) -> Told | None:
    """What these bytes are the beginning of, None where more than these tell."""
    for magic, wrong in _MAGIC:
        if re.match(magic, head, re.DOTALL):
            return Told(wrong=wrong)
    if head.startswith(_ZIP):
        return Told(wrong="a zip file, as PyTorch and Keras save models")
    if _BINARY.search(head) or not _is_text(head):
        return None
    text = head.removeprefix(b"\xef\xbb\xbf")
    for pattern, reader in _TEXTS:
        if re.search(pattern, text):
            return Told(reader)
    return Told(wrong=_CODE) if _PYTHON.match(text) else None


def _is_text(head: bytes) -> bool:
    """Whether the bytes are UTF-8; a character may be cut off at their end."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4
    return True


def _tell_zip(path: str, label: str) -> Told:
    from .pytorch.program import is_program
    from .reading.archive import Archive

    with open(path, "rb") as file:
        names = Archive(file, label).members
    if any(map(is_program, names)):
        return Told("pytorch")
    if "config.json" in names:
        return Told("keras")
    ends = {name.rpartition("/")[2] for name in names}
    if "constants.pkl" in ends:
        return Told(wrong=f"TorchScript, which is code; {_EXPORT}")
    if "data.pkl" in ends:
        return Told(wrong=f"a pickle of torch.save, which is never opened; {_EXPORT}")
    return Told(wrong="a zip file without a model that is read (PyTorch's .pt2 or Keras's .keras)")


def _tell_message(path: str) -> Told | None:
    """ONNX, Caffe's weights or TensorFlow's graphs, by the fields of the outermost message."""
    from .onnx.wire import LEN, VARINT, FileBytes, WireError, fields

    found = set()
    try:
        with open(path, "rb") as file:
            for field in fields(FileBytes(file, 1000)):
                found.add((field.number, field.kind))
        is_whole = True
    except WireError:
        is_whole = False
    # A file that was cut off has begun its graph, field 7, and not ended it.
    if (1, VARINT) in found and ((7, LEN) in found or not is_whole):
        return Told("onnx")
    if not is_whole:
        return None
    if (100, LEN) in found or found <= {(1, LEN), (2, LEN)}:
        return Told(wrong="Caffe's weights, without a network; give the .prototxt that they belong to")
    if found <= {(1, LEN), (1, VARINT), (2, LEN), (3, VARINT), (4, LEN)}:
        return Told(wrong=f"a graph of TensorFlow, which is not read; {_KERAS}")
    return None
