"""What is known of persons, as arrays for the rule of the status."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import NamedTuple

import numpy as np

from registry.actions import book, law
from registry.actions.columns import days, fetch, run
from registry.models import CategoryGroup
from registry.rules.batch import GROUPS, SPAN, Batch
from registry.rules.days import NEVER, day_number
from registry.rules.residence import TEMPORARY, residence_on

ONE_DAY = timedelta(days=1)

PERSON = np.dtype([("person", "<i8"), ("died", "<i4")])
STAY = np.dtype([("person", "<i8"), ("temporary", "?"), ("moves", "<i8")])
SPAN_ROW = np.dtype([("person", "<i8"), *((name, "<i4") for name in SPAN.names[1:])])


class Among(NamedTuple):
    """Persons as SQL that follows the name of a column of ids, with its parameters."""

    sql: str
    params: tuple

    @classmethod
    def range(cls, first, last):
        return cls("BETWEEN %s AND %s", (first, last))

    @classmethod
    def ids(cls, persons):
        return cls("= ANY(%s)", (np.asarray(persons, np.int64),))

    @property
    def is_one(self):
        return len(self.params) == 1 and len(self.params[0]) == 1


def gather(among, on, pieces=None):
    """The ids of persons, rising, and the batch of what is known of them now.

    `pieces`: columns as of `group_pieces`, where others than those of the law are asked for.
    """
    # the ids stand in an index, and so do the few persons who are gone: no row of others is read
    rows = fetch(
        f"SELECT id AS person, coalesce({days('died_on')}, {NEVER}) AS died"
        f" FROM (SELECT id FROM registry_person WHERE id {among.sql}) p LEFT JOIN ("
        f"  SELECT id, died_on, merged_into_id FROM registry_person WHERE id {among.sql}"
        "   AND (died_on IS NOT NULL OR merged_into_id IS NOT NULL)) gone USING (id)"
        " WHERE merged_into_id IS NULL ORDER BY id",
        (*among.params, *among.params),
        PERSON,
        keep_plan=among.is_one,
    )
    paying, counts, records = book.read_paid(among)
    paid_by, paid = placed(rows["person"], paying, records, counts)
    spans = fetch_spans("registry_categoryspan s", "s.superseded_on", among, pieces=pieces)
    return rows["person"], batch_of(rows, stays(among, on), paid_by, paid, spans)


def batch_of(rows, stays, paid_by, paid, spans):
    """`stays`: by person, whether the stay is a temporary one, and the day of the next extract."""
    persons = rows["person"]
    temporary, moves = np.zeros(len(rows), np.bool_), np.full(len(rows), NEVER, np.int64)
    moving = np.array([(person, *stay) for person, stay in stays.items()], STAY)
    places, moving = placed(persons, moving["person"], moving)
    temporary[places], moves[places] = moving["temporary"], moving["moves"]
    places, spans = placed(persons, spans["person"], spans)
    of_places = np.empty(len(spans), SPAN)
    of_places["person"] = places
    for name in SPAN.names[1:]:
        of_places[name] = spans[name]
    return Batch(
        died=rows["died"].astype(np.int64),
        temporary=temporary,
        moves=moves,
        paid=paid,
        paid_by=paid_by,
        spans=of_places,
    )


def placed(persons, ids, rows, counts=1):
    """Where the persons of rows stand among some, whose ids rise, and the rows of these persons.

    `counts`: how many rows each id has. Who was merged with another stands nowhere.
    """
    places = np.searchsorted(persons, ids)
    known = np.append(persons, -1)[places] == ids
    places = np.repeat(places, counts)
    if known.all():
        return places, rows
    known = np.repeat(known, counts)
    return places[known], rows[known]


def fetch_spans(source, superseded, among, params=(), pieces=None):
    """SPAN rows by person id, cut where the group of their category changes."""
    return fetch(
        'SELECT s.person_id AS person, g.place AS "group",'
        f" {days('greatest(s.valid_from, g.since)')} AS first,"
        f" coalesce({days('least(s.valid_to, g.until)')}, {NEVER}) AS last,"
        f" coalesce({days('s.valid_to')}, {NEVER}) AS whole, {days('s.received_on')} AS since,"
        f" coalesce({days(superseded)}, {NEVER}) AS until"
        f" FROM {source} JOIN unnest(%s::text[], %s::int[], %s::date[], %s::date[])"
        "  AS g (category, place, since, until)"
        " ON g.category = s.category_id AND s.valid_from <= coalesce(g.until, 'infinity')"
        "  AND coalesce(s.valid_to, 'infinity') >= greatest(g.since, s.valid_from)"
        f" WHERE s.person_id {among.sql}",
        (*params, *(pieces or group_pieces()), *among.params),
        SPAN_ROW,
        keep_plan=among.is_one,
    )


def group_pieces(changed=None):
    """Columns of the pieces of time in which a category covers months: code, group, first, last.

    `changed`: (code, first day) -> group, in the place of what the law says.
    """
    return _group_pieces(changed) if changed else law.kept((CategoryGroup, _group_pieces))[0]


def pieces_known(known_at):
    """The same as they were known at a moment."""
    return _group_pieces(rows=CategoryGroup.objects.known(known_at))


def _group_pieces(changed=None, rows=None):
    pieces = []
    rows = CategoryGroup.objects.current() if rows is None else rows
    rows = rows.values_list("category_id", "since", "group")
    groups = {(category, since): group for category, since, group in rows} | (changed or {})
    for _, found in groupby(sorted(groups.items()), key=lambda row: row[0][0]):
        series = [(category, group, since) for (category, since), group in found]
        ends = [since - ONE_DAY for _, _, since in series[1:]] + [None]
        pieces += [
            (category, GROUPS.index(who), since, end)
            for (category, who, since), end in zip(series, ends, strict=True)
            if who in GROUPS
        ]
    return [list(column) for column in zip(*pieces, strict=True)] or [[], [], [], []]


def stays(among, on, known_at=None):
    """Of who stays, or ever stayed, for a time only: by person what `stay` says."""
    known, params = ("AND recorded_at <= %s", (known_at,)) if known_at else ("", ())
    with run(
        "SELECT person_id, received_on, residence FROM registry_personrecord"
        " WHERE person_id IN (SELECT person_id FROM registry_personrecord"
        f"  WHERE residence = 'temporary' AND person_id {among.sql} {known}) {known}"
        " ORDER BY person_id, received_on, id",
        (*among.params, *params, *params),
        keep_plan=among.is_one,
    ) as cursor:
        return {
            person: stay([row[1:] for row in rows], on)
            for person, rows in groupby(cursor.fetchall(), key=lambda row: row[0])
        }


def stay(records, on):
    """Of records in order, each a day of receipt and a residence."""
    moves = min((received for received, _ in records if received > on), default=None)
    return residence_on(on, records) == TEMPORARY, day_number(moves) if moves else NEVER
