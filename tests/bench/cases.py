"""Refund cases of a country: of money that is overpaid indeed, in all states, small and large."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import cycle, groupby, islice
from operator import attrgetter

import numpy as np
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from mhifund.demo import files
from mhifund.demo.people import unique_bins
from mhifund.roles import demo_users
from payments.actions.receive import receive
from payments.models import Message
from payments.rules import sheet
from refunds.actions import clocks, lines, payouts
from refunds.actions.advance import Move, advance, begin
from refunds.models import Application, Line
from refunds.rules.guards import ApplicationFacts
from refunds.rules.states import State
from refunds.rules.workflow import APPLICATION
from registry.actions import law
from tests.bench import world

AT = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
SIZES = (*(10,) * 18, 200)
"""Lines of applications, twenty on average."""
AT_ONCE = 10_000
PERIOD, PAID = "112026", 50_000_00
"""More than is due of the largest income."""
STAGES = (
    *("received", "check", "returned", "sent", "sent"),
    *("asked",) * 6,
    *("approved",) * 2,
    *("confirmed",) * 2,
    *("released",) * 5,
)
"""How far each of twenty applications has come."""
STEPS = {
    "begin_check": ("check", "returned"),
    "return": ("returned",),
    "register": ("asked", "approved", "confirmed", "released"),
}
AT_THE_CORPORATION = "received", "check", "returned"
TABLES = (
    *("refunds_application", "refunds_line", "refunds_event", "refunds_decision"),
    *("refunds_letter", "refunds_payoutitem", "payments_overpayment"),
)

LINES = """
    INSERT INTO refunds_line (application_id, number, reference, item_line, iin, period, knp, paid,
        asked, reason_id, entry_id, state, version, approved, paid_back)
    SELECT a.id, split_part(c.key, ':', 2)::int, m.reference, split_part(c.key, ':', 2)::int,
        p.iin, c.period, c.knp, c.amount, o.amount, 'over_cap', c.id, 'asked', 0, 0, 0
    FROM payments_overpayment o
        JOIN registry_contribution c ON c.id = o.entry_id
        JOIN payments_message m ON m.id = split_part(c.key, ':', 1)::bigint
        JOIN refunds_application a ON a.number = m.reference
        JOIN registry_person p ON p.id = c.person_id
    ORDER BY c.id
"""
REGIONS = """
    SELECT DISTINCT c.payer, p.region_id
    FROM registry_contribution c JOIN registry_person p ON p.id = c.person_id
    WHERE c.kind = 'employee'
"""
LINES_BEGAN = """
    INSERT INTO refunds_event (machine, subject, application_id, number, step, before, after, note,
        facts, at)
    SELECT 'line', id, application_id, 0, 'begun', '', state, '', '{}', %s
    FROM refunds_line ORDER BY id
"""


def lay(persons):
    """As many lines as persons, a quarter of them on their way to the bank."""
    demo_users("test-pass-1")
    receive_overpaid(persons)
    vacuum("registry_contribution", "registry_paidmonths", "payments_message")
    opened = apply()
    vacuum()
    decided = lines_of(opened, "approved", "confirmed", "released")
    for some in chunks(decided):
        lines.decide(lines.as_found(some), by=user("refunds"), at=AT)
    confirmed = lines_of(opened, "confirmed", "released")
    for some in chunks(confirmed):
        lines.confirm(dict.fromkeys(some), by=user("head"), at=AT)
    vacuum()
    release(lines_of(opened, "released"))
    vacuum()


def receive_overpaid(persons):
    """A register in which employers pay too much for everybody."""
    path = settings.DATA_ROOT / "overpaid.csv"
    with path.open("wb") as file:
        file.writelines(sheet.write(files.portions(orders(persons))))
    with path.open("rb") as stream:
        file = receive(stream, path.name, at=AT)
    if file.posted != persons:
        raise RuntimeError(f"{file.state} {file.code}: {file.posted} of {persons} posted")


def orders(persons):
    """Who works for one employer lives in one region."""
    people = sorted(world.people(persons), key=attrgetter("region"))
    sizes, parts = cycle(SIZES), []
    for _region, same in groupby(people, attrgetter("region")):
        while part := list(islice(same, next(sizes))):
            parts.append(part)
    payers = unique_bins(np.random.default_rng(world.SEED), len(parts))
    for number, (payer, part) in enumerate(zip(payers, parts, strict=True), 1):
        yield files.Order(
            reference=f"GCVP{number:010}",
            number=number,
            day=world.ON,
            knp="122",
            payer=payer,
            payer_name=f"ТОО «ҮЛГІ {number}»",
            lines=[files.Line(person, PERIOD, PAID) for person in part],
        )


@transaction.atomic
def apply():
    """An application for each payment order, numbered like it: {stage: ids}."""
    rules, regions = law.rules(), regions_of_payers()
    owners = [user("refunds"), user("head"), None]
    opened = defaultdict(list)
    for number, message in enumerate(Message.objects.filter(file__name="overpaid.csv")):
        stage = STAGES[number % len(STAGES)]
        here = stage not in AT_THE_CORPORATION
        application = Application(
            number=message.reference,
            channel="state_corporation",
            accepted_on=world.ON - timedelta(days=number % 30),
            fund_received_on=world.ON if here else None,
            applicant_id=message.payer,
            applicant_name=message.payer_name,
            language=("kk", "ru")[number % 2],
            iban="KZ31601A000000000001",
            bic="HSBKKZKX",
            region_id=regions[message.payer],
            owner=owners[number % len(owners)],
            state=State.SENT if here else State.RECEIVED,
            recorded_at=AT,
        )
        for name, value in clocks.terms_of(application, (), rules).items():
            setattr(application, name, value)
        opened[stage].append(application)
    rows = [row for some in opened.values() for row in some]
    Application.objects.bulk_create(rows)
    begin("application", rows, by=None, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE refunds_application")
        cursor.execute(LINES)
        cursor.execute(LINES_BEGAN, (AT,))
    found = {stage: [row.pk for row in some] for stage, some in opened.items()}
    for name, stages in STEPS.items():
        take(name, [pk for stage in stages for pk in found[stage]])
    return found


def regions_of_payers():
    with connection.cursor() as cursor:
        cursor.execute(REGIONS)
        return dict(cursor.fetchall())


def take(name, pks):
    step = next(step for step in APPLICATION if step.name == name)
    facts = ApplicationFacts(note="", open_points=0, lines=frozenset())
    advance("application", [Move(pk, step, facts) for pk in pks], by=user("refunds"), at=AT)


def lines_of(opened, *stages):
    cases = [pk for stage in stages for pk in opened[stage]]
    return list(Line.objects.filter(application__in=cases).values_list("pk", flat=True))


def chunks(pks, size=AT_ONCE):
    for at in range(0, len(pks), size):
        yield pks[at : at + size]


def release(pks):
    """One batch of everything that is to be paid."""
    batch, _answers = payouts.prepare(dict.fromkeys(pks), by=user("refunds"), at=AT)
    payouts.step(batch.pk, "confirm", by=user("head"), at=AT)
    payouts.step(batch.pk, "release", by=user("treasurer"), at=AT)
    return batch


def user(name):
    return get_user_model().objects.get(username=name)


def vacuum(*tables):
    with connection.cursor() as cursor:
        for table in (*tables, *TABLES):
            cursor.execute(f"VACUUM ANALYZE {table}")
