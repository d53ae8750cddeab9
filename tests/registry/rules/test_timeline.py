from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.timeline import NotInForce, Timeline

RATE = Timeline.of(
    [
        (date(2020, 1, 1), "one"),
        (date(2018, 1, 1), None),
        (date(2017, 7, 1), "five"),
        (date(2021, 1, 1), "two"),
    ],
    name="RATE",
)


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (date(2017, 7, 1), "five"),
        (date(2017, 12, 31), "five"),
        (date(2020, 1, 1), "one"),
        (date(2020, 12, 31), "one"),
        (date(2021, 1, 1), "two"),
        (date(2999, 1, 1), "two"),
    ],
)
def test_the_value_of_a_day_is_the_last_that_began(day, value):
    assert RATE.on(day) == value
    assert RATE.get(day) == value


@pytest.mark.parametrize("day", [date(2017, 6, 30), date(2018, 1, 1), date(2019, 12, 31)])
def test_a_day_without_a_value_is_named(day):
    with pytest.raises(NotInForce) as error:
        RATE.on(day)

    assert (error.value.what, error.value.day) == ("RATE", day)
    assert str(error.value) == f"RATE is not in force on {day.isoformat()}"
    assert RATE.get(day) is None


def test_nothing_is_in_force_on_an_empty_line():
    with pytest.raises(NotInForce, match="nothing at all is not in force on 2020-01-01"):
        Timeline.of([], name="nothing at all").on(date(2020, 1, 1))


def test_two_values_from_one_day_are_an_error():
    with pytest.raises(ValueError, match="MW has two values from 2020-01-01"):
        Timeline.of([(date(2020, 1, 1), 1), (date(2020, 1, 1), 2)], name="MW")


@pytest.mark.parametrize(
    ("day", "change"),
    [
        (date(2000, 1, 1), date(2017, 7, 1)),
        (date(2017, 7, 1), date(2018, 1, 1)),
        (date(2020, 12, 31), date(2021, 1, 1)),
        (date(2021, 1, 1), None),
    ],
)
def test_the_next_change_is_after_the_day(day, change):
    assert RATE.changes_after(day) == change


@pytest.mark.parametrize(
    ("first", "last", "changes"),
    [
        (date(2017, 6, 30), date(2018, 1, 1), (date(2017, 7, 1), date(2018, 1, 1))),
        (date(2017, 7, 1), date(2017, 12, 31), ()),
        (date(2021, 1, 1), date(2020, 1, 1), ()),
    ],
)
def test_changes_within_days_are_after_the_first_of_them(first, last, changes):
    assert RATE.changes_within(first, last) == changes


DAYS = st.dates(date(2017, 1, 1), date(2018, 12, 31))
LINES = st.dictionaries(DAYS, st.one_of(st.none(), st.integers()), max_size=8)


@given(LINES, DAYS)
def test_a_lookup_answers_as_reading_every_row_would(rows, day):
    begun = [since for since in rows if since <= day]

    assert Timeline.of(rows.items()).get(day) == (rows[max(begun)] if begun else None)
