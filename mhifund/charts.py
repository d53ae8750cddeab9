"""Rows of the database as the series that the charts draw."""

import json

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import labels

STATUSES = ("insured", "grace", "not_insured")
PURPOSE_CODES = ("121", "122", "123", "124")


def shares(rows):
    """Rows with `n`, each with its part of the largest in per cent."""
    largest = max((row["n"] for row in rows), default=0) or 1
    return [row | {"percent": f"{100 * row['n'] / largest:.1f}%"} for row in rows]


DAYS_LEFT = {
    "overdue": (gettext_lazy("overdue"), "not_insured"),
    "today": (gettext_lazy("due today"), "grace"),
    "three": (gettext_lazy("1 to 3 working days"), "grace"),
    "seven": (gettext_lazy("4 to 7 working days"), "insured"),
    "more": (gettext_lazy("more than 7 working days"), "insured"),
    "standing": (gettext_lazy("the clocks stand"), ""),
}


def days_left(counts):
    """Open refund cases by the working days that are left: what statistics.waiting counts."""
    rows = [
        {"label": label, "look": look, "n": counts[name]}
        for name, (label, look) in DAYS_LEFT.items()
    ]
    return shares(rows) if any(row["n"] for row in rows) else []


def nights(rows):
    """Persons by status and night; the last run of a day stands for it."""
    days = {}
    for row in rows:
        kept = days.setdefault(row["run__on"], {})
        if kept.get("run") != row["run_id"]:
            kept = days[row["run__on"]] = {"run": row["run_id"]}
        kept[row["status"]] = row["n"]
    if len(days) < 2:
        return None
    order = sorted(days)
    return json.dumps(
        {
            "kind": "lines",
            "axis": _("Night"),
            "labels": [date_format(day, "d.m") for day in order],
            "series": [
                {
                    "label": str(labels.STATUSES[status]),
                    "values": [days[day].get(status, 0) for day in order],
                    "look": status,
                }
                for status in STATUSES
            ],
        }
    )


def receipts(rows):
    """Millions of tenge by month of crediting and purpose code, one upon another."""
    sums = {(row.month, row.knp): row.amount for row in rows}
    months = sorted({month for month, _knp in sums})
    return json.dumps(
        {
            "kind": "stack",
            "axis": _("Month"),
            "labels": [date_format(month, "m.y") for month in months],
            "series": [
                {
                    "label": knp,
                    "values": [
                        round(float(sums.get((month, knp), 0)) / 1_000_000, 3) for month in months
                    ],
                    "look": f"knp-{knp}",
                }
                for knp in PURPOSE_CODES
                if any((month, knp) in sums for month in months)
            ],
        }
    )
