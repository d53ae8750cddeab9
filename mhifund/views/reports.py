"""What the nights left behind, and who took it away."""

from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from mhifund import access
from mhifund.listing import newest_first
from mhifund.models import Report, ReportTaking

SHOWN = 6

may_take = permission_required("registry.view_reports", raise_exception=True)


@may_take
def reports(request):
    """One row a night and report; they speak of the whole country, so they are for who sees it."""
    if not access.whole_country(request.user):
        return render(request, "mhifund/reports.html", {"bounded": True})
    takings = Prefetch("takings", ReportTaking.objects.select_related("user"))
    rows = Report.objects.select_related("run").prefetch_related(takings)
    listing = newest_first(rows, request)
    nights = [_night(list(files)) for _key, files in groupby(listing.rows, _night_and_kind)]
    return render(request, "mhifund/reports.html", {"listing": listing, "nights": nights})


def _night(files):
    takings = [(file, taking) for file in files for taking in file.takings.all()]
    return {"files": files, "takings": takings[:SHOWN], "first": files[0]}


def _night_and_kind(row):
    return row.run_id, row.kind


@may_take
def report(request, pk):
    """The file itself; taking it is written down first."""
    if not access.whole_country(request.user):
        raise PermissionDenied
    row = get_object_or_404(Report, pk=pk)
    path = Path(settings.REPORTS_ROOT) / row.name
    if not path.is_file():
        raise Http404
    ReportTaking.objects.create(report=row, user=request.user, at=timezone.now())
    return FileResponse(path.open("rb"), as_attachment=True, filename=row.name)
