"""Lists of a million rows, asked for page by page as an officer asks for them."""

from itertools import product
from statistics import median
from time import perf_counter

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, reset_queries, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mhifund.roles import demo_users
from payments.labels import STEPS
from payments.models import FILE_RANKS, File, Message
from registry.models import Region
from tests.bench import world

QUERIES = 12
RUNS = 3
PAYERS = 2_000

QUEUE = """
    INSERT INTO payments_exceptionitem (message_id, line, rank, raw, iin, last_name, first_name,
        middle_name, birth_date, payer, knp, period, amount, credited_on, order_no, codes, state,
        recorded_at, owner_id, entry_id)
    SELECT m.id, n, %(file)s::bigint * %(ranks)s + n, 'R1;1',
        CASE WHEN codes[1] IN ('bad_iin', 'unknown_iin') THEN lpad(n::text, 12, '9') ELSE p.iin END,
        p.last_name, p.first_name, p.middle_name, p.birth_date, m.payer, m.knp, '112026', 4250,
        m.credited_on, '', codes, state, %(at)s,
        CASE WHEN n %% 5000 = 17 THEN %(me)s WHEN n %% 3 = 0 THEN %(colleague)s END,
        CASE state WHEN 'posted' THEN (
            SELECT id FROM registry_contribution WHERE person_id = p.id
            ORDER BY period OFFSET (n - 1) / %(rows)s LIMIT 1) END
    FROM (SELECT n, CASE n %% 7 WHEN 4 THEN 'posted' WHEN 6 THEN
                CASE n %% 2 WHEN 0 THEN 'held' ELSE 'returned' END ELSE 'open' END AS state,
            CASE WHEN n <= %(rows)s / 100 THEN ARRAY['no_right']
                WHEN n %% 50000 = 7 THEN ARRAY['bad_amount']
                WHEN n %% 5000 = 9 THEN ARRAY['no_parameter']
                WHEN n %% 1000 < 5 THEN ARRAY['unknown_knp']
                WHEN n %% 1000 < 15 THEN ARRAY['bad_payer', 'bad_period']
                WHEN n %% 100 < 5 THEN ARRAY['deceased']
                WHEN n %% 100 < 15 THEN ARRAY['bad_iin']
                WHEN n %% 100 < 40 THEN ARRAY['name_mismatch']
                ELSE ARRAY['unknown_iin'] END AS codes
            FROM generate_series(1, %(rows)s * 7 / 5) n) line
        JOIN registry_person p ON p.id = (n - 1) %% %(rows)s + 1
        JOIN payments_message m ON m.file_id = %(file)s
            AND m.number = n * %(payers)s::bigint / (%(rows)s * 7 / 5 + 1) + 1
    ORDER BY n
"""
OVERPAID = """
    INSERT INTO payments_overpayment (entry_id, cause, found, amount, reserved, paid, recorded_at,
        changed_at, answer, answered_at, answered_by_id)
    SELECT id, cause, amount, amount, CASE n %% 5 WHEN 0 THEN amount ELSE 0 END, 0, %(at)s, %(at)s,
        CASE WHEN answered THEN 'confirmed' ELSE '' END, CASE WHEN answered THEN %(at)s END,
        CASE WHEN answered THEN %(me)s END
    FROM (SELECT id, amount, row_number() OVER (ORDER BY id) AS n
            FROM registry_contribution ORDER BY id LIMIT %(rows)s * 5 / 4) entry
        CROSS JOIN LATERAL (SELECT CASE
            WHEN n <= %(rows)s / 100 THEN 'exempt_category'
            WHEN n %% 50000 = 7 THEN 'wrong_knp' WHEN n %% 100 < 10 THEN 'over_cap'
            WHEN n %% 100 < 40 THEN 'duplicate' ELSE 'over_due' END AS cause) found
        CROSS JOIN LATERAL (SELECT cause = 'duplicate' AND (n > %(rows)s / 50 OR n %% 5 = 0)
            AS answered) said
    ORDER BY n
"""


def queue(persons):
    """As many open exceptions as persons, of two thousand payers, and two fifths settled or held.

    One reason stands only in the oldest file, two others in a few rows.
    """
    at, me = timezone.now(), officer()
    with transaction.atomic():
        file = File.objects.create(
            **{"name": "queue.csv", "sha256": "queue", "size": 1},
            **{"kind": "register", "state": "posted", "received_at": at},
        )
        for step in STEPS:
            file.steps.create(step=step, items=0, total=0, at=at)
    Message.objects.bulk_create(
        Message(
            file=file,
            number=number,
            reference=f"GCVP{number:010}",
            credited_on=world.ON,
            knp="122",
            payer=f"{100140000000 + number}",
            items=0,
            total=0,
            posted=0,
            posted_total=0,
            excepted=0,
            excepted_total=0,
        )
        for number in range(1, PAYERS + 1)
    )
    colleague = get_user_model().objects.get(username="reconciler2")
    ids = {"file": file.pk, "ranks": FILE_RANKS, "me": me.pk, "colleague": colleague.pk}
    laid("exceptionitem", QUEUE, ids | {"rows": persons, "payers": PAYERS, "at": at})


def overpaid(persons):
    """As many open overpayments as persons, and a quarter that cases hold whole.

    One cause stands only in the oldest, and only there a duplicate still waits for its answer.
    """
    laid("overpayment", OVERPAID, {"rows": persons, "me": officer().pk, "at": timezone.now()})


def laid(table, statement, values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        with world.without_indexes(cursor, f"payments_{table}"):
            cursor.execute(statement, values)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE payments_{table}")


def officer(*regions, name="reconciler"):
    """A user with the whole country or with regions: by default of the reconciliation."""
    demo_users("test-pass-1")
    found = get_user_model().objects.get(username=name)
    found.profile.regions.set(regions)
    return found


def slowest(page, filters, model):
    """Seconds of the slowest page of all that can be asked for, the median of a few runs each."""
    deep = model.objects.order_by("pk").values_list("pk", flat=True)[model.objects.count() // 20]
    asked = combined(filters.base_filters, before=deep)
    if "file" in filters.base_filters:
        of_all = File.objects.order_by("pk")
        asked += [{"file": file.pk} for file in (of_all.first(), of_all.last())]
    return slowest_of(page, asked, "reconciler")


def combined(filters, **deep):
    """Queries with each choice of each filter, for the first page and for a deep one."""
    choices = {
        name: ["", *dict(field.extra["choices"])]
        for name, field in filters.items()
        if "choices" in field.extra
    }
    choices |= {name: ["", mark] for name, mark in deep.items()}
    return [dict(zip(choices, values, strict=True)) for values in product(*choices.values())]


def slowest_of(page, asked, name):
    """The same of the pages that the queries ask for, with the whole country and with a region."""
    taken = []
    for regions in ((), Region.objects.order_by("pk")[:1]):
        client = client_of(officer(*regions, name=name))
        client.get(reverse(page))  # a process reads the law once
        taken += [seconds(client, reverse(page, query=query)) for query in ({}, *asked)]
    return max(taken)


def client_of(user):
    call_command("collectstatic", interactive=False, verbosity=0)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def seconds(client, address, most=QUERIES):
    reset_queries()
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    if answer.status_code != 200 or len(queries) > most:
        raise RuntimeError(f"{address}: {answer.status_code}, {len(queries)} queries")
    taken = []
    for _ in range(RUNS):
        started = perf_counter()
        client.get(address)
        taken.append(perf_counter() - started)
    return median(taken)
