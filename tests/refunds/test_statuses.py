"""What refunds do to the insured status of persons: on the day of payout, and not before."""

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from mhifund.night import through
from payments.actions import refunding
from payments.actions.foresee import Foreseen, Seen, foresee
from refunds.models import Application
from registry.actions.explain import explain
from registry.actions.load import load_categories
from registry.models import Contribution, Person, Verdict
from registry.rules import months
from registry.rules.verdicts import Reason, Status
from tests.payments.actions.office import FIRST, add_people, register, row, take
from tests.refunds.actions.office import (
    PAID,
    answer,
    asks,
    batch_of_all,
    confirm_all,
    confirm_duplicates,
    decide_as_found,
    load,
    loaded,
    refuse_at_commit,
    sample_world,
)
from tests.refunds.actions.office import (
    register as registered,
)

pytestmark = pytest.mark.django_db

BEFORE, ON, AFTER, LATER = (date(2026, 11, day) for day in (23, 24, 25, 26))
TOLD_AT = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
YEAR = range(months.from_period("092025"), months.from_period("112026"))


def pay_all():
    """Carries every application that is under review to the answer of the bank."""
    assert set(decide_as_found().values()) == {""}
    assert set(confirm_all().values()) == {""}
    took = answer(*((item.key, "paid") for item in batch_of_all().items.all()))
    assert took.answer.faults == []
    assert set(Application.objects.values_list("state", flat=True)) == {"closed"}
    refuse_at_commit()


def verdicts(*days):
    """Of everybody on each of the days: all that a verdict says."""
    found = {}
    for day in days:
        through(day, at=TOLD_AT)
        found[day] = {
            row.person.iin: (row.status, row.reason, row.until, row.window, row.missing)
            for row in Verdict.objects.select_related("person")
        }
    return found


def test_of_the_samples_only_what_covers_nothing_is_paid_back():
    """Excess, repeats, and deductions for months that are covered otherwise: nobody loses a day."""
    sample_world()
    loaded()
    with transaction.atomic():
        unpaid = verdicts(BEFORE, ON, AFTER)
        transaction.set_rollback(True)
    pay_all()
    assert Contribution.objects.exclude(reverses=None).count() == 30
    assert verdicts(BEFORE, ON, AFTER) == unpaid
    assert len(unpaid[ON]) == Person.objects.count()


# made by hand


def own(month, amount="4250.00", **cells):
    return row(
        reference=f"P{months.period(month)}",
        payer_id=FIRST,
        period=months.period(month),
        amount=amount,
        payment_date=f"{months.first(month + 1).replace(day=10)}",
        **cells,
    )


MARCH, OCTOBER = months.from_period("032026"), months.from_period("102026")


def a_year(*, march="4250.00"):
    """Own payments for every month from September 2025 to October 2026."""
    add_people()
    take(register(*(own(month, march if month == MARCH else "4250.00") for month in YEAR)))


def asked_back(item, amount, *, establish=False):
    """An application under review for a part of an item of a register; returns its entry."""
    line = asks("A1", "R1")["lines"][0] | {
        "reference": item["reference"],
        **{name: item[name] for name in ("line", "iin", "period", "knp")},
        "paid": item["amount"],
        "asked": amount,
    }
    registered(load(json.dumps([asks("A1") | {"lines": [line]}]).encode()).new)
    entry = Application.objects.get().lines.get().entry_id
    if establish:
        refunding.establish(entry, Decimal(amount), at=PAID)
    return entry


def told():
    """Status, reason, end and missing months on the day before the payout and the days after."""
    return [_told(day) for day in (BEFORE, ON, AFTER, LATER)]


def _told(day):
    through(day, at=TOLD_AT)
    verdict = Verdict.objects.get(person__iin=FIRST)
    explained = explain(Person.objects.get(iin=FIRST), on=day, known_at=TOLD_AT)
    assert (explained.status, explained.reason, explained.until) == (
        *(verdict.status, verdict.reason),
        verdict.until,
    )
    return verdict.status, verdict.reason, verdict.until and f"{verdict.until}"


INSURED = ("insured", "twelve_months", "2027-01-31")
A_GAP = ("not_insured", "gap", None)


@pytest.mark.parametrize(
    ("march", "amount", "falls"),
    [
        pytest.param("10000.00", "5750.00", False, id="the due is left"),
        pytest.param("4250.00", "2.12", False, id="what is left is within the tolerance"),
        pytest.param("4250.00", "2.13", True, id="a tiyn below the tolerance"),
        pytest.param("4250.00", "4250.00", True, id="all of an ordinary month"),
        pytest.param("10000.00", "5752.13", True, id="more than was too much"),
    ],
)
def test_a_month_is_covered_until_the_day_of_payout(march, amount, falls):
    a_year(march=march)
    entry = asked_back(own(MARCH, march), amount, establish=True)
    foreseen = foresee({entry: Decimal(amount)}, on=ON, at=TOLD_AT)
    pay_all()
    after = A_GAP if falls else INSURED
    assert told() == [INSURED, after, after, after]
    now = Seen(Status.INSURED, Reason.TWELVE_MONTHS, date(2027, 1, 31))
    assert list(foreseen.values()) == [
        Foreseen(now, Seen(Status.NOT_INSURED, Reason.GAP, None), ON, [date(2026, 3, 1)])
        if falls
        else Foreseen(now, now, None, [])
    ]


def test_without_the_last_month_the_insurance_lasts_till_its_due_day_and_grace_follows():
    a_year()
    entry = asked_back(own(OCTOBER), "4250.00", establish=True)
    foreseen = foresee({entry: Decimal("4250.00")}, on=ON, at=TOLD_AT)
    pay_all()
    assert told() == [
        INSURED,
        ("insured", "twelve_months", "2026-12-31"),
        ("insured", "twelve_months", "2026-12-31"),
        ("grace", "grace", "2026-12-31"),
    ]
    assert [(one.lost_on, one.months) for one in foreseen.values()] == [
        (LATER, [date(2026, 10, 1)])
    ]


def test_a_month_that_is_paid_again_is_covered_from_then():
    a_year()
    asked_back(own(MARCH), "4250.00", establish=True)
    pay_all()
    again = own(MARCH) | {"reference": "AGAIN", "payment_date": f"{AFTER}"}
    assert take(register(again), "again.csv").posted == 1
    assert told() == [INSURED, A_GAP, INSURED, INSURED]


def test_what_is_paid_back_of_a_month_covered_by_a_category_changes_nothing():
    a_year()
    spans = (
        "iin;category;valid_from;valid_to;received_on;source\n"
        f"{FIRST};student;2026-03-01;2026-03-31;2026-03-05;test\n"
    )
    assert not load_categories(io.BytesIO(spans.encode()), at=PAID).rejected
    item = row(reference="D1", knp="121", period="032026", amount="6000.00")
    assert take(register(item), "deducted.csv").posted == 1
    entry = asked_back(item, "6000.00")
    foreseen = foresee({entry: Decimal(6000)}, on=ON, at=TOLD_AT)
    pay_all()
    assert told() == [INSURED] * 4
    assert [(one.lost_on, one.months) for one in foreseen.values()] == [(None, [])]


def test_what_is_paid_back_of_a_repeat_changes_nothing():
    add_people()
    paid = [
        row(reference=f"E{month}", knp="121", period=months.period(month), amount="3000.00")
        for month in YEAR
    ]
    again = paid[MARCH - YEAR[0]] | {"reference": "AGAIN"}
    take(register(*paid, again))
    confirm_duplicates()
    asked_back(again, "3000.00")
    pay_all()
    assert told() == [INSURED] * 4
