"""What was paid late or is owed for a month, on both sides of its due day."""

from datetime import date
from decimal import Decimal

import pytest

from registry.rules.arrears import Arrear, late, owed, total
from registry.rules.due import Kind
from registry.rules.law import Code, Law, Row
from registry.rules.months import number
from registry.rules.penalty import penalty
from tests.law import CALENDAR, LAW

APRIL = number(date(2026, 4, 1))
DUE = date(2026, 5, 25)
WHOLE = Decimal(5950)


def arrear(kind, debt, paid, until):
    sum_ = Decimal(debt)
    return Arrear(APRIL, kind, sum_, DUE, paid, penalty(sum_, DUE, until, LAW))


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        pytest.param([(DUE, 9000)], [], id="on the due day"),
        pytest.param(
            [(date(2026, 5, 26), 9000)],
            [arrear(Kind.EMPLOYEE, 9000, date(2026, 5, 26), date(2026, 5, 26))],
            id="a day late",
        ),
        pytest.param([(date(2026, 6, 1), 0)], [], id="given back whole"),
    ],
)
def test_what_came_late(paid, expected):
    sums = [(day, Decimal(sum_)) for day, sum_ in paid]
    assert late(APRIL, Kind.EMPLOYEE, sums, LAW, CALENDAR) == expected


@pytest.mark.parametrize(
    ("paid", "on", "expected"),
    [
        pytest.param([(DUE, 5950)], date(2026, 8, 3), [], id="paid in time"),
        pytest.param([], DUE, [], id="not due yet"),
        pytest.param(
            [],
            date(2026, 8, 3),
            [arrear(Kind.ENTREPRENEUR, 5950, None, date(2026, 8, 3))],
            id="owed",
        ),
        pytest.param(
            [(date(2026, 8, 3), 7000)],
            date(2026, 9, 1),
            [arrear(Kind.ENTREPRENEUR, 5950, date(2026, 8, 3), date(2026, 8, 3))],
            id="late, and too much",
        ),
        pytest.param(
            [(date(2026, 5, 20), 2000), (date(2026, 6, 10), 1000)],
            date(2026, 8, 3),
            [
                arrear(Kind.ENTREPRENEUR, 1000, date(2026, 6, 10), date(2026, 6, 10)),
                arrear(Kind.ENTREPRENEUR, 2950, None, date(2026, 8, 3)),
            ],
            id="a part in time, a part late, a part owed",
        ),
        pytest.param(
            [(date(2026, 8, 4), 5950)],
            date(2026, 8, 3),
            [arrear(Kind.ENTREPRENEUR, 5950, None, date(2026, 8, 3))],
            id="not paid by the day asked about",
        ),
    ],
)
def test_what_is_owed(paid, on, expected):
    sums = [(day, Decimal(sum_)) for day, sum_ in paid]
    assert owed(APRIL, Kind.ENTREPRENEUR, WHOLE, sums, on, LAW, CALENDAR) == expected


def test_the_example_of_the_dossier():
    [found] = owed(APRIL, Kind.ENTREPRENEUR, WHOLE, [], date(2026, 8, 3), LAW, CALENDAR)
    assert (found.penalty.days, found.penalty.amount) == (70, Decimal("244.72"))


def test_without_a_rate_there_is_a_debt_and_no_penalty():
    rows = [Row(Code.PAYMENT_DUE_DAY, date(2017, 7, 1), Decimal(25))]
    found = late(APRIL, Kind.EMPLOYER, [(date(2026, 6, 1), WHOLE)], Law.of(rows), CALENDAR)
    assert found == [Arrear(APRIL, Kind.EMPLOYER, WHOLE, DUE, date(2026, 6, 1), None)]
    assert total(found) == (WHOLE, Decimal(0))
