"""Protocol Buffers, the wire format: fields of a message, without any schema.

A message is a row of fields, each a key and a value: a whole number, 4 or 8 bytes, or a number of
bytes that are a text, numbers in a row, or a message again
(https://protobuf.dev/programming-guides/encoding/). What is large stays in the file: a value is
told as a span, and only what a reader asks for is read.
"""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

VARINT, FIXED64, LEN, FIXED32 = 0, 1, 2, 5  # as the format calls them; LEN is a number of bytes
_FIXED = {FIXED64: 8, FIXED32: 4}
_BLOCK = 64 * 1024


class WireError(ValueError):
    """Bytes that are no message."""


class WireField(NamedTuple):
    """A field of a message; `value` is a VARINT's number, and otherwise unused."""

    number: int
    kind: int
    value: int
    start: int  # of its bytes
    end: int


class Budget:
    """How many more fields may be read, whatever lengths a file states; so time is bounded."""

    def __init__(self, left: int) -> None:
        self.left = left


class PartBytes(bytes):
    """Bytes of a file that are in memory."""

    budget: Budget


class FileBytes:
    """The bytes of a file by place, like `bytes`; a block at a time is in memory.

    The file is not mapped: where a mapped file is cut off meanwhile, the process dies.
    """

    def __init__(self, file: BinaryIO, limit: int, limit_in_parts: int = 0) -> None:
        self._file = file
        self._size = file.seek(0, 2)
        self._start = 0
        self._block = b""
        self._in_parts = Budget(limit_in_parts)
        self.budget = Budget(limit)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place: slice) -> bytes:
        start, end = place.start, min(place.stop, self._size)
        if end - start > _BLOCK:
            return self._read(start, end - start)
        if start < self._start or end > self._start + len(self._block):
            self._block = self._read(start, min(_BLOCK, self._size - start))
            self._start = start
        return self._block[start - self._start : end - self._start]

    def part(self, start: int, end: int) -> PartBytes:
        """A span of the file, to be read at once."""
        part = PartBytes(self[start:end])
        part.budget = self._in_parts
        return part

    def _read(self, start: int, size: int) -> bytes:
        self._file.seek(start)
        data = self._file.read(size)
        if len(data) < size:
            raise WireError("the file became shorter while it was read")
        return data


def fields(data: PartBytes | FileBytes, start: int = 0, end: int | None = None) -> Iterator[WireField]:
    """The fields of the message that stands in a span, in order; lengths are checked before use."""
    end = len(data) if end is None else end
    budget = data.budget
    while start < end:
        budget.left -= 1
        if budget.left < 0:
            raise WireError("more fields than any network needs")
        key, start = varint(data, start, end)
        number, kind = key >> 3, key & 7
        if kind == LEN:
            size, start = varint(data, start, end)
        elif kind == VARINT:
            value, start = varint(data, start, end)
            yield WireField(number, kind, value, start, start)
            continue
        elif kind in _FIXED:
            size = _FIXED[kind]
        else:
            raise WireError(f"a field of kind {kind}")
        if number == 0 or size > end - start:
            raise WireError("a field that is longer than what it stands in")
        yield WireField(number, kind, 0, start, start + size)
        start += size


def varint(data: bytes | FileBytes, start: int, end: int) -> tuple[int, int]:
    """A whole number of up to 64 bits, seven bits a byte, and the place behind it."""
    row = data[start : start + 10]
    value = 0
    for at, byte in enumerate(row, start=1):
        value |= (byte & 0x7F) << (7 * at - 7)
        if byte < 0x80 and start + at <= end:
            return value & 0xFFFFFFFFFFFFFFFF, start + at
    raise WireError("a number without an end")


def signed(value: int) -> int:
    """A VARINT as the signed number of 64 bits that it stands for."""
    return value - (1 << 64) if value >= 1 << 63 else value


def packed(data: bytes) -> list[int]:
    """Signed numbers in a row."""
    numbers, at, end = [], 0, len(data)
    while at < end:
        value, at = varint(data, at, end)
        numbers.append(signed(value))
    return numbers
