"""Extracts of persons and lists of categories become what the registry knows.

A file is one transaction: all of its rows that can be kept, or with `Refused` none. The same file
again changes nothing. A stream must be able to seek; `progress` is told how many bytes were read.
"""

from django.db import connection, transaction
from django.utils.timezone import localdate

from registry.actions import identity, news, snapshot, spans, tally
from registry.actions.columns import of
from registry.actions.staging import LISTED, Loaded, stage
from registry.models import Category, Person, Region
from registry.rules.encoding import Source
from registry.rules.extract import (
    CATEGORY_COLUMNS,
    FORMER_IIN,
    PERSON_COLUMNS,
    CategoryCheck,
    PersonCheck,
    Rejection,
)


def no_progress(read):
    """Nobody looks."""


@transaction.atomic
def load_persons(stream, *, received_on, at, progress=no_progress):
    """What an extract received on that day says of each; an older one changes only the past."""
    loaded = Loaded()
    check = PersonCheck(received_on, {*Region.objects.values_list("code", flat=True)})
    when = {"received_on": received_on, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(STAGED_PERSONS)
        stage(TOLD, Source(stream), PERSON_COLUMNS, check, loaded, progress, (FORMER_IIN,))
        cursor.execute("SELECT EXISTS (SELECT FROM staged_person WHERE former_iin IS NOT NULL)")
        if cursor.fetchone()[0]:
            identity.lock()
        cursor.execute("LOCK TABLE registry_person IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SELECT coalesce(max(id), 0) AS before FROM registry_personrecord")
        [before] = cursor.fetchone()
        _change_numbers(cursor, loaded, when)
        cursor.execute(REPEATED_IIN)
        loaded.reject_all(Rejection.REPEATED_IIN, cursor.fetchall())
        cursor.execute(IS_OLDER, when)
        if cursor.fetchone()[0]:
            cursor.execute(CHANGE_THE_PAST, when)
            loaded.changed += cursor.rowcount
        cursor.execute(f"SELECT EXISTS ({MOVED_REGION})")
        if cursor.fetchone()[0]:
            tally.move_regions(MOVED_REGION, {}, on=localdate(at), at=at)
        cursor.execute(CHANGE_PERSONS, when)
        loaded.changed += cursor.rowcount
        cursor.execute(ADD_PERSONS, when)
        loaded.new += cursor.rowcount
        cursor.execute("DROP TABLE staged_person")
        news.mark("SELECT person_id FROM registry_personrecord WHERE id > %s", (before,))
        # the next registers are planned by these statistics
        cursor.execute("ANALYZE registry_person")
    return loaded.finish()


@transaction.atomic
def load_categories(stream, *, at, loaded_on=None, is_snapshot=False, progress=no_progress):
    """Spans of categories, row by row; with a day of loading, rows received later are rejected.

    A span (person, category, first day) that its source said before and a snapshot of that source
    lacks ends on the day of receipt, or is withdrawn if it begins later, unless a row of the same
    person and category overlaps another span.
    """
    loaded = Loaded()
    check = CategoryCheck({*Category.objects.values_list("code", flat=True)}, loaded_on)
    with connection.cursor() as cursor:
        cursor.execute(spans.STAGED)
        stage(spans.TOLD, Source(stream), CATEGORY_COLUMNS, check, loaded, progress)
        loaded.ends_nobody = is_snapshot and loaded.rejected_count > 0
        origin = snapshot.origin() if is_snapshot else None
        spans.lock()
        cursor.execute(RENUMBER_SPANS)
        cursor.execute(UNKNOWN_IIN)
        loaded.reject_all(Rejection.UNKNOWN_IIN, cursor.fetchall())
        if origin and not loaded.ends_nobody:
            snapshot.stage_endings(*origin)
        spans.keep(loaded, at=at)
        cursor.execute("ANALYZE registry_categoryspan")
    return loaded.finish()


def _change_numbers(cursor, loaded, when):
    """What an extract says of new numbers; where both are known it is not for a file to decide."""
    cursor.execute(FORMER_IIN_TAKEN)
    loaded.reject_all(Rejection.FORMER_IIN_TAKEN, cursor.fetchall())
    cursor.execute(NEW_IIN, when)
    changed = cursor.fetchall()
    for pk, iin in changed:
        identity.change_iin(Person.objects.get(pk=pk), iin, **when)
    cursor.execute(OTHER_NEW_IIN)
    loaded.reject_all(Rejection.OTHER_NEW_IIN, cursor.fetchall())
    cursor.execute(ONLY_NUMBER, ([pk for pk, _iin in changed],))
    loaded.changed += cursor.fetchone()[0]
    cursor.execute(OUTDATED_IIN)
    loaded.reject_all(Rejection.OUTDATED_IIN, cursor.fetchall())
    cursor.execute(RENUMBER_PERSONS)


FACTS = "last_name, first_name, middle_name, birth_date, sex, residence, region_id, died_on"
KEYS = "last_key, first_key"


TOLD = f"staged_person (line, iin, {FACTS}, {KEYS}, former_iin)"
STAGED_PERSONS = """
CREATE TEMP TABLE staged_person (
    line integer, iin text COLLATE "C", last_name text, first_name text, middle_name text,
    birth_date date, sex text, residence text, region_id text, died_on date,
    last_key text, first_key text, former_iin text COLLATE "C", under text
) ON COMMIT DROP"""

HOLDERS = """
SELECT s.line, s.iin, s.former_iin, coalesce(f.person_id, p.id) AS holder,
    coalesce(g.person_id, q.id) AS former_holder
FROM staged_person s
    LEFT JOIN registry_person p ON p.iin = s.iin
    LEFT JOIN registry_formeriin f ON f.iin = s.iin
    LEFT JOIN registry_person q ON q.iin = s.former_iin
    LEFT JOIN registry_formeriin g ON g.iin = s.former_iin
WHERE s.former_iin IS NOT NULL"""

FORMER_IIN_TAKEN = f"""
WITH gone AS (
    DELETE FROM staged_person s USING ({HOLDERS}) h
    WHERE s.line = h.line AND h.holder <> h.former_holder
    RETURNING s.line, s.former_iin
)
SELECT line, former_iin, count(*) OVER () FROM gone ORDER BY line LIMIT {LISTED}"""

# Each person gets the number of their first row, and each number goes to one person.
NEW_IIN = f"""
SELECT former_holder, iin FROM (
    SELECT former_holder, iin, row_number() OVER (PARTITION BY former_holder ORDER BY line) AS turn,
        row_number() OVER (PARTITION BY iin ORDER BY line) AS place
    FROM ({HOLDERS}) h
    WHERE holder IS NULL AND former_holder IS NOT NULL
) first
WHERE turn = 1 AND place = 1 AND NOT EXISTS (
    SELECT received_on FROM registry_personrecord WHERE person_id = former_holder
        AND received_on > %(received_on)s
    UNION ALL SELECT received_on FROM registry_personevent WHERE person_id = former_holder
        AND received_on > %(received_on)s AND undone_at IS NULL)
ORDER BY former_holder"""

# A second number for somebody, or one that is older than what is known of them.
OTHER_NEW_IIN = f"""
WITH gone AS (
    DELETE FROM staged_person s USING ({HOLDERS}) h
    WHERE s.line = h.line AND h.former_holder IS NOT NULL
        AND h.holder IS DISTINCT FROM h.former_holder
    RETURNING s.line, s.iin
)
SELECT line, iin, count(*) OVER () FROM gone ORDER BY line LIMIT {LISTED}"""

NEWER = """
FROM registry_formeriin f JOIN registry_person p ON p.id = f.person_id WHERE f.iin = s.iin"""

OUTDATED_IIN = f"""
WITH gone AS (
    DELETE FROM staged_person s USING (
        SELECT f.iin FROM registry_formeriin f JOIN registry_person p ON p.id = f.person_id
        JOIN staged_person t ON t.iin = p.iin
    ) newer
    WHERE s.iin = newer.iin
    RETURNING s.line, s.iin
)
SELECT line, iin, count(*) OVER () FROM gone ORDER BY line LIMIT {LISTED}"""

RENUMBER_PERSONS = f"UPDATE staged_person s SET iin = p.iin, under = s.iin {NEWER}"

REPEATED_IIN = f"""
WITH gone AS (
    DELETE FROM staged_person s
    USING (
        SELECT iin, min(line) AS line FROM staged_person GROUP BY iin HAVING count(*) > 1
    ) first
    WHERE s.iin = first.iin AND s.line > first.line
    RETURNING s.line, s.iin
)
SELECT line, iin, count(*) OVER () FROM gone ORDER BY line LIMIT {LISTED}"""

IS_OLDER = "SELECT EXISTS (SELECT FROM registry_personrecord WHERE received_on > %(received_on)s)"

# Where a newer extract is known, the older one is compared with what was believed on its own day.
CHANGE_THE_PAST = f"""
WITH older AS (
    DELETE FROM staged_person s
    USING registry_person p
    WHERE p.iin = s.iin AND EXISTS (
        SELECT FROM registry_personrecord r
        WHERE r.person_id = p.id AND r.received_on > %(received_on)s
    )
    RETURNING p.id AS person_id, s.*
)
INSERT INTO registry_personrecord (person_id, received_on, recorded_at, under, {FACTS})
SELECT o.person_id, %(received_on)s, %(at)s, o.under, {of("o", FACTS)}
FROM older o
LEFT JOIN LATERAL (
    SELECT * FROM registry_personrecord r
    WHERE r.person_id = o.person_id AND r.received_on <= %(received_on)s
    ORDER BY r.received_on DESC, r.id DESC LIMIT 1
) b ON true
WHERE b.id IS NULL OR ({of("o", FACTS)}) IS DISTINCT FROM ({of("b", FACTS)})"""

ONLY_NUMBER = f"""
SELECT count(*) FROM staged_person s JOIN registry_person p USING (iin)
WHERE p.id = ANY(%s) AND ({of("s", FACTS)}) IS NOT DISTINCT FROM ({of("p", FACTS)})"""

MOVED_REGION = """
SELECT p.id, p.region_id, s.region_id FROM staged_person s JOIN registry_person p USING (iin)
WHERE p.region_id <> s.region_id"""

CHANGE_PERSONS = f"""
WITH other AS (
    SELECT p.id AS person_id, s.*
    FROM staged_person s JOIN registry_person p USING (iin)
    WHERE ({of("s", FACTS)}) IS DISTINCT FROM ({of("p", FACTS)})
), told AS (
    UPDATE registry_person p SET ({FACTS}, {KEYS}) = ROW ({of("o", f"{FACTS}, {KEYS}")})
    FROM other o WHERE p.id = o.person_id
)
INSERT INTO registry_personrecord (person_id, received_on, recorded_at, under, {FACTS})
SELECT person_id, %(received_on)s, %(at)s, under, {FACTS} FROM other"""

ADD_PERSONS = f"""
WITH added AS (
    INSERT INTO registry_person (iin, {FACTS}, {KEYS})
    SELECT s.iin, {of("s", FACTS)}, {of("s", KEYS)} FROM staged_person s
    WHERE NOT EXISTS (SELECT FROM registry_person p WHERE p.iin = s.iin)
    ORDER BY s.line
    RETURNING id, {FACTS}
)
INSERT INTO registry_personrecord (person_id, received_on, recorded_at, {FACTS})
SELECT id, %(received_on)s, %(at)s, {FACTS} FROM added"""

RENUMBER_SPANS = f"UPDATE staged_span s SET iin = p.iin, under = s.iin {NEWER}"

UNKNOWN_IIN = f"""
WITH gone AS (
    DELETE FROM staged_span s
    WHERE NOT EXISTS (SELECT FROM registry_person p WHERE p.iin = s.iin)
    RETURNING s.line, s.iin
)
SELECT line, iin, count(*) OVER () FROM gone ORDER BY line LIMIT {LISTED}"""
