"""Changes of the law: proposed, tried on everybody, and decided by somebody else."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mhifund import trial
from mhifund.forms import Change
from mhifund.listing import newest_first
from payments.tasks import recheck
from registry.actions import proposals as actions
from registry.models import Proposal, Sweep
from registry.tasks import sweep

NOTE = 1_000
MAY = {
    "confirmed": "registry.confirm_change",
    "rejected": "registry.confirm_change",
    "withdrawn": "registry.propose_change",
}
"""What a decision on a proposal asks of whoever makes it."""

may_propose = permission_required("registry.propose_change", raise_exception=True)
may_see = permission_required("registry.view_parameter", raise_exception=True)


@may_see
def proposals(request):
    """The newest proposals, open ones among them."""
    rows = Proposal.objects.select_related("proposed_by", "decided_by")
    return render(request, "mhifund/proposals.html", {"listing": newest_first(rows, request)})


@may_propose
def new(request):
    """A form for a change; what cannot be kept is told where it is wrong."""
    form = Change(request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.propose(form.proposal(), by=request.user, at=timezone.now())
        except IntegrityError:
            form.add_error("since", _("A change of this value from this day is open already."))
        else:
            return redirect("proposal", pk=found.pk)
    return render(request, "mhifund/proposal_new.html", {"form": form})


@may_see
def proposal(request, pk):
    """One change: before and after, its legal basis, and what a trial found."""
    found = get_object_or_404(Proposal.objects.select_related("proposed_by", "decided_by"), pk=pk)
    walk = Sweep.objects.filter(proposal=found).first()
    own = found.proposed_by_id == request.user.pk
    context = {
        "proposal": found,
        "before": actions.before(found) if found.state == "proposed" else None,
        "sweep": walk,
        "own": own,
        "may_decide": request.user.has_perm("registry.confirm_change") and not own,
        "may_withdraw": own,
        "may_try": request.user.has_perm("registry.propose_change"),
    }
    if walk and walk.kind == "trial" and walk.finished_at:
        context |= trial.found(walk)
    if found.state == "proposed":
        context["dues"] = trial.dues(found, timezone.localdate())
    return render(request, "mhifund/proposal.html", context)


@may_propose
@require_POST
def begin_trial(request, pk):
    """Begins to judge everybody by both laws; the page shows how far it is."""
    found = get_object_or_404(Proposal, pk=pk, state="proposed")
    on = max(timezone.localdate(), found.since)
    with transaction.atomic():
        walk = actions.begin_sweep(found, "trial", on=on, at=timezone.now())
        transaction.on_commit(lambda: sweep.delay(walk.pk))
    return redirect("proposal", pk=pk)


@may_see
def trial_progress(request, pk):
    """How far a walk is; the page asks again until it is done."""
    walk = get_object_or_404(Sweep, pk=pk)
    response = render(request, "mhifund/sweep_progress.html", {"sweep": walk})
    if walk.finished_at:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@may_see
def decide(request, pk):
    """Confirms, rejects or withdraws; a person decides what another proposed."""
    found, state = get_object_or_404(Proposal, pk=pk), request.POST.get("decision")
    if state not in MAY:
        return redirect("proposal", pk=pk)
    if not request.user.has_perm(MAY[state]):
        raise PermissionDenied
    note = request.POST.get("note", "").strip()[:NOTE]
    try:
        actions.decide(found, state, by=request.user, at=timezone.now(), note=note)
    except actions.NotAnother:
        messages.error(request, _("Who proposed a change does not decide it."))
    except actions.Decided:
        messages.error(request, _("The proposal is decided already."))
    else:
        if state == "confirmed":
            transaction.on_commit(lambda: recheck.delay(by=request.user.pk))
        for walk in Sweep.objects.filter(proposal=found, kind="settlement", finished_at=None):
            sweep.delay(walk.pk)
    return redirect("proposal", pk=pk)
