"""Suspected repeats: a person confirms that a sum was paid twice, or finds two genuine payments.

Overpayments are named by id. Each gets an answer: "" when it was done, or a code of
labels.NOT_DONE.
"""

from django.db import connection, transaction

from payments.actions.derive import TOUCHED, derive, touched_table
from payments.models import Overpayment
from registry.actions import book
from registry.actions.columns import run
from registry.models import Contribution


@transaction.atomic
def confirm(wanted, *, by, at, note):
    """Lets refund cases ask the sums back."""
    answers, _fit = _answered(wanted, answer="confirmed", by=by, at=at, note=note)
    return answers


@transaction.atomic
def dismiss(wanted, *, by, at, note):
    """Lets the entries count, whoever has them now; findings are derived anew."""
    book.lock_the_books()
    with connection.cursor() as cursor:
        touched_table(cursor)
    answers, fit = _answered(wanted, answer="dismissed", by=by, at=at, note=note)
    for row in fit:
        entry = Contribution.objects.bearer(row.entry_id)
        run(f"INSERT INTO {TOUCHED} VALUES (%s, %s)", (entry.person_id, entry.period)).close()
    derive(at=at)
    return answers


def _answered(wanted, *, answer, by, at, note):
    """An answer for each, and the rows that nothing stood against."""
    rows = Overpayment.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    against = {row.pk: _against(row) for row in rows}
    fit = [row for row in rows if not against[row.pk]]
    Overpayment.objects.filter(pk__in=[row.pk for row in fit]).update(
        answer=answer, answered_by=by, answered_at=at, answer_note=note
    )
    return dict.fromkeys(wanted, "gone") | against, fit


def _against(row):
    if row.answer:
        return "answered"
    return "" if row.cause == "duplicate" and row.found else "not_duplicate"
