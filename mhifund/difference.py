"""What a run changes: who gains the right and who loses it, by reason, region and category."""

from collections import defaultdict

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from mhifund import access
from registry.models import Category, CategoryShift, Region, Shift

RIGHT = ("insured", "grace")
VERDICTS = ("old_status", "old_reason", "status", "reason")


def difference(user, run):
    """Within the user's regions; categories are counted for the whole country."""
    within = access.regions(user)
    shifts = Shift.objects.filter(run=run)
    if within is not None:
        shifts = shifts.filter(region__in=within)
    rows = _summed(shifts, run, *VERDICTS)
    changes = [row for row in rows if row["old_status"]]
    return {
        "moves": sorted(
            (row for row in changes if row["old_status"] != row["status"]), key=_many_first
        ),
        "same_status": sum(row["n"] for row in changes if row["old_status"] == row["status"]),
        "first": sum(row["n"] for row in rows if not row["old_status"]),
        "gained": _turned(changes)[0],
        "lost": _turned(changes)[1],
        "by_region": _by(shifts, run, "region_id", {r.pk: r.name for r in Region.objects.all()}),
        "by_category": within is None
        and _by(CategoryShift.objects.filter(run=run), run, "category", _categories()),
    }


def _categories():
    return {"": _("without a category")} | {row.pk: row.name for row in Category.objects.all()}


def _summed(shifts, run, *columns):
    """What was written; of a run that wrote nothing yet, what it foresees."""
    count = F("persons") if run.state in ("writing", "done") else F("persons") + F("foreseen")
    return [row for row in shifts.values(*columns).annotate(n=Sum(count)) if row["n"]]


def _by(shifts, run, column, names):
    """(name, gained, lost) of each region or category in which somebody gained or lost."""
    rows = defaultdict(list)
    for row in _summed(shifts, run, column, "old_status", "status"):
        if row["old_status"]:
            rows[row[column]].append(row)
    turned = [(names[code], *_turned(found)) for code, found in rows.items()]
    return sorted((row for row in turned if row[1] or row[2]), key=lambda row: (-row[2], -row[1]))


def _turned(rows):
    """How many came to have the right to care, and how many ceased to have it."""
    gained = sum(r["n"] for r in rows if r["old_status"] not in RIGHT and r["status"] in RIGHT)
    lost = sum(r["n"] for r in rows if r["old_status"] in RIGHT and r["status"] not in RIGHT)
    return gained, lost


def _many_first(row):
    return -row["n"], row["old_reason"], row["reason"]
