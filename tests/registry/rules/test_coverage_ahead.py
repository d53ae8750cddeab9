"""Twelve months paid ahead: rule 9 on both sides of every day."""

from __future__ import annotations

import pytest

from tests.registry.rules.builders import (
    INDEPENDENT,
    day,
    holds,
    insured,
    not_insured,
    paid,
    person,
    refunded,
    verdict,
)
from tests.registry.rules.oracle import Person
from tests.registry.rules.persons import Judged

AHEAD = paid("2023-02", "2024-01", INDEPENDENT, on="2023-01-31")
CARE_OF_THE_STATE = holds("student", "2023-02-01", "2024-01-31", received="2023-01-10")
ONE_PAID_AND_A_CATEGORY = person(
    paid("2023-02", "2023-02", INDEPENDENT, on="2023-01-31"),
    holds("student", "2023-03-01", "2023-03-31", received="2023-01-10"),
    holds("pensioner", "2023-04-20", "2024-01-31", received="2023-01-10"),
    holds("pensioner", "2023-04-20", "2023-12-31", received="2023-04-15"),
)


@pytest.mark.parametrize(
    ("on", "who", "expected"),
    [
        pytest.param(
            "2022-09-04",
            person(paid("2022-09", "2023-08", INDEPENDENT, on="2022-08-31")),
            not_insured("gap", "2021-09…2022-08", "2022-09-05"),
            id="the day before one could pay ahead",
        ),
        pytest.param(
            "2022-09-05",
            person(paid("2022-09", "2023-08", INDEPENDENT, on="2022-08-31")),
            insured("prepaid", "2023-11-30", "2022-10-01"),
            id="the first day of the rule, also for months paid before it",
        ),
        pytest.param(
            "2023-01-31",
            person(AHEAD),
            not_insured("gap", "2022-01…2022-12", "2023-02-01"),
            id="not before the first of the months",
        ),
        pytest.param(
            "2023-02-01",
            person(AHEAD),
            insured("prepaid", "2024-04-30", "2023-03-01"),
            id="from the first day of the first month",
        ),
        pytest.param(
            "2023-02-01",
            person(paid("2023-02", "2024-01", INDEPENDENT, on="2023-02-01")),
            not_insured("gap", "2022-02…2023-01", "2023-03-01"),
            id="credited on the first day of the first month: a day too late",
        ),
        pytest.param(
            "2023-03-01",
            person(paid("2023-02", "2024-02", INDEPENDENT, on="2023-02-01")),
            insured("prepaid", "2024-05-31", "2023-04-01"),
            id="but in time for the twelve months from the next one",
        ),
        pytest.param(
            "2023-02-01",
            person(paid("2023-02", "2023-12", INDEPENDENT, on="2023-01-31")),
            not_insured("gap", "2022-02…2023-01", "2023-03-01"),
            id="eleven months ahead",
        ),
        pytest.param(
            "2024-01-31",
            person(AHEAD),
            insured("prepaid", "2024-04-30", "2024-02-01"),
            id="the last day of the last month",
        ),
        pytest.param(
            "2024-02-01",
            person(AHEAD),
            insured("twelve_months", "2024-04-30", "2024-03-01"),
            id="then the months are behind, and the window is covered",
        ),
        pytest.param(
            "2023-05-15",
            person(refunded(AHEAD, "2023-10", on="2023-05-16")),
            insured("prepaid", "2024-04-30", "2023-06-01"),
            id="the day before one of the months is refunded",
        ),
        pytest.param(
            "2023-05-16",
            person(refunded(AHEAD, "2023-10", on="2023-05-16")),
            not_insured("gap", "2022-05…2023-01", "2023-06-01"),
            id="the day on which one of the months is refunded",
        ),
        pytest.param(
            "2023-05-16",
            person(
                refunded(AHEAD, "2023-10", on="2023-05-16"),
                paid("2023-10", "2023-10", INDEPENDENT, on="2023-05-01"),
            ),
            insured("prepaid", "2024-04-30", "2023-06-01"),
            id="refunded, but paid again: covered then and covered now",
        ),
        pytest.param(
            "2023-02-01",
            person(CARE_OF_THE_STATE._replace(until=day("2023-02-01")), AHEAD),
            insured("state_paid", "2023-02-01", "2023-02-02"),
            id="a category that holds stands before months paid ahead",
        ),
        pytest.param(
            "2023-02-10",
            person(
                holds("student", "2023-02-15", "2024-01-31", received="2023-01-10"),
                paid("2023-02", "2023-02", INDEPENDENT, on="2023-01-31"),
            ),
            insured("prepaid", "2024-04-30", "2023-02-15"),
            id="one month paid, the others covered by a category known before",
        ),
        pytest.param(
            "2023-02-10",
            person(holds("student", "2023-02-15", "2024-01-31", received="2023-01-10")),
            not_insured("gap", "2022-02…2023-01", "2023-02-15"),
            id="none of the months paid",
        ),
        pytest.param(
            "2023-02-10",
            person(
                holds("student", "2023-02-15", "2024-01-31", received="2023-02-01"),
                paid("2023-02", "2023-02", INDEPENDENT, on="2023-01-31"),
            ),
            not_insured("gap", "2022-02…2023-01", "2023-02-15"),
            id="a category received on the first day of the first month: a day too late",
        ),
        pytest.param(
            "2023-02-10",
            person(
                refunded(
                    paid("2023-02", "2023-02", INDEPENDENT, on="2023-01-31"),
                    "2023-02",
                    on="2023-02-05",
                ),
                holds("student", "2023-02-15", "2024-01-31", received="2023-01-10"),
            ),
            insured("prepaid", "2024-04-30", "2023-02-15"),
            id="the one paid month was paid then, and is covered by the category now",
        ),
        pytest.param(
            "2023-04-14",
            ONE_PAID_AND_A_CATEGORY,
            insured("prepaid", "2024-04-30", "2023-04-20"),
            id="the day before the category turns out to be shorter",
        ),
        pytest.param(
            "2023-04-15",
            ONE_PAID_AND_A_CATEGORY,
            not_insured("gap", "2022-04…2023-01", "2023-04-20"),
            id="the category that covered the other months turned out to be shorter",
        ),
        pytest.param(
            "2023-05-10",
            person(paid("2022-06", "2023-05", INDEPENDENT, on="2022-05-31")),
            insured("prepaid", "2023-08-31", "2023-06-01"),
            id="the twelfth of the months paid ahead",
        ),
    ],
)
def test_rule_9(on: str, who: Person, expected: Judged) -> None:
    assert verdict(who, on) == expected
