"""Posting a register that adds up: every item is booked, put in the queue, or was sent back."""

from decimal import Decimal

import numpy as np
from django.db import connection
from django.db.models import Max, Sum

from payments.actions import returns
from payments.actions.derive import TOUCHED, derive, touched_table
from payments.models import FILE_RANKS
from payments.models.ledger import CAME_OF
from payments.rules.matching import (
    FAULTS,
    FLAGS,
    HELD_BY,
    IIN_PAYER,
    INCOMING,
    NO_MONTH,
    decide,
)
from registry.actions import book, law
from registry.actions.columns import EPOCH, days, fetch, run
from registry.models import Contribution
from registry.rules.days import NEVER
from registry.rules.due import KINDS, NO_SUM, SELF_PAYING
from registry.rules.residence import TEMPORARY

ITEMS_AT_ONCE = 50_000
POSTED = {"items": Sum("posted", default=0), "total": Sum("posted_total", default=Decimal(0))}


def post(file, *, at, progress=lambda done: None):
    """Books the incoming items of a file, in a transaction that holds the lock of the books."""
    file.returned, file.returned_total = returns.keep(at=at)
    with connection.cursor() as cursor:
        touched_table(cursor)
        former = identify(cursor)
        cursor.execute("SELECT coalesce(max(row), 0) FROM incoming_item")
        rows = cursor.fetchone()[0]
    before = _last_entry()
    rules = law.law()
    for start in range(0, rows, ITEMS_AT_ONCE):
        _post_slice(file, start + 1, start + ITEMS_AT_ONCE, rules, at)
        progress(min(start + ITEMS_AT_ONCE, rows))
    file.steps.create(step="match", items=file.posted, total=file.posted_total, at=at)
    if former:
        remember_former()
    derive(at=at)
    if file.posted:
        file.first_entry, file.last_entry = before + 1, _last_entry()
    _balance(file)
    file.steps.create(step="post", at=at, **file.messages.aggregate(**POSTED))
    file.state, file.step, file.finished_at = "posted", "", at
    file.save()
    returns.link(file)


# Materialized: joined with the update, what came could be counted again for each message.
BALANCE = f"""
WITH came AS MATERIALIZED (
{CAME_OF.format(file="%(file)s", first="%(first)s", last="%(last)s")}
)
UPDATE payments_message m
SET posted = came.posted, posted_total = came.posted_total,
    excepted = came.excepted, excepted_total = came.excepted_total,
    returned = came.returned, returned_total = came.returned_total
FROM came WHERE m.id = came.id"""


def _balance(file):
    """Counts what came of each message; the database counts again and compares at the commit."""
    values = {"file": file.pk, "first": file.first_entry or 0, "last": file.last_entry or 0}
    with connection.cursor() as cursor:
        cursor.execute(BALANCE, values)


def _last_entry():
    """Nobody else books meanwhile, so the entries of a file lie between two answers."""
    return Contribution.objects.aggregate(last=Max("id"))["last"] or 0


def _post_slice(file, first, last, rules, at):
    items, mask = book_items(first, last, file.pk * FILE_RANKS, rules, at)
    good = mask == 0
    _queue(file, items["row"][~good], mask[~good], at)
    file.posted += int(good.sum())
    file.posted_total += Decimal(int(items["amount"][good].sum())).scaleb(-2)


def book_items(first, last, rank, rules, at):
    """Books the incoming items of a range of rows that have no fault.

    Returns all of them (INCOMING) with the masks of their faults. `rank` is that of row 0.
    """
    items = _items(first, last)
    mask, kind, settled = decide(items, _self_paying(items), rules)
    good = mask == 0
    rows = items[good]
    columns = (
        rows["row"],
        rows["person"],
        _first_days(rows),
        kind[good].astype("i2"),
        settled.reference_day[good],
        settled.due[good],
        settled.share[good],
    )
    book.book(ENTRIES, (at, rank, *columns), len(rows))
    _touch(rows)
    return items, mask


def identify(cursor):
    """Finds the persons who pay, and gives items under a former number that of their person.

    Tells whether there was such an item.
    """
    cursor.execute(PAYERS)
    cursor.execute("DROP TABLE IF EXISTS former_item")
    cursor.execute(FORMER)
    if not cursor.rowcount:
        return False
    cursor.execute("ANALYZE former_item")
    cursor.execute(RENUMBER)
    return True


def remember_former():
    """Keeps under which former numbers entries arrived."""
    run(ADDRESSED, ()).close()


FORMER = """
    CREATE TEMP TABLE former_item ON COMMIT DROP AS
    SELECT i.row, i.iin AS former, p.iin
    FROM incoming_item i JOIN registry_formeriin f USING (iin)
        JOIN registry_person p ON p.id = f.person_id"""
RENUMBER = "UPDATE incoming_item i SET iin = f.iin FROM former_item f WHERE f.row = i.row"
KEY = "o.message || ':' || i.line || o.posting"
ADDRESSED = f"""
    INSERT INTO registry_addressed (entry_id, iin)
    SELECT c.id, f.former
    FROM former_item f JOIN incoming_item i USING (row)
        JOIN incoming_order o ON o.number = i.order_number
        JOIN registry_contribution c ON c.key = {KEY}
    ON CONFLICT DO NOTHING"""

