"""The money of a day: what the bank credited, what registers say, and what became of it."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Sum

from payments.models import ExceptionItem, Message
from payments.rules import returns

NOTHING = Decimal(0)
MOST = 50
ALL = "items", "total"
BECAME = ("posted", "posted_total"), ("returned", "returned_total")


class Line(NamedTuple):
    items: int
    total: Decimal


class Unmatched(NamedTuple):
    """A reference of which the bank and the registers tell different sums; None: nothing at all.

    `elsewhere` is the day of which the side without a sum tells.
    """

    reference: str
    bank: Decimal | None
    registers: Decimal | None
    elsewhere: date | None = None


class Balance(NamedTuple):
    """Lines of a day; a message is an item of the bank, a person line one of the registers.

    `told`: whether a bank statement tells of the day, and be it that nothing was credited. What
    was `returned` no bank credits: returns are no part of `waiting`.
    """

    told: bool
    bank: Line
    registers: Line
    waiting: Line
    posted: Line
    returned: Line
    queue: dict[str, Line]
    unmatched: list[Unmatched]

    @property
    def became(self):
        """What became of the items of the registers, all together."""
        queued = sum((line.total for line in self.queue.values()), NOTHING)
        return self.posted.total + self.returned.total + queued

    @property
    def unexplained(self):
        """Of the registers what is neither posted nor in the queue nor sent back: zero."""
        return self.registers.total - self.became

    @property
    def difference(self):
        """Of the bank's credits what no register tells; None before there is a statement."""
        if not self.told:
            return None
        credited = self.registers.total - self.returned.total
        return self.bank.total - credited - self.waiting.total


TOLD = """
EXISTS (SELECT FROM payments_file s WHERE s.kind = 'statement' AND %(on)s = ANY(s.days))"""
# Of statements that tell of the same reference the newest counts.
BANK = """
SELECT e.reference, sum(e.amount) AS total FROM payments_statemententry e
WHERE e.booked_on = %(on)s AND e.file_id = (
    SELECT max(n.file_id) FROM payments_statemententry n WHERE n.reference = e.reference)
GROUP BY e.reference"""

UNMATCHED = f"""
WITH bank AS ({BANK}), register AS (
    SELECT m.reference, sum(m.total) AS total
    FROM payments_message m JOIN payments_file f ON f.id = m.file_id
    WHERE m.credited_on = %(on)s AND f.state IN ('posted', 'held') AND m.knp <> %(returned)s
    GROUP BY m.reference
), unmatched AS (
    SELECT reference, b.total AS bank, r.total AS registers, CASE
        WHEN b.total IS NULL THEN (
            SELECT e.booked_on FROM payments_statemententry e
            WHERE e.reference = r.reference ORDER BY e.file_id DESC, e.booked_on LIMIT 1)
        WHEN r.total IS NULL THEN (
            SELECT min(m.credited_on)
            FROM payments_message m JOIN payments_file f ON f.id = m.file_id
            WHERE m.reference = b.reference AND f.state IN ('posted', 'held')
                AND m.knp <> %(returned)s)
        END AS elsewhere
    FROM bank b FULL JOIN register r USING (reference)
    WHERE b.total IS DISTINCT FROM r.total
)
SELECT reference, bank, registers, elsewhere FROM unmatched
WHERE elsewhere IS NOT NULL OR {TOLD}
ORDER BY reference LIMIT %(most)s"""


def of_day(on):
    """The Balance of a day of crediting."""
    values = {"on": on, "most": MOST, "returned": returns.KNP}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {TOLD}, count(*), coalesce(sum(total), 0) FROM ({BANK}) b", values)
        told, *bank = cursor.fetchone()
        cursor.execute(UNMATCHED, values)
        unmatched = [Unmatched(*row) for row in cursor.fetchall()]
    messages = Message.objects.filter(credited_on=on)
    queued = ExceptionItem.objects.filter(message__in=messages.filter(file__state="posted"))
    queue = {
        state: Line(items, total)
        for state, items, total in queued.order_by()
        .values_list("state")
        .annotate(Count("pk"), Sum("amount"))
    }
    held = messages.filter(file__state="held").exclude(knp=returns.KNP)
    (waiting,) = _lines(held, ALL)
    registers, posted, returned = _lines(messages.filter(file__state="posted"), ALL, *BECAME)
    return Balance(told, Line(*bank), registers, waiting, posted, returned, queue, unmatched)


def _lines(messages, *columns):
    """A Line for each pair of columns: how many items, and how much."""
    sums = messages.aggregate(
        **{items: Sum(items, default=0) for items, _ in columns},
        **{total: Sum(total, default=NOTHING) for _, total in columns},
    )
    return [Line(sums[items], sums[total]) for items, total in columns]


class Reference(NamedTuple):
    """What the bank and the registers tell under a reference, and what became of it at once."""

    reference: str
    bank: Decimal | None
    registers: Decimal | None
    posted: Decimal | None
    left_out: Decimal | None
    returned: Decimal | None

    @property
    def difference(self):
        """No bank credits what was `returned`."""
        credited = (self.registers or NOTHING) - (self.returned or NOTHING)
        return (self.bank or NOTHING) - credited


BY_REFERENCE = f"""
WITH bank AS ({BANK}), register AS (
    SELECT m.reference, sum(m.total) AS total, sum(m.posted_total) AS posted,
        sum(m.excepted_total) AS left_out,
        sum(m.total) FILTER (WHERE m.knp = %(returned)s) AS returned
    FROM payments_message m JOIN payments_file f ON f.id = m.file_id
    WHERE m.credited_on = %(on)s
        AND (f.state = 'posted' OR f.state = 'held' AND m.knp <> %(returned)s)
    GROUP BY m.reference
)
SELECT reference, b.total, r.total, r.posted, r.left_out, r.returned
FROM bank b FULL JOIN register r USING (reference)
ORDER BY coalesce(b.total, 0) = coalesce(r.total, 0) - coalesce(r.returned, 0), reference
LIMIT %(most)s"""


def by_reference(on, most):
    """The References of a day, those first of which the bank and the registers differ."""
    with connection.cursor() as cursor:
        cursor.execute(BY_REFERENCE, {"on": on, "most": most, "returned": returns.KNP})
        return [Reference(*row) for row in cursor.fetchall()]
