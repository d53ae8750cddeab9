"""Cases that want the same sums at the same time, on connections of their own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.contrib.auth import get_user_model
from django.db import connections

from payments.actions.exceptions import assign, undo
from payments.actions.refunding import hold, pay
from payments.models import ExceptionItem, Overpayment
from registry.models import Contribution, Person
from tests.payments.actions.office import (
    AT,
    FIRST,
    LATER,
    SECOND,
    THIRD,
    add_people,
    register,
    row,
    take,
)
from tests.payments.actions.test_refunding import PAID_ON, pay_back, sums

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Does all of them at the same moment, each on a connection of its own."""
    start = Barrier(len(acts))

    def one(act):
        try:
            start.wait()
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


@pytest.fixture
def two(transactional_db):
    """Two overpayments of 5750, by id."""
    add_people()
    own = {"amount": "10000.00"}
    take(register(*(row(iin, reference=iin, payer_id=iin, **own) for iin in (FIRST, SECOND))))
    return [*Overpayment.objects.order_by("pk").values_list("pk", flat=True)]


@pytest.mark.parametrize("attempt", range(3))
def test_of_cases_that_want_the_same_sum_one_gets_it(two, attempt):
    one, other = two
    whole = Decimal(5750)
    wanted = {one: whole, other: whole}, {other: whole, one: whole}, {one: whole}
    answers = at_once(*(lambda each=each: hold(each) for each in wanted))
    codes = [answer[one] for answer in answers]
    assert sorted(codes) == ["", "over_left", "over_left"]
    assert (sums(one), sums(other)) == ((5750, 5750, 5750, 0, 0), (5750, 5750, 5750, 0, 0))


@pytest.mark.parametrize("attempt", range(3))
def test_the_same_payout_twice_at_once_is_booked_once(two, attempt):
    hold(dict.fromkeys(two, Decimal(5750)))
    rows = [(pk, f"case 1 line {pk}", Decimal(5750), PAID_ON) for pk in two]
    again = [*reversed(rows)]
    assert sorted(at_once(lambda: pay(rows, at=LATER), lambda: pay(again, at=LATER))) == [0, 2]
    assert Contribution.objects.exclude(reverses=None).count() == 2
    assert [sums(pk) for pk in two] == [(5750, 5750, 0, 5750, 0)] * 2


@pytest.mark.parametrize("attempt", range(3))
def test_what_is_posted_by_mistake_is_undone_or_asked_back_not_both(two, attempt):
    officer = get_user_model().objects.create(username="officer")
    nobody = {"last_name": "Х", "first_name": "Х", "payer_id": THIRD, "amount": "10000.00"}
    take(register(row("990101300012", reference="R3", **nobody)), "3.csv")
    item = ExceptionItem.objects.get()
    assign({item.pk: 0}, by=officer, at=AT, person=Person.objects.get(iin=THIRD))
    pk = Overpayment.objects.exclude(pk__in=two).get().pk
    held, undone = at_once(
        lambda: hold({pk: Decimal(5750)})[pk],
        lambda: undo({item.pk: 1}, by=officer, at=LATER)[item.pk],
    )
    assert (held, undone) in [("", "asked_back"), ("over_left", "")]


def test_a_register_and_payouts_at_once_leave_every_sum_in_its_place(two):
    hold(dict.fromkeys(two, Decimal(5750)))
    rows = [(pk, f"case 1 line {pk}", Decimal(5750), PAID_ON) for pk in two]
    more = register(*(row(iin, reference=f"M{iin}", payer_id=iin) for iin in (FIRST, SECOND)))
    paid_back, file = at_once(lambda: pay(rows, at=LATER), lambda: take(more, "more.csv"))
    assert (paid_back, file.state) == (2, "posted")
    assert [sums(pk) for pk in two] == [(5750, 5750, 0, 5750, 0)] * 2
    later = Overpayment.objects.exclude(pk__in=two)
    assert {*later.values_list("cause", "found")} == {("over_due", Decimal(2000))}
    pay_back(later.first().pk, 2000, "case 2 line 1", date(2026, 11, 21))
