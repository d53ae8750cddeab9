"""The rule of the status and the days of payment, held against the oracle."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.rules.days import NEVER, day_number
from registry.rules.due import Kind
from registry.rules.outlook import entitled_until, rights_end
from registry.rules.paid import ALONE, OTHERS
from registry.rules.verdicts import Status
from tests.law import CALENDAR, LAW
from tests.registry.rules import oracle
from tests.registry.rules.oracle import Item, Person
from tests.registry.rules.persons import Judged, batch, judged
from tests.registry.rules.strategies import (
    BOOKS,
    DAY,
    DAYS,
    MARCH,
    asked,
    asked_with_a_payment,
    persons,
)

MANY = settings(max_examples=500, suppress_health_check=list(HealthCheck))
SOME = settings(MANY, max_examples=80)


@MANY
@given(asked())
def test_the_rule_gives_what_the_text_says(case: tuple[Person, date]) -> None:
    person, day = case
    expected = Judged(*oracle.status(person, day), oracle.changes_on(person, day))
    assert judged(batch([person], day), day)[0] == expected


@SOME
@given(asked())
def test_a_right_ends_when_the_text_says(case: tuple[Person, date]) -> None:
    person, day = case
    found = entitled_until(batch([person], day), day, LAW, CALENDAR)
    assert found == oracle.entitled_until(person, day)


@SOME
@given(
    DAYS.flatmap(
        lambda day: st.tuples(st.lists(persons(day), min_size=2, max_size=4), st.just(day))
    ),
    st.integers(0, 400),
)
def test_the_rights_of_many_end_as_those_of_each(
    case: tuple[list[Person], date], days: int
) -> None:
    together, day = case
    through = day_number(day) + days
    ends = rights_end(batch(together, day), day, LAW, CALENDAR, through=through)
    for person, end in zip(together, ends.tolist(), strict=True):
        alone = entitled_until(batch([person], day), day, LAW, CALENDAR)
        if end < day_number(day):
            assert oracle.status(person, day)[0] == Status.NOT_INSURED
        elif alone is None or day_number(alone) >= through:
            assert end == NEVER
        else:
            assert end == day_number(alone)


@SOME
@given(asked())
def test_a_verdict_does_not_change_by_itself_before_its_day(case: tuple[Person, date]) -> None:
    person, day = case
    known = batch([person], day).as_of(day_number(day))
    today = judged(known, day)[0]
    while (day := day + DAY) < today.changes_on:
        assert judged(known, day)[0] == today


@SOME
@given(
    DAYS.flatmap(
        lambda day: st.tuples(st.lists(persons(day), min_size=2, max_size=5), st.just(day))
    )
)
def test_persons_judged_together_do_not_touch_each_other(case: tuple[list[Person], date]) -> None:
    together, day = case
    alone = [judged(batch([person], day), day)[0] for person in together]
    assert judged(batch(together, day), day) == alone


@SOME
@given(asked_with_a_payment())
def test_nobody_is_worse_off_for_paying(case: tuple[Person, date, Item]) -> None:
    person, day, item = case
    after = replace(person, items=(*person.items, item))
    assert worth(judged(batch([after], day), day)[0]) >= worth(judged(batch([person], day), day)[0])


def worth(verdict: Judged) -> tuple[bool, bool, date]:
    has_right = verdict.status in (Status.INSURED, Status.GRACE)
    until = verdict.until or date.max
    return has_right, verdict.status is Status.INSURED, until if has_right else date.min


@MANY
@given(st.lists(BOOKS, max_size=3))
def test_the_days_on_which_a_month_is_paid_are_those_counted_one_by_one(
    payers: list[Person],
) -> None:
    known = batch(payers, MARCH)
    for place, payer in enumerate(payers):
        own = known.paid[known.paid_by == place]
        for at in range(-1, 14):
            day = MARCH + at * DAY
            today = own[(own["since"] <= day_number(day)) & (day_number(day) < own["until"])]
            assert sorted(today[["month", "plane"]].tolist()) == planes_paid(payer, day)


def planes_paid(payer: Person, day: date) -> list[tuple[int, int]]:
    return sorted(
        {
            (month, ALONE if kind is Kind.INDEPENDENT else OTHERS)
            for month in {item.month for item in payer.items}
            for kind in oracle.paid_by(payer, month, day)
        }
    )
