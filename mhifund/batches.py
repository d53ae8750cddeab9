"""What payout batches come to, and which wait for a user."""

from django.db.models import Count, F, Q, Sum

from mhifund import access
from refunds.models import Batch, PayoutItem
from refunds.rules.states import BatchState

SUMS = {
    "lines": Count("pk"),
    "total": Sum("amount", default=0),
    "done": Sum("paid", default=0),
    "waits": Sum("amount", filter=Q(outcome=""), default=0),
    "bounced": Sum(F("amount") - F("paid"), filter=Q(outcome__in=("bounced", "partly")), default=0),
}


def inside(user):
    """What batches hold as far as the user sees it; what they held before they were cancelled."""
    left_out = Q(outcome="left_out") & ~Q(batch__state=BatchState.CANCELLED)
    return access.payouts_for(user, PayoutItem.objects.exclude(left_out)).order_by()


def sums(user, batches):
    """SUMS of each, by its id."""
    rows = inside(user).filter(batch__in=batches).values("batch")
    return {row["batch"]: row for row in rows.annotate(**SUMS)}


def waiting_for(user):
    """The batches that a user may confirm or release next, the oldest first."""
    waits = Q(pk=None)
    if user.has_perm("refunds.confirm_case"):
        waits |= Q(state=BatchState.PREPARED) & ~Q(prepared_by=user)
    if user.has_perm("refunds.release_payout"):
        waits |= Q(state=BatchState.CONFIRMED) & ~Q(prepared_by=user) & ~Q(confirmed_by=user)
    if not access.whole_country(user):
        return Batch.objects.none()
    return Batch.objects.filter(waits).order_by("pk")
