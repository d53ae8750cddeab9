"""The items of a posted register as they came: booked, left out or sent back, line by line."""

from heapq import merge
from itertools import groupby, islice
from math import inf
from operator import itemgetter

from django.db import connection
from django.db.models import F, FloatField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from payments.models import ExceptionItem, Return
from payments.models import Message as Kept
from payments.rules.items import Item, Message, Portion
from payments.rules.mt102_out import MOST_ITEMS
from payments.rules.returns import KNP

CHUNK = 2_000
CENT = 100
PLACE = itemgetter(0, 1)  # number of the message, rank of the item
# A person who has got a new number since is given the one under which the item arrived.
BOOKED = """
WITH renamed AS (
    SELECT DISTINCT ON (person_id) person_id, old_iin FROM registry_personevent
    WHERE kind = 'new_iin' AND at > %(posted_at)s ORDER BY person_id, at
)
SELECT m.number, c.rank, m.reference, c.order_no, c.order_date, c.credited_on, c.knp, c.payer,
    CASE WHEN c.payer = m.payer THEN m.payer_name ELSE '' END,
    split_part(c.key, ':', 2)::int, coalesce(a.iin, r.old_iin, p.iin),
    p.last_name, p.first_name, p.middle_name, p.birth_date, to_char(c.period, 'MMYYYY'), c.amount
FROM registry_contribution c
    JOIN payments_message m ON m.id = split_part(c.key, ':', 1)::bigint
    JOIN registry_person p ON p.id = c.person_id
    LEFT JOIN registry_addressed a ON a.entry_id = c.id
    LEFT JOIN renamed r ON r.person_id = p.id
WHERE c.id BETWEEN %(first)s AND %(last)s
    AND (%(regions)s::varchar[] IS NULL OR p.region_id = ANY(%(regions)s))
ORDER BY m.number, c.rank"""
LEFT_OUT = (
    *("message__number", "rank", "message__reference", "order_no", "order_date", "credited_on"),
    *("knp", "payer", "message__payer_name", "line", "iin", "last_name", "first_name"),
    *("middle_name", "birth_date", "period", "amount"),
)
SENT_BACK = (
    *("place", "rank", "message__reference", "order_no", "order_date", "returned_on"),
    *("knp", *LEFT_OUT[7:]),
)


def portions(file, *, exceptions=None, returns=None, regions=None):
    """Portions of the file, read as they are asked for.

    Of what was booked only the persons of `regions` (codes), of what was left out or sent back
    only `exceptions` and `returns`, querysets; all where these are None.
    """
    if exceptions is None:
        exceptions = ExceptionItem.objects.all()
    left_out = exceptions.filter(message__file=file).order_by("message__number", "rank")
    rows = merge(
        _booked(file, regions),
        left_out.values_list(*LEFT_OUT).iterator(CHUNK),
        _sent_back(file, returns),
        key=PLACE,
    )
    for order, same in groupby(rows, key=_order):
        message = Message(*order, 0, 0, None)
        while items := [_item(row) for row in islice(same, MOST_ITEMS)]:
            yield Portion(message, items)


def _booked(file, regions):
    values = {
        "first": file.first_entry,
        "last": file.last_entry,
        "posted_at": file.finished_at,
        "regions": regions,
    }
    with connection.chunked_cursor() as cursor:
        cursor.execute(BOOKED, values)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def _sent_back(file, returns):
    """Behind the payments of the same reference: messages of one reference come together."""
    if returns is None:
        returns = Return.objects.all()
    paid = Kept.objects.filter(file=file, reference=OuterRef("message__reference"))
    place = Subquery(paid.exclude(knp=KNP).values("number"))
    rows = returns.filter(message__file=file).annotate(
        place=Coalesce(place, F("message__number")),
        rank=Value(inf, FloatField()),
        knp=Value(KNP),
    )
    return rows.order_by("place", "id").values_list(*SENT_BACK).iterator(CHUNK)


def _order(row):
    return row[0], *row[2:9]


def _item(row):
    number, _rank, *_order, line, iin, last, first, middle, born, period, amount = row
    return Item(number, line, iin, last, first, middle, born, period, None, int(amount * CENT), "")
