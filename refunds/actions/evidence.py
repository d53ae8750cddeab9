"""What the system knows of the lines of an application, for whoever decides them."""

from collections import defaultdict
from typing import NamedTuple

from django.utils.timezone import localdate

from payments.actions.foresee import foresee
from payments.actions.trace import categories_at, last_twelve
from refunds.actions.lines import refundable, traced_of
from refunds.models import Line
from refunds.rules.evidence import Differs, Paid, differences


class Evidence(NamedTuple):
    """`traced`: the item of the register; `differs`: what the application says otherwise.

    `others`: other lines that ask the same item back; `categories`: codes held in the month;
    `payments`, `last_paid`: of the person, in the last twelve months; `foreseen`: the status now
    and after a payout today of what is asked, as far as it is refundable.
    """

    traced: object
    refundable: object
    differs: tuple[Differs, ...]
    others: list
    categories: list
    payments: int
    last_paid: object
    foreseen: object


def gather(lines, *, at):
    """Evidence for lines of one application, {line id: Evidence}."""
    on = localdate(at)
    found = traced_of(lines)
    months = defaultdict(list)
    for line in lines:
        if found[line.pk].person_id:
            months[found[line.pk].person_id].append(line.period)
    counts = last_twelve(sorted(months), on)
    held = categories_at(months)
    others = _others(lines, found)
    sums = {line.pk: refundable(line, found[line.pk]) for line in lines}
    taken = {found[line.pk].entry_id: sums[line.pk] for line in lines if sums[line.pk]}
    foreseen = foresee(taken, on=on, at=at)
    return {
        line.pk: Evidence(
            traced=one,
            refundable=sums[line.pk],
            differs=_differences(line, one),
            others=others[line.pk],
            categories=held.get(one.person_id, {}).get(line.period, []),
            payments=counts.get(one.person_id, (0, None))[0],
            last_paid=counts.get(one.person_id, (0, None))[1],
            foreseen=foreseen.get(one.person_id) if sums[line.pk] else None,
        )
        for line, one in ((line, found[line.pk]) for line in lines)
    }


def _differences(line, traced):
    if traced.entry_id is None:
        return ()
    said = Paid(line.iin, line.application.applicant_id, line.period, line.knp, line.paid)
    posted = Paid(traced.iin, traced.payer, traced.period, traced.knp, traced.amount)
    return differences(said, posted)


def _others(lines, found):
    """Lines of any application that ask the same items back, but the line itself."""
    entries = {one.entry_id for one in found.values() if one.entry_id}
    asking = defaultdict(list)
    rows = Line.objects.filter(entry__in=entries).select_related("application")
    for row in rows.exclude(state__in=("denied", "withdrawn")).order_by("pk"):
        asking[row.entry_id].append(row)
    return {
        line.pk: [row for row in asking[found[line.pk].entry_id] if row.pk != line.pk]
        for line in lines
    }
