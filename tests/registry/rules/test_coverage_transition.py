"""Three months in place of twelve in 2020-21, and the last day of a right."""

from __future__ import annotations

import pytest

from registry.rules.outlook import entitled_until
from tests.law import CALENDAR, LAW
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
from tests.registry.rules.oracle import Person
from tests.registry.rules.persons import Judged, batch

NOTHING = person()
OWN = paid("2021-03", "2021-05", INDEPENDENT)


@pytest.mark.parametrize(
    ("on", "who", "expected"),
    [
        pytest.param(
            "2020-07-01",
            person(paid("2020-04", "2020-06", INDEPENDENT, on="2020-06-30")),
            insured("twelve_months", "2020-09-30", "2020-08-01"),
            id="three months from the first day after the open half-year",
        ),
        pytest.param(
            "2020-07-01",
            person(paid("2020-04", "2020-06", ENTREPRENEUR, on="2020-06-30")),
            not_insured("gap", "2020-01…2020-03", "2020-08-01"),
            id="not for an entrepreneur",
        ),
        pytest.param(
            "2021-06-30",
            person(OWN),
            insured("twelve_months", "2021-08-31", "2021-07-01"),
            id="three months to the last day",
        ),
        pytest.param(
            "2021-07-01",
            person(OWN),
            not_insured("gap", "2020-07…2021-02 2021-06", "2021-08-01"),
            id="twelve months from the day after",
        ),
        pytest.param(
            "2021-06-30",
            person(OWN[1:]),
            not_insured("gap", "2021-03", "2021-07-01"),
            id="two of the three months; only they are missing",
        ),
        pytest.param(
            "2021-06-30",
            person(OWN, paid("2020-06", "2020-06")),
            not_insured("gap", "2020-07…2021-02", "2021-07-01"),
            id="an employer paid the first of the twelve months",
        ),
        pytest.param(
            "2021-06-30",
            person(OWN, paid("2020-05", "2020-05")),
            insured("twelve_months", "2021-08-31", "2021-07-01"),
            id="an employer paid the month before the twelve",
        ),
        pytest.param(
            "2021-06-30",
            person(OWN, paid("2021-05", "2021-05", EMPLOYEE)),
            not_insured("gap", "2020-06…2021-02", "2021-07-01"),
            id="a month was paid twice, once as an employee",
        ),
        pytest.param(
            "2021-06-30",
            person(
                OWN,
                tuple(
                    item._replace(amount=item.amount // 2)
                    for item in paid("2021-01", "2021-01", ENTREPRENEUR)
                ),
            ),
            insured("twelve_months", "2021-08-31", "2021-07-01"),
            id="half a sum as an entrepreneur pays no month",
        ),
        pytest.param(
            "2021-06-30",
            person(OWN, holds("student", "2020-09-01", "2020-10-31")),
            insured("twelve_months", "2021-08-31", "2021-07-01"),
            id="months of a category are not paid months",
        ),
        pytest.param(
            "2021-06-15",
            person(holds("student", "2021-03-01", "2021-05-31")),
            not_insured("gap", "2020-06…2021-02", "2021-07-01"),
            id="no month paid: twelve",
        ),
        pytest.param(
            "2021-05-25",
            person(paid("2021-01", "2021-03", INDEPENDENT)),
            insured("twelve_months", "2021-06-30", "2021-05-26"),
            id="three months before the missing one, on its due day",
        ),
        pytest.param(
            "2021-05-25",
            person(paid("2021-02", "2021-03", INDEPENDENT)),
            insured("twelve_months", "2021-05-25", "2021-05-26"),
            id="two months before the missing one, on its due day",
        ),
        pytest.param(
            "2021-06-30",
            person(paid("2021-01", "2021-03", INDEPENDENT)),
            grace("2021-06-30", "2021-04 2021-05", "2021-07-01"),
            id="three months before the gap: grace",
        ),
        pytest.param(
            "2021-06-30",
            person(paid("2021-02", "2021-03", INDEPENDENT)),
            not_insured("gap", "2021-04 2021-05", "2021-07-01"),
            id="two months before the gap: no grace",
        ),
        pytest.param(
            "2021-07-01",
            person(paid("2021-01", "2021-04", INDEPENDENT)),
            not_insured("gap", "2020-07…2020-12 2021-05 2021-06", "2021-08-01"),
            id="grace too asks for twelve months from the day after",
        ),
    ],
)
def test_the_transition_of_independent_payers(on: str, who: Person, expected: Judged) -> None:
    assert verdict(who, on) == expected


@pytest.mark.parametrize(
    ("on", "who", "expected"),
    [
        pytest.param("2024-06-10", NOTHING, None, id="not insured"),
        pytest.param("2019-06-10", NOTHING, "2020-06-30", id="before the open half-year"),
        pytest.param("2020-02-10", NOTHING, "2020-06-30", id="in the open half-year"),
        pytest.param(
            "2024-06-10",
            person(paid("2023-05", "2024-04")),
            "2024-07-31",
            id="over the due day into grace",
        ),
        pytest.param(
            "2024-06-10",
            person(paid("2023-06", "2024-04")),
            "2024-06-25",
            id="to the due day",
        ),
        pytest.param(
            "2024-06-10",
            person(holds("student", "2023-09-01", "2024-06-30")),
            "2024-06-30",
            id="the category ends, with ten months",
        ),
        pytest.param(
            "2024-06-10",
            person(holds("student", "2022-09-01", "2024-06-30")),
            "2024-09-30",
            id="the category ends, with twelve months and more",
        ),
        pytest.param(
            "2024-06-10",
            person(
                holds("student", "2022-09-01", "2024-06-30"),
                holds("pensioner", "2024-08-15", received="2024-06-01"),
            ),
            None,
            id="categories without end",
        ),
        pytest.param(
            "2024-06-10",
            person(holds("student", "2022-09-01", "9999-12-31")),
            None,
            id="a category to the last day there is",
        ),
        pytest.param(
            "2021-05-10",
            person(paid("2021-02", "2021-04", INDEPENDENT, on="2021-05-01")),
            "2021-06-30",
            id="three months are not enough from 2021-07 on",
        ),
        pytest.param(
            "2021-02-10",
            person(
                paid("2020-11", "2021-01", INDEPENDENT, on="2021-02-01"),
                paid("2021-03", "2021-03", EMPLOYEE, on="2021-02-01"),
            ),
            "2021-03-31",
            id="a month paid ahead as an employee asks for twelve",
        ),
        pytest.param(
            "2024-06-10",
            person(paid("2023-05", "2024-04"), paid("2024-05", "2024-05", on="2024-06-11")),
            "2024-07-31",
            id="what arrives tomorrow is not known",
        ),
        pytest.param(
            "2024-06-10",
            person(refunded(paid("2023-05", "2024-04"), "2023-09", on="2024-06-11")),
            "2024-07-31",
            id="nor what is paid back tomorrow",
        ),
        pytest.param(
            "2024-06-10",
            person(paid("2023-05", "2024-04"), died="2024-06-11"),
            "2024-07-31",
            id="nor a death",
        ),
    ],
)
def test_entitled_until(on: str, who: Person, expected: str | None) -> None:
    found = entitled_until(batch([who], day(on)), day(on), LAW, CALENDAR)
    assert found == (day(expected) if expected else None)
