"""What a payer paid, month by month and by purpose code, and for whom it stopped."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from payments.models import Message
from registry.actions.book import STANDING
from registry.models import Person
from registry.rules import months

KNPS = ("121", "122", "123", "124")


class Month(NamedTuple):
    """A month of a payer: {KNP: (tenge, heads)}, whether any is `late`, how many mismatch."""

    first: date
    paid: dict[str, tuple[Decimal, int]]
    late: bool
    mismatched: int


PAID = f"""
SELECT c.period, c.knp, sum(c.amount), count(DISTINCT c.person_id)
FROM registry_contribution c JOIN registry_person p ON p.id = c.person_id
WHERE c.payer = ANY(%(numbers)s) AND c.period BETWEEN %(first)s AND %(last)s
    AND (%(regions)s::text[] IS NULL OR p.region_id = ANY(%(regions)s)) AND {STANDING}
GROUP BY c.period, c.knp"""

NOTED = """
SELECT c.period, f.code, count(*)
FROM registry_contribution c JOIN payments_finding f ON f.entry_id = c.id
    JOIN registry_person p ON p.id = c.person_id
WHERE c.payer = ANY(%(numbers)s) AND c.period BETWEEN %(first)s AND %(last)s
    AND (%(regions)s::text[] IS NULL OR p.region_id = ANY(%(regions)s))
    AND f.dropped_at IS NULL AND f.code IN ('late', 'base_mismatch')
GROUP BY c.period, f.code"""

STOPPED = f"""
SELECT DISTINCT c.person_id
FROM registry_contribution c JOIN registry_person p ON p.id = c.person_id
WHERE c.payer = ANY(%(numbers)s) AND c.period = %(before)s
    AND (%(regions)s::text[] IS NULL OR p.region_id = ANY(%(regions)s)) AND {STANDING}
    AND c.person_id NOT IN (
        SELECT c.person_id FROM registry_contribution c
        WHERE c.payer = ANY(%(numbers)s) AND c.period = %(month)s AND {STANDING})
ORDER BY c.person_id LIMIT %(most)s"""


def name(payers):
    """What the latest message calls the payer."""
    latest = Message.objects.filter(payer__in=payers).order_by("-id").first()
    return latest.payer_name if latest else ""


def by_month(payers, first, last, *, regions=None):
    """Months first … last, latest first; those in which nothing was paid stand in between."""
    values = {
        "numbers": payers,
        "first": months.first(first),
        "last": months.first(last),
        "regions": regions,
    }
    paid, noted = defaultdict(dict), defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(PAID, values)
        for period, knp, amount, heads in cursor.fetchall():
            paid[period][knp] = amount, heads
        cursor.execute(NOTED, values)
        for period, code, count in cursor.fetchall():
            noted[period][code] = count
    days = [months.first(month) for month in range(last, first - 1, -1)]
    return [
        Month(day, paid[day], "late" in noted[day], noted[day].get("base_mismatch", 0))
        for day in days
    ]


def stopped(payers, month, most, *, regions=None):
    """Persons for whom the payer paid the month before a month, and not for that one."""
    values = {
        "numbers": payers,
        "before": months.first(month - 1),
        "month": months.first(month),
        "regions": regions,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(STOPPED, values)
        ids = [row[0] for row in cursor.fetchall()]
    return list(
        Person.objects.filter(pk__in=ids).select_related("region", "verdict").order_by("pk")
    )
