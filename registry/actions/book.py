"""The books: entries are entered once, and what they pay is settled at once."""

from contextlib import suppress

import numpy as np
from django.db import connection, transaction
from psycopg.errors import UniqueViolation

from registry.actions import law
from registry.actions.columns import EPOCH, days, fetch, run
from registry.models.books import MOVED
from registry.rules import due
from registry.rules.days import FOREVER, day_of
from registry.rules.paid import ENTRY, EXCLUDED, RECORD, paid
from registry.rules.timeline import NotInForce

COLUMNS = (
    "key, person_id, payer, knp, period, amount, credited_on, order_no, order_date, "
    "recorded_at, rank, kind, reference_day, due, share, reverses_id"
)
PERSONS_AT_ONCE = 50_000
BOOKS = 20200101
STANDING = f"""NOT EXISTS (
    SELECT FROM registry_exclusion x
    WHERE x.entry_id = c.id AND x.cause::text LIKE '{MOVED}%%' AND x.dropped_at IS NULL)"""
"""SQL: the entry `c` was not moved to another person."""


def lock_the_books():
    """One writer of the books at a time: findings depend on the order of receipt."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (BOOKS,))


class KeyTaken(Exception):
    """The key of an entry is in the books with other content."""


def book(source, params, count):
    """Enters the `count` rows of a query that delivers COLUMNS; returns how many were new.

    A row that is in the books already is left alone; the same key with other content is KeyTaken.
    """
    enter = f"INSERT INTO registry_contribution ({COLUMNS}) {source}"
    if count > 1:
        # nearly always all keys are new: to be ready for others costs many rows a quarter more
        with suppress(UniqueViolation), transaction.atomic(), run(enter, params) as cursor:
            return cursor.rowcount
    with run(f"{enter} ON CONFLICT (key) DO NOTHING", params, keep_plan=count == 1) as cursor:
        new = cursor.rowcount
    if new != count:
        _refuse_other_content(source, params)
    return new


def _refuse_other_content(source, params):
    facts = [
        name for name in COLUMNS.split(", ") if name not in ("recorded_at", "key", "due", "share")
    ]
    old, new = (", ".join(f"{table}.{name}" for name in facts) for table in ("c", "s"))
    with run(
        f"SELECT s.key FROM ({source}) s ({COLUMNS}) JOIN registry_contribution c USING (key)"
        f" WHERE ({old}) IS DISTINCT FROM ({new}) LIMIT 1",
        params,
    ) as cursor:
        if taken := cursor.fetchone():
            raise KeyTaken(taken[0])


def exclude(gone, entries, causes, since, until, *, at):
    """Ends the exclusions with the ids `gone`, and says on which days entries count nowhere.

    Columns are arrays, but the list of causes; days are numbers since 1970, FOREVER is none.
    """
    if len(gone):
        run("UPDATE registry_exclusion SET dropped_at = %s WHERE id = ANY(%s)", (at, gone)).close()
    if not len(entries):
        return
    run(
        "INSERT INTO registry_exclusion (entry_id, cause, since, until, recorded_at)"
        f" SELECT entry, cause, {EPOCH} + since,"
        f" {EPOCH} + nullif(until, {FOREVER}), %s"
        " FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::int[])"
        " AS x (entry, cause, since, until)",
        (at, entries, causes, since, until),
    ).close()


def settle(touched):
    """Derives anew which months are paid, for the (person_id, period) rows of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT person_id FROM {touched} ORDER BY person_id")
        persons = [row[0] for row in cursor.fetchall()]
    enough = Enough(law.law())
    for start in range(0, len(persons), PERSONS_AT_ONCE):
        part = persons[start : start + PERSONS_AT_ONCE]
        _settle_range(touched, part[0], part[-1], enough)


def _settle_range(touched, first, last, enough):
    here = f"(SELECT DISTINCT person_id, period FROM {touched} WHERE person_id BETWEEN %s AND %s) t"
    entries = fetch_entries(
        f"{here} JOIN registry_contribution c USING (person_id, period)", (first, last), enough
    )
    holes = fetch(
        f"SELECT x.entry_id AS entry, {days('x.since')} AS since,"
        f" coalesce({days('x.until')}, {FOREVER}) AS until FROM {here}"
        " JOIN registry_contribution c USING (person_id, period)"
        " JOIN registry_exclusion x ON x.entry_id = c.id AND x.dropped_at IS NULL",
        (first, last),
        EXCLUDED,
    )
    keep_paid(entries, holes)


def keep_paid(entries, excluded):
    """Keeps on which days months were paid; of each month that is touched all ENTRYs are given."""
    if len(entries):
        _replace(entries["person"], entries["month"], *paid(entries, excluded))


