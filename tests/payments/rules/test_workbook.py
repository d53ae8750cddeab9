import io
import re
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.cells import FIRST_OF_1900, Grid, Strings, decimal, place, unescaped
from payments.rules.items import Item, Message
from payments.rules.totals import Difference, Held, Refusal, Refused
from tests.payments.rules.files import (
    HEADING,
    ROW,
    plain_workbook,
    read,
    row,
    texts,
    tried,
    workbook,
)

TOTALS = ["ИТОГО", 1, *[None] * 12, 4250]
ITEM = Item(
    message=0,
    line=1,
    iin="990101300003",
    last_name="ИВАНОВ",
    first_name="ИВАН",
    middle_name="ИВАНОВИЧ",
    birth_date=date(1999, 1, 1),
    period="072026",
    month=678,
    amount=425000,
    raw=ROW,
)
MESSAGE = Message(
    number=0,
    reference="R1",
    order_no="77",
    order_date=date(2026, 8, 5),
    credited_on=date(2026, 8, 6),
    knp="122",
    payer_id="990140000007",
    payer_name="ТОО ҮЛГІ",
    items=1,
    total=425000,
    declared=None,
)
KINDS = [
    "R1",
    1,
    77,
    datetime(2026, 8, 5),  # noqa: DTZ001
    datetime(2026, 8, 6, 15, 30),  # noqa: DTZ001
    122,
    990140000007,
    "ТОО ҮЛГІ",
    990101300003,
    "ИВАНОВ",
    "ИВАН",
    "ИВАНОВИЧ",
    datetime(1999, 1, 1),  # noqa: DTZ001
    72026,
    4250.0,
]


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}, {"date_1904": True}])
@pytest.mark.parametrize("cells", [row(), KINDS])
def test_a_workbook_says_what_the_list_says_whatever_its_cells_are(cells, options):
    found = read(workbook([HEADING, cells, TOTALS], **options))
    assert (found.format, found.encoding, found.differences) == ("xlsx", "", [])
    assert [item._replace(raw=ROW) for item in found.items] == [ITEM]
    assert found.messages == [MESSAGE]
    assert (found.totals.declared_items, found.totals.declared_total) == (1, 425000)


def test_the_line_as_it_came_is_the_row_with_separators():
    found = read(workbook([HEADING, KINDS, TOTALS]))
    assert found.items[0].raw == (
        "R1;1;77;2026-08-05;2026-08-06;122;990140000007;ТОО ҮЛГІ;990101300003;ИВАНОВ;ИВАН;"
        "ИВАНОВИЧ;1999-01-01;072026;4250"
    )


def cell_of(column: str, cell: object) -> Item:
    cells: list[object] = list(row())
    cells[HEADING.index(column)] = cell
    return read(workbook([HEADING, cells])).items[0]


@pytest.mark.parametrize(
    ("column", "cell", "field", "value"),
    [
        ("iin", 50228500120, "iin", "050228500120"),
        ("iin", 228500120, "iin", "000228500120"),
        ("iin", "50228500120", "iin", "50228500120"),
        ("iin", True, "iin", "TRUE"),
        ("period", 72026, "period", "072026"),
        ("period", "72026", "period", "72026"),
        ("period", datetime(2026, 7, 1), "period", "2026-07-01"),  # noqa: DTZ001
        ("amount", 4250.5, "amount", 425050),
        ("amount", 0.1 + 0.2, "amount", 30),
        ("amount", -4250, "amount", -425000),
        ("amount", "4 250,00", "amount", 425000),
        ("birth_date", 19990101, "birth_date", date(1999, 1, 1)),
        ("birth_date", 36161, "birth_date", None),
        ("birth_date", None, "birth_date", None),
        ("last_name", 5, "last_name", "5"),
        ("last_name", " ИВАНОВ\r\n", "last_name", "ИВАНОВ"),
        ("last_name", "A\x01B", "last_name", "A\x01B"),
        ("last_name", "_x0041_", "last_name", "_x0041_"),
    ],
)
def test_a_cell_is_the_text_it_would_be_in_a_list(column, cell, field, value):
    found = getattr(cell_of(column, cell), field)
    assert found == value
    assert type(found) is type(value)


def test_a_day_written_out_is_a_day():
    cell = b'<c r="D2" t="d"><v>2026-08-05T00:00:00.000Z</v></c>'
    data = edited(lambda text: re.sub(rb'<c r="D2".*?</c>', cell, text))
    assert read(data).messages == [MESSAGE]


