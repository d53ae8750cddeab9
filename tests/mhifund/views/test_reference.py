"""What the law and the calendar say, as tables."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import CalendarDay, Parameter
from tests.registry.proposals import changed

pytestmark = pytest.mark.django_db


def series_of(answer, code):
    rows = [row for topic in answer.context["topics"] for row in topic["series"]]
    return next(row for row in rows if row["code"] == code)


def test_every_parameter_stands_under_one_topic(as_role):
    answer = as_role("treasurer").get(reverse("parameters"))
    shown = [row["code"] for topic in answer.context["topics"] for row in topic["series"]]
    assert sorted(shown) == sorted(set(Parameter.objects.values_list("code", flat=True)))


def test_the_value_in_force_is_the_latest_that_has_begun(as_role):
    tomorrow = date(2999, 1, 1)
    changed("MW", 1, tomorrow, unit="KZT")
    row = series_of(as_role("treasurer").get(reverse("parameters")), "MW")
    assert row["current"].since < tomorrow
    assert row["values"][0].since == tomorrow


def test_a_year_has_its_days_off_and_its_worked_weekends(as_role):
    answer = as_role("treasurer").get(reverse("calendar"), {"year": "2017"})
    march = answer.context["months"][2]["weeks"]
    kinds = {cell["day"].day: cell["kind"] for week in march for cell in week if cell}
    assert [kinds[day] for day in (7, 8, 18, 19)] == ["plain", "off", "worked", "weekend"]
    assert march[0][:2] == [None, None]


@pytest.mark.parametrize("year", ["", "1999", "abcd", "٢٠٢٦", "20266"])
def test_a_year_that_is_none_shows_this_year(as_role, year):
    answer = as_role("treasurer").get(reverse("calendar"), {"year": year})
    assert answer.context["year"] == timezone.localdate().year


@pytest.mark.parametrize(
    ("page", "queries"),
    [
        ("parameters", 8),
        ("categories", 9),
        ("calendar", 9),
        ("purpose_codes", 7),
        ("reasons", 8),
        ("regions", 8),
    ],
)
def test_a_page_of_reference_costs_a_fixed_number_of_queries(
    as_role, page, queries, django_assert_num_queries
):
    CalendarDay.objects.filter(day__year__lt=2020).delete()
    client = as_role("treasurer")
    with django_assert_num_queries(queries):
        client.get(reverse(page))
