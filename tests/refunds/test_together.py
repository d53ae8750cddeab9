"""Officers who act on the same refunds at the same moment, on connections of their own."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from time import monotonic, sleep

import pytest
from django.db import connections, transaction

from payments.models import Overpayment
from refunds.actions import answers, cases, clocks, lines, payouts, queue
from refunds.actions.lines import Wish
from refunds.models import Event, Line, PayoutItem
from registry.models import CalendarDay, Contribution
from tests.payments.actions.office import FIRST, register, row, take
from tests.refunds.actions.office import (
    AT,
    HEAD,
    OVERPAID,
    batch_of_all,
    confirmed,
    decided,
    head,
    officer,
    seen,
    small_world,
    states,
    sums,
    treasurer,
    under_review,
)
from tests.refunds.test_machine import BROKEN, ask, deadlines, recounted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.parametrize("attempt", range(2))]


@pytest.fixture(autouse=True)
def world(transactional_db):
    small_world()
    yield
    for name, query in BROKEN.items():
        assert ask(query) == [], name


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


def approve(line, by, amount=OVERPAID):
    name = "approve" if amount == line.asked else "part"
    return lines.decide({line.pk: Wish(name, amount)}, by=by, at=AT)[line.pk]


def test_two_heads_confirm_the_same_line(attempt):
    _application, (line,) = decided("A1", "R1")
    one, other = head(), head("other")
    told = at_once(
        *(lambda by=by: lines.confirm(seen([line]), by=by, at=AT) for by in (one, other))
    )
    assert sorted(each[line.pk] for each in told) == ["", "changed"]
    line.refresh_from_db()
    assert line.decision.confirmed_by == (one if told[0][line.pk] == "" else other)


def test_a_line_is_approved_while_its_application_is_withdrawn(attempt):
    application, (line,) = under_review("A1", "R1")
    by, other = officer(), officer("other")
    approved, withdrawn = at_once(
        lambda: approve(line, by),
        lambda: cases.step(application.pk, "withdraw", by=other, at=AT, note="a letter"),
    )
    assert (approved, withdrawn) in [("", ""), ("no_such_step", "")]
    application.refresh_from_db()
    assert (application.state, states()) == ("withdrawn", {line.pk: "withdrawn"})
    assert sums("R1") == (5750, 5750, 0, 0)


def test_a_line_is_confirmed_while_its_decision_is_taken_back(attempt):
    _application, (line,) = decided("A1", "R1")
    by, other = head(), officer()
    told = at_once(
        lambda: lines.confirm({line.pk: None}, by=by, at=AT)[line.pk],
        lambda: lines.undo("take_back", {line.pk: None}, by=other, at=AT)[line.pk],
    )
    assert sorted(told) == ["", "no_such_step"]
    assert states()[line.pk] == ("confirmed" if told[0] == "" else "asked")


def test_two_batches_take_the_same_lines(attempt):
    _application, rows = confirmed("A1", "R1", "R2")
    one, other = officer(), officer("other")
    (first, _), (second, _) = told = at_once(
        *(
            lambda by=by: payouts.prepare(dict.fromkeys(seen(rows)), by=by, at=AT)
            for by in (one, other)
        )
    )
    assert (first is None) != (second is None)
    assert sorted({code for _batch, codes in told for code in codes.values()}) == [
        "",
        "in_another_batch",
    ]
    assert PayoutItem.objects.count() == 2


def content(*rows):
    return "\n".join([HEAD, *(f"{key};{outcome};2026-11-24;" for key, outcome in rows)]).encode()


NEXT_DAY = AT.replace(day=24)


def answer(text, name="answer.csv"):
    return answers.take(io.BytesIO(text), name, by=treasurer(), at=NEXT_DAY).answer


def test_the_answer_of_the_bank_comes_twice(attempt):
    confirmed("A1", "R1")
    text = content((batch_of_all().items.get().key, "paid"))
    treasurer()
    told = at_once(*[lambda: answer(text)] * 3)
    assert sorted(each is None for each in told) == [False, True, True]
    assert Contribution.objects.exclude(reverses=None).count() == 1


@pytest.mark.parametrize("second", ["paid", "bounced"])
def test_two_answers_of_the_bank_speak_of_the_same_payout(attempt, second):
    confirmed("A1", "R1")
    key = batch_of_all().items.get().key
    texts = content((key, "paid")), content((key, second), ("R0", "paid"))
    treasurer()
    told = at_once(*(lambda text=text: answer(text) for text in texts))
    assert sorted(each.applied for each in told) == [0, 1]
    (late,) = (each for each in told if not each.applied)
    assert late.faults[0]["code"] == "answered_already"
    assert Contribution.objects.exclude(reverses=None).count() <= 1


def test_two_applications_ask_one_item_at_once(attempt):
    rows = [under_review(number, "R1")[1][0] for number in ("A1", "A2")]
    one, other = officer(), officer("other")
    told = at_once(
        *(lambda each=each: approve(*each) for each in zip(rows, (one, other), strict=True))
    )
    assert sorted(told) == ["", "within_refundable"]
    assert sums("R1") == (5750, 5750, 5750, 0)


def test_many_officers_decide_the_same_items_in_all_orders(attempt):
    by = [officer(f"officer {number}") for number in range(4)]
    orders = ("R1", "R2", "R3"), ("R3", "R1", "R2"), ("R2", "R3", "R1"), ("R3", "R2", "R1")
    asked = [under_review(f"A{n}", *order)[1] for n, order in enumerate(orders)]
    at_once(
        *(
            lambda rows=rows, who=who: lines.decide(
                {line.pk: Wish("part", Decimal(2000)) for line in rows}, by=who, at=AT
            )
            for rows, who in zip(asked, by, strict=True)
        )
    )
    assert sorted(states().values()).count("partly") == 6
    assert [sums(reference)[2] for reference in ("R1", "R2", "R3")] == [4000] * 3


def test_a_refund_is_approved_while_a_register_changes_what_is_overpaid(attempt):
    _application, (line,) = under_review("A1", "R1")
    earlier = row(reference="L1", payer_id=FIRST, period="072026", payment_date="2026-11-09") | {
        "amount": "2000.00"
    }
    by = officer()
    told, file = at_once(lambda: approve(line, by), lambda: take(register(earlier), "earlier.csv"))
    assert (told, file.state) == ("", "posted")
    found, amount, reserved, paid = sums("R1")
    assert (found, amount, reserved, paid) == (7750, 7750, 5750, 0)


def test_a_batch_is_released_while_it_is_cancelled(attempt):
    _application, (line,) = confirmed("A1", "R1")
    batch, _told = payouts.prepare(seen([line]), by=officer(), at=AT)
    by, other = treasurer(), head()
    assert payouts.step(batch.pk, "confirm", by=other, at=AT) == ""
    told = at_once(
        lambda: payouts.step(batch.pk, "release", by=by, at=AT),
        lambda: payouts.step(batch.pk, "cancel", by=other, at=AT, note="wrong day"),
    )
    assert sorted(told) == ["", "no_such_step"]
    batch.refresh_from_db()
    assert (batch.state, states()[line.pk]) == (
        ("sent", "sent") if told[0] == "" else ("cancelled", "confirmed")
    )


def test_a_line_is_left_out_while_its_batch_is_confirmed(attempt):
    _application, rows = confirmed("A1", "R1", "R2")
    batch, _told = payouts.prepare(seen(rows), by=officer(), at=AT)
    first = batch.items.first().pk
    by, other = officer(), head()
    left_out, confirmed_ = at_once(
        lambda: payouts.leave_out(batch.pk, [first], by=by, at=AT),
        lambda: payouts.step(batch.pk, "confirm", by=other, at=AT),
    )
    assert (left_out, confirmed_) in [("", ""), ("batch_open", "")]


def test_the_calendar_changes_while_steps_are_taken(attempt):
    ids = list(Overpayment.objects.values_list("pk", flat=True))
    (application,), _told = cases.open_from_overpayments(ids, by=officer(), at=AT)
    details = {name: getattr(application, name) for name in cases.DETAILS}
    cases.correct(application.pk, details | {"iban": "KZ31601A000000000001"}, by=officer(), at=AT)
    assert cases.step(application.pk, "begin_check", by=officer(), at=AT) == ""
    other, _lines = under_review("A1", "R1")
    clocks.pause(other.pk, "court", by=officer(), at=AT, note="a letter")
    CalendarDay.objects.create(day=date(2026, 11, 27), kind="off", entered_on=AT.date())
    by = officer()
    at_once(
        lambda: clocks.follow_calendar(at=NEXT_DAY),
        lambda: cases.step(application.pk, "return", by=by, at=NEXT_DAY, note="a paper is missing"),
        lambda: clocks.resume(other.pk, by=by, at=NEXT_DAY),
        lambda: clocks.follow_calendar(at=NEXT_DAY),
    )
    assert deadlines() == recounted()


def test_two_take_over_the_same_application(attempt):
    application, _lines = under_review("A1", "R1")
    application.refresh_from_db()
    one, other = officer(), officer("other")
    told = at_once(
        *(
            lambda by=by: queue.hand_on({application.pk: application.version}, by, by=by, at=AT)
            for by in (one, other)
        )
    )
    assert [*told] == [{application.pk: ""}] * 2
    first, last = Event.objects.filter(step="owner").order_by("pk").values_list("facts", flat=True)
    application.refresh_from_db()
    assert (first["from"], first["to"], last["to"]) == (None, last["from"], application.owner_id)


def waits(count):
    """Until so many connections wait for a lock."""
    end = monotonic() + 30
    while ask("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted") != [(count,)]:
        assert monotonic() < end
        sleep(0.02)


def test_the_bank_answers_for_items_that_are_asked_again(attempt):
    """Of the second item money is paid, of the first it comes back; a case wants both just then."""
    confirmed("A1", "R1", "R2", asked="1000.00")
    back, paid = batch_of_all().items.values_list("key", flat=True)
    _other, rows = under_review("A2", "R1", "R2", asked="1000.00")
    text = content((back, "bounced"), (paid, "paid"))
    by, last = officer("other"), Line.objects.get(payouts__key=paid).entry_id
    treasurer()

    def one(act, before):
        try:
            waits(before)
            return act()
        finally:
            connections.close_all()

    wishes = {line.pk: Wish("approve", Decimal(1000)) for line in rows}
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            Overpayment.objects.select_for_update(no_key=True).get(entry=last)
            answered = pool.submit(one, lambda: answer(text), 0)
            asked = pool.submit(one, lambda: lines.decide(wishes, by=by, at=AT), 1)
            waits(2)
        assert (answered.result().applied, set(asked.result().values())) == (2, {""})
    assert (sums("R1")[2:], sums("R2")[2:]) == ((1000, 0), (1000, 1000))
