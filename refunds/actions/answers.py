"""What the bank says of payouts: paid, paid in part, or bounced."""

import hashlib
from collections import Counter
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.timezone import localdate

from payments.actions import refunding
from refunds.actions import lines as acts
from refunds.actions.advance import Move, advance
from refunds.actions.payouts import facts_of
from refunds.models import Answer, Batch, PayoutItem
from refunds.rules import answers
from refunds.rules.states import Role
from refunds.rules.workflow import chosen
from registry.actions.columns import run

NOTHING = Decimal(0)
ANSWERS = 20200102


class Took(NamedTuple):
    """The kept answer, None when the same file was taken before; and the batches concerned."""

    answer: Answer | None
    batches: list


class Fit(NamedTuple):
    """A payout that waits, what the bank said of it, and how much it paid."""

    item: PayoutItem
    row: answers.Answer
    paid: Decimal


@transaction.atomic
def take(stream, name, *, by, at):
    """Reads an answer of the bank and does what it says.

    What fits no payout that waits is kept with the answer and changes nothing; a statement whose
    debits are not the sums of its payouts changes nothing at all. Refused when it is no answer.
    """
    content = stream.read()
    stream.seek(0)
    sha256 = hashlib.sha256(content).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (ANSWERS,))
    if Answer.objects.filter(sha256=sha256).exists():
        return Took(None, [])
    found = answers.read(stream, name)
    items, locked = _lock([row.key for row in found.rows], by, at)
    fit, faults = [], [fault._asdict() for fault in found.faults]
    for row in found.rows:
        item = items.get(row.key)
        code = _against(item, row, at)
        if code:
            faults.append({"code": code, "where": row.where, "found": row.key})
        else:
            fit.append(Fit(item, row, _paid(item, row)))
    total = sum((one.paid for one in fit), NOTHING)
    if not found.balances:
        faults.append({"code": "debits_differ", "where": "", "found": str(found.debits)})
        fit, total = [], NOTHING
    answer = Answer.objects.create(
        name=name[:255],
        sha256=sha256,
        items=len(found.rows),
        applied=len(fit),
        total=total,
        debits=found.debits,
        faults=faults,
        received_at=at,
        received_by=by,
    )
    _apply(fit, locked, answer)
    return Took(answer, _settle({one.item.batch_id for one in fit}, by, at))


def _lock(keys, by, at):
    """The payouts by key, and their lines, under lock: batches, applications, lines, payouts."""
    wanted = PayoutItem.objects.filter(key__in=keys)
    batches = wanted.order_by().values("batch")
    list(Batch.objects.select_for_update(no_key=True).filter(pk__in=batches).order_by("pk"))
    locked = acts.lock(list(wanted.values_list("line", flat=True)), by=by, at=at, note="")
    rows = wanted.select_for_update(no_key=True, of=("self",)).select_related("batch")
    return {item.key: item for item in rows.order_by("pk")}, locked


def _against(item, row, at):
    """The code of what stands against doing what a row says, or ""."""
    if item is None:
        return "unknown_key"
    if item.outcome:
        return "answered_already"
    if item.batch.state != "sent":
        return "not_sent"
    if not localdate(item.batch.released_at) <= row.on <= localdate(at):
        return "day_differs"
    if row.outcome == "partly" and not 0 < row.amount < item.amount:
        return "amount_differs"
    if row.outcome == "paid" and row.amount is not None and not 0 < row.amount <= item.amount:
        return "amount_differs"
    if row.outcome == "bounced" and row.amount not in (None, item.amount):
        return "amount_differs"
    return ""


def _paid(item, row):
    if row.outcome == "bounced":
        return NOTHING
    return item.amount if row.amount is None else row.amount


def _apply(fit, locked, answer):
    lines = {line.pk: line for line in locked.lines}
    held = acts.overpayments_of(locked.lines)
    for item, _row, paid in fit:
        item.outcome = "paid" if paid == item.amount else "partly" if paid else "bounced"
    _write(fit, answer)
    refunding.lock(held.values())
    refunding.pay(
        [(held[one.item.line_id], one.item.key, one.paid, one.row.on) for one in fit if one.paid],
        at=locked.at,
    )
    rest = Counter()
    for item, _row, paid in fit:
        rest[held[item.line_id]] += item.amount - paid
    if +rest:
        refunding.release(dict(+rest))
    paid_back = {i.line_id: lines[i.line_id].paid_back + paid for i, _row, paid in fit}
    done = {one.item.line_id for one in fit if one.item.outcome == "paid"}
    _step(locked, "pay", {pk: {"paid_back": paid_back[pk]} for pk in done})
    _step(
        locked,
        "bounce",
        {
            pk: {"paid_back": total, "approved": NOTHING, "batch": None}
            for pk, total in paid_back.items()
            if pk not in done
        },
    )


ANSWERED = """
UPDATE refunds_payoutitem i SET outcome = n.outcome, paid = n.paid, answered_on = n.answered_on,
    text = n.text, answer_id = %s
FROM unnest(%s::bigint[], %s::text[], %s::numeric[], %s::date[], %s::text[])
    AS n (id, outcome, paid, answered_on, text)
WHERE i.id = n.id"""


def _write(fit, answer):
    """Keeps with the payouts what the bank said of them."""
    run(
        ANSWERED,
        (
            answer.pk,
            [one.item.pk for one in fit],
            [one.item.outcome for one in fit],
            [one.paid for one in fit],
            [one.row.on for one in fit],
            [one.row.text[:255] for one in fit],
        ),
    ).close()


def _step(locked, name, also):
    some = [line for line in locked.lines if line.pk in also]
    if some:
        acts.step_by_itself(locked._replace(lines=some), name, also)


def _settle(pks, by, at):
    """Settles the batches that are answered in full; returns all of them."""
    batches = list(Batch.objects.filter(pk__in=pks).order_by("pk"))
    for batch in batches:
        facts = facts_of(batch, None, "")
        step, against = chosen("batch", "settle", batch.state, (Role.SYSTEM,), facts)
        if not against:
            advance("batch", [Move(batch.pk, step, facts)], by=by, at=at)
            batch.refresh_from_db()
    return batches
