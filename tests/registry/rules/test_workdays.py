from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.workdays import Calendar, Skipped, Term, Why
from tests.law import CALENDAR

D = date


@pytest.mark.parametrize(
    ("day", "why"),
    [
        pytest.param(D(2026, 11, 20), None, id="a Friday"),
        pytest.param(D(2026, 11, 21), Why.WEEKEND, id="a Saturday"),
        pytest.param(D(2026, 12, 16), Why.HOLIDAY, id="Independence Day"),
        pytest.param(D(2026, 10, 26), Why.MOVED, id="Republic Day moved to Monday"),
        pytest.param(D(2026, 10, 25), Why.WEEKEND, id="Republic Day on a Sunday"),
        pytest.param(D(2018, 4, 28), None, id="a worked Saturday"),
        pytest.param(D(2025, 1, 5), None, id="a worked Sunday"),
        pytest.param(D(2025, 1, 3), Why.MOVED, id="the day off it was moved to"),
        pytest.param(D(2025, 9, 1), Why.MOVED, id="Constitution Day of 2025"),
        pytest.param(D(2026, 8, 31), None, id="no Constitution Day in August 2026"),
        pytest.param(D(2027, 3, 15), Why.HOLIDAY, id="Constitution Day in March 2027"),
        pytest.param(D(2021, 12, 1), Why.HOLIDAY, id="First President Day for the last time"),
        pytest.param(D(2022, 12, 1), None, id="First President Day no more"),
    ],
)
def test_a_day_off_says_why(day, why):
    assert CALENDAR.why_off(day) == why
    assert CALENDAR.is_working(day) == (why is None)


@pytest.mark.parametrize(
    ("day", "next_one"),
    [
        (D(2026, 9, 25), D(2026, 9, 25)),
        (D(2026, 10, 25), D(2026, 10, 27)),
        (D(2026, 4, 25), D(2026, 4, 27)),
        (D(2025, 1, 3), D(2025, 1, 5)),
    ],
)
def test_the_next_working_day_may_be_the_day_itself(day, next_one):
    assert CALENDAR.next_working(day) == next_one


def skipped(*days: tuple[date, Why]) -> tuple[Skipped, ...]:
    return tuple(Skipped(*day) for day in days)


@pytest.mark.parametrize(
    ("day", "count", "term"),
    [
        pytest.param(D(2026, 11, 16), 1, Term(D(2026, 11, 17), ()), id="the day is not counted"),
        pytest.param(
            D(2026, 11, 20),
            1,
            Term(
                D(2026, 11, 23),
                skipped((D(2026, 11, 21), Why.WEEKEND), (D(2026, 11, 22), Why.WEEKEND)),
            ),
            id="over a weekend",
        ),
        pytest.param(
            D(2026, 11, 21),
            1,
            Term(D(2026, 11, 23), skipped((D(2026, 11, 22), Why.WEEKEND))),
            id="from a day off",
        ),
        pytest.param(
            D(2025, 1, 2),
            2,
            Term(
                D(2025, 1, 6),
                skipped((D(2025, 1, 3), Why.MOVED), (D(2025, 1, 4), Why.WEEKEND)),
            ),
            id="a worked Sunday counts",
        ),
        pytest.param(
            D(2026, 5, 25),
            2,
            Term(D(2026, 5, 28), skipped((D(2026, 5, 27), Why.HOLIDAY))),
            id="Kurban Ait",
        ),
        pytest.param(D(2026, 11, 20), 0, Term(D(2026, 11, 20), ()), id="nothing from a Friday"),
        pytest.param(D(2026, 11, 21), 0, Term(D(2026, 11, 23), ()), id="nothing from a Saturday"),
    ],
)
def test_a_term_counts_working_days_after_its_day(day, count, term):
    assert CALENDAR.add(day, count) == term


def test_paused_days_are_not_counted():
    term = Calendar().add(D(2026, 11, 16), 2, paused={D(2026, 11, 17), D(2026, 11, 18)})

    assert term == Term(
        D(2026, 11, 20), skipped((D(2026, 11, 17), Why.PAUSED), (D(2026, 11, 18), Why.PAUSED))
    )


def test_a_weekend_in_a_pause_is_a_weekend():
    term = Calendar().add(D(2026, 11, 20), 1, paused={D(2026, 11, 21), D(2026, 11, 23)})

    assert term == Term(
        D(2026, 11, 24),
        skipped(
            (D(2026, 11, 21), Why.WEEKEND),
            (D(2026, 11, 22), Why.WEEKEND),
            (D(2026, 11, 23), Why.PAUSED),
        ),
    )


def test_a_negative_term_is_an_error():
    with pytest.raises(ValueError, match="a term of -1 working days"):
        CALENDAR.add(D(2026, 11, 20), -1)


DAYS = st.dates(D(2017, 1, 1), D(2027, 12, 31))


@given(DAYS, st.integers(1, 40))
def test_a_term_ends_on_its_last_working_day(day, count):
    due, left_out = CALENDAR.add(day, count)

    days = [day + timedelta(days=ahead) for ahead in range(1, (due - day).days + 1)]
    working = [each for each in days if CALENDAR.is_working(each)]
    assert len(working) == count
    assert working[-1] == due
    assert [skip.day for skip in left_out] == [each for each in days if each not in working]


@given(DAYS, st.integers(1, 20), st.integers(1, 20))
def test_one_term_after_another_is_both_together(day, first, second):
    assert CALENDAR.add(CALENDAR.add(day, first).due, second).due == (
        CALENDAR.add(day, first + second).due
    )
