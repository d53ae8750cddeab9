"""What the law and the country say: parameters, categories, days off, codes, regions."""

from collections import defaultdict
from itertools import groupby

from django.db.models import Prefetch
from django.shortcuts import render
from django.utils import timezone

from mhifund import labels
from refunds.models import Reason
from registry.models import Category, CategoryGroup, Parameter, Region


def parameters(request):
    """Each parameter as a timeline, the value in force today first in sight."""
    today = timezone.localdate()
    rows = Parameter.objects.current().order_by("code", "-since")
    series = [_series(code, list(values), today) for code, values in groupby(rows, _code)]
    topics = [
        {"label": label, "series": found}
        for topic, label in labels.TOPICS.items()
        if (found := [s for s in series if labels.topic(s["code"]) == topic])
    ]
    return render(request, "mhifund/parameters.html", {"topics": topics, "today": today})


def _code(row):
    return row.code


def _series(code, values, today):
    begun = [value for value in values if value.since <= today]
    current = begun[0] if begun else None
    return {"code": code, "values": values, "current": current}


def categories(request):
    """Categories with the group they belong to, by date."""
    rows = Category.objects.prefetch_related(Prefetch("groups", CategoryGroup.objects.current()))
    return render(request, "mhifund/categories.html", {"categories": rows})


def purpose_codes(request):
    """The purpose codes a contribution can have, and what becomes of them."""
    return render(request, "mhifund/purpose_codes.html", {"codes": labels.PURPOSE_CODES})


def reasons(request):
    """Why money is given back, and why not."""
    by_kind = defaultdict(list)
    for row in Reason.objects.all():
        by_kind[row.get_kind_display()].append(row)
    return render(request, "mhifund/reasons.html", {"kinds": dict(by_kind)})


def regions(request):
    return render(request, "mhifund/regions.html", {"regions": Region.objects.all()})
