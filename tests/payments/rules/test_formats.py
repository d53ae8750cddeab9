import io
import tracemalloc
from collections.abc import Iterator

import pytest

from payments.rules import formats
from payments.rules.totals import Difference, Held, Refusal, Refused
from tests.payments.rules.files import (
    BREAKS,
    HEADING,
    ROW,
    item,
    listed,
    message,
    read,
    row,
    sample,
    workbook,
)

LIST = listed([row(), row(line="2")], total="8500,00")
MESSAGES = message(item())
BOOK = workbook([HEADING, row(), ["ИТОГО", 1, *[None] * 12, 4250]])


@pytest.mark.parametrize(
    ("data", "form"), [(LIST, "csv"), (MESSAGES, "mt102"), (BOOK, "xlsx")], ids=["l", "m", "b"]
)
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.xlsx", "a.xml", "", "../../etc/passwd"])
def test_the_format_is_what_the_content_says_never_the_name(data, form, name):
    found = read(data, name)
    assert (found.format, found.differences) == (form, [])


REFUSED = {
    "nothing": (b"", Refusal.EMPTY),
    "a mark of UTF-8 only": (b"\xef\xbb\xbf", Refusal.EMPTY),
    "a mark of UTF-16 only": (b"\xff\xfe", Refusal.EMPTY),
    "blanks": (b" \r\n\t\r\n", Refusal.EMPTY),
    "all bytes": (bytes(range(256)) * 40, Refusal.UNREADABLE),
    "words": ("Список сотрудников".encode(), Refusal.UNREADABLE),
    "another list": (b"iin;last_name;first_name;sex;region\r\n", Refusal.UNREADABLE),
    "a list without a heading": (ROW.encode(), Refusal.UNREADABLE),
    "a list without a column": (LIST.replace(b"payment_date", b"day"), Refusal.UNREADABLE),
    "a statement": (sample("statement.camt053.xml"), Refusal.UNREADABLE),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), Refusal.UNREADABLE),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), Refusal.UNREADABLE),
    "a list with a NUL": (LIST.replace("ИВАН;".encode(), b"\0;"), Refusal.UNREADABLE),
    "messages with a NUL": (MESSAGES.replace(b"/KNP/", b"/K\0NP/"), Refusal.UNREADABLE),
    "UTF-16 with a NUL": (("\0" + LIST.decode()).encode("utf-16"), Refusal.UNREADABLE),
    "half a letter within UTF-16": (
        LIST.decode().encode("utf-16")[:50] + b"\x00\xd8a" + LIST.decode().encode("utf-16")[50:],
        Refusal.UNREADABLE,
    ),
    "a line without end": (LIST + b"x" * 70_000, Refusal.UNREADABLE),
    "a line without end within messages": (MESSAGES + b"/" * 70_000, Refusal.UNREADABLE),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_register_is_refused(data, code):
    with pytest.raises(Refused) as refused:
        read(data)
    assert refused.value.code == code


def changed(name: str, old: str, new: str) -> bytes:
    text = sample(name).decode()
    assert old in text
    return text.replace(old, new).encode()


