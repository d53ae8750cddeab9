"""How refunds went: terms kept and missed, sums, refusals, over a span of days."""

from typing import NamedTuple

from django.db.models import Count, F, Q, Sum

from refunds.models import Decision, Line

KEPT = Q(confirmed_on__lte=F("review_due"))
COUNTS = {
    "decided": Count("pk"),
    "kept": Count("pk", filter=KEPT),
    "missed": Count("pk", filter=~KEPT),
}


class Statistics(NamedTuple):
    """Rows of dicts; sums in tenge. Terms are those of the Fund's review."""

    terms: dict
    by_region: list
    by_officer: list
    by_reason: list
    refusals: list
    sums: dict


def statistics(applications, since, until):
    """Of applications decided on the days `since`-`until`, both included."""
    decided = applications.filter(confirmed_on__gte=since, confirmed_on__lte=until)
    lines = Line.objects.filter(application__in=decided)
    refused = Decision.objects.filter(
        line__in=lines,
        outcome__in=("refused", "partly"),
        reason__isnull=False,
        confirmed_by__isnull=False,
    )
    return Statistics(
        terms=decided.aggregate(**COUNTS),
        by_region=list(decided.values("region").annotate(**COUNTS).order_by("region")),
        by_officer=list(
            decided.values("owner", "owner__first_name", "owner__last_name", "owner__username")
            .annotate(**COUNTS)
            .order_by("-decided", "owner")
        ),
        by_reason=list(
            lines.values("reason")
            .annotate(
                lines=Count("pk"),
                kept=Count(
                    "pk", filter=Q(application__confirmed_on__lte=F("application__review_due"))
                ),
                asked=Sum("asked"),
                paid=Sum("paid_back"),
            )
            .order_by("-lines", "reason")
        ),
        refusals=list(
            refused.values("reason").annotate(lines=Count("line", distinct=True)).order_by("-lines")
        ),
        sums=lines.aggregate(
            lines=Count("pk"),
            asked=Sum("asked"),
            paid=Sum("paid_back"),
            to_be_paid=Sum("approved", filter=~Q(state="paid")),
        ),
    )


def waiting(applications, on):
    """Open applications whose running clock ends before a day, that day, or later."""
    return applications.aggregate(
        overdue=Count("pk", filter=Q(due__lt=on)),
        today=Count("pk", filter=Q(due=on)),
        later=Count("pk", filter=Q(due__gt=on)),
        standing=Count("pk", filter=Q(pauses__until=None, pauses__isnull=False)),
    )
