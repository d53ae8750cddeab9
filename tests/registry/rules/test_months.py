from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules import months


@pytest.mark.parametrize(
    ("day", "number", "text", "period"),
    [
        (date(1970, 1, 1), 0, "1970-01", "011970"),
        (date(1969, 12, 31), -1, "1969-12", "121969"),
        (date(2017, 7, 31), 570, "2017-07", "072017"),
        (date(2026, 8, 15), 679, "2026-08", "082026"),
        (date(2026, 12, 1), 683, "2026-12", "122026"),
    ],
)
def test_a_month_is_one_number_with_two_spellings(day, number, text, period):
    month = months.number(day)

    assert (month, months.text(month), months.period(month)) == (number, text, period)


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        (601, date(2020, 2, 1), date(2020, 2, 29)),
        (613, date(2021, 2, 1), date(2021, 2, 28)),
        (683, date(2026, 12, 1), date(2026, 12, 31)),
        (96359, date(9999, 12, 1), date(9999, 12, 31)),
    ],
)
def test_a_month_has_a_first_and_a_last_day(month, first, last):
    assert (months.first(month), months.last(month)) == (first, last)


@pytest.mark.parametrize(
    "written",
    ["", "82026", "0820266", "132026", "002026", "010000", "2026-8", "08 026", "٠٨٢٠٢٦", "+82026"],
)
def test_what_is_no_mmyyyy_is_no_month(written):
    assert months.from_period(written) is None


@given(st.dates())
def test_the_number_is_the_one_of_numpy(day):
    assert months.number(day) == np.datetime64(day, "M").astype(int)


@given(st.dates())
def test_every_month_can_be_read_back(day):
    month = months.number(day)

    assert months.from_period(months.period(month)) == month
    assert months.first(month) <= day <= months.last(month)
    assert months.number(months.first(month)) == months.number(months.last(month)) == month
