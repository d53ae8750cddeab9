"""Who is insured whatever was paid, and who is not: rules 1 to 7 on both sides of every day."""

from __future__ import annotations

from datetime import date

import pytest

from registry.rules.verdicts import Reason, Status
from tests.registry.rules.builders import holds, insured, not_insured, paid, person, verdict
from tests.registry.rules.oracle import Person
from tests.registry.rules.persons import Judged

NOTHING = person()
FULL_YEAR = paid("2025-11", "2026-10", on="2026-11-05")
EXPELLED = person(
    holds("student", "2025-09-01", "2029-06-30"),
    holds("student", "2025-09-01", "2026-02-10", received="2026-03-05"),
)
MISTAKEN = person(
    holds("student", "2025-09-01", "2029-06-30"),
    holds("student", "2025-09-01", "2025-08-31", received="2026-03-05"),
)
CORRECTED_THE_SAME_DAY = person(
    holds("student", "2025-09-01", "2029-06-30"), holds("student", "2025-09-01", "2026-06-30")
)
OLD_NEWS = person(
    holds("student", "2025-09-01", "2029-06-30", received="2025-10-10"),
    holds("student", "2025-09-01", "2026-06-30", received="2025-09-20"),
)


@pytest.mark.parametrize(
    ("on", "who", "expected"),
    [
        pytest.param(
            "2026-11-10",
            person(FULL_YEAR, died="2026-11-11"),
            insured("twelve_months", "2027-01-31", "2026-12-01"),
            id="the day before the death",
        ),
        pytest.param(
            "2026-11-11",
            person(FULL_YEAR, died="2026-11-11"),
            not_insured("deceased", "", "2026-12-01"),
            id="the day of the death",
        ),
        pytest.param(
            "2019-05-01",
            person(died="2019-04-30", lives="2018-01-01 temporary"),
            not_insured("deceased", "", "2019-06-01"),
            id="death stands before residence and before the law",
        ),
        pytest.param(
            "2019-05-01",
            person(lives="2018-01-01 temporary"),
            not_insured("no_right", "", "2019-06-01"),
            id="residence stands before the law",
        ),
        pytest.param(
            "2026-11-10",
            person(FULL_YEAR, holds("military", "2020-01-01"), lives="2026-11-10 temporary"),
            not_insured("no_right", "", "2026-12-01"),
            id="residence stands before payments and categories",
        ),
        pytest.param(
            "2026-11-09",
            person(FULL_YEAR, lives="2024-01-01 citizen, 2026-11-10 temporary"),
            insured("twelve_months", "2027-01-31", "2026-12-01"),
            id="the day before the extract with the temporary stay",
        ),
        pytest.param(
            "2026-11-10",
            person(FULL_YEAR, lives="2024-01-01 citizen, 2026-11-10 temporary"),
            not_insured("no_right", "", "2026-12-01"),
            id="the day of the extract with the temporary stay",
        ),
        pytest.param(
            "2021-05-01",
            person(lives="2024-01-01 temporary, 2026-11-10 citizen"),
            not_insured("no_right", "", "2021-06-01"),
            id="the first known residence holds for all days before it",
        ),
        pytest.param(
            "2026-11-10",
            person(FULL_YEAR, lives="2024-01-01 temporary, 2026-11-10 permanent"),
            insured("twelve_months", "2027-01-31", "2026-12-01"),
            id="from temporary to permanent",
        ),
        *(
            pytest.param(
                "2026-11-10",
                person(FULL_YEAR, lives=f"2024-01-01 {residence}"),
                insured("twelve_months", "2027-01-31", "2026-12-01"),
                id=f"{residence} has the right",
            )
            for residence in ("citizen", "permanent", "eaeu", "kandas")
        ),
    ],
)
def test_rules_1_and_2(on: str, who: Person, expected: Judged) -> None:
    assert verdict(who, on) == expected


