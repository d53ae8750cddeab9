"""Findings follow from the books: derived anew for the months that something touched."""

import numpy as np
from django.db import connection, transaction

from payments.rules.books import ITEM
from payments.rules.exempt import EXEMPT, Believed, exempt_days
from payments.rules.findings import FINDINGS, FOUND, HOLE, find
from registry.actions import book, law
from registry.actions.columns import days, fetch, run
from registry.actions.gather import fetch_spans
from registry.rules.batch import GROUPS, Group
from registry.rules.days import FOREVER
from registry.rules.due import KINDS, Kind, code

BOOKS = 20200101
TOUCHED = "touched_month"
PERSONS_AT_ONCE = 50_000
PRIVILEGED = [GROUPS.index(group) for group in (Group.STATE_PAID, Group.EXEMPT)]


def lock_the_books():
    """One writer of the books at a time: findings depend on the order of receipt."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (BOOKS,))


@transaction.atomic
def derive_rechecks(*, at):
    """Derives the findings of everybody whose categories changed; returns how many persons."""
    lock_the_books()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_recheck RETURNING person_id")
        persons = [row[0] for row in cursor.fetchall()]
        touched_table(cursor)
        cursor.execute(
            f"INSERT INTO {TOUCHED} SELECT DISTINCT person_id, period FROM registry_contribution"
            " WHERE person_id = ANY(%s)",
            (persons,),
        )
    derive(at=at)
    return len(persons)


def touched_table(cursor):
    """An empty table of the person-months that are to be derived anew by this transaction."""
    cursor.execute(f"DROP TABLE IF EXISTS {TOUCHED}")
    cursor.execute(f"CREATE TEMP TABLE {TOUCHED} (person_id bigint, period date) ON COMMIT DROP")


def derive(*, at):
    """Findings, exclusions and paid months of the person-months in TOUCHED."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TOUCHED}")
        cursor.execute(f"SELECT DISTINCT person_id FROM {TOUCHED} ORDER BY person_id")
        persons = [row[0] for row in cursor.fetchall()]
    rules = law.law(), law.calendar()
    for start in range(0, len(persons), PERSONS_AT_ONCE):
        part = persons[start : start + PERSONS_AT_ONCE]
        _derive_range(part[0], part[-1], rules, at)
    book.settle(TOUCHED)


def _derive_range(first, last, rules, at):
    entries = (
        f"(SELECT DISTINCT person_id, period FROM {TOUCHED} WHERE person_id BETWEEN %s AND %s) t"
        " JOIN registry_contribution c USING (person_id, period)"
    )
    items = fetch(
        f"SELECT {ITEMS} FROM {entries} JOIN registry_person p ON p.id = c.person_id"
        " LEFT JOIN payments_dismissal d ON d.entry_id = c.id",
        (first, last),
        ITEM,
    )
    items["month"] = book.month_numbers(items["month"])
    found, holes = find(items, _exempt(items, first, last), *rules)
    _keep_findings(found, entries, (first, last), at)
    _keep_holes(holes, entries, (first, last), at)


KIND_NAMES = ", ".join(f"'{kind}'" for kind in KINDS)
ITEMS = f"""
    c.id AS entry, coalesce(c.reverses_id, 0) AS reverses, c.person_id AS person,
    CASE WHEN c.reverses_id IS NULL THEN split_part(c.key, ':', 1)::bigint ELSE 0 END AS message,
    c.payer::bigint AS payer, c.rank, (c.amount * 100)::bigint AS amount,
    coalesce((c.due * 100)::bigint, -1) AS due, coalesce(c.share, -1) AS share,
    {days("c.period")} AS month, array_position(ARRAY[{KIND_NAMES}], c.kind::text) - 1 AS kind,
    {days("c.credited_on")} AS credited, {days("c.reference_day")} AS reference,
    (p.iin = c.payer)::int AS for_self, (d.entry_id IS NOT NULL)::int AS dismissed"""


def _exempt(items, first, last):
    """EXEMPT rows of the deductions for months that privileges cover on every day."""
    spans = fetch_spans(
        f"registry_categoryspan s JOIN (SELECT DISTINCT person_id FROM {TOUCHED}) t"
        " USING (person_id)",
        "s.superseded_on",
        first,
        last,
    )
    spans = spans[np.isin(spans["group"], PRIVILEGED)]
    held = {}
    for span in spans:
        believed = Believed(*(int(span[name]) for name in ("first", "last", "since", "until")))
        held.setdefault(int(span["person"]), []).append(believed)
    deductions = items[
        (items["kind"] == code(Kind.EMPLOYER)) & np.isin(items["person"], spans["person"])
    ]
    rows = [
        (entry, since, until)
        for entry, person, month in deductions[["entry", "person", "month"]].tolist()
        for since, until in exempt_days(month, held[person])
    ]
    return np.array(rows, EXEMPT)


CURRENT = np.dtype([("id", "<i8"), *((name, FOUND[name].str) for name in FOUND.names)])
CURRENT_HOLE = np.dtype([("id", "<i8"), *((name, HOLE[name].str) for name in HOLE.names)])
CODES = ", ".join(f"'{finding}'" for finding in FINDINGS)


def _keep_findings(found, entries, among, at):
    current = fetch(
        f"SELECT f.id, f.entry_id AS entry, array_position(ARRAY[{CODES}], f.code::text) - 1"
        " AS code, coalesce((f.amount * 100)::bigint, -1) AS amount, coalesce(f.days, -1) AS days"
        f" FROM {entries} JOIN payments_finding f ON f.entry_id = c.id AND f.dropped_at IS NULL",
        among,
        CURRENT,
    )
    gone, new = _difference(current, found)
    run("UPDATE payments_finding SET dropped_at = %s WHERE id = ANY(%s)", (at, gone)).close()
    run(
        "INSERT INTO payments_finding (entry_id, code, amount, days, recorded_at)"
        f" SELECT entry, (ARRAY[{CODES}])[code + 1], nullif(amount, -1) / 100.0,"
        " nullif(days, -1), %s FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::int[])"
        " AS f (entry, code, amount, days)",
        (at, *(new[name] for name in FOUND.names)),
    ).close()


def _keep_holes(holes, entries, among, at):
    current = fetch(
        f"SELECT x.id, x.entry_id AS entry, array_position(ARRAY[{CODES}], x.cause::text) - 1"
        f" AS cause, {days('x.since')} AS since, coalesce({days('x.until')}, {FOREVER}) AS until"
        f" FROM {entries} JOIN registry_exclusion x ON x.entry_id = c.id"
        " AND x.dropped_at IS NULL",
        among,
        CURRENT_HOLE,
    )
    gone, new = _difference(current, holes)
    causes = [str(FINDINGS[cause]) for cause in new["cause"]]
    book.exclude(gone, new["entry"], causes, new["since"], new["until"], at=at)


def _difference(current, fresh):
    """Ids of current rows that are no longer so, and fresh rows that are not there yet."""
    names = list(fresh.dtype.names)
    old, new = current[names].astype(fresh.dtype), fresh
    both, place = np.unique(np.r_[old, new], return_inverse=True)
    is_old = np.zeros(len(both), np.bool_)
    is_new = np.zeros(len(both), np.bool_)
    is_old[place[: len(old)]], is_new[place[len(old) :]] = True, True
    return current["id"][~is_new[place[: len(old)]]], new[~is_old[place[len(old) :]]]
