"""Items that the State Corporation sent back: kept as statistics, and linked to their payment."""

from decimal import Decimal

from django.db import connection

from payments.rules.returns import KNP, original, reason

AT_ONCE = 10_000

RANGE = """
SELECT min(i.row), max(i.row), count(*), coalesce(sum(i.amount), 0)::bigint
FROM incoming_item i JOIN incoming_order o ON o.number = i.order_number AND o.knp = %s"""
SOME = """
SELECT i.row, i.raw, o.purpose
FROM incoming_item i JOIN incoming_order o ON o.number = i.order_number
WHERE o.knp = %s AND i.row >= %s AND i.row < %s"""
KEEP = """
INSERT INTO payments_return (message_id, line, raw, iin, last_name, first_name, middle_name,
    birth_date, payer, period, amount, returned_on, order_no, order_date, reason,
    original_reference, original_no, original_date, recorded_at)
SELECT o.message, i.line, i.raw, left(i.iin, 40), left(i.last_name, 100), left(i.first_name, 100),
    left(i.middle_name, 100), i.birth_date, left(o.payer, 40), left(i.period, 20),
    i.amount / 100.0, o.credited_on, o.order_no, o.order_date, left(d.reason, 255),
    left(d.reference, 60), left(d.order_no, 60), d.order_date, %s
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::date[])
        AS d (row, reason, reference, order_no, order_date)
    JOIN incoming_item i ON i.row = d.row
    JOIN incoming_order o ON o.number = i.order_number
ORDER BY i.row"""
TAKE_AWAY = """
DELETE FROM incoming_item i USING incoming_order o
WHERE o.number = i.order_number AND o.knp = %s"""


def keep(*, at):
    """Takes what was sent back out of the incoming items; returns how many, and their sum."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM incoming_order WHERE knp = %s LIMIT 1", (KNP,))
        if not cursor.rowcount:
            return 0, Decimal(0)
        cursor.execute(RANGE, (KNP,))
        first, last, items, total = cursor.fetchone()
        if items:
            for start in range(first, last + 1, AT_ONCE):
                _keep_some(cursor, start, at)
            cursor.execute(TAKE_AWAY, (KNP,))
    return items, Decimal(total).scaleb(-2)


def _keep_some(cursor, start, at):
    cursor.execute(SOME, (KNP, start, start + AT_ONCE))
    rows = [(row, reason(raw), *original(purpose)) for row, raw, purpose in cursor.fetchall()]
    if rows:
        cursor.execute(KEEP, (at, *map(list, zip(*rows, strict=True))))


LINK = """
UPDATE payments_return r SET original_id = p.id
FROM (
    SELECT m.reference, min(m.id) AS id
    FROM payments_message m JOIN payments_file f ON f.id = m.file_id AND f.state = 'posted'
    WHERE m.knp <> %(returned)s AND {} GROUP BY m.reference
) p
WHERE r.original_id IS NULL AND r.original_reference = p.reference"""
TO_EARLIER = LINK.format(
    "m.reference IN (SELECT s.original_reference FROM payments_return s"
    " JOIN payments_message own ON own.id = s.message_id WHERE own.file_id = %(file)s)"
)
FROM_EARLIER = LINK.format(
    "m.file_id = %(file)s AND m.reference IN ("
    "SELECT original_reference FROM payments_return WHERE original_id IS NULL)"
)


def link(file):
    """Links the returns of a posted file to their payments, and earlier ones to its payments."""
    values = {"returned": KNP, "file": file.pk}
    with connection.cursor() as cursor:
        if file.returned:
            cursor.execute(TO_EARLIER, values)
        cursor.execute(FROM_EARLIER, values)
