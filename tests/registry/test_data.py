"""What the project ships as the law: complete, consistent, and the same as other sources say."""

from datetime import date, timedelta
from decimal import Decimal

import holidays
import pytest

from registry.rules.law import Code, entries
from tests.law import CALENDAR, LAW, table

PARAMETERS = table("registry/data/parameters.csv")
DAYS = table("registry/data/calendar.csv")
REGIONS = table("registry/data/regions.csv")
CATEGORIES = table("registry/data/categories.csv")
LANGUAGES = ("name_kk", "name_ru", "name_en")


def test_every_parameter_is_there_once_a_day():
    rows = entries(PARAMETERS)

    assert len(PARAMETERS) == 148
    assert len({(row.code, row.since) for row in rows}) == len(rows)
    assert {row.code for row in rows} == set(Code)


def test_what_ends_is_not_in_force_from_the_next_day():
    begun = {(line["code"], line["valid_from"]) for line in PARAMETERS}
    rows = [(row.code, row.since.isoformat(), row.value, row.text) for row in entries(PARAMETERS)]

    assert [row for row in rows if row[:2] not in begun] == [
        ("AGGREGATE_PAYMENT_CITY", "2024-01-01", None, ""),
        ("AGGREGATE_PAYMENT_MHI_SHARE", "2024-01-01", None, ""),
        ("AGGREGATE_PAYMENT_VILLAGE", "2024-01-01", None, ""),
        ("BASE_ENTREPRENEUR", "2018-01-01", None, ""),
        ("MRP", "2027-01-01", None, ""),
        ("RATE_STATE_CONTRIBUTION", "2028-01-01", None, ""),
        ("SINGLE_PAYMENT_RATE", "2027-01-01", None, ""),
        ("TRANSITION_INDEPENDENT_MIN_MONTHS", "2021-07-01", None, ""),
        ("TRANSITION_OPEN_RIGHT", "2020-07-01", None, ""),
    ]


def test_every_parameter_says_where_it_comes_from():
    assert [row for row in PARAMETERS if not row["source"] or not row["unit"]] == []
    assert {row["confidence"] for row in PARAMETERS} == {"high", "medium", "low", "none"}
    assert [row["code"] for row in PARAMETERS if row["article"] and not row["act"]] == []


def test_only_the_unknown_has_no_confidence():
    unknown = [(row["code"], row["valid_from"]) for row in PARAMETERS if row["value"] == "UNKNOWN"]

    assert unknown == [
        ("MW", "2027-01-01"),
        ("SINGLE_PAYMENT_SHARE_EMPLOYEE", "2026-01-01"),
        ("SINGLE_PAYMENT_SHARE_EMPLOYER", "2026-01-01"),
    ]


@pytest.mark.parametrize(
    ("code", "value"),
    [
        (Code.STATUS_MONTHS_REQUIRED, 12),
        (Code.STATUS_GRACE_MONTHS, 3),
        (Code.STATUS_GRACE_MONTHS_LONG, 6),
        (Code.STATUS_REGULARITY_MONTHS, 60),
        (Code.STATUS_PREPAY_MONTHS, 12),
        (Code.PAYMENT_DUE_DAY, 25),
        (Code.PERIOD_AHEAD_MONTHS, 12),
        (Code.REFUND_SC_CHECK, 5),
        (Code.REFUND_FUND_REVIEW, 7),
        (Code.REFUND_TOTAL_PUBLIC_FMS, 15),
    ],
)
def test_the_numbers_of_the_status_and_the_terms_today(code, value):
    assert LAW.count(code, date(2026, 11, 20)) == value


@pytest.mark.parametrize(
    ("year", "entrepreneur", "independent"),
    [
        (2020, "2975", "2125"),
        (2021, "2975", "2125"),
        (2022, "4200", "3000"),
        (2023, "4900", "3500"),
        (2024, "5950", "4250"),
        (2025, "5950", "4250"),
        (2026, "5950", "4250"),
    ],
)
def test_the_monthly_sums_of_the_leaflets_follow(year, entrepreneur, independent):
    def sum_of(rate: Code, base: Code) -> Decimal:
        day = date(year, 12, 31)
        return LAW.rate(rate, day) * LAW.number(base, day) * LAW.number(Code.MW, day)

    assert sum_of(Code.RATE_ENTREPRENEUR, Code.BASE_ENTREPRENEUR) == Decimal(entrepreneur)
    assert sum_of(Code.RATE_INDEPENDENT, Code.BASE_INDEPENDENT) == Decimal(independent)


