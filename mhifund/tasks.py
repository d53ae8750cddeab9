"""The night as the timetable starts it. Each task is one call and may come twice.

The clock is read here and nowhere deeper; arguments are texts and numbers.
"""

from datetime import date

from celery import chain, shared_task
from django.utils import timezone

from mhifund import night as verbs
from registry.actions import runs
from registry.models import Run
from registry.tasks import summon

SOON = 5
"""Seconds until a report looks again whether its run is done."""


@shared_task
def night():
    """Starts the night of today, verb by verb."""
    take_in.delay(timezone.localdate().isoformat())


@shared_task
def take_in(on):
    """Fails with the files at fault; the night goes on without them."""
    try:
        verbs.take_in(at=timezone.now())
    finally:
        chain(derive.si(), judge.si(on), report.si(on)).delay()


@shared_task
def derive():
    verbs.report_last(at=timezone.now())
    verbs.derive(at=timezone.now())


@shared_task
def judge(on):
    run = runs.begin(date.fromisoformat(on), "night", at=timezone.now())
    if run.state in runs.AT_WORK:
        summon(run)


@shared_task(bind=True, max_retries=None)
def report(self, on):
    """Leaves the reports of a night once it is done; one that is held has none."""
    run = Run.objects.nights().filter(on=date.fromisoformat(on)).first()
    if run.state in runs.AT_WORK:
        raise self.retry(countdown=SOON)
    if run.state == "done":
        verbs.report(run, at=timezone.now())