def fetch_entries(source, params, enough, *, anew=False):
    """ENTRYs of a FROM clause in which `c` is the table of contributions.

    `anew`: with the shares that the law of `enough` gives them, whatever they were settled with.
    """
    kinds = ", ".join(f"'{kind}'" for kind in due.KINDS)
    entries = fetch(
        f"SELECT c.person_id AS person, coalesce(c.reverses_id, c.id) AS entry,"
        f" {days('c.period')} AS month, array_position(ARRAY[{kinds}], c.kind::text) - 1 AS kind,"
        f" {days('c.credited_on')} AS credited, (c.amount * 100)::bigint AS amount,"
        f" coalesce(c.share, 0) AS share, {days('c.reference_day')}::bigint AS enough"
        f" FROM {source}",
        params,
        ENTRY,
    )
    entries["month"] = month_numbers(entries["month"])
    if anew:
        _settle_anew(entries, enough.law)
    entries["enough"] = enough(entries["enough"])
    return entries


def _settle_anew(entries, rules):
    """Gives entries, with their reference days in `enough`, the shares of another law."""
    fixed = np.isin(entries["kind"], due.codes(due.FIXED))
    some = entries[fixed]
    settled = due.settle_by(some["enough"], some["kind"].astype("i1"), some["amount"], rules)
    entries["share"][fixed] = np.where(settled.share == due.NO_SUM, 0, settled.share)


class Enough:
    """The share from which a month is paid, by reference day; 0 where the law has no tolerance."""

    def __init__(self, rules):
        self.law = rules
        self.known = {}

    def __call__(self, day_numbers):
        distinct, place = np.unique(day_numbers, return_inverse=True)
        return np.array([self._on(int(day)) for day in distinct], np.int64)[place]

    def _on(self, day):
        if day not in self.known:
            try:
                self.known[day] = due.paid_from(day_of(day), self.law)
            except NotInForce:
                self.known[day] = due.WHOLE
        return self.known[day]


def month_numbers(day_numbers):
    return day_numbers.astype("M8[D]").astype("M8[M]").astype(np.int64)


def _pairs(persons, month):
    """(person, month) as one sortable number."""
    return persons * 4096 + month


def _replace(touched_persons, touched_months, new_persons, new_records):
    """Puts the new records of the touched months in the place of the old ones; marks the news."""
    persons = np.unique(touched_persons)
    paying, counts, old_records = _paid("= ANY(%s)", (persons,), keep_plan=len(persons) == 1)
    old = _pairs(np.repeat(paying, counts), old_records["month"])
    new = _pairs(new_persons, new_records["month"])
    kept = ~_are_among(old, np.unique(_pairs(touched_persons, touched_months)))
    old = old[kept]
    # both are in order, and no month is in both
    records = np.insert(old_records[kept], np.searchsorted(old, new), new_records)
    begin = _pairs(np.r_[persons, persons[-1] + 1], 0)
    counts = np.diff(np.searchsorted(old, begin)) + np.diff(np.searchsorted(new, begin))
    sizes = counts * RECORD.itemsize
    starts = np.cumsum(sizes) - sizes + 1
    run(
        "WITH told AS (INSERT INTO registry_paidmonths (person_id, records)"
        " SELECT person, substring(%s::bytea FROM start FOR size)"
        " FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS r (person, start, size)"
        " ON CONFLICT (person_id) DO UPDATE SET records = excluded.records"
        " WHERE registry_paidmonths.records IS DISTINCT FROM excluded.records"
        " RETURNING person_id)"
        " INSERT INTO registry_awaiting (person_id) SELECT person_id FROM told",
        (records.tobytes(), persons, starts.astype("i4"), sizes.astype("i4")),
        keep_plan=len(persons) == 1,
    ).close()


def _are_among(ordered, wanted):
    """Which of the ordered numbers are one of the wanted, of which there are fewer."""
    turns = np.zeros(len(ordered) + 1, np.int64)
    np.add.at(turns, np.searchsorted(ordered, wanted, "left"), 1)
    np.add.at(turns, np.searchsorted(ordered, wanted, "right"), -1)
    return np.cumsum(turns[:-1]) > 0


def read_paid(among):
    """Of some persons in the order of their ids: who, how many RECORDs of each, and these."""
    return _paid(among.sql, among.params, keep_plan=among.is_one)


def _paid(which, params, *, keep_plan):
    with run(
        "SELECT string_agg(int8send(person_id), ''),"
        " string_agg(int4send(octet_length(records)), ''), string_agg(records, '')"
        f" FROM (SELECT person_id, records FROM registry_paidmonths WHERE person_id {which}"
        " ORDER BY person_id) p",
        params,
        keep_plan=keep_plan,
    ) as cursor:
        persons, sizes, records = (column or b"" for column in cursor.fetchone())
    counts = np.frombuffer(sizes, ">i4") // RECORD.itemsize
    return np.frombuffer(persons, ">i8").astype(np.int64), counts, np.frombuffer(records, RECORD)
