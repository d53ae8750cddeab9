"""Who is insured for months that are paid: rules 8 and 10 to 13 on both sides of every day."""

from __future__ import annotations

import pytest

from tests.registry.rules.builders import (
    EMPLOYEE,
    ENTREPRENEUR,
    INDEPENDENT,
    day,
    grace,
    holds,
    insured,
    not_insured,
    paid,
    person,
    refunded,
    verdict,
)
from tests.registry.rules.oracle import Excluded, Person
from tests.registry.rules.persons import Judged

NOTHING = person()
WHOLE_YEAR = paid("2023-06", "2024-05", on="2024-06-10")
LAST_OCTOBER = paid("2024-10", "2025-10")
FIFTY_NINE = paid("2020-11", "2025-09")
SIXTY = paid("2020-10", "2025-09")
SIXTY_WITH_HOLES = paid("2018-01", "2018-12") + paid("2021-10", "2025-09")
SIXTY_BY_ALL = (
    paid("2020-10", "2021-12", ENTREPRENEUR)
    + paid("2022-01", "2023-12", INDEPENDENT)
    + paid("2024-01", "2025-09", EMPLOYEE)
)


@pytest.mark.parametrize(
    ("on", "who", "expected"),
    [
        pytest.param(
            "2024-06-10",
            person(WHOLE_YEAR),
            insured("twelve_months", "2024-08-31", "2024-07-01"),
            id="the last of the twelve months is credited today",
        ),
        pytest.param(
            "2024-06-09",
            person(WHOLE_YEAR),
            not_insured("never_paid", "2023-06…2024-05", "2024-07-01"),
            id="and was not yesterday",
        ),
        pytest.param(
            "2024-06-10",
            person(paid("2023-07", "2024-05", on="2024-06-10")),
            not_insured("gap", "2023-06", "2024-07-01"),
            id="eleven months",
        ),
        pytest.param(
            "2024-06-10",
            person(paid("2023-06", "2024-08", on="2024-06-10")),
            insured("twelve_months", "2024-11-30", "2024-07-01"),
            id="until counts from the last month of the run, ahead",
        ),
        pytest.param(
            "2024-06-10",
            person(WHOLE_YEAR, paid("2024-07", "2024-09")),
            insured("twelve_months", "2024-08-31", "2024-07-01"),
            id="the run ends before the month that is not covered",
        ),
        pytest.param(
            "2024-06-10",
            person(
                WHOLE_YEAR,
                holds("student", "2024-06-30", "2024-08-01", received="2024-06-01"),
            ),
            insured("twelve_months", "2024-11-30", "2024-06-30"),
            id="categories ahead lengthen the run by every month they touch",
        ),
        pytest.param(
            "2024-06-10",
            person(
                WHOLE_YEAR,
                holds("student", "2024-06-30", received="2024-06-01"),
            ),
            insured("twelve_months", "", "2024-06-30"),
            id="an endless run has no last day",
        ),
        pytest.param(
            "2024-06-10",
            person(
                WHOLE_YEAR,
                holds("student", "2024-06-30", "2031-01-31", received="2024-06-01"),
                holds("pensioner", "2031-02-28", "2048-12-31", received="2024-06-01"),
            ),
            insured("twelve_months", "2049-03-31", "2024-06-30"),
            id="spans far ahead follow each other",
        ),
        pytest.param(
            "2024-06-10",
            person(
                WHOLE_YEAR,
                holds("student", "2024-06-30", "9999-12-31", received="2024-06-01"),
            ),
            insured("twelve_months", "", "2024-06-30"),
            id="a span to the last day there is has no end",
        ),
        pytest.param(
            "2024-06-10",
            person(
                paid("2023-06", "2023-12", on="2024-01-10"),
                holds("student", "2024-01-31", "2024-05-01"),
            ),
            insured("twelve_months", "2024-08-31", "2024-07-01"),
            id="paid months and touched months together",
        ),
        pytest.param(
            "2024-06-10",
            person(refunded(WHOLE_YEAR, "2023-08", on="2024-06-11")),
            insured("twelve_months", "2024-08-31", "2024-07-01"),
            id="the day before a month is refunded",
        ),
        pytest.param(
            "2024-06-11",
            person(refunded(WHOLE_YEAR, "2023-08", on="2024-06-11")),
            not_insured("gap", "2023-08", "2024-07-01"),
            id="the day on which a month is refunded",
        ),
    ],
)
def test_rule_8(on: str, who: Person, expected: Judged) -> None:
    assert verdict(who, on) == expected


