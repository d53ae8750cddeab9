"""The numbers of the rules are parameters with a first day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from registry.rules.coverage import judge
from registry.rules.days import NEVER, day_number, day_of
from registry.rules.edition import edition, next_edition
from registry.rules.law import Law, entries
from registry.rules.verdicts import REASONS, missing_months
from tests.law import CALENDAR, LAW, table
from tests.registry.rules.builders import day, month, paid, person, span
from tests.registry.rules.oracle import Person
from tests.registry.rules.persons import batch


@pytest.mark.parametrize(
    ("on", "required", "alone_required", "prepay", "due_day"),
    [
        ("2020-07-01", 12, 3, None, "2020-07-27"),
        ("2021-06-30", 12, 3, None, "2021-06-25"),
        ("2021-07-01", 12, None, None, "2021-07-26"),
        ("2022-09-04", 12, None, None, "2022-09-26"),
        ("2022-09-05", 12, None, 12, "2022-09-26"),
        ("2026-01-01", 12, None, 12, "2026-01-26"),
    ],
)
def test_an_edition_has_its_numbers(
    on: str, required: int, alone_required: int | None, prepay: int | None, due_day: str
) -> None:
    rules = edition(day(on), LAW, CALENDAR)
    assert rules.on == day_number(day(on))
    assert rules.month == month(on[:7])
    assert (rules.required, rules.alone_required, rules.prepay) == (
        required,
        alone_required,
        prepay,
    )
    assert rules.due_day == day_number(day(due_day))


@pytest.mark.parametrize(
    ("last", "paid_months", "months_of_grace"),
    [
        ("2019-12", 60, 3),
        ("2025-08", 59, 3),
        ("2025-08", 60, 3),
        ("2025-09", 59, 3),
        ("2025-09", 60, 6),
        ("2026-10", 59, 3),
        ("2026-10", 110, 6),
    ],
)
def test_months_of_grace_after_the_last_covered_one(
    last: str, paid_months: int, months_of_grace: int
) -> None:
    rules = edition(date(2026, 11, 20), LAW, CALENDAR)
    assert rules.grace(np.array([month(last)]), np.array([paid_months])) == [months_of_grace]


@pytest.mark.parametrize(
    ("on", "following"),
    [
        ("2017-06-30", "2017-07-01"),
        ("2017-07-01", "2020-01-01"),
        ("2020-01-01", "2020-07-01"),
        ("2020-07-01", "2021-07-01"),
        ("2021-07-01", "2022-09-05"),
        ("2022-09-04", "2022-09-05"),
        ("2022-09-05", "2026-01-01"),
        ("2025-12-31", "2026-01-01"),
    ],
)
def test_the_next_edition_begins_on(on: str, following: str) -> None:
    assert day_of(next_edition(day(on), LAW)) == day(following)


def test_no_edition_is_known_after_the_last() -> None:
    assert next_edition(date(2026, 1, 1), LAW) == NEVER


def law_with(code: str, value: int, since: str) -> Law:
    rows = [entry.row for entry in entries(table("registry/data/parameters.csv"))]
    like = next(row for row in rows if row.code == code)
    return Law.of([*rows, like._replace(since=day(since), value=Decimal(value))])


SIX_MONTHS = person(paid("2026-01", "2026-06", on="2026-06-30"))
EIGHTEEN_MONTHS = person(paid("2025-01", "2026-06", on="2026-06-30"))


@pytest.mark.parametrize(
    ("code", "value", "who", "expected"),
    [
        pytest.param(
            "STATUS_MONTHS_REQUIRED",
            6,
            SIX_MONTHS,
            ("twelve_months", "2026-09-30", ""),
            id="six months are required, and there",
        ),
        pytest.param(
            "STATUS_MONTHS_REQUIRED",
            6,
            person(paid("2026-02", "2026-05", on="2026-06-30")),
            ("gap", "", "2026-01 2026-06"),
            id="six months are required, and two missing",
        ),
        pytest.param(
            "STATUS_MONTHS_REQUIRED",
            18,
            EIGHTEEN_MONTHS,
            ("twelve_months", "2026-09-30", ""),
            id="eighteen months are required, and there",
        ),
        pytest.param(
            "STATUS_MONTHS_REQUIRED",
            18,
            SIX_MONTHS,
            ("gap", "", "2025-01…2025-12"),
            id="eighteen months are required, and twelve missing",
        ),
        pytest.param(
            "STATUS_PREPAY_MONTHS",
            6,
            person(paid("2026-07", "2026-12", on="2026-06-30")),
            ("prepaid", "2027-03-31", ""),
            id="six months ahead are enough",
        ),
        pytest.param(
            "STATUS_PREPAY_MONTHS",
            18,
            person(paid("2026-07", "2027-12", on="2026-06-30")),
            ("prepaid", "2028-03-31", ""),
            id="eighteen months ahead are asked for, and paid",
        ),
        pytest.param(
            "STATUS_GRACE_MONTHS",
            5,
            person(paid("2024-01", "2026-06")),
            ("twelve_months", "2026-11-30", ""),
            id="grace is that of the month after the last one: here the new one",
        ),
        pytest.param(
            "STATUS_GRACE_MONTHS",
            5,
            person(paid("2024-01", "2026-05")),
            ("twelve_months", "2026-08-31", ""),
            id="grace is that of the month after the last one: here the old one",
        ),
        pytest.param(
            "STATUS_REGULARITY_MONTHS",
            24,
            person(paid("2024-01", "2026-03")),
            ("grace", "2026-09-30", "2026-04…2026-06"),
            id="24 months are asked for where short grace ends on or after the day",
        ),
        pytest.param(
            "STATUS_REGULARITY_MONTHS",
            24,
            person(paid("2024-01", "2026-02")),
            ("gap", "", "2026-03…2026-06"),
            id="and 60 where it ended before",
        ),
        pytest.param(
            "PAYMENT_DUE_DAY",
            10,
            person(paid("2025-01", "2026-05")),
            ("grace", "2026-08-31", "2026-06"),
            id="an earlier due day has passed",
        ),
    ],
)
def test_another_number_from_a_day_on(
    code: str, value: int, who: Person, expected: tuple[str, str, str]
) -> None:
    on = day("2026-07-27")
    law = law_with(code, value, "2026-07-01")
    verdicts = judge(batch([who], on), on, law, CALENDAR)
    reason, until, missing = expected
    assert REASONS[verdicts.reason[0]] == reason
    assert day_of(verdicts.until[0]) == (day(until) if until else None)
    assert missing_months(int(verdicts.missing[0]), month("2026-07")) == [*span(missing)]
