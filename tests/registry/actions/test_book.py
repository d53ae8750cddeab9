"""The books: an entry is entered once and stays; what it pays is settled with it."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from django.db import DatabaseError, connection, transaction

from registry.actions import book
from registry.actions.book import KeyTaken
from registry.models import (
    CategorySpan,
    Contribution,
    Exclusion,
    PaidMonths,
    PersonRecord,
    VerdictChange,
)
from registry.rules import months
from registry.rules.days import day_of
from registry.rules.due import Kind
from registry.rules.paid import RECORD
from tests.registry.actions.test_judge import NIGHT, STOPPED, STUDENT, night
from tests.registry.actions.world import EARLY, keep, keep_items, keep_persons, settle, some
from tests.registry.rules.builders import paid, person

pytestmark = pytest.mark.django_db

ENTRY = {
    "key": "7:1",
    "payer": "000140000012",
    "knp": "121",
    "period": date(2026, 10, 1),
    "amount": Decimal("9000.00"),
    "credited_on": date(2026, 11, 10),
    "order_no": "1",
    "order_date": None,
    "recorded_at": EARLY,
    "rank": 1,
    "kind": "employer",
    "reference_day": date(2026, 10, 1),
    "due": None,
    "share": None,
    "reverses": None,
}
TYPES = {
    "period": "date",
    "amount": "numeric",
    "credited_on": "date",
    "order_date": "date",
    "recorded_at": "timestamptz",
    "rank": "bigint",
    "reference_day": "date",
    "due": "numeric",
    "share": "bigint",
    "reverses": "bigint",
}


def enter(person, **other):
    values = ENTRY | other
    columns = [f"%({name})s::{TYPES.get(name, 'text')}" for name in ENTRY]
    columns.insert(1, str(person.pk))
    return book.book(f"SELECT {', '.join(columns)}", values, 1)


@pytest.fixture
def payer():
    (row,) = keep_persons([person()])
    return row


def test_an_entry_is_entered_once(payer):
    assert enter(payer) == 1
    assert enter(payer) == 0
    assert enter(payer, recorded_at=NIGHT) == 0
    entry = Contribution.objects.get()
    assert (entry.key, entry.amount, entry.recorded_at) == ("7:1", Decimal("9000.00"), EARLY)


def test_another_key_is_another_entry(payer):
    assert [enter(payer), enter(payer, key="7:2")] == [1, 1]


@pytest.mark.parametrize(
    "other",
    [
        {"amount": Decimal("9000.01")},
        {"period": date(2026, 9, 1)},
        {"payer": "990140000007"},
        {"credited_on": date(2026, 11, 11)},
        {"order_no": "2"},
        {"order_date": date(2026, 11, 9)},
        {"knp": "122", "kind": "employee"},
    ],
)
def test_the_same_key_with_other_content_is_refused(payer, other):
    enter(payer)
    with pytest.raises(KeyTaken, match="7:1"), transaction.atomic():
        enter(payer, **other)
    assert Contribution.objects.get().amount == Decimal("9000.00")


@pytest.fixture
def kept():
    """One row in each table that only grows."""
    refunded = paid("2026-01", "2026-01", Kind.INDEPENDENT)
    keep([person(refunded), STOPPED, STUDENT])
    Exclusion.objects.create(
        entry=Contribution.objects.first(),
        cause="duplicate",
        since=date(2026, 3, 1),
        recorded_at=EARLY,
    )
    night("2026-01-20")


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (VerdictChange, "reason = 'gap'"),
        (VerdictChange, "decided_at = now()"),
        (Contribution, "amount = amount + 1"),
        (Contribution, "period = period + interval '1 month'"),
        (Contribution, "credited_on = credited_on + 1"),
        (Contribution, "person_id = person_id + 1"),
        (Contribution, "recorded_at = now()"),
        (Exclusion, "since = since + 1"),
        (Exclusion, "recorded_at = now()"),
        (PersonRecord, "residence = 'temporary'"),
        (CategorySpan, "valid_to = valid_to + 1"),
        (CategorySpan, "received_on = received_on + 1"),
    ],
)
@pytest.mark.usefixtures("kept")
def test_the_past_cannot_be_edited_even_by_sql(model, change):
    table = model._meta.db_table
    before = list(model.objects.order_by("pk").values())
    assert before
    with (
        pytest.raises(DatabaseError, match="Cannot update"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {table} SET {change}")
    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "model", [VerdictChange, Contribution, Exclusion, PersonRecord, CategorySpan]
)
@pytest.mark.usefixtures("kept")
def test_the_past_cannot_be_deleted_even_by_sql(model):
    with (
        pytest.raises(DatabaseError, match=r"Cannot .*delete rows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {model._meta.db_table}")
    assert model.objects.exists()


@pytest.mark.usefixtures("kept")
def test_what_was_settled_may_be_settled_anew():
    """A confirmed change of a parameter settles the items concerned anew."""
    Contribution.objects.update(share=1, due=Decimal("1.00"), reference_day=date(2026, 1, 1))
    Exclusion.objects.update(dropped_at=NIGHT)
    CategorySpan.objects.update(superseded_on=date(2026, 2, 1))


def paid_months(person):
    """Months with the day from which they are paid."""
    records = np.frombuffer(PaidMonths.objects.get(person=person).records, RECORD)
    return {months.text(month): str(day_of(since)) for month, _, since, _ in records.tolist()}


def test_the_paid_months_follow_from_the_entries():
    """Only the months that something touched are derived anew."""
    (first, second), _ = keep([person(paid("2026-01", "2026-02")), person()])
    assert paid_months(first) == {"2026-01": "2026-02-20", "2026-02": "2026-03-20"}
    assert not PaidMonths.objects.filter(person=second).exists()

    enter(second)
    enter(first, key="7:2")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE touched_now AS SELECT person_id, period"
            " FROM registry_contribution WHERE key IN ('7:1', '7:2')"
        )
    book.settle("touched_now")

    assert paid_months(second) == {"2026-10": "2026-11-10"}
    assert paid_months(first) == {
        "2026-01": "2026-02-20",
        "2026-02": "2026-03-20",
        "2026-10": "2026-11-10",
    }


def test_paid_months_grow_entry_by_entry_as_they_are_at_once():
    people = some(date(2026, 1, 26), 40)
    rows = keep_persons(people)
    items = [(serial, item) for serial, one in enumerate(people) for item in one.items]
    for part in range(5):
        keep_items(items[part::5], rows)
    grown = list(PaidMonths.objects.order_by("pk").values())
    PaidMonths.objects.all().delete()
    settle()
    assert len(grown) > 20
    assert grown == list(PaidMonths.objects.order_by("pk").values())
