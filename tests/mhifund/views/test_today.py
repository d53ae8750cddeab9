"""The first page: what the night changed, within the regions of who looks."""

import json
from datetime import date, timedelta

import pytest
from django.urls import reverse

from mhifund.models import Receipts
from mhifund.receipts import count_receipts
from tests.mhifund.office import AIDOS, AIGUL, ARMAN, AT, ON, held_category, item, known, register
from tests.registry.actions.world import judged_all

pytestmark = pytest.mark.django_db


def today(client):
    return client.get(reverse("today"), headers={"accept-language": "en"})


def test_before_the_first_night_the_page_says_what_comes(as_role):
    assert "No night has run yet" in today(as_role("treasurer")).content.decode()


def test_the_night_is_counted_by_status_and_by_reason(as_role):
    known(AIDOS, ARMAN, AIGUL)
    held_category(AIDOS, "pensioner", "2020-01-01")
    judged_all(on=ON, at=AT)
    seen = today(as_role("treasurer")).context
    assert seen["by_status"] == [("insured", 1), ("grace", 0), ("not_insured", 2)]
    assert [(row["reason"], row["n"], row["percent"]) for row in seen["by_reason"]] == [
        ("never_paid", 2, "100.0%"),
        ("state_paid", 1, "50.0%"),
    ]


def test_a_user_of_a_region_sees_its_figures_alone(as_role):
    known(AIDOS, ARMAN, AIGUL)
    judged_all(on=ON, at=AT)
    seen = today(as_role("treasurer", "62")).context
    assert seen["judged"] == 1
    assert "reports" not in seen


def test_what_changed_is_told_as_it_was_and_as_it_is(as_role):
    known(AIDOS, ARMAN)
    judged_all(on=ON - timedelta(days=1), at=AT)
    held_category(AIDOS, "pensioner", "2020-01-01")
    judged_all(on=ON, at=AT)
    assert today(as_role("treasurer")).context["moves"] == [
        {
            "old_status": "not_insured",
            "old_reason": "never_paid",
            "status": "insured",
            "reason": "state_paid",
            "n": 1,
        }
    ]


def test_nights_become_lines_of_a_chart(as_role):
    known(AIDOS, ARMAN)
    for days in (2, 1):
        judged_all(on=ON - timedelta(days=days), at=AT)
    chart = json.loads(today(as_role("treasurer")).context["nights"])
    assert chart["labels"] == ["18.11", "19.11"]
    assert [(row["look"], row["values"]) for row in chart["series"]] == [
        ("insured", [0, 0]),
        ("grace", [0, 0]),
        ("not_insured", [2, 2]),
    ]


def test_receipts_become_bars_by_month_and_purpose_code(as_role):
    for month, knp, amount in [(9, "121", 2_500_000), (9, "122", 1_000_000), (10, "121", 0)]:
        Receipts.objects.create(month=date(2026, month, 1), knp=knp, items=1, amount=amount)
    chart = json.loads(today(as_role("treasurer")).context["receipts"])
    assert chart["labels"] == ["09.26", "10.26"]
    assert [(row["label"], row["values"]) for row in chart["series"]] == [
        ("121", [2.5, 0.0]),
        ("122", [1.0, 0.0]),
    ]


def test_receipts_are_counted_from_what_was_posted_and_no_second_time():
    known(AIDOS)
    register("r.csv", item("R1", AIDOS, "092026", "100.00"), item("R2", AIDOS, "082026", "7.50"))
    register("held.csv", item("R3", AIDOS, "092026", "100.00"), total="1.00")
    count_receipts()
    count_receipts()
    assert list(Receipts.objects.values_list("month", "knp", "items", "amount")) == [
        (date(2026, 10, 1), "121", 2, 107.50)
    ]


@pytest.mark.parametrize("iins", [[AIDOS], [AIDOS, ARMAN, AIGUL]])
def test_the_page_costs_the_same_for_one_person_and_for_three(
    as_role, iins, django_assert_num_queries
):
    known(*iins)
    for iin in iins:
        register(f"{iin}.csv", item(f"R{iin}", iin, "092026", "100.00"))
    judged_all(on=ON, at=AT)
    client = as_role("treasurer")
    with django_assert_num_queries(16):
        today(client)
