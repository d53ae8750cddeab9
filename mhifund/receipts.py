"""Receipts by purpose code and month, counted from the messages that were posted.

What the State Corporation sent back was never received.
"""

from django.db import connection, transaction

from payments.rules import returns

COUNT = """
INSERT INTO mhifund_receipts (month, knp, items, amount)
SELECT date_trunc('month', m.credited_on)::date, m.knp, sum(m.items), sum(m.total)
FROM payments_message m JOIN payments_file f ON f.id = m.file_id AND f.state = 'posted'
WHERE m.credited_on IS NOT NULL AND length(m.knp) = 3 AND m.knp <> %s
GROUP BY 1, 2
ON CONFLICT (month, knp) DO UPDATE SET items = excluded.items, amount = excluded.amount
WHERE (mhifund_receipts.items, mhifund_receipts.amount) IS DISTINCT FROM
    (excluded.items, excluded.amount)
"""


@transaction.atomic
def count_receipts():
    """Set anew for every month; the same books give the same rows."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, (returns.KNP,))
