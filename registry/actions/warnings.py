"""Who is about to lose something: the right to care, childhood, studies, a category.

Days are counted from `on`; what ends today or within so many days is warned of. Rows come by person
id, in batches, so that a country is no more in memory than a page.
"""

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from django.db import connection

from registry.actions import law
from registry.actions.columns import fetch
from registry.actions.gather import Among, gather
from registry.rules.days import EPOCH, NEVER, day_number
from registry.rules.outlook import rights_end

AT_ONCE = 5_000
ID = np.dtype([("person", "<i8")])


class Kind(StrEnum):
    RIGHT = "right"
    ADULT = "adult"
    STUDIES = "studies"
    CATEGORY = "category"


class Warned(NamedTuple):
    """The last day of what ends; `category` is its code, empty for the right itself."""

    person: int
    last: date
    category: str


def warned(kind, *, on, days, regions=None, after=0):
    """Warned rows by person id, from the first id after `after`; regions None is the country."""
    until = on + timedelta(days=days)
    while True:
        if kind == Kind.RIGHT:
            rows, after = _right(on, until, regions, after)
        else:
            rows, after = _ends(kind, on, until, regions, after)
        yield from rows
        if after is None:
            return


IN_REGIONS = " AND p.region_id = ANY(%(regions)s)"

# the right lasts at least as long as the verdict that gives it
CANDIDATES = """
    SELECT v.person_id AS person
    FROM registry_verdict v JOIN registry_person p ON p.id = v.person_id
    WHERE v.person_id > %(after)s AND v.status IN ('insured', 'grace') AND v.until < %(until)s
    {regions} ORDER BY v.person_id LIMIT %(limit)s"""


def _right(on, until, regions, after):
    """Some of those whose right ends, and the last id looked at; None when nobody is left."""
    candidates = fetch(
        _query(CANDIDATES, regions),
        {"after": after, "until": until, "limit": AT_ONCE, "regions": regions},
        ID,
    )["person"]
    if not len(candidates):
        return [], None
    persons, batch = gather(Among.ids(candidates), on)
    last = rights_end(batch, on, *law.rules(), through=day_number(until))
    here = (last >= day_number(on)) & (last < NEVER)
    rows = [
        Warned(int(person), EPOCH + timedelta(days=int(day)), "")
        for person, day in zip(persons[here], last[here], strict=True)
    ]
    return rows, int(candidates[-1]) if len(candidates) == AT_ONCE else None


def _query(query, regions):
    return query.format(regions="" if regions is None else IN_REGIONS)


# a day more on both sides: somebody born on the 29th of February comes of age on the 28th
ADULTS = """
    SELECT id, last, 'child' FROM (
        SELECT p.id, (p.birth_date + interval '18 years')::date - 1 AS last FROM registry_person p
        WHERE p.id > %(after)s AND p.died_on IS NULL AND p.merged_into_id IS NULL
            AND p.birth_date BETWEEN %(on)s - interval '18 years 1 day'
                AND %(until)s - interval '18 years' + interval '1 day' {regions}
    ) born WHERE last >= %(on)s AND last < %(until)s
    ORDER BY id FETCH FIRST %(limit)s ROWS WITH TIES"""
SPANS = """
    SELECT s.person_id, s.valid_to, s.category_id
    FROM registry_categoryspan s JOIN registry_person p ON p.id = s.person_id
    WHERE s.person_id > %(after)s AND s.superseded_on IS NULL AND s.category_id {which}
        AND s.valid_to >= greatest(s.valid_from, %(on)s) AND s.valid_to < %(until)s
        AND s.received_on <= %(on)s AND p.died_on IS NULL {regions}
        AND NOT EXISTS (
            SELECT FROM registry_categoryspan n
            WHERE n.person_id = s.person_id AND n.category_id = s.category_id
                AND n.superseded_on IS NULL AND n.valid_from = s.valid_to + 1
                AND coalesce(n.valid_to, 'infinity') >= n.valid_from)
    ORDER BY s.person_id FETCH FIRST %(limit)s ROWS WITH TIES"""
ENDS = {
    Kind.ADULT: ADULTS,
    Kind.STUDIES: SPANS.replace("{which}", "= 'student'"),
    Kind.CATEGORY: SPANS.replace("{which}", "NOT IN ('student', 'child')"),
}


def _ends(kind, on, until, regions, after):
    """Some of those for whom something ends, and the last id; None when nobody is left."""
    values = {"after": after, "on": on, "until": until, "limit": AT_ONCE, "regions": regions}
    with connection.cursor() as cursor:
        cursor.execute(_query(ENDS[kind], regions), values)
        rows = [Warned(*row) for row in cursor.fetchall()]
    return rows, rows[-1].person if len(rows) >= AT_ONCE else None