WHOLE_MESSAGES = sample("plain.mt102.txt")
HELD = {
    "message_total": (
        changed("plain.mt102.txt", ":32A:200411KZT2000,00", ":32A:200411KZT2000,01"),
        [Difference(Held.MESSAGE_TOTAL, "GCVP20041100002", 200001, 200000, 67)],
    ),
    "truncated in the second message": (
        WHOLE_MESSAGES[: len(WHOLE_MESSAGES) * 3 // 4],
        [Difference(Held.TRUNCATED, "GCVP20041100002", line=35)],
    ),
    "truncated at the beginning of the second message": (
        WHOLE_MESSAGES[: WHOLE_MESSAGES.rindex(b"{2:")],
        [Difference(Held.TRUNCATED, line=35)],
    ),
    "trailer_count": (
        changed("list.csv", "ИТОГО;5;", "ИТОГО;6;"),
        [Difference(Held.TRAILER_COUNT, "", 6, 5, 7)],
    ),
    "no_trailer": (
        changed("list.csv", "ИТОГО;5;;;;;;;;;;;;;25450,00\r\n", ""),
        [Difference(Held.NO_TRAILER, line=6)],
    ),
}


@pytest.mark.parametrize(("data", "expected"), HELD.values(), ids=HELD)
def test_a_sample_with_a_difference_is_held(data, expected):
    assert read(data).differences == expected


def test_the_first_difference_names_the_code_of_the_file():
    reading = formats.read(io.BytesIO(HELD["message_total"][0]), "")
    assert reading.code is None
    list(reading)
    assert reading.code == Held.MESSAGE_TOTAL


@pytest.mark.parametrize(
    ("name", "encoding", "names"),
    [
        ("legacy.mt102.txt", "cp1251", ("ЄАББАСОВ", "АРМАН", "АЙДОСЎЛЫ")),
        ("wide.mt102.txt", "utf-16", ("СЕРІКБАЕВ", "ДӘУРЕН", "СЕРГЕЙҰЛЫ")),
        ("plain.mt102.txt", "utf-8", ("АХМЕТОВ", "АЙДОС", "")),
    ],
)
def test_samples_are_read_in_their_encoding_and_names_stay_as_they_came(name, encoding, names):
    found = read(sample(name))
    assert (found.encoding, found.differences) == (encoding, [])
    assert tuple(found.items[0][3:6]) == names


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1251"])
@pytest.mark.parametrize("breaks", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("data", [LIST, MESSAGES], ids=["list", "messages"])
def test_encodings_and_line_ends_change_nothing(data, breaks, encoding):
    text = data.decode().replace("Ү", "Ї").replace(BREAKS, breaks)
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    found = read(mark + text.encode(encoding))
    usual = read(text.encode())
    assert found.encoding == encoding.removesuffix("-be")
    assert found._replace(encoding="") == usual._replace(encoding="")
    assert found.differences == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("data", [LIST, MESSAGES], ids=["list", "messages"])
def test_a_file_cut_off_within_a_letter_is_held(data, encoding):
    encoded = data.decode().encode(encoding)
    at = encoded.rindex("ИВАН".encode(encoding.replace("16", "16-le"))) + 1
    assert [one.code for one in read(encoded[:at]).differences] == [Held.TRUNCATED]


def test_bytes_that_no_encoding_knows_are_written_out():
    data = LIST.decode().replace("ТОО ҮЛГІ", "ТОО ?").encode("cp1251").replace(b"?", b"\x98")
    assert read(data).messages[0].payer_name == "ТОО \\x98"


class Large(io.RawIOBase):
    """A file of any size that nobody has to keep."""

    def __init__(self, head: bytes, rows: int, tail: bytes, pattern: str) -> None:
        self._parts = head, rows, tail, pattern
        self._rest = b""
        self._blocks = self._made()

    def _made(self) -> Iterator[bytes]:
        head, rows, tail, pattern = self._parts
        yield head
        for start in range(1, rows + 1, 1000):
            numbers = range(start, min(start + 1000, rows + 1))
            yield "".join(pattern % {"n": number} for number in numbers).encode()
        yield tail

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and (block := next(self._blocks, None)) is not None:
            self._rest += block
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def seek(self, offset: int, whence: int = 0) -> int:
        assert (offset, whence) == (0, 0)
        self._rest, self._blocks = b"", self._made()
        return 0


ROWS = 24_000
LARGE = {
    "rows of one order": Large(
        LIST.split(b"\n")[0] + b"\n",
        ROWS,
        f"ИТОГО;{ROWS};{ROWS * 4250},00\n".encode(),
        ROW.replace("R1;1;", "R1;%(n)s;") + "\n",
    ),
    "rows of as many orders": Large(
        LIST.split(b"\n")[0] + b"\n",
        ROWS,
        f"ИТОГО;{ROWS};{ROWS * 4250},00\n".encode(),
        ROW.replace("R1;1;", "R%(n)s;1;") + "\n",
    ),
    "items of one message": Large(
        message()[: message().index(b":32A")],
        ROWS,
        f":32A:241121KZT{ROWS * 4250},00\r\n-}}\r\n".encode(),
        item(number=":21:%(n)s") + BREAKS,
    ),
    "as many messages": Large(
        b"", ROWS, b"", message(item()).decode().replace(":20:R1", ":20:R%(n)s")
    ),
}


@pytest.mark.parametrize("stream", LARGE.values(), ids=LARGE)
def test_a_large_file_comes_in_batches_and_leaves_little_in_memory(stream):
    tracemalloc.start()
    reading = formats.read(stream, "large")
    items = messages = largest = 0
    for batch in reading:
        items += len(batch.items)
        messages += len(batch.messages)
        largest = max(largest, len(batch.items) + len(batch.messages))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (items, reading.totals.items, reading.totals.messages) == (ROWS, ROWS, messages)
    assert reading.differences == []
    assert largest < 10_000
    assert peak < 25_000_000


def test_a_workbook_stays_open_for_whoever_opened_it():
    stream = io.BytesIO(BOOK)
    for _ in formats.read(stream, "book"):
        pass
    assert not stream.closed
