"""Files that would fill the memory, or take for ever: as long as one likes, made while read."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Iterator

import pytest

from payments.rules import cells, formats, mt102, orders, ordinals, reading
from payments.rules.camt053 import Statement
from payments.rules.totals import Difference, Held, Refusal, Refused
from registry.rules.names import LONGEST_KEPT, _kept, fold
from tests.payments.rules.files import (
    HEADING,
    PARTS,
    item,
    listed,
    message,
    plain_workbook,
    read,
    row,
    tried,
)

MB = 1 << 20
LIST = ";".join(HEADING).encode() + b"\n"
ROW = ";".join(row()).encode() + b"\n"
HEAD = message(item()).partition(b":21:")[0]
MESSAGE = b"{4:\n:20:R%d\n:32A:241121KZT0,\n-}\n"


class Made(io.RawIOBase):
    """A file made of a beginning and parts that come one after the other; `taken` bytes were read.

    It can be read again from its start, as often as its reader likes.
    """

    def __init__(self, parts: Callable[[], Iterable[bytes]]) -> None:
        self.taken = self.at = 0
        self._parts = parts
        self._left, self._waiting = iter(parts()), b""

    def seek(self, at: int, whence: int = 0) -> int:
        assert (at, whence) == (0, 0)
        self.at, self._left, self._waiting = 0, iter(self._parts()), b""
        return 0

    def tell(self) -> int:
        return self.at

    def read(self, size: int = -1) -> bytes:
        while len(self._waiting) < size and (part := next(self._left, None)) is not None:
            self._waiting += part
        found, self._waiting = self._waiting[:size], self._waiting[size:]
        self.at += len(found)
        self.taken += len(found)
        return found


def repeated(head: bytes, unit: bytes, bytes_in_all: int, tail: bytes = b"") -> Made:
    """The same unit over and over."""
    times = (1 << 16) // len(unit) + 1

    def parts() -> Iterator[bytes]:
        yield head
        for _ in range(bytes_in_all // (times * len(unit))):
            yield unit * times
        yield tail or b"\n"

    return Made(parts)


def numbered(head: bytes, unit: bytes, count: int) -> Made:
    """Units that are told apart by a number."""

    def parts() -> Iterator[bytes]:
        yield head
        for first in range(0, count, 1000):
            yield b"".join(unit % number for number in range(first, first + 1000))

    return Made(parts)


def outcome(stream: object) -> object:
    """Items, messages and differences, counted and forgotten; or why it was refused."""
    try:
        found = formats.read(stream, "file")
        if isinstance(found, Statement):
            return len(found.entries)
        items = messages = 0
        for batch in found:
            items += len(batch.items)
            messages += len(batch.messages)
    except Refused as refused:
        return refused.text
    return items, messages, len(found.differences)


def grown(stream: object) -> tuple[object, int]:
    """What comes of a file, and how many megabytes that took at the most."""
    tracemalloc.start()
    try:
        return outcome(stream), tracemalloc.get_traced_memory()[1] >> 20
    finally:
        tracemalloc.stop()


ENDLESS = 2 << 30
ENDLESS_FILES = {
    "a line of a list": repeated(LIST, b"x", ENDLESS),
    "a cell in quotes": repeated(LIST + b'"', b"x", ENDLESS),
    "a line of a message": repeated(HEAD + b":21:1\n", b"x", ENDLESS),
    "a tag": repeated(b'<a b="', b"x", ENDLESS),
    "a text": repeated(b"<Stmt><Ntry><Amt>", b"1", ENDLESS),
    "nesting": repeated(b"", b"<a>", ENDLESS),
}


@pytest.mark.parametrize("stream", ENDLESS_FILES.values(), ids=ENDLESS_FILES)
def test_what_has_no_end_is_refused_after_a_little_of_it(stream):
    text, memory = grown(stream)
    assert isinstance(text, str)
    assert memory < 8
    assert stream.taken < 2 * MB


def unknown_tags(count: int) -> Made:
    """Tags of letters that nobody has ever seen, each with a value."""

    def parts() -> Iterator[bytes]:
        yield HEAD
        for number in range(count):
            yield b":32A:1\n/X%s/%s\n" % (b"%06d" % number, b"x" * 50_000)

    return Made(lambda: (part.translate(LETTERS) if b"/X" in part else part for part in parts()))


LETTERS = bytes.maketrans(b"0456789", b"ABCDEFG")
LONG_FILES = {
    "empty lines of a list": (
        repeated(LIST, b"\n", MB // 2),
        (0, 0, 1),
    ),
    "rows of nothing but separators": (
        repeated(LIST, b";" * 60_000 + b"\n", 8 * MB),
        (0, 0, 1),
    ),
    "quotes that are not closed": (
        repeated(LIST, b'"' + b"x" * 50_000 + b"\n", 8 * MB),
        (166, 1, 332),
    ),
    "items without end": (
        repeated(HEAD + b":21:1\n", b"/FM/X\n", 16 * MB),
        "an item or a header without end",
    ),
    "empty lines of a message": (
        repeated(HEAD, b"\n", 16 * MB),
        "an item or a header without end",
    ),
    "messages of nothing": (
        numbered(b"", MESSAGE, 5_000),
        (0, 5_000, 0),
    ),
    "one reference again and again": (
        repeated(b"", MESSAGE % 1, MB // 4),
        (0, 6345, 1000),
    ),
    "names of tags": (
        unknown_tags(400),
        (0, 1, 1),
    ),
    "names of XML": (
        numbered(b"<a>", b"<b%d/>", 100_000),
        "XML with names without end",
    ),
}


@pytest.mark.parametrize(("stream", "expected"), LONG_FILES.values(), ids=LONG_FILES)
def test_a_long_file_takes_no_more_memory_than_a_short_one(stream, expected):
    found, memory = grown(stream)
    assert (found, memory < 16) == (expected, True)


def lost_numbers(count: int) -> bytes:
    return HEAD + b":21:1\n" + b":32B:KZT1,\n" * count + b"-}\n"


def test_items_without_numbers_repeat_no_line():
    found = read(lost_numbers(10_000))
    assert len(found.items) == 10_000
    assert {one.raw for one in found.items[1:]} == {":32B:KZT1,"}


def test_a_value_over_a_hundred_thousand_lines_is_put_together_once():
    lines = "x\r\n" * 60_000
    found = read(message(item(last=f":70:/FM/{lines}"), tail=(":32A:241121KZT4250,00", "-}")))
    assert len(found.items[0].last_name) == 2 * 60_000 - 1


def test_long_names_are_not_kept():
    before = _kept.cache_info().currsize
    assert fold("ә" * (LONGEST_KEPT + 1)) == "А" * (LONGEST_KEPT + 1)
    assert _kept.cache_info().currsize == before


def test_keys_wait_on_disk(monkeypatch):
    monkeypatch.setattr(ordinals.Repeats, "IN_MEMORY", MB // 16)
    monkeypatch.setattr(ordinals.Repeats, "AT_ONCE", 1 << 12)
    tracemalloc.start()
    repeats = ordinals.Repeats()
    for first in range(0, 100_000, 10_000):
        lines = range(first, first + 10_000)
        repeats.note((("R", line % 99_999) for line in lines), lines, lines)
    found = repeats.found(1000)
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [ordinals.Place(99_999, 99_999)]
    assert memory < MB


def test_more_items_and_messages_than_a_register_has_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "ITEMS_OF_A_FILE", 1)
    monkeypatch.setattr(mt102, "MESSAGES_OF_A_FILE", 1)
    monkeypatch.setattr(orders, "MESSAGES_OF_A_FILE", 1)
    messages = message(item(number=None)), message()
    assert outcome(io.BytesIO(messages[0])) == (1, 1, 1)
    assert outcome(io.BytesIO(messages[0] * 2)) == "more messages than a register has"
    assert outcome(io.BytesIO(listed([row(), row()]))) == "more items than a register has"
    other = listed([row(), row(reference="R2")])
    assert outcome(io.BytesIO(other)) == "more messages than a register has"


def test_sums_that_meet_only_because_they_are_taken_back_are_bounded_too():
    rows = [row(line=str(at), amount="999999999999") for at in range(1, 10_003)]
    back = [row(line=str(at), amount="-999999999999") for at in range(10_003, 20_006)]
    found = outcome(io.BytesIO(listed([*rows, *back], total="0")))
    assert found == "sums beyond all the money there is"


def test_sums_that_messages_only_declare_are_bounded_too():
    declared = message(item(), tail=(":32A:241121KZT999999999999,", "-}"))
    assert outcome(io.BytesIO(declared * 10_002)) == "sums beyond all the money there is"


DIGITS = "1" * 60_000


@pytest.mark.parametrize("column", HEADING)
def test_digits_without_end_in_a_cell_are_read_as_nothing(column):
    cells = row(**{column: DIGITS})
    assert (
        len(read(listed([cells])).items) == len(read(plain_workbook([HEADING, cells])).items) == 1
    )


@pytest.mark.parametrize("tag", ["number", "sum", "last", "born", "iin", "period"])
def test_digits_without_end_in_a_tag_are_read_as_nothing(tag):
    usual = {"number": ":21:", "sum": ":32B:KZT", "last": ":70:/FM/", "born": "/DT/"}
    lead = usual | {"iin": "/IDN/", "period": "/PERIOD/"}
    assert len(read(message(item(**{tag: lead[tag] + DIGITS}))).items) == 1


NO_TEXTS = {
    "NUL characters": LIST + ROW.replace(b"R1", b"R\0"),
    "a mark alone": b"\xef\xbb\xbf",
    "a mark of two bytes alone": b"\xff\xfe",
    "half a pair": (LIST + ROW).decode().encode("utf-16") + b"\x00\xd8\x00\x00",
    "half a pair in UTF-8": LIST + ROW.replace(b"R1", b"\xed\xa0\x80"),
    "two encodings": LIST + ROW * 10 + "ИВАНОВ\n".encode("cp1251"),
    "bytes in the order of others": (LIST + ROW).decode().encode("utf-32"),
}


@pytest.mark.parametrize("data", NO_TEXTS.values(), ids=NO_TEXTS)
def test_what_is_no_text_in_one_encoding_is_refused(data):
    assert isinstance(tried(read, data), Refusal)


def test_half_a_letter_at_the_end_is_a_file_cut_off():
    found = read((LIST + ROW).decode().encode("utf-16") + b"\0")
    assert found.differences[-1] == Difference(Held.TRUNCATED, line=3)


def book(sheet: Iterable[str] = (), **parts: Iterable[str]) -> io.BytesIO:
    """A workbook whose parts are as long as one likes, packed as they are made."""
    heading = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADING)
    start, end = f"<worksheet><sheetData><row>{heading}</row>", "</sheetData></worksheet>"
    relations = PARTS["_rels/w.xml.rels"].replace(
        "</R",
        "".join(f'<Relationship Id="{name}" Type="/{name}" Target="{name}"/>' for name in parts)
        + "</R",
    )
    named = {**PARTS, "_rels/w.xml.rels": relations, "s.xml": (start, *sheet, end), **parts}
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, chunks in named.items():
            with archive.open(name, "w") as part:
                for chunk in chunks:
                    part.write(chunk.encode())
    return data


MANY = 1 << 14
SHARED = ["<sst><si><t>", "x" * 60_000, "</t></si></sst>"]
BOMBS = {
    "texts": (
        {"sharedStrings": ["<sst>", *["<si/>" * MANY] * 4, "</sst>"]},
        "a workbook with too many texts",
    ),
    "long texts": (
        {"sharedStrings": ["<sst>", *[f"<si><t>{'x' * 50_000}</t></si>"] * 10, "</sst>"]},
        "a workbook with too many texts",
    ),
    "one text in every cell": (
        {"sheet": ['<row><c t="s"><v>0</v></c></row>' * 200], "sharedStrings": SHARED},
        "a sheet that repeats long texts",
    ),
    "styles": (
        {"styles": ["<styleSheet><cellXfs>", *['<xf numFmtId="14"/>' * MANY] * 30, "</cellXfs>"]},
        "a part of more than 8388608 bytes: styles",
    ),
    "names": (
        {"sheet": (f"<a{number}/>" for number in range(100_000))},
        "XML with names without end",
    ),
    "columns": (
        {"sheet": ["<row>", "<c><v>1</v></c>" * (1 << 14), "</row>"]},
        "a sheet of more than 256 columns",
    ),
    "rows": (
        {"sheet": ['<row r="1048575"/><row/><row/>']},
        "a sheet of more than 1048576 rows",
    ),
    "the number of a row": (
        {"sheet": ['<row r="2147483647"/><row/>']},
        "a sheet of more than 1048576 rows",
    ),
    "a cell": (
        {"sheet": ["<row><c><v>", *["1" * MB] * 100, "</v></c></row>"]},
        "a cell of more than 65536 characters",
    ),
    "entities": (
        {"sharedStrings": ['<!DOCTYPE a [<!ENTITY a "x">', *['<!ENTITY b "&a;&a;">'] * 9, "]>"]},
        "XML with a document type",
    ),
}


@pytest.mark.parametrize(("parts", "why"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_in_a_workbook_is_refused_before_it_grows(parts, why, monkeypatch):
    monkeypatch.setattr(cells, "MOST_BYTES_OF_TEXTS", 1 << 18)
    data = book(**parts)
    found, memory = grown(data)
    assert (found, memory < 16) == (why, True)


def test_empty_rows_of_a_workbook_take_no_memory():
    found, memory = grown(book(["<row/>" * 120_000]))
    assert (found, memory < 9) == ((0, 0, 1), True)


def test_a_part_is_no_longer_than_its_archive_says():
    data = bytearray(book(["<row/>" * 100_000]).getvalue())
    at = data.rindex(b"PK\x01\x02")
    size = int.from_bytes(data[at + 24 : at + 28], "little")
    data[at + 24 : at + 28] = (size // 2).to_bytes(4, "little")
    assert outcome(io.BytesIO(data)).startswith("a broken archive: Bad CRC-32")


def test_parts_that_begin_before_their_archive_are_refused(tmp_path):
    data = bytearray(book().getvalue())
    data[-6:-2] = (len(data) * 2).to_bytes(4, "little")
    path = tmp_path / "book.xlsx"
    path.write_bytes(data)
    with path.open("rb") as stream:
        assert outcome(stream).startswith("a broken archive")