@pytest.mark.parametrize(
    ("on", "who", "expected"),
    [
        pytest.param(
            "2017-01-01",
            NOTHING,
            Judged(Status.NOT_IN_FORCE, Reason.NOT_IN_FORCE, None, (), date(2017, 2, 1)),
            id="before the first payments",
        ),
        pytest.param(
            "2019-12-31",
            person(holds("military", "2018-01-01")),
            Judged(Status.NOT_IN_FORCE, Reason.NOT_IN_FORCE, None, (), date(2020, 1, 1)),
            id="the day before care begins",
        ),
        pytest.param(
            "2020-01-01",
            NOTHING,
            insured("transition_open", "2020-06-30", "2020-02-01"),
            id="care begins for everybody",
        ),
        pytest.param(
            "2020-06-30",
            person(holds("military", "2018-01-01")),
            insured("transition_open", "2020-06-30", "2020-07-01"),
            id="the last day of the open half-year",
        ),
        pytest.param(
            "2020-07-01",
            NOTHING,
            not_insured("never_paid", "2020-01…2020-06", "2020-08-01"),
            id="the day after the open half-year, nothing paid",
        ),
        pytest.param(
            "2020-07-01",
            person(paid("2020-01", "2020-06", on="2020-06-30")),
            insured("twelve_months", "2020-09-30", "2020-08-01"),
            id="the day after the open half-year, all six months paid",
        ),
        pytest.param(
            "2020-07-01",
            person(paid("2019-07", "2019-12")),
            not_insured("gap", "2020-01…2020-06", "2020-08-01"),
            id="months before 2020 are in no window, but are not nothing",
        ),
        pytest.param(
            "2021-01-15",
            person(paid("2020-01", "2020-12")),
            insured("twelve_months", "2021-02-28", "2021-01-26"),
            id="twelve months since 2020-01, the last one not yet paid",
        ),
        pytest.param(
            "2021-02-01",
            person(paid("2020-02", "2021-01", on="2021-01-31")),
            insured("twelve_months", "2021-04-30", "2021-03-01"),
            id="2020-01 has left the window",
        ),
        pytest.param(
            "2021-01-31",
            person(paid("2020-02", "2021-01", on="2021-01-31")),
            not_insured("gap", "2020-01", "2021-02-01"),
            id="2020-01 is still in the window",
        ),
    ],
)
def test_rules_3_and_4_and_the_first_windows(on: str, who: Person, expected: Judged) -> None:
    assert verdict(who, on) == expected


