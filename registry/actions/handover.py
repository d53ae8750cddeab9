"""What a merge hands over: entries and spans are written anew, the old ones count nowhere."""

from django.db import connection
from django.utils.timezone import localdate

from registry.actions import book, spans, tally
from registry.actions.columns import of, run
from registry.actions.staging import Loaded
from registry.models import Person, PersonRecord
from registry.models.books import MOVED
from registry.models.persons import PersonFields
from registry.rules.names import fold

OF_OTHER = f"""
SELECT c.id FROM registry_contribution c WHERE c.person_id = %(other)s AND {book.STANDING}"""

# What came under a number of the other person, and what reverses that or an entry of theirs.
ADDRESSED = f"""
WITH addressed AS (
    SELECT c.id FROM registry_contribution c LEFT JOIN registry_moved m ON m.entry_id = c.id
        JOIN registry_addressed a ON a.entry_id = coalesce(m.origin_id, c.id)
    WHERE c.person_id = %(person)s AND a.iin = ANY(%(numbers)s) AND {book.STANDING}
)
SELECT id FROM addressed
UNION
SELECT c.id FROM registry_contribution c
WHERE c.person_id = %(person)s AND {book.STANDING}
    AND c.id NOT IN (SELECT entry_id FROM registry_moved WHERE event_id = %(event)s)
    AND (c.reverses_id IN (SELECT id FROM addressed) OR c.reverses_id IN (
        SELECT entry_id FROM registry_moved WHERE event_id = %(event)s))"""

FACTS = (
    "payer, knp, period, amount, credited_on, order_no, order_date, rank, kind, reference_day,"
    " due, share"
)

# Each entry with the first of its line, whose key, with the event, is that of the new one.
ORIGINS = """
registry_contribution c LEFT JOIN registry_moved m ON m.entry_id = c.id
    JOIN registry_contribution o ON o.id = coalesce(m.origin_id, c.id)"""

# A reversal follows what it reverses: to the entry that was written anew, or back to the old one.
WRITE_ANEW = f"""
INSERT INTO registry_contribution (key, person_id, recorded_at, {FACTS}, reverses_id)
SELECT o.key || ':' || %(event)s, %(to)s, %(at)s, {of("c", FACTS)}, coalesce(
    (SELECT m.source_id FROM registry_moved m
        WHERE m.entry_id = c.reverses_id AND m.event_id = %(event)s),
    (SELECT n.id FROM (SELECT o.key FROM {ORIGINS} WHERE c.id = reversing.reverses_id) r
        JOIN registry_contribution n ON n.key = r.key || ':' || %(event)s))
FROM {ORIGINS} CROSS JOIN LATERAL (SELECT c.reverses_id) reversing
WHERE c.id = ANY(%(moving)s) AND (c.reverses_id IS NOT NULL) = %(reversals)s
ORDER BY c.id"""

REMEMBER = f"""
INSERT INTO registry_moved (entry_id, source_id, origin_id, event_id)
SELECT n.id, c.id, o.id, %(event)s
FROM {ORIGINS} JOIN registry_contribution n ON n.key = o.key || ':' || %(event)s
WHERE c.id = ANY(%(moving)s)"""

LEAVE = f"""
INSERT INTO registry_exclusion (entry_id, cause, since, recorded_at)
SELECT c.id, '{MOVED}' || %(event)s, c.credited_on, %(at)s
FROM registry_contribution c WHERE c.id = ANY(%(moving)s)"""


def take_entries(event, *, at):
    """Gives `person` what is booked for `other`."""
    values = {"event": event.pk, "other": event.other_id}
    _move(_ids(OF_OTHER, values), event, event.person_id, at)