@pytest.mark.parametrize(
    ("on", "who", "expected"),
    [
        pytest.param(
            "2024-06-25",
            person(paid("2023-05", "2024-04")),
            insured("twelve_months", "2024-07-31", "2024-06-26"),
            id="the 25th, twelve months before the missing one",
        ),
        pytest.param(
            "2024-06-26",
            person(paid("2023-05", "2024-04")),
            grace("2024-07-31", "2024-05", "2024-07-01"),
            id="the 26th, twelve months before the missing one",
        ),
        pytest.param(
            "2024-06-25",
            person(paid("2023-06", "2024-04")),
            insured("twelve_months", "2024-06-25", "2024-06-26"),
            id="the 25th, eleven months before the missing one",
        ),
        pytest.param(
            "2024-06-26",
            person(paid("2023-06", "2024-04")),
            not_insured("gap", "2024-05", "2024-07-01"),
            id="the 26th, eleven months before the missing one",
        ),
        pytest.param(
            "2024-06-10",
            person(paid("2023-07", "2024-04")),
            not_insured("gap", "2023-06 2024-05", "2024-07-01"),
            id="another month is missing too",
        ),
        pytest.param(
            "2024-06-10",
            person(paid("2023-04", "2024-03")),
            grace("2024-06-30", "2024-04 2024-05", "2024-07-01"),
            id="the month before is missing too",
        ),
        pytest.param(
            "2026-01-26",
            person(paid("2024-12", "2025-11")),
            insured("twelve_months", "2026-02-28", "2026-01-27"),
            id="the 25th is a Sunday: the Monday after it",
        ),
        pytest.param(
            "2026-01-27",
            person(paid("2024-12", "2025-11")),
            grace("2026-02-28", "2025-12", "2026-02-01"),
            id="and the day after that",
        ),
        pytest.param(
            "2025-10-28",
            person(paid("2024-09", "2025-08")),
            insured("twelve_months", "2025-11-30", "2025-10-29"),
            id="the 25th is a Saturday and a holiday, the Monday is off for it: the Tuesday",
        ),
        pytest.param(
            "2025-10-29",
            person(paid("2024-09", "2025-08")),
            grace("2025-11-30", "2025-09", "2025-11-01"),
            id="and the Wednesday",
        ),
        pytest.param(
            "2020-07-27",
            person(paid("2020-01", "2020-05")),
            insured("twelve_months", "2020-08-31", "2020-07-28"),
            id="before the missing month there are but five since 2020, all covered",
        ),
        pytest.param(
            "2020-07-28",
            person(paid("2020-01", "2020-05")),
            grace("2020-08-31", "2020-06", "2020-08-01"),
            id="and the day after the due day",
        ),
    ],
)
def test_rule_10(on: str, who: Person, expected: Judged) -> None:
    assert verdict(who, on) == expected


@pytest.mark.parametrize(
    ("on", "who", "expected"),
    [
        pytest.param(
            "2025-11-01",
            person(LAST_OCTOBER, paid("2025-10", "2025-10", on="2025-10-31")),
            insured("twelve_months", "2026-01-31", "2025-12-01"),
            id="insured while the window is covered",
        ),
        pytest.param(
            "2025-12-25",
            person(LAST_OCTOBER),
            insured("twelve_months", "2026-01-31", "2025-12-26"),
            id="the due day of the first missing month",
        ),
        pytest.param(
            "2025-12-26",
            person(LAST_OCTOBER),
            grace("2026-01-31", "2025-11", "2026-01-01"),
            id="the day after that due day",
        ),
        pytest.param(
            "2026-01-31",
            person(LAST_OCTOBER),
            grace("2026-01-31", "2025-11 2025-12", "2026-02-01"),
            id="the last day of the third month",
        ),
        pytest.param(
            "2026-02-01",
            person(LAST_OCTOBER),
            not_insured("gap", "2025-11…2026-01", "2026-03-01"),
            id="lost the day after the third month",
        ),
        pytest.param(
            "2025-12-31",
            person(FIFTY_NINE),
            grace("2025-12-31", "2025-10 2025-11", "2026-01-01"),
            id="59 paid months: the last day of the third month",
        ),
        pytest.param(
            "2026-01-01",
            person(FIFTY_NINE),
            not_insured("gap", "2025-10…2025-12", "2026-02-01"),
            id="59 paid months: lost after the third month",
        ),
        *(
            row
            for who, what in (
                (SIXTY, "60 paid months"),
                (SIXTY_WITH_HOLES, "60 paid months with holes, some before 2020"),
                (SIXTY_BY_ALL, "60 months paid by everybody in turn"),
            )
            for row in (
                pytest.param(
                    "2025-11-26",
                    person(who),
                    grace("2026-03-31", "2025-10", "2025-12-01"),
                    id=f"{what}: grace of six months, also before 2026",
                ),
                pytest.param(
                    "2026-03-31",
                    person(who),
                    grace("2026-03-31", "2025-10…2026-02", "2026-04-01"),
                    id=f"{what}: the last day of the sixth month",
                ),
                pytest.param(
                    "2026-04-01",
                    person(who),
                    not_insured("gap", "2025-10…2026-03", "2026-05-01"),
                    id=f"{what}: lost after the sixth month",
                ),
            )
        ),
        pytest.param(
            "2026-01-01",
            person(FIFTY_NINE, holds("student", "2020-10-05", "2020-10-20")),
            not_insured("gap", "2025-10…2025-12", "2026-02-01"),
            id="a month that the state covers is none of the 60",
        ),
        pytest.param(
            "2026-01-01",
            person(refunded(SIXTY, "2021-05", on="2026-01-01")),
            not_insured("gap", "2025-10…2025-12", "2026-02-01"),
            id="a refunded month is none of the 60",
        ),
        pytest.param(
            "2025-12-31",
            person(refunded(SIXTY, "2021-05", on="2026-01-01")),
            grace("2026-03-31", "2025-10 2025-11", "2026-01-01"),
            id="the day before the refund it still is one",
        ),
        pytest.param(
            "2025-11-30",
            person(paid("2020-09", "2025-08")),
            grace("2025-11-30", "2025-09 2025-10", "2025-12-01"),
            id="60 paid months up to 2025-08: the fourth month begins before 2026",
        ),
        pytest.param(
            "2025-12-01",
            person(paid("2020-09", "2025-08")),
            not_insured("gap", "2025-09…2025-11", "2026-01-01"),
            id="60 paid months up to 2025-08: three months of grace",
        ),
        pytest.param(
            "2026-01-01",
            person(paid("2020-09", "2025-08")),
            not_insured("gap", "2025-09…2025-12", "2026-02-01"),
            id="60 paid months up to 2025-08: 2026 does not bring it back",
        ),
    ],
)
def test_rule_11(on: str, who: Person, expected: Judged) -> None:
    assert verdict(who, on) == expected


