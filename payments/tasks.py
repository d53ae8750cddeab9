"""Files are read apart from the request that brought them."""

from contextlib import contextmanager
from time import monotonic

from celery import shared_task
from django.db import connection
from django.utils import timezone

from payments.actions import receive
from payments.actions.derive import derive_rechecks
from payments.models import File
from registry.tasks import judge_news

SECONDS_BETWEEN = 0.5


@shared_task
def read_file(pk):
    """Receives a file that was accepted; its row tells how far this is.

    When the worker was killed between the work and its receipt, the task comes again for nothing.
    """
    file = File.objects.get(pk=pk)
    if file.state != "reading":
        return
    with shown_in_row(pk) as progress:
        receive.resume(file, at=timezone.now(), progress=progress)
    judge_news.delay(by=file.received_by_id)


@shared_task
def recheck(by=None):
    """Derives the findings of persons whose facts were corrected, and judges whoever has news."""
    derive_rechecks(at=timezone.now())
    judge_news.delay(by=by)


@contextmanager
def shown_in_row(pk):
    """Writes the progress through a connection of its own: the posting is one transaction."""
    watched = connection.copy()
    last = 0.0

    def progress(step, done):
        nonlocal last
        if monotonic() - last >= SECONDS_BETWEEN:
            last = monotonic()
            with watched.cursor() as cursor:
                cursor.execute(
                    "UPDATE payments_file SET step = %s, done = %s"
                    " WHERE id = %s AND state = 'reading'",
                    (step, done, pk),
                )

    try:
        yield progress
    finally:
        watched.close()
