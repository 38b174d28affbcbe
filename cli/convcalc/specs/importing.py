"""Describe a model file, read the description back, and compare both layer by layer."""

import hashlib
import os
import stat
from importlib import import_module
from typing import NamedTuple

from ..importers.graph import Graph, ModelFile, ModelFileError
from ..importers.pipeline import Description, describe
from ..importers.sniff import tell
from ..importers.writing.document import Origin
from ..network.loading import networks_of, plans_in
from ..network.model import Network
from ..network.overrides import Overrides
from ..ops.shapes import Shape
from ..reader.source import Source
from ..text.problems import SpecError
from .reading_back import difference

_DIGITS = 12  # of a SHA-256, as much as tells files apart


class ReadBackError(Exception):
    """What was written differs from what was read. That is a fault of the importer, not of its user."""


class Imported(NamedTuple):
    """A model file's graph, the description that was written of it, and the network read back."""

    graph: Graph
    description: Description
    network: Network


def import_model(
    source: Source, input_shape: Shape | None = None, phase: str = "test", is_kept: bool = True
) -> Imported:
    """The description of a source's model file; one that is kept says which file it was made of.

    Raises ModelFileError or SpecError for a file that is broken, Unreadable for a model that the
    language has no words for, ReadBackError where the description says something else.
    """
    path, label = source.model or source.given, source.label
    before = _state(path, label)
    reader = import_module(f"convcalc.importers.{_reader(path, label)}.reader")
    graph = reader.read(ModelFile(path, label, input_shape, phase))
    digest = _digest(path) if is_kept else ""  # which takes longer than all else
    description = describe(graph, Origin(label, _file_name(source), source.stem, digest))
    if _state(path, label) != before:
        raise ModelFileError(label, "the file has changed while it was read")
    written = Source(source.given, label, source.stem, description.text.encode())
    try:
        (network,) = networks_of(plans_in(written, None), Overrides())
    except SpecError as error:
        raise ReadBackError(f"what was written cannot be read: {error}") from None
    if fault := difference(description, network):
        raise ReadBackError(f"{label}: what was written is not what was read: {fault}")
    return Imported(graph, description, network)


def _file_name(source: Source) -> str:
    """The name of the file, without its folder and revision."""
    name = os.path.basename(source.label)
    return name if source.blob is None else name.rpartition(":")[2]


def _state(path: str, label: str) -> tuple[int, ...]:
    """Numbers that change when a file does. Raises ModelFileError for a pipe, which is read once."""
    try:
        found = os.stat(path)
    except OSError as error:
        raise ModelFileError(label, error.strerror or str(error)) from None
    if not stat.S_ISREG(found.st_mode):
        raise ModelFileError(label, "this is no file; a model is read from one")
    return found.st_ino, found.st_size, found.st_mtime_ns


def _reader(path: str, label: str) -> str:
    """The name of the reader for a file; raises ModelFileError where there is none."""
    try:
        told = tell(path, label)
    except OSError as error:
        raise ModelFileError(label, error.strerror or str(error)) from None
    if told is None:
        formats = "PyTorch's .pt2, ONNX, Keras, Caffe's prototxt and darknet's cfg can be"
        raise ModelFileError(label, f"no model that can be read; {formats}")
    if told.wrong:
        raise ModelFileError(label, f"this is {told.wrong}")
    return told.reader


def _digest(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()[:_DIGITS]
