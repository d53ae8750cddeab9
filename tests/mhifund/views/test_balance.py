"""A day's balance on the page and as a file."""

import pytest
from django.urls import reverse

from tests.mhifund.office import AIDOS, item, known, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def day():
    known(AIDOS)
    register("r.csv", item("R1", AIDOS, "092026", "100.00"), item("R2", AIDOS, "132026", "50.00"))


def page(client, **query):
    return client.get(reverse("balance"), query, headers={"accept-language": "en"})


def test_the_latest_day_of_crediting_is_shown_and_another_can_be_asked(as_role, day):
    client = as_role("treasurer")
    answer = page(client)
    text = answer.content.decode()
    assert "Balance of 06.10.2026" in text
    assert "There is no bank statement of this day yet." in text
    assert answer.context["balance"].unexplained == 0
    other = page(client, on="07.10.2026")
    assert other.context["balance"].registers.items == 0
    assert "Balance of 06.10.2026" in page(client, on="x").content.decode()


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_balance_is_taken_away(as_role, day, form):
    answer = page(as_role("refund_head"), form=form)
    assert f"balance-2026-10-06.{form}" in answer["Content-Disposition"]
    if form == "csv":
        assert "Exceptions: open;1;50,00" in answer.content.decode()


def test_who_may_not_see_files_sees_no_balance(as_role):
    assert page(as_role("registry_operator")).status_code == 403


def test_the_balance_costs_the_same_however_much_came(as_role, day, django_assert_max_num_queries):
    client = as_role("treasurer")
    with django_assert_max_num_queries(14):
        page(client)
