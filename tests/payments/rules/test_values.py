from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.values import amount, credited, number, ordinal, period, short_day
from tests.payments.rules.files import texts

AMOUNTS = {
    "4250,00": 425000,
    "4250.00": 425000,
    "4250,5": 425050,
    "4250": 425000,
    "4250,": 425000,
    "0,01": 1,
    "0": 0,
    "-4250,00": -425000,
    "+4250,00": 425000,
    "−4250,00": -425000,
    " 4250,00 ": 425000,
    "1 234 567,89": 123456789,
    "1\u00a0234\u00a0567,89": 123456789,
    "1\u202f234,5": 123450,
    "-1 234,00": -123400,
    "999999999999,99": 99999999999999,
    "999 999 999 999,99": 99999999999999,
    "007,00": 700,
    "1000000000000,00": None,
    "1 000 000 000 000,00": None,
    "4250,001": None,
    "4250,00,00": None,
    "1,234.56": None,
    "1.234,56": None,
    "12 34,00": None,
    "1  234,00": None,
    "4e3": None,
    "4,2E+3": None,
    "NaN": None,
    "inf": None,
    "": None,
    " ": None,
    ",50": None,
    "-": None,
    "--5,00": None,
    "5,0-": None,
    "5,-1": None,
    "4250,0O": None,
    "KZT4250,00": None,
    "٤٢٥٠,00": None,
    "4250,٠٠": None,
    "1_000,00": None,
    "0x10": None,
    "4250,00\0": None,
}


@pytest.mark.parametrize(("text", "tiyn"), AMOUNTS.items())
def test_a_sum_is_read_exactly_or_not_at_all(text, tiyn):
    assert amount(text) == tiyn


@given(st.integers(-(10**14) + 1, 10**14 - 1), st.sampled_from(",."))
def test_every_sum_that_is_written_is_read(tiyn, point):
    whole, part = divmod(abs(tiyn), 100)
    assert amount(f"{'-' if tiyn < 0 else ''}{whole}{point}{part:02}") == tiyn


@given(texts() | st.text("0123456789,. -+", max_size=18))
def test_whatever_is_written_is_a_sum_of_twelve_digits_or_none(text):
    tiyn = amount(text)
    assert tiyn is None or abs(tiyn) < 10**14


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("132", 132),
        (" 132 ", 132),
        ("1 000 000", 1_000_000),
        ("0", 0),
        ("2147483647", 2147483647),
        ("2147483648", None),
        ("99999999999", None),
        ("-1", None),
        ("1,0", None),
        ("", None),
        ("²", None),
        ("١", None),
    ],
)
def test_a_count_is_digits(text, count):
    assert number(text) == count


@pytest.mark.parametrize(("text", "count"), [("1", 1), ("001", 1), ("0", None), ("x", None)])
def test_lines_are_numbered_from_one(text, count):
    assert ordinal(text) == count


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("241120", date(2024, 11, 20)),
        ("000229", date(2000, 2, 29)),
        ("990101", date(2099, 1, 1)),
        ("20241120", date(2024, 11, 20)),
        ("20.11.2024", date(2024, 11, 20)),
        ("2024-11-20", date(2024, 11, 20)),
        ("241320", None),
        ("230229", None),
        ("24112", None),
        ("٢٤١١٢٠", None),
        ("", None),
    ],
)
def test_a_day_of_an_mt_message_has_two_digits_for_its_year(text, day):
    assert short_day(text) == day


@pytest.mark.parametrize(
    ("found", "day"),
    [
        (date(2016, 12, 31), None),
        (date(2017, 1, 1), date(2017, 1, 1)),
        (date(2099, 12, 31), date(2099, 12, 31)),
        (date(2100, 1, 1), None),
        (None, None),
    ],
)
def test_money_came_in_between_2017_and_2099(found, day):
    assert credited(found) == day


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("082026", ("082026", 679)),
        (" 082026 ", ("082026", 679)),
        ("132026", ("132026", None)),
        ("август", ("август", None)),
        ("", ("", None)),
    ],
)
def test_a_period_is_kept_as_it_came_beside_its_month(text, read):
    assert period(text) == read
