"""The law with one row more, beside the law as it is."""

from datetime import date
from decimal import Decimal

from registry.rules.law import Code, Row
from tests.law import LAW

NEW_YEAR = date(2026, 1, 1)


def test_a_row_begins_on_its_day_and_leaves_all_else_as_it_is():
    other = LAW.replaced(Row("MW", date(2026, 6, 1), Decimal(90000), unit="KZT"))
    assert other.number(Code.MW, date(2026, 5, 31)) == 85000
    assert other.number(Code.MW, date(2026, 6, 1)) == 90000
    assert other.unit(Code.MW, date(2026, 6, 1)) == "KZT"
    assert LAW.number(Code.MW, date(2026, 6, 1)) == 85000
    assert [code for code in Code if other[code] != LAW[code]] == [Code.MW]


def test_a_row_from_a_day_that_has_one_takes_its_place():
    other = LAW.replaced(Row("MW", NEW_YEAR, Decimal(90000)))
    assert len([*other[Code.MW]]) == len([*LAW[Code.MW]])
    assert other.number(Code.MW, NEW_YEAR) == 90000


def test_a_row_without_a_value_takes_it_out_of_force():
    other = LAW.replaced(Row("STATUS_PREPAY_MONTHS", NEW_YEAR, None))
    assert other[Code.STATUS_PREPAY_MONTHS].get(NEW_YEAR) is None
    assert other[Code.STATUS_PREPAY_MONTHS].get(date(2025, 12, 31)) == 12
