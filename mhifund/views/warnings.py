"""Lists of who is about to lose something, to look at and to take away."""

from itertools import islice

from django.contrib.auth.decorators import permission_required
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from mhifund import warnings
from mhifund.downloads import CSV, download, named
from mhifund.forms import WithinDays
from mhifund.listing import ROWS
from mhifund.models import ListTaking
from mhifund.tables import csv_lines
from registry import labels
from registry.actions.warnings import Kind

may_see = permission_required("registry.view_warnings", raise_exception=True)


@may_see
def warned(request):
    """The first persons of a list, or those after the mark of the page before."""
    kind, days = _asked(request.GET)
    mark = request.GET.get("after", "")
    after = int(mark) if mark.isascii() and mark.isdigit() and len(mark) < 19 else 0
    found = warnings.rows(request.user, kind, on=timezone.localdate(), days=days, after=after)
    rows = list(islice(found, ROWS + 1))
    context = {
        "tab": kind,
        "tabs": labels.WARNINGS.items(),
        "days": days,
        "form": WithinDays({"days": days}),
        "rows": rows[:ROWS],
        "first": not after,
        "more": rows[ROWS - 1][0].pk if len(rows) > ROWS else None,
    }
    return render(request, "mhifund/warnings.html", context)


def _asked(query):
    form = WithinDays(query)
    days = form.cleaned_data["days"] if form.is_valid() else WithinDays.USUAL
    kind = query.get("tab", "")
    return Kind(kind) if kind in set(Kind) else Kind.RIGHT, days


@may_see
def take(request, form):
    """The whole list as a file; that it was taken is written down."""
    if form not in ("csv", "xlsx"):
        raise Http404
    kind, days = _asked(request.GET)
    on, counted = timezone.localdate(), Counted()
    found = counted(warnings.rows(request.user, kind, on=on, days=days))
    whole = request.user.has_perm("registry.unmask_iin")
    table = warnings.table(str(labels.WARNINGS[kind]), found, whole=whole)
    taking = ListTaking(
        name=f"warnings_{kind}",
        query={"on": on.isoformat(), "days": days, "form": form},
        user=request.user,
        at=timezone.now(),
    )
    name = f"{kind}-{on}-{days}"
    if form == "csv":
        lines = _lines(table, taking, counted)
        return named(StreamingHttpResponse(lines, content_type=CSV), f"{name}.csv")
    made_at = timezone.make_naive(taking.at)
    response = download(table._replace(rows=list(table.rows)), form, name, made_at)
    _write_down(taking, counted)
    return response


def _lines(table, taking, counted):
    """A taking that breaks off is written down too, with the rows that went out."""
    try:
        yield from csv_lines(table)
    finally:
        _write_down(taking, counted)


def _write_down(taking, counted):
    taking.rows = counted.rows
    taking.save()


class Counted:
    """Lets rows pass and counts them."""

    rows = 0

    def __call__(self, found):
        for row in found:
            self.rows += 1
            yield row
