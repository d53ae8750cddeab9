"""Why a month is covered or open, and what it takes to come back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from registry.rules.due import WHOLE, Kind, share
from registry.rules.explain import (
    Asked,
    Debt,
    Month,
    Payment,
    WaysBack,
    Why,
    explain_months,
    ways_back,
)
from tests.law import CALENDAR, LAW
from tests.registry.rules.builders import day, month

EMPLOYER, EMPLOYEE = Kind.EMPLOYER, Kind.EMPLOYEE
ENTREPRENEUR, INDEPENDENT = Kind.ENTREPRENEUR, Kind.INDEPENDENT
JUNE = month("2026-06")
TODAY = "2026-11-20"
DUES = {ENTREPRENEUR: 595_000, INDEPENDENT: 425_000}


def asked(on: str = TODAY, *, pays_itself: bool = False, self_paying: str = "") -> Asked:
    """`self_paying`: months in which the person holds a category of a self-paying person."""
    return Asked(day(on), {month(one) for one in self_paying.split()}, pays_itself, LAW, CALENDAR)


def payment(kind: Kind, amount: str, *, of: int = JUNE, counts: bool = True) -> Payment:
    tiyn = int(Decimal(amount) * 100)
    share_ = share(tiyn, DUES[kind]) if kind in DUES else None
    return Payment(of, kind, Decimal(amount), share_, counts)


def covered(by: str, paid: str, due: str | None, why: Why) -> Month:
    due_sum = None if due is None else Decimal(due)
    return Month(JUNE, True, tuple(by.split()), Decimal(paid), due_sum, why, Decimal("0.00"))


def missing(why: Why, lacking: str | None, *, by: str = "", paid: str = "0.00", due: str) -> Month:
    return Month(
        JUNE,
        False,
        tuple(by.split()),
        Decimal(paid),
        Decimal(due),
        why,
        None if lacking is None else Decimal(lacking),
    )


@pytest.mark.parametrize(
    ("payments", "categories", "expected"),
    [
        pytest.param(
            [payment(EMPLOYER, "9000.00")],
            [],
            covered("employer", "9000.00", None, Why.PAID),
            id="an employer: the income is not known, and no sum is due",
        ),
        pytest.param(
            [payment(EMPLOYER, "9000.00"), payment(EMPLOYEE, "6000.00")],
            [],
            covered("employer employee", "15000.00", None, Why.PAID),
            id="both payments of one employment",
        ),
        pytest.param(
            [payment(INDEPENDENT, "4250.00")],
            [],
            covered("independent", "4250.00", "4250.00", Why.PAID),
            id="a fixed sum",
        ),
        pytest.param(
            [payment(INDEPENDENT, "4000.00"), payment(INDEPENDENT, "250.00")],
            [],
            covered("independent", "4250.00", "4250.00", Why.PAID),
            id="a fixed sum in parts",
        ),
        pytest.param(
            [payment(INDEPENDENT, "4000.00"), payment(ENTREPRENEUR, "5950.00")],
            [],
            covered("entrepreneur", "9950.00", "5950.00", Why.PAID),
            id="only the kind that pays is named",
        ),
        pytest.param(
            [
                payment(EMPLOYER, "9000.00"),
                payment(EMPLOYER, "-9000.00"),
                payment(EMPLOYEE, "1.00"),
            ],
            [],
            covered("employee", "1.00", None, Why.PAID),
            id="what was paid back pays nothing",
        ),
        pytest.param(
            [],
            [(JUNE, "student"), (JUNE, "disabled"), (JUNE, "student"), (JUNE - 1, "kandas")],
            covered("student disabled", "0.00", None, Why.CATEGORY),
            id="the categories of the month, each once",
        ),
        pytest.param(
            [payment(INDEPENDENT, "4000.00")],
            [(JUNE, "student")],
            covered("student", "4000.00", None, Why.CATEGORY),
            id="a category, and too little paid",
        ),
        pytest.param(
            [payment(EMPLOYER, "9000.00", counts=False), payment(EMPLOYEE, "6000.00")],
            [(JUNE, "student")],
            covered("employee student", "6000.00", None, Why.PAID),
            id="a payment and a category; what is not due does not count",
        ),
        pytest.param(
            [payment(Kind.PENALTY_DEDUCTION, "500.00")],
            [(JUNE, "student")],
            covered("student", "0.00", None, Why.CATEGORY),
            id="a penalty pays no month",
        ),
    ],
)
def test_why_a_month_is_covered(
    payments: list[Payment], categories: list[tuple[int, str]], expected: Month
) -> None:
    assert explain_months(asked(), [(JUNE, True)], payments, categories) == [expected]


@pytest.mark.parametrize(
    ("payments", "expected"),
    [
        pytest.param([], missing(Why.NOTHING_PAID, "4250.00", due="4250.00"), id="nothing paid"),
        pytest.param(
            [payment(INDEPENDENT, "4000.00")],
            missing(Why.UNDERPAID, "250.00", by="independent", paid="4000.00", due="4250.00"),
            id="underpaid",
        ),
        pytest.param(
            [payment(INDEPENDENT, "1416.66"), payment(INDEPENDENT, "1416.67")],
            missing(Why.UNDERPAID, "1416.67", by="independent", paid="2833.33", due="4250.00"),
            id="underpaid: the sum lacking is right to the tiyn",
        ),
        pytest.param(
            [payment(INDEPENDENT, "4000.00"), payment(ENTREPRENEUR, "5900.00")],
            missing(Why.UNDERPAID, "50.00", by="entrepreneur", paid="5900.00", due="5950.00"),
            id="underpaid by two kinds: the one that lacks the smaller part",
        ),
        pytest.param(
            [payment(INDEPENDENT, "4250.00"), payment(INDEPENDENT, "-4250.00")],
            missing(Why.REFUNDED, "4250.00", due="4250.00"),
            id="refunded",
        ),
        pytest.param(
            [payment(EMPLOYER, "9000.00"), payment(EMPLOYER, "-9000.00")],
            missing(Why.REFUNDED, "4250.00", due="4250.00"),
            id="an employer's payment refunded: the person may pay the fixed sum",
        ),
        pytest.param(
            [payment(INDEPENDENT, "4250.00"), payment(INDEPENDENT, "-4000.00")],
            missing(Why.UNDERPAID, "4000.00", by="independent", paid="250.00", due="4250.00"),
            id="refunded in part",
        ),
        pytest.param(
            [payment(EMPLOYER, "9000.00", counts=False)],
            missing(Why.NOT_COUNTED, "4250.00", due="4250.00"),
            id="all that was paid is overpaid as a whole",
        ),
        pytest.param(
            [
                payment(EMPLOYER, "9000.00", counts=False),
                payment(EMPLOYER, "-9000.00", counts=False),
            ],
            missing(Why.REFUNDED, "4250.00", due="4250.00"),
            id="overpaid as a whole, and refunded",
        ),
        pytest.param(
            [payment(Kind.PENALTY_CONTRIBUTION, "9000.00")],
            missing(Why.NOTHING_PAID, "4250.00", due="4250.00"),
            id="a penalty pays no month",
        ),
        pytest.param(
            [payment(INDEPENDENT, "8500.00", of=JUNE + 1)],
            missing(Why.OTHER_PERIOD, "4250.00", due="4250.00"),
            id="two sums for another month",
        ),
        pytest.param(
            [
                payment(INDEPENDENT, "4250.00", of=JUNE + 1),
                payment(INDEPENDENT, "4250.00", of=JUNE + 1, counts=False),
            ],
            missing(Why.OTHER_PERIOD, "4250.00", due="4250.00"),
            id="the second sum for another month is a duplicate",
        ),
        pytest.param(
            [
                payment(INDEPENDENT, "8500.00", of=JUNE + 1),
                payment(INDEPENDENT, "-4250.00", of=JUNE + 1),
            ],
            missing(Why.NOTHING_PAID, "4250.00", due="4250.00"),
            id="the second sum for another month was refunded",
        ),
        pytest.param(
            [
                payment(INDEPENDENT, "4250.00", of=JUNE + 1),
                payment(EMPLOYER, "9000.00", of=JUNE - 1),
            ],
            missing(Why.NOTHING_PAID, "4250.00", due="4250.00"),
            id="other months are paid once",
        ),
        pytest.param(
            [payment(INDEPENDENT, "8500.00", of=JUNE + 1), payment(INDEPENDENT, "4000.00")],
            missing(Why.UNDERPAID, "250.00", by="independent", paid="4000.00", due="4250.00"),
            id="underpaid, and two sums for another month",
        ),
    ],
)
def test_why_a_month_is_open(payments: list[Payment], expected: Month) -> None:
    assert explain_months(asked(), [(JUNE, False)], payments, []) == [expected]


@pytest.mark.parametrize(
    ("on", "payments", "why"),
    [
        ("2026-07-27", [], Why.NOT_DUE),
        ("2026-07-28", [], Why.NOTHING_PAID),
        ("2026-07-27", [payment(INDEPENDENT, "4000.00")], Why.NOT_DUE),
        ("2026-07-28", [payment(INDEPENDENT, "4000.00")], Why.UNDERPAID),
        ("2026-07-27", [payment(INDEPENDENT, "8500.00", of=JUNE - 1)], Why.NOT_DUE),
        ("2026-07-28", [payment(INDEPENDENT, "8500.00", of=JUNE - 1)], Why.OTHER_PERIOD),
    ],
)
def test_until_its_due_day_a_month_is_not_due(on: str, payments: list[Payment], why: Why) -> None:
    """The 25th of July 2026 is a Saturday: the due day is the Monday after it."""
    assert [line.why for line in explain_months(asked(on), [(JUNE, False)], payments, [])] == [why]


@pytest.mark.parametrize(
    ("self_paying", "period", "due"),
    [
        ("", "2026-06", "4250.00"),
        ("2026-06", "2026-06", "5950.00"),
        ("2026-05 2026-07", "2026-06", "4250.00"),
        ("2022-12", "2022-12", "4200.00"),
        ("", "2022-12", "3000.00"),
        ("", "2021-12", "2125.00"),
        ("", "2019-12", None),
        ("2019-12", "2019-12", None),
        ("", "2015-12", None),
    ],
)
def test_an_empty_month_asks_for_the_sum_of_the_month(
    self_paying: str, period: str, due: str | None
) -> None:
    (line,) = explain_months(asked(self_paying=self_paying), [(month(period), False)], [], [])
    expected = None if due is None else Decimal(due)
    assert (line.due, line.lacking) == (expected, expected)


def test_what_was_paid_ahead_at_last_years_sum_counts_by_its_share() -> None:
    """Two thirds of the 3,000 of 2022 were paid for 2023-01: a third of 3,500 is lacking."""
    ahead = Payment(month("2023-01"), INDEPENDENT, Decimal("2000.00"), 2 * WHOLE // 3, True)
    (line,) = explain_months(asked(), [(ahead.month, False)], [ahead], [])
    assert (line.paid, line.due, line.lacking) == (
        Decimal("2000.00"),
        Decimal("3500.00"),
        Decimal("1166.67"),
    )


def test_months_come_in_the_order_in_which_they_are_asked() -> None:
    lines = explain_months(
        asked(), [(JUNE - 1, False), (JUNE, True)], [payment(EMPLOYER, "1.00")], []
    )
    assert [(line.month, line.covered) for line in lines] == [(JUNE - 1, False), (JUNE, True)]


def back(on: str, *, self_paying: str = "", pays_itself: bool = False, open_: str) -> WaysBack:
    question = asked(on, self_paying=self_paying, pays_itself=pays_itself)
    open_months = [(month(one), False) for one in open_.split()]
    return ways_back(question, explain_months(question, open_months, [], []))


def test_the_two_ways_back() -> None:
    assert back(TODAY, open_="2022-11 2026-09 2026-10") == WaysBack(
        missing=(
            Debt(month("2022-11"), Decimal("3000.00")),
            Debt(month("2026-09"), Decimal("4250.00")),
            Debt(month("2026-10"), Decimal("4250.00")),
        ),
        missing_total=Decimal("11500.00"),
        ahead_since=month("2026-12"),
        ahead_until=month("2027-11"),
        ahead_month=Decimal("4250.00"),
        ahead_total=Decimal("51000.00"),
    )


def test_an_entrepreneur_pays_the_months_of_the_business_and_those_ahead_as_one() -> None:
    found = back(TODAY, self_paying="2026-10", pays_itself=True, open_="2026-09 2026-10")
    assert [debt.sum for debt in found.missing] == [Decimal("4250.00"), Decimal("5950.00")]
    assert (found.ahead_month, found.ahead_total) == (Decimal("5950.00"), Decimal("71400.00"))


def test_who_closed_the_business_pays_ahead_as_an_independent_payer() -> None:
    found = back(TODAY, self_paying="2026-09", open_="2026-09")
    assert found.missing_total == Decimal("5950.00")
    assert found.ahead_month == Decimal("4250.00")


def test_without_a_sum_for_the_year_there_are_no_totals() -> None:
    found = back("2027-02-10", open_="2026-12 2027-01")
    assert found.missing == (
        Debt(month("2026-12"), Decimal("4250.00")),
        Debt(month("2027-01"), None),
    )
    assert (found.missing_total, found.ahead_month, found.ahead_total) == (None, None, None)
    assert (found.ahead_since, found.ahead_until) == (month("2027-03"), month("2028-02"))


def test_before_one_could_pay_ahead_there_is_one_way_back() -> None:
    found = back("2022-09-04", open_="2022-08")
    assert (found.missing_total, found.ahead_month, found.ahead_total) == (
        Decimal("3000.00"),
        None,
        None,
    )


def test_nothing_missing_costs_nothing() -> None:
    found = ways_back(asked(), [])
    assert (found.missing, found.missing_total) == ((), Decimal("0.00"))


@pytest.mark.parametrize("on", [date(2015, 1, 1), date(1991, 12, 16)])
def test_before_there_was_a_law_nothing_was_due(on: date) -> None:
    question = Asked(on, set(), False, LAW, CALENDAR)
    (line,) = explain_months(question, [(month("1991-11"), False)], [], [])
    assert (line.why, line.due) == (Why.NOTHING_PAID, None)