@pytest.mark.parametrize(
    ("year", "employer", "employee"),
    [
        (2017, "3668.85", "0"),
        (2018, "6363.9", "0"),
        (2019, "9562.5", "0"),
        (2020, "8500", "4250"),
        (2021, "8500", "8500"),
        (2022, "18000", "12000"),
        (2023, "21000", "14000"),
        (2024, "25500", "17000"),
        (2025, "25500", "17000"),
        (2026, "102000", "34000"),
    ],
)
def test_the_published_highest_months_follow(year, employer, employee):
    def highest(rate: Code, cap: Code) -> Decimal:
        day = date(year, 12, 31)
        return LAW.rate(rate, day) * LAW.number(cap, day) * LAW.number(Code.MW, day)

    assert highest(Code.RATE_EMPLOYER_DEDUCTION, Code.CAP_BASE_EMPLOYER) == Decimal(employer)
    assert highest(Code.RATE_EMPLOYEE_CONTRIBUTION, Code.CAP_BASE_EMPLOYEE) == Decimal(employee)


YEARS = {
    2017: 245,
    2018: 246,
    2019: 246,
    2020: 246,
    2021: 245,
    2022: 246,
    2023: 246,
    2024: 249,
    2025: 246,
    2026: 247,
    2027: 247,
}


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=ahead) for ahead in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize(("year", "working"), YEARS.items())
def test_a_year_has_its_working_days(year, working):
    assert sum(map(CALENDAR.is_working, days_of(year))) == working


@pytest.mark.parametrize("year", YEARS)
def test_the_calendar_agrees_with_the_holidays_library(year):
    library = holidays.country_holidays("KZ", years=year)

    assert [day for day in days_of(year) if CALENDAR.is_working(day)] == [
        day for day in days_of(year) if library.is_working_day(day)
    ]


def test_the_calendar_has_only_days_that_change_something():
    days = [date.fromisoformat(row["day"]) for row in DAYS]

    assert days == sorted(set(days))
    assert [
        row["day"]
        for day, row in zip(days, DAYS, strict=True)
        if row["kind"] != ("off" if day.weekday() < 5 else "worked")
    ] == []
    assert {row["moved"] for row in DAYS if row["kind"] == "worked"} == {"no"}


def test_an_estimated_day_says_so():
    assert {row["day"]: row["name_en"] for row in DAYS if "estimated" in row["name_en"]} == {
        "2026-05-27": "Kurban Ait (estimated day)"
    }


def test_twenty_regions_are_there_and_one_is_history():
    assert len(REGIONS) == 21
    assert {row["code"]: row["until"] for row in REGIONS if row["until"]} == {"51": "2018-06-18"}
    assert {row["code"]: row["since"] for row in REGIONS if row["since"]} == {
        "10": "2022-06-08",
        "33": "2022-06-08",
        "61": "2018-06-19",
        "62": "2022-06-08",
        "79": "2018-06-19",
    }


def test_categories_belong_to_their_group_from_their_day():
    groups = [(row["code"], row["group"], row["since"]) for row in CATEGORIES]
    start = "2017-07-01"

    assert groups == [
        ("child", "state_paid", start),
        ("unemployed", "state_paid", start),
        ("unemployed", "local_paid", "2026-01-01"),
        ("pregnant", "state_paid", start),
        ("child_under_3", "state_paid", start),
        ("childcare_leave", "state_paid", start),
        ("disabled_child_carer", "state_paid", start),
        ("disabled_carer", "state_paid", "2022-03-28"),
        ("pensioner", "state_paid", start),
        ("prisoner", "state_paid", start),
        ("detainee", "state_paid", start),
        ("kandas", "state_paid", start),
        ("mother_of_many", "state_paid", start),
        ("disabled", "state_paid", start),
        ("student", "state_paid", start),
        ("targeted_aid", "state_paid", "2020-01-01"),
        ("low_income", "local_paid", "2026-01-01"),
        ("military", "exempt", start),
        ("law_enforcement", "exempt", start),
        ("special_state", "exempt", start),
        ("civil_protection", "exempt", start),
        ("employee", "payer", start),
        ("entrepreneur", "payer", start),
        ("private_practice", "payer", start),
        ("farm_head", "payer", start),
        ("civil_contract", "payer", start),
        ("assistant", "payer", start),
        ("self_employed", "payer", start),
        ("independent", "payer", start),
    ]


def test_a_category_has_one_set_of_names():
    names = {row["code"]: [row[language] for language in LANGUAGES] for row in CATEGORIES}

    assert all(
        names[row["code"]] == [row[language] for language in LANGUAGES] for row in CATEGORIES
    )
    assert len({tuple(each) for each in names.values()}) == len(names)


@pytest.mark.parametrize("rows", [REGIONS, CATEGORIES, DAYS], ids=["regions", "categories", "days"])
def test_everything_has_a_name_in_three_languages(rows):
    assert [row for row in rows if not all(row[language].strip() for language in LANGUAGES)] == []