@pytest.mark.parametrize(
    ("on", "who", "expected"),
    [
        pytest.param(
            "2024-06-10",
            person(paid("2022-11", "2023-10"), paid("2023-12", "2024-05", on="2024-06-01")),
            not_insured("gap", "2023-11", "2024-07-01"),
            id="one month half a year ago",
        ),
        pytest.param(
            "2024-02-29",
            person(paid("2022-11", "2023-10"), paid("2023-12", "2024-01", on="2024-02-01")),
            not_insured("gap", "2023-11", "2024-03-01"),
            id="the fourth month after the gap, though it was paid after it",
        ),
        pytest.param(
            "2024-01-31",
            person(paid("2022-11", "2023-10"), paid("2023-12", "2023-12", on="2024-01-20")),
            grace("2024-01-31", "2023-11", "2024-02-01"),
            id="the third month after the last one before the gap",
        ),
        pytest.param(
            "2024-01-31",
            person(paid("2022-12", "2023-10")),
            not_insured("gap", "2023-11 2023-12", "2024-02-01"),
            id="no grace where the months before the gap were not complete",
        ),
        pytest.param(
            "2020-10-15",
            person(paid("2020-01", "2020-07")),
            grace("2020-10-31", "2020-08 2020-09", "2020-11-01"),
            id="complete since 2020",
        ),
        pytest.param(
            "2020-10-15",
            person(paid("2020-02", "2020-07")),
            not_insured("gap", "2020-01 2020-08 2020-09", "2020-11-01"),
            id="not complete since 2020",
        ),
        pytest.param(
            "2024-06-10",
            NOTHING,
            not_insured("never_paid", "2023-06…2024-05", "2024-07-01"),
            id="nothing was ever covered",
        ),
        pytest.param(
            "2024-06-10",
            person(paid("2024-06", "2024-08", on="2024-06-10")),
            not_insured("gap", "2023-06…2024-05", "2024-07-01"),
            id="a month ahead is covered",
        ),
        pytest.param(
            "2024-06-10",
            person(paid("2018-01", "2018-01")),
            not_insured("gap", "2023-06…2024-05", "2024-07-01"),
            id="a month long ago was covered",
        ),
        pytest.param(
            "2024-06-10",
            person(refunded(paid("2024-01", "2024-01"), "2024-01", on="2024-06-10")),
            not_insured("never_paid", "2023-06…2024-05", "2024-07-01"),
            id="the only month was refunded",
        ),
        pytest.param(
            "2024-06-10",
            person(
                tuple(
                    item._replace(excluded=(Excluded(day("2024-02-20")),))
                    for item in paid("2024-01", "2024-01")
                )
            ),
            not_insured("never_paid", "2023-06…2024-05", "2024-07-01"),
            id="the only item is overpaid as a whole",
        ),
        pytest.param(
            "2024-06-10",
            person(holds("student", "2019-01-01", "2019-12-31")),
            not_insured("gap", "2023-06…2024-05", "2024-07-01"),
            id="a category held long ago",
        ),
        pytest.param(
            "2024-06-10",
            person(holds("student", "2024-06-20", "2024-07-20", received="2024-06-10")),
            not_insured("gap", "2023-06…2024-05", "2024-06-20"),
            id="a category will hold",
        ),
    ],
)
def test_rules_11_to_13(on: str, who: Person, expected: Judged) -> None:
    assert verdict(who, on) == expected
