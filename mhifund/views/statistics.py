"""How refunds went over a span of days, and how many are open now."""

from datetime import date
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mhifund import access, charts
from mhifund.downloads import download
from mhifund.forms import Span
from mhifund.tables import Table
from refunds import labels
from refunds.actions import statistics as actions
from refunds.models import Reason
from refunds.rules.terms import Clock, left
from registry.actions import law
from registry.models import Region

LATE = 50
FORMS = ("xlsx", "csv")
QUARTER = 3
TERMS = {
    "ended": pgettext_lazy("count", "Decided"),
    "kept": gettext_lazy("In time"),
    "missed": gettext_lazy("Late"),
}
OPEN = {"open": gettext_lazy("Open now"), "overdue": gettext_lazy("Overdue now")}
SUMS = {
    "asked_for": gettext_lazy("Asked back, tenge"),
    "paid_out": gettext_lazy("Paid back, tenge"),
    "to_be_paid": gettext_lazy("To be paid, tenge"),
    "refused": gettext_lazy("Refused, tenge"),
    "undecided": gettext_lazy("To be decided again, tenge"),
    "withdrawn": gettext_lazy("Withdrawn, tenge"),
}

may_see = permission_required("refunds.view_application", raise_exception=True)


@may_see
def statistics(request):
    """Terms, sums and refusals of this quarter, or of the span that is asked for."""
    on = timezone.localdate()
    form = Span(request.GET if "since" in request.GET else _quarter(on))
    since, until = _span(form, on)
    applications = access.applications_for(request.user)
    found = actions.statistics(applications, since, until)
    waiting = actions.waiting(applications, on)
    context = {
        "form": form,
        "since": since,
        "until": until,
        "clocks": [(labels.CLOCKS[clock], counts) for clock, counts in found.clocks.items()],
        "sums": [(label, found.sums[name]) for name, label in SUMS.items()],
        "lines": found.sums["lines"],
        "regions": _named(found.by_region, "region", Region, _("several or unknown")),
        "reasons": _named(found.by_reason, "reason", Reason, ""),
        "refusals": _named(found.refusals, "refusal", Reason, _("no reason named")),
        "officers": _officers(found.by_officer, actions.open_by_officer(applications, on)),
        "waiting": charts.days_left(waiting),
    }
    if request.GET.get("form") in FORMS:
        table = _table(context, waiting)
        name = f"refund-statistics-{since}-{until}"
        return download(table, request.GET["form"], name, timezone.make_naive(timezone.now()))
    context["late"] = _late(applications, since, until)
    return render(request, "mhifund/statistics.html", context)


def _quarter(on):
    first = date(on.year, (on.month - 1) // QUARTER * QUARTER + 1, 1)
    return {"since": first, "until": on}


def _span(form, on):
    quarter = _quarter(on)
    found = form.cleaned_data if form.is_valid() else quarter
    return found["since"], found["until"]


def _named(rows, field, model, nothing):
    """Each row with the name of what it is about."""
    names = {row.pk: row.name for row in model.objects.filter(pk__in=[r[field] for r in rows])}
    return [(names.get(row[field], nothing), row) for row in rows]


def _officers(decided, waiting):
    """Each officer with what they decided in the span and what they have open now."""
    by_owner = {row["owner"]: row for row in decided}
    users = get_user_model().objects.in_bulk([*filter(None, {*by_owner, *waiting})])
    nothing = dict.fromkeys(TERMS, 0), {"open": 0, "overdue": 0}
    rows = [
        (
            users[owner].get_full_name() or users[owner].username if owner else _("nobody"),
            nothing[0] | nothing[1] | by_owner.get(owner, {}) | waiting.get(owner, {}),
        )
        for owner in {*by_owner, *waiting}
    ]
    return sorted(rows, key=lambda row: (-row[1]["ended"], -row[1]["open"], row[0]))


def _late(applications, since, until):
    """The latest decisions that came after their last day, and by how many working days."""
    decided = actions.ended(applications, Clock.REVIEW, since, until)
    rows = decided.exclude(actions.kept(Clock.REVIEW)).select_related("owner")
    calendar = law.calendar()
    return [
        (row, -left(row.review_due, row.confirmed_on, calendar))
        for row in rows.order_by("-confirmed_on", "-id")[:LATE]
    ]


def _table(context, waiting):
    """All that the page says as one list: under what heading, of what, which measure, how much."""
    rows = []
    for heading, found in (
        (_("Terms by clock"), context["clocks"]),
        (_("By region"), context["regions"]),
        (_("By reason"), context["reasons"]),
        (_("By officer"), context["officers"]),
    ):
        for name, row in found:
            measures = TERMS | OPEN if "open" in row else TERMS
            rows += [(heading, str(name), str(words), row[key]) for key, words in measures.items()]
    rows += [(_("Sums"), "", str(words), Decimal(value)) for words, value in context["sums"]]
    for name, row in context["refusals"]:
        rows += [
            (_("Refusals"), str(name), _("Lines refused"), row["whole"]),
            (_("Refusals"), str(name), _("Lines refused in part"), row["part"]),
            (_("Refusals"), str(name), _("Refused, tenge"), Decimal(row["sum"])),
        ]
    rows += [
        (_("Open cases by days left"), "", str(words), waiting[name])
        for name, (words, _look) in charts.DAYS_LEFT.items()
    ]
    heads = [_("Heading"), _("Of what"), _("Measure"), _("Value")]
    return Table(_("Statistics of refunds")[:31], heads, rows)
