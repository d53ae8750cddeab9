"""The first page: last night, the files of the day, and where the money and the statuses stand."""

from collections import Counter
from datetime import timedelta

from django.db.models import Sum
from django.shortcuts import render
from django.utils import timezone

from mhifund import access, charts, my_refunds
from mhifund.models import Receipts, Report
from payments.models import File
from registry.models import Run, Shift, Tally

FILES = 5
NIGHTS = 30
MONTHS = 24
BIGGEST_SHIFTS = 8


def today(request):
    run = Run.objects.nights().filter(state="done").first()
    under_way = Run.objects.under_way().first()
    context = {"run": run, "under_way": under_way}
    context |= my_refunds.waiting_for(request.user, timezone.localdate())
    if run:
        context |= _night(request.user, run)
    if request.user.has_perm("payments.view_file"):
        context |= {"files": File.objects.order_by("-id")[:FILES], "receipts": _receipts()}
    if request.user.has_perm("registry.view_reports") and access.whole_country(request.user):
        context["reports"] = Report.objects.filter(form="xlsx", run=run).order_by("id")
    return render(request, "mhifund/today.html", context)


def _night(user, run):
    tallies = _within(user, Tally.objects.filter(run=run))
    by_reason = list(tallies.values("status", "reason").annotate(n=Sum("persons")).order_by("-n"))
    by_status = Counter()
    for row in by_reason:
        by_status[row["status"]] += row["n"]
    shifts = _within(user, Shift.objects.filter(run=run).exclude(old_status=""))
    moves = shifts.values("old_status", "old_reason", "status", "reason").annotate(n=Sum("persons"))
    return {
        "seconds": (run.finished_at - run.started_at).total_seconds(),
        "by_status": [(status, by_status[status]) for status in charts.STATUSES],
        "judged": sum(by_status.values()),
        "by_reason": charts.shares(by_reason),
        "moves": sorted(moves, key=_weight)[:BIGGEST_SHIFTS],
        "nights": _nights(user, run),
    }


def _weight(move):
    """Changes of status before changes of the day until which it lasts, many before few."""
    return move["old_status"] == move["status"], -move["n"]


def _nights(user, run):
    """Persons by status, night after night."""
    since = run.on - timedelta(days=NIGHTS)
    rows = _within(user, Tally.objects.filter(run__on__gt=since, run__state="done"))
    rows = rows.values("run__on", "run_id", "status").annotate(n=Sum("persons")).order_by("run_id")
    return charts.nights(rows)


def _receipts():
    latest = Receipts.objects.order_by("-month").values_list("month", flat=True).first()
    if latest is None:
        return None
    since = latest - timedelta(days=31 * (MONTHS - 1))
    return charts.receipts(Receipts.objects.filter(month__gte=since.replace(day=1)))


def _within(user, rows):
    regions = access.regions(user)
    return rows if regions is None else rows.filter(region__in=regions)
