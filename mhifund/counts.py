"""How many persons had which verdict on a day, as known at a moment: by region and by reason."""

from collections import Counter

from django.db.models import Sum
from django.utils.translation import gettext as _

from mhifund import access
from mhifund.tables import Table
from registry import labels
from registry.models import Region, TrialShift

STATUSES = ("insured", "grace", "not_insured")


def found(user, sweep):
    """What a finished walk counted within the user's regions; the rows end with their sums."""
    regions, reasons = {}, Counter()
    for region, status, reason, persons in _verdicts(user, sweep):
        regions.setdefault(region, Counter())[status] += persons
        reasons[status, reason] += persons
    everywhere = sum(regions.values(), Counter())
    return {
        "regions": [(name, _cells(counts)) for name, counts in regions.items()],
        "everywhere": _cells(everywhere),
        "reasons": reasons.most_common(),
    }


def _cells(counts):
    return [*(counts[status] for status in STATUSES), counts.total()]


def by_region(sweep, within=None):
    """(code of the region, status, reason, persons), in some regions or everywhere."""
    shifts = TrialShift.objects.filter(sweep=sweep)
    if within is not None:
        shifts = shifts.filter(region__in=within)
    columns = ("region", "status", "reason")
    return shifts.order_by(*columns).values_list(*columns).annotate(n=Sum("persons"))


def _verdicts(user, sweep):
    names = {region.pk: region.name for region in Region.objects.all()}
    rows = by_region(sweep, access.regions(user))
    return sorted((names[region], *verdict, n) for region, *verdict, n in rows)


def table(user, sweep):
    """The same as a file: a row for each region and reason."""
    heads = [_("Region"), _("Status"), _("Reason"), _("Persons")]
    rows = [
        (region, str(labels.STATUSES[status]), str(labels.REASONS[reason]), persons)
        for region, status, reason, persons in _verdicts(user, sweep)
    ]
    return Table(_("Counts on a day"), heads, rows)
