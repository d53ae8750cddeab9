"""What a payout would do is what it does."""

from datetime import date
from decimal import Decimal

import pytest

from payments.actions.foresee import Foreseen, Seen, foresee
from payments.actions.refunding import establish, hold, pay
from payments.models import Overpayment
from registry.actions.explain import explain
from registry.models import Contribution, PaidMonths, Person
from registry.rules import months
from registry.rules.verdicts import Reason, Status
from tests.payments.actions.office import (
    AT,
    FIRST,
    LATER,
    SECOND,
    add_people,
    register,
    row,
    take,
)
from tests.payments.actions.test_derive import learn

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
YEAR = range(months.from_period("092025"), months.from_period("112026"))
INSURED = Seen(Status.INSURED, Reason.TWELVE_MONTHS, date(2027, 1, 31))


def a_year(iin=FIRST, sum_="4250.00"):
    """Own payments for every month from September 2025 to October 2026."""
    return [
        row(
            iin,
            reference=f"{iin}-{month}",
            payer_id=iin,
            period=months.period(month),
            amount=sum_,
            payment_date=f"{months.first(month + 1).replace(day=10)}",
        )
        for month in YEAR
    ]


def entry(period, iin=FIRST):
    return Contribution.objects.get(period=period, person__iin=iin).pk


def person(iin=FIRST):
    return Person.objects.get(iin=iin).pk


@pytest.mark.parametrize(
    ("period", "sum_", "expected"),
    [
        pytest.param(
            date(2026, 3, 1),
            4250,
            (
                Seen(Status.NOT_INSURED, Reason.GAP, None),
                date(2026, 11, 21),
                [date(2026, 3, 1)],
            ),
            id="a month of the window",
        ),
        pytest.param(
            date(2026, 10, 1),
            3,
            (
                Seen(Status.INSURED, Reason.TWELVE_MONTHS, date(2026, 12, 31)),
                date(2026, 11, 26),
                [date(2026, 10, 1)],
            ),
            id="a part of the last month",
        ),
        pytest.param(date(2026, 3, 1), 2, (INSURED, None, []), id="within the tolerance"),
        pytest.param(date(2025, 9, 1), 4250, (INSURED, None, [date(2025, 9, 1)]), id="long ago"),
    ],
)
def test_what_is_foreseen_is_what_comes(period, sum_, expected):
    add_people()
    take(register(*a_year(), *a_year(SECOND)))
    state = books()
    seen = foresee({entry(period): Decimal(sum_)}, on=ON, at=LATER)
    assert seen == {person(): Foreseen(INSURED, *expected)}
    assert books() == state
    pk = establish(entry(period), Decimal(sum_), at=AT)
    hold({pk: Decimal(sum_)})
    pay([(pk, "case 1 line 1", Decimal(sum_), ON)], at=LATER)
    told = explain(Person.objects.get(iin=FIRST), on=ON, known_at=LATER)
    assert Seen(told.status, told.reason, told.until) == seen[person()].after


def books():
    rows = PaidMonths.objects.order_by("pk").values_list("pk", "records")
    return Contribution.objects.count(), Overpayment.objects.count(), [*map(str, rows)]


def test_what_was_found_too_much_takes_nothing_away():
    add_people()
    take(register(*a_year(sum_="10000.00"), *a_year(SECOND)))
    taken = {pk: Decimal(5750) for pk in Overpayment.objects.values_list("entry", flat=True)}
    assert foresee(taken, on=ON, at=LATER) == {person(): Foreseen(INSURED, INSURED, None, [])}


def test_a_month_that_a_category_covers_stays_covered():
    add_people()
    learn(("2026-03-05", "2026-03-06", "2026-03-05"))
    take(register(*a_year()))
    seen = foresee({entry(date(2026, 3, 1)): Decimal(4250)}, on=ON, at=LATER)
    assert seen[person()].months == []
    assert seen[person()].lost_on is None


def test_all_that_is_taken_of_several_persons_is_seen_together():
    add_people()
    take(register(*a_year(), *a_year(SECOND)))
    taken = {
        entry(date(2026, 10, 1)): Decimal(4250),
        entry(date(2026, 9, 1)): Decimal(4250),
        entry(date(2026, 3, 1), SECOND): Decimal(100000),
        0: Decimal(1),
    }
    seen = foresee(taken, on=ON, at=LATER)
    assert {who: (one.after.status, one.months) for who, one in seen.items()} == {
        person(): (Status.GRACE, [date(2026, 9, 1), date(2026, 10, 1)]),
        person(SECOND): (Status.NOT_INSURED, [date(2026, 3, 1)]),
    }
    assert seen[person()].lost_on == ON


def test_nothing_is_foreseen_of_nothing():
    assert foresee({}, on=ON, at=LATER) == {}
    assert foresee({7: Decimal(1)}, on=ON, at=LATER) == {}
