"""Who works on which refunds, and who is absent."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mhifund import access
from mhifund.refund_forms import Away
from mhifund.views.refunds import may_act
from refunds.actions import queue
from refunds.labels import AGAINST
from refunds.models import Absence

may_see = permission_required("refunds.view_application", raise_exception=True)


@may_see
def people(request):
    """Who works on what, and who is absent; in the queue, or as a page of its own."""
    on = timezone.localdate()
    away = Absence.objects.filter(until__gte=on).select_related("user").order_by("since", "pk")
    head = request.user.has_perm("refunds.confirm_case")
    context = {
        "load": queue.load(access.applications_for(request.user), on),
        "absences": [(row, head or row.user_id == request.user.pk) for row in away],
        "form": Away(officers=queue.officers()) if may_act(request.user) else None,
        "head": head,
    }
    part = "HX-Request" in request.headers
    name = "mhifund/refunds_load_of.html" if part else "mhifund/refunds_people.html"
    return render(request, name, context)


@may_see
@require_POST
def leave(request):
    """Writes an absence down."""
    if not may_act(request.user):
        raise PermissionDenied
    form = Away(request.POST, officers=queue.officers())
    if form.is_valid():
        found = form.cleaned_data
        who = found["who"] or request.user
        code = queue.leave(who, found["since"], found["until"], by=request.user)
        _tell(request, code, _("The absence is written down."))
    else:
        messages.error(request, _("A day is written 20.11.2026."))
    return redirect("refunds_people")


@may_see
@require_POST
def come_back(request, pk):
    """Ends an absence."""
    if not may_act(request.user):
        raise PermissionDenied
    code = queue.come_back(pk, by=request.user, at=timezone.now())
    _tell(request, code, _("The absence has ended."))
    return redirect("refunds_people")


def _tell(request, code, done):
    if code:
        messages.error(request, AGAINST[code])
    else:
        messages.success(request, done)
