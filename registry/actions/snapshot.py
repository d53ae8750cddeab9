"""A list that is all its source says on a day: the spans of that source it lacks are ended.

The endings wait in the table staged_span on negative lines, before the rows of the file.
"""

from django.db import connection

from registry.rules.encoding import Refusal, Refused


def origin():
    """The source and the day of receipt of the staged rows; None without rows, Refused if mixed."""
    with connection.cursor() as cursor:
        cursor.execute(ORIGINS)
        found = cursor.fetchall()
    if len(found) > 1:
        raise Refused(Refusal.MIXED_SNAPSHOT, f"line {found[1][2]}")
    return found[0][:2] if found else None


def stage_endings(source, on):
    """Ends what the source is believed to say on that day about days after it, unless staged."""
    with connection.cursor() as cursor:
        cursor.execute(STAGE_ENDINGS, {"source": source, "on": on})
        cursor.execute("ANALYZE staged_span")


ORIGINS = """
SELECT source, received_on, min(line) AS first FROM staged_span
GROUP BY source, received_on ORDER BY first LIMIT 2"""

STAGE_ENDINGS = """
INSERT INTO staged_span (line, iin, category_id, valid_from, valid_to, received_on, source)
SELECT -row_number() OVER (), p.iin, c.category_id, c.valid_from,
    greatest(%(on)s, c.valid_from - 1), %(on)s, c.source
FROM registry_categoryspan c JOIN registry_person p ON p.id = c.person_id
WHERE c.source = %(source)s
    AND c.received_on <= %(on)s AND coalesce(c.superseded_on, 'infinity') > %(on)s
    AND coalesce(c.valid_to, 'infinity') >= greatest(%(on)s + 1, c.valid_from)
    AND NOT EXISTS (
        SELECT FROM staged_span s
        WHERE (s.iin, s.category_id, s.valid_from) = (p.iin, c.category_id, c.valid_from)
    )"""
