"""Overpayments follow from the findings, and never fall below what cases hold."""

from decimal import Decimal

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, ProgrammingError, transaction

from payments.actions import overpayments
from payments.actions.derive import derive_rechecks
from payments.actions.dismissals import dismiss
from payments.models import OPEN, Finding, Overpayment
from registry.actions import identity
from registry.models import Contribution, Person, Recheck
from tests.payments.actions.office import (
    AT,
    FIRST,
    LATER,
    SAMPLES,
    SECOND,
    add_people,
    load_people,
    register,
    row,
    take,
    take_file,
)

pytestmark = pytest.mark.django_db
OWN = {"payer_id": FIRST, "amount": "10000.00"}


@pytest.fixture
def officer(db):
    return get_user_model().objects.create(username="officer")


def overpaid():
    found = Overpayment.objects.order_by("entry__rank").values_list("cause", "found", "amount")
    return [(cause, int(found), int(amount)) for cause, found, amount in found]


def again():
    """What a change of categories or of the law asks for."""
    Recheck.objects.bulk_create(
        [Recheck(person=person) for person in Person.objects.all()], ignore_conflicts=True
    )
    derive_rechecks(at=LATER)


def test_every_sum_that_is_found_too_much_is_one_overpayment_with_its_cause():
    load_people()
    for path in sorted((SAMPLES / "registers").iterdir()):
        take_file(path)
    found = Finding.objects.filter(dropped_at=None, amount__isnull=False)
    largest = {}
    for entry, amount in found.values_list("entry", "amount"):
        largest[entry] = max(largest.get(entry, 0), amount)
    assert dict(Overpayment.objects.values_list("entry", "amount")) == largest
    assert {*Overpayment.objects.values_list("cause", flat=True)} == {
        *found.values_list("code", flat=True)
    }


def test_what_is_no_longer_too_much_is_no_longer_overpaid(officer):
    add_people()
    take(register(row(), row(reference="R2")))
    assert overpaid() == [("duplicate", 2000, 2000)]
    twin = Overpayment.objects.get()
    dismiss(twin, by=officer, at=LATER, note="two months' wages")
    assert overpaid() == [("duplicate", 0, 0)]
    assert not Overpayment.objects.filter(OPEN).exists()
    assert twin.entry.dismissal.note == "two months' wages"


def test_what_a_case_holds_stays_whatever_is_found_later():
    add_people()
    take(register(row(**OWN)))
    assert overpaid() == [("over_due", 5750, 5750)]
    Overpayment.objects.update(reserved=Decimal(3000), paid=Decimal(1000))
    Finding.objects.update(dropped_at=LATER)
    overpayments.follow(np.array([*Contribution.objects.values_list("pk", flat=True)]), at=LATER)
    assert overpaid() == [("over_due", 0, 4000)]
    again()
    assert overpaid() == [("over_due", 5750, 5750)]
    assert Overpayment.objects.get().left == Decimal(1750)


def test_an_overpayment_stays_with_its_payment_through_a_merge():
    add_people()
    take(register(row(SECOND), row(SECOND, reference="R2")))
    (before,) = Overpayment.objects.values("entry", "cause", "amount")
    one, other = (Person.objects.get(iin=iin) for iin in (FIRST, SECOND))
    event = identity.merge(one, other, at=AT)
    derive_rechecks(at=AT)
    assert [*Overpayment.objects.values("entry", "cause", "amount")] == [before]
    identity.undo(event, at=LATER)
    derive_rechecks(at=LATER)
    assert [*Overpayment.objects.values("entry", "cause", "amount")] == [before]


@pytest.mark.parametrize(
    "facts", [{"reserved": 6000}, {"paid": 6000}, {"reserved": 3000, "paid": 3000}, {"paid": -1}]
)
def test_no_more_is_held_than_was_overpaid(facts):
    add_people()
    take(register(row(**OWN)))
    with pytest.raises(IntegrityError, match="not_more_than_overpaid"), transaction.atomic():
        Overpayment.objects.update(**facts)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Overpayment.objects.all().delete()
