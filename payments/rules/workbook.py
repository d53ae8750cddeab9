"""Lists in XLSX: the first sheet of a workbook, read as it streams by.

A library that builds the whole sheet needs a gigabyte for a million rows, and a workbook of five
kilobytes, with one cell in the last column of the last row, ends the process.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from tempfile import TemporaryFile
from typing import Any, NamedTuple

import xlsxwriter  # type: ignore[import-untyped]

from payments.rules import columns
from payments.rules.cells import (
    FIRST_OF_1900,
    FIRST_OF_1904,
    Grid,
    Number,
    NumberedCells,
    Strings,
)
from payments.rules.items import Portion
from payments.rules.markup import tags
from payments.rules.package import Package
from payments.rules.reading import Reading
from payments.rules.sheet import Sheet, order_of
from payments.rules.totals import Refusal, Refused
from payments.rules.values import dotted
from registry.rules.delimited import Row
from registry.rules.encoding import Source

MAGIC = b"PK\x03\x04"
DEFAULT = "xl/workbook.xml"
LARGEST_PART = 1 << 23  # of those that say what the others are
# The numbers of formats that Excel does not write down: days, also in the languages of Asia.
BUILT_IN_DAYS = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}
MOST_ITEMS = 1_048_574  # between the heading and the totals of a sheet
CHUNK = 1 << 16
STREAMED = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
WORDS_OF_FORMAT = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


SECTIONS = ("cellStyleXfs", "cellXfs", "cellStyles", "dxfs")


class Relation(NamedTuple):
    number: str
    kind: str
    target: str


class SheetRows:
    """The rows below the heading; they have no line ends, so none can be cut off."""

    def __init__(
        self, blocks: Iterable[list[NumberedCells]], width: int, digits: dict[int, int]
    ) -> None:
        self.cut = False
        self._blocks = blocks
        self._width = width
        self._digits = digits

    def __iter__(self) -> Iterator[list[Row]]:
        for block in self._blocks:
            yield [self._row(number, cells) for number, cells in block if any(cells)]

    def _row(self, number: int, cells: list[str]) -> Row:
        """As wide as the heading; identifiers get back the zeros that a number has lost."""
        if len(cells) < self._width:
            cells.extend([""] * (self._width - len(cells)))
        for place, digits in self._digits.items():
            if isinstance(cells[place], Number):
                cells[place] = cells[place].zfill(digits)
        return number, cells, ";".join(cells)


def open_workbook(form: str, source: Source) -> Reading | None:
    """None when it is no archive; Refused when it is one, but no workbook with a list."""
    if not source.head.startswith(MAGIC):
        return None
    blocks = _first_sheet(Package(source.stream))
    for block in blocks:
        for at, (_, cells) in enumerate(block):
            if any(map(str.strip, cells)):
                return _list(form, source.name, cells, _chained(block[at + 1 :], blocks))
    raise Refused(Refusal.UNREADABLE, "a workbook whose first sheet is empty")


def _list(
    form: str, name: str, heading: list[str], blocks: Iterator[list[NumberedCells]]
) -> Reading:
    if not columns.are_enough(heading):
        raise Refused(Refusal.UNREADABLE, "a workbook whose first sheet has no heading of a list")
    places = columns.places(heading)
    digits = {
        places[column.name]: column.digits
        for column in columns.COLUMNS
        if column.digits and column.name in places
    }
    return Sheet(form, "", name, heading, SheetRows(blocks, len(heading), digits))


def _chained(
    first: list[NumberedCells], blocks: Iterator[list[NumberedCells]]
) -> Iterator[list[NumberedCells]]:
    yield first
    yield from blocks


def _first_sheet(package: Package) -> Iterator[list[NumberedCells]]:
    root = {relation.kind: relation.target for relation in _relations(package, "")}
    workbook = root.get("officeDocument", DEFAULT)
    related = list(_relations(package, workbook))
    parts = {relation.kind: relation.target for relation in related}
    number, epoch = _first_and_epoch(package, workbook)
    sheet = {relation.number: relation for relation in related}.get(number)
    if sheet is None or sheet.kind != "worksheet":
        raise Refused(Refusal.UNREADABLE, "a workbook without a sheet")
    strings = Strings(package.part(parts["sharedStrings"]) if "sharedStrings" in parts else ())
    days = set(_day_styles(package, parts["styles"])) if "styles" in parts else set()
    return Grid(strings, days, epoch).blocks(package.part(sheet.target))


def _relations(package: Package, part: str) -> Iterator[Relation]:
    """The parts that a part speaks of; those of the archive itself for no part."""
    folder, name = posixpath.split(part)
    listed = package.part(posixpath.join(folder, "_rels", f"{name}.rels"), LARGEST_PART)
    for tag, attributes in tags(listed):
        if tag == "Relationship":
            path = posixpath.join("/", folder, attributes.get("Target", ""))
            kind = posixpath.basename(attributes.get("Type", ""))
            target = posixpath.normpath(path).lstrip("/")
            yield Relation(attributes.get("Id", ""), kind, target)


def _first_and_epoch(package: Package, workbook: str) -> tuple[str, date]:
    epoch = FIRST_OF_1900
    for tag, attributes in tags(package.part(workbook, LARGEST_PART)):
        if tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            epoch = FIRST_OF_1904
        elif tag == "sheet":
            names = (name for name in attributes if name.endswith(":id"))
            return attributes.get(next(names, ""), ""), epoch
    return "", epoch


def _day_styles(package: Package, part: str) -> Iterator[str]:
    """The numbers of the styles that show a number as a day."""
    formats = {str(number) for number in BUILT_IN_DAYS}
    styles = 0
    section = ""
    for tag, attributes in tags(package.part(part, LARGEST_PART)):
        if tag == "numFmt" and _is_day(attributes.get("formatCode", "")):
            formats.add(attributes.get("numFmtId", ""))
        elif tag in SECTIONS:
            section = tag
        elif tag == "xf" and section == "cellXfs":
            if attributes.get("numFmtId") in formats:
                yield str(styles)
            styles += 1


def _is_day(code: str) -> bool:
    return not {"d", "y"}.isdisjoint(WORDS_OF_FORMAT.sub("", code).lower())


def write(portions: Iterable[Portion], heading: Sequence[str] = columns.RUSSIAN) -> Iterator[bytes]:
    """A list of at most MOST_ITEMS as a workbook."""
    with TemporaryFile() as file:
        with xlsxwriter.Workbook(file, STREAMED) as book:
            # the same bytes for the same items
            book.set_properties({"created": datetime(2020, 1, 1)})  # noqa: DTZ001
            _fill(book.add_worksheet(), portions, heading)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _fill(sheet: Any, portions: Iterable[Portion], heading: Sequence[str]) -> None:
    sheet.write_row(0, 0, heading)
    items = total = 0
    for message, some in portions:
        order = order_of(message)
        for item in some:
            items += 1
            total += item.amount
            who = item.iin, item.last_name, item.first_name, item.middle_name
            rest = *order, *who, dotted(item.birth_date), item.period
            sheet.write_string(items, 0, message.reference)
            sheet.write_number(items, 1, item.line)
            for column, text in enumerate(rest, 2):
                sheet.write_string(items, column, text)
            sheet.write_number(items, len(heading) - 1, item.amount / 100)
        if items > MOST_ITEMS:
            raise ValueError(f"a sheet has room for {MOST_ITEMS} items")
    sheet.write_row(items + 1, 0, (columns.TOTALS, items))
    sheet.write_number(items + 1, len(heading) - 1, total / 100)
