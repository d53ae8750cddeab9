"""What a payer or a person paid late or owes, from the books."""

from collections import defaultdict

from django.db.models import Exists, OuterRef, Sum

from registry.actions import identity, law
from registry.models import CategorySpan, Contribution, Exclusion
from registry.rules import arrears, months
from registry.rules.due import SELF_PAYING, Kind, due
from registry.rules.timeline import NotInForce

AGENT = (Kind.EMPLOYER, Kind.EMPLOYEE)


def of_payer(number, first, last, *, on, regions=None):
    """Arrears of the months first … last that a BIN or IIN paid late for others."""
    rules, calendar = law.rules()
    entries = Contribution.objects.filter(payer__in=identity.numbers(number), kind__in=AGENT)
    if regions is not None:
        entries = entries.filter(person__region__in=regions)
    found = []
    for (month, kind), sums in sorted(_paid(entries, first, last, on).items()):
        try:
            found += arrears.late(month, Kind(kind), sums, rules, calendar)
        except NotInForce:
            continue
    return found


def of_person(person, first, last, *, on):
    """Arrears of the months first … last in which a person had to pay a fixed sum as one of the
    SELF_PAYING, paid late or not at all."""
    rules, calendar = law.rules()
    own = Contribution.objects.filter(person=person, kind=Kind.ENTREPRENEUR)
    paid = _paid(own, first, last, on)
    found = []
    for month in _self_paying(person, first, last, on):
        try:
            whole = due(Kind.ENTREPRENEUR, months.first(month), rules)
            sums = paid.get((month, Kind.ENTREPRENEUR), [])
            found += arrears.owed(month, Kind.ENTREPRENEUR, whole, sums, on, rules, calendar)
        except NotInForce:
            continue
    return found


def _paid(entries, first, last, on):
    """(month, kind) -> days and sums, without what was given back or is overpaid as a whole."""
    gone = Exclusion.objects.filter(entry=OuterRef("pk"), dropped_at=None)
    entries = entries.filter(
        ~Exists(gone),
        reverses=None,
        period__range=(months.first(first), months.first(last)),
        credited_on__lte=on,
    )
    back = Contribution.objects.filter(reverses__in=entries)
    sums = defaultdict(lambda: defaultdict(int))
    for rows, day in ((entries, "credited_on"), (back, "reverses__credited_on")):
        of_days = rows.values_list("period", "kind", day).annotate(sum=Sum("amount"))
        for period, kind, credited_on, sum_ in of_days:
            sums[months.number(period), kind][credited_on] += sum_
    return {key: list(days.items()) for key, days in sums.items()}


def _self_paying(person, first, last, on):
    """Months first … last on a day of which the person held one of the SELF_PAYING categories."""
    spans = CategorySpan.objects.filter(
        person=person, category__in=SELF_PAYING, superseded_on=None, received_on__lte=on
    )
    held = set()
    for begin, end in spans.values_list("valid_from", "valid_to"):
        if end is None or end >= begin:
            until = last if end is None else min(last, months.number(end))
            held.update(range(max(first, months.number(begin)), until + 1))
    return sorted(held)
