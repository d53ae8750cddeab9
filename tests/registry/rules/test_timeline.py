from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.timeline import NotInForce, Segment, Timeline

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


def test_days_are_cut_where_a_value_begins():
    assert RATE.segments(date(2020, 12, 30), date(2021, 1, 2)) == [
        Segment(date(2020, 12, 30), date(2020, 12, 31), "one"),
        Segment(date(2021, 1, 1), date(2021, 1, 2), "two"),
    ]


def test_a_cut_on_the_first_day_is_none():
    assert RATE.segments(date(2021, 1, 1), date(2021, 1, 1)) == [
        Segment(date(2021, 1, 1), date(2021, 1, 1), "two")
    ]


def test_no_days_give_no_segments():
    assert RATE.segments(date(2021, 1, 2), date(2021, 1, 1)) == []


def test_segments_over_days_without_a_value_are_refused():
    with pytest.raises(NotInForce, match="RATE is not in force on 2018-01-01"):
        RATE.segments(date(2017, 12, 31), date(2018, 1, 1))


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


DAYS = st.dates(date(2017, 1, 1), date(2018, 12, 31))
LINES = st.dictionaries(DAYS, st.one_of(st.none(), st.integers()), max_size=8)


@given(LINES, DAYS)
def test_a_lookup_answers_as_reading_every_row_would(rows, day):
    begun = [since for since in rows if since <= day]

    assert Timeline.of(rows.items()).get(day) == (rows[max(begun)] if begun else None)


@given(LINES, DAYS, st.integers(0, 400))
def test_segments_cover_each_day_once_with_its_own_value(rows, first, length):
    line = Timeline.of({date(2016, 1, 1): 0, **rows}.items())
    line = Timeline.of([(day, value or 0) for day, value in line])
    last = first + timedelta(days=length)

    days = [
        (segment.since + timedelta(days=ahead), segment.value)
        for segment in line.segments(first, last)
        for ahead in range((segment.until - segment.since).days + 1)
    ]

    span = [first + timedelta(days=ahead) for ahead in range(length + 1)]
    assert days == [(day, line.on(day)) for day in span]
