"""Refunds on the cards of persons and payers, and in the search field."""

import json

import pytest
from django.urls import reverse

from registry.models import Person
from tests.payments.actions.office import EMPLOYER, FIRST, OTHER_EMPLOYER, SECOND
from tests.refunds.actions.office import asks, confirmed, load, small_world, under_review

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def world(db):
    small_world()


def _of(payer, *wanted):
    """A file with applications of a business."""
    applicant = {"id": payer, "name": "ТОО «АЛҒА»", "phone": "", "email": ""}
    return json.dumps([asks(*one, applicant=applicant) for one in wanted]).encode()


def card(client, iin, **query):
    url = reverse("person", args=[Person.objects.get(iin=iin).pk])
    return client.get(url, {"tab": "refunds"} | query, headers=ENGLISH)


def search(client, text):
    return client.get(reverse("search"), {"q": text}, headers=ENGLISH)


def test_the_card_of_a_person_lists_what_is_overpaid_and_asked_back(as_role):
    application, (line,) = confirmed("A1", "R1")
    text = card(as_role("refund_officer"), FIRST).content.decode()
    assert f'/refunds/{application.pk}/?line={line.pk}#line-{line.pk}">A1 / 1</a>' in text
    assert "above the due sum" in text
    assert "to be paid" in text
    text = card(as_role("refund_head"), SECOND).content.decode()
    assert "Nothing overpaid, nothing asked back" in text


def test_who_may_not_see_cases_or_overpayments_sees_none_on_the_card(as_role):
    under_review("A1", "R1")
    rows = card(as_role("reconciliation_officer"), FIRST).context["rows"]
    assert (len(rows["lines"]), len(rows["overpayments"])) == (0, 4)
    answer = card(as_role("registry_operator"), FIRST)
    assert {name: len(found) for name, found in answer.context["rows"].items()} == {
        "lines": 0,
        "overpayments": 0,
    }
    assert "tab=refunds#more" not in answer.content.decode()


def test_a_past_card_tells_what_was_known_then(as_role):
    under_review("A1", "R1")
    client = as_role("auditor")
    rows = card(client, FIRST, known="22.11.2026").context["rows"]
    assert (len(rows["lines"]), len(rows["overpayments"])) == (0, 4)
    rows = card(client, FIRST, known="19.11.2026").context["rows"]
    assert (len(rows["lines"]), len(rows["overpayments"])) == (0, 0)


def test_the_card_of_a_payer_lists_its_applications(as_role):
    load(_of(EMPLOYER, ("A1", "R1")))
    under_review("A2", "R2")
    url = reverse("payer", args=[EMPLOYER])
    answer = as_role("refund_officer").get(url, headers=ENGLISH)
    assert [(row.number, row.asked, row.back) for row in answer.context["refunds"]] == [
        ("A1", 5750, 0)
    ]
    assert "sent to the Fund" in answer.content.decode()
    assert list(as_role("treasurer").get(url).context["refunds"]) == []


def test_the_search_field_leads_to_an_application_by_its_number(as_role):
    application, _lines = under_review("2026-00001", "R1")
    url = reverse("refund", args=[application.pk])
    assert search(as_role("refund_officer"), "2026-00001")["Location"] == url
    text = search(as_role("reconciliation_officer"), "2026-00001").content.decode()
    assert "Nothing was found" in text
    assert (
        "Nothing was found" in search(as_role("refund_head", "62"), "2026-00001").content.decode()
    )


def test_the_search_field_finds_the_applications_of_a_business_that_paid_nothing(as_role):
    load(_of(OTHER_EMPLOYER, ("A1", "R1"), ("A2", "R2")))
    answer = search(as_role("refund_officer"), OTHER_EMPLOYER)
    assert [row.number for row in answer.context["applications"]] == ["A2", "A1"]
