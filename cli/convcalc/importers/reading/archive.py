"""A member of a zip file, read with limits that hold whatever the file says of itself.

Only what a reader needs: the list of members, and one small member, stored or deflated. The list
is walked here by hand because `zipfile` makes an object of each entry before anything can be
limited, and takes longer to import than the whole reading takes. (APPNOTE.TXT 6.3.10, section 4.3.)
"""

import zlib
from struct import Struct
from typing import BinaryIO, NamedTuple

from ..graph import ModelFileError

MAX_MEMBERS = 100_000
MAX_JSON = 8 * 1024**2  # bytes of a member, unpacked

MAGIC = b"PK\x03\x04"
_END, _END64 = b"PK\x05\x06", b"PK\x06\x06"
_LOCATOR = Struct("<4sLQL")  # in front of the end: where the end with 64 bits is
_TAIL = Struct("<4s4H2LH")
_TAIL64 = Struct("<4sQ2H2L4Q")
_ENTRY = Struct("<4s4B4HL2L5H2L")
_LOCAL = Struct("<4s5H3L2H")
_STORED, _DEFLATED = 0, 8
_IN_64 = 0xFFFFFFFF  # the size or place stands in the extra field


class Member(NamedTuple):
    """An entry of a zip file's list."""

    name: str
    method: int
    is_encrypted: bool
    packed: int  # bytes in the file
    start: int  # of its own header


class Archive:
    """A zip file's members; raises ModelFileError where there is no such list."""

    def __init__(self, file: BinaryIO, label: str) -> None:
        self._file = file
        self._label = label
        count, start, size = self._end()
        if count > MAX_MEMBERS or size > MAX_MEMBERS * 256:
            raise ModelFileError(label, f"the zip file has more than {MAX_MEMBERS:,} members")
        self.members = {member.name: member for member in self._list(self._read(start, size), count)}

    def read(self, member: Member) -> bytes:
        """A member's bytes, unpacked; at most MAX_JSON are ever made."""
        self._check(member)
        header = _LOCAL.unpack(self._read(member.start, _LOCAL.size))
        if header[0] != MAGIC:
            raise self._damaged()
        packed = self._read(member.start + _LOCAL.size + header[-2] + header[-1], member.packed)
        if member.method == _STORED:
            return packed
        try:
            unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, MAX_JSON + 1)
        except zlib.error:
            raise self._damaged() from None
        if len(unpacked) > MAX_JSON:
            raise self._too_large(member)
        return unpacked

    def _check(self, member: Member) -> None:
        if member.is_encrypted:
            raise ModelFileError(self._label, f'"{member.name}" in the zip file is encrypted')
        if member.method not in (_STORED, _DEFLATED):
            what = f'"{member.name}" in the zip file is packed by method {member.method}'
            raise ModelFileError(self._label, f"{what}; only stored and deflated members are read")
        if member.packed > MAX_JSON:
            raise self._too_large(member)

    def _end(self) -> tuple[int, int, int]:
        """How many entries the list has, where it starts, and its size."""
        size = self._file.seek(0, 2)
        reach = min(size, _TAIL.size + 0xFFFF)  # a comment of at most that may follow
        tail = self._read(size - reach, reach)
        at = tail.rfind(_END)
        if at < 0 or len(tail) - at < _TAIL.size:
            raise self._damaged()
        *_, count, length, start, _comment = _TAIL.unpack_from(tail, at)
        if start == _IN_64 or count == 0xFFFF:
            if at < _LOCATOR.size:
                raise self._damaged()
            place = _LOCATOR.unpack_from(tail, at - _LOCATOR.size)[2]
            end = _TAIL64.unpack(self._read(place, _TAIL64.size))
            if end[0] != _END64:
                raise self._damaged()
            count, length, start = end[-3:]
        return count, start, length

    def _list(self, data: bytes, count: int) -> list[Member]:
        members, at = [], 0
        for _ in range(count):
            if at + _ENTRY.size > len(data):
                raise self._damaged()
            fields = _ENTRY.unpack_from(data, at)
            flags, method = fields[5], fields[6]
            packed, size, name, extra, comment = fields[10:15]
            at += _ENTRY.size
            more = data[at + name : at + name + extra]
            wide = _wide(more, (size, packed, fields[-1]))
            text = data[at : at + name].decode("utf-8", "replace")
            members.append(Member(text, method, bool(flags & 1), wide[1], wide[2]))
            at += name + extra + comment
        return members

    def _read(self, start: int, size: int) -> bytes:
        if start < 0 or size < 0 or start >= 1 << 62 or size > MAX_MEMBERS * 256:
            raise self._damaged()
        self._file.seek(start)
        data = self._file.read(size)
        if len(data) < size:
            raise self._damaged()
        return data

    def _too_large(self, member: Member) -> ModelFileError:
        limit = f"{MAX_JSON // 1024**2} MiB"
        what = f'"{member.name}" in the zip file is larger than {limit}, the most that is read'
        return ModelFileError(self._label, what)

    def _damaged(self) -> ModelFileError:
        return ModelFileError(self._label, "the zip file is damaged or cut off; save or copy it again")


def _wide(extra: bytes, numbers: tuple[int, ...]) -> list[int]:
    """The numbers, with those that did not fit into 32 bits taken from the extra field (4.5.3)."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = int.from_bytes(extra[at : at + 2], "little"), extra[at + 2] | extra[at + 3] << 8
        if kind == 1:
            break
        at += 4 + size
    at += 4
    wide = []
    for number in numbers:
        if number == _IN_64:
            number = int.from_bytes(extra[at : at + 8], "little")
            at += 8
        wide.append(number)
    return wide
