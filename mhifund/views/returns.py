"""What the State Corporation sent back before the Fund had it: sums by month and reason, rows."""

from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mhifund import access, takings
from mhifund.filters import ReturnFilter
from mhifund.listing import newest_first
from mhifund.tables import Table
from payments.models import Return
from registry.rules.iin import masked, masked_payer

MOST = 40
CHUNK = 2_000

may_see = permission_required("payments.view_file", raise_exception=True)


@may_see
def returns(request):
    """Returns as they are narrowed, newest first, and above them how many and how much."""
    narrowed = ReturnFilter(request.GET, queryset=_seen_by(request.user))
    by_reason = _by_reason(narrowed.qs)
    context = {
        "filter": narrowed,
        "narrowed_by": [narrowed.form[name] for name in ("payer", "reason")],
        "listing": newest_first(narrowed.qs.select_related("message", "original"), request),
        "by_reason": by_reason[:MOST],
        "more": len(by_reason) > MOST,
        "whole": narrowed.qs.aggregate(items=Count("pk"), total=Sum("amount", default=0)),
    }
    return render(request, "mhifund/returns.html", context)


def _seen_by(user):
    return access.returns_for(user, Return.objects.all())


def _by_reason(rows):
    by_month = rows.order_by().annotate(month=TruncMonth("returned_on")).values("month", "reason")
    counted = by_month.annotate(items=Count("pk"), total=Sum("amount"))
    return list(counted.order_by("-month", "-items", "reason")[: MOST + 1])


@may_see
def take(request, form):
    """The whole list as it is narrowed, as a file."""
    narrowed = ReturnFilter(request.GET, queryset=_seen_by(request.user)).qs.order_by("-id")
    whole = request.user.has_perm("registry.unmask_iin")
    heads = [
        *(_("Reason"), _("Sent back on"), _("File"), pgettext("payment", "Reference")),
        *(_("Line"), _("IIN"), _("Name"), _("Payer"), _("Period"), _("Amount, tenge")),
        *(_("Reference of the payment"), _("Payment order"), _("Payment order date")),
        _("Payment received"),
    ]
    rows = (
        (
            row.reason,
            row.returned_on,
            row.message.file.name,
            row.message.reference,
            row.line,
            row.iin if whole else masked(row.iin),
            " ".join(filter(None, (row.last_name, row.first_name, row.middle_name))),
            row.payer if whole else masked_payer(row.payer),
            row.period,
            row.amount,
            row.original_reference,
            row.original_no,
            row.original_date or "",
            row.original.file.name if row.original else "",
        )
        for row in narrowed.select_related("message__file", "original__file").iterator(CHUNK)
    )
    table = Table(_("Returns by the State Corporation")[:31], heads, rows)
    name = f"returns-{timezone.localdate()}"
    return takings.take(request, "returns", request.GET.dict(), table, form, name)
