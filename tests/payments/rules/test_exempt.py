"""Months in privileged categories: no deductions are due, from the day on which it is known."""

from datetime import date

import numpy as np
import pytest

from payments.rules.exempt import Believed, exempt_days
from payments.rules.findings import FINDINGS, find
from registry.rules import months
from registry.rules.days import FOREVER, day_number
from tests.law import CALENDAR, LAW
from tests.payments.rules.books import SELF, Books, exempt_of, found_in, items_of
from tests.payments.rules.entries import (
    DUE,
    OCTOBER,
    employee,
    employer,
    independent,
    item,
    noticed,
    numbered,
    privileged,
)

FREE = {1: [("exempt_category", 300_000)]}
NOT_FREE = {}


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([privileged()], FREE, id="the whole month"),
        pytest.param([privileged("military")], FREE, id="an exempt category"),
        pytest.param([privileged("low_income")], NOT_FREE, id="the local budget"),
        pytest.param([privileged("unemployed")], NOT_FREE, id="the local budget since 2026"),
        pytest.param([privileged("entrepreneur")], NOT_FREE, id="a payer category"),
        pytest.param([privileged(until=None)], FREE, id="without end"),
        pytest.param([privileged(since=date(2026, 10, 2))], NOT_FREE, id="not on the first day"),
        pytest.param([privileged(until=date(2026, 10, 30))], NOT_FREE, id="not on the last day"),
        pytest.param(
            [
                privileged(until=date(2026, 10, 15)),
                privileged("military", since=date(2026, 10, 16)),
            ],
            FREE,
            id="two categories without a gap",
        ),
        pytest.param(
            [
                privileged(until=date(2026, 10, 14)),
                privileged("military", since=date(2026, 10, 16)),
            ],
            NOT_FREE,
            id="two categories with a day between",
        ),
        pytest.param([privileged(superseded=date(2026, 12, 1))], NOT_FREE, id="no longer believed"),
        pytest.param([privileged(received=date(2027, 1, 1))], FREE, id="received later"),
    ],
)
def test_no_deductions_are_due_for_a_month_in_privileged_categories(spans, expected):
    assert noticed(employer(300_000), spans=spans) == expected


def test_only_deductions_are_not_due():
    paid = [employee(200_000), independent(DUE), item("penalty_deduction", 5_000)]
    assert noticed(*paid, spans=[privileged()]) == {}


def test_months_that_a_category_leaves_between_are_judged_by_the_group_of_their_days():
    unemployed = privileged("unemployed", date(2025, 12, 1), date(2026, 1, 31))
    for month, expected in ((date(2025, 12, 1), 1), (date(2026, 1, 1), 0)):
        paid = employer(300_000, month=months.number(month), credited=date(2026, 1, 20))
        books = Books(months.number(month), numbered([paid]), (unemployed,))
        assert len(found_in(books)[1]) == expected


# on which days an item counts nowhere


def holes(*entries, spans=()):
    books = Books(OCTOBER, numbered(entries), tuple(spans))
    _, found = find(items_of(books), exempt_of(books), LAW, CALENDAR)
    return [
        (entry, str(FINDINGS[cause]), text(since), text(until))
        for entry, cause, since, until in sorted(found.tolist())
    ]


def text(day):
    return "" if day == FOREVER else str(np.datetime64(int(day), "D"))


def test_a_privilege_counts_from_the_day_on_which_it_was_known():
    early, late = employer(300_000), employer(200_000, credited=date(2027, 2, 1))
    known = privileged(received=date(2027, 1, 1), superseded=date(2027, 3, 1))
    assert holes(early, late, spans=[known]) == [
        (1, "exempt_category", "2027-01-01", "2027-03-01"),
        (2, "exempt_category", "2027-02-01", "2027-03-01"),
    ]
    assert noticed(early, late, spans=[known]) == {2: [("late", 68)]}


def test_other_causes_hold_from_the_crediting():
    twice = [employer(300_000, payer=SELF, message=name) for name in "AB"]
    assert holes(*twice) == [
        (1, "wrong_knp", "2026-11-10", ""),
        (2, "wrong_knp", "2026-11-10", ""),
        (2, "duplicate", "2026-11-10", ""),
    ]


FROM, TO = day_number(date(2026, 10, 1)), day_number(date(2026, 10, 31))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([], [], id="nothing known"),
        pytest.param([Believed(FROM, TO, 5, FOREVER)], [(5, FOREVER)], id="the month"),
        pytest.param([Believed(FROM, TO, 5, 9)], [(5, 9)], id="no longer believed"),
        pytest.param([Believed(FROM, TO, 5, 5)], [], id="superseded on the day of its receipt"),
        pytest.param(
            [Believed(FROM, TO, 5, 9), Believed(FROM, TO, 9, FOREVER)],
            [(5, FOREVER)],
            id="superseded by the same",
        ),
        pytest.param(
            [Believed(FROM, TO, 5, 9), Believed(FROM, TO, 11, 20)],
            [(5, 9), (11, 20)],
            id="withdrawn and given again",
        ),
        pytest.param(
            [Believed(FROM, FROM + 9, 5, FOREVER), Believed(FROM + 10, TO, 7, 8)],
            [(7, 8)],
            id="two halves known together for a day",
        ),
        pytest.param(
            [Believed(FROM - 9, FROM - 1, 5, FOREVER), Believed(TO + 1, TO + 9, 5, FOREVER)],
            [],
            id="before and after",
        ),
    ],
)
def test_the_days_on_which_a_month_was_known_to_be_free(spans, expected):
    assert exempt_days(OCTOBER, spans) == expected
