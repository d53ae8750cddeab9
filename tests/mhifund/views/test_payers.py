"""The card of a payer: months by purpose code, late and uneven ones, and for whom it stopped."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.rules import months
from tests.mhifund.office import AIDOS, AIGUL, ARMAN, EMPLOYER, item, known, register

pytestmark = pytest.mark.django_db


def month(before):
    """A month before this one, as a period and as its first day."""
    number = months.number(timezone.localdate()) - before
    return months.period(number), months.first(number)


@pytest.fixture
def paid():
    """The employer paid for three, then for two; one item has no month and one came twice."""
    known(AIDOS, ARMAN, AIGUL)
    earlier, later = month(3)[0], month(2)[0]
    register(
        "a.csv",
        item("R1", AIDOS, earlier, "5000.00"),
        item("R2", ARMAN, earlier, "5000.00"),
        item("R3", AIGUL, earlier, "5000.00"),
        item("R4", AIDOS, later, "5000.00"),
        item("R5", ARMAN, later, "5000.00"),
        item("R6", ARMAN, later, "3000.00", knp="122"),
        item("R7", ARMAN, later, "5000.00"),
        item("R8", ARMAN, "132026", "70.00"),
    )


def card(client, number=EMPLOYER):
    return client.get(reverse("payer", args=[number]), headers={"accept-language": "en"})


def test_months_have_their_sums_and_heads_by_purpose_code(as_role, paid):
    answer = card(as_role("reconciliation_officer"))
    assert answer.context["knps"] == ["121", "122"]
    assert len(answer.context["months"]) == 24
    rows = {row.first: cells for row, cells in answer.context["months"]}
    nothing = (None, 0)
    assert rows[month(1)[1]] == [nothing, nothing]
    assert rows[month(2)[1]] == [(Decimal(15000), 2), (Decimal(3000), 1)]
    assert rows[month(3)[1]] == [(Decimal(15000), 3), nothing]
    assert answer.context["latest"] == month(2)[1]
    assert "ТОО «ҮЛГІ»" in answer.content.decode()


def test_for_whom_it_stopped_what_is_overpaid_and_what_waits(as_role, paid):
    answer = card(as_role("reconciliation_officer"))
    assert [person.iin for person in answer.context["stopped"]] == [AIGUL]
    assert [row.cause for row in answer.context["overpayments"]] == ["duplicate"]
    assert [row.codes for row in answer.context["exceptions"]] == [["bad_period"]]
    (mismatched,) = [row for row, _cells in answer.context["months"] if row.mismatched]
    assert mismatched.first == month(2)[1]


def test_a_user_of_one_region_sees_what_was_paid_there(as_role, paid):
    answer = card(as_role("reconciliation_officer", "63"))
    rows = {row.first: cells for row, cells in answer.context["months"]}
    assert rows[month(3)[1]][0] == (Decimal(10000), 2)


def test_the_search_leads_to_the_payer(as_role, paid):
    url = reverse("payer", args=[EMPLOYER])
    assert as_role("treasurer").get(reverse("search"), {"q": EMPLOYER})["Location"] == url


def test_what_is_no_payer_is_no_page_and_one_without_payments_is_empty(as_role):
    client = as_role("treasurer")
    assert card(client, "123").status_code == 404
    assert card(client, "160940025485").context["latest"] is None


def test_a_payer_costs_the_same_however_many_it_pays_for(
    as_role, paid, django_assert_max_num_queries
):
    client = as_role("reconciliation_officer")
    with django_assert_max_num_queries(24):
        card(client)


def test_late_months_have_their_penalty_for_information(as_role):
    known(ARMAN)
    register("a.csv", item("R1", ARMAN, "062026", "5000.00"))
    answer = card(as_role("treasurer"))
    assert answer.context["debts"] == Decimal(5000)
    assert answer.context["penalties"] > 0
    assert [row.first for row, _cells in answer.context["months"] if row.late] == [date(2026, 6, 1)]
