"""Overpayments follow from the findings, and never fall below what cases hold."""

from decimal import Decimal

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, ProgrammingError, transaction

from payments.actions import overpayments
from payments.actions.derive import derive_rechecks
from payments.actions.duplicates import confirm, dismiss
from payments.actions.exceptions import UNDONE
from payments.models import OPEN, Finding, Overpayment
from registry.actions import identity
from registry.models import Contribution, Exclusion, Person, Recheck
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
    assert dismiss([twin.pk], by=officer, at=LATER, note="two months' wages") == {twin.pk: ""}
    assert overpaid() == [("duplicate", 0, 0)]
    assert not Overpayment.objects.filter(OPEN).exists()
    assert answers() == [("dismissed", officer.pk, LATER, "two months' wages")]


def answers():
    facts = ("answer", "answered_by", "answered_at", "answer_note")
    return [*Overpayment.objects.order_by("entry__rank").values_list(*facts)]


@pytest.fixture
def twin(db):
    """A repeat of a deduction, to which nobody has answered."""
    add_people()
    take(register(row(), row(reference="R2")))
    return Overpayment.objects.get()


def test_a_repeat_is_confirmed_by_somebody_and_stays_overpaid(twin, officer):
    assert confirm([twin.pk], by=officer, at=LATER, note="one month") == {twin.pk: ""}
    assert answers() == [("confirmed", officer.pk, LATER, "one month")]
    assert overpaid() == [("duplicate", 2000, 2000)]


@pytest.mark.parametrize("act", [confirm, dismiss])
def test_each_row_of_many_gets_its_answer(twin, officer, act):
    others = row(reference="R3", **OWN), row(SECOND, reference="R4"), row(SECOND, reference="R5")
    take(register(*others), "others.csv")
    done, over_due, other = Overpayment.objects.order_by("pk").values_list("pk", flat=True)
    confirm([done], by=officer, at=AT, note="one month")
    assert act([done, over_due, other, 0], by=officer, at=LATER, note="seen") == {
        done: "answered",
        over_due: "not_duplicate",
        other: "",
        0: "gone",
    }


def test_what_is_no_longer_found_a_repeat_is_not_answered(twin, officer):
    Overpayment.objects.update(found=0, amount=0)
    assert confirm([twin.pk], by=officer, at=LATER, note="x") == {twin.pk: "not_duplicate"}


@pytest.mark.parametrize(
    "facts", [{"answer": "dismissed"}, {"answer": ""}, {"answer_note": "y"}, {"answered_at": AT}]
)
def test_an_answer_stays(twin, officer, facts):
    confirm([twin.pk], by=officer, at=LATER, note="x")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Overpayment.objects.update(**facts)
    assert answers() == [("confirmed", officer.pk, LATER, "x")]


@pytest.mark.parametrize("answer", ["confirmed", "dismissed", "perhaps"])
def test_nobody_is_no_one_to_answer(twin, answer):
    with pytest.raises(IntegrityError, match="duplicate_answered_by_somebody"):
        Overpayment.objects.update(answer=answer)


def test_cases_take_nothing_of_a_repeat_until_it_is_confirmed(twin, officer):
    for facts in ({"reserved": 1}, {"paid": 1}):
        with pytest.raises(ProgrammingError, match="nobody confirmed"), transaction.atomic():
            Overpayment.objects.update(**facts)
    with pytest.raises(ProgrammingError, match="nobody confirmed"), transaction.atomic():
        Overpayment.objects.create(
            entry=Contribution.objects.exclude(pk=twin.entry_id).get(),
            cause="duplicate",
            found=5,
            amount=5,
            reserved=1,
            recorded_at=AT,
            changed_at=AT,
        )
    confirm([twin.pk], by=officer, at=LATER, note="x")
    Overpayment.objects.update(reserved=2000)
    Overpayment.objects.update(reserved=0, paid=2000)
    assert overpaid() == [("duplicate", 2000, 2000)]


def test_what_cases_held_before_it_was_found_a_repeat_they_keep(twin):
    Overpayment.objects.update(cause="over_cap", found=1000, amount=1000)
    Overpayment.objects.update(reserved=700)
    overpayments.follow(np.array([twin.entry_id]), at=LATER)
    assert overpaid() == [("duplicate", 2000, 2000)]
    Overpayment.objects.update(reserved=0, paid=700)
    with pytest.raises(ProgrammingError, match="nobody confirmed"), transaction.atomic():
        Overpayment.objects.update(reserved=1)


def test_a_confirmation_stays_with_its_entry_whatever_is_found_later(twin, officer):
    confirm([twin.pk], by=officer, at=LATER, note="x")
    first = Contribution.objects.exclude(pk=twin.entry_id).get()
    Exclusion.objects.create(entry=first, cause=UNDONE, since=first.credited_on, recorded_at=LATER)
    again()
    assert overpaid() == [("duplicate", 0, 0)]
    Exclusion.objects.filter(cause=UNDONE).update(dropped_at=LATER)
    again()
    assert overpaid() == [("duplicate", 2000, 2000)]
    assert answers() == [("confirmed", officer.pk, LATER, "x")]
    Overpayment.objects.update(reserved=2000)


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
