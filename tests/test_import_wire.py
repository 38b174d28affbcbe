"""Bytes from files that nobody vouches for: protobuf's wire format, zip files and JSON."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO

import pytest
from model_files import field, message, varint, zipped

from convcalc.importers.graph import ModelFileError
from convcalc.importers.onnx.wire import (
    LEN,
    VARINT,
    FileBytes,
    WireError,
    WireField,
    fields,
    packed,
    signed,
)
from convcalc.importers.reading import archive
from convcalc.importers.reading.archive import Archive
from convcalc.importers.reading.json_text import parse_json


def read(data: bytes, limit: int = 100) -> list[WireField]:
    return list(fields(FileBytes(BytesIO(data), limit)))


def test_fields_are_told_as_numbers_and_spans():
    # 08 96 01 is the guide's own example: field 1 is 150. 12 02 68 69 is field 2, "hi".
    found = read(bytes.fromhex("089601 12026869"))
    assert found == [WireField(1, VARINT, 150, 3, 3), WireField(2, LEN, 0, 5, 7)]


def test_numbers_of_64_bits_have_a_sign():
    assert signed(0xFFFFFFFFFFFFFFFF) == -1
    assert packed(bytes.fromhex("03 8e02 ffffffffffffffffff01")) == [3, 270, -1]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("0a 05 61", "longer than what it stands in"),
        ("0a ffffffffffffffffff01", "longer than what it stands in"),
        ("08", "without an end"),
        ("08 ffffffffffffffffffffff", "without an end"),
        ("0d 00 00", "longer than what it stands in"),  # four bytes, of which two are there
        ("0b", "of kind 3"),
        ("02 00", "longer than what it stands in"),  # there is no field 0
    ],
)
def test_damage_is_an_error(data, message):
    with pytest.raises(WireError, match=message):
        read(bytes.fromhex(data))


def test_a_field_must_end_where_the_message_around_it_does():
    inner = varint(1 << 3 | LEN) + varint(3) + b"a"  # three bytes, of which the next message has two
    data = FileBytes(BytesIO(field(1, inner) + b"bc"), 100)
    (outer, *_) = fields(data, 0, len(inner) + 2)
    with pytest.raises(WireError, match="longer than what it stands in"):
        list(fields(data, outer.start, outer.end))


def test_the_number_of_fields_is_bounded():
    data = field(1, 0) * 10
    assert len(read(data, limit=10)) == 10
    with pytest.raises(WireError, match="more fields"):
        read(data, limit=9)


def test_what_is_large_is_not_read():
    class Counting(BytesIO):
        count = 0

        def read(self, size=-1):
            data = super().read(size)
            self.count += len(data)
            return data

    file = Counting(message((1, b"\0" * 1_000_000), (2, 7)))
    found = list(fields(FileBytes(file, 10)))
    assert [field.number for field in found] == [1, 2]
    assert file.count <= 2 * 65536


def test_a_file_that_becomes_shorter_is_an_error():
    file = BytesIO(message((1, b"\0" * 200_000), (2, 7)))
    data = FileBytes(file, 10)
    file.truncate(100_000)
    with pytest.raises(WireError, match="became shorter"):
        list(fields(data))


def opened(data: bytes) -> Archive:
    return Archive(BytesIO(data), "x.pt2")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_member_is_read(method):
    found = opened(zipped({"a/b.json": "{}" * 100, "weights": b"\0" * 1000}, method))
    assert list(found.members) == ["a/b.json", "weights"]
    assert found.read(found.members["a/b.json"]) == b"{}" * 100


def test_a_zip_file_of_more_than_4_gib_has_sizes_of_64_bits():
    plain = zipped({"a": "hello"}, zipfile.ZIP_STORED)
    at = plain.rindex(b"PK\x05\x06")
    entry = plain.index(b"PK\x01\x02")
    size, start = struct.unpack_from("<2L", plain, at + 12)
    # The same list, with what fits into 32 bits written in the records for 64 (APPNOTE 4.3.14, 4.5.3).
    extra = struct.pack("<2H3Q", 1, 24, 5, 5, 0)
    made = bytearray(plain[entry:at])
    struct.pack_into("<2L", made, 20, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<H", made, 30, len(extra))
    struct.pack_into("<L", made, 42, 0xFFFFFFFF)
    listed = bytes(made) + extra
    end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, len(listed), start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, start + len(listed), 1)
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    found = opened(plain[:entry] + listed + end + locator + tail)
    assert size + len(extra) == len(listed)
    assert found.read(found.members["a"]) == b"hello"


def test_a_bomb_is_refused_whatever_its_header_says(monkeypatch):
    monkeypatch.setattr(archive, "MAX_JSON", 1024**2)
    data = zipped({"a": b"\0" * (1024**2 + 1)})
    assert len(data) < 2000
    lying = data.replace(struct.pack("<L", 1024**2 + 1), struct.pack("<L", 10))
    for bomb in (data, lying):
        found = opened(bomb)
        with pytest.raises(ModelFileError, match='"a" in the zip file is larger than 1 MiB'):
            found.read(found.members["a"])


def test_what_is_just_within_the_limit_is_read(monkeypatch):
    monkeypatch.setattr(archive, "MAX_JSON", 1024**2)
    found = opened(zipped({"a": b"\0" * 1024**2}))
    assert len(found.read(found.members["a"])) == 1024**2


def test_other_methods_and_encryption_are_refused():
    packed = opened(zipped({"a": "x"}, zipfile.ZIP_BZIP2))
    with pytest.raises(ModelFileError, match="packed by method 12; only stored and deflated"):
        packed.read(packed.members["a"])
    data = bytearray(zipped({"a": "x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    secret = opened(bytes(data))
    with pytest.raises(ModelFileError, match='"a" in the zip file is encrypted'):
        secret.read(secret.members["a"])


def test_every_cut_and_every_changed_byte_of_a_zip_file_is_read_or_refused():
    data = zipped({"models/model.json": '{"a": [1, 2, 3]}', "b": "x" * 50})
    for at in range(len(data)):
        for broken in (data[:at], data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]):
            try:
                found = opened(broken)
                for member in found.members.values():
                    found.read(member)
            except ModelFileError:
                pass


def test_a_list_of_members_beyond_reason_is_refused_before_it_is_read():
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 60_000, 60_000, 0x7FFFFFFF, 0, 0)
    with pytest.raises(ModelFileError, match="more than 100,000 members"):
        opened(b"PK\x03\x04" + tail)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": 1 "b"}', "damaged at line 1, column 9"),
        (b"", "damaged at line 1, column 1"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"[" + b"1" * 5000 + b"]", "cannot be read"),
    ],
)
def test_json_that_cannot_be_read_is_an_error(data, message):
    with pytest.raises(ModelFileError, match=message):
        parse_json(data, "x.json")
