"""Persons of the tests of the rule, kept in the database through its doors."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from django.db import connection
from django.db.models import Max
from hypothesis import HealthCheck, given, settings

from registry.actions import book, runs
from registry.actions.load import load_categories, load_persons
from registry.models import Contribution, Exclusion, Person
from registry.rules import months
from registry.rules.due import Kind, share
from registry.rules.extract import CATEGORY_COLUMNS, PERSON_COLUMNS
from tests.registry.rules.strategies import persons

EARLY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
LATE = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
RECEIVED = date(2027, 6, 1)
"""When the extract with the deaths came."""

WEIGHTS = range(1, 12), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)


def some(on, count):
    """The same random persons every time."""
    people = []

    @settings(max_examples=count, suppress_health_check=list(HealthCheck))
    @given(persons(on))
    def collect(one):
        people.append(one)

    collect()
    return people


def iin(serial):
    """A valid number of somebody born on the 1st of January 1980; every serial has another one."""
    head = f"8001013{serial:04}"
    for weights in WEIGHTS:
        digit = sum(int(one) * weight for one, weight in zip(head, weights, strict=True)) % 11
        if digit < 10:
            return f"{head}{digit}"
    return iin(serial + 5_000)


def keep_persons(people, *, at=EARLY):
    """The persons of the tests as rows of the registry, in their order."""
    days = {}
    for serial, person in enumerate(people):
        for received, residence in person.residences:
            days.setdefault(received, []).append((serial, residence, ""))
        if person.died:
            days.setdefault(RECEIVED, []).append((serial, person.residences[-1][1], person.died))
    for received in sorted(days):
        for rows in one_a_person(days[received]):
            text = "\n".join([";".join(PERSON_COLUMNS), *map(extract_row, rows), ""])
            assert not load_persons(io.BytesIO(text.encode()), received_on=received, at=at).rejected
    known = Person.objects.in_bulk([iin(serial) for serial in range(len(people))], field_name="iin")
    return [known[iin(serial)] for serial in range(len(people))]


def one_a_person(rows):
    """Extracts of one day: none names a person twice."""
    left = list(rows)
    while left:
        first = {}
        later = [row for row in left if first.setdefault(row[0], row) is not row]
        yield list(first.values())
        left = later


def extract_row(row):
    serial, residence, died = row
    return f"{iin(serial)};АХМЕТОВ;АСАН;;1980-01-01;M;{residence};75;{died}"


def keep_rows(rows, *, at=EARLY):
    """(serial, Row) pairs; the rows that overlap another one are not kept, and are returned."""
    lines = [
        f"{iin(serial)};{row.category};{row.since};{row.until or ''};{row.received};test"
        for serial, row in rows
    ]
    text = "\n".join([";".join(CATEGORY_COLUMNS), *lines, ""])
    loaded = load_categories(io.BytesIO(text.encode()), at=at)
    assert {rejected.code for rejected in loaded.rejected} <= {"overlap"}
    return [rows[rejected.line - 2] for rejected in loaded.rejected]


def keep_items(pairs, persons, *, at=EARLY):
    """(serial, Item) pairs with their refunds and exclusions; then what they pay is settled."""
    last = Contribution.objects.aggregate(last=Max("id", default=0))["last"]
    ranks = count(Contribution.objects.count() + 1)
    entries = Contribution.objects.bulk_create(
        entry_of(persons[serial], item, item.credited, item.amount, at, next(ranks))
        for serial, item in pairs
    )
    both = [(entry, item) for entry, (_, item) in zip(entries, pairs, strict=True)]
    Contribution.objects.bulk_create(
        entry_of(entry.person, item, day, -amount, at, next(ranks), entry)
        for entry, item in both
        for day, amount in item.refunds
    )
    Exclusion.objects.bulk_create(
        Exclusion(
            entry=entry,
            cause=f"cause {number}",
            since=since,
            until=None if until == date.max else until,
            recorded_at=at,
        )
        for entry, item in both
        for number, (since, until) in enumerate(item.excluded)
    )
    settle(after=last)


def entry_of(person, item, credited, amount, at, rank, reverses=None):
    period = months.first(item.month)
    return Contribution(
        key=f"1:{rank}",
        person=person,
        payer="000140000012",
        knp="121" if item.kind == Kind.EMPLOYER else "122",
        period=period,
        amount=Decimal(amount) / 100,
        credited_on=credited,
        recorded_at=at,
        rank=rank,
        kind=item.kind,
        reference_day=min(period, item.credited),
        due=item.due and Decimal(item.due) / 100,
        share=item.due and share(amount, item.due),
        reverses=reverses,
    )


def settle(after=0):
    """Derives the paid months that the entries after an id touch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE touched_by_test AS SELECT DISTINCT person_id, period"
            " FROM registry_contribution WHERE id > %s",
            (after,),
        )
        book.settle("touched_by_test")
        cursor.execute("DROP TABLE touched_by_test")


def judged_all(*, on, at, scope="night"):
    """The run of a day, worked on to its end."""
    return runs.work(runs.begin(on, scope, at=at), at=at)


def keep(people, *, at=EARLY):
    """All that is known of some people; returns their rows, and the people as they were kept."""
    persons = keep_persons(people, at=at)
    pairs = [(serial, row) for serial, person in enumerate(people) for row in person.rows]
    refused = keep_rows(pairs, at=at)
    keep_items([(serial, item) for serial, one in enumerate(people) for item in one.items], persons)
    kept = [
        replace(
            person,
            rows=tuple(row for at_, row in pairs if at_ == serial and (at_, row) not in refused),
        )
        for serial, person in enumerate(people)
    ]
    return persons, kept
