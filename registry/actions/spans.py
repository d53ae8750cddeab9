"""Rows about spans of categories, one after the other: each is kept, changes another, or overlaps.

They wait in the table staged_span of this connection, every one with the IIN of a person. Lines
below zero are endings by a snapshot: they come first, and none where a row of the file overlaps.
"""

from itertools import groupby, islice
from operator import itemgetter

from django.db import connection

from registry.actions import news
from registry.actions.columns import of
from registry.rules.extract import Fault, Rejection
from registry.rules.spans import Outcome, Span, judge

AT_ONCE = 20_000


def lock():
    """Whoever reads spans in order to write others does it alone."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE registry_categoryspan IN SHARE ROW EXCLUSIVE MODE")


def keep(loaded, *, at):
    """Keeps the staged rows, told in `loaded` which of them; their persons are news."""
    with connection.cursor() as cursor:
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
        for _person, _category, line, is_known, *span in found:
            (known if is_known else news).append(Span(*span))
            lines += [] if is_known else [line]
        for line, outcome in _outcomes(known, news, lines):
            if isinstance(outcome, Span):
                days = f"{outcome.since} – {outcome.until or '…'}"
                loaded.reject(line, Fault(Rejection.OVERLAP, days))
            elif outcome is not Outcome.UNCHANGED:
                loaded.new += outcome is Outcome.NEW
                loaded.changed += outcome is Outcome.CHANGED and line > 0
                loaded.ended += line < 0
                yield line


def _outcomes(known, news, lines):
    """The lines with what becomes of them; none is an ending where another row overlaps."""
    outcomes = judge(known, news)
    endings = sum(line < 0 for line in lines)
    if endings and any(isinstance(outcome, Span) for outcome in outcomes):
        return _outcomes(known, news[endings:], lines[endings:])
    return zip(lines, outcomes, strict=True)


STAGED = """
CREATE TEMP TABLE staged_span (
    line integer, iin text COLLATE "C", category_id text, valid_from date, valid_to date,
    received_on date, source text, under text
) ON COMMIT DROP"""
TOLD = "staged_span (line, iin, category_id, valid_from, valid_to, received_on, source)"
"""The staged columns that a list fills; `under` is the former number a row came under."""

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
SELECT s.line, p.id AS person_id, s.category_id, {of("s", SPAN)}, s.under,
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
    SELECT NULL::bigint AS id, line, {PAIR}, {SPAN}, under
    FROM placed_span JOIN accepted_span USING (line)
)
SELECT *, lead(received_on) OVER act AS superseded_on
FROM (
    SELECT id, 0 AS line, {PAIR}, {SPAN}, NULL AS under FROM known_span
    WHERE ({PAIR}, valid_from) IN (SELECT {PAIR}, valid_from FROM accepted)
    UNION ALL SELECT * FROM accepted
) rows
WINDOW act AS (PARTITION BY {PAIR}, valid_from ORDER BY received_on, id, line)""",
}

ADD_ALONE = f"""
INSERT INTO registry_categoryspan ({PAIR}, {SPAN}, under, recorded_at)
SELECT {PAIR}, {SPAN}, under, %(at)s FROM placed_span WHERE alone"""

OPEN = f"""
WITH open AS (SELECT line, {PAIR}, {SPAN} FROM placed_span WHERE NOT (settled OR alone))
SELECT {PAIR}, 0 AS line, id, {SPAN} FROM known_span
WHERE ({PAIR}) IN (SELECT {PAIR} FROM open)
UNION ALL SELECT {PAIR}, line, NULL, {SPAN} FROM open
ORDER BY person_id, category_id, id, line"""

KEEP = "COPY accepted_span FROM STDIN"

# The older row gives way before the newer comes: the constraint looks at each row at once.
SUPERSEDE = """
UPDATE registry_categoryspan s SET superseded_on = c.superseded_on
FROM chained_span c
WHERE s.id = c.id AND s.superseded_on IS DISTINCT FROM c.superseded_on"""

ADD_CHAINED = f"""
INSERT INTO registry_categoryspan ({PAIR}, {SPAN}, under, superseded_on, recorded_at)
SELECT {PAIR}, {SPAN}, under, superseded_on, %(at)s
FROM chained_span WHERE id IS NULL ORDER BY line"""

ACCEPTED = """
SELECT DISTINCT person_id FROM placed_span
WHERE alone OR line IN (SELECT line FROM accepted_span)"""

RECHECK = f"INSERT INTO registry_recheck (person_id) {ACCEPTED} ON CONFLICT DO NOTHING"
