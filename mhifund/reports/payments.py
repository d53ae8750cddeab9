"""What came in: receipts by month, the queue of exceptions, the files since the night before."""

from collections import defaultdict
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from mhifund.labels import PURPOSE_CODES
from mhifund.models import Receipts
from mhifund.reports.words import both, heads
from mhifund.tables import Table
from payments import labels
from payments.models import File
from registry.models import Run

AGES = ((0, 3), (4, 10), (11, 30), (31, None))


def receipts(run):
    """What came in, by month of crediting and purpose code."""
    rows = [
        (f"{row.month:%Y-%m}", row.knp, _purpose(row.knp), row.items, row.amount)
        for row in Receipts.objects.all()
    ]
    return [
        Table(
            both(_("Receipts"), " · "),
            heads(_("Month"), _("Purpose code"), _("Designation"), _("Items"), _("Amount, tenge")),
            rows,
        )
    ]


def _purpose(knp):
    return both(PURPOSE_CODES[knp][0]) if knp in PURPOSE_CODES else ""


EXCEPTIONS = """
SELECT code, %(on)s - (recorded_at AT TIME ZONE %(zone)s)::date AS age, count(*), sum(amount)
FROM payments_exceptionitem, unnest(codes) AS code
WHERE state = 'open'
GROUP BY code, age"""


def exceptions(run):
    """Open exceptions by code and days in the queue; an item with two codes stands under both."""
    found = defaultdict(lambda: [0, Decimal(0)])
    with connection.cursor() as cursor:
        cursor.execute(EXCEPTIONS, {"on": run.on, "zone": settings.TIME_ZONE})
        for code, age, items, amount in cursor.fetchall():
            place = sum(age > last for _first, last in AGES[:-1])
            found[code, place][0] += items
            found[code, place][1] += amount
    rows = [
        (code, both(words), _age(place), *found[code, place])
        for code, words in labels.EXCEPTIONS.items()
        for place in range(len(AGES))
        if (code, place) in found
    ]
    return [
        Table(
            both(_("Exceptions"), " · "),
            heads(_("Code"), _("Reason"), _("Days in the queue"), _("Items"), _("Amount, tenge")),
            rows,
        )
    ]


def _age(place):
    first, last = AGES[place]
    return f"{first}–{last}" if last else f"≥ {first}"


def files(run):
    """Files received since the night of an earlier day, with their totals."""
    before = Run.objects.filter(state="done", on__lt=run.on, pk__lt=run.pk)
    since = before.aggregate(since=Max("started_at"))["since"]
    received = File.objects.filter(received_at__lte=run.started_at)
    if since is not None:
        received = received.filter(received_at__gt=since)
    in_queue = dict(
        received.annotate(queued=Sum("messages__exceptions__amount")).values_list("pk", "queued")
    )
    rows = [
        (
            file.name,
            both(labels.FILE_KINDS[file.kind]),
            both(labels.FILE_STATES[file.state]),
            both(labels.FILE_CODES[file.code]) if file.code else "",
            file.messages_count,
            file.items,
            file.total,
            file.posted,
            file.posted_total,
            in_queue[file.pk] or Decimal(0),
            file.returned_total,
        )
        for file in received.order_by("pk")
    ]
    return [
        Table(
            both(_("Files"), " · "),
            heads(
                *(_("File"), _("Kind"), _("State"), _("What is wrong"), _("Messages")),
                *(_("Items"), _("Amount, tenge"), _("Items posted"), _("Posted, tenge")),
                *(_("In exceptions, tenge"), _("Sent back, tenge")),
            ),
            rows,
        )
    ]
