"""Findings follow from the books: derived anew for the months that something touched."""

import numpy as np
from django.db import connection, transaction

from payments.actions import overpayments
from payments.actions.overpayments import CODES
from payments.rules.books import ITEM
from payments.rules.exempt import EXEMPT, Believed, exempt_days
from payments.rules.findings import FINDINGS, FOUND, HOLE, find
from registry.actions import book, law
from registry.actions.columns import days, fetch, run
from registry.actions.gather import Among, fetch_spans
from registry.models.books import MOVED
from registry.rules import months
from registry.rules.batch import GROUPS, Group
from registry.rules.days import FOREVER, day_number
from registry.rules.due import KINDS, Kind, code
from registry.rules.paid import ENTRY, EXCLUDED

TOUCHED = "touched_month"
MONTHS_AT_ONCE = 50_000
FEW = 100
RECHECKS_AT_ONCE = 10_000
PRIVILEGED = [GROUPS.index(group) for group in (Group.STATE_PAID, Group.EXEMPT)]


def derive_rechecks(*, at):
    """Derives the findings of everybody whose categories changed; returns how many persons."""
    persons = 0
    while some := _derive_some_rechecks(at):
        persons += some
    return persons


@transaction.atomic
def derive_recheck(person, *, at):
    """The same for one person, unless somebody else has the books just then; tells whether."""
    with connection.cursor() as cursor:
        cursor.execute(RECHECK_ONE, (book.BOOKS, person))
        if cursor.fetchone() is None:
            return False
        touched_table(cursor)
        cursor.execute(
            f"INSERT INTO {TOUCHED} SELECT DISTINCT person_id, period"
            " FROM registry_contribution WHERE person_id = %s",
            (person,),
        )
    derive(at=at)
    return True


RECHECK_ONE = """
    DELETE FROM registry_recheck r USING (
        SELECT person_id, pg_try_advisory_xact_lock(%s) AS alone
        FROM registry_recheck WHERE person_id = %s OFFSET 0
    ) mine
    WHERE r.person_id = mine.person_id AND mine.alone
    RETURNING r.person_id"""

RECHECKED = f"""
    WITH rechecked AS (
        DELETE FROM registry_recheck WHERE person_id IN (
            SELECT person_id FROM registry_recheck ORDER BY person_id LIMIT {RECHECKS_AT_ONCE})
        RETURNING person_id
    ), touched AS (
        INSERT INTO {TOUCHED} SELECT DISTINCT person_id, period
        FROM registry_contribution JOIN rechecked USING (person_id)
    )
    SELECT count(*) FROM rechecked"""


@transaction.atomic
def _derive_some_rechecks(at):
    book.lock_the_books()
    with connection.cursor() as cursor:
        touched_table(cursor)
        cursor.execute(RECHECKED)
        persons = cursor.fetchone()[0]
    derive(at=at)
    return persons


def touched_table(cursor):
    """An empty table of the person-months that are to be derived anew by this transaction."""
    cursor.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS {TOUCHED} (person_id bigint, period date)"
        f" ON COMMIT DELETE ROWS; DELETE FROM {TOUCHED}"
    )


PART = np.dtype([("first", "<i8"), ("last", "<i8"), ("months", "<i8")])
PARTS = f"""
    SELECT min(person_id) AS first, max(person_id) AS last, sum(months)::bigint AS months
    FROM (
        SELECT person_id, months,
            (sum(months) OVER (ORDER BY person_id) - months)::bigint / %s AS part
        FROM (SELECT person_id, count(*) AS months FROM {TOUCHED} GROUP BY person_id) counts
    ) persons GROUP BY part ORDER BY part"""
"""Persons next to one another; a month counts as often as it is in TOUCHED, once for each item."""


def derive(*, at):
    """Findings, exclusions and paid months of the person-months in TOUCHED."""
    parts = fetch(PARTS, (MONTHS_AT_ONCE,), PART)
    if parts["months"].sum() > FEW:
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE INDEX IF NOT EXISTS {TOUCHED}_index ON {TOUCHED} (person_id, period);"
                f" ANALYZE {TOUCHED}"
            )
    rules = law.rules()
    for first, last, _ in parts.tolist():
        _derive_range(first, last, rules, at)


CONCERNED = np.dtype([*ITEM.descr, ("standing", "<i4")])


def _derive_range(first, last, rules, at):
    one = first == last
    items, entries = fetch_items(
        f"SELECT DISTINCT person_id, period FROM {TOUCHED} WHERE person_id BETWEEN %s AND %s",
        (first, last),
        keep_plan=one,
    )
    found, holes = notice(items, *rules)
    _keep_findings(found, entries, at, keep_plan=one)
    _keep_holes(holes, entries, at, keep_plan=one)
    book.keep_paid(*countable(items, holes, rules[0]))


def fetch_items(months_of_persons, params, *, keep_plan=False):
    """ITEMs of the (person_id, period) rows of a query, and the ids of their entries.

    The ids are also those of entries that were moved to others.
    """
    concerned = fetch(
        CONCERNED_ENTRIES.format(months_of_persons), params, CONCERNED, keep_plan=keep_plan
    )
    concerned["month"] = book.month_numbers(concerned["month"])
    items = concerned[concerned["standing"] == 1][list(ITEM.names)].astype(ITEM)
    return items, concerned["entry"]


def notice(items, law, calendar):
    """FOUND and HOLE rows of ITEMs, which are all of their person-months."""
    return find(items, _exempt(items), law, calendar)


