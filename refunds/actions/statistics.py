"""How refunds went: terms kept and missed, sums, refusals, and what is open."""

from decimal import Decimal
from typing import NamedTuple

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Sum, When

from refunds.models import OPEN, Line, Pause
from refunds.rules.states import PROPOSED, UNDECIDED, LineState
from refunds.rules.terms import Clock
from registry.actions import law

ENDS = {
    Clock.CHECK: ("checked_on", "check_due"),
    Clock.REVIEW: ("confirmed_on", "review_due"),
    Clock.OVERALL: ("closed_on", "overall_due"),
}
"""The day on which each clock came to its end, and the last day for that."""

NOTHING = Decimal(0)
TO_BE_PAID = frozenset({LineState.CONFIRMED, LineState.BATCHED, LineState.SENT})
GIVEN = TO_BE_PAID | {LineState.PAID}
HELD = Case(When(state__in=TO_BE_PAID, then=F("approved")), default=NOTHING)
REST = F("asked") - F("paid_back") - HELD
"""What of a line is neither paid back nor to be."""

SUMS = {
    "lines": Count("pk"),
    "asked_for": Sum("asked", default=0),
    "paid_out": Sum("paid_back", default=0),
    "to_be_paid": Sum(HELD, default=0),
    "refused": Sum(REST, filter=Q(state__in=GIVEN | {LineState.DENIED}), default=0),
    "undecided": Sum(REST, filter=Q(state__in=UNDECIDED | PROPOSED), default=0),
    "withdrawn": Sum(REST, filter=Q(state=LineState.WITHDRAWN), default=0),
}
"""In tenge; what was asked back is the sum of all the others."""


class Statistics(NamedTuple):
    """Rows of dicts. `clocks` are by clock; the other terms are those of the Fund's review."""

    clocks: dict
    by_region: list
    by_officer: list
    by_reason: list
    refusals: list
    sums: dict


def statistics(applications, since, until):
    """Of what came to its end on the days `since`-`until`, both included.

    An application is decided on the day on which all its decisions were confirmed first: what was
    reversed later counts once, with what is decided of it now.
    """
    decided = ended(applications, Clock.REVIEW, since, until)
    lines = Line.objects.filter(application__in=decided.values("pk"))
    return Statistics(
        clocks={
            clock: ended(applications, clock, since, until).aggregate(**_counts(clock))
            for clock in Clock
        },
        by_region=_by(decided, "region"),
        by_officer=_by(decided, "owner"),
        by_reason=_by_reason(decided, lines),
        refusals=_refusals(lines),
        sums=lines.aggregate(**SUMS),
    )


def ended(applications, clock, since, until):
    """The applications whose clock came to its end on these days."""
    end, due = ENDS[clock]
    return applications.filter(
        **{f"{end}__gte": since, f"{end}__lte": until, f"{due}__isnull": False}
    )


def kept(clock):
    """Whether a clock ended in time, or while it stood."""
    end, due = ENDS[clock]
    stood = Pause.objects.filter(
        application=OuterRef("pk"), until=None, since__lte=OuterRef(due)
    ).filter(since__lte=OuterRef(end))
    return Q(**{f"{end}__lte": F(due)}) | Q(Exists(stood))


def _counts(clock):
    in_time = kept(clock)
    return {
        "ended": Count("pk"),
        "kept": Count("pk", filter=in_time),
        "missed": Count("pk", filter=~in_time),
    }


def _by(decided, field):
    counted = decided.order_by().values(field).annotate(**_counts(Clock.REVIEW))
    return list(counted.order_by("-ended", field))


def _by_reason(decided, lines):
    """An application counts once for each reason of its lines."""
    in_time = Q(application__in=decided.filter(kept(Clock.REVIEW)).values("pk"))
    return list(
        lines.order_by()
        .values("reason")
        .annotate(
            ended=Count("application", distinct=True),
            kept=Count("application", distinct=True, filter=in_time),
            missed=Count("application", distinct=True, filter=~in_time),
            **SUMS,
        )
        .order_by("-ended", "reason")
    )


def _refusals(lines):
    """Lines refused as a whole and in part by reason, as they are decided now."""
    denied = Q(state=LineState.DENIED)
    refused = lines.filter(denied | Q(state__in=GIVEN, decision__outcome="partly"))
    return list(
        refused.order_by()
        .values(refusal=F("decision__reason"))
        .annotate(whole=Count("pk", filter=denied), part=Count("pk", filter=~denied), sum=Sum(REST))
        .order_by("-sum", "refusal")
    )


def waiting(applications, on):
    """Open applications by the working days that their running clock leaves; each counts once."""
    calendar = law.calendar()
    three, seven = (calendar.add(on, days).due for days in (3, 7))
    return running(applications).aggregate(
        overdue=Count("pk", filter=Q(stands=False, due__lt=on)),
        today=Count("pk", filter=Q(stands=False, due=on)),
        three=Count("pk", filter=Q(stands=False, due__gt=on, due__lte=three)),
        seven=Count("pk", filter=Q(stands=False, due__gt=three, due__lte=seven)),
        more=Count("pk", filter=Q(stands=False, due__gt=seven)),
        standing=Count("pk", filter=Q(stands=True)),
    )


def running(applications):
    """Open applications, and whether their clock `stands`: paused, or there is none any more."""
    paused = Exists(Pause.objects.filter(application=OuterRef("pk"), until=None))
    stands = Case(When(due=None, then=True), default=paused)
    return applications.filter(OPEN).annotate(stands=stands)


def open_by_officer(applications, on):
    """How many applications each has open, and how many of them are overdue, {owner: dict}."""
    rows = running(applications).order_by().values("owner")
    counted = rows.annotate(
        open=Count("pk"), overdue=Count("pk", filter=Q(stands=False, due__lt=on))
    )
    return {row["owner"]: row for row in counted}
