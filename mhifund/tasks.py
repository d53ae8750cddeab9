"""The night as the timetable starts it. Each task is one call and may come twice.

The clock is read here and nowhere deeper; arguments are texts and numbers.
"""

from datetime import date, datetime

from celery import chain, shared_task
from django.utils import timezone

from mhifund import night as verbs
from payments.actions.derive import derive_rechecks
from registry.actions.judge import AlreadyRunning

BUSY = 120
"""Seconds until a night that found another one at work looks again."""


@shared_task
def night():
    """Starts the night of today, verb by verb."""
    at = timezone.now()
    on = timezone.localdate(at).isoformat()
    chain(derive.si(), judge.si(on, at.isoformat()), report.si(on)).delay()


@shared_task
def derive():
    derive_rechecks(at=timezone.now())


@shared_task(bind=True, max_retries=None)
def judge(self, on, since):
    """`since` is when its night began: come back after the judging was done, it does nothing."""
    try:
        verbs.judge_once(
            date.fromisoformat(on), since=datetime.fromisoformat(since), at=timezone.now()
        )
    except AlreadyRunning as busy:
        raise self.retry(exc=busy, countdown=BUSY) from busy


@shared_task
def report(on):
    verbs.report(verbs.last_run(date.fromisoformat(on)), at=timezone.now())
