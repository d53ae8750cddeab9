"""The bank statement beside the registers, whichever came first.

Of returns there is no credit: the State Corporation sent that money back before the Fund had it.
"""

from decimal import Decimal
from itertools import groupby, islice, starmap
from operator import attrgetter, itemgetter

from django.db import connection, transaction

from payments.models import File, StatementEntry
from payments.rules import returns
from payments.rules.totals import (
    Credit,
    Difference,
    Differences,
    Entry,
    Held,
    against_statement,
)
from registry.actions import book

FORMAT = "camt053"
AT_ONCE = 10_000
AGAINST_STATEMENT = (Held.STATEMENT_AMOUNT, Held.STATEMENT_MISSING)


@transaction.atomic
def take_in(file, statement, at):
    """Keeps a statement, and flags the posted registers that it contradicts."""
    book.lock_the_books()
    credits = [entry for entry in statement.entries if entry.credit]
    for start in range(0, len(credits), AT_ONCE):
        StatementEntry.objects.bulk_create(
            StatementEntry(
                file=file,
                reference=entry.reference,
                amount=Decimal(entry.amount).scaleb(-2),
                booked_on=entry.booked_on,
            )
            for entry in credits[start : start + AT_ONCE]
        )
    file.kind, file.format = "statement", FORMAT
    file.days = sorted(statement.days)
    file.items = len(credits)
    file.total = Decimal(sum(entry.amount for entry in credits)).scaleb(-2)
    file.state, file.step, file.finished_at = "posted", "", at
    file.save()
    _flag(file)


POSTED = """
    WITH told AS (
        SELECT m.id, m.file_id
        FROM payments_message m JOIN payments_file f ON f.id = m.file_id AND f.state = 'posted'
        WHERE m.knp <> %(returned)s AND (m.credited_on = ANY(%(days)s) OR m.reference IN (
            SELECT reference FROM payments_statemententry WHERE file_id = %(statement)s))
    )
    SELECT m.file_id, m.reference, m.credited_on, (m.total * 100)::bigint,
        m.id IN (SELECT id FROM told)
    FROM payments_message m
    WHERE m.knp <> %(returned)s AND m.file_id IN (SELECT file_id FROM told)
    ORDER BY m.file_id, m.number"""
"""All messages of the registers of which a statement tells something, and of which it tells."""


def _flag(file):
    """Marks the statement and the registers posted before it where they differ."""
    flagged = Differences()
    values = {"days": file.days, "statement": file.pk, "returned": returns.KNP}
    for pk, messages in groupby(_rows(POSTED, values), key=itemgetter(0)):
        register = File.objects.get(pk=pk)
        found = Differences()
        found.note(*_others(register))
        while some := list(islice(messages, AT_ONCE)):
            differing = _against_entries([Credit(*credit) for _, *credit, _ in some])
            told = {reference for _, reference, *_, told in some if told}
            found.note(*differing)
            flagged.note(*(one for one in differing if one.reference in told))
        _show(register, found)
    _show(file, flagged)


def _rows(query, values):
    """Rows as they are asked for, however many there are."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, values)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


def _others(register):
    """What a register was released with."""
    found = (Difference(**difference) for difference in register.differences)
    return [difference for difference in found if difference.code not in AGAINST_STATEMENT]


def _show(file, found):
    file.code = found[0].code if found else ""
    file.differences = [difference._asdict() for difference in found[: Differences.MANY]]
    file.save(update_fields=["code", "differences"])


REPEATED = """
    SELECT DISTINCT o.reference FROM incoming_order o
        JOIN payments_message m ON m.reference = o.reference
        JOIN payments_file f ON f.id = m.file_id AND f.state = 'posted'
    ORDER BY o.reference LIMIT %s"""
CONCERNED = """
    SELECT o.reference, o.credited_on, sum(o.total)::bigint FROM incoming_order o
    WHERE o.knp <> %s AND (o.reference IN (SELECT reference FROM payments_statemententry)
        OR o.credited_on IN (SELECT unnest(days) FROM payments_file WHERE kind = 'statement'))
    GROUP BY o.reference, o.credited_on
    ORDER BY min(min(o.number)) OVER (PARTITION BY o.reference), min(o.number)"""


def against_books():
    """What stands against the incoming register: repeated references, and the statement."""
    found = Differences()
    with connection.cursor() as cursor:
        cursor.execute(REPEATED, (Differences.MANY,))
        found.note(*(Difference(Held.REPEATED_REFERENCE, row[0]) for row in cursor.fetchall()))
    credits = starmap(Credit, _rows(CONCERNED, (returns.KNP,)))
    references = groupby(credits, key=attrgetter("reference"))
    while some := [credit for _, same in islice(references, AT_ONCE) for credit in same]:
        found.note(*_against_entries(some))
    return found


ENTRIES = """
    SELECT e.reference, (e.amount * 100)::bigint, e.booked_on FROM payments_statemententry e
    WHERE e.reference = ANY(%s) AND e.file_id = (
        SELECT max(newest.file_id) FROM payments_statemententry newest
        WHERE newest.reference = e.reference)"""
COVERED = """
    SELECT DISTINCT day FROM payments_file, unnest(days) day
    WHERE kind = 'statement' AND state = 'posted' AND day = ANY(%s)"""


def _against_entries(credits):
    """A reference is compared with the newest statement that has it."""
    days = {credit.credited_on for credit in credits if credit.credited_on}
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, ([*{credit.reference for credit in credits}],))
        entries = [Entry(*row, credit=True) for row in cursor.fetchall()]
        cursor.execute(COVERED, ([*days],))
        covered = {row[0] for row in cursor.fetchall()}
    return against_statement(credits, entries, covered)