CODES = ", ".join(f"'{fault}'" for fault in FAULTS)
KIND_NAMES = ", ".join(f"'{kind}'" for kind in KINDS)
PAYERS = f"""
    UPDATE incoming_order o
    SET payer_person = coalesce(
        (SELECT f.person_id FROM registry_formeriin f WHERE f.iin = o.payer),
        (SELECT p.id FROM registry_person p WHERE p.iin = o.payer), 0)
    WHERE payer_kind = {IIN_PAYER}"""
ONE_BY_ONE = "SELECT * FROM registry_person p WHERE p.iin = i.iin AND i.iin_ok OFFSET 0"
"""SQL: found in the order of the index, at a cost that does not depend on how many there are."""
FETCHED = np.dtype(
    [
        *((name, INCOMING[name].str) for name in INCOMING.names if name not in FLAGS),
        ("flags", "<i4"),
    ]
)
FLAG_COLUMNS = {
    "iin_ok": "i.iin_ok",
    "last_same": "p.last_key = i.last_key",
    "first_same": "p.first_key = i.first_key",
    "crossed": "p.last_key = i.first_key AND p.first_key = i.last_key",
    "born_differs": "p.birth_date <> i.birth_date",
    "temporary": f"p.residence = '{TEMPORARY}'",
}
PACKED = " | ".join(
    f"(coalesce({FLAG_COLUMNS[flag]}, false)::int << {place})" for place, flag in enumerate(FLAGS)
)
ITEMS = f"""
    i.row, coalesce(p.id, 0) AS person, o.payer_person, i.amount,
    coalesce(i.month, {NO_MONTH}) AS month, {days("o.credited_on")} AS credited,
    coalesce({days("p.died_on")}, {NEVER}) AS died,
    CASE WHEN o.knp IN ('121', '122', '123', '124') THEN o.knp::int ELSE 0 END AS knp,
    o.payer_kind,
    {PACKED} AS flags
    FROM (SELECT * FROM incoming_item WHERE row BETWEEN %s AND %s ORDER BY iin OFFSET 0) i
        JOIN incoming_order o ON o.number = i.order_number
        LEFT JOIN LATERAL ({ONE_BY_ONE}) p ON true
    ORDER BY i.row"""


def _items(first, last):
    """INCOMING rows: what is only true or false crosses the wire as one number."""
    fetched = fetch(f"SELECT {ITEMS}", (first, last), FETCHED)
    items = np.empty(len(fetched), INCOMING)
    for name in FETCHED.names[:-1]:
        items[name] = fetched[name]
    for place, flag in enumerate(FLAGS):
        items[flag] = fetched["flags"] >> place & 1
    return items


def _self_paying(items):
    """Spans of the payer categories of everybody who pays or is paid for by the items."""
    return fetch(
        f"SELECT s.person_id AS person, {days('s.valid_from')} AS first,"
        f" coalesce({days('s.valid_to')}, {NEVER}) AS last FROM registry_categoryspan s"
        " WHERE s.category_id = ANY(%s) AND s.superseded_on IS NULL"
        "  AND coalesce(s.valid_to, 'infinity') >= s.valid_from"
        "  AND s.person_id = ANY(%s)",
        (list(SELF_PAYING), np.unique((items["person"], items["payer_person"]))),
        HELD_BY,
    )


ENTRIES = f"""
    SELECT {KEY}, d.person, o.payer, o.knp,
        {EPOCH} + d.period, i.amount / 100.0, o.credited_on,
        o.order_no, o.order_date, %s, %s + i.row,
        (ARRAY[{KIND_NAMES}])[d.kind + 1], {EPOCH} + d.reference_day::int,
        nullif(d.due, {NO_SUM}) / 100.0, nullif(d.share, {NO_SUM}), NULL::bigint
    FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::smallint[], %s::bigint[],
        %s::bigint[], %s::bigint[]) AS d (row, person, period, kind, reference_day, due, share)
        JOIN incoming_item i ON i.row = d.row
        JOIN incoming_order o ON o.number = i.order_number
    ORDER BY i.row"""


def _touch(rows):
    run(
        f"INSERT INTO {TOUCHED} SELECT person, {EPOCH} + period"
        " FROM unnest(%s::bigint[], %s::int[]) AS t (person, period)",
        (rows["person"], _first_days(rows)),
    ).close()


def _first_days(rows):
    """Of the months, as numbers of days since 1970."""
    return rows["month"].astype("M8[M]").astype("M8[D]").astype("i4")


QUEUE = f"""
    INSERT INTO payments_exceptionitem (message_id, line, rank, raw, iin, last_name, first_name,
        middle_name, birth_date, payer, knp, period, amount, credited_on, order_no, order_date,
        codes, state, recorded_at)
    SELECT o.message, i.line, %s + i.row, i.raw, left(i.iin, 40), left(i.last_name, 100),
        left(i.first_name, 100), left(i.middle_name, 100), i.birth_date, left(o.payer, 40),
        left(o.knp, 20), left(i.period, 20), i.amount / 100.0, o.credited_on, o.order_no,
        o.order_date, ARRAY(SELECT code FROM unnest(ARRAY[{CODES}]) WITH ORDINALITY c (code, place)
            WHERE d.mask >> (place - 1)::int & 1 = 1 ORDER BY place), 'open', %s
    FROM unnest(%s::bigint[], %s::bigint[]) AS d (row, mask)
        JOIN incoming_item i ON i.row = d.row
        JOIN incoming_order o ON o.number = i.order_number
    ORDER BY i.row"""


def _queue(file, rows, mask, at):
    run(QUEUE, (file.pk * FILE_RANKS, at, rows, mask)).close()
