"""Tables as files to take away: a workbook with a sheet for each, or one as CSV."""

import codecs
import csv
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import chain
from typing import NamedTuple

import xlsxwriter

from registry.resources import neutral

WIDEST, NARROWEST = 48, 9


class Table(NamedTuple):
    """Cells are texts, days, whole numbers and sums (Decimal); a title has at most 31 letters."""

    title: str
    heads: list[str]
    rows: list[tuple]


def as_csv(table):
    """UTF-8 with its mark and semicolons, as spreadsheets here read it; sums with a comma.

    A text that a spreadsheet would take for a formula is quoted; a number stays a number.
    """
    return b"".join(csv_lines(table))


def csv_lines(table):
    """The same line by line, for a list that is longer than the memory."""
    writer = csv.writer(Echo, delimiter=";")
    yield codecs.BOM_UTF8
    for row in chain([table.heads], table.rows):
        yield writer.writerow([_text(cell) for cell in row]).encode()


class Echo:
    """What csv writes to: gives each line back."""

    @staticmethod
    def write(line):
        return line


def _text(cell):
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")
    if isinstance(cell, date):
        return f"{cell:%d.%m.%Y}"
    return cell if isinstance(cell, int) else neutral(cell)


def as_xlsx(tables, made_at):
    """The bytes of a workbook; `made_at` (naive) is the moment its properties name."""
    stream = BytesIO()
    # the rows are in memory anyway, and temporary files took most of the time
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"created": made_at})
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            Decimal: book.add_format({"num_format": "#,##0.00"}),
            date: book.add_format({"num_format": "dd.mm.yyyy"}),
            int: book.add_format({"num_format": "#,##0"}),
        }
        for table in tables:
            _write(book.add_worksheet(table.title), table, formats)
    return stream.getvalue()


def _write(sheet, table, formats):
    last = max(len(table.rows), 1), len(table.heads) - 1
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, *last)
    for column, head in enumerate(table.heads):
        cells = [str(row[column]) for row in table.rows[:1000]]
        widest = max(map(len, [*cells, *head.split(" / ")]), default=0)
        sheet.set_column(column, column, min(max(widest + 2, NARROWEST), WIDEST))
    sheet.write_row(0, 0, table.heads, formats["head"])
    for number, row in enumerate(table.rows, 1):
        for column, cell in enumerate(row):
            form = formats.get(type(cell))
            if isinstance(cell, date):
                sheet.write_datetime(number, column, cell, form)
            elif isinstance(cell, (int, Decimal)):
                sheet.write_number(number, column, cell, form)
            else:
                sheet.write_string(number, column, cell)
