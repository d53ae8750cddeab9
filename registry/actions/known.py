"""What was known of persons at a moment: for one who is asked about, and for everybody."""

from typing import NamedTuple

import numpy as np

from registry.actions import book, law
from registry.actions.columns import days, fetch
from registry.actions.gather import batch_of, fetch_spans, pieces_known, placed, stays
from registry.rules.batch import Batch
from registry.rules.days import NEVER
from registry.rules.law import Law
from registry.rules.paid import EXCLUDED, paid
from registry.rules.workdays import Calendar

PERSON = np.dtype([("person", "<i8"), ("died", "<i4"), ("region", "S2")])
LATEST = f"""
    SELECT DISTINCT ON (person_id) person_id AS person,
        coalesce({days("died_on")}, {NEVER}) AS died, region_id AS region
    FROM registry_personrecord r WHERE person_id {{among}} AND recorded_at <= %s
        AND NOT EXISTS (
            SELECT FROM registry_personevent e
            WHERE e.other_id = r.person_id AND e.at <= %s
                AND coalesce(e.undone_at, 'infinity') > %s)
    ORDER BY person_id, received_on DESC, id DESC"""
BELIEVED = """(
    SELECT *, lead(received_on) OVER (
        PARTITION BY person_id, category_id, valid_from ORDER BY received_on, id) AS believed_to
    FROM registry_categoryspan WHERE person_id {among} AND recorded_at <= %s) s"""


class Told(NamedTuple):
    """The law, the calendar and, where the law has changed since, the `pieces` of categories."""

    law: Law
    calendar: Calendar
    pieces: list | None

    @classmethod
    def by(cls, known_at):
        """What was the law as known at a moment."""
        rules, calendar, has_changed = law.known(known_at)
        return cls(rules, calendar, pieces_known(known_at) if has_changed else None)


class Known(NamedTuple):
    """Persons (PERSON rows) of whom something was known, their batch, and their EXCLUDED rows."""

    persons: np.ndarray
    batch: Batch
    excluded: np.ndarray


def gather_known(among, on, known_at, told):
    """What was known at a moment of persons, for a day, by the law as Told of that moment."""
    persons = fetch(LATEST.format(among=among.sql), (*among.params, *[known_at] * 3), PERSON)
    source = BELIEVED.format(among=among.sql)
    params = (*among.params, known_at)
    spans = fetch_spans(source, "s.believed_to", among, params, told.pieces)
    entries = book.fetch_entries(
        f"registry_contribution c WHERE c.person_id {among.sql} AND c.recorded_at <= %s",
        params,
        book.Enough(told.law),
        anew=told.pieces is not None,
    )
    excluded = fetch(
        f"SELECT x.entry_id AS entry, {days('x.since')} AS since,"
        f" coalesce({days('x.until')}, {NEVER}) AS until FROM registry_contribution c"
        f" JOIN registry_exclusion x ON x.entry_id = c.id WHERE c.person_id {among.sql}"
        " AND x.recorded_at <= %s AND coalesce(x.dropped_at, 'infinity') > %s",
        (*among.params, known_at, known_at),
        EXCLUDED,
    )
    paid_by, records = placed(persons["person"], *paid(entries, excluded))
    batch = batch_of(persons, stays(among, on, known_at), paid_by, records, spans)
    return Known(persons, batch, excluded)
