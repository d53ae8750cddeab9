"""Payout batches: prepared by one, confirmed by another, released by a third."""

from collections import Counter

from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils.timezone import localdate

from refunds.actions import lines as acts
from refunds.actions.advance import Move, advance, begin, roles_of
from refunds.models import Batch, PayoutItem
from refunds.rules import payout_out
from refunds.rules.guards import BatchFacts
from refunds.rules.states import LineState, Role
from refunds.rules.workflow import chosen

MAY_LEAVE_OUT = frozenset({Role.OFFICER, Role.HEAD})


@transaction.atomic
def prepare(wanted, *, by, at):
    """A batch of lines that are to be paid, {id: version}; the answer for each.

    Returns the batch, or None when no line fits into it.
    """
    if Role.OFFICER not in roles_of(by):
        return None, dict.fromkeys(wanted, "not_your_role")
    locked = acts.lock(wanted, by=by, at=at, note="")
    told = dict.fromkeys(wanted, "gone") | {
        line.pk: _why_not(line, wanted[line.pk]) for line in locked.lines
    }
    fit = [line for line in locked.lines if not told[line.pk]]
    if not fit:
        return None, told
    batch = Batch.objects.create(state="prepared", prepared_at=at, prepared_by=by)
    begin("batch", [batch], by=by, at=at)
    times = dict(
        PayoutItem.objects.filter(line__in=fit).values_list("line").annotate(n=Count("pk"))
    )
    PayoutItem.objects.bulk_create(
        PayoutItem(
            batch=batch,
            number=number,
            line=line,
            key=f"R{line.pk:09}{times.get(line.pk, 0) + 1:03}",
            amount=line.approved,
        )
        for number, line in enumerate(fit, 1)
    )
    for line in fit:
        line.batch = batch
    inside = locked._replace(lines=fit)
    acts.step_by_itself(inside, "batch", {line.pk: {"batch": batch.pk} for line in fit})
    return batch, told


def _why_not(line, version):
    if version not in (None, line.version):
        return "changed"
    if line.state == LineState.BATCHED:
        return "in_another_batch"
    return "" if line.state == LineState.CONFIRMED else "not_to_be_paid"


@transaction.atomic
def step(pk, name, *, by, at, note="", seen=None):
    """`confirm`, `release` or `cancel` a batch; "" or the code of what stands against it."""
    batch = Batch.objects.select_for_update(no_key=True).filter(pk=pk).first()
    if batch is None:
        return "gone"
    if seen not in (None, batch.version):
        return "changed"
    facts = facts_of(batch, by, note.strip())
    taken, against = chosen("batch", name, batch.state, roles_of(by), facts)
    if against:
        return against[0]
    who = {"confirm": "confirmed", "release": "released"}.get(name)
    also = {f"{who}_by": by.pk, f"{who}_at": at} if who else {}
    advance("batch", [Move(pk, taken, facts, also)], by=by, at=at, note=note.strip())
    if name == "release":
        _step_lines(batch, "send", {"batch": batch.pk}, by, at)
    if name == "cancel":
        _leave_out(batch, batch.items.filter(outcome=""), by, at)
    return ""


def facts_of(batch, by, note):
    inside = batch.items.exclude(outcome="left_out").order_by()
    counts = Counter(dict(inside.values_list("outcome").annotate(n=Count("pk"))))
    return BatchFacts(
        actor=by and by.pk,
        note=note,
        prepared_by=batch.prepared_by_id,
        confirmed_by=batch.confirmed_by_id,
        lines=counts.total(),
        unanswered=counts[""],
    )


def _step_lines(batch, name, also, by, at):
    ids = list(batch.lines.values_list("pk", flat=True))
    locked = acts.lock(ids, by=by, at=at, note="")
    acts.step_by_itself(locked, name, dict.fromkeys(ids, also))


@transaction.atomic
def leave_out(pk, items, *, by, at):
    """Takes payouts out of a batch that is not confirmed yet; their lines are to be paid again."""
    batch = Batch.objects.select_for_update(no_key=True).get(pk=pk)
    if batch.state != "prepared":
        return "batch_open"
    if not roles_of(by) & MAY_LEAVE_OUT:
        return "not_your_role"
    _leave_out(batch, batch.items.filter(outcome="", pk__in=items), by, at)
    return ""


def _leave_out(batch, items, by, at):
    ids = list(items.values_list("line", flat=True))
    items.update(outcome="left_out")
    locked = acts.lock(ids, by=by, at=at, note="")
    acts.step_by_itself(locked, "unbatch", {pk: {"batch": None} for pk in ids})


ROWS = """
SELECT i.key, i.amount, a.applicant_id, a.applicant_name, a.iban, a.bic, l.iin,
    coalesce(p.last_name, ''), coalesce(p.first_name, ''), coalesce(p.middle_name, ''),
    p.birth_date, l.period, l.knp, a.number, l.number
FROM refunds_payoutitem i
    JOIN refunds_line l ON l.id = i.line_id
    JOIN refunds_application a ON a.id = l.application_id
    LEFT JOIN registry_person p ON p.iin = l.iin
WHERE i.batch_id = %s AND i.outcome <> 'left_out' ORDER BY i.number"""


def header(batch):
    """What the order of a batch begins with; its day is that of the release, or of preparation."""
    on = localdate(batch.released_at or batch.prepared_at)
    found = batch.items.exclude(outcome="left_out").aggregate(total=Sum("amount"), n=Count("pk"))
    return payout_out.Header(str(batch), on, found["total"], found["n"])


def rows(batch):
    """The payouts of a batch as COPY writes them, which is how an order takes them."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({ROWS}) TO STDOUT", (batch.pk,)) as copied,
    ):
        yield from copied
