"""Verdicts: the database gathers, the rule decides, the database keeps what changed."""

from typing import NamedTuple

import numpy as np
from django.db import connection, transaction

from registry.actions import law, tally
from registry.actions.columns import days, fetch, run
from registry.actions.gather import Among, gather
from registry.rules import coverage, months
from registry.rules.days import NEVER, day_number
from registry.rules.verdicts import REASONS, STATUS_OF, WITH_MISSING

BUCKET = 50_000
"""Persons with neighbouring ids; whoever judges one of them keeps others from judging them."""

LOCK = 20201201

CURRENT = np.dtype(
    [
        ("person", "<i8"),
        ("reason", "<i4"),
        ("until", "<i4"),
        ("window", "<i4"),
        ("missing", "<i4"),
        ("judged_on", "<i4"),
        ("changes_on", "<i4"),
    ]
)
STORED = np.dtype([(name, "S15" if name == "reason" else CURRENT[name]) for name in CURRENT.names])
PADDED = np.array([reason.value.ljust(15) for reason in REASONS], "S15")
VALUE = ("reason", "until", "window", "missing")
STATUSES = np.array([[*STATUS_OF.values()].index(STATUS_OF[reason]) for reason in REASONS])


class Judged(NamedTuple):
    """Fresh CURRENT rows side by side with what is so of them.

    `changed`: another verdict than before; `moved`: of another status; `longer`: the same verdict,
    good on other days; `due`: news or the day asked for it.
    """

    fresh: np.ndarray
    changed: np.ndarray
    moved: np.ndarray
    longer: np.ndarray
    due: np.ndarray


def judge_person(person, *, on, at):
    """Judges one person for a day if news or the day ask for it; tells whether they did."""
    if not is_in_need(person, on):
        return False
    with transaction.atomic(savepoint=False):
        lock([person])
        _judge_at_once([person], on, at)
    return True


def judge_some(most, *, on, at):
    """Judges some of the persons with news; returns how many, 0 when nobody is left."""
    with transaction.atomic():
        persons = fetch(
            "SELECT person FROM (SELECT DISTINCT person_id AS person FROM registry_awaiting"
            " ORDER BY 1 LIMIT %s) a",
            (most,),
            IDS,
        )["person"]
        lock(persons)
        _judge_at_once(persons, on, at)
    return len(persons)


def _judge_at_once(persons, on, at):
    write(tally.day_run(on, at), judge(Among.ids(persons), on, *law.rules()), at)


def lock(persons):
    """Keeps others from judging these persons (ids, rising) until the end of the transaction."""
    with connection.cursor() as cursor:
        for bucket in np.unique(np.asarray(persons) // BUCKET).tolist():
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (LOCK, bucket))


IDS = np.dtype([("person", "<i8")])


IN_NEED = """
    SELECT person_id FROM registry_verdict WHERE changes_on <= %(on)s AND {where}
    UNION SELECT person_id FROM registry_verdict WHERE judged_on > %(on)s AND {where}
        AND EXISTS (SELECT FROM registry_run WHERE "on" > %(on)s)
    UNION SELECT person_id FROM registry_awaiting WHERE {where}"""
WITH_NEWS = "SELECT DISTINCT person_id FROM registry_awaiting"


def is_in_need(person, on):
    """Whether a person has news, or a verdict that is not good on the day."""
    need = IN_NEED.format(where="person_id = %(person)s")
    with run(need, {"on": on, "person": person}, keep_plan=True) as cursor:
        return cursor.fetchone() is not None


def in_need(on, *, news_only=False):
    """(bucket, ids) of the persons who have news, or a verdict that is not good on the day.

    Ids are rising eight-byte integers in the order of the network. Who is new has news.
    """
    need = WITH_NEWS if news_only else IN_NEED.format(where="true")
    with run(
        f"SELECT person_id / {BUCKET}, string_agg(int8send(person_id), '' ORDER BY person_id)"
        f" FROM ({need}) n GROUP BY 1 ORDER BY 1",
        {} if news_only else {"on": on},
    ) as cursor:
        return cursor.fetchall()


def judge(among, on, rules, calendar):
    """Judges persons whose buckets are locked; news that come after this are marked anew."""
    with run(
        f"DELETE FROM registry_awaiting WHERE person_id {among.sql} RETURNING person_id",
        among.params,
        keep_plan=among.is_one,
    ) as cursor:
        told = np.array(cursor.fetchall(), np.int64).ravel()
    persons, batch = gather(among, on)
    fresh = _as_rows(persons, coverage.judge(batch, on, rules, calendar), on)
    fresh["changes_on"] = np.minimum(fresh["changes_on"], batch.next_arrival(day_number(on)))
    known, old = _side_by_side(fresh, _current(among))
    changed = ~(known & _same(fresh, old, VALUE))
    moved = known & (STATUSES[fresh["reason"]] != STATUSES[old["reason"]])
    began = old["judged_on"] <= fresh["judged_on"]
    good = began & (old["changes_on"] > fresh["judged_on"])
    longer = ~changed & ~(began & _same(fresh, old, ("changes_on",)))
    return Judged(fresh, changed, moved, longer, ~(known & good) | np.isin(persons, told))