def give_entries_back(event, *, at):
    """Gives `other` back what was taken, and what was addressed to them meanwhile."""
    numbers = [event.old_iin, *event.numbers]
    values = {"event": event.pk, "person": event.person_id, "numbers": numbers}
    later = _ids(ADDRESSED, values)
    taken = list(event.moved.values_list("entry_id", flat=True))
    cause = f"{MOVED}{event.pk}"
    run(
        "UPDATE registry_exclusion SET dropped_at = %s WHERE cause = %s AND dropped_at IS NULL"
        " AND entry_id IN (SELECT source_id FROM registry_moved WHERE event_id = %s)",
        (at, cause, event.pk),
    ).close()
    with connection.cursor() as cursor:
        cursor.execute(LEAVE, {"event": str(event.pk), "at": at, "moving": taken})
    _move(later, event, event.other_id, at)


def _ids(query, values):
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [row[0] for row in cursor.fetchall()]


def _move(moving, event, to, at):
    values = {"event": event.pk, "to": to, "at": at, "moving": moving}
    with connection.cursor() as cursor:
        for reversals in (False, True):
            cursor.execute(WRITE_ANEW, values | {"reversals": reversals})
        cursor.execute(REMEMBER, values)
        cursor.execute(LEAVE, values | {"event": str(event.pk)})


def settle(event):
    """Derives anew what both persons paid, and marks their findings to be derived."""
    pair = [event.person_id, event.other_id]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE handed_over ON COMMIT DROP AS SELECT DISTINCT person_id, period"
            " FROM registry_contribution WHERE person_id = ANY(%s)",
            (pair,),
        )
        book.settle("handed_over")
        cursor.execute("DROP TABLE handed_over")
        cursor.execute(
            "INSERT INTO registry_recheck SELECT unnest(%s::bigint[]) ON CONFLICT DO NOTHING",
            (pair,),
        )


RANGE = "daterange(s.valid_from, s.valid_to, '[]')"
HOLDS = "coalesce(s.valid_to, 'infinity') >= s.valid_from"

# Spans that fit beside those of the person come with their history; of the others what is free,
# on top of whatever the person had from that day on.
TAKE_SPANS = f"""
WITH held AS (
    SELECT category_id, range_agg({RANGE}) AS days FROM registry_categoryspan s
    WHERE person_id = %(person)s AND superseded_on IS NULL AND {HOLDS} GROUP BY category_id
), theirs AS (
    SELECT s.*, h.days, {HOLDS} AS holds, bool_or(
        coalesce({HOLDS} AND {RANGE} && h.days, false)
        OR EXISTS (
            SELECT FROM registry_categoryspan k
            WHERE (k.person_id, k.category_id, k.valid_from)
                = (%(person)s, s.category_id, s.valid_from))
    ) OVER (PARTITION BY s.category_id, s.valid_from) AS clashes
    FROM registry_categoryspan s LEFT JOIN held h USING (category_id)
    WHERE s.person_id = %(other)s
), coming AS (
    SELECT 0 AS turn, id, category_id, valid_from, valid_to, received_on, source
    FROM theirs WHERE NOT clashes
    UNION ALL
    SELECT 1, s.id, s.category_id, lower(free), upper(free) - 1, greatest(s.received_on, (
        SELECT max(k.received_on) FROM registry_categoryspan k
        WHERE (k.person_id, k.category_id, k.valid_from)
            = (%(person)s, s.category_id, lower(free)))), s.source
    FROM theirs s, unnest(multirange({RANGE}) - coalesce(s.days, '{{}}'::datemultirange)) free
    WHERE s.clashes AND s.holds AND s.superseded_on IS NULL
)
INSERT INTO staged_span (line, iin, category_id, valid_from, valid_to, received_on, source)
SELECT row_number() OVER (ORDER BY turn, id, valid_from), %(iin)s,
    category_id, valid_from, valid_to, received_on, source
FROM coming"""

# The last row of each day of receipt is what was believed; the rows of an event by their ids.
WITHDRAW = """
INSERT INTO staged_span (line, iin, category_id, valid_from, valid_to, received_on, source)
SELECT 1000000 + row_number() OVER (ORDER BY s.id), %(iin)s,
    s.category_id, s.valid_from, s.valid_from - 1, s.received_on, s.source
FROM registry_categoryspan s WHERE s.id = ANY(%(ids)s)"""

