"""How many persons have which verdict: kept by what each writing moves, never counted anew."""

from collections import Counter

from django.db import connection
from django.db.models import Sum

from registry.actions.columns import run
from registry.models import Run, Tally
from registry.rules.verdicts import REASONS, STATUS_OF, Status

MOVES = """
WITH moves AS (
    SELECT f.person_id, coalesce(v.status, '') AS old_status, coalesce(v.reason, '') AS old_reason,
        (%(statuses)s::text[])[f.reason + 1] AS status,
        (%(reasons)s::text[])[f.reason + 1] AS reason
    FROM unnest(%(person)s::bigint[], %(reason)s::int[]) AS f (person_id, reason)
        LEFT JOIN registry_verdict v ON v.person_id = f.person_id
), held AS (
    SELECT DISTINCT person_id, category_id FROM registry_categoryspan
    WHERE person_id = ANY(%(person)s)
        AND received_on <= %(on)s AND coalesce(superseded_on, 'infinity') > %(on)s
        AND valid_from <= %(on)s AND coalesce(valid_to, 'infinity') >= %(on)s - 1
), by_category AS (
    INSERT INTO registry_categoryshift AS s
        (run_id, category, old_status, old_reason, status, reason, persons, foreseen)
    SELECT %(run)s, coalesce(h.category_id, ''), old_status, old_reason, status, reason,
        {counts}
    FROM moves m LEFT JOIN held h ON h.person_id = m.person_id
    GROUP BY 2, 3, 4, 5, 6 ORDER BY 2, 3, 4, 5, 6
    ON CONFLICT (run_id, category, old_status, old_reason, status, reason) DO UPDATE
        SET {column} = s.{column} + excluded.{column}
)
INSERT INTO registry_shift AS s
    (run_id, region_id, old_status, old_reason, status, reason, persons, foreseen, tallied)
SELECT %(run)s, p.region_id, old_status, old_reason, status, reason, {counts}, 0
FROM moves m JOIN registry_person p ON p.id = m.person_id
GROUP BY 2, 3, 4, 5, 6 ORDER BY 2, 3, 4, 5, 6
ON CONFLICT (run_id, region_id, old_status, old_reason, status, reason) DO UPDATE
    SET {column} = s.{column} + excluded.{column}
"""
COUNTS = {"persons": "count(*), 0", "foreseen": "0, count(*)"}


def shift(night, fresh, column):
    """Adds to the shifts of a run, before the rows are written: `persons`, or `foreseen` ones."""
    run(
        MOVES.format(counts=COUNTS[column], column=column),
        {
            "statuses": [STATUS_OF[reason].value for reason in REASONS],
            "reasons": [reason.value for reason in REASONS],
            "person": fresh["person"],
            "reason": fresh["reason"],
            "on": night.on,
            "run": night.pk,
        },
        keep_plan=len(fresh) == 1,
    ).close()


REGIONS = """
INSERT INTO registry_shift AS s
    (run_id, region_id, old_status, old_reason, status, reason, persons, foreseen, tallied)
SELECT %(run)s, moved.region, moved.old_status, moved.old_reason, moved.status, moved.reason,
    count(*), 0, 0
FROM ({source}) m (person_id, old_region, new_region)
    JOIN registry_verdict v USING (person_id)
    CROSS JOIN LATERAL (VALUES
        (m.old_region, v.status, v.reason, '', ''), (m.new_region, '', '', v.status, v.reason)
    ) AS moved (region, old_status, old_reason, status, reason)
GROUP BY 2, 3, 4, 5, 6 ORDER BY 2, 3, 4, 5, 6
ON CONFLICT (run_id, region_id, old_status, old_reason, status, reason) DO UPDATE
    SET persons = s.persons + excluded.persons
"""


def move_regions(source, params, *, on, at):
    """Persons who moved: a query that delivers their ids, the old region and the new one."""
    run(REGIONS.format(source=source), params | {"run": day_run(on, at).pk}).close()


LEAVE = """
WITH gone AS (
    DELETE FROM registry_verdict v USING registry_person p
    WHERE v.person_id = %(person)s AND p.id = v.person_id
    RETURNING p.region_id, v.status, v.reason
)
INSERT INTO registry_shift AS s
    (run_id, region_id, old_status, old_reason, status, reason, persons, foreseen, tallied)
SELECT %(run)s, region_id, status, reason, '', '', 1, 0, 0 FROM gone
ON CONFLICT (run_id, region_id, old_status, old_reason, status, reason) DO UPDATE
    SET persons = s.persons + 1
"""


def leave(person, *, on, at):
    """Somebody who is judged no more; their history stays."""
    run(LEAVE, {"person": person, "run": day_run(on, at).pk}).close()


def day_run(on, at):
    """The run of what is judged one by one on a day."""
    return Run.objects.get_or_create(
        on=on, scope="day", defaults={"state": "done", "started_at": at, "finished_at": at}
    )[0]


TALLY = """
WITH news AS (
    SELECT id, region_id, old_status, old_reason, status, reason, persons - tallied AS persons
    FROM registry_shift WHERE persons <> tallied ORDER BY id FOR UPDATE
), told AS (
    UPDATE registry_shift s SET tallied = tallied + n.persons FROM news n WHERE n.id = s.id
), moves AS (
    SELECT region_id, status, reason, persons FROM registry_tally WHERE run_id = %(before)s
    UNION ALL SELECT region_id, old_status, old_reason, -persons FROM news
    UNION ALL SELECT region_id, status, reason, persons FROM news
)
INSERT INTO registry_tally (run_id, region_id, status, reason, persons)
SELECT %(run)s, region_id, status, reason, sum(persons) FROM moves WHERE status <> ''
GROUP BY region_id, status, reason HAVING sum(persons) <> 0
"""


def counts(night):
    """Persons by status at the end of a run."""
    found = Counter({str(status): 0 for status in Status})
    for status, persons in night.tallies.values_list("status", "persons"):
        found[status] += persons
    return dict(found)


def tally(night):
    """The tallies of a run that came to its end: those of the one before, and what moved since."""
    run(TALLY, {"run": night.pk, "before": _latest()}).close()


def _latest():
    """The run that was tallied last: runs are finished one after the other."""
    return Tally.objects.order_by("-id").values_list("run", flat=True).first()


def persons():
    """How many persons had a verdict when tallies were made last."""
    return Tally.objects.filter(run=_latest()).aggregate(n=Sum("persons", default=0))["n"]


COUNTED = """
SELECT p.region_id, v.status, v.reason, count(*)
FROM registry_verdict v JOIN registry_person p ON p.id = v.person_id
GROUP BY p.region_id, v.status, v.reason"""


def recount(night):
    """Puts a count in the place of the tallies of a run; returns how many were not so."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED)
        counted = {row[:3]: row[3] for row in cursor.fetchall()}
    kept = {
        (row.region_id, row.status, row.reason): row.persons
        for row in Tally.objects.filter(run=night)
    }
    different = [key for key in {*counted, *kept} if counted.get(key) != kept.get(key)]
    if different:
        Tally.objects.filter(run=night).delete()
        Tally.objects.bulk_create(
            Tally(run=night, region_id=region, status=status, reason=reason, persons=n)
            for (region, status, reason), n in counted.items()
        )
    return len(different)
