"""What the law and the country say: parameters, categories, days off, codes, regions."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Prefetch
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR

from mhifund import labels
from refunds.models import Reason
from registry.models import CalendarDay, Category, CategoryGroup, Parameter, Region

FIRST_YEAR = 2017
WEEK = 7
SATURDAY = 5


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


def calendar(request):
    """A year's page: days off, moved days and worked weekends."""
    year = _year(request)
    special = {row.day: row for row in CalendarDay.objects.filter(day__year=year).order_by("day")}
    return render(
        request,
        "mhifund/calendar.html",
        {
            "year": year,
            "years": range(FIRST_YEAR, timezone.localdate().year + 2),
            "months": [_month(year, month, special) for month in range(1, 13)],
            "special": special.values(),
            "weekdays": WEEKDAYS_ABBR.values(),
        },
    )


def _year(request):
    written = request.GET.get("year", "")
    this_year = timezone.localdate().year
    year = int(written) if written.isascii() and written.isdigit() and len(written) == 4 else 0
    return year if FIRST_YEAR <= year <= this_year + 1 else this_year


def _month(year, month, special):
    first = date(year, month, 1)
    next_first = date(year + month // 12, month % 12 + 1, 1)
    days = [first + timedelta(days=n) for n in range((next_first - first).days)]
    cells = [None] * first.weekday() + [_cell(day, special.get(day)) for day in days]
    cells += [None] * (-len(cells) % WEEK)
    weeks = [cells[start : start + WEEK] for start in range(0, len(cells), WEEK)]
    return {"first": first, "weeks": weeks}


def _cell(day, row):
    weekend = day.weekday() >= SATURDAY
    kind = row.kind if row else "weekend" if weekend else "plain"
    return {"day": day, "kind": kind, "row": row}


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
