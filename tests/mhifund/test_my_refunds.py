"""What of refunds waits for a user on the first page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from mhifund import my_refunds
from mhifund.models import Profile
from refunds.actions import cases, clocks, payouts
from refunds.models import Application
from tests.mhifund.office import staff
from tests.refunds.actions.office import (
    AT,
    confirmed,
    decided,
    head,
    officer,
    seen,
    small_world,
    under_review,
)

pytestmark = pytest.mark.django_db

DUE = datetime(2026, 12, 2, tzinfo=UTC).date()
"""The last day of the review of what came to the Fund on 23.11.2026."""


@pytest.fixture(autouse=True)
def world(db):
    small_world()
    with override("en"):
        yield


def cases_of(user, on=DUE):
    found = my_refunds.waiting_for(user, on)
    return [(row.number, clock.words) for row, clock in found["cases"]], found["soon"]


def of_the_country(user):
    Profile.objects.get_or_create(user=user)
    return user


def give(application, user):
    Application.objects.filter(pk=application.pk).update(owner=user)


def test_an_officer_has_their_cases_by_days_left_the_overdue_ones_first():
    one, two = of_the_country(officer()), staff("refund_officer")
    for number, reference, accepted in [
        ("A1", "R1", "2026-11-16"),
        ("A2", "R2", "2026-11-17"),
        ("A3", "R3", "2026-11-18"),
    ]:
        application, _lines = under_review(number, reference, accepted_on=accepted)
        give(application, two if number == "A3" else one)
    Application.objects.filter(number="A2").update(review_due=DUE - timedelta(days=2))
    assert cases_of(one) == ([("A2", "2 working days overdue"), ("A1", "due today")], 2)
    assert cases_of(one, DUE - timedelta(days=5)) == (
        [("A2", "1 working day left"), ("A1", "3 working days left")],
        1,
    )
    assert cases_of(two) == ([("A3", "due today")], 1)


def test_a_case_whose_clocks_stand_warns_nobody():
    application, _lines = under_review("A1", "R1")
    give(application, of_the_country(officer()))
    clocks.pause(application.pk, "court", by=officer(), at=AT, note="x")
    assert cases_of(officer()) == ([("A1", "the clocks stand")], 0)


def test_a_head_has_what_waits_to_be_confirmed_too():
    decided("A1", "R1")
    under_review("A2", "R2")
    assert cases_of(of_the_country(head())) == ([("A1", "due today")], 1)
    assert cases_of(of_the_country(officer())) == ([], 0)


def test_what_came_to_its_end_waits_for_nobody():
    application, _lines = under_review("A1", "R1")
    give(application, of_the_country(officer()))
    cases.step(application.pk, "withdraw", by=officer(), at=AT, note="x")
    assert cases_of(officer()) == ([], 0)
    assert my_refunds.waiting_for(officer(), DUE)["waiting"] == []


def batches_of(user):
    return [
        (batch.state, sums["lines"]) for batch, sums in my_refunds.waiting_for(user, DUE)["payouts"]
    ]


def test_a_batch_waits_for_the_person_of_its_next_step():
    _application, lines = confirmed("A1", "R1", "R2")
    batch, _told = payouts.prepare(seen(lines), by=officer(), at=AT)
    one, treasurer = of_the_country(head()), staff("treasurer")
    elsewhere = staff("refund_head", "75")
    assert [batches_of(user) for user in (one, treasurer, elsewhere)] == [
        *([("prepared", 2)], []),
        [],
    ]
    payouts.step(batch.pk, "confirm", by=one, at=AT)
    assert [batches_of(user) for user in (one, treasurer)] == [[], [("confirmed", 2)]]
    one.groups.add(*treasurer.groups.all())
    assert batches_of(type(one).objects.get(pk=one.pk)) == []


def test_all_that_is_open_is_drawn_by_days_left():
    under_review("A1", "R1")
    found = my_refunds.waiting_for(staff("analyst"), DUE)
    assert list(found) == ["waiting"]
    assert [(str(row["label"]), row["n"], row["percent"]) for row in found["waiting"]] == [
        ("overdue", 0, "0.0%"),
        ("due today", 1, "100.0%"),
        ("1 to 3 working days", 0, "0.0%"),
        ("4 to 7 working days", 0, "0.0%"),
        ("more than 7 working days", 0, "0.0%"),
        ("the clocks stand", 0, "0.0%"),
    ]
    assert my_refunds.waiting_for(staff("reconciliation_officer"), DUE) == {}


@pytest.mark.parametrize(
    ("role", "said", "not_said"),
    [
        ("refund_officer", "My queue", "Payouts that wait for you"),
        ("treasurer", "Payouts that wait for you", "My queue"),
        ("analyst", "Refund cases by days left", "My queue"),
        ("registry_operator", "Today", "Refund cases by days left"),
    ],
)
def test_the_first_page_shows_each_role_its_own(as_role, role, said, not_said):
    under_review("A1", "R1")
    text = as_role(role).get(reverse("today"), headers={"accept-language": "en"}).content.decode()
    assert said in text
    assert not_said not in text
