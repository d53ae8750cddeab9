"""Findings follow from the books, whenever what they follow from becomes known."""

import io
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection, transaction

from payments.actions import derive as deriving
from payments.actions.derive import TOUCHED, derive, derive_rechecks, touched_table
from payments.models import Finding, Overpayment
from registry.actions import book
from registry.actions.columns import fetch
from registry.actions.load import load_categories
from registry.models import Contribution, Exclusion, PaidMonths, Recheck
from registry.rules import months
from registry.rules.days import day_of
from registry.rules.paid import RECORD
from tests.payments.actions.office import (
    AT,
    FIRST,
    LATER,
    OTHER_EMPLOYER,
    SAMPLES,
    SECOND,
    add_people,
    load_people,
    register,
    row,
    state,
    take,
    take_file,
)

pytestmark = pytest.mark.django_db

CREDITED, RECEIVED, SUPERSEDED = date(2026, 11, 10), date(2026, 11, 15), date(2026, 11, 18)
OCTOBER = date(2026, 10, 1)
DEDUCTIONS = row(knp="121", amount="3000.00")


def learn(*spans):
    """Categories of the first person: (first day, last day, day of receipt)."""
    lines = ["iin;category;valid_from;valid_to;received_on;source"]
    lines += [f"{FIRST};pensioner;{';'.join(map(str, span))};list" for span in spans]
    loaded = load_categories(io.BytesIO("\n".join([*lines, ""]).encode()), at=AT)
    assert not loaded.rejected


def found():
    """Of every finding, past ones too: whose, code, amount, and whether it still holds."""
    columns = ("entry__key", "code", "amount", "dropped_at")
    for key, code, amount, dropped_at in Finding.objects.order_by("id").values_list(*columns):
        yield key.partition(":")[2], code, amount, dropped_at is None


def excluded():
    columns = ("cause", "since", "until", "dropped_at")
    for cause, since, until, dropped_at in Exclusion.objects.order_by("id").values_list(*columns):
        yield cause, since, until, dropped_at is None


def paid(iin=FIRST):
    """(month, first day, day from which it is no longer paid or nothing)."""
    records = np.frombuffer(PaidMonths.objects.get(person__iin=iin).records, RECORD)
    return [
        (months.text(month), day_of(since), day_of(until))
        for month, _, since, until in records.tolist()
    ]


def test_a_category_received_after_the_register_brings_the_finding():
    add_people()
    take(register(DEDUCTIONS))
    assert (list(found()), paid()) == ([], [("2026-10", CREDITED, None)])
    learn(("2026-10-01", "2026-10-31", RECEIVED))
    assert list(found()) == []
    assert derive_rechecks(at=LATER) == 1
    assert list(found()) == [("1", "exempt_category", Decimal("3000.00"), True)]
    assert list(excluded()) == [("exempt_category", RECEIVED, None, True)]
    assert paid() == [("2026-10", CREDITED, RECEIVED)]
    assert not Recheck.objects.exists()


def test_a_withdrawn_category_takes_the_finding_away_and_the_history_keeps_it():
    add_people()
    learn(("2026-10-01", "2026-10-31", RECEIVED))
    take(register(DEDUCTIONS))
    assert derive_rechecks(at=AT) == 1
    learn(("2026-10-01", "2026-09-30", SUPERSEDED))
    assert derive_rechecks(at=LATER) == 1
    assert list(found()) == [("1", "exempt_category", Decimal("3000.00"), False)]
    assert Finding.objects.get().dropped_at == LATER
    assert list(excluded()) == [
        ("exempt_category", RECEIVED, None, False),
        ("exempt_category", RECEIVED, SUPERSEDED, True),
    ]
    assert paid() == [("2026-10", CREDITED, RECEIVED), ("2026-10", SUPERSEDED, None)]


def test_what_still_holds_is_not_written_again():
    add_people()
    take(register(DEDUCTIONS, row(line=2, knp="121", amount="102000.01")))
    learn(("2026-10-01", "2026-10-31", RECEIVED))
    derive_rechecks(at=AT)
    before = list(Finding.objects.order_by("id").values())
    assert [one["code"] for one in before] == ["over_cap", "exempt_category", "exempt_category"]
    learn(("2026-09-01", "2026-09-30", RECEIVED))
    assert derive_rechecks(at=LATER) == 1
    assert list(Finding.objects.order_by("id").values()) == before


def test_without_news_nothing_is_derived():
    add_people()
    take(register(DEDUCTIONS))
    assert derive_rechecks(at=LATER) == 0


