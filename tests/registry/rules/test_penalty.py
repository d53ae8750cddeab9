from datetime import date
from decimal import Decimal

import pytest

from registry.rules.law import Code, Law, NotInForce, Row
from registry.rules.penalty import Penalty, PenaltySegment, penalty
from tests.law import LAW

D = date


@pytest.mark.parametrize(
    ("debt", "due", "paid", "expected"),
    [
        pytest.param(
            "102000",
            D(2025, 9, 25),
            D(2025, 11, 10),
            Penalty(
                46,
                Decimal("2803.25"),
                (
                    PenaltySegment(D(2025, 9, 26), D(2025, 10, 12), 17, Decimal("16.5")),
                    PenaltySegment(D(2025, 10, 13), D(2025, 11, 10), 29, Decimal("18.0")),
                ),
            ),
            id="two rates",
        ),
        pytest.param(
            "5950",
            D(2026, 5, 25),
            D(2026, 8, 3),
            Penalty(
                70,
                Decimal("244.72"),
                (
                    PenaltySegment(D(2026, 5, 26), D(2026, 6, 7), 13, Decimal("18.0")),
                    PenaltySegment(D(2026, 6, 8), D(2026, 7, 26), 49, Decimal("17.0")),
                    PenaltySegment(D(2026, 7, 27), D(2026, 8, 3), 8, Decimal("16.75")),
                ),
            ),
            id="three rates",
        ),
        pytest.param(
            "102000",
            D(2025, 9, 25),
            D(2025, 9, 26),
            Penalty(
                1,
                Decimal("57.64"),
                (PenaltySegment(D(2025, 9, 26), D(2025, 9, 26), 1, Decimal("16.5")),),
            ),
            id="one day late, the day of payment counts",
        ),
        pytest.param(
            "36500",
            D(2024, 2, 27),
            D(2024, 3, 1),
            Penalty(
                3,
                Decimal("55.31"),
                (PenaltySegment(D(2024, 2, 28), D(2024, 3, 1), 3, Decimal("14.75")),),
            ),
            id="365 in a leap year too",
        ),
        pytest.param(
            "36500",
            D(2025, 9, 25),
            D(2025, 9, 26),
            Penalty(
                1,
                Decimal("20.63"),
                (PenaltySegment(D(2025, 9, 26), D(2025, 9, 26), 1, Decimal("16.5")),),
            ),
            id="20.625 is rounded up",
        ),
        pytest.param(
            "102000",
            D(2025, 9, 25),
            D(2025, 9, 25),
            Penalty(0, Decimal("0.00"), ()),
            id="on the due day",
        ),
        pytest.param(
            "102000",
            D(2025, 9, 25),
            D(2025, 8, 1),
            Penalty(0, Decimal("0.00"), ()),
            id="before the due day",
        ),
    ],
)
def test_a_late_payment_costs_a_penalty(debt, due, paid, expected):
    assert penalty(Decimal(debt), due, paid, LAW) == expected


def law(*rates: tuple[date, str | None]) -> Law:
    always = D(2000, 1, 1)
    return Law.of(
        [
            Row(Code.PENALTY_MULTIPLIER, always, Decimal("1.25")),
            Row(Code.PENALTY_DAY_DENOMINATOR, always, Decimal(365)),
            *(
                Row(Code.BASE_RATE, day, None if rate is None else Decimal(rate))
                for day, rate in rates
            ),
        ]
    )


def test_the_sum_is_rounded_once_at_the_end():
    each_day_another_rate = law(
        (D(2025, 1, 1), "7.3"), (D(2025, 1, 2), "7.3"), (D(2025, 1, 3), "7.3")
    )

    late = penalty(Decimal("13.60"), D(2024, 12, 31), D(2025, 1, 3), each_day_another_rate)

    assert (late.days, late.amount, len(late.segments)) == (3, Decimal("0.01"), 3)


def test_without_a_rate_there_is_no_penalty_but_its_name():
    with pytest.raises(NotInForce, match="BASE_RATE is not in force on 2025-01-03"):
        penalty(
            Decimal(100),
            D(2024, 12, 31),
            D(2025, 1, 5),
            law((D(2025, 1, 1), "9"), (D(2025, 1, 3), None)),
        )
