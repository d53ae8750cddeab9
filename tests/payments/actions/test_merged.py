"""Payments of persons with another number, or merged with others."""

from decimal import Decimal

import pytest

from payments.actions.account import finding_codes
from payments.actions.derive import derive_rechecks
from payments.models import Finding, Overpayment
from registry.actions import identity
from registry.models import Addressed, Contribution, PaidMonths, Person, Recheck
from tests.payments.actions.office import (
    AT,
    FIRST,
    LATER,
    PEOPLE,
    SECOND,
    THIRD,
    add_people,
    register,
    row,
    take,
)
from tests.registry.actions.world import iin

pytestmark = pytest.mark.django_db

NEW = iin(7)
OWN = {"knp": "122", "amount": "4250.00"}


def someone(number):
    return Person.objects.get(iin=number)


def under(number, **cells):
    """A payment of the first person under some number, from their own pocket."""
    last, first, born = PEOPLE[FIRST]
    names = {"last_name": last, "first_name": first, "birth_date": born, "payer_id": number}
    return row(iin=number, **(OWN | names | cells))


def books():
    """(number of the person, month, amount) of the entries that count."""
    columns = ("person__iin", "period", "amount")
    found = Contribution.objects.standing().order_by("period", "person__iin", "id")
    return [
        (number, f"{period:%m%Y}", amount) for number, period, amount in found.values_list(*columns)
    ]


def findings():
    rows = Finding.objects.filter(dropped_at=None).values_list("entry__person__iin", "code")
    return sorted(rows)


@pytest.fixture
def merged():
    """The second person is the first one; both have paid October, the second September too."""
    add_people()
    second = {"last_name": "СЕРІКОВ", "first_name": "БЕРІК"}
    take(
        register(
            under(FIRST),
            under(SECOND, line=2, **second),
            under(SECOND, line=3, period="092026", **second),
        )
    )
    assert books() == [
        (SECOND, "092026", Decimal(4250)),
        (FIRST, "102026", Decimal(4250)),
        (SECOND, "102026", Decimal(4250)),
    ]
    event = identity.merge(someone(FIRST), someone(SECOND), at=AT)
    derive_rechecks(at=AT)
    return event


def test_a_payment_under_a_former_number_is_posted_to_its_person():
    add_people()
    identity.change_iin(someone(FIRST), NEW, at=AT)
    file = take(register(under(FIRST)))
    assert (file.posted, books()) == (1, [(NEW, "102026", Decimal(4250))])
    assert [*Addressed.objects.values_list("iin", "entry__person__iin")] == [(FIRST, NEW)]


def test_what_both_paid_for_a_month_is_found_to_be_over_its_due(merged):
    assert books() == [
        (FIRST, "092026", Decimal(4250)),
        (FIRST, "102026", Decimal(4250)),
        (FIRST, "102026", Decimal(4250)),
    ]
    assert findings() == [(FIRST, "over_due")]
    assert PaidMonths.objects.get(person__iin=SECOND).records == b""


def test_the_undoing_gives_back_what_was_taken_and_what_came_for_the_other(merged):
    take(
        register(
            under(SECOND, reference="R2", period="082026"),
            under(FIRST, reference="R2", line=2, period="072026"),
            under(
                THIRD,
                reference="R2",
                line=3,
                last_name="ИВАНОВА",
                first_name="АННА",
                birth_date="1889-01-31",
            ),
        ),
        "later.csv",
    )
    assert (FIRST, "082026", Decimal(4250)) in books()
    identity.undo(merged, at=LATER)
    derive_rechecks(at=LATER)
    assert books() == [
        (FIRST, "072026", Decimal(4250)),
        (SECOND, "082026", Decimal(4250)),
        (SECOND, "092026", Decimal(4250)),
        (THIRD, "102026", Decimal(4250)),
        (FIRST, "102026", Decimal(4250)),
        (SECOND, "102026", Decimal(4250)),
    ]
    assert findings() == []


def test_what_is_addressed_through_a_chain_goes_back_to_whom_it_was_for(merged):
    outer = identity.merge(someone(THIRD), someone(FIRST), at=AT)
    last, first, born = PEOPLE[THIRD]
    names = {"last_name": last, "first_name": first, "birth_date": born}
    take(register(under(SECOND, reference="R2", period="082026", **names)), "later.csv")
    identity.undo(outer, at=LATER)
    identity.undo(merged, at=LATER)
    assert (SECOND, "082026", Decimal(4250)) in books()


def test_a_dismissal_of_a_moved_entry_counts(django_user_model):
    add_people()
    user = django_user_model.objects.create(username="officer")
    take(register(row(SECOND)), "1.csv")
    file = take(register(row(SECOND, reference="R2")), "2.csv")
    assert finding_codes(file) == {"duplicate": 1}
    identity.merge(someone(FIRST), someone(SECOND), at=AT)
    derive_rechecks(at=AT)
    assert finding_codes(file) == {"duplicate": 1}
    Overpayment.objects.update(answer="dismissed", answered_at=AT, answered_by=user)
    Recheck.objects.create(person=someone(FIRST))
    derive_rechecks(at=AT)
    assert "duplicate" not in finding_codes(file)


def test_a_new_number_has_the_findings_derived_anew():
    add_people()
    take(register(row(FIRST, knp="121", payer_id=NEW, amount="5000.00")))
    assert (FIRST, "wrong_knp") not in findings()
    identity.change_iin(someone(FIRST), NEW, at=AT)
    derive_rechecks(at=LATER)
    assert (NEW, "wrong_knp") in findings()


def test_no_sum_is_lost_nor_doubled_by_a_merge_and_its_undoing(merged):
    def whole():
        return sum(amount for _number, _month, amount in books())

    assert whole() == 3 * Decimal(4250)
    identity.undo(merged, at=LATER)
    assert whole() == 3 * Decimal(4250)