def test_an_item_credited_earlier_but_received_later_goes_first():
    add_people()
    take(register(row(amount="4250.00", payer_id=FIRST)))
    take(
        register(
            row(amount="4250.00", payer_id=FIRST, reference="R2", payment_date="2026-11-09", line=2)
        )
    )
    assert list(found()) == [("1", "duplicate", Decimal("4250.00"), True)]
    assert paid() == [("2026-10", date(2026, 11, 9), None)]


def touch(iin, period):
    """Derives a month of a person anew."""
    with transaction.atomic(), connection.cursor() as cursor:
        touched_table(cursor)
        cursor.execute(
            f"INSERT INTO {TOUCHED} SELECT id, %s FROM registry_person WHERE iin = %s",
            (period, iin),
        )
        derive(at=LATER)


def test_a_dismissal_takes_a_duplicate_away_from_its_crediting(django_user_model):
    add_people()
    take(register(row(), row(reference="R2")))
    assert list(found()) == [("1", "duplicate", Decimal("2000.00"), True)]
    Overpayment.objects.update(
        answer="dismissed",
        answered_at=LATER,
        answered_by=django_user_model.objects.create(username="officer"),
    )
    touch(FIRST, OCTOBER)
    assert list(found()) == [("1", "duplicate", Decimal("2000.00"), False)]
    assert list(excluded()) == [("duplicate", CREDITED, None, False)]


def refund(entry, amount, on):
    """The opposite entry that a payout will book."""
    Contribution.objects.create(
        key=f"case 1 line {entry.pk}",
        person=entry.person,
        payer=entry.payer,
        knp=entry.knp,
        period=entry.period,
        amount=-amount,
        credited_on=on,
        recorded_at=LATER,
        rank=entry.rank + 1000,
        kind=entry.kind,
        reference_day=entry.reference_day,
        due=entry.due,
        share=entry.due and -int(amount / entry.due * 1_000_000_000),
        reverses=entry,
    )


def test_a_refund_takes_away_from_its_day_and_leaves_the_days_before():
    add_people()
    take(register(row(amount="4250.00", payer_id=FIRST)))
    refund(Contribution.objects.get(), Decimal("250.00"), RECEIVED)
    touch(FIRST, OCTOBER)
    assert list(found()) == [("1", "under_due", None, True)]
    assert paid() == [("2026-10", CREDITED, RECEIVED)]


def test_the_refund_of_a_duplicate_changes_nothing_of_the_month():
    add_people()
    take(register(row(), row(reference="R2")))
    refund(Finding.objects.get().entry, Decimal("2000.00"), RECEIVED)
    touch(FIRST, OCTOBER)
    assert list(found()) == [("1", "duplicate", Decimal("2000.00"), True)]
    assert paid() == [("2026-10", CREDITED, None)]


def test_other_persons_and_months_are_left_alone():
    add_people()
    take(register(row(), row(SECOND, line=2, payer_id=OTHER_EMPLOYER)))
    before = state()
    take(register(row(reference="R2", period="092026", amount="2001.00")))
    after = state()
    assert set(before["findings"]) <= set(after["findings"])
    assert paid(SECOND) == [("2026-10", CREDITED, None)]
    assert [month for month, *_ in paid()] == ["2026-09", "2026-10"]


# in any portions


FILES = ["2026-01.csv", "2026-10.csv", "2026-11.csv"]


def test_a_part_ends_with_the_person_who_fills_it():
    months = {1: 2, 2: 1, 4: 5, 5: 1, 9: 2}
    with connection.cursor() as cursor:
        touched_table(cursor)
        for person, count in months.items():
            cursor.execute(
                f"INSERT INTO {TOUCHED} SELECT %s, DATE '2026-10-01' FROM generate_series(1, %s)",
                (person, count),
            )
    parts = [(1, 2, 3), (4, 4, 5), (5, 5, 1), (9, 9, 2)]
    assert fetch(deriving.PARTS, (3,), deriving.PART).tolist() == parts
    assert fetch(deriving.PARTS, (100,), deriving.PART).tolist() == [(1, 9, 11)]


@pytest.mark.parametrize("portion", [1, 7])
def test_small_portions_give_what_one_large_gives(portion, monkeypatch):
    load_people()
    with transaction.atomic():
        for name in FILES:
            take_file(SAMPLES / "registers" / name)
        expected = state()
        transaction.set_rollback(True)
    monkeypatch.setattr(deriving, "MONTHS_AT_ONCE", portion)
    for name in FILES:
        take_file(SAMPLES / "registers" / name)
    assert state() == expected


def test_the_paid_months_are_those_that_the_books_alone_give():
    load_people()
    for name in FILES:
        take_file(SAMPLES / "registers" / name)
    expected = state()["paid"]
    PaidMonths.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE everything AS SELECT person_id, period FROM registry_contribution"
        )
        book.settle("everything")
        cursor.execute("DROP TABLE everything")
    assert state()["paid"] == expected
    assert len(expected) == 96
