"""The characters that no specification may have, and those that are written out where text is shown."""

import sys

import pytest

from convcalc.reader.decode import decode
from convcalc.text.escape import visible
from convcalc.text.numbers import BYTE_UNITS, limit_meant, read_limit

# YAML 1.1, 5.1, c-printable, without the byte order mark.
ALLOWED = [
    (0x09, 0x0A),
    (0x0D, 0x0D),
    (0x20, 0x7E),
    (0x85, 0x85),
    (0xA0, 0xD7FF),
    (0xE000, 0xFEFE),
    (0xFF00, 0xFFFD),
    (0x10000, 0x10FFFF),
]


def is_refused(character):
    _, report = decode(f"a: {character}".encode(), "a.yaml")
    return any("not allowed in YAML" in problem.message for problem in report.problems.values())


def test_the_characters_around_each_end_of_what_yaml_allows():
    for first, last in ALLOWED:
        assert not is_refused(chr(first))
        assert not is_refused(chr(last))
    inside = {code for first, last in ALLOWED for code in range(first, last + 1) if code < 0x10000}
    outside = [code for code in range(0x10000) if code not in inside and not 0xD800 <= code <= 0xDFFF]
    assert len(outside) == 0x10000 - 0x800 - len(inside)
    assert all(is_refused(chr(code)) for code in outside)


def test_what_moves_the_cursor_or_turns_the_text_is_written_out():
    controls = [*range(0x20), *range(0x7F, 0xA0), 0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010)]
    controls += [*range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC)]
    controls += range(0xE0000, 0xE0080)
    for code in controls:
        assert visible(f"a{chr(code)}b").isascii(), hex(code)


def test_all_that_stands_for_itself_is_left_as_it_is():
    text = "".join(map(chr, range(sys.maxunicode + 1)))
    printable = "".join(filter(str.isprintable, text))
    assert visible(printable) == printable
    assert visible("a\u00a0b\u3000c") == "a\u00a0b\u3000c"  # spaces too


@pytest.mark.parametrize(
    ("text", "of_counts", "of_bytes"),
    [
        ("2mb", "2M", "2M"),
        ("<1M", "1M", "1M"),
        ("<= 1.5m", "1.5M", "1.5M"),
        ("170K", "170k", "170k"),
        ("170,000", "170000", "170000"),
        ("256KiB", "", "256Ki"),
        # What cannot be told: half a parameter, a billion or bytes, a decimal comma.
        ("1.5", "", ""),
        ("7B", "", ""),
        ("1,5M", "", ""),
        ("lots", "", ""),
        ("", "", ""),
    ],
)
def test_the_limit_that_is_meant(text, of_counts, of_bytes):
    assert (limit_meant(text), limit_meant(text, BYTE_UNITS)) == (of_counts, of_bytes)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("2M", 2_000_000),
        ("2MB", 2_000_000),
        ("2 MB", 2_000_000),
        ("1.5kB", 1500),
        ("1GB", 1_000_000_000),
        ("2Mi", 2_097_152),
        ("2MiB", 2_097_152),
        ("256 KiB", 262_144),
    ],
)
def test_bytes_are_written_with_or_without_their_b(text, limit):
    assert read_limit(text, BYTE_UNITS) == limit


@pytest.mark.parametrize("text", ["2MB", "2 MB", "2Mi"])
def test_counts_are_no_bytes(text):
    with pytest.raises(ValueError, match=text):
        read_limit(text)


@pytest.mark.parametrize("text", ["2B", "2KB", "2  MB", "MB", "2 M", " 2MB", "2MB "])
def test_what_is_no_amount_of_bytes(text):
    with pytest.raises(ValueError, match=text):
        read_limit(text, BYTE_UNITS)
