"""What of refunds waits for a user: their cases by days left, payouts, and all that is open."""

from django.db.models import Q

from mhifund import access, batches, charts, clocks
from mhifund.filters import STANDING
from refunds.actions import statistics
from refunds.models import OPEN
from registry.actions import law

CASES = 10
BATCHES = 10


def waiting_for(user, on):
    """The context of the first page; nothing for who has no part in refunds."""
    context = {}
    if user.has_perm("refunds.view_application"):
        waiting = statistics.waiting(access.applications_for(user), on)
        context["waiting"] = charts.days_left(waiting)
    if user.has_perm("refunds.handle_case") or user.has_perm("refunds.confirm_case"):
        context |= _cases(user, on)
    if user.has_perm("refunds.confirm_case") or user.has_perm("refunds.release_payout"):
        context["payouts"] = _payouts(user)
    return context


def _cases(user, on):
    """Cases of a user, and those whose decisions a head confirms; those due first."""
    mine = Q(owner=user)
    if user.has_perm("refunds.confirm_case"):
        mine |= Q(state="decided")
    calendar = law.calendar()
    rows = access.applications_for(user).filter(OPEN, mine).annotate(standing=STANDING)
    soon = rows.filter(standing=False, due__lte=calendar.add(on, clocks.SOON).due)
    return {
        "cases": [
            (row, clocks.running(row, standing=row.standing, on=on, calendar=calendar))
            for row in rows.order_by("due", "id")[:CASES]
        ],
        "soon": soon.count(),
        "soon_days": clocks.SOON,
    }


def _payouts(user):
    found = list(batches.waiting_for(user).select_related("prepared_by")[:BATCHES])
    sums = batches.sums(user, found)
    return [(batch, sums.get(batch.pk)) for batch in found]
