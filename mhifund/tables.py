"""Tables as files to take away: a workbook with a sheet for each, or one as CSV."""

import codecs
import csv
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import NamedTuple

import xlsxwriter

from registry.resources import neutral

WIDEST, NARROWEST = 48, 9
SAMPLE = 1000
MOST_ROWS = 1_048_575
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False}


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
    with xlsxwriter.Workbook(stream, {"in_memory": True} | PLAIN) as book:
        formats = _formats(book, made_at)
        for table in tables:
            _write(book, table, formats)
    return stream.getvalue()


def xlsx_of_any_length(table, made_at):
    """A temporary file with the workbook of a table whose rows come as they are found.

    Where a sheet is full the rows go on in the next one.
    """
    file = TemporaryFile()  # noqa: SIM115
    rows = iter(table.rows)
    with xlsxwriter.Workbook(file, {"constant_memory": True} | PLAIN) as book:
        formats = _formats(book, made_at)
        sheets = 0
        while (some := [*islice(rows, SAMPLE)]) or not sheets:
            sheets += 1
            title = table.title if sheets == 1 else f"{table.title[:27]} {sheets}"
            here = chain(some, islice(rows, MOST_ROWS - len(some)))
            _write(book, Table(title, table.heads, some), formats, here)
    file.seek(0)
    return file


def _formats(book, made_at):
    book.set_properties({"created": made_at})
    return {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
        Decimal: book.add_format({"num_format": "#,##0.00"}),
        date: book.add_format({"num_format": "dd.mm.yyyy"}),
        int: book.add_format({"num_format": "#,##0"}),
    }


def _write(book, table, formats, rows=None):
    """A sheet as wide as the rows of the table; `rows` are all of them where these are some."""
    sheet = book.add_worksheet(table.title)
    sheet.freeze_panes(1, 0)
    for column, head in enumerate(table.heads):
        cells = [str(row[column]) for row in table.rows[:SAMPLE]]
        widest = max(map(len, [*cells, *head.split(" / ")]), default=0)
        sheet.set_column(column, column, min(max(widest + 2, NARROWEST), WIDEST))
    sheet.write_row(0, 0, table.heads, formats["head"])
    number = 0
    for number, row in enumerate(table.rows if rows is None else rows, 1):
        for column, cell in enumerate(row):
            form = formats.get(type(cell))
            if isinstance(cell, date):
                sheet.write_datetime(number, column, cell, form)
            elif isinstance(cell, (int, Decimal)):
                sheet.write_number(number, column, cell, form)
            else:
                sheet.write_string(number, column, cell)
    sheet.autofilter(0, 0, max(number, 1), len(table.heads) - 1)
