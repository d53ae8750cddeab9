"""The queue of refunds: applications by days left, and what is done with many of them."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mhifund import access, bulk, clocks, takings
from mhifund.filters import STANDING, ApplicationFilter
from mhifund.listing import newest_first, soonest_first
from mhifund.tables import Table
from mhifund.views.refunds_in import unsettled
from refunds.actions import cases, queue
from refunds.labels import AGAINST
from refunds.models import Application, Line
from registry.actions import law
from registry.rules.iin import masked_payer

CHUNK = 2_000

may_see = permission_required("refunds.view_application", raise_exception=True)


@may_see
def refunds(request):
    """Open applications, those due first; what came to an end when it is asked for."""
    officers = list(queue.officers().annotate(away=queue.away(timezone.localdate())))
    narrowed = _narrowed(request, officers)
    if narrowed.ended:
        listing = newest_first(narrowed.qs, request)
    else:
        listing = soonest_first(narrowed.qs, request)
    context = {
        "filter": narrowed,
        "listing": listing,
        "rows": _shown(listing.rows),
        "may_act": may_act(request.user),
        "officers": [user for user in officers if not user.away],
        "at_fault": access.whole_country(request.user) and unsettled().exists(),
    }
    return render(request, "mhifund/refunds.html", context)


def _narrowed(request, officers):
    rows = access.applications_for(request.user).select_related("owner", "region")
    rows = rows.annotate(standing=STANDING)
    return ApplicationFilter(request.GET, queryset=rows, request=request, officers=officers)


def may_act(user):
    """Officers and heads have applications, and hand them on."""
    return user.has_perm("refunds.handle_case") or user.has_perm("refunds.confirm_case")


def _shown(applications):
    """Each with its clock, and how many lines ask for how much."""
    on, calendar = timezone.localdate(), law.calendar()
    counts = Line.objects.filter(application__in=applications).values("application").order_by()
    counted = {
        row["application"]: (row["lines"], row["sum"])
        for row in counts.annotate(lines=Count("pk"), sum=Sum("asked"))
    }
    return [
        (row, _clock(row, on, calendar), *counted.get(row.pk, (0, None))) for row in applications
    ]


def _clock(row, on, calendar):
    return clocks.running(row, standing=row.standing, on=on, calendar=calendar)


@may_see
def take(request, form):
    """The queue as it is narrowed, as a file."""
    narrowed = _narrowed(request, queue.officers()).qs.order_by("due", "id")
    rows = narrowed.annotate(lines_count=Count("lines"), asked=Sum("lines__asked"))
    whole = request.user.has_perm("registry.unmask_iin")
    on, calendar = timezone.localdate(), law.calendar()
    heads = [
        *(_("Number"), _("IIN or BIN"), _("Applicant"), _("State"), _("Lines")),
        *(_("Asked back, tenge"), _("Accepted on"), _("Check until"), _("Review until")),
        *(_("Whole term until"), _("Clock"), _("Owner"), _("Region")),
    ]
    cells = (
        (
            row.number,
            row.applicant_id if whole else masked_payer(row.applicant_id),
            row.applicant_name,
            row.get_state_display(),
            row.lines_count,
            row.asked or "",
            row.accepted_on,
            row.check_due,
            row.review_due,
            row.overall_due or "",
            clock.words if (clock := _clock(row, on, calendar)) else "",
            (row.owner and (row.owner.get_full_name() or row.owner.username)) or "",
            row.region.name if row.region else "",
        )
        for row in rows.iterator(CHUNK)
    )
    table = Table(_("Refund applications")[:31], heads, cells)
    return takings.take(request, "refunds", request.GET.dict(), table, form, f"refunds-{on}")


@may_see
@require_POST
def act(request):
    """Takes the chosen applications on, hands them on, or registers them."""
    if not may_act(request.user):
        raise PermissionDenied
    asked, wanted = request.POST.get("act"), _wanted(request)
    who = {"by": request.user, "at": timezone.now()}
    note = request.POST.get("note", "").strip()[:1000]
    if asked == "take_on":
        answers = queue.hand_on(wanted, request.user, note=note, **who)
    elif asked == "hand_on":
        answers = queue.hand_on(wanted, _officer(request), note=note, **who)
    elif asked == "register":
        answers = {
            pk: cases.step(pk, "register", note=note, seen=seen, **who)
            for pk, seen in wanted.items()
        }
    else:
        raise Http404
    bulk.tell(request, answers, _places, AGAINST)
    return redirect(f"{reverse('refunds')}?{request.POST.get('back', '')}")


def _wanted(request):
    """The chosen applications as they were seen, {id: version}, of those the user may see."""
    seen = dict(bulk.chosen(request, parts=2))
    rows = access.applications_for(request.user).filter(pk__in=seen).order_by("pk")
    return {pk: seen[pk] for pk in rows.values_list("pk", flat=True)}


def _officer(request):
    """Whom the applications are handed on to; nobody when nobody is chosen."""
    pk = request.POST.get("to", "")
    return (
        get_object_or_404(queue.officers(), pk=pk if bulk.is_number(pk) else None) if pk else None
    )


def _places(ids):
    return Application.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "number")
