"""What a proposal would change, as its page shows it."""

from collections import Counter

from django.db.models import Sum

from registry.actions.sweeps import proposed_law
from registry.models import Region, TrialShift
from registry.rules.due import CAPPED, FIXED, due, most
from registry.rules.timeline import NotInForce


def found(sweep):
    """Changes of the verdict by reason and by region, most persons first."""
    shifts = TrialShift.objects.filter(sweep=sweep)
    columns = ("old_status", "old_reason", "status", "reason")
    names = {region.pk: region.name for region in Region.objects.all()}
    regions = Counter()
    for region, persons in shifts.values_list("region", "persons"):
        regions[names[region]] += persons
    return {
        "moves": shifts.values(*columns).annotate(n=Sum("persons")).order_by("-n", *columns),
        "regions": regions.most_common(),
    }


def dues(proposal, today):
    """(kind, sum of a month now, sum as proposed) for the kinds whose sum would be another."""
    on = max(today, proposal.since)
    now, then = proposed_law(proposal)
    rows = [(kind, _sum(due, kind, on, now), _sum(due, kind, on, then)) for kind in FIXED]
    rows += [(kind, _sum(most, kind, on, now), _sum(most, kind, on, then)) for kind in CAPPED]
    return [row for row in rows if row[1] != row[2]]


def _sum(rule, kind, on, rules):
    """None where the law has no value for the day."""
    try:
        return rule(kind, on, rules)
    except NotInForce:
        return None
