"""What is due, from whom and until when: the sums of every year, as the Fund publishes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from registry.rules import months
from registry.rules.days import day_number
from registry.rules.due import (
    NO_SUM,
    WHOLE,
    Kind,
    code,
    due,
    due_day,
    kinds,
    most,
    paid_from,
    reference_day,
    settle,
    share,
)
from registry.rules.law import Code, Law
from registry.rules.timeline import NotInForce
from tests.law import CALENDAR, LAW


@pytest.mark.parametrize(
    ("first_day", "last_day", "entrepreneur", "independent"),
    [
        ("2020-01-01", "2021-12-31", "2975.00", "2125.00"),
        ("2022-01-01", "2022-12-31", "4200.00", "3000.00"),
        ("2023-01-01", "2023-12-31", "4900.00", "3500.00"),
        ("2024-01-01", "2026-12-31", "5950.00", "4250.00"),
    ],
)
def test_the_fixed_sum_of_a_month(
    first_day: str, last_day: str, entrepreneur: str, independent: str
) -> None:
    for on in (date.fromisoformat(first_day), date.fromisoformat(last_day)):
        assert due(Kind.ENTREPRENEUR, on, LAW) == Decimal(entrepreneur)
        assert due(Kind.INDEPENDENT, on, LAW) == Decimal(independent)


@pytest.mark.parametrize(
    ("kind", "on", "missing"),
    [
        (Kind.INDEPENDENT, "2019-12-31", Code.RATE_INDEPENDENT),
        (Kind.ENTREPRENEUR, "2019-12-31", Code.BASE_ENTREPRENEUR),
        (Kind.ENTREPRENEUR, "2017-06-30", Code.RATE_ENTREPRENEUR),
        (Kind.INDEPENDENT, "2027-01-01", Code.MW),
        (Kind.ENTREPRENEUR, "2027-01-01", Code.MW),
    ],
)
def test_what_is_not_in_force_is_named(kind: Kind, on: str, missing: Code) -> None:
    with pytest.raises(NotInForce) as caught:
        due(kind, date.fromisoformat(on), LAW)
    assert caught.value.what == missing


@pytest.mark.parametrize(
    "kind",
    [Kind.EMPLOYER, Kind.EMPLOYEE, Kind.PENALTY_DEDUCTION, Kind.PENALTY_CONTRIBUTION],
)
def test_no_fixed_sum_is_due_for_an_income_or_a_penalty(kind: Kind) -> None:
    assert due(kind, date(2026, 11, 1), LAW) is None


@pytest.mark.parametrize(
    ("first_day", "last_day", "employer", "employee"),
    [
        ("2017-07-01", "2017-12-31", "3668.85", "0.00"),
        ("2018-01-01", "2018-12-31", "6363.90", "0.00"),
        ("2019-01-01", "2019-12-31", "9562.50", "0.00"),
        ("2020-01-01", "2020-12-31", "8500.00", "4250.00"),
        ("2021-01-01", "2021-12-31", "8500.00", "8500.00"),
        ("2022-01-01", "2022-12-31", "18000.00", "12000.00"),
        ("2023-01-01", "2023-12-31", "21000.00", "14000.00"),
        ("2024-01-01", "2025-12-31", "25500.00", "17000.00"),
        ("2026-01-01", "2026-12-31", "102000.00", "34000.00"),
    ],
)
def test_the_most_of_a_month(first_day: str, last_day: str, employer: str, employee: str) -> None:
    for on in (date.fromisoformat(first_day), date.fromisoformat(last_day)):
        assert most(Kind.EMPLOYER, on, LAW) == Decimal(employer)
        assert most(Kind.EMPLOYEE, on, LAW) == Decimal(employee)


def test_there_is_no_most_of_a_fixed_sum() -> None:
    assert most(Kind.ENTREPRENEUR, date(2026, 11, 1), LAW) is None
    assert most(Kind.INDEPENDENT, date(2026, 11, 1), LAW) is None


@pytest.mark.parametrize(
    ("rate", "base", "sum_"),
    [
        ("5.0", "1.0", "0.01"),
        ("4.9", "1.0", "0.00"),
        ("5.0", "3.0", "0.02"),
        ("5.0", "2.9", "0.01"),
    ],
)
def test_half_a_tiyn_is_rounded_up(rate: str, base: str, sum_: str) -> None:
    since = date(2026, 1, 1)
    law = Law.of(
        [
            (Code.RATE_INDEPENDENT, since, Decimal(rate), ""),
            (Code.BASE_INDEPENDENT, since, Decimal(base), ""),
            (Code.MW, since, Decimal("0.10"), ""),
        ]
    )
    assert due(Kind.INDEPENDENT, since, law) == Decimal(sum_)


@pytest.mark.parametrize(
    ("period", "credited", "reference"),
    [
        ("2025-12", "2026-01-20", "2025-12-01"),
        ("2026-01", "2026-01-01", "2026-01-01"),
        ("2026-01", "2025-12-31", "2025-12-31"),
        ("2026-11", "2025-12-31", "2025-12-31"),
    ],
)
def test_a_month_ahead_is_judged_by_the_day_of_crediting(
    period: str, credited: str, reference: str
) -> None:
    number = months.number(date.fromisoformat(f"{period}-01"))
    found = reference_day(number, date.fromisoformat(credited))
    assert found == date.fromisoformat(reference)


@pytest.mark.parametrize(
    ("amount", "due_sum", "expected"),
    [
        (425_000, 425_000, 1_000_000_000),
        (212_500, 425_000, 500_000_000),
        (141_667, 425_000, 333_334_118),
        (1, 3, 333_333_333),
        (2, 3, 666_666_667),
        (1, 2_000_000_000, 1),
        (1, 2_000_000_001, 0),
        (-425_000, 425_000, -1_000_000_000),
        (-2, 3, -666_666_667),
        (-1, 2_000_000_000, -1),
        (0, 425_000, 0),
    ],
)
def test_a_share_is_rounded_half_away_from_zero(amount: int, due_sum: int, expected: int) -> None:
    assert share(amount, due_sum) == expected


@pytest.mark.parametrize(
    ("due_sum", "parts", "is_paid"),
    [
        pytest.param(420_000, [420_000], True, id="the whole sum"),
        pytest.param(420_000, [419_790], True, id="exactly 0.9995 of it"),
        pytest.param(420_000, [419_789], False, id="a tiyn less"),
        pytest.param(300_000, [100_000, 100_000, 99_850], True, id="exactly 0.9995 in three parts"),
        pytest.param(300_000, [100_000, 100_000, 99_849], False, id="in three parts a tiyn less"),
        pytest.param(595_000, [594_703], True, id="the first tiyn within the tolerance"),
        pytest.param(595_000, [594_702], False, id="the last one outside of it"),
        pytest.param(595_000, [*99 * [5_950], 5_653], True, id="a hundred parts"),
        pytest.param(595_000, [*99 * [5_950], 5_652], False, id="a hundred parts a tiyn short"),
        pytest.param(425_000, [425_000, -212_500], False, id="half of it paid back"),
    ],
)
def test_a_month_is_paid_from_a_share_of_one_less_the_tolerance(
    due_sum: int, parts: list[int], is_paid: bool
) -> None:
    total = sum(share(part, due_sum) for part in parts)
    assert (total >= paid_from(date(2026, 1, 1), LAW)) is is_paid


@pytest.mark.parametrize(
    ("knp", "payer_is_bin", "for_self", "payer_pays_self", "person_pays_self", "kind"),
    [
        (121, True, False, False, False, Kind.EMPLOYER),
        (121, False, False, True, False, Kind.EMPLOYER),
        (121, False, True, True, True, Kind.EMPLOYER),
        (122, True, False, False, False, Kind.EMPLOYEE),
        (122, True, False, False, True, Kind.EMPLOYEE),
        (122, False, False, True, False, Kind.EMPLOYEE),
        (122, False, False, True, True, Kind.EMPLOYEE),
        (122, False, True, True, True, Kind.ENTREPRENEUR),
        (122, False, False, False, True, Kind.ENTREPRENEUR),
        (122, False, True, False, False, Kind.INDEPENDENT),
        (122, False, False, False, False, Kind.INDEPENDENT),
        (123, True, False, False, False, Kind.PENALTY_DEDUCTION),
        (123, False, True, True, True, Kind.PENALTY_DEDUCTION),
        (124, False, True, True, True, Kind.PENALTY_CONTRIBUTION),
        (124, True, False, False, False, Kind.PENALTY_CONTRIBUTION),
        (120, True, False, False, False, None),
        (0, False, True, True, True, None),
    ],
)
def test_the_kind_of_an_item(
    knp: int,
    payer_is_bin: bool,
    for_self: bool,
    payer_pays_self: bool,
    person_pays_self: bool,
    kind: Kind | None,
) -> None:
    found = kinds(
        np.array([knp], np.int16),
        payer_is_bin=np.array([payer_is_bin]),
        payer_is_person=np.array([for_self]),
        payer_pays_self=np.array([payer_pays_self]),
        person_pays_self=np.array([person_pays_self]),
    )
    assert found.tolist() == [code(kind) if kind else -1]


def test_items_are_settled_by_their_reference_days() -> None:
    alone, own, penalty = Kind.INDEPENDENT, Kind.ENTREPRENEUR, Kind.PENALTY_CONTRIBUTION
    rows = [
        (alone, "2021-12", "2022-01-10", 212_500, "2021-12-01", 212_500, WHOLE, False),
        (alone, "2022-01", "2022-01-10", 212_500, "2022-01-01", 300_000, 708_333_333, False),
        (alone, "2022-02", "2021-12-31", 212_500, "2021-12-31", 212_500, WHOLE, False),
        (own, "2026-06", "2026-07-20", 119_000, "2026-06-01", 595_000, 200_000_000, False),
        (own, "2026-06", "2026-08-20", -119_000, "2026-06-01", 595_000, -200_000_000, False),
        (alone, "2027-02", "2026-12-31", 425_000, "2026-12-31", 425_000, WHOLE, False),
        (alone, "2027-01", "2027-01-01", 425_000, "2027-01-01", NO_SUM, NO_SUM, True),
        (Kind.EMPLOYER, "2027-01", "2027-02-10", 425_000, "2027-01-01", NO_SUM, NO_SUM, False),
        (Kind.EMPLOYEE, "2021-12", "2022-01-10", 425_000, "2021-12-01", NO_SUM, NO_SUM, False),
        (penalty, "2026-06", "2026-08-20", 24_472, "2026-06-01", NO_SUM, NO_SUM, False),
    ]  # fmt: skip
    kind, period, credited, amount, reference, sums, shares, no_parameter = zip(*rows, strict=True)
    found = settle(
        np.array([code(one) for one in kind], np.int8),
        np.array([months.number(date.fromisoformat(f"{one}-01")) for one in period]),
        np.array([day_number(date.fromisoformat(one)) for one in credited]),
        np.array(amount),
        LAW,
    )
    assert found.reference_day.tolist() == [
        day_number(date.fromisoformat(one)) for one in reference
    ]
    assert found.due.tolist() == [*sums]
    assert found.share.tolist() == [*shares]
    assert found.no_parameter.tolist() == [*no_parameter]


def test_nothing_is_settled_at_once() -> None:
    nothing = np.empty(0, np.int64)
    found = settle(nothing.astype(np.int8), nothing, nothing, nothing, LAW)
    assert [len(column) for column in found] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("period", "until"),
    [
        ("2024-05", "2024-06-25"),
        ("2025-09", "2025-10-28"),
        ("2025-12", "2026-01-26"),
        ("2026-03", "2026-04-27"),
        ("2026-06", "2026-07-27"),
        ("2026-09", "2026-10-27"),
        ("2020-02", "2020-03-26"),
        ("2017-07", "2017-08-25"),
    ],
)
def test_the_due_day_moves_to_the_next_working_day(period: str, until: str) -> None:
    number = months.number(date.fromisoformat(f"{period}-01"))
    assert due_day(number, LAW, CALENDAR) == date.fromisoformat(until)


def test_a_due_day_that_the_month_has_not_is_its_last_one() -> None:
    law = Law.of([(Code.PAYMENT_DUE_DAY, date(2026, 1, 1), Decimal(30), "")])
    february = months.number(date(2026, 2, 1))
    assert due_day(february - 1, law, CALENDAR) == date(2026, 3, 2)
    assert due_day(february, law, CALENDAR) == date(2026, 3, 30)