@pytest.mark.parametrize(
    ("on", "who", "expected"),
    [
        pytest.param(
            "2026-03-09",
            person(holds("student", "2026-03-10", "2026-08-31", received="2026-03-01")),
            not_insured("gap", "2025-03…2026-02", "2026-03-10"),
            id="the day before the first day",
        ),
        pytest.param(
            "2026-03-10",
            person(holds("student", "2026-03-10", "2026-08-31")),
            insured("state_paid", "2026-08-31", "2026-04-01"),
            id="the first day",
        ),
        pytest.param(
            "2026-08-31",
            person(holds("student", "2026-03-10", "2026-08-31")),
            insured("state_paid", "2026-08-31", "2026-09-01"),
            id="the last day",
        ),
        pytest.param(
            "2026-09-01",
            person(holds("student", "2026-03-10", "2026-08-31")),
            not_insured("gap", "2025-09…2026-02", "2026-10-01"),
            id="the day after the last day; the months it touched are covered",
        ),
        pytest.param(
            "2026-08-15",
            person(holds("student", "2026-03-10", "2026-08-20")),
            insured("state_paid", "2026-08-20", "2026-08-21"),
            id="changes on the day after the last day within the month",
        ),
        pytest.param(
            "2026-05-14",
            person(holds("student", "2026-03-10", received="2026-05-15")),
            not_insured("never_paid", "2025-05…2026-04", "2026-06-01"),
            id="the day before the data were received",
        ),
        pytest.param(
            "2026-05-15",
            person(holds("student", "2026-03-10", received="2026-05-15")),
            insured("state_paid", "", "2026-06-01"),
            id="the day the data were received",
        ),
        pytest.param(
            "2026-05-15",
            person(
                holds("student", "2026-03-10", "2026-06-30"),
                holds("pensioner", "2026-05-01", "2026-05-20"),
            ),
            insured("state_paid", "2026-06-30", "2026-05-21"),
            id="of two spans of a group the later last day",
        ),
        pytest.param(
            "2026-05-15",
            person(holds("student", "2026-03-10"), holds("pensioner", "2026-05-01", "2026-12-31")),
            insured("state_paid", "", "2026-06-01"),
            id="of two spans of a group the open-ended one",
        ),
        pytest.param(
            "2026-05-15",
            person(
                holds("student", "2026-03-10", "2026-06-30"),
                holds("pensioner", "2026-06-01", received="2026-05-01"),
            ),
            insured("state_paid", "2026-06-30", "2026-06-01"),
            id="a span that does not hold yet is not asked",
        ),
        pytest.param(
            "2026-05-15",
            person(
                holds("student", "2026-03-10", "2026-09-30"),
                holds("military", "2026-05-01", "2026-05-31"),
            ),
            insured("exempt", "2026-05-31", "2026-06-01"),
            id="exempt stands before state-paid, although it ends sooner",
        ),
        pytest.param(
            "2026-05-15",
            person(
                holds("low_income", "2026-03-10", "2026-09-30"),
                holds("student", "2026-05-01", "2026-05-31"),
            ),
            insured("state_paid", "2026-05-31", "2026-06-01"),
            id="state-paid stands before the local budget",
        ),
        pytest.param(
            "2026-05-15",
            person(paid("2024-01", "2026-04"), holds("low_income", "2026-05-15", "2026-05-15")),
            insured("local_paid", "2026-05-15", "2026-05-16"),
            id="a category of one day stands before paid months",
        ),
        pytest.param(
            "2026-05-15",
            person(holds("entrepreneur", "2026-01-01")),
            not_insured("never_paid", "2025-05…2026-04", "2026-06-01"),
            id="a payer category covers nothing",
        ),
        pytest.param(
            "2025-12-31",
            person(holds("unemployed", "2025-11-01", "2026-03-31")),
            insured("state_paid", "2026-03-31", "2026-01-01"),
            id="unemployed: the last day at the state's expense",
        ),
        pytest.param(
            "2026-01-01",
            person(holds("unemployed", "2025-11-01", "2026-03-31")),
            insured("local_paid", "2026-03-31", "2026-02-01"),
            id="unemployed: the first day at the region's expense",
        ),
        pytest.param(
            "2025-12-31",
            person(holds("low_income", "2025-11-01")),
            not_insured("gap", "2024-12…2025-11", "2026-01-01"),
            id="low income: not yet a category",
        ),
        pytest.param(
            "2026-01-01",
            person(holds("low_income", "2025-11-01")),
            insured("local_paid", "", "2026-02-01"),
            id="low income: a category from 2026",
        ),
        pytest.param(
            "2022-03-27",
            person(holds("disabled_carer", "2022-01-01")),
            not_insured("gap", "2021-03…2022-02", "2022-03-28"),
            id="a category before its first day in law",
        ),
        pytest.param(
            "2022-03-28",
            person(holds("disabled_carer", "2022-01-01")),
            insured("state_paid", "", "2022-04-01"),
            id="a category from its first day in law",
        ),
    ],
)
def test_rules_5_to_7(on: str, who: Person, expected: Judged) -> None:
    assert verdict(who, on) == expected


@pytest.mark.parametrize(
    ("on", "who", "expected"),
    [
        pytest.param(
            "2026-03-04",
            EXPELLED,
            insured("state_paid", "2029-06-30", "2026-04-01"),
            id="days before are answered by the old row",
        ),
        pytest.param(
            "2026-03-05",
            EXPELLED,
            not_insured("gap", "2025-03…2025-08", "2026-04-01"),
            id="superseded from the day of receipt",
        ),
        pytest.param(
            "2026-03-04",
            MISTAKEN,
            insured("state_paid", "2029-06-30", "2026-04-01"),
            id="not yet withdrawn",
        ),
        pytest.param(
            "2026-03-05",
            MISTAKEN,
            not_insured("never_paid", "2025-03…2026-02", "2026-04-01"),
            id="withdrawn: it never covered a month",
        ),
        pytest.param(
            "2025-09-01",
            CORRECTED_THE_SAME_DAY,
            insured("state_paid", "2026-06-30", "2025-10-01"),
            id="of two rows received on one day the later one",
        ),
        pytest.param(
            "2025-10-09",
            OLD_NEWS,
            insured("state_paid", "2026-06-30", "2025-11-01"),
            id="a row that comes late answers its own days",
        ),
        pytest.param(
            "2025-10-10",
            OLD_NEWS,
            insured("state_paid", "2029-06-30", "2025-11-01"),
            id="and gives way to what was received after it",
        ),
    ],
)
def test_a_row_supersedes_an_earlier_one(on: str, who: Person, expected: Judged) -> None:
    assert verdict(who, on) == expected
