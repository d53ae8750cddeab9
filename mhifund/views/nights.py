"""The runs that judged, what each changed, and the answer to one that the brake holds."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mhifund import tasks
from mhifund.difference import difference
from mhifund.listing import newest_first
from registry.actions import runs
from registry.models import Run
from registry.tasks import summon

NOTE = 1_000

may_see = permission_required("registry.view_reports", raise_exception=True)
may_answer = permission_required("registry.answer_run", raise_exception=True)


@may_see
def nights(request):
    """The newest runs; what was judged one by one on a day is a run too."""
    listing = newest_first(Run.objects.select_related("by"), request)
    return render(request, "mhifund/nights.html", {"listing": listing})


@may_see
def night(request, pk):
    """One run: how far it is, or what it changed, or what it would change."""
    run = get_object_or_404(Run.objects.select_related("by", "answered_by"), pk=pk)
    context = {"run": run, "at_work": run.state in runs.AT_WORK, "done": _percent(run)}
    if run.finished_at:
        context["seconds"] = (run.finished_at - run.started_at).total_seconds()
    if run.state == "held":
        context["may_answer"] = request.user.has_perm("registry.answer_run")
        context["is_another"] = runs.is_another(request.user, run)
    return render(request, "mhifund/night.html", context | difference(request.user, run))


@may_see
def progress(request, pk):
    """How far a run is; the page asks again until it is done or held."""
    run = get_object_or_404(Run, pk=pk)
    at_work = run.state in runs.AT_WORK
    context = {"run": run, "at_work": at_work, "done": _percent(run)}
    response = render(request, "mhifund/night_progress.html", context)
    if not at_work:
        response["HX-Refresh"] = "true"
    return response


def _percent(run):
    return int(100 * runs.share_done(run))


@may_answer
@require_POST
def answer(request, pk):
    """Lets a held run write, or drops it, with a note."""
    run, let = get_object_or_404(Run, pk=pk), request.POST.get("answer") == "let"
    note = request.POST.get("note", "").strip()[:NOTE]
    try:
        run = runs.answer(run, let=let, by=request.user, at=timezone.now(), note=note)
    except runs.NotAnother:
        messages.error(request, _("Who caused a run, and their role, do not answer for it."))
    except runs.NotHeld:
        messages.error(request, _("The run waits for no answer any more."))
    else:
        if let:
            transaction.on_commit(lambda: summon(run))
            transaction.on_commit(lambda: tasks.report.delay(run.on.isoformat()))
    return redirect("night", pk=pk)
