"""Persons: found, opened, asked for."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from mhifund.models import Look
from payments.models import Finding
from registry.actions.book import BOOKS
from registry.models import Recheck
from tests.mhifund.office import (
    AIDOS,
    AIGUL,
    ARMAN,
    AT,
    EMPLOYER,
    ON,
    held_category,
    item,
    known,
    register,
)
from tests.registry.actions.world import judged_all

pytestmark = pytest.mark.django_db
MONTHS_2026 = [f"{month:02}2026" for month in range(1, 10)]
SHOWN = {"on": "20.11.2026"}


def paid(iin, months, amount="4250.00"):
    lines = [
        item(f"R{iin[:6]}{month}", iin, month, amount, knp="122", payer=iin) for month in months
    ]
    register(f"{iin}.csv", *lines)


def card(client, person, **query):
    url = reverse("person", args=[person.pk])
    return client.get(url, SHOWN | query, headers={"accept-language": "en"})


def text_of(answer):
    """The page with every space plain and single."""
    return " ".join(answer.content.decode().split())


def test_a_list_of_persons_masks_every_iin(as_role):
    known(AIDOS, AIGUL)
    text = text_of(as_role("auditor").get(reverse("persons"), {"name": "Ғаббасов"}))
    assert "660722••••••" in text
    assert "880809••••••" in text
    assert AIDOS not in text


@pytest.mark.parametrize("iins", [[AIDOS], [AIDOS, ARMAN, AIGUL]])
def test_a_list_of_persons_costs_the_same_for_one_and_for_three(
    as_role, iins, django_assert_num_queries
):
    known(*iins)
    client = as_role("auditor")
    with django_assert_num_queries(9):
        client.get(reverse("persons"), {"name": "Ғаб"})


def test_a_whole_iin_leads_straight_to_the_card(as_role):
    (person,) = known(AIDOS)
    answer = as_role("registry_operator").get(reverse("search"), {"q": AIDOS})
    assert answer["Location"] == reverse("person", args=[person.pk])


def test_a_person_of_another_region_is_not_found_and_not_opened(as_role):
    (person,) = known(AIDOS)
    client = as_role("registry_operator", "63")
    assert "Nothing was found" in text_of(
        client.get(reverse("search"), {"q": AIDOS}, headers={"accept-language": "en"})
    )
    assert card(client, person).status_code == 404
    assert client.post(reverse("whole_iin", args=[person.pk])).status_code == 404
    assert client.get(reverse("month", args=[person.pk, "092026"])).status_code == 404
    assert not Look.objects.exists()


def test_a_business_is_found_by_what_it_paid_within_the_regions(as_role):
    known(AIDOS, ARMAN)
    register(
        "r.csv",
        item("R1", AIDOS, "092026", "100.00"),
        item("R2", ARMAN, "092026", "200.00"),
    )
    client = as_role("registry_operator", "63")
    text = text_of(client.get(reverse("search"), {"q": EMPLOYER}))
    assert "ШМИДТ АРМАН" in text
    assert "ҒАББАСОВ" not in text


def test_opening_a_card_is_written_down(as_role):
    (person,) = known(AIDOS)
    card(as_role("registry_operator"), person)
    assert list(Look.objects.values_list("person", "user__username", "act")) == [
        (person.pk, "registry_operator-0", "card")
    ]


def test_the_iin_is_masked_until_it_is_asked_for_and_asking_is_written_down(as_role):
    (person,) = known(AIDOS)
    client = as_role("registry_operator")
    assert AIDOS not in text_of(card(client, person))
    url = reverse("whole_iin", args=[person.pk])
    assert AIDOS in text_of(client.post(url))
    assert text_of(client.post(url, headers={"hx-request": "true"})) == (
        f'<span class="code">{AIDOS}</span>'
    )
    acts = Look.objects.order_by("id").values_list("act", flat=True)
    assert list(acts) == ["card", "iin", "iin"]


def test_the_iin_is_shown_only_to_a_role_that_may_see_it(as_role):
    (person,) = known(AIDOS)
    client = as_role("analyst")
    assert client.post(reverse("whole_iin", args=[person.pk])).status_code == 403
    assert reverse("whole_iin", args=[person.pk]) in text_of(card(client, person))
    assert client.get(reverse("whole_iin", args=[person.pk])).status_code == 403


def test_asking_for_an_iin_is_no_link(as_role):
    (person,) = known(AIDOS)
    client = as_role("registry_operator")
    assert client.get(reverse("whole_iin", args=[person.pk])).status_code == 405


def test_a_card_tells_status_reason_article_and_both_ways_back(as_role):
    (person,) = known(ARMAN)
    paid(ARMAN, MONTHS_2026)
    text = text_of(card(as_role("registry_operator"), person))
    assert "<strong>not insured</strong>" in text
    assert "3 of the last twelve months are not covered, the first is November 2025." in text
    assert "Law 405-V of 16.11.2015, art. 5" in text
    assert "12 750.00" in text
    assert "51 000.00" in text


def test_a_card_tells_of_a_category(as_role):
    (person,) = known(AIDOS)
    held_category(AIDOS, "pensioner", "2020-01-01")
    answer = card(as_role("registry_operator"), person)
    text = text_of(answer)
    assert "<strong>insured</strong>" in text
    assert "The state pays the contributions: pensioner, war veterans included." in text
    assert [tile["look"] for tile in answer.context["tiles"]] == ["is-good"] * 12


def test_a_card_shows_a_past_day_as_it_was_known_then(as_role):
    (person,) = known(ARMAN)
    client = as_role("registry_operator")
    before = (ON - timedelta(days=1)).strftime("%d.%m.%Y")
    assert "Not known then" in text_of(card(client, person, known=before))
    answer = card(client, person, on="15.03.2020")
    assert "until 30.06.2020" in text_of(answer)
    assert [tile["look"] for tile in answer.context["tiles"]] == [*[""] * 10, "is-bad", ""]


@pytest.mark.parametrize("on", ["31.02.2026", "20.11.0026", "31.12.9999"])
def test_a_day_that_is_none_is_said_and_today_is_shown(as_role, on):
    (person,) = known(ARMAN)
    text = text_of(card(as_role("registry_operator"), person, on=on))
    assert "A day is written 20.11.2026." in text


def test_a_tile_leads_to_the_payments_of_its_month(as_role):
    (person,) = known(ARMAN)
    paid(ARMAN, ["092026"])
    client = as_role("registry_operator")
    url = reverse("month", args=[person.pk, "092026"])
    part = text_of(client.get(url, headers={"hx-request": "true", "accept-language": "en"}))
    assert "Payments for September 2026" in part
    assert "4 250.00" in part
    assert "<html" not in part
    assert "<html" in text_of(client.get(url))
    assert client.get(reverse("month", args=[person.pk, "132026"])).status_code == 404


def test_a_card_derives_what_a_new_category_makes_of_the_payments_before_it_judges(as_role):
    (person,) = known(ARMAN)
    register("r.csv", item("R1", ARMAN, "092026", "4250.00"))
    held_category(ARMAN, "pensioner", "2026-01-01")
    assert not Finding.objects.filter(code="exempt_category").exists()
    card(as_role("auditor"), person)
    assert Finding.objects.filter(code="exempt_category", dropped_at=None).count() == 1
    assert not Recheck.objects.exists()


def test_a_card_does_not_wait_for_a_posting(as_role):
    (person,) = known(ARMAN)
    held_category(ARMAN, "pensioner", "2026-01-01")
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", (BOOKS,))
        assert card(as_role("auditor"), person).status_code == 200
    other.close()
    assert Recheck.objects.filter(person=person).exists()


@pytest.mark.parametrize("tab", ["categories", "payments", "history", "corrections", "looks"])
@pytest.mark.parametrize("months", [1, 3])
def test_a_card_costs_the_same_for_one_payment_and_for_three(
    as_role, tab, months, django_assert_num_queries
):
    (person,) = known(ARMAN)
    paid(ARMAN, MONTHS_2026[:months])
    judged_all(on=ON, at=AT)
    client = as_role("registry_operator")
    queries = {"categories": 20, "payments": 22, "corrections": 22}
    with django_assert_num_queries(queries.get(tab, 21)):
        card(client, person, tab=tab)


def test_all_years_begin_with_the_insurance(as_role):
    (person,) = known(ARMAN)
    answer = card(as_role("registry_operator"), person, years="all")
    assert [year for year, _tiles in answer.context["years"]] == [
        2026,
        2025,
        2024,
        2023,
        2022,
        2021,
        2020,
    ]


def test_the_history_of_looks_cannot_be_edited(as_role):
    (person,) = known(ARMAN)
    card(as_role("registry_operator"), person)
    look = Look.objects.get()
    look.act = "iin"
    with pytest.raises(Exception, match="Cannot update"):
        look.save()


def test_a_moment_is_asked_for_by_its_hour(as_role):
    (person,) = known(ARMAN)
    client = as_role("registry_operator")
    before, after = AT - timedelta(hours=1), AT + timedelta(hours=1)
    asked = [f"{timezone.localtime(moment):%d.%m.%Y %H:%M}" for moment in (before, after)]
    told = [card(client, person, known=moment).context["explained"] for moment in asked]
    assert (told[0], told[1].reason) == (None, "never_paid")


@pytest.mark.parametrize("asked", ["20.11.2026 25:00", "20.11.2026 noon", "11:00"])
def test_a_moment_that_is_none_is_told(as_role, asked):
    (person,) = known(ARMAN)
    assert card(as_role("registry_operator"), person, known=asked).context["asked"].errors


def test_payments_and_history_are_those_known_then(as_role):
    (person,) = known(ARMAN)
    paid(ARMAN, MONTHS_2026[:3])
    judged_all(on=ON, at=AT)
    client = as_role("registry_operator")
    for tab in ("payments", "history"):
        assert card(client, person, tab=tab).context["rows"]
        assert not card(client, person, tab=tab, known="20.11.2026 08:00").context["rows"]
        assert not card(client, person, tab=tab, on="01.10.2026").context["rows"]


def test_a_card_tells_where_to_pay_what_is_missing(as_role):
    (person,) = known(ARMAN)
    text = text_of(card(as_role("registry_operator"), person))
    assert "KZ92009MEDS368609103" in text
    assert "Government Decree 672 of 16.10.2020" in text
