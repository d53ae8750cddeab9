"""Payout batches: three persons, one key a line, and what the bank says."""

from datetime import timedelta
from decimal import Decimal

import pytest

from refunds.actions import payouts
from refunds.models import Answer, Application, Batch, Line, PayoutItem
from registry.models import Contribution
from tests.refunds.actions.office import (
    AT,
    PAID,
    answer,
    batch_of_all,
    confirm_all,
    confirmed,
    decide_as_found,
    head,
    lines_of,
    officer,
    refuse_at_commit,
    seen,
    small_world,
    states,
    story,
    sums,
    treasurer,
    under_review,
    user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world(db):
    small_world()


def prepared(*references):
    _application, lines = confirmed("A1", *references)
    batch, told = payouts.prepare(seen(lines), by=officer(), at=AT)
    assert set(told.values()) == {""}
    return batch


def step(batch, name, by, note=""):
    return payouts.step(batch.pk, name, by=by, at=AT, note=note)


def keys(batch):
    return list(batch.items.values_list("key", flat=True))


def opposite():
    return [
        (row.key, row.amount, row.credited_on.isoformat())
        for row in Contribution.objects.exclude(reverses=None).order_by("key")
    ]


def of_all_roles(name):
    found = user(name, "refund_officer")
    found.groups.add(*head().groups.all(), *treasurer().groups.all())
    return type(found).objects.get(pk=found.pk)


def test_a_batch_is_prepared_by_one_confirmed_by_another_and_released_by_a_third():
    one, two, three = map(of_all_roles, ("one", "two", "three"))
    _application, lines = confirmed("A1", "R1", "R2")
    batch, _told = payouts.prepare(seen(lines), by=one, at=AT)
    assert step(batch, "release", three) == "no_such_step"
    assert step(batch, "confirm", one) == "second_person"
    assert step(batch, "confirm", treasurer()) == "not_your_role"
    assert step(batch, "confirm", two) == ""
    assert step(batch, "release", one) == "third_person"
    assert step(batch, "release", two) == "third_person"
    assert step(batch, "release", officer()) == "not_your_role"
    assert step(batch, "release", three) == ""
    batch.refresh_from_db()
    assert (batch.state, batch.prepared_by, batch.confirmed_by, batch.released_by) == (
        *("sent", one),
        *(two, three),
    )
    assert set(states().values()) == {"sent"}
    assert story("batch", batch) == [
        ("begun", "", "prepared"),
        ("confirm", "prepared", "confirmed"),
        ("release", "confirmed", "sent"),
    ]
    refuse_at_commit()


def test_only_what_is_to_be_paid_gets_into_a_batch():
    _one, (line,) = confirmed("A1", "R1")
    _two, (other,) = under_review("A2", "R2")
    batch, told = payouts.prepare({**seen([line, other]), 404: 0}, by=officer(), at=AT)
    assert told == {line.pk: "", other.pk: "not_to_be_paid", 404: "gone"}
    again, told = payouts.prepare({line.pk: None}, by=officer(), at=AT)
    assert (again, told) == (None, {line.pk: "in_another_batch"})
    assert payouts.prepare({line.pk: None}, by=head(), at=AT) == (None, {line.pk: "not_your_role"})
    assert Batch.objects.get() == batch


def test_what_is_left_out_of_a_batch_is_to_be_paid_again():
    batch = prepared("R1", "R2")
    first = batch.items.first()
    assert payouts.leave_out(batch.pk, [first.pk], by=officer(), at=AT) == ""
    assert sorted(states().values()) == ["batched", "confirmed"]
    assert step(batch, "confirm", head()) == ""
    assert payouts.leave_out(batch.pk, [first.pk], by=officer(), at=AT) == "batch_open"
    other = batch_of_all()
    assert keys(other) == [f"{first.key[:-3]}002"]
    refuse_at_commit()


def test_a_batch_without_lines_is_not_confirmed():
    batch = prepared("R1")
    payouts.leave_out(batch.pk, batch.items.values_list("pk", flat=True), by=officer(), at=AT)
    assert step(batch, "confirm", head()) == "has_lines"


@pytest.mark.parametrize("confirm", [False, True])
def test_a_cancelled_batch_lets_its_lines_go(confirm):
    batch = prepared("R1", "R2")
    if confirm:
        assert step(batch, "confirm", head()) == ""
    assert step(batch, "cancel", head()) == "said_why"
    assert step(batch, "cancel", head(), "wrong day") == ""
    assert set(states().values()) == {"confirmed"}
    assert set(batch.items.values_list("outcome", flat=True)) == {"left_out"}
    assert len(keys(batch_of_all())) == 2
    refuse_at_commit()


def test_a_released_batch_is_not_cancelled():
    batch = prepared("R1")
    step(batch, "confirm", head())
    step(batch, "release", treasurer())
    assert step(batch, "cancel", head(), "too late") == "no_such_step"


def test_what_is_paid_is_booked_as_the_opposite_entry_once():
    application, _lines = confirmed("A1", "R1", "R2")
    batch = batch_of_all()
    one, two = keys(batch)
    took = answer((one, "paid"), (two, "paid"))
    assert (took.answer.items, took.answer.applied, took.answer.total, took.answer.faults) == (
        *(2, 2),
        *(Decimal("11500.00"), []),
    )
    booked = [(one, Decimal("-5750.00"), "2026-11-24"), (two, Decimal("-5750.00"), "2026-11-24")]
    assert opposite() == booked
    assert (sums("R1")[1:], sums("R2")[1:]) == ((5750, 0, 5750),) * 2
    application.refresh_from_db()
    assert (application.state, application.closed_on.isoformat()) == ("closed", "2026-11-24")
    batch.refresh_from_db()
    assert batch.state == "settled"
    assert answer((one, "paid"), (two, "paid")).answer is None
    again = answer((one, "paid"), (two, "bounced"), name="again.csv").answer
    assert (again.applied, [fault["code"] for fault in again.faults]) == (
        0,
        ["answered_already", "answered_already"],
    )
    assert opposite() == booked
    refuse_at_commit()


def test_a_bounced_line_goes_back_to_review_and_is_paid_under_another_key():
    application, (line,) = confirmed("A1", "R1")
    (key,) = keys(batch_of_all())
    answer((key, "bounced"))
    application.refresh_from_db()
    assert (application.state, states()) == ("review", {line.pk: "bounced"})
    assert sums("R1") == (5750, 5750, 0, 0)
    assert decide_as_found() == {line.pk: ""}
    confirm_all()
    (other,) = keys(batch_of_all())
    assert (key[-3:], other) == ("001", f"{key[:-3]}002")
    late = answer((key, "paid"), name="late.csv").answer
    assert [fault["code"] for fault in late.faults] == ["answered_already"]
    answer((other, "paid"), name="second.csv")
    assert [row[0] for row in opposite()] == [other]
    application.refresh_from_db()
    assert application.state == "closed"
    refuse_at_commit()


def test_two_lines_of_one_item_bounce_together():
    for number in ("A1", "A2"):
        _application, (line,) = under_review(number, "R1", asked="2000.00")
        decide_as_found([line.pk])
    confirm_all()
    assert sums("R1") == (5750, 5750, 4000, 0)
    answer(*((key, "bounced") for key in keys(batch_of_all())))
    assert sums("R1") == (5750, 5750, 0, 0)
    refuse_at_commit()


def test_what_is_paid_in_part_goes_back_to_review_with_the_rest():
    application, (line,) = confirmed("A1", "R1")
    (key,) = keys(batch_of_all())
    answer((key, "partly", "2000.00"))
    line.refresh_from_db()
    assert (line.state, line.paid_back, line.approved) == ("bounced", 2000, 0)
    assert (PayoutItem.objects.get().outcome, PayoutItem.objects.get().paid) == ("partly", 2000)
    assert sums("R1")[2:] == (0, 2000)
    refuse_at_commit()
    decide_as_found()
    line.refresh_from_db()
    assert (line.state, line.approved) == ("approved", 3750)
    confirm_all()
    answer((keys(batch_of_all())[0], "paid"), name="rest.csv")
    line.refresh_from_db()
    application.refresh_from_db()
    assert (line.state, line.paid_back, application.state) == ("paid", 5750, "closed")
    assert sums("R1")[2:] == (0, 5750)
    refuse_at_commit()


@pytest.mark.parametrize(
    ("outcome", "sum_"),
    [("partly", "5750.00"), ("partly", "6000.00"), ("paid", "6000.00"), ("bounced", "2000.00")],
)
def test_a_sum_that_is_not_that_of_the_line_changes_nothing(outcome, sum_):
    confirmed("A1", "R1")
    (key,) = keys(batch_of_all())
    found = answer((key, outcome, sum_)).answer
    assert (found.applied, found.faults[0]["code"]) == (0, "amount_differs")
    assert set(states().values()) == {"sent"}


@pytest.mark.parametrize("at", [AT, PAID - timedelta(days=2)])
def test_a_day_that_cannot_be_changes_nothing(at):
    confirmed("A1", "R1")
    (key,) = keys(batch_of_all())
    found = answer((key, "paid"), at=at).answer
    assert (found.applied, found.faults[0]["code"]) == (0, "day_differs")
    Batch.objects.update(released_at=PAID + timedelta(days=1))
    found = answer((key, "bounced"), at=PAID + timedelta(days=2)).answer
    assert (found.applied, found.faults[0]["code"]) == (0, "day_differs")


def test_an_answer_for_nobody_is_kept_and_keeps_no_other_back():
    confirmed("A1", "R1", "R2")
    one, _two = keys(batch_of_all())
    found = answer(("R999", "paid"), (one, "paid")).answer
    assert (found.applied, [fault["code"] for fault in found.faults]) == (1, ["unknown_key"])
    assert sorted(states().values()) == ["paid", "sent"]
    assert Batch.objects.get().state == "sent"


def test_a_batch_that_is_not_released_is_not_answered():
    batch = prepared("R1")
    found = answer((keys(batch)[0], "paid")).answer
    assert [fault["code"] for fault in found.faults] == ["not_sent"]
    assert opposite() == []


def test_rows_of_an_order():
    application, (line,) = confirmed("A1", "R1")
    batch = batch_of_all()
    expected = [
        *(keys(batch)[0], "5750.00", "990101300003", "АХМЕТОВ АСАН"),
        *("KZ31601A000000000001", "HSBKKZKX", "990101300003", "АХМЕТОВ", "АСАН", ""),
        *("1999-01-01", str(line.period), "122", "A1", "1"),
    ]
    assert b"".join(payouts.rows(batch)).decode() == "\t".join(expected) + "\n"
    head_ = payouts.header(batch)
    assert (head_.total, head_.count) == (Decimal("5750.00"), 1)
    assert application.number == "A1"


def test_nothing_of_it_is_left_when_all_is_done():
    confirmed("A1", "R1", "R2", "R3", "R4")
    batch = batch_of_all()
    answer(*((key, "paid") for key in keys(batch)))
    assert Line.objects.exclude(state="paid").count() == 0
    assert Application.objects.get().letters.count() == 1
    assert Answer.objects.get().received_by == treasurer()
    assert lines_of(Application.objects.get())[0].batch == batch
