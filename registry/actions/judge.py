"""Verdicts: the database gathers, the rule decides, the database keeps what changed."""

from collections import Counter
from contextlib import contextmanager

import numpy as np
from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Now

from registry.actions import law
from registry.actions.columns import days, fetch, run
from registry.actions.gather import gather
from registry.models import Person, Run
from registry.rules import coverage, months
from registry.rules.days import NEVER, day_number
from registry.rules.verdicts import REASONS, STATUS_OF, WITH_MISSING, Status

PERSONS_AT_ONCE = 50_000
NIGHT = 20201201

CURRENT = np.dtype(
    [
        ("person", "<i8"),
        ("reason", "<i4"),
        ("until", "<i4"),
        ("window", "<i4"),
        ("missing", "<i4"),
        ("changes_on", "<i4"),
    ]
)
VALUE = ("reason", "until", "window", "missing")


class AlreadyRunning(Exception):
    """Another process is judging everybody at this moment."""


def judge_all(*, on, at, by=None, progress=lambda done: None):
    """Judges every person for a day in ranges of ids, each in a transaction of its own.

    A run that was cut off is continued; a second run finds nothing to change. Returns the Run.
    """
    with _alone():
        night, _ = Run.objects.get_or_create(
            on=on, state="running", defaults={"started_at": at, "by": by}
        )
        last = Person.objects.aggregate(last=Max("id"))["last"] or 0
        rules = law.law(), law.calendar()
        while night.position < last:
            _judge_range(night, night.position + 1, night.position + PERSONS_AT_ONCE, at, rules)
            progress(night.judged)
        return _finish(night)


@contextmanager
def _alone():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", (NIGHT,))
        if not cursor.fetchone()[0]:
            raise AlreadyRunning
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", (NIGHT,))


def _finish(night):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_tally (run_id, region_id, status, reason, persons)"
            " SELECT %s, p.region_id, v.status, v.reason, count(*)"
            " FROM registry_verdict v JOIN registry_person p ON p.id = v.person_id"
            " GROUP BY p.region_id, v.status, v.reason",
            (night.pk,),
        )
        night.state, night.finished_at = "done", Now()
        night.save(update_fields=["state", "finished_at"])
        night.refresh_from_db(fields=["finished_at"])
    return night


def counts(night):
    """Persons by status at the end of a run."""
    found = Counter({str(status): 0 for status in Status})
    for status, persons in night.tallies.values_list("status", "persons"):
        found[status] += persons
    return dict(found)


@transaction.atomic
def _judge_range(night, first, last, at, rules):
    persons, batch = gather(first, last, night.on)
    if len(persons):
        fresh = _as_rows(persons, coverage.judge(batch, night.on, *rules), night.on)
        current = _current(first, last)
        changed = _differs(fresh, current, VALUE)
        _write(night, fresh[changed], at)
        _postpone(fresh[~changed & _differs(fresh, current, ("changes_on",))])
        night.judged += len(persons)
        night.changed += int(changed.sum())
    night.position = last
    night.save(update_fields=["position", "judged", "changed"])


def _as_rows(persons, verdicts, on):
    """CURRENT rows; a window only where months are named."""
    rows = np.empty(len(persons), CURRENT)
    rows["person"] = persons
    rows["reason"], rows["until"] = verdicts.reason, verdicts.until
    rows["missing"], rows["changes_on"] = verdicts.missing, verdicts.changes_on
    named = np.isin(verdicts.reason, [REASONS.index(reason) for reason in WITH_MISSING])
    month = day_number(months.first(months.number(on)))
    rows["window"] = np.where(named, month, NEVER)
    return rows


def _current(first, last):
    reasons = ", ".join(f"'{reason}'" for reason in REASONS)
    return fetch(
        f"SELECT person_id AS person, array_position(ARRAY[{reasons}], reason::text) - 1 AS reason,"
        f" coalesce({days('until')}, {NEVER}) AS until,"
        f' coalesce({days("v.window")}, {NEVER}) AS "window", missing,'
        f" {days('changes_on')} AS changes_on"
        " FROM (SELECT * FROM registry_verdict WHERE person_id BETWEEN %s AND %s"
        "  ORDER BY person_id) v",
        (first, last),
        CURRENT,
    )


def _differs(fresh, current, names):
    """Which fresh rows have no equal current row of their person."""
    place = np.searchsorted(current["person"], fresh["person"])
    known = np.append(current["person"], -1)[place] == fresh["person"]
    old = current[np.where(known, place, 0)] if len(current) else fresh
    same = np.logical_and.reduce([fresh[name] == old[name] for name in names])
    return ~(known & same)


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
), shifts AS (
    INSERT INTO registry_shift
        (run_id, region_id, old_status, old_reason, status, reason, persons)
    SELECT %(run)s, p.region_id, coalesce(v.status, ''), coalesce(v.reason, ''),
        f.status, f.reason, count(*)
    FROM fresh f JOIN registry_person p ON p.id = f.person_id
        LEFT JOIN registry_verdict v ON v.person_id = f.person_id
    GROUP BY 2, 3, 4, 5, 6
    ON CONFLICT (run_id, region_id, old_status, old_reason, status, reason)
        DO UPDATE SET persons = registry_shift.persons + excluded.persons
), history AS (
    INSERT INTO registry_verdictchange
        (person_id, "on", status, reason, until, "window", missing, decided_at, run_id)
    SELECT person_id, %(on)s, status, reason, until, win, missing, %(at)s, %(run)s FROM fresh
)
INSERT INTO registry_verdict
    (person_id, "on", status, reason, until, "window", missing, decided_at, run_id, changes_on)
SELECT person_id, %(on)s, status, reason, until, win, missing, %(at)s, %(run)s, changes_on
FROM fresh
ON CONFLICT (person_id) DO UPDATE SET
    "on" = excluded.on, status = excluded.status, reason = excluded.reason,
    until = excluded.until, "window" = excluded.window, missing = excluded.missing,
    decided_at = excluded.decided_at, run_id = excluded.run_id, changes_on = excluded.changes_on
"""


def _write(night, fresh, at):
    columns = {name: fresh[name] for name in CURRENT.names}
    columns |= {"statuses": [STATUS_OF[reason].value for reason in REASONS]}
    columns |= {"reasons": [reason.value for reason in REASONS]}
    columns |= {"never": NEVER, "run": night.pk, "on": night.on, "at": at}
    run(WRITE, columns).close()


def _postpone(fresh):
    """The same verdict, but another day on which it can change."""
    run(
        "UPDATE registry_verdict v SET changes_on = DATE '1970-01-01' + f.changes_on"
        " FROM unnest(%s::bigint[], %s::int[]) AS f (person_id, changes_on)"
        " WHERE v.person_id = f.person_id",
        (fresh["person"], fresh["changes_on"]),
    ).close()
