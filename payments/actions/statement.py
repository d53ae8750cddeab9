"""The bank statement beside the registers, whichever came first."""

from decimal import Decimal

from django.db import transaction

from payments.models import Message, StatementEntry
from payments.rules.totals import Credit, Difference, Entry, Held, against_statement
from registry.actions.columns import run


def take_in(file, statement, at):
    """Keeps a statement, and flags the posted registers that it contradicts."""
    with transaction.atomic():
        file.entries.all().delete()
        credits = [entry for entry in statement.entries if entry.credit]
        StatementEntry.objects.bulk_create(
            StatementEntry(
                file=file,
                reference=entry.reference,
                amount=Decimal(entry.amount).scaleb(-2),
                booked_on=entry.booked_on,
            )
            for entry in credits
        )
        file.items = len(credits)
        file.total = Decimal(sum(entry.amount for entry in credits)).scaleb(-2)
        file.state, file.step, file.finished_at = "posted", "", at
        _flag(file)
        file.save()


def _flag(file):
    """Marks the statement and the registers posted before it where they differ."""
    days = list(file.entries.values_list("booked_on", flat=True).distinct())
    references = file.entries.values_list("reference", flat=True)
    messages = Message.objects.filter(file__state="posted")
    concerned = messages.filter(reference__in=references) | messages.filter(credited_on__in=days)
    by_file = {}
    for message in concerned.select_related("file"):
        by_file.setdefault(message.file, []).append(
            Credit(message.reference, message.credited_on, _tiyn(message.total))
        )
    for register, credits in by_file.items():
        found = _against_entries(credits)
        register.code = found[0].code if found else ""
        register.differences = [difference._asdict() for difference in found]
        register.save(update_fields=["code", "differences"])
        file.differences += register.differences
    file.code = file.differences[0]["code"] if file.differences else ""


def against_books():
    """What stands against the incoming register: repeated references, and the statement."""
    with run(
        "SELECT DISTINCT o.reference FROM incoming_order o"
        " JOIN payments_message m ON m.reference = o.reference"
        " JOIN payments_file f ON f.id = m.file_id AND f.state = 'posted'",
        (),
    ) as cursor:
        repeated = [Difference(Held.REPEATED_REFERENCE, row[0]) for row in cursor.fetchall()]
    with run("SELECT reference, credited_on, total FROM incoming_order", ()) as cursor:
        credits = [Credit(*row) for row in cursor.fetchall()]
    return repeated + _against_entries(credits)


def _against_entries(credits):
    references = {credit.reference for credit in credits}
    entries = [
        Entry(reference, _tiyn(amount), booked_on, True)
        for reference, amount, booked_on in StatementEntry.objects.filter(
            reference__in=references
        ).values_list("reference", "amount", "booked_on")
    ]
    days = set(
        StatementEntry.objects.filter(
            booked_on__in={credit.credited_on for credit in credits}
        ).values_list("booked_on", flat=True)
    )
    return against_statement(credits, entries, days)


def _tiyn(amount):
    return int(amount * 100)
