"""Evidence from the books: what became of the items that applications name."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from registry.actions import book
from registry.models import CategorySpan
from registry.rules import months
from registry.rules.due import COVERING


class Traced(NamedTuple):
    """An item of a posted register: "posted", "exception", "returned", or "none" where none is.

    `entry_id` is the one that came in, `person_id` whose it is now; `iin` is that under which it
    came. What was overpaid is told of posted items; `codes` say why an exception is one.
    """

    state: str
    entry_id: int | None = None
    overpayment_id: int | None = None
    person_id: int | None = None
    iin: str = ""
    payer: str = ""
    order_no: str = ""
    order_date: date | None = None
    credited_on: date | None = None
    knp: str = ""
    amount: Decimal | None = None
    period: date | None = None
    cause: str | None = None
    found: Decimal = Decimal(0)
    established: Decimal = Decimal(0)
    left: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    answer: str = ""
    codes: tuple[str, ...] = ()


POSTED, LEFT_OUT, RETURNED, NONE = "posted", "exception", "returned", "none"

# Of a register: an exception says itself what was posted of it, all others are booked as they came.
ITEMS = """
FROM unnest(%(references)s::text[], %(lines)s::int[]) k (reference, line)
    JOIN payments_message m ON m.reference = k.reference
    JOIN payments_file f ON f.id = m.file_id AND f.state = 'posted'
    LEFT JOIN payments_exceptionitem x ON x.message_id = m.id AND x.line = k.line"""
BOOKED = f"""
SELECT k.reference, k.line, o.id, p.id, e.person_id,
    coalesce(x.iin, a.iin, (
        SELECT v.old_iin FROM registry_personevent v
        WHERE v.person_id = o.person_id AND v.kind = 'new_iin' AND v.at > o.recorded_at
        ORDER BY v.at LIMIT 1), n.iin),
    o.payer, o.order_no, o.order_date, o.credited_on, o.knp, o.amount, o.period,
    p.cause, coalesce(p.found, 0), coalesce(p.established, 0),
    coalesce(p.amount - p.reserved - p.paid, 0), coalesce(p.reserved, 0), coalesce(p.paid, 0),
    coalesce(p.answer, '')
{ITEMS}
    CROSS JOIN LATERAL (
        SELECT * FROM registry_contribution
        WHERE x.id IS NULL AND key = m.id || ':' || k.line
        UNION ALL SELECT * FROM registry_contribution WHERE id = x.entry_id
    ) o
    CROSS JOIN LATERAL (
        SELECT o.id UNION ALL
        SELECT v.entry_id FROM registry_moved v WHERE v.origin_id = o.id
    ) line
    CROSS JOIN LATERAL (
        SELECT c.person_id FROM registry_contribution c
        WHERE c.id = line.id AND {book.STANDING} OFFSET 0
    ) e
    JOIN registry_person n ON n.id = o.person_id
    LEFT JOIN registry_addressed a ON a.entry_id = o.id
    LEFT JOIN payments_overpayment p ON p.entry_id = o.id"""
NOT_BOOKED = f"""
SELECT k.reference, k.line, CASE WHEN x.state IN ('open', 'held') THEN '{LEFT_OUT}'
    ELSE '{RETURNED}' END, x.iin, x.payer, x.order_no, x.order_date, x.credited_on, x.knp,
    x.amount, x.period, x.codes
{ITEMS}
WHERE x.state <> 'posted'
UNION ALL
SELECT k.reference, k.line, '{RETURNED}', r.iin, r.payer, r.order_no, r.order_date, r.returned_on,
    m.knp, r.amount, r.period, '{{}}'
{ITEMS}
    JOIN payments_return r ON r.message_id = m.id AND r.line = k.line"""


def trace(keys):
    """Traced by (reference, line), for all of them."""
    keys = set(keys)
    values = {"references": [key[0] for key in keys], "lines": [key[1] for key in keys]}
    traced = {key: Traced(NONE) for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(NOT_BOOKED, values)
        for *key, state, iin, payer, no, day, on, knp, amount, period, codes in cursor.fetchall():
            month = months.from_period(period)
            traced[tuple(key)] = Traced(
                state=state,
                iin=iin,
                payer=payer,
                order_no=no,
                order_date=day,
                credited_on=on,
                knp=knp,
                amount=amount,
                period=None if month is None else months.first(month),
                codes=tuple(codes),
            )
        cursor.execute(BOOKED, values)
        for reference, line, *facts in cursor.fetchall():
            traced[reference, line] = Traced(POSTED, *facts)
    return traced


LAST_TWELVE = f"""
SELECT c.person_id,
    count(*) FILTER (WHERE c.credited_on > %(on)s::date - interval '12 months'),
    max(c.credited_on)
FROM registry_contribution c
WHERE c.person_id = ANY(%(persons)s) AND c.reverses_id IS NULL AND c.kind = ANY(%(kinds)s)
    AND c.credited_on <= %(on)s AND {book.STANDING}
GROUP BY c.person_id"""


def last_twelve(persons, on):
    """How many payments of each person were credited in the 12 months up to a day, and when last.

    Payments for months, not penalties; also those that were paid back since.
    """
    values = {"persons": [*persons], "on": on, "kinds": [*COVERING]}
    with connection.cursor() as cursor:
        cursor.execute(LAST_TWELVE, values)
        counts = {person: (count, last) for person, count, last in cursor.fetchall()}
    return {person: counts.get(person, (0, None)) for person in persons}


def categories_at(wanted):
    """{person: {month: codes}} of the categories held on any day of months, as is known now.

    Persons by id, each with the first days of months.
    """
    spans = CategorySpan.objects.filter(person__in=wanted, superseded_on=None)
    held = defaultdict(list)
    for person, *span in spans.order_by("category").values_list(
        "person", "category", "valid_from", "valid_to"
    ):
        held[person].append(span)
    return {
        person: {month: _held_in(month, held[person]) for month in asked}
        for person, asked in wanted.items()
    }


def _held_in(month, spans):
    last = months.last(months.number(month))
    codes = (
        code
        for code, since, until in spans
        if since <= last and (until is None or until >= max(since, month))
    )
    return list(dict.fromkeys(codes))
