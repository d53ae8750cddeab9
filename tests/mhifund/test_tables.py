"""Tables as spreadsheets read them: nothing in them is a formula."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from python_calamine import load_workbook

from mhifund import tables
from mhifund.tables import Table, as_csv, as_xlsx, xlsx_of_any_length

MADE_AT = datetime(2026, 11, 20, 1, 5)  # noqa: DTZ001 - a workbook knows no zones
TABLE = Table(
    "Файлдар · Файлы",
    ["Файл", "День", "Строк", "Сумма"],
    [
        ("=HYPERLINK(1)", date(2026, 11, 20), 12, Decimal("1234567.80")),
        ("ҮЛГІ; «a»", date(2026, 1, 2), -3, Decimal("-500.00")),
    ],
)


def test_csv_opens_in_a_spreadsheet_as_it_is():
    assert as_csv(TABLE).decode("utf-8") == (
        "\ufeffФайл;День;Строк;Сумма\r\n"
        "'=HYPERLINK(1);20.11.2026;12;1234567,80\r\n"
        '"ҮЛГІ; «a»";02.01.2026;-3;-500,00\r\n'
    )


@pytest.mark.parametrize("text", ["=1+1", "+7 701", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_that_looks_like_a_formula_is_quoted(text):
    written = as_csv(Table("t", [text], [(text,)])).decode("utf-8-sig")
    assert written.replace('"', "").split("\r\n", 1)[0] == f"'{text}"
    assert written.count(f"'{text}") == 2


def test_a_workbook_has_a_sheet_for_each_table_and_numbers_are_numbers():
    written = as_xlsx([TABLE, TABLE._replace(title="Ещё", rows=[])], MADE_AT)
    book = load_workbook(io.BytesIO(written))
    assert book.sheet_names == ["Файлдар · Файлы", "Ещё"]
    assert book.get_sheet_by_index(0).to_python() == [
        ["Файл", "День", "Строк", "Сумма"],
        ["=HYPERLINK(1)", date(2026, 11, 20), 12.0, 1234567.8],
        ["ҮЛГІ; «a»", date(2026, 1, 2), -3.0, -500.0],
    ]
    assert book.get_sheet_by_index(1).to_python() == [["Файл", "День", "Строк", "Сумма"]]


def test_the_same_tables_make_the_same_bytes():
    assert as_xlsx([TABLE], MADE_AT) == as_xlsx([TABLE], MADE_AT)


def test_a_workbook_of_any_length_goes_on_in_the_next_sheet(monkeypatch):
    monkeypatch.setattr(tables, "SAMPLE", 2)
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    table = Table("Long", ["n"], ((number,) for number in range(7)))
    with xlsx_of_any_length(table, MADE_AT) as file:
        book = load_workbook(file)
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    found = {name: [row[0] for row in rows] for name, rows in sheets.items()}
    assert found == {"Long": ["n", 0, 1, 2], "Long 2": ["n", 3, 4, 5], "Long 3": ["n", 6]}


def test_a_workbook_without_rows_has_its_heads():
    table = Table("Nothing", ["n"], iter(()))
    with xlsx_of_any_length(table, MADE_AT) as file:
        assert load_workbook(file).get_sheet_by_index(0).to_python() == [["n"]]
