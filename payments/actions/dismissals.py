"""A suspected repeat that a person found to be a payment of its own."""

from django.db import connection, transaction

from payments.actions.derive import TOUCHED, derive, touched_table
from payments.models import Dismissal
from registry.actions import book
from registry.actions.columns import run
from registry.models import Contribution


@transaction.atomic
def dismiss(overpayment, *, by, at, note):
    """Lets the entry of a `duplicate` count, whoever has it now; findings are derived anew."""
    book.lock_the_books()
    with connection.cursor() as cursor:
        touched_table(cursor)
    Dismissal.objects.create(entry=overpayment.entry, by=by, at=at, note=note)
    entry = Contribution.objects.bearer(overpayment.entry_id)
    run(f"INSERT INTO {TOUCHED} VALUES (%s, %s)", (entry.person_id, entry.period)).close()
    derive(at=at)