def countable(items, holes, law):
    """ENTRY and EXCLUDED rows of the same: what a refund takes away, it takes from its item."""
    entries = np.empty(len(items), ENTRY)
    for name in ("person", "month", "kind", "credited", "amount", "share"):
        entries[name] = items[name]
    entries["entry"] = np.where(items["reverses"] == 0, items["entry"], items["reverses"])
    entries["enough"] = book.Enough(law)(items["reference"])
    return entries, holes[list(EXCLUDED.names)].astype(EXCLUDED)


KIND_NAMES = ", ".join(f"'{kind}'" for kind in KINDS)
ITEMS = f"""
    c.id AS entry, coalesce(c.reverses_id, 0) AS reverses, c.person_id AS person,
    CASE WHEN c.reverses_id IS NULL THEN split_part(c.key, ':', 1)::bigint ELSE 0 END AS message,
    c.payer::bigint AS payer, c.rank, (c.amount * 100)::bigint AS amount,
    coalesce((c.due * 100)::bigint, -1) AS due, coalesce(c.share, -1) AS share,
    {days("c.period")} AS month, array_position(ARRAY[{KIND_NAMES}], c.kind::text) - 1 AS kind,
    {days("c.credited_on")} AS credited, {days("c.reference_day")} AS reference,
    CASE WHEN c.kind = '{Kind.EMPLOYER}' AND substr(c.payer, 5, 1) < '4'
        THEN (c.payer IN (SELECT p.iin FROM registry_person p WHERE p.id = c.person_id UNION ALL
            SELECT f.iin FROM registry_formeriin f WHERE f.person_id = c.person_id))::int
        ELSE 0 END AS for_self,
    (o.id IS NOT NULL)::int AS dismissed"""
CONCERNED_ENTRIES = f"""
    SELECT {ITEMS}, ({book.STANDING})::int AS standing
    FROM ({{}}) t
        JOIN registry_contribution c USING (person_id, period)
        LEFT JOIN registry_moved v ON v.entry_id = c.id
        LEFT JOIN payments_overpayment o ON o.entry_id = coalesce(v.origin_id, c.id)
            AND o.answer = 'dismissed'"""


def _exempt(items):
    """EXEMPT rows of the deductions for months that privileges cover on every day."""
    deductions = items[(items["kind"] == code(Kind.EMPLOYER)) & (items["reverses"] == 0)]
    if not len(deductions):
        return np.empty(0, EXEMPT)
    held = _privileges(deductions)
    rows = [
        (entry, since, until)
        for entry, person, month in deductions[["entry", "person", "month"]].tolist()
        if person in held
        for since, until in exempt_days(month, held[person])
    ]
    return np.array(rows, EXEMPT)


def _privileges(deductions):
    """What state-paid and exempt categories the persons hold around the months of deductions."""
    persons = np.unique(deductions["person"])
    spans = fetch_spans(
        "registry_categoryspan s"
        " JOIN (SELECT unnest(%s::bigint[]) AS person_id) d USING (person_id)",
        "s.superseded_on",
        Among.range(int(persons[0]), int(persons[-1])),
        (persons,),
    )
    begin = day_number(months.first(int(deductions["month"].min())))
    end = day_number(months.last(int(deductions["month"].max())))
    spans = spans[np.isin(spans["group"], PRIVILEGED)]
    spans = spans[(spans["first"] <= end) & (spans["last"] >= begin)]
    held = {}
    for person, *days_of_span in spans[["person", *Believed._fields]].tolist():
        held.setdefault(person, []).append(Believed(*days_of_span))
    return held


CURRENT = np.dtype([("id", "<i8"), *((name, FOUND[name].str) for name in FOUND.names)])
CURRENT_HOLE = np.dtype([("id", "<i8"), *((name, HOLE[name].str) for name in HOLE.names)])


def _keep_findings(found, entries, at, *, keep_plan):
    current = fetch(
        f"SELECT f.id, f.entry_id AS entry, array_position(ARRAY[{CODES}], f.code::text) - 1"
        " AS code, coalesce((f.amount * 100)::bigint, -1) AS amount, coalesce(f.days, -1) AS days"
        " FROM payments_finding f WHERE f.entry_id = ANY(%s) AND f.dropped_at IS NULL",
        (entries,),
        CURRENT,
        keep_plan=keep_plan,
    )
    gone, new = _difference(current, found)
    if len(gone):
        run("UPDATE payments_finding SET dropped_at = %s WHERE id = ANY(%s)", (at, gone)).close()
    if len(new):
        _add_findings(new, at)
    before = current[np.isin(current["id"], gone)]
    changed = np.r_[before["entry"][before["amount"] >= 0], new["entry"][new["amount"] >= 0]]
    if len(changed):
        overpayments.follow(np.unique(changed), at=at)


def _add_findings(new, at):
    run(
        "INSERT INTO payments_finding (entry_id, code, amount, days, recorded_at)"
        f" SELECT entry, (ARRAY[{CODES}])[code + 1], nullif(amount, -1) / 100.0,"
        " nullif(days, -1), %s FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::int[])"
        " AS f (entry, code, amount, days)",
        (at, *(new[name] for name in FOUND.names)),
    ).close()


def _keep_holes(holes, entries, at, *, keep_plan):
    current = fetch(
        f"SELECT x.id, x.entry_id AS entry, array_position(ARRAY[{CODES}], x.cause::text) - 1"
        f" AS cause, {days('x.since')} AS since, coalesce({days('x.until')}, {FOREVER}) AS until"
        " FROM registry_exclusion x WHERE x.entry_id = ANY(%s) AND x.dropped_at IS NULL"
        f" AND x.cause NOT LIKE '{MOVED}%%'",
        (entries,),
        CURRENT_HOLE,
        keep_plan=keep_plan,
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