def _as_rows(persons, verdicts, on):
    """CURRENT rows; a window only where months are named."""
    rows = np.empty(len(persons), CURRENT)
    rows["person"] = persons
    rows["reason"], rows["until"] = verdicts.reason, verdicts.until
    rows["missing"], rows["changes_on"] = verdicts.missing, verdicts.changes_on
    rows["judged_on"] = day_number(on)
    named = np.isin(verdicts.reason, [REASONS.index(reason) for reason in WITH_MISSING])
    month = day_number(months.first(months.number(on)))
    rows["window"] = np.where(named, month, NEVER)
    return rows


def _current(among):
    """The verdicts of persons as CURRENT rows, in the order of their ids."""
    rows = fetch(
        f"SELECT person_id AS person, reason, coalesce({days('until')}, {NEVER}) AS until,"
        f' coalesce({days("v.window")}, {NEVER}) AS "window", missing,'
        f" {days('judged_on')} AS judged_on, {days('changes_on')} AS changes_on"
        f" FROM (SELECT * FROM registry_verdict WHERE person_id {among.sql}"
        "  ORDER BY person_id) v",
        among.params,
        STORED,
        keep_plan=among.is_one,
    )
    current = np.empty(len(rows), CURRENT)
    for name in CURRENT.names:
        current[name] = _codes(rows[name]) if name == "reason" else rows[name]
    return current


def _codes(texts):
    order = np.argsort(PADDED)
    return order[np.searchsorted(PADDED, texts, sorter=order)]


def _side_by_side(fresh, current):
    """Which fresh rows have a current one, and that row, or any."""
    place = np.searchsorted(current["person"], fresh["person"])
    known = np.append(current["person"], -1)[place] == fresh["person"]
    return known, current[np.where(known, place, 0)] if len(current) else fresh


def _same(fresh, old, names):
    return np.logical_and.reduce([fresh[name] == old[name] for name in names])


WRITE = """
WITH fresh AS (
    SELECT f.person_id, (%(statuses)s::text[])[f.reason + 1] AS status,
        (%(reasons)s::text[])[f.reason + 1] AS reason,
        DATE '1970-01-01' + nullif(f.until, %(never)s) AS until,
        DATE '1970-01-01' + nullif(f.win, %(never)s) AS win, f.missing,
        DATE '1970-01-01' + f.changes_on AS changes_on
    FROM unnest(%(person)s::bigint[], %(reason)s::int[], %(until)s::int[], %(window)s::int[],
        %(missing)s::int[], %(changes_on)s::int[])
        AS f (person_id, reason, until, win, missing, changes_on)
), history AS (
    INSERT INTO registry_verdictchange
        (person_id, "on", status, reason, until, "window", missing, decided_at, run_id)
    SELECT person_id, %(on)s, status, reason, until, win, missing, %(at)s, %(run)s FROM fresh
)
INSERT INTO registry_verdict
    (person_id, "on", status, reason, until, "window", missing, decided_at, run_id, judged_on,
    changes_on)
SELECT person_id, %(on)s, status, reason, until, win, missing, %(at)s, %(run)s, %(on)s, changes_on
FROM fresh
ON CONFLICT (person_id) DO UPDATE SET
    "on" = excluded.on, status = excluded.status, reason = excluded.reason,
    until = excluded.until, "window" = excluded.window, missing = excluded.missing,
    decided_at = excluded.decided_at, run_id = excluded.run_id, judged_on = excluded.judged_on,
    changes_on = excluded.changes_on
"""


def write(night, judged, at):
    """Keeps what changed, with its history, and until when the rest is good."""
    fresh = judged.fresh[judged.changed]
    if len(fresh):
        tally.shift(night, fresh, "persons")
        columns = {name: fresh[name] for name in CURRENT.names}
        columns |= {"statuses": [STATUS_OF[reason].value for reason in REASONS]}
        columns |= {"reasons": [reason.value for reason in REASONS]}
        columns |= {"never": NEVER, "run": night.pk, "on": night.on, "at": at}
        run(WRITE, columns, keep_plan=len(fresh) == 1).close()
    _prolong(judged.fresh[judged.longer], night.on)


def _prolong(fresh, on):
    """The same verdicts, but good from or until another day."""
    if not len(fresh):
        return
    run(
        "UPDATE registry_verdict v"
        " SET judged_on = %s, changes_on = DATE '1970-01-01' + f.changes_on"
        " FROM unnest(%s::bigint[], %s::int[]) AS f (person_id, changes_on)"
        " WHERE v.person_id = f.person_id",
        (on, fresh["person"], fresh["changes_on"]),
    ).close()
