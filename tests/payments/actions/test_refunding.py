"""What cases hold of overpayments, give back, and pay back through the books."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from payments.actions import overpayments
from payments.actions.derive import derive_rechecks
from payments.actions.duplicates import confirm, dismiss
from payments.actions.exceptions import assign, undo
from payments.actions.refunding import NotEstablished, establish, hold, pay, release
from payments.models import ExceptionItem, Finding, Overpayment
from registry.actions import identity
from registry.actions.book import KeyTaken
from registry.models import Awaiting, Contribution, Exclusion, Person, Recheck
from tests.payments.actions.office import (
    AT,
    FIRST,
    LATER,
    OTHER_EMPLOYER,
    SECOND,
    THIRD,
    add_people,
    register,
    row,
    take,
)
from tests.payments.actions.test_derive import found, learn, paid

pytestmark = pytest.mark.django_db

CREDITED, PAID_ON, NEXT_DAY = date(2026, 11, 10), date(2026, 11, 20), date(2026, 11, 21)
WHOLE = 1_000_000_000
OWN = {"payer_id": FIRST, "amount": "10000.00"}
CAUSES = {
    "duplicate": ((row(), row(reference="R2")), 2000),
    "exempt_category": ((row(knp="121", amount="3000.00"),), 3000),
    "wrong_knp": ((row(knp="121", payer_id=FIRST, amount="4250.00"),), 4250),
    "over_cap": ((row(knp="121", amount="110000.00"),), 8000),
    "over_cap of two": (
        (
            row(amount="24000.00"),
            row(reference="R2", payer_id=OTHER_EMPLOYER, amount="18000.00"),
        ),
        8000,
    ),
    "over_due": ((row(**OWN),), 5750),
}


@pytest.fixture
def officer(db):
    return get_user_model().objects.create(username="officer")


def overpaid(cause, officer):
    """A payment with a finding, confirmed where that is asked for."""
    add_people()
    if cause == "exempt_category":
        learn(("2026-10-01", "2026-10-31", CREDITED))
    rows, sum_ = CAUSES[cause]
    take(register(*rows))
    overpayment = Overpayment.objects.get()
    assert (overpayment.cause, overpayment.found) == (cause.removesuffix(" of two"), sum_)
    if cause == "duplicate":
        confirm([overpayment.pk], by=officer, at=AT, note="one month")
    return overpayment.pk


def sums(pk):
    """Found, overpaid in all, held, paid back, and what is left."""
    row = Overpayment.objects.get(pk=pk)
    return tuple(map(int, (row.found, row.amount, row.reserved, row.paid, row.left)))


def again():
    """What a change of categories or of the law asks for."""
    Recheck.objects.bulk_create(
        [Recheck(person=person) for person in Person.objects.all()], ignore_conflicts=True
    )
    derive_rechecks(at=LATER)


def pay_back(pk, sum_, key="case 1 line 1", on=PAID_ON):
    assert hold({pk: Decimal(sum_)}) == {pk: ""}
    assert pay([(pk, key, Decimal(sum_), on)], at=LATER) == 1


@pytest.mark.parametrize("part", [1, Decimal("0.25")], ids=["whole", "partial"])
@pytest.mark.parametrize("cause", CAUSES)
def test_what_is_paid_back_is_taken_of_what_was_found(cause, part, officer):
    pk = overpaid(cause, officer)
    before = list(found()), paid()
    whole = CAUSES[cause][1]
    back = int(whole * part)
    assert sums(pk) == (whole, whole, 0, 0, whole)
    assert hold({pk: Decimal(back)}) == {pk: ""}
    assert sums(pk) == (whole, whole, back, 0, whole - back)
    assert pay([(pk, "case 1 line 1", Decimal(back), PAID_ON)], at=LATER) == 1
    assert sums(pk) == (whole, whole, 0, back, whole - back)
    assert (list(found()), paid()) == before
    again()
    assert sums(pk) == (whole, whole, 0, back, whole - back)
    assert (list(found()), paid()) == before
    if back < whole:
        pay_back(pk, whole - back, "case 2 line 1", NEXT_DAY)
    assert sums(pk) == (whole, whole, 0, whole, 0)
    assert (list(found()), paid()) == before
    assert hold({pk: Decimal(1)}) == {pk: "over_left"}


def test_the_opposite_entry_bears_the_facts_of_what_it_reverses(officer):
    pk = overpaid("over_due", officer)
    pay_back(pk, 5750)
    entry, back = Contribution.objects.order_by("pk").values()
    assert back == entry | {
        "id": back["id"],
        "key": "case 1 line 1",
        "amount": Decimal(-5750),
        "credited_on": PAID_ON,
        "order_no": "",
        "order_date": None,
        "recorded_at": LATER,
        "share": -(entry["share"] - WHOLE),
        "reverses_id": entry["id"],
    }


def test_an_exempt_entry_alone_is_excluded_not_what_reverses_it(officer):
    pay_back(overpaid("exempt_category", officer), 3000)
    assert Exclusion.objects.get().entry.reverses is None


def test_what_falls_below_its_due_is_no_longer_paid_from_the_payout():
    add_people()
    take(register(row(payer_id=FIRST, amount="4250.00")))
    pk = establish(Contribution.objects.get().pk, Decimal(4250), at=AT)
    Awaiting.objects.all().delete()
    pay_back(pk, 3)
    assert list(found()) == [("1", "under_due", None, True)]
    assert paid() == [("2026-10", CREDITED, PAID_ON)]
    assert [one.person.iin for one in Awaiting.objects.all()] == [FIRST]
    pay_back(pk, 1000, "case 2 line 1", NEXT_DAY)
    pay_back(pk, 3247, "case 3 line 1", NEXT_DAY)
    assert list(found()) == [("1", "under_due", None, False)]
    assert paid() == [("2026-10", CREDITED, PAID_ON)]
    assert sums(pk) == (0, 4250, 0, 4250, 0)
    assert sum(Contribution.objects.values_list("share", flat=True)) == 0
    assert sum(Contribution.objects.values_list("amount", flat=True)) == 0


def test_an_item_of_the_day_of_payout_is_judged_without_what_was_paid_back():
    add_people()
    take(register(row(payer_id=FIRST, amount="4250.00")))
    pay_back(establish(Contribution.objects.get().pk, Decimal(4250), at=AT), 4250)
    again = row(reference="R2", payer_id=FIRST, amount="4250.00", payment_date=f"{PAID_ON}")
    take(register(again), "later.csv")
    assert list(found()) == []
    assert paid() == [("2026-10", CREDITED, None)]


def test_a_payment_paid_back_on_its_own_day_is_first_paid_then_paid_back():
    add_people()
    take(register(row(payer_id=FIRST, amount="4250.00")))
    pk = establish(Contribution.objects.get().pk, Decimal(4250), at=AT)
    pay_back(pk, 250, on=CREDITED)
    assert (list(found()), paid()) == ([("1", "under_due", None, True)], [])


def test_what_is_found_less_leaves_less_and_never_less_than_was_paid(officer):
    pk = overpaid("exempt_category", officer)
    pay_back(pk, 1000)
    assert hold({pk: Decimal(500)}) == {pk: ""}
    learn(("2026-10-01", "2026-09-30", PAID_ON))
    derive_rechecks(at=LATER)
    assert sums(pk) == (0, 1500, 500, 1000, 0)
    assert paid() == [("2026-10", PAID_ON, None)]
    release({pk: Decimal(500)})
    assert sums(pk) == (0, 1000, 0, 1000, 0)


def test_what_is_let_go_is_left_again_and_follows_the_findings(officer):
    pk = overpaid("over_cap", officer)
    hold({pk: Decimal(8000)})
    release({pk: Decimal(3000)})
    assert sums(pk) == (8000, 8000, 5000, 0, 3000)
    Finding.objects.filter(amount__isnull=False).update(dropped_at=LATER)
    entry = Contribution.objects.get()
    overpayments.follow(np.array([entry.pk]), at=LATER)
    assert sums(pk) == (0, 5000, 5000, 0, 0)
    release({pk: Decimal(2000)})
    assert sums(pk) == (0, 3000, 3000, 0, 0)


def test_each_of_many_is_answered_and_those_that_fit_are_held(officer):
    add_people()
    take(
        register(
            row(),
            row(reference="R2"),
            row(SECOND, reference="R3", payer_id=SECOND, amount="10000.00"),
            row(THIRD, reference="R4", payer_id=THIRD, amount="10000.00"),
        )
    )
    twin, one, other = Overpayment.objects.order_by("pk").values_list("pk", flat=True)
    wanted = {other: Decimal(5750), one: Decimal("5750.01"), twin: Decimal(1), 0: Decimal(1)}
    assert hold(wanted) == {other: "", one: "over_left", twin: "unconfirmed", 0: "gone"}
    assert [sums(pk)[2] for pk in (twin, one, other)] == [0, 0, 5750]
    dismiss([twin], by=officer, at=LATER, note="two")
    assert hold({twin: Decimal(1)}) == {twin: "over_left"}


@pytest.mark.parametrize("act", [hold, release])
def test_no_sum_is_below_a_tiyn(act, officer):
    pk = overpaid("over_due", officer)
    for sum_ in (Decimal(0), Decimal(-1)):
        with pytest.raises(ValueError, match="positive"):
            act({pk: sum_})


def test_no_more_is_let_go_or_paid_than_is_held(officer):
    pk = overpaid("over_due", officer)
    hold({pk: Decimal(100)})
    for act in (
        lambda: release({pk: Decimal(101)}),
        lambda: pay([(pk, "case 1 line 1", Decimal(101), PAID_ON)], at=LATER),
    ):
        with pytest.raises(IntegrityError, match="not_more_than_overpaid"), transaction.atomic():
            act()
    assert sums(pk) == (5750, 5750, 100, 0, 5650)


def test_the_same_key_again_does_nothing(officer):
    pk = overpaid("over_due", officer)
    pay_back(pk, 100)
    take(register(row(SECOND, reference="R2")), "later.csv")
    rows = [
        (pk, "case 1 line 1", Decimal(100), PAID_ON),
        (pk, "case 1 line 2", Decimal(50), NEXT_DAY),
        (pk, "case 1 line 2", Decimal(50), NEXT_DAY),
    ]
    hold({pk: Decimal(50)})
    assert pay(rows, at=LATER) == 1
    assert pay(rows, at=LATER) == 0
    assert sums(pk) == (5750, 5750, 0, 150, 5600)


@pytest.mark.parametrize("other", [{"sum": Decimal(99)}, {"on": NEXT_DAY}, {"of": SECOND}])
def test_the_same_key_with_other_content_is_refused(other, officer):
    pk = overpaid("over_due", officer)
    take(register(row(SECOND, reference="R2", payer_id=SECOND, amount="10000.00")), "later.csv")
    pay_back(pk, 100)
    pks = {FIRST: pk, SECOND: Overpayment.objects.exclude(pk=pk).get().pk}
    hold(dict.fromkeys(pks.values(), Decimal(1000)))
    facts = {"of": FIRST, "sum": Decimal(100), "on": PAID_ON} | other
    with pytest.raises(KeyTaken, match="case 1 line 1"), transaction.atomic():
        pay([(pks[facts["of"]], "case 1 line 1", facts["sum"], facts["on"])], at=LATER)
    assert Contribution.objects.exclude(reverses=None).count() == 1


def test_nothing_is_paid_back_before_it_was_credited(officer):
    pk = overpaid("over_due", officer)
    hold({pk: Decimal(100)})
    with pytest.raises(ValueError, match="credited"), transaction.atomic():
        pay([(pk, "case 1 line 1", Decimal(100), date(2026, 11, 9))], at=LATER)


def test_a_payment_that_was_moved_is_paid_back_where_it_is():
    add_people()
    take(register(row(SECOND, payer_id=SECOND, amount="10000.00")))
    pk = Overpayment.objects.get().pk
    one, other = (Person.objects.get(iin=iin) for iin in (FIRST, SECOND))
    pay_back(pk, 1000)
    event = identity.merge(one, other, at=AT)
    derive_rechecks(at=AT)
    pay_back(pk, 4750, "case 2 line 1", NEXT_DAY)
    assert sums(pk) == (5750, 5750, 0, 5750, 0)
    assert balance(FIRST) == (Decimal(4250), WHOLE)
    identity.undo(event, at=LATER)
    derive_rechecks(at=LATER)
    assert (balance(FIRST), balance(SECOND)) == ((0, 0), (Decimal(4250), WHOLE))
    assert pay([(pk, "case 2 line 1", Decimal(4750), NEXT_DAY)], at=LATER) == 0
    assert sums(pk) == (5750, 5750, 0, 5750, 0)


def balance(iin):
    entries = Contribution.objects.standing().filter(person__iin=iin)
    rows = entries.values_list("amount", "share")
    return tuple(map(sum, zip(*rows, strict=True))) if rows else (0, 0)


# established on documents


@pytest.fixture
def entry(db):
    """A payment on which nothing is found."""
    add_people()
    take(register(row(payer_id=FIRST, amount="4250.00")))
    return Contribution.objects.get()


def test_what_is_established_can_be_held_and_stays_whatever_is_found(entry):
    pk = establish(entry.pk, Decimal(4250), at=AT)
    assert (Overpayment.objects.get().cause, sums(pk)) == ("established", (0, 4250, 0, 0, 4250))
    take(register(row(reference="R0", **OWN | {"payment_date": "2026-11-09"})), "earlier.csv")
    assert Overpayment.objects.get(pk=pk).cause == "over_due"
    assert sums(pk) == (4250, 4250, 0, 0, 4250)
    Finding.objects.update(dropped_at=LATER)
    overpayments.follow(np.array([entry.pk]), at=LATER)
    assert (Overpayment.objects.get(pk=pk).cause, sums(pk)) == (
        "established",
        (0, 4250, 0, 0, 4250),
    )


def test_what_is_established_later_takes_the_place_of_the_earlier(entry):
    pk = establish(entry.pk, Decimal(4250), at=AT)
    hold({pk: Decimal(1000)})
    assert establish(entry.pk, Decimal(500), at=LATER) == pk
    assert sums(pk) == (0, 1000, 1000, 0, 0)
    establish(entry.pk, Decimal(2000), at=LATER)
    assert sums(pk) == (0, 2000, 1000, 0, 1000)


def test_more_can_be_established_than_is_found(officer):
    pk = overpaid("over_due", officer)
    assert establish(Contribution.objects.get().pk, Decimal(10000), at=AT) == pk
    assert (Overpayment.objects.get().cause, sums(pk)) == ("over_due", (5750, 10000, 0, 0, 10000))


def test_a_penalty_can_be_established(entry):
    take(register(row(reference="R2", knp="124", payer_id=FIRST, amount="70.00")), "penalty.csv")
    pk = establish(Contribution.objects.get(knp="124").pk, Decimal(70), at=AT)
    pay_back(pk, 70)
    assert paid() == [("2026-10", CREDITED, None)]
    assert sums(pk) == (0, 70, 0, 70, 0)


def test_an_unconfirmed_duplicate_is_not_established_past_its_answer(officer):
    add_people()
    take(register(row(), row(reference="R2")))
    twin = Overpayment.objects.get()
    assert establish(twin.entry_id, Decimal(2000), at=AT) == twin.pk
    assert hold({twin.pk: Decimal(2000)}) == {twin.pk: "unconfirmed"}
    dismiss([twin.pk], by=officer, at=LATER, note="two")
    assert Overpayment.objects.get().cause == "established"
    assert hold({twin.pk: Decimal(2000)}) == {twin.pk: ""}


def test_nothing_is_established_of_what_is_not_there_or_more_than_was_paid(entry):
    with pytest.raises(NotEstablished, match="over_entry"):
        establish(entry.pk, Decimal("4250.01"), at=AT)
    with pytest.raises(NotEstablished, match="gone"):
        establish(0, Decimal(1), at=AT)
    pay_back(establish(entry.pk, Decimal(100), at=AT), 100)
    with pytest.raises(NotEstablished, match="gone"):
        establish(Contribution.objects.get(reverses=entry).pk, Decimal(1), at=AT)
    with pytest.raises(IntegrityError, match="no more is established"), transaction.atomic():
        Overpayment.objects.update(established=Decimal("4250.01"), amount=Decimal("4250.01"))
    with (
        pytest.raises(IntegrityError, match="established_where_nothing_is_found"),
        transaction.atomic(),
    ):
        Overpayment.objects.update(found=1)


def test_what_was_moved_is_established_of_what_came_in(entry):
    one, other = (Person.objects.get(iin=iin) for iin in (FIRST, SECOND))
    identity.merge(other, one, at=AT)
    moved = Contribution.objects.standing().get()
    pk = establish(moved.pk, Decimal(4250), at=AT)
    assert Overpayment.objects.get(pk=pk).entry == entry


def test_what_is_established_of_a_posted_exception_stays_posted(officer):
    add_people()
    take(register(row("990101300012", last_name="Х", first_name="Х")))
    item = ExceptionItem.objects.get()
    person = Person.objects.get(iin=FIRST)
    assign({item.pk: item.version}, by=officer, at=AT, person=person)
    item.refresh_from_db()
    establish(item.entry_id, Decimal(2000), at=AT)
    assert undo({item.pk: item.version}, by=officer, at=LATER) == {item.pk: "asked_back"}
    establish(item.entry_id, Decimal(0), at=AT)
    assert undo({item.pk: item.version}, by=officer, at=LATER) == {item.pk: ""}
    with pytest.raises(NotEstablished, match="gone"):
        establish(item.entry_id, Decimal(2000), at=LATER)
