"""Extracts of persons and lists of categories become what the registry knows.

A file is one transaction: all of its rows that can be kept, or with `Refused` none. The same file
again changes nothing. A stream must be able to seek; `progress` is told how many bytes were read.
"""

from itertools import groupby, islice
from operator import itemgetter

from django.db import connection, transaction

from registry.actions import news
from registry.actions.staging import LISTED, Loaded, stage
from registry.models import Category, Region
from registry.rules.encoding import Source
from registry.rules.extract import (
    CATEGORY_COLUMNS,
    PERSON_COLUMNS,
    CategoryCheck,
    Fault,
    PersonCheck,
    Rejection,
)
from registry.rules.spans import Outcome, Span, judge

AT_ONCE = 20_000


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
        stage("staged_person", Source(stream), PERSON_COLUMNS, check, loaded, progress)
        cursor.execute("LOCK TABLE registry_person IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SELECT coalesce(max(id), 0) AS before FROM registry_personrecord")
        [before] = cursor.fetchone()
        cursor.execute(REPEATED_IIN)
        loaded.reject_all(Rejection.REPEATED_IIN, cursor.fetchall())
        cursor.execute(IS_OLDER, when)
        if cursor.fetchone()[0]:
            cursor.execute(CHANGE_THE_PAST, when)
            loaded.changed += cursor.rowcount
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
def load_categories(stream, *, at, loaded_on=None, progress=no_progress):
    """Spans of categories, row by row; with a day of loading, rows received later are rejected."""
    loaded = Loaded()
    check = CategoryCheck({*Category.objects.values_list("code", flat=True)}, loaded_on)
    with connection.cursor() as cursor:
        cursor.execute(STAGED_SPANS)
        stage("staged_span", Source(stream), CATEGORY_COLUMNS, check, loaded, progress)
        cursor.execute("LOCK TABLE registry_categoryspan IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(UNKNOWN_IIN)
        loaded.reject_all(Rejection.UNKNOWN_IIN, cursor.fetchall())
        for table in ("known_span", "placed_span"):
            cursor.execute(TABLES[table])
            cursor.execute(f"ANALYZE {table}")
        cursor.execute(ADD_ALONE, {"at": at})
        loaded.new += cursor.rowcount
        cursor.execute("CREATE TEMP TABLE accepted_span (line integer) ON COMMIT DROP")
        _accept(loaded)
        cursor.execute(TABLES["chained_span"])
        cursor.execute(SUPERSEDE)
        cursor.execute(ADD_CHAINED, {"at": at})
        # whoever derives now has not seen these spans, and would take the mark away unheeded
        cursor.execute("LOCK TABLE registry_recheck IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(RECHECK)
        news.mark(ACCEPTED)
        cursor.execute(f"DROP TABLE staged_span, accepted_span, {', '.join(TABLES)}")
        cursor.execute("ANALYZE registry_categoryspan")
    return loaded.finish()


def _accept(loaded):
    """Judges row by row where a person has, or gets, several rows of one category."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(OPEN)
        accepted = _accepted(cursor, loaded)
        while lines := [*islice(accepted, AT_ONCE)]:
            with connection.cursor() as writer, writer.copy(KEEP) as copy:
                for line in lines:
                    copy.write_row((line,))


def _accepted(rows, loaded):
    for _pair, found in groupby(rows, key=itemgetter(0, 1)):
        known, news, lines = [], [], []
        for _person, _category, line, _id, *span in found:
            (news if line else known).append(Span(*span))
            lines += [line] if line else []
        for line, outcome in zip(lines, judge(known, news), strict=True):
            if isinstance(outcome, Span):
                days = f"{outcome.since} – {outcome.until or '…'}"
                loaded.reject(line, Fault(Rejection.OVERLAP, days))
            elif outcome is not Outcome.UNCHANGED:
                loaded.new += outcome is Outcome.NEW
                loaded.changed += outcome is Outcome.CHANGED
                yield line


FACTS = "last_name, first_name, middle_name, birth_date, sex, residence, region_id, died_on"
KEYS = "last_key, first_key"


def of(table, columns):
    return ", ".join(f"{table}.{column}" for column in columns.split(", "))


STAGED_PERSONS = """
CREATE TEMP TABLE staged_person (
    line integer, iin text COLLATE "C", last_name text, first_name text, middle_name text,
    birth_date date, sex text, residence text, region_id text, died_on date,
    last_key text, first_key text
) ON COMMIT DROP"""

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
INSERT INTO registry_personrecord (person_id, received_on, recorded_at, {FACTS})
SELECT o.person_id, %(received_on)s, %(at)s, {of("o", FACTS)}
FROM older o
LEFT JOIN LATERAL (
    SELECT * FROM registry_personrecord r
    WHERE r.person_id = o.person_id AND r.received_on <= %(received_on)s
    ORDER BY r.received_on DESC, r.id DESC LIMIT 1
) b ON true
WHERE b.id IS NULL OR ({of("o", FACTS)}) IS DISTINCT FROM ({of("b", FACTS)})"""

CHANGE_PERSONS = f"""
WITH other AS (
    SELECT p.id AS person_id, s.*
    FROM staged_person s JOIN registry_person p USING (iin)
    WHERE ({of("s", FACTS)}) IS DISTINCT FROM ({of("p", FACTS)})
), told AS (
    UPDATE registry_person p SET ({FACTS}, {KEYS}) = ROW ({of("o", f"{FACTS}, {KEYS}")})
    FROM other o WHERE p.id = o.person_id
)
INSERT INTO registry_personrecord (person_id, received_on, recorded_at, {FACTS})
SELECT person_id, %(received_on)s, %(at)s, {FACTS} FROM other"""

ADD_PERSONS = f"""
WITH added AS (
    INSERT INTO registry_person (iin, {FACTS}, {KEYS})
    SELECT s.iin, {of("s", FACTS)}, {of("s", KEYS)} FROM staged_person s
    WHERE NOT EXISTS (SELECT FROM registry_person p WHERE p.iin = s.iin)
    RETURNING id, {FACTS}
)
INSERT INTO registry_personrecord (person_id, received_on, recorded_at, {FACTS})
SELECT id, %(received_on)s, %(at)s, {FACTS} FROM added"""

STAGED_SPANS = """
CREATE TEMP TABLE staged_span (
    line integer, iin text COLLATE "C", category_id text, valid_from date, valid_to date,
    received_on date, source text
) ON COMMIT DROP"""

UNKNOWN_IIN = f"""
WITH gone AS (
    DELETE FROM staged_span s
    WHERE NOT EXISTS (SELECT FROM registry_person p WHERE p.iin = s.iin)
    RETURNING s.line, s.iin
)
SELECT line, iin, count(*) OVER () FROM gone ORDER BY line LIMIT {LISTED}"""

PAIR = "person_id, category_id"
SPAN = "valid_from, valid_to, received_on, source"

TABLES = {
    # what is known of the persons and categories of the file; `latest`: of its day of receipt
    "known_span": f"""
CREATE TEMP TABLE known_span ON COMMIT DROP AS
SELECT id, {PAIR}, {SPAN}, lead(id) OVER act IS NULL AS latest
FROM registry_categoryspan
WHERE ({PAIR}) IN (
    SELECT p.id, s.category_id FROM staged_span s JOIN registry_person p USING (iin)
)
WINDOW act AS (PARTITION BY {PAIR}, valid_from, received_on ORDER BY id)""",
    # `settled`: nothing new in any row of the pair; `alone`: its one row is the first of all
    "placed_span": f"""
CREATE TEMP TABLE placed_span ON COMMIT DROP AS
SELECT s.line, p.id AS person_id, s.category_id, {of("s", SPAN)},
    bool_and(same.id IS NOT NULL) OVER pair AS settled,
    count(*) OVER pair = 1 AND any_known.person_id IS NULL AS alone
FROM staged_span s
JOIN registry_person p USING (iin)
LEFT JOIN (SELECT DISTINCT {PAIR} FROM known_span) any_known
    ON (any_known.person_id, any_known.category_id) = (p.id, s.category_id)
LEFT JOIN known_span same
    ON (same.person_id, same.category_id) = (p.id, s.category_id) AND same.latest
    AND (same.valid_from, same.received_on) = (s.valid_from, s.received_on)
    AND (same.valid_to, same.source) IS NOT DISTINCT FROM (s.valid_to, s.source)
WINDOW pair AS (PARTITION BY p.id, s.category_id)""",
    "chained_span": f"""
CREATE TEMP TABLE chained_span ON COMMIT DROP AS
WITH accepted AS (
    SELECT NULL::bigint AS id, line, {PAIR}, {SPAN}
    FROM placed_span JOIN accepted_span USING (line)
)
SELECT *, lead(received_on) OVER act AS superseded_on
FROM (
    SELECT id, 0 AS line, {PAIR}, {SPAN} FROM known_span
    WHERE ({PAIR}, valid_from) IN (SELECT {PAIR}, valid_from FROM accepted)
    UNION ALL SELECT * FROM accepted
) rows
WINDOW act AS (PARTITION BY {PAIR}, valid_from ORDER BY received_on, line, id)""",
}

ADD_ALONE = f"""
INSERT INTO registry_categoryspan ({PAIR}, {SPAN}, recorded_at)
SELECT {PAIR}, {SPAN}, %(at)s FROM placed_span WHERE alone"""

OPEN = f"""
WITH open AS (SELECT line, {PAIR}, {SPAN} FROM placed_span WHERE NOT (settled OR alone))
SELECT {PAIR}, 0 AS line, id, {SPAN} FROM known_span
WHERE ({PAIR}) IN (SELECT {PAIR} FROM open)
UNION ALL SELECT {PAIR}, line, 0, {SPAN} FROM open
ORDER BY person_id, category_id, line, id"""

KEEP = "COPY accepted_span FROM STDIN"

# The older row gives way before the newer comes: the constraint looks at each row at once.
SUPERSEDE = """
UPDATE registry_categoryspan s SET superseded_on = c.superseded_on
FROM chained_span c
WHERE s.id = c.id AND s.superseded_on IS DISTINCT FROM c.superseded_on"""

ADD_CHAINED = f"""
INSERT INTO registry_categoryspan ({PAIR}, {SPAN}, superseded_on, recorded_at)
SELECT {PAIR}, {SPAN}, superseded_on, %(at)s FROM chained_span WHERE id IS NULL ORDER BY line"""

ACCEPTED = """
SELECT DISTINCT person_id FROM placed_span
WHERE alone OR line IN (SELECT line FROM accepted_span)"""

RECHECK = f"INSERT INTO registry_recheck (person_id) {ACCEPTED} ON CONFLICT DO NOTHING"
