"""From a model file to its description, read back and compared layer by layer."""

import hashlib
import os
import stat
from importlib import import_module
from typing import NamedTuple

from ..importers.graph import Given, Graph, ModelFileError
from ..importers.pipeline import Description, describe
from ..importers.sniff import tell
from ..importers.writing.document import Origin
from ..network.loading import load_source
from ..network.model import Network
from ..network.overrides import Overrides
from ..ops.shapes import Shape
from ..reader.source import Source
from ..text.problems import SpecError
from .reading_back import difference

_DIGITS = 12  # of a SHA-256, as much as tells files apart


class ReadBackError(Exception):
    """What was written is not what was read: a fault of the importer, never of its user."""


class Imported(NamedTuple):
    """A model file's graph as its reader gave it, what was written of it, and that read back."""

    graph: Graph
    description: Description
    network: Network


def import_model(path: str, input_shape: Shape | None = None, phase: str = "test") -> Imported:
    """The description of a model file.

    Raises ModelFileError or SpecError for a file that is broken, Unreadable for a model that the
    language has no words for, ReadBackError where the description says something else.
    """
    before = _state(path)
    reader = import_module(f"convcalc.importers.{_reader(path)}.reader")
    graph = reader.read(Given(path, path, input_shape, phase))
    file = os.path.basename(path)
    origin = Origin(path, file, os.path.splitext(file)[0], _digest(path))
    if _state(path) != before:
        raise ModelFileError(path, "the file has changed while it was read")
    description = describe(graph, origin)
    source = Source(path, path, origin.stem, description.text.encode())
    try:
        (network,) = load_source(source, None, Overrides())
    except SpecError as error:
        raise ReadBackError(f"what was written cannot be read: {error}") from None
    if fault := difference(description, network):
        raise ReadBackError(f"{path}: what was written is not what was read: {fault}")
    return Imported(graph, description, network)


def _state(path: str) -> tuple[int, ...]:
    """What changes with a file; a pipe, which gives nothing the second time, is refused."""
    try:
        found = os.stat(path)
    except OSError as error:
        raise ModelFileError(path, error.strerror or str(error)) from None
    if not stat.S_ISREG(found.st_mode):
        raise ModelFileError(path, "this is no file; a model is read from one")
    return found.st_ino, found.st_size, found.st_mtime_ns


def _reader(path: str) -> str:
    """The module that reads a file; raises ModelFileError where none does."""
    try:
        told = tell(path, path)
    except OSError as error:
        raise ModelFileError(path, error.strerror or str(error)) from None
    if told is None:
        formats = "PyTorch's .pt2, ONNX, Keras, Caffe's prototxt and darknet's cfg can be"
        raise ModelFileError(path, f"no model that can be read; {formats}")
    if told.wrong:
        raise ModelFileError(path, f"this is {told.wrong}")
    return told.reader


def _digest(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()[:_DIGITS]
