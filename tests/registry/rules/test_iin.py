from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.iin import (
    FIRST_WEIGHTS,
    SECOND_WEIGHTS,
    Fault,
    PayerKind,
    iin_fault,
    is_bin,
    is_iin,
    masked,
    payer_kind,
    valid_iins,
)


def with_check_digit(eleven: str) -> str | None:
    for weights in (FIRST_WEIGHTS, SECOND_WEIGHTS):
        check = sum(int(digit) * weight for digit, weight in zip(eleven, weights, strict=True)) % 11
        if check < 10:
            return f"{eleven}{check}"
    return None


def issued(start: str) -> str:
    """The first number with that start whose check digit exists."""
    serials = (f"{start}{serial:0{11 - len(start)}}" for serial in range(100))
    return next(number for number in map(with_check_digit, serials) if number)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param("990101300003", None, id="first pass"),
        pytest.param("990101300409", None, id="second pass"),
        pytest.param("890131200076", None, id="second pass, born 1889"),
        *(
            pytest.param(f"99010130046{digit}", Fault.CHECK_DIGIT, id=f"never issued {digit}")
            for digit in range(10)
        ),
        pytest.param("990101300004", Fault.CHECK_DIGIT, id="another check digit"),
        pytest.param("050229500126", Fault.DATE, id="29 February 2005"),
        pytest.param("784033048790", Fault.DATE, id="month 40"),
        pytest.param("000000000000", Fault.DATE, id="noughts"),
        pytest.param(issued("9901013"), None, id="7th digit 3"),
        pytest.param(issued("9901010"), None, id="7th digit 0 only warns"),
        pytest.param(issued("9901017"), Fault.SEVENTH_DIGIT, id="7th digit 7"),
        pytest.param(issued("9901019"), Fault.SEVENTH_DIGIT, id="7th digit 9"),
        pytest.param(issued("0002295"), None, id="29 February 2000"),
        pytest.param(issued("0002293"), Fault.DATE, id="29 February 1900"),
        pytest.param(issued("0002291"), Fault.DATE, id="29 February 1800"),
        pytest.param(issued("0002290"), None, id="29 February of a year 00"),
        pytest.param(issued("0402293"), None, id="29 February 1904"),
        pytest.param(issued("0102290"), Fault.DATE, id="29 February of a year 01"),
        pytest.param(issued("9902303"), Fault.DATE, id="30 February"),
        pytest.param(issued("9904313"), Fault.DATE, id="31 April"),
        pytest.param(issued("9904003"), Fault.DATE, id="day 0"),
        pytest.param(issued("9900013"), Fault.DATE, id="month 0"),
        pytest.param("", Fault.FORM, id="nothing"),
        pytest.param("99010130000", Fault.FORM, id="11 digits"),
        pytest.param("9901013000031", Fault.FORM, id="13 digits"),
        pytest.param(" 990101300003", Fault.FORM, id="a blank before"),
        pytest.param("99010130000З", Fault.FORM, id="a letter"),
        pytest.param("٩٩٠١٠١٣٠٠٠٠٣", Fault.FORM, id="digits of another script"),
        pytest.param("99010130000³", Fault.FORM, id="a raised digit"),
    ],
)
def test_an_iin_has_a_form_a_check_digit_and_a_date(text, fault):
    assert iin_fault(text) == fault
    assert is_iin(text) == (fault is None)
    assert valid_iins(np.array([text.encode()], dtype="S40")).tolist() == [fault is None]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("160440007161", PayerKind.BIN, id="State Corporation"),
        pytest.param("160940025485", PayerKind.BIN, id="Fund"),
        pytest.param("000140000012", PayerKind.BIN, id="of the year 2000"),
        pytest.param("990140000007", PayerKind.BIN, id="of the year 1999"),
        pytest.param(issued("99015"), PayerKind.BIN, id="not resident"),
        pytest.param(issued("99016"), PayerKind.BIN, id="of a joint entrepreneur"),
        pytest.param("160440007162", None, id="a BIN with another check digit"),
        pytest.param("990101300003", PayerKind.IIN, id="an IIN"),
        pytest.param("990101300004", None, id="an IIN with another check digit"),
        pytest.param(issued("99017"), None, id="fifth digit 7"),
        pytest.param("", None, id="nothing"),
        pytest.param("16044000716", None, id="11 digits"),
        pytest.param("١٦٠٤٤٠٠٠٧١٦١", None, id="digits of another script"),
    ],
)
def test_the_fifth_digit_tells_a_business_from_a_person(text, kind):
    assert payer_kind(text) == kind
    assert is_bin(text) == (kind is PayerKind.BIN)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("990101300003", "990101••••••"), ("9901", "9901"), ("", "")],
)
def test_a_masked_number_shows_the_date_of_birth_alone(text, shown):
    assert masked(text) == shown


ELEVEN = st.text("0123456789", min_size=11, max_size=11)
BIRTHS = st.builds(
    lambda day, seventh, serial: f"{day:%y%m%d}{seventh}{serial:04}",
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(0, 9),
    st.integers(0, 9999),
)
NUMBERS = st.one_of(
    st.one_of(ELEVEN, BIRTHS).map(with_check_digit).filter(bool),
    st.text("0123456789", max_size=14),
    st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=14),
)


@given(st.lists(NUMBERS, max_size=30), st.sampled_from(["S14", "S20"]))
def test_the_array_gives_the_answers_of_the_single_check(texts, width):
    answers = valid_iins(np.array([text.encode() for text in texts], dtype=width))

    assert answers.tolist() == [is_iin(text) for text in texts]


@given(st.lists(st.text("0123456789", max_size=12), max_size=30))
def test_shorter_texts_are_padded_in_the_array(texts):
    answers = valid_iins(np.array([text.encode() for text in texts], dtype="S12"))

    assert answers.tolist() == [is_iin(text) for text in texts]


def test_every_day_of_two_centuries_is_a_date_in_both_checks():
    first = date(1900, 1, 1)
    days = [first + timedelta(days=ahead) for ahead in range(73049)]
    numbers = [f"{day:%y%m%d}{3 if day.year < 2000 else 5}0000" for day in days]
    checked = [number for number in map(with_check_digit, numbers) if number]

    assert len(checked) > 72000
    assert all(map(is_iin, checked))
    assert valid_iins(np.array(checked, dtype="S12")).all()
