"""The card of a payer: what it paid by month and purpose code, late, unevenly, or no longer."""

from django.contrib.auth.decorators import permission_required
from django.db.models import Sum
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from mhifund import access
from payments.actions import payers
from payments.models import OPEN, ExceptionItem, Overpayment, Return
from registry.actions import arrears, identity
from registry.rules import months
from registry.rules.arrears import total
from registry.rules.iin import payer_kind

MONTHS = 24
SHOWN = 50
NOTHING = None, 0

may_see = permission_required("payments.view_file", raise_exception=True)


@may_see
def payer(request, number):
    """One payer by BIN or IIN, within the regions of the user."""
    if payer_kind(number) is None:
        raise Http404
    within = access.regions(request.user)
    regions = None if within is None else [region.pk for region in within]
    known, on = identity.numbers(number), timezone.localdate()
    last = months.number(on) - 1
    span = last - MONTHS + 1, last
    found = payers.by_month(known, *span, regions=regions)
    latest = next((months.number(month.first) for month in found if month.paid), None)
    late = arrears.of_payer(number, *span, on=on, regions=regions)
    debts, penalties = total(late)
    knps = [knp for knp in payers.KNPS if any(knp in month.paid for month in found)]
    context = {
        "number": number,
        "name": payers.name(known),
        "months": [(month, [month.paid.get(knp, NOTHING) for knp in knps]) for month in found],
        "knps": knps,
        "shown": SHOWN,
        "latest": months.first(latest) if latest else None,
        "stopped": payers.stopped(known, latest, SHOWN, regions=regions) if latest else [],
        "late": late,
        "debts": debts,
        "penalties": penalties,
        "overpayments": _overpaid(known, within),
        "exceptions": _exceptions(request.user, known),
        "returns": _returns(request.user, known),
        "refunds": _refunds(request.user, known),
    }
    return render(request, "mhifund/payer.html", context)


def _overpaid(known, within):
    rows = Overpayment.objects.filter(OPEN, entry__payer__in=known).select_related("entry__person")
    rows = rows if within is None else rows.filter(entry__person__region__in=within)
    return rows.order_by("-id")[:SHOWN]


def _exceptions(user, known):
    items = ExceptionItem.objects.filter(payer__in=known, state__in=("open", "held"))
    return access.exceptions_for(user, items).select_related("message").order_by("-id")[:SHOWN]


def _returns(user, known):
    items = access.returns_for(user, Return.objects.filter(payer__in=known))
    return items.select_related("message", "original").order_by("-id")[:SHOWN]


def _refunds(user, known):
    rows = access.applications_for(user).filter(applicant_id__in=known)
    return rows.annotate(asked=Sum("lines__asked"), back=Sum("lines__paid_back")).order_by("-id")[
        :SHOWN
    ]
