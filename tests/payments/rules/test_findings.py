"""What is noticed on posted items: each code on both sides of its threshold, sums in tiyn."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from payments.rules.books import ITEM
from payments.rules.exempt import EXEMPT
from payments.rules.findings import find
from registry.rules import months
from tests.law import CALENDAR, LAW
from tests.payments.rules.books import OTHER, OTHER_EMPLOYER, SELF
from tests.payments.rules.entries import (
    CAP_121,
    CAP_122,
    DUE,
    LEAST,
    MOST,
    employee,
    employer,
    independent,
    item,
    noticed,
    privileged,
)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param([independent(DUE)], {}, id="the due sum"),
        pytest.param([independent(LEAST - 1)], {1: [("under_due",)]}, id="a tiyn too little"),
        pytest.param([independent(LEAST)], {}, id="just enough"),
        pytest.param([independent(MOST)], {}, id="just not too much"),
        pytest.param([independent(MOST + 1)], {1: [("over_due", 213)]}, id="a tiyn too much"),
        pytest.param([independent(5_100_000)], {1: [("over_due", 4_675_000)]}, id="for a year"),
        pytest.param(
            [item("entrepreneur", 595_000), item("entrepreneur", 298, message="B")],
            {2: [("over_due", 298)]},
            id="a second one above the tolerance",
        ),
        pytest.param(
            [item("entrepreneur", 595_000), item("entrepreneur", 297, message="B")],
            {},
            id="a second one within the tolerance",
        ),
    ],
)
def test_a_fixed_sum_is_due_to_its_tolerance(entries, expected):
    assert noticed(*entries) == expected


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(
            [independent(212_000), independent(212_000, message="B")],
            {2: [("under_due",)]},
            id="the last of two marks a month that is not full",
        ),
        pytest.param(
            [independent(212_000), independent(212_788, message="B")], {}, id="two make a month"
        ),
        pytest.param(
            [independent(212_500), independent(212_500), independent(212_500, message="B")],
            {3: [("duplicate", 212_500)]},
            id="twins of one message both count, a third in another does not",
        ),
        pytest.param(
            [independent(300_000), independent(300_000, message="B")],
            {2: [("over_due", 175_000)]},
            id="the part above one",
        ),
        pytest.param(
            [independent(850_000), independent(100_000, message="B")],
            {1: [("over_due", 425_000)], 2: [("over_due", 100_000)]},
            id="each only for its own growth",
        ),
        pytest.param(
            [independent(MOST), independent(100, message="B")],
            {2: [("over_due", 100)]},
            id="never more than the item, though 312 tiyn are above one now",
        ),
        pytest.param(
            [independent(DUE), item("entrepreneur", 595_000, message="B")],
            {},
            id="kinds are added apart",
        ),
        pytest.param(
            [independent(DUE), employer(300_000), employee(200_000)], {}, id="beside an employer"
        ),
    ],
)
def test_shares_of_a_kind_are_added(entries, expected):
    assert noticed(*entries) == expected


def test_shares_of_two_years_are_added_each_by_its_own_due():
    ahead = {"month": months.number(date(2024, 1, 1))}
    half_before = independent(175_000, credited=date(2023, 12, 29), **ahead)
    half_after = independent(212_500, credited=date(2024, 1, 9), message="B", **ahead)
    more = independent(212_500, credited=date(2024, 1, 9), message="C", **ahead)
    assert noticed(half_before, half_after) == {}
    assert noticed(half_before, half_after, more) == {3: [("duplicate", 212_500)]}


THIRDS = [99_940, 99_940, 99_970]  # their sum is exactly 0.9995 of the 3 000 tenge of 2022


def test_parts_that_reach_the_tolerance_exactly_fill_a_month():
    in_2022 = {"month": months.number(date(2022, 5, 1)), "credited": date(2022, 5, 9)}
    parts = [
        independent(sum_, message=name, **in_2022) for sum_, name in zip(THIRDS, "ABC", strict=True)
    ]
    assert noticed(*parts) == {}
    parts[2] = replace(parts[2], amount=99_969)
    assert noticed(*parts) == {3: [("under_due",)]}


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param([employer(CAP_121)], {}, id="deductions at the cap"),
        pytest.param([employer(CAP_121 + 1)], {1: [("over_cap", 1)]}, id="a tiyn above"),
        pytest.param(
            [employer(CAP_121), employer(1, message="B")], {2: [("over_cap", 1)]}, id="in two parts"
        ),
        pytest.param(
            [employer(CAP_121), employer(CAP_121, payer=OTHER_EMPLOYER)],
            {},
            id="the cap of deductions is each payer's",
        ),
        pytest.param([employee(CAP_122)], {}, id="contributions at the cap"),
        pytest.param([employee(CAP_122 + 1)], {1: [("over_cap", 1)]}, id="a tiyn above the cap"),
        pytest.param(
            [employee(2_000_000), employee(2_000_000, payer=OTHER_EMPLOYER)],
            {2: [("over_cap", 600_000)]},
            id="the cap of contributions is over all payers",
        ),
        pytest.param(
            [
                employee(3_400_001),
                employee(3_400_001, message="B"),
                employee(7, payer=OTHER_EMPLOYER),
            ],
            {
                1: [("over_cap", 1)],
                2: [("duplicate", 3_400_001)],
                3: [("over_cap", 7)],
            },
            id="a duplicate is in no cap",
        ),
        pytest.param(
            [employer(2_550_001, month=months.number(date(2025, 12, 1)))],
            {1: [("over_cap", 1), ("late", 288)]},
            id="the cap of the period, not of the day of crediting",
        ),
        pytest.param(
            [
                employer(
                    2_550_001, month=months.number(date(2026, 1, 1)), credited=date(2025, 12, 31)
                )
            ],
            {1: [("over_cap", 1)]},
            id="ahead: the cap of the day of crediting",
        ),
        pytest.param(
            [
                employer(
                    99_999_999, month=months.number(date(2027, 1, 1)), credited=date(2027, 1, 9)
                )
            ],
            {},
            id="no cap while the minimum wage is unknown",
        ),
    ],
)
def test_a_capped_sum_is_overpaid_above_its_cap(entries, expected):
    assert noticed(*entries) == expected


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(
            [employer(300_000, payer=SELF)], {1: [("wrong_knp", 300_000)]}, id="121 for oneself"
        ),
        pytest.param([employer(300_000, payer=OTHER)], {}, id="121 by another person"),
        pytest.param(
            [item("penalty_deduction", 300_000, payer=SELF)], {}, id="a penalty for oneself"
        ),
        pytest.param(
            [employer(CAP_121 + 1, payer=SELF), employer(CAP_121 + 1, payer=SELF, message="B")],
            {
                1: [("wrong_knp", CAP_121 + 1)],
                2: [("wrong_knp", CAP_121 + 1), ("duplicate", CAP_121 + 1)],
            },
            id="twice, above the cap that it does not count for",
        ),
    ],
)
def test_deductions_for_oneself_count_nowhere(entries, expected):
    assert noticed(*entries) == expected


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param([employer(300_000), employee(200_000)], {}, id="the same income"),
        pytest.param([employer(300_000)], {}, id="deductions alone"),
        pytest.param([employee(200_000)], {}, id="contributions alone"),
        pytest.param([employer(300_000), employee(200_201)], {2: [("base_mismatch",)]}, id="apart"),
        pytest.param([employer(300_000), employee(200_200)], {}, id="each to its tolerance"),
        pytest.param(
            [employee(200_201), employer(300_000)], {2: [("base_mismatch",)]}, id="the later one"
        ),
        pytest.param(
            [employer(300_000), employee(200_201, payer=OTHER_EMPLOYER)], {}, id="two payers"
        ),
        pytest.param([employer(3), employee(2)], {}, id="a rounded tiyn"),
        pytest.param([employer(6_000_000), employee(CAP_122)], {}, id="contributions at their cap"),
        pytest.param(
            [employer(6_000_000), employee(3_390_000)],
            {2: [("base_mismatch",)]},
            id="contributions below their cap",
        ),
        pytest.param(
            [employee(2_000_000, payer=OTHER_EMPLOYER), employer(6_000_000), employee(1_400_000)],
            {},
            id="at their cap with another payer's",
        ),
        pytest.param(
            [employer(300_000), employer(300_000, message="B"), employee(200_000)],
            {2: [("duplicate", 300_000)]},
            id="without what counts nowhere",
        ),
    ],
)
def test_deductions_and_contributions_imply_one_income(entries, expected):
    assert noticed(*entries) == expected


@pytest.mark.parametrize(
    ("kind", "credited", "expected"),
    [
        pytest.param("employer", date(2026, 11, 25), {}, id="on the 25th"),
        pytest.param("employer", date(2026, 11, 26), {1: [("late", 1)]}, id="a day later"),
        pytest.param("employee", date(2026, 12, 25), {1: [("late", 30)]}, id="a month later"),
        pytest.param("entrepreneur", date(2026, 11, 26), {1: [("late", 1)]}, id="an entrepreneur"),
        pytest.param("independent", date(2027, 10, 1), {}, id="independent payers have no due day"),
        pytest.param("penalty_deduction", date(2026, 12, 1), {}, id="a penalty has none either"),
    ],
)
def test_late_is_after_the_due_day(kind, credited, expected):
    amounts = {"entrepreneur": 595_000, "independent": DUE}
    assert noticed(item(kind, amounts.get(kind, 1_000), credited=credited)) == expected


def test_the_due_day_moves_to_the_next_working_day():
    september = months.number(date(2026, 9, 1))  # 25 October 2026 is a Sunday, 26th a day off
    due_day = CALENDAR.next_working(date(2026, 10, 25))
    assert due_day == date(2026, 10, 27)
    for credited, expected in ((date(2026, 10, 27), {}), (date(2026, 10, 28), {1: [("late", 1)]})):
        assert noticed(employer(1_000, month=september, credited=credited)) == expected


def test_findings_of_no_entries_are_none():
    found, holes = find(np.zeros(0, ITEM), np.zeros(0, EXEMPT), LAW, CALENDAR)
    assert (len(found), len(holes)) == (0, 0)


def test_all_findings_of_an_item_are_told_in_the_order_of_the_table():
    late = date(2026, 11, 26)
    twice = [employer(300_000, payer=SELF, message=name, credited=late) for name in "AB"]
    assert noticed(*twice, spans=[privileged()])[2] == [
        ("wrong_knp", 300_000),
        ("exempt_category", 300_000),
        ("duplicate", 300_000),
        ("late", 1),
    ]
