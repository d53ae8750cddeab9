"""Persons by status and reason, cut by region and by category, with gains and losses."""

from collections import defaultdict

from django.db import connection
from django.utils.translation import gettext_lazy as _

from mhifund.reports.words import both, heads, named
from mhifund.tables import Table
from registry import labels
from registry.models import Category, Region, Shift, Tally

STATUSES = ("insured", "grace", "not_insured")


def statuses(run):
    """Everything in one table, and a sheet for each way to cut it.

    Persons of a status are those of the night before, more those who came, less those who left.
    """
    regions = {region.pk: named(region) for region in Region.objects.all()}
    categories = {category.pk: named(category) for category in Category.objects.all()}
    categories[""] = both(_("without a category"))
    cuts = (
        (_("Region"), regions, _by_region(run)),
        (_("Category"), categories, _by_category(run)),
    )
    by_reason = defaultdict(lambda: [0, 0, 0])
    for (_region, *verdict), counts in cuts[0][2].items():
        for place, count in enumerate(counts):
            by_reason[tuple(verdict)][place] += count
    all_rows = [
        (both(cut), code, names[code], *_verdict(verdict), *counts)
        for cut, names, found in cuts
        for (code, *verdict), counts in sorted(found.items(), key=_in_order)
    ]
    counted = heads(_("Persons"), _("Came"), _("Left"))
    verdict_heads = heads(_("Status"), _("Reason"))
    reasons = [(*_verdict(v), *counts) for v, counts in sorted(by_reason.items(), key=_in_order)]
    every = Table(
        both(_("All rows"), " · "),
        [*heads(_("Cut"), _("Code"), _("Designation")), *verdict_heads, *counted],
        all_rows + [(both(_("Reason")), "", "", *row) for row in reasons],
    )
    return [
        every,
        *(_crossed(cut, names, found) for cut, names, found in cuts),
        Table(both(_("Reason"), " · "), [*verdict_heads, *counted], reasons),
    ]


def _in_order(row):
    (*code, status, reason), _counts = row
    return (*code, list(labels.STATUSES).index(status), list(labels.REASONS).index(reason))


def _verdict(verdict):
    status, reason = verdict
    return both(labels.STATUSES[status]), both(labels.REASONS[reason])


def _crossed(cut, names, found):
    """A line each: persons of each status, and by how many they became more."""
    lines = defaultdict(lambda: [0] * 6)
    for (code, status, _reason), (persons, came, left) in found.items():
        place = 2 * STATUSES.index(status) if status in STATUSES else None
        if place is not None:
            lines[code][place] += persons
            lines[code][place + 1] += came - left
    columns = [text for status in STATUSES for text in (both(labels.STATUSES[status]), "±")]
    return Table(
        both(cut, " · "),
        [*heads(_("Code"), _("Designation")), *columns],
        [(code, names[code], *lines[code]) for code in sorted(lines)],
    )


def _by_region(run):
    """(region, status, reason) -> persons, came, left."""
    found = defaultdict(lambda: [0, 0, 0])
    for tally in Tally.objects.filter(run=run):
        found[tally.region_id, tally.status, tally.reason][0] += tally.persons
    for shift in Shift.objects.filter(run=run):
        old, new = (shift.old_status, shift.old_reason), (shift.status, shift.reason)
        if old != new:
            found[shift.region_id, *new][1] += shift.persons
            if shift.old_status:
                found[shift.region_id, *old][2] += shift.persons
    return found


# The verdict before one of this run is the latest of another run.
BY_CATEGORY = """
WITH held AS (
    SELECT DISTINCT person_id, category_id FROM registry_categoryspan
    WHERE received_on <= %(on)s AND coalesce(superseded_on, 'infinity') > %(on)s
        AND valid_from <= %(on)s AND coalesce(valid_to, 'infinity') >= %(on)s
), old AS (
    SELECT DISTINCT ON (person_id) person_id, status, reason FROM registry_verdictchange
    WHERE run_id IS DISTINCT FROM %(run)s
        AND person_id IN (SELECT person_id FROM registry_verdict WHERE run_id = %(run)s)
    ORDER BY person_id, id DESC
), judged AS (
    SELECT coalesce(h.category_id, '') AS category, v.status, v.reason,
        old.status AS old_status, old.reason AS old_reason,
        coalesce(v.run_id = %(run)s, false)
            AND (v.status, v.reason) IS DISTINCT FROM (old.status, old.reason) AS moved
    FROM registry_verdict v
        LEFT JOIN held h ON h.person_id = v.person_id
        LEFT JOIN old ON old.person_id = v.person_id
)
SELECT category, status, reason, sum(persons)::bigint, sum(came)::bigint, sum("left")::bigint
FROM (
    SELECT category, status, reason, 1 AS persons, moved::int AS came, 0 AS "left" FROM judged
    UNION ALL
    SELECT category, old_status, old_reason, 0, 0, 1 FROM judged
    WHERE moved AND old_status IS NOT NULL
) counted
GROUP BY category, status, reason"""


def _by_category(run):
    """(category, status, reason) -> persons, came, left; '' is no category on the day."""
    with connection.cursor() as cursor:
        cursor.execute(BY_CATEGORY, {"on": run.on, "run": run.pk})
        return {tuple(row[:3]): list(row[3:]) for row in cursor.fetchall()}
