"""The verbs of the night in their order: each is safe to repeat, and after a kill to take up."""

from functools import partial

from django.conf import settings

from mhifund import hands as hands_
from mhifund.receipts import count_receipts
from mhifund.reports.write import write
from payments.actions import exceptions, inbox, receive
from payments.actions.derive import derive_rechecks
from refunds.actions import clocks
from registry.actions import runs, sweeps
from registry.models import Run, Sweep


def through(on, *, at, scope="night", by=None, hands=1, progress=lambda run: None):
    """The whole night for a day; returns its Run, done or held by the brake.

    One that was killed before its reports gets them first: no later run knows what it changed.
    Files at fault are told once everybody is judged.
    """
    report_last(at=at)
    judged = partial(_judged, on, at=at, scope=scope, by=by, hands=hands, progress=progress)
    try:
        take_in(at=at)
    except ExceptionGroup:
        judged()
        raise
    return judged()


def _judged(on, *, at, scope, by, hands, progress):
    derive(at=at)
    run = runs.begin(on, scope, at=at, by=by)
    run = hands_.work(run, at=at, hands=hands, progress=progress)
    if run.state == "done":
        report(run, at=at)
    return run


def take_in(*, at):
    """Finishes files whose reading was cut off, and receives what was dropped into the inbox.

    Nobody's file stops another one: those at fault are raised together, and tried again next time.
    """
    sources = [receive.take_up(at=at)]
    if settings.INBOX is not None:
        sources.append(inbox.take(settings.INBOX, at=at))
    faults = []
    for source in sources:
        try:
            for _file in source:
                pass
        except ExceptionGroup as group:
            faults += group.exceptions
    if faults:
        raise ExceptionGroup("files at fault", faults)


def derive(*, at):
    """Settles what the law has changed, posts what nothing stands against any more, and derives.

    The deadlines of refund cases follow the calendar, whoever changed it.
    """
    for unfinished in Sweep.objects.filter(kind="settlement", finished_at=None).order_by("pk"):
        sweeps.walk(unfinished)
    exceptions.retry(at=at)
    derive_rechecks(at=at)
    clocks.follow_calendar(at=at)


def report(run, *, at):
    """Counts what came in and leaves the reports of a run; returns how many were not there yet."""
    count_receipts()
    return write(run, at=at)


def report_last(*, at):
    last = Run.objects.nights().filter(state="done").first()
    if last:
        write(last, at=at)


def last_run(on):
    """The latest night that came to its end for a day, or None."""
    return Run.objects.nights().filter(on=on, state="done").first()
