"""A refund application: where it is, its clocks and check-list, and the steps of it as a whole."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mhifund import access, bulk, refund_page
from mhifund.listing import newest_first
from mhifund.refund_events import told
from mhifund.refund_forms import Details, Paper, Stop
from mhifund.views.refunds import may_act
from refunds.actions import cases, clocks, queue
from refunds.labels import AGAINST
from refunds.models import DocumentTaking, Reason
from refunds.rules.states import State

TABS = ("details", "points", "documents", "letters", "events")
TAKINGS = 5

may_see = permission_required("refunds.view_application", raise_exception=True)
may_handle = permission_required("refunds.handle_case", raise_exception=True)


def visible(request, pk):
    """An application the user may see; another is not found."""
    rows = access.applications_for(request.user).select_related("owner", "region", "recorded_by")
    return get_object_or_404(rows, pk=pk)


def acting(request, pk):
    """The same, for those who do something with it."""
    application = visible(request, pk)
    if not may_act(request.user):
        raise PermissionDenied
    return application


@may_see
def refund(request, pk):
    """One application: the answer first, then its lines, then everything about it."""
    return _page(request, visible(request, pk))


def _page(request, application, **more):
    user = request.user
    after = request.GET.get("from", "")
    pauses = list(application.pauses.select_related("begun_by"))
    standing = next((pause for pause in pauses if pause.until is None), None)
    running = refund_page.running(application, standing)
    points = refund_page.points(application)
    tab = request.GET.get("tab") if request.GET.get("tab") in TABS else "details"
    context = {
        "application": application,
        "stages": refund_page.stages(application),
        "offers": refund_page.offers(application, user),
        "running": running,
        "standing": standing,
        "pauses": pauses,
        "clocks": refund_page.counted(application, running),
        "points": points,
        "checking": application.state in cases.CORRECTABLE,
        "open_points": any(point.hard and not point.met for point, _name in points),
        "lines": refund_page.lines_of(
            application, user, int(after) if bulk.is_number(after) else 0
        ),
        "asked_line": request.GET.get("line", ""),
        "upto": application.events.order_by("-pk").values_list("pk", flat=True).first(),
        "refusals": Reason.objects.filter(kind="refusal"),
        "may_act": may_act(user),
        "decides": user.has_perm("refunds.handle_case") and application.state == State.REVIEW,
        "confirms": user.has_perm("refunds.confirm_case")
        and application.state in (State.REVIEW, State.DECIDED),
        "stop": Stop(),
        "tab": tab,
    }
    context |= _tab(request, application, tab) | more
    return render(request, "mhifund/refund.html", context)


def _tab(request, application, tab):
    if tab == "documents":
        taken = DocumentTaking.objects.select_related("user").order_by("-pk")
        rows = application.documents.select_related("by")
        rows = rows.prefetch_related(Prefetch("takings", taken[:TAKINGS], to_attr="last_taken"))
        return {"documents": rows, "paper": Paper()}
    if tab == "letters":
        return {"letters": application.letters.all()}
    if tab == "events":
        listing = newest_first(application.events.select_related("by"), request)
        return {"listing": listing, "events": told(listing.rows)}
    if tab == "points" or application.state not in cases.CORRECTABLE:
        return {}
    return {
        "details": Details(initial={name: getattr(application, name) for name in cases.DETAILS})
    }


@may_see
@require_POST
def step(request, pk):
    """Takes a step of the whole application."""
    application, note = acting(request, pk), request.POST.get("note", "").strip()[:1000]
    code = cases.step(
        application.pk,
        request.POST.get("act", ""),
        by=request.user,
        at=timezone.now(),
        note=note,
        seen=_seen(request),
    )
    return _told(request, pk, code, _("It is done."))


def _seen(request):
    version = request.POST.get("version", "")
    if not bulk.is_number(version):
        raise Http404
    return int(version)


def _told(request, pk, code, done, tab=None):
    if code:
        messages.error(request, AGAINST[code])
    else:
        messages.success(request, done)
    found = redirect("refund", pk=pk)
    if tab:
        found["Location"] += f"?tab={tab}#more"
    return found


@may_see
@require_POST
def take_on(request, pk):
    """Takes the application on."""
    acting(request, pk)
    wanted = {pk: _seen(request)}
    answers = queue.hand_on(wanted, request.user, by=request.user, at=timezone.now())
    return _told(request, pk, answers[pk], _("You work on it now."))


@may_see
@require_POST
def clock(request, pk):
    """Stops the clocks, or lets them run again."""
    acting(request, pk)
    who = {"by": request.user, "at": timezone.now()}
    if request.POST.get("act") == "resume":
        note = request.POST.get("note", "").strip()[:1000]
        return _told(request, pk, clocks.resume(pk, note=note, **who), _("The clocks run again."))
    form = Stop(request.POST)
    if not form.is_valid():
        return _told(request, pk, "said_why", "")
    code = clocks.pause(pk, form.cleaned_data["reason"], note=form.cleaned_data["note"], **who)
    return _told(request, pk, code, _("The clocks stand."))


@may_handle
@require_POST
def correct(request, pk):
    """Corrects where the money goes and how the applicant is reached."""
    application, form = visible(request, pk), Details(request.POST)
    if not form.is_valid():
        return _page(request, application, details=form)
    who = {"by": request.user, "at": timezone.now()}
    code = cases.correct(pk, form.cleaned_data, seen=_seen(request), **who)
    return _told(request, pk, code, _("The details are corrected."))
