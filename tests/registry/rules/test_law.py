from datetime import date
from decimal import Decimal

import pytest

from registry.rules.law import Code, Entry, Law, NotInForce, Row, entries
from registry.rules.timeline import Timeline
from tests.law import LAW

D = date


@pytest.mark.parametrize(
    ("code", "day", "value"),
    [
        (Code.MW, D(2017, 1, 1), "24459"),
        (Code.MW, D(2018, 12, 31), "28284"),
        (Code.MW, D(2019, 1, 1), "42500"),
        (Code.MW, D(2021, 12, 31), "42500"),
        (Code.MW, D(2022, 1, 1), "60000"),
        (Code.MW, D(2023, 12, 31), "70000"),
        (Code.MW, D(2024, 1, 1), "85000"),
        (Code.MW, D(2026, 12, 31), "85000"),
        (Code.RATE_EMPLOYER_DEDUCTION, D(2017, 12, 31), "1.0"),
        (Code.RATE_EMPLOYER_DEDUCTION, D(2019, 12, 31), "1.5"),
        (Code.RATE_EMPLOYER_DEDUCTION, D(2020, 1, 1), "2.0"),
        (Code.RATE_EMPLOYER_DEDUCTION, D(2021, 12, 31), "2.0"),
        (Code.RATE_EMPLOYER_DEDUCTION, D(2022, 1, 1), "3.0"),
        (Code.RATE_EMPLOYEE_CONTRIBUTION, D(2019, 12, 31), "0"),
        (Code.RATE_EMPLOYEE_CONTRIBUTION, D(2020, 12, 31), "1.0"),
        (Code.RATE_EMPLOYEE_CONTRIBUTION, D(2021, 1, 1), "2.0"),
        (Code.CAP_BASE_EMPLOYER, D(2019, 12, 31), "15"),
        (Code.CAP_BASE_EMPLOYER, D(2025, 12, 31), "10"),
        (Code.CAP_BASE_EMPLOYER, D(2026, 1, 1), "40"),
        (Code.CAP_BASE_EMPLOYEE, D(2026, 1, 1), "20"),
        (Code.BASE_ENTREPRENEUR, D(2020, 1, 1), "1.4"),
        (Code.BASE_RATE, D(2026, 7, 26), "17.0"),
        (Code.BASE_RATE, D(2026, 7, 27), "16.75"),
    ],
)
def test_each_value_holds_to_the_day_before_the_next(code, day, value):
    assert LAW.number(code, day) == Decimal(value)


@pytest.mark.parametrize(
    ("code", "day"),
    [
        pytest.param(Code.MW, D(2016, 12, 31), id="before the first"),
        pytest.param(Code.MW, D(2027, 1, 1), id="unknown in the file"),
        pytest.param(Code.MRP, D(2027, 1, 1), id="ended without a next row"),
        pytest.param(Code.BASE_ENTREPRENEUR, D(2018, 1, 1), id="a gap begins"),
        pytest.param(Code.BASE_ENTREPRENEUR, D(2019, 12, 31), id="a gap ends"),
        pytest.param(Code.RATE_INDEPENDENT, D(2019, 12, 31), id="not yet"),
        pytest.param(Code.SINGLE_PAYMENT_SHARE_EMPLOYER, D(2026, 1, 1), id="unknown share"),
        pytest.param(Code.AGGREGATE_PAYMENT_CITY, D(2024, 1, 1), id="abolished"),
        pytest.param(Code.TRANSITION_OPEN_RIGHT, D(2020, 7, 1), id="a text that ended"),
        pytest.param(Code.REFUND_TOTAL_PUBLIC_FMS, D(2019, 4, 25), id="no overall term yet"),
    ],
)
def test_what_is_not_in_force_says_so_by_name(code, day):
    with pytest.raises(NotInForce) as error:
        LAW[code].on(day)

    assert (error.value.what, error.value.day) == (code, day)


def test_a_rate_is_a_fraction():
    assert LAW.rate(Code.RATE_EMPLOYER_DEDUCTION, D(2026, 1, 1)) == Decimal("0.03")


def test_days_and_texts_are_what_they_are():
    assert LAW.day(Code.FIRST_PERIOD_CONTRIBUTION, D(2026, 1, 1)) == D(2020, 1, 1)
    assert LAW[Code.TRANSITION_OPEN_RIGHT].on(D(2020, 6, 30)) == "everyone"
    assert LAW[Code.FUND_BIN].on(D(2026, 1, 1)) == "160940025485"