def shown(number_format: object) -> str:
    """An order number of 46239 that the sheet shows in some way."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADING)
    sheet.write_row(1, 0, row())
    sheet.write_number(1, 2, 46239, book.add_format({"num_format": number_format}))
    book.close()
    return read(data.getvalue()).messages[0].order_no


@pytest.mark.parametrize(
    "number_format",
    [
        *range(14, 18),
        22,
        *range(27, 37),
        *range(50, 59),
        "dd.mm.yyyy",
        "yyyy",
        "D MMMM",
        "[$-419]d mmm yy;@",
    ],
)
def test_a_number_shown_as_a_day_is_a_day(number_format):
    assert shown(number_format) == "2026-08-05"


@pytest.mark.parametrize(
    "number_format",
    [*range(14), *range(18, 22), *range(37, 50), "0.00", "@", "h:mm", '"day" 0', "[Red]0", r"\d0"],
)
def test_a_number_shown_otherwise_is_a_number(number_format):
    assert shown(number_format) == "46239"


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        (1, "1900-01-01"),
        (59, "1900-02-28"),
        (61, "1900-03-01"),
        (46239.75, "2026-08-05"),
        (2958465, "9999-12-31"),
        (2958466, "2958466"),
        (0, "0"),
        (-1, "-1"),
    ],
)
def test_days_are_counted_as_excel_counts_them(serial, day):
    assert Grid(Strings(()), {"0"}, FIRST_OF_1900)._number_or_day(str(serial)) == day


def test_only_a_number_has_lost_its_noughts():
    cells: list[object] = list(row())
    cells[HEADING.index("payer_id")] = 140000012
    assert read(workbook([HEADING, cells])).messages[0].payer_id == "000140000012"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (4250.001, [Difference(Held.BAD_SUM, "R1", line=2)]),
        (1e15, [Difference(Held.BAD_SUM, "R1", line=2)]),
        (True, [Difference(Held.BAD_SUM, "R1", line=2)]),
        (None, [Difference(Held.BAD_SUM, "R1", line=2)]),
        ("#Н/Д", [Difference(Held.BAD_SUM, "R1", line=2)]),
    ],
)
def test_an_unreadable_sum_holds_the_workbook(cell, expected):
    assert read(workbook([HEADING, [*row()[:-1], cell], TOTALS])).differences == expected


def test_rows_are_named_by_their_numbers_and_empty_ones_are_none():
    rows = [[], HEADING, [], [*row()[:-1], "x"], [" "], TOTALS, ["  "], []]
    assert read(workbook(rows)).differences == [Difference(Held.BAD_SUM, "R1", line=4)]


def test_rows_without_a_number_are_counted():
    found = read(plain_workbook([HEADING, row(), row(line="2", amount="x")]))
    assert [one.line for one in found.differences] == [3, 3]


def test_a_workbook_without_totals_is_held():
    expected = [Difference(Held.NO_TRAILER, line=2)]
    assert read(workbook([HEADING, row()])).differences == expected


def edited(change, name: str = "xl/worksheets/sheet1.xml", data: bytes | None = None) -> bytes:
    """A workbook with one part changed by hand."""
    data = data or workbook([HEADING, row(), TOTALS])
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            text = old.read(part)
            new.writestr(part, change(text) if part == name else text)
    return result.getvalue()


def prefixed(text: bytes) -> bytes:
    text = text.replace(b'xmlns="http', b'xmlns:x="http')
    return (
        text.replace(b"</", b"</x:")
        .replace(b"<", b"<x:")
        .replace(b"<x:/x:", b"</x:")
        .replace(b"<x:?", b"<?")
    )


WRITTEN_OTHERWISE = {
    "prefixes": edited(prefixed),
    "spaces": edited(lambda text: text.replace(b"><", b">\n  <")),
    "no places": edited(lambda text: text.replace(b'r="', b'q="')),
    "empty cells": edited(
        lambda text: text.replace(b"<row ", b'<row a="1" ').replace(
            b"</row>", b'<c r="P1" s="1"/></row>'
        )
    ),
    "formatted texts": edited(
        lambda text: text.replace(
            "<t>ИВАНОВИЧ</t>".encode(),
            "<r><rPr/><t>ИВАНО</t></r><r><t>ВИЧ</t></r>"
            "<rPh sb='0' eb='1'><t>иваныч</t></rPh>".encode(),
        ),
        name="xl/sharedStrings.xml",
    ),
    "entities": edited(
        lambda text: text.replace("ИВАНОВИЧ".encode(), b"&#x418;" + "ВАНОВИЧ".encode()),
        name="xl/sharedStrings.xml",
    ),
    "other things after the rows": edited(
        lambda text: text.replace(b"</sheetData>", b"</sheetData><x><v>5</v><row/></x>")
    ),
}


@pytest.mark.parametrize("data", WRITTEN_OTHERWISE.values(), ids=WRITTEN_OTHERWISE)
def test_a_sheet_says_the_same_however_it_is_written(data):
    found = read(data)
    assert [item._replace(raw=ROW) for item in found.items] == [ITEM]
    assert (found.messages, found.differences) == ([MESSAGE], [])


def test_only_the_first_sheet_is_read():
    def swapped(text: bytes) -> bytes:
        return (
            text.replace(b'"rId1"', b'"rId9"')
            .replace(b'"rId2"', b'"rId1"')
            .replace(b'"rId9"', b'"rId2"')
        )

    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    for rows in ([HEADING, row(), TOTALS], [["другое"]]):
        sheet = book.add_worksheet()
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
    book.close()
    assert len(read(data.getvalue()).items) == 1
    with pytest.raises(Refused, match="no heading"):
        read(edited(swapped, "xl/_rels/workbook.xml.rels", data.getvalue()))


USUAL = workbook([HEADING, row(), TOTALS])
DOCUMENT_TYPE = b'<!DOCTYPE a [<!ENTITY e "x">]><worksheet'


def replaced(old: bytes, new: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    def change(text: bytes) -> bytes:
        assert old in text
        return text.replace(old, new, 1)

    return edited(change, name)


REFUSED = {
    "cut off": (
        USUAL[: len(USUAL) // 2],
        "cut off",
    ),
    "cut off at its end": (
        USUAL[:-1],
        "cut off",
    ),
    "the beginning only": (
        USUAL[:30],
        "cut off",
    ),
    "another archive": (
        edited(lambda _: b"", "xl/workbook.xml"),
        "broken XML",
    ),
    "no sheet": (
        replaced(b"<sheet ", b"<other ", "xl/workbook.xml"),
        "without a sheet",
    ),
    "a sheet that is not there": (
        replaced(b"sheet1.xml", b"sheet7.xml", "xl/_rels/workbook.xml.rels"),
        "broken XML|is empty",
    ),
    "an empty sheet": (
        workbook([]),
        "is empty",
    ),
    "no heading": (
        workbook([row(), TOTALS]),
        "no heading",
    ),
    "a missing column": (
        workbook([HEADING[1:], row()[1:]]),
        "without the columns reference",
    ),
    "a document type": (
        replaced(b"<worksheet", DOCUMENT_TYPE),
        "document type",
    ),
    "a document type in the texts": (
        replaced(b"<sst", b'<!DOCTYPE a [<!ENTITY e "x">]><sst', "xl/sharedStrings.xml"),
        "document type",
    ),
    "a document type in the styles": (
        replaced(b"<styleSheet", b"<!DOCTYPE a><styleSheet", "xl/styles.xml"),
        "document type",
    ),
    "an unknown entity": (
        replaced(b"</v>", b"&e;</v>"),
        "broken XML",
    ),
    "endless nesting": (
        replaced(b"</row>", b"</row>" + b"<a>" * 100_000),
        "endless nesting",
    ),
    "endless nesting of styles": (
        replaced(b"<fonts", b"<a>" * 100_000 + b"<fonts", "xl/styles.xml"),
        "endless nesting",
    ),
    "endless nesting of texts": (
        replaced(b"<si>", b"<a>" * 100_000 + b"<si>", "xl/sharedStrings.xml"),
        "endless nesting",
    ),
    "an endless tag": (
        replaced(b"</row>", b'</row><a b="' + b"x" * 3_000_000),
        "a tag without end",
    ),
    "an endless text": (
        replaced(b"<v>", b"<v>" + b"1" * 100_000),
        "a cell of more",
    ),
    "an endless shared text": (
        replaced(b"<t>", b"<t>" + b"1" * 100_000, "xl/sharedStrings.xml"),
        "a cell of more",
    ),
    "a far column": (
        replaced(b"</row>", b'<c r="XFD1"><v>1</v></c></row>'),
        "256 columns",
    ),
    "many cells": (
        replaced(b"</row>", b"<c><v>1</v></c>" * 300 + b"</row>"),
        "256 columns",
    ),
    "no column": (
        replaced(b"</row>", b'<c r="?1"><v>1</v></c></row>'),
        "256 columns",
    ),
    "a text that is not there": (
        replaced(b"</row>", b'<c r="P1" t="s"><v>99</v></c></row>'),
        "a text that is not there",
    ),
    "a text without number": (
        replaced(b"</row>", b'<c r="P1" t="s"><v>-1</v></c></row>'),
        "a text that is not there",
    ),
    "bytes that are no text": (
        replaced(b"</row>", b'<c t="str"><v>\xff\xfe</v></c></row>'),
        "broken XML",
    ),
    "an unknown encoding": (
        replaced(b'encoding="UTF-8"', b'encoding="hex"'),
        "broken XML",
    ),
}


@pytest.mark.parametrize(("data", "why"), REFUSED.values(), ids=REFUSED)
def test_a_broken_or_hostile_workbook_is_refused(data, why):
    with pytest.raises(Refused, match=why) as refused:
        read(data)
    assert refused.value.code == Refusal.UNREADABLE


def test_a_cell_in_the_last_row_takes_no_memory():
    data = replaced(b"</sheetData>", b'<row r="1048576"><c r="A1048576"/></row></sheetData>')
    assert read(data).differences == []


def archive(parts: int, method: int = zipfile.ZIP_STORED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as new:
        for number in range(parts):
            new.writestr(f"{number:0200}", "")
    return data.getvalue()


def declared(size: int) -> bytes:
    """A workbook whose directory says that its first part is of that size unpacked."""
    data = bytearray(USUAL)
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = size.to_bytes(4, "little")
    return bytes(data)


def flagged(place: int, value: int) -> bytes:
    """A workbook with a byte changed in each entry of its directory."""
    data = bytearray(USUAL)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + place] = value
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


HOSTILE_ARCHIVES = {
    "too many parts": (archive(5000), "too many parts"),
    "two gigabytes": (declared((1 << 31) + 1), "more than"),
    "encrypted": (flagged(8, 1), "encrypted"),
    "packed by another method": (flagged(10, 14), "unusually"),
    "needs a later version": (flagged(6, 99), "a broken archive"),
    "a directory of gigabytes": (USUAL[:-10] + b"\xff\xff\xff\xff" + USUAL[-6:], "too many parts"),
    "a large directory": (USUAL[:-22] + b"PK\x06\x07" + bytes(16) + USUAL[-22:], "too many parts"),
}


@pytest.mark.parametrize(("data", "why"), HOSTILE_ARCHIVES.values(), ids=HOSTILE_ARCHIVES)
def test_a_hostile_archive_is_refused(data, why):
    with pytest.raises(Refused, match=why) as refused:
        read(data)
    assert refused.value.code == Refusal.UNREADABLE


@given(st.integers(0, len(USUAL) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_workbook_is_read_or_refused(at, damage):
    found = tried(read, USUAL[:at] + damage + USUAL[at + len(damage) :])
    assert found in (*Refusal,) or len(found.items) <= 1


SHEET = "xl/worksheets/sheet1.xml"
PART = zipfile.ZipFile(io.BytesIO(USUAL)).read(SHEET)


@given(st.integers(0, len(PART) - 1), st.binary(max_size=4) | st.sampled_from([b"<", b"&", b'"']))
def test_a_damaged_sheet_is_read_or_refused(at, damage):
    found = tried(read, edited(lambda text: text[:at] + damage + text[at + 1 :]))
    assert found == Refusal.UNREADABLE or len(found.items) <= 2


@pytest.mark.parametrize(
    ("letters", "number"),
    [("A", 0), ("Z", 25), ("AA", 26), ("IV", 255), ("IW", 256), ("", 256), ("a", 256), ("Я", 256)],
)
def test_columns_are_counted_in_letters(letters, number):
    assert place(letters) == number


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("0.30000000000000004", "0.3"),
        ("4250.0", "4250"),
        ("9.60540000000E11", "960540000000"),
        ("1E-2", "0.01"),
        ("1E300", "1e+300"),
        ("nan", "nan"),
        ("", ""),
        ("x", "x"),
    ],
)
def test_a_number_is_written_as_it_is_seen(written, seen):
    assert decimal(written) == seen


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a_x000D_b", "a\rb"),
        ("_x0041_", "A"),
        ("_x0000_", "_x0000_"),
        ("_xD83D__xDE00_", "_xD83D__xDE00_"),
        ("_x", "_x"),
    ],
)
def test_characters_that_xml_cannot_have_are_unescaped(written, text):
    assert unescaped(written) == text


@given(texts())
def test_unescaping_makes_nothing_that_cannot_be_kept(text):
    unescaped(text).encode()
