"""What is known of persons, as arrays for the rule of the status."""

from datetime import timedelta
from itertools import groupby

import numpy as np
from django.db import connection

from registry.actions import book
from registry.actions.columns import days, fetch
from registry.models import CategoryGroup
from registry.rules.batch import GROUPS, SPAN, Batch
from registry.rules.days import NEVER
from registry.rules.residence import TEMPORARY, residence_on

ONE_DAY = timedelta(days=1)

PERSON = np.dtype([("person", "<i8"), ("died", "<i4")])
SPAN_ROW = np.dtype([("person", "<i8"), *((name, "<i4") for name in SPAN.names[1:])])


def gather(first, last, on):
    """The persons with ids first … last, and the batch of what is known of them now."""
    rows = fetch(
        f"SELECT id AS person, coalesce({days('died_on')}, {NEVER}) AS died"
        " FROM (SELECT id, died_on FROM registry_person WHERE id BETWEEN %s AND %s ORDER BY id) p",
        (first, last),
        PERSON,
    )
    paid_by, paid = book.read_paid(first, last)
    spans = fetch_spans("registry_categoryspan s", "s.superseded_on", first, last)
    return rows["person"], batch_of(
        rows, _temporary(first, last, on), np.searchsorted(rows["person"], paid_by), paid, spans
    )


def batch_of(rows, temporary, paid_by, paid, spans):
    persons = rows["person"]
    placed = np.empty(len(spans), SPAN)
    placed["person"] = np.searchsorted(persons, spans["person"])
    for name in SPAN.names[1:]:
        placed[name] = spans[name]
    return Batch(
        died=rows["died"].astype(np.int64),
        temporary=np.isin(persons, temporary),
        paid=paid,
        paid_by=paid_by,
        spans=placed,
    )


def fetch_spans(source, superseded, first, last, params=()):
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
        " WHERE s.person_id BETWEEN %s AND %s",
        (*params, *group_pieces(), first, last),
        SPAN_ROW,
    )


def group_pieces():
    """Columns of the pieces of time in which a category covers months: code, group, first, last."""
    pieces = []
    rows = CategoryGroup.objects.order_by("category_id", "since").values_list(
        "category_id", "group", "since"
    )
    for category, group in groupby(rows, key=lambda row: row[0]):
        series = list(group)
        ends = [since - ONE_DAY for _, _, since in series[1:]] + [None]
        pieces += [
            (category, GROUPS.index(who), since, end)
            for (_, who, since), end in zip(series, ends, strict=True)
            if who in GROUPS
        ]
    return [list(column) for column in zip(*pieces, strict=True)] or [[], [], [], []]


def _temporary(first, last, on):
    """Ids of the persons whose residence on a day is a temporary stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, received_on, residence FROM registry_personrecord"
            " WHERE person_id IN (SELECT person_id FROM registry_personrecord"
            "  WHERE residence = 'temporary' AND person_id BETWEEN %s AND %s)"
            " ORDER BY person_id, received_on, id",
            (first, last),
        )
        return [
            person
            for person, rows in groupby(cursor.fetchall(), key=lambda row: row[0])
            if residence_on(on, [row[1:] for row in rows]) == TEMPORARY
        ]
