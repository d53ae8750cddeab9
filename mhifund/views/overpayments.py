"""Overpayments by cause, with their evidence; two genuine payments are told apart from a repeat."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mhifund import access, takings
from mhifund.filters import OverpaymentFilter
from mhifund.forms import Why
from mhifund.listing import newest_first
from mhifund.tables import Table
from payments import labels
from payments.actions.dismissals import dismiss as let_count
from payments.models import OPEN, Overpayment
from registry.rules.iin import masked
from registry.tasks import judge_news

CHUNK = 2_000

may_see = permission_required("payments.view_file", raise_exception=True)
may_work = permission_required("payments.work_exceptions", raise_exception=True)


@may_see
def overpayments(request):
    """What is still to be given back, newest first."""
    narrowed = OverpaymentFilter(request.GET, queryset=_open(request.user))
    listing = newest_first(narrowed.qs, request)
    context = {"filter": narrowed, "listing": listing, "why": Why()}
    return render(request, "mhifund/overpayments.html", context)


def _open(user):
    rows = Overpayment.objects.filter(OPEN).select_related("entry__person")
    within = access.regions(user)
    return rows if within is None else rows.filter(entry__person__region__in=within)


@may_see
def take(request, form):
    """The whole list as it is narrowed, as a file."""
    narrowed = OverpaymentFilter(request.GET, queryset=_open(request.user)).qs.order_by("-id")
    whole = request.user.has_perm("registry.unmask_iin")
    heads = [
        *(_("Cause"), _("IIN"), _("Name"), _("Payer"), _("Purpose code"), _("Period")),
        *(_("Credited on"), _("Paid, tenge"), _("Overpaid, tenge"), _("Left, tenge")),
    ]
    rows = (
        (
            str(labels.FINDINGS[row.cause]),
            row.entry.person.iin if whole else masked(row.entry.person.iin),
            row.entry.person.full_name,
            row.entry.payer,
            row.entry.knp,
            row.entry.period,
            row.entry.credited_on,
            row.entry.amount,
            row.amount,
            row.left,
        )
        for row in narrowed.iterator(CHUNK)
    )
    table = Table(_("Overpayments")[:31], heads, rows)
    query = request.GET.dict()
    name = f"overpayments-{timezone.localdate()}"
    return takings.take(request, "overpayments", query, table, form, name)


@may_work
@require_POST
def dismiss(request, pk):
    """Two genuine payments: the later one is no repeat."""
    row, why = get_object_or_404(_open(request.user), pk=pk, cause="duplicate"), Why(request.POST)
    if why.is_valid():
        note = why.cleaned_data["note"]
        let_count(row, by=request.user, at=timezone.now(), note=note)
        transaction.on_commit(lambda: judge_news.delay(by=request.user.pk))
        messages.success(request, _("These are two payments; both count now."))
    else:
        messages.error(request, _("Say why."))
    return redirect(f"{reverse('overpayments')}?{request.POST.get('back', '')}")
