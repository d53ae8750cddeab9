"""Lists of who is about to lose something, to look at and to take away."""

from itertools import islice

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.utils import timezone

from mhifund import takings, warnings
from mhifund.forms import WithinDays
from mhifund.listing import ROWS
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
    """The whole list as a file."""
    kind, days = _asked(request.GET)
    on = timezone.localdate()
    found = warnings.rows(request.user, kind, on=on, days=days)
    whole = request.user.has_perm("registry.unmask_iin")
    table = warnings.table(str(labels.WARNINGS[kind]), found, whole=whole)
    query = {"on": on.isoformat(), "days": days}
    name = f"{kind}-{on}-{days}"
    return takings.take(request, f"warnings_{kind}", query, table, form, name)
