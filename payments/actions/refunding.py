"""What refund cases do to overpayments: sums are held, let go, and paid back through the books.

Overpayments are named by id, with a sum in tenge each. Whoever holds gets an answer for each: ""
when it was done, or a code of labels.NOT_DONE.
"""

from collections import Counter

import numpy as np
from django.db import connection, transaction

from payments.actions.bearers import bearers
from payments.actions.derive import TOUCHED, derive, touched_table
from payments.actions.overpayments import AMOUNT
from payments.labels import ESTABLISHED
from payments.models import Overpayment
from payments.rules.parts import Borne, shares_of
from registry.actions import book
from registry.actions.book import KeyTaken
from registry.actions.columns import EPOCH, run
from registry.models import Moved
from registry.rules.days import day_number

CENT = 100


class NotEstablished(Exception):
    """Nothing can be established of an entry: a code of labels.NOT_DONE."""


@transaction.atomic
def hold(wanted):
    """Reserves {id: sum} for cases, each where it fits into what is left."""
    _are_sums(wanted.values())
    rows = _locked(wanted)
    against = {row.pk: _against(row, wanted[row.pk]) for row in rows}
    _shift({pk: wanted[pk] for pk, code in against.items() if not code}, reserved=1)
    return dict.fromkeys(wanted, "gone") | against


def _against(row, sum_):
    if row.cause == "duplicate" and not row.answer:
        return "unconfirmed"
    return "over_left" if sum_ > row.left else ""


@transaction.atomic
def release(wanted):
    """Gives {id: sum} back that cases had reserved; what is overpaid follows the findings again."""
    _are_sums(wanted.values())
    _locked(wanted)
    _shift(wanted, reserved=-1)


def lock(ids):
    """For who pays back of some and lets go of others in one go: in the order of all who wait."""
    book.lock_the_books()
    _locked(ids)


def _are_sums(sums):
    if any(sum_ <= 0 for sum_ in sums):
        raise ValueError("a sum is positive")


def _locked(ids):
    return [*Overpayment.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")]


SHIFT = f"""
UPDATE payments_overpayment s
SET reserved = o.reserved, paid = o.paid, amount = {AMOUNT.format(found="o.found")}
FROM (
    SELECT n.id, n.found, n.established, n.reserved + %(reserved)s * w.sum AS reserved,
        n.paid + %(paid)s * w.sum AS paid
    FROM payments_overpayment n
        JOIN unnest(%(ids)s::bigint[], %(sums)s::numeric[]) w (id, sum) USING (id)
) o
WHERE s.id = o.id"""


def _shift(sums, *, reserved, paid=0):
    """Adds sums to what is reserved and paid of overpayments that are locked, or takes them off."""
    if sums:
        values = {"ids": [*sums], "sums": [*sums.values()], "reserved": reserved, "paid": paid}
        with connection.cursor() as cursor:
            cursor.execute(SHIFT, values)


KNOWN = """
SELECT c.key, coalesce(m.origin_id, c.reverses_id), -c.amount, c.credited_on
FROM registry_contribution c LEFT JOIN registry_moved m ON m.entry_id = c.reverses_id
WHERE c.key = ANY(%s)"""
# It keeps the place of what it reverses: on its day it comes before what came in later.
OPPOSITES = f"""
SELECT w.key, c.person_id, c.payer, c.knp, c.period, -w.amount / 100.0, {EPOCH} + w.paid_on, '',
    NULL::date, %s, c.rank, c.kind, c.reference_day, c.due,
    CASE WHEN c.share IS NOT NULL THEN -w.share END, c.id
FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::int[], %s::bigint[])
    AS w (key, entry, amount, paid_on, share)
    JOIN registry_contribution c ON c.id = w.entry"""
TOUCH = f"""
INSERT INTO {TOUCHED} SELECT person_id, period FROM registry_contribution WHERE id = ANY(%s)"""


@transaction.atomic
def pay(rows, *, at):
    """Books that reserved sums were paid back: (overpayment, key, sum, day of payout).

    Each gets an opposite entry under its key; returns how many were new. The same key again does
    nothing, with other content it is KeyTaken.
    """
    _are_sums(sum_ for _pk, _key, sum_, _on in rows)
    book.lock_the_books()
    origins = {row.pk: row.entry_id for row in _locked({pk for pk, *_ in rows})}
    new = _new(rows, origins)
    if not new:
        return 0
    sums = Counter()
    for pk, _key, sum_, _on in new:
        sums[pk] += sum_
    _shift(sums, reserved=-1, paid=1)
    entries = _book_opposites(new, origins, at)
    with connection.cursor() as cursor:
        touched_table(cursor)
    run(TOUCH, (entries,)).close()
    derive(at=at)
    return len(new)


def _new(rows, origins):
    """Rows whose key is not in the books yet, in the order of their days."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, ([key for _pk, key, *_ in rows],))
        known = {key: content for key, *content in cursor.fetchall()}
    new = []
    for row in sorted(rows, key=lambda row: (row[3], row[1])):
        pk, key, sum_, on = row
        content = [origins[pk], sum_, on]
        if known.setdefault(key, content) is content:
            new.append(row)
        elif known[key] != content:
            raise KeyTaken(key)
    return new


def _book_opposites(rows, origins, at):
    """Books the opposite entries; returns the ids of what they reverse."""
    found = bearers([origins[pk] for pk, *_ in rows])
    of = {origin: place for place, origin in enumerate(found["origin"].tolist())}
    places = [of[origins[pk]] for pk, *_ in rows]
    entries = found[places]
    amounts = np.array([int(sum_ * CENT) for _pk, _key, sum_, _on in rows], np.int64)
    paid_on = np.array([day_number(on) for *_, on in rows], np.int32)
    if (paid_on < entries["credited"]).any():
        raise ValueError("nothing is paid back before it was credited")
    borne = dict(enumerate(Borne(*one) for one in found[SIZES].tolist()))
    shares = np.array(shares_of(zip(places, amounts.tolist(), strict=True), borne), np.int64)
    keys = [key for _pk, key, *_ in rows]
    book.book(OPPOSITES, (at, keys, entries["entry"], amounts, paid_on, shares), len(rows))
    return entries["entry"]


SIZES = ["amount", "share", "left", "share_left"]

ESTABLISH = f"""
INSERT INTO payments_overpayment AS o
    (entry_id, cause, found, established, amount, reserved, paid, recorded_at, changed_at)
VALUES (%(origin)s, '{ESTABLISHED}', 0, %(sum)s, %(sum)s, 0, 0, %(at)s, %(at)s)
ON CONFLICT (entry_id) DO UPDATE SET established = excluded.established,
    cause = CASE WHEN o.found = 0 AND excluded.established > 0
        THEN excluded.cause ELSE o.cause END,
    amount = greatest(o.found, excluded.established, o.reserved + o.paid),
    changed_at = excluded.changed_at
RETURNING id"""


@transaction.atomic
def establish(entry, sum_, *, at):
    """Says what of the whole of a posted entry (an id) is to be given back on documents.

    Returns the id of its overpayment. What is said later takes the place of what was said before.
    """
    book.lock_the_books()
    moved = Moved.objects.filter(entry=entry).values_list("origin", flat=True)
    origin = moved.first() or entry
    found = bearers([origin])
    if not len(found):
        raise NotEstablished("gone")
    if not 0 <= sum_ * CENT <= int(found["amount"][0]):
        raise NotEstablished("over_entry")
    with connection.cursor() as cursor:
        cursor.execute(ESTABLISH, {"origin": origin, "sum": sum_, "at": at})
        return cursor.fetchone()[0]
