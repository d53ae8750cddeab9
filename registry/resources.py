"""Small lists as files to take away; no cell of them is a formula."""

import csv
from io import BytesIO, StringIO

import xlsxwriter
from import_export.formats.base_formats import Format

from registry.rules import cells


def neutral(cell):
    """The text of a cell, which no spreadsheet takes for a formula."""
    return cells.neutral("" if cell is None else str(cell))


class Csv(Format):
    def get_title(self):
        return "csv"

    def get_extension(self):
        return "csv"

    def get_content_type(self):
        return "text/csv"

    def can_export(self):
        return True

    def export_data(self, dataset, **kwargs):
        written = StringIO()
        rows = csv.writer(written, delimiter=";")
        rows.writerow(dataset.headers)
        rows.writerows([neutral(cell) for cell in row] for row in dataset)
        return written.getvalue().encode("utf-8-sig")


class Xlsx(Format):
    def get_title(self):
        return "xlsx"

    def get_extension(self):
        return "xlsx"

    def get_content_type(self):
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def can_export(self):
        return True

    def export_data(self, dataset, **kwargs):
        written = BytesIO()
        with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            for place, row in enumerate([dataset.headers, *dataset]):
                for column, cell in enumerate(row):
                    sheet.write_string(place, column, "" if cell is None else str(cell))
        return written.getvalue()
