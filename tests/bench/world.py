"""A population of any size, laid straight into the tables: what the doors would have left there."""

from contextlib import contextmanager
from datetime import date
from itertools import islice
from time import perf_counter

from django.db import connection, transaction
from django.utils import timezone

from mhifund.demo.people import adults
from payments.actions.derive import TOUCHED, derive, touched_table
from payments.actions.incoming import text
from registry.actions import book
from registry.actions.columns import run
from registry.actions.judge import judge_person
from registry.actions.news import mark_everybody
from registry.rules.names import fold

ON = date(2026, 11, 20)
SEED = 1
MONTHS = 24
PERSONS_AT_ONCE = 50_000

RECORDS = """
    INSERT INTO registry_personrecord (person_id, last_name, first_name, middle_name, birth_date,
        sex, residence, region_id, received_on, recorded_at)
    SELECT id, last_name, first_name, middle_name, birth_date, sex, residence, region_id,
        DATE '2024-01-01', %(at)s FROM registry_person
"""
SPANS = """
    INSERT INTO registry_categoryspan (person_id, category_id, valid_from, valid_to, received_on,
        source, recorded_at)
    SELECT id, (ARRAY['pensioner', 'student', 'disabled', 'child'])[id %% 4 + 1],
        DATE '2022-01-01' + (id %% 900)::int, CASE WHEN id %% 8 < 6 THEN DATE '2029-06-30' END,
        DATE '2022-01-05' + (id %% 900)::int, 'bench', %(at)s
    FROM registry_person WHERE id %% 3 = 0
"""
ENTRIES = """
    INSERT INTO registry_contribution (key, person_id, payer, knp, period, amount, credited_on,
        order_no, recorded_at, rank, kind, reference_day, due, share)
    SELECT '0:' || lpad((m * %(persons)s + n)::text, 12, '0'), n, '160940025485', '122',
        DATE '2024-11-01' + make_interval(months => m), 4250,
        (DATE '2024-12-10' + make_interval(months => m))::date, '', %(at)s, n, 'independent',
        DATE '2024-11-01' + make_interval(months => m), 4250, 1000000000
    FROM generate_series(1, %(persons)s) n, generate_series(0, %(months)s - 1) m
    WHERE (n + m) %% 37 <> 0
    ORDER BY m, n
"""
ONE_MORE = f"""
    WITH paid AS (
        INSERT INTO registry_contribution (key, person_id, payer, knp, period, amount, credited_on,
            order_no, recorded_at, rank, kind, reference_day, due, share)
        SELECT '1:more:' || id, id, '160940025485', '122', DATE '2024-11-01' + make_interval(
            months => %(month)s), 4250, DATE '2026-11-19', '', %(at)s, id, 'independent',
            DATE '2026-11-19', 4250, 1000000000
        FROM registry_person WHERE id %% %(step)s = %(number)s RETURNING person_id, period
    )
    INSERT INTO {TOUCHED} SELECT person_id, period FROM paid
"""
ONE = """
    SELECT '0:one:' || id, id, '160940025485', '122', DATE '2026-11-01', 4250::numeric,
        DATE '2026-11-20', '', NULL::date, %s, id, 'independent', DATE '2026-11-20',
        4250::numeric, 1000000000::bigint, NULL::bigint
    FROM registry_person WHERE id = %s
"""
COPY_PERSONS = (
    "COPY registry_person (iin, last_name, first_name, middle_name, birth_date, sex,"
    " residence, region_id, last_key, first_key) FROM STDIN"
)
TABLES = ("person", "personrecord", "categoryspan", "contribution", "paidmonths")


def people(persons):
    """The same persons for the tables and for the files."""
    return adults(persons, SEED, ON)


def fill(persons):
    """`persons` persons with a payment in nearly every month, a third of them in a category."""
    values = {"persons": persons, "months": MONTHS, "at": timezone.now()}
    with transaction.atomic(), connection.cursor() as cursor:
        # the rows are right by construction: the checks of foreign keys would take minutes
        cursor.execute("SET LOCAL session_replication_role = replica")
        with cursor.copy(COPY_PERSONS) as copy:
            for person in people(persons):
                copy.write(_row(person))
        with without_indexes(cursor, "registry_contribution"):
            for statement in (RECORDS, SPANS, ENTRIES):
                cursor.execute(statement, values)
        cursor.execute("ANALYZE registry_contribution, registry_person")
        for first in range(1, persons + 1, PERSONS_AT_ONCE):
            _settle(cursor, first)
        mark_everybody()
    vacuum(*TABLES)


def _settle(cursor, first):
    cursor.execute(
        "CREATE TEMP TABLE touched AS SELECT person_id, period FROM registry_contribution"
        " WHERE person_id BETWEEN %s AND %s",
        (first, first + PERSONS_AT_ONCE - 1),
    )
    cursor.execute("ANALYZE touched")
    book.settle("touched")
    cursor.execute("DROP TABLE touched")


@transaction.atomic
def pay_one_more(number):
    """A payment of a month for every fiftieth person, counted from another one each time."""
    with connection.cursor() as cursor:
        touched_table(cursor)
        values = {"step": 50, "number": number, "at": timezone.now(), "month": MONTHS + 1}
        cursor.execute(ONE_MORE, values)
        book.settle(TOUCHED)


def pay(person):
    """One payment, from the books to the verdict."""
    at = timezone.now()
    with transaction.atomic():
        book.lock_the_books()
        with connection.cursor() as cursor:
            touched_table(cursor)
        book.book(ONE, (at, person), 1)
        run(f"INSERT INTO {TOUCHED} VALUES (%s, DATE '2026-11-01')", (person,)).close()
        derive(at=at)
        judge_person(person, on=ON, at=at)


def derive_new(count, persons):
    """Seconds of the findings of one new payment each for persons all over the country, undone."""
    with transaction.atomic(), connection.cursor() as cursor:
        touched_table(cursor)
        step = max(persons // count, 1)
        cursor.execute(
            ONE_MORE, {"step": step, "number": 0, "at": timezone.now(), "month": MONTHS - 1}
        )
        started = perf_counter()
        derive(at=timezone.now())
        taken = perf_counter() - started
        transaction.set_rollback(True)
    vacuum("contribution", "paidmonths")
    return taken


def newcomers(persons):
    """As many persons again, with other numbers."""
    known = {person.iin for person in people(persons)}
    others = (one for one in adults(3 * persons, SEED + 1, ON) if one.iin not in known)
    return list(islice(others, persons))


def copy_newcomers(persons):
    """Seconds of a bare COPY of newcomers, which is undone."""
    lines = "".join(_row(person) for person in newcomers(persons))
    with transaction.atomic(), connection.cursor() as cursor:
        started = perf_counter()
        with cursor.copy(COPY_PERSONS) as copy:
            copy.write(lines)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        taken = perf_counter() - started
        transaction.set_rollback(True)
    vacuum("person")
    return taken


def _row(person):
    fields = (*person[:8], fold(person.last_name), fold(person.first_name))
    return "\t".join(text(str(field)) for field in fields) + "\n"


@contextmanager
def without_indexes(cursor, table):
    """Indexes that are no constraints are made again at the end, much faster than row by row."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND NOT EXISTS"
        " (SELECT FROM pg_constraint WHERE conname = indexname)",
        (table,),
    )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        cursor.execute(definition)


def vacuum(*tables):
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE registry_{table}")