RESTORE = """
INSERT INTO staged_span (line, iin, category_id, valid_from, valid_to, received_on, source, under)
SELECT row_number() OVER (ORDER BY s.id), %(iin)s,
    s.category_id, s.valid_from, s.valid_to, s.received_on, s.source, s.under
FROM registry_categoryspan s WHERE s.id = ANY(%(ids)s)"""

BELIEVED = f"""
SELECT s.id FROM (
    SELECT DISTINCT ON (category_id, valid_from, received_on) * FROM registry_categoryspan
    WHERE person_id = %(other)s ORDER BY category_id, valid_from, received_on, id DESC
) s WHERE {HOLDS} ORDER BY s.id"""

BROUGHT = """
SELECT id FROM registry_categoryspan WHERE person_id = %(person)s AND id > %(before)s ORDER BY id"""


FACTS_OF_A_PERSON = [field.attname for field in PersonFields._meta.fields]
MOVED_REGION = "SELECT %(person)s::bigint, %(old)s::text, %(new)s::text"

# What was loaded meanwhile under a number of the other person.
LOADED = """
SELECT id FROM {table} WHERE person_id = %(person)s AND under = ANY(%(numbers)s)
    AND recorded_at >= %(since)s ORDER BY id"""


def take_spans(event, *, at):
    """Gives `person` the categories of `other`, and remembers in the event which rows they are."""
    person, other = {"person": event.person_id}, {"other": event.other_id}
    [before] = _ids("SELECT coalesce(max(id), 0) FROM registry_categoryspan", {})
    event.withdrawn = _ids(BELIEVED, other)
    with connection.cursor() as cursor:
        cursor.execute(spans.STAGED)
        cursor.execute(TAKE_SPANS, person | other | {"iin": event.new_iin})
        cursor.execute(WITHDRAW, {"iin": event.old_iin, "ids": event.withdrawn})
    spans.keep(Loaded(), at=at)
    event.brought = _ids(BROUGHT, person | {"before": before})
    event.save(update_fields=["brought", "withdrawn"])


def give_spans_back(event, *, at):
    """Takes from `person` what came with the event or for `other` since, and gives it to them."""
    later = _loaded(event, "registry_categoryspan")
    with connection.cursor() as cursor:
        cursor.execute(spans.STAGED)
        cursor.execute(RESTORE, {"iin": event.old_iin, "ids": event.withdrawn + later})
        cursor.execute(WITHDRAW, {"iin": event.person.iin, "ids": event.brought + later})
    spans.keep(Loaded(), at=at)


def give_facts_back(event, *, at):
    """Gives `other` what extracts said of them since, and `person` back what was said before."""
    later = _loaded(event, "registry_personrecord")
    if not later:
        return
    theirs = [*PersonRecord.objects.filter(pk__in=later).order_by("received_on", "pk")]
    own = event.person.records.exclude(pk__in=later).order_by("received_on", "pk").last()
    for record in theirs:
        _tell(event.other, record, record.received_on, at)
    _tell(event.person, own, max(own.received_on, theirs[-1].received_on), at)


def _tell(person, record, received_on, at):
    """Tells of a person what a record says, as if it had been received on a day."""
    facts = {name: getattr(record, name) for name in FACTS_OF_A_PERSON}
    is_latest = not person.records.filter(received_on__gt=received_on).exists()
    person.records.create(received_on=received_on, recorded_at=at, under=record.under, **facts)
    if not is_latest:
        return
    if record.region_id != person.region_id:
        moved = {"person": person.pk, "old": person.region_id, "new": record.region_id}
        tally.move_regions(MOVED_REGION, moved, on=localdate(at), at=at)
    keys = {"last_key": fold(record.last_name), "first_key": fold(record.first_name)}
    Person.objects.filter(pk=person.pk).update(**facts, **keys)


def _loaded(event, table):
    numbers = [event.old_iin, *event.numbers]
    values = {"person": event.person_id, "numbers": numbers, "since": event.at}
    return _ids(LOADED.format(table=table), values)
