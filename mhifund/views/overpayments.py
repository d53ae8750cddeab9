"""Overpayments by cause; a suspected duplicate is confirmed, or found to be a genuine payment."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from mhifund import access, bulk, takings
from mhifund.filters import OverpaymentFilter
from mhifund.forms import Why
from mhifund.listing import newest_first
from mhifund.refund_links import links
from mhifund.tables import Table
from mhifund.written import month
from payments import labels
from payments.actions import duplicates
from payments.models import OPEN, Overpayment
from refunds.actions import cases
from refunds.labels import AGAINST
from registry.rules.iin import masked, masked_payer
from registry.tasks import judge_news

ACTS = {"confirm": duplicates.confirm, "dismiss": duplicates.dismiss}
CHUNK = 2_000

may_see = permission_required("payments.view_file", raise_exception=True)
may_open = permission_required("refunds.handle_case", raise_exception=True)
may_work = permission_required("payments.work_exceptions", raise_exception=True)


@may_see
def overpayments(request):
    """What is still to be given back, newest first."""
    narrowed = OverpaymentFilter(request.GET, queryset=_open(request.user))
    listing = newest_first(narrowed.qs, request)
    context = {"filter": narrowed, "listing": listing}
    return render(request, "mhifund/overpayments.html", context)


def _open(user):
    return _within(user).filter(OPEN).select_related("entry__person", "answered_by")


def _within(user):
    within = access.regions(user)
    rows = Overpayment.objects.all()
    return rows if within is None else rows.filter(entry__person__region__in=within)


@may_see
def take(request, form):
    """The whole list as it is narrowed, as a file."""
    narrowed = OverpaymentFilter(request.GET, queryset=_open(request.user)).qs.order_by("-id")
    whole = request.user.has_perm("registry.unmask_iin")
    heads = [
        *(_("Cause"), _("IIN"), _("Name"), _("Payer"), _("Purpose code"), _("Period")),
        *(_("Credited on"), _("Paid, tenge"), _("Overpaid, tenge"), _("Left, tenge")),
        _("Duplicate"),
    ]
    rows = (
        (
            str(labels.CAUSES[row.cause]),
            row.entry.person.iin if whole else masked(row.entry.person.iin),
            row.entry.person.full_name,
            row.entry.payer if whole else masked_payer(row.entry.payer),
            row.entry.knp,
            row.entry.period,
            row.entry.credited_on,
            row.entry.amount,
            row.amount,
            row.left,
            str(labels.DUPLICATES.get(row.answer, labels.TO_BE_CONFIRMED))
            if row.cause == "duplicate"
            else "",
        )
        for row in narrowed.iterator(CHUNK)
    )
    table = Table(_("Overpayments")[:31], heads, rows)
    query = request.GET.dict()
    name = f"overpayments-{timezone.localdate()}"
    return takings.take(request, "overpayments", query, table, form, name)


@may_work
@require_POST
def answer(request):
    """Confirms suspected duplicates, or finds each of them to be a payment of its own."""
    wanted = [pk for (pk,) in bulk.chosen(request)]
    seen = [*_within(request.user).filter(pk__in=wanted).values_list("pk", flat=True)]
    act, why = ACTS.get(request.POST.get("act")), Why(request.POST)
    if act is None:
        raise Http404
    if why.is_valid():
        note = why.cleaned_data["note"]
        answers = act(seen, by=request.user, at=timezone.now(), note=note)
        bulk.tell(request, answers, _places)
        transaction.on_commit(lambda: judge_news.delay(by=request.user.pk))
    else:
        messages.error(request, _("Say why."))
    return redirect(f"{reverse('overpayments')}?{request.POST.get('back', '')}")


@may_open
@require_POST
def open_cases(request):
    """Opens a refund application for each payer of the chosen overpayments."""
    wanted = [pk for (pk,) in bulk.chosen(request)]
    seen = [*_within(request.user).filter(pk__in=wanted).values_list("pk", flat=True)]
    opened, answers = cases.open_from_overpayments(seen, by=request.user, at=timezone.now())
    if opened:
        text = ngettext("%(n)d application opened:", "%(n)d applications opened:", len(opened))
        named = links(request.user, opened)
        messages.success(request, format_html("{} {}", text % {"n": len(opened)}, named))
    bulk.tell(request, answers, _places, AGAINST)
    return redirect(f"{reverse('overpayments')}?{request.POST.get('back', '')}")


def _places(ids):
    rows = Overpayment.objects.filter(pk__in=ids).select_related("entry__person").order_by("pk")
    for row in rows:
        yield row.pk, f"{row.entry.person.full_name}, {month(row.entry.period)}"
