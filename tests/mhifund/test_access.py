"""Whom a user may see."""

import pytest
from django.contrib.auth import get_user_model

from mhifund import access
from payments.actions import exceptions
from payments.models import ExceptionEvent, ExceptionItem
from tests.mhifund.office import AIDOS, ARMAN, AT, item, known, register, staff

pytestmark = pytest.mark.django_db


def seen(user):
    return [person.iin for person in access.persons_for(user).order_by("iin")]


def test_without_regions_a_user_sees_the_whole_country():
    known(AIDOS, ARMAN)
    assert seen(staff("registry_operator")) == [AIDOS, ARMAN]


def test_with_a_region_a_user_sees_its_persons_only():
    known(AIDOS, ARMAN)
    assert seen(staff("registry_operator", "63")) == [ARMAN]


def test_a_role_without_cards_sees_nobody():
    known(AIDOS)
    assert seen(staff("treasurer")) == []


def test_a_user_without_a_profile_sees_nobody():
    known(AIDOS)
    user = staff("registry_operator")
    user.profile.delete()
    assert seen(get_user_model().objects.get(pk=user.pk)) == []


def test_a_superuser_needs_no_profile():
    known(AIDOS)
    assert seen(get_user_model().objects.create_superuser("root")) == [AIDOS]


def test_exceptions_of_persons_in_other_regions_are_not_shown():
    known(AIDOS, ARMAN)
    wrong = "132026"
    register(
        "one.csv",
        item("R1", AIDOS, wrong, "100.00"),
        item("R2", ARMAN, wrong, "200.00"),
        item("R3", "not-an-iin", "092026", "300.00"),
    )
    items = access.exceptions_for(staff("reconciliation_officer", "63"), ExceptionItem.objects)
    assert [row.iin for row in items.order_by("id")] == [ARMAN, "not-an-iin"]


def test_an_item_that_was_posted_for_somebody_of_another_region_is_not_shown():
    [arman] = known(ARMAN)
    register("one.csv", item("R1", "not-an-iin", "092026", "300.00"))
    [row] = ExceptionItem.objects.all()
    users = staff("reconciliation_officer", "62"), staff("auditor", "63")

    def seen_by():
        return [access.exceptions_for(user, ExceptionItem.objects).count() for user in users]

    assert seen_by() == [1, 1]
    exceptions.assign({row.pk: row.version}, by=users[1], at=AT, person=arman)
    assert seen_by() == [0, 1]


def test_acts_are_seen_with_their_item_and_within_the_regions_of_whom_they_name():
    [arman] = known(ARMAN)
    register(
        "one.csv",
        item("R1", "not-an-iin", "092026", "300.00"),
        item("R2", ARMAN, "132026", "200.00"),
    )
    first, second = ExceptionItem.objects.order_by("pk")
    users = staff("reconciliation_officer", "62"), staff("auditor", "63"), staff("treasurer")
    exceptions.assign({first.pk: 0}, by=users[1], at=AT, person=arman)
    exceptions.undo({first.pk: 1}, by=users[1], at=AT)
    exceptions.hold({second.pk: 0}, by=users[1], at=AT, note="x")
    events = ExceptionEvent.objects.order_by("pk")
    assert [[event.act for event in access.events_for(user, events)] for user in users] == [
        ["undone"],
        ["posted", "undone", "held"],
        ["posted", "undone", "held"],
    ]
