"""How many persons had which status on any day, as known at any moment."""

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from mhifund import counts
from mhifund.downloads import download
from mhifund.forms import AsOf
from mhifund.listing import newest_first
from registry.actions import sweeps
from registry.models import Sweep
from registry.tasks import sweep as walk_on

may_see = permission_required("registry.view_reports", raise_exception=True)


@may_see
def days(request):
    """The days that were counted; a day more can be asked for."""
    form = AsOf(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("counts", pk=_asked_for(form).pk)
    listing = newest_first(Sweep.objects.filter(kind="counts"), request)
    return render(request, "mhifund/days_counted.html", {"listing": listing, "form": form})


def _asked_for(form):
    """The counts of a day and a moment; they are begun where nobody asked for them before."""
    asked = {"on": form.day(), "known_at": form.known_at()}
    with transaction.atomic():
        known = Sweep.objects.filter(kind="counts", **asked).first()
        if known:
            return known
        begun = sweeps.begin("counts", at=timezone.now(), **asked)
        transaction.on_commit(lambda: walk_on.delay(begun.pk))
    return begun


@may_see
def counted(request, pk):
    """Counts by region and by reason, or how far they are."""
    walk = get_object_or_404(Sweep, pk=pk, kind="counts")
    found = counts.found(request.user, walk) if walk.finished_at else {}
    return render(request, "mhifund/counts.html", {"sweep": walk, **found})


@may_see
def take(request, pk, form):
    """The counts as a file."""
    walk = get_object_or_404(Sweep, pk=pk, kind="counts", finished_at__isnull=False)
    known = timezone.localtime(walk.known_at)
    return download(
        counts.table(request.user, walk),
        form,
        f"counts-{walk.on}-known-{known:%Y-%m-%dT%H%M}",
        timezone.make_naive(walk.finished_at),
    )