def test_a_value_of_another_nature_is_refused():
    with pytest.raises(TypeError, match="FUND_BIN is no number"):
        LAW.number(Code.FUND_BIN, D(2026, 1, 1))
    with pytest.raises(TypeError, match="MW is no day"):
        LAW.day(Code.MW, D(2026, 1, 1))


def test_a_value_has_its_unit():
    assert LAW.unit(Code.REFUND_SC_CHECK, D(2019, 4, 25)) == "working_days"
    assert LAW.unit(Code.REFUND_SC_CHECK, D(2019, 4, 26)) == "operational_days"


def test_a_code_without_rows_is_in_force_on_no_day():
    law = Law.of([])

    assert law[Code.MW] == Timeline.of([])
    with pytest.raises(NotInForce, match="MW is not in force on 2020-01-01"):
        law.number(Code.MW, D(2020, 1, 1))
    with pytest.raises(NotInForce, match="MW is not in force on 2020-01-01"):
        law.unit(Code.MW, D(2020, 1, 1))


def test_a_law_is_made_of_plain_tuples_too():
    law = Law.of([("MW", D(2020, 1, 1), Decimal(42500), "")])

    assert law[Code.MW].on(D(2020, 1, 1)) == Decimal(42500)


def test_an_unknown_code_is_an_error():
    with pytest.raises(ValueError, match="MINIMUM"):
        Law.of([Row("MINIMUM", D(2020, 1, 1), Decimal(1))])


def test_days_are_cut_where_any_of_the_codes_changes():
    codes = (Code.BASE_RATE, Code.MW)

    assert LAW.spans(codes, D(2021, 12, 31), D(2022, 1, 25)) == [
        (D(2021, 12, 31), D(2021, 12, 31)),
        (D(2022, 1, 1), D(2022, 1, 24)),
        (D(2022, 1, 25), D(2022, 1, 25)),
    ]
    assert LAW.spans(codes, D(2022, 1, 2), D(2022, 1, 1)) == []


def line(**given: str) -> dict[str, str]:
    empty = {"act": "", "article": "", "source": "leaflet", "confidence": "high", "valid_to": ""}
    return {"code": "MW", "value": "1", "unit": "KZT", "valid_from": "2020-01-01", **empty, **given}


def entry(since: date, value: int | None, text: str = "", unit: str = "KZT") -> Entry:
    number = None if value is None else Decimal(value)
    return Entry("MW", since, number, text, unit, "", "", "leaflet", "high")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([line()], [entry(D(2020, 1, 1), 1)], id="open-ended"),
        pytest.param(
            [line(valid_to="2020-12-31")],
            [entry(D(2020, 1, 1), 1), entry(D(2021, 1, 1), None)],
            id="a last day that no row follows",
        ),
        pytest.param(
            [line(valid_to="2020-12-31"), line(valid_from="2021-01-01", value="2")],
            [entry(D(2020, 1, 1), 1), entry(D(2021, 1, 1), 2)],
            id="the next row on the next day",
        ),
        pytest.param(
            [line(valid_to="2020-12-31"), line(valid_from="2021-01-02", value="2")],
            [entry(D(2020, 1, 1), 1), entry(D(2021, 1, 1), None), entry(D(2021, 1, 2), 2)],
            id="a gap of one day",
        ),
        pytest.param(
            [line(valid_to="2020-12-31"), line(valid_from="2021-01-01", value="UNKNOWN")],
            [entry(D(2020, 1, 1), 1), entry(D(2021, 1, 1), None)],
            id="unknown from the next day",
        ),
        pytest.param(
            [line(value="UNKNOWN", valid_to="2020-12-31")],
            [entry(D(2020, 1, 1), None)],
            id="unknown and then nothing",
        ),
        pytest.param(
            [line(value="everyone", unit="text", valid_to="2020-06-30")],
            [
                entry(D(2020, 1, 1), None, "everyone", "text"),
                entry(D(2020, 7, 1), None, "", "text"),
            ],
            id="a text that ends",
        ),
    ],
)
def test_a_last_day_in_the_file_becomes_not_in_force(lines, expected):
    assert entries(lines) == expected
