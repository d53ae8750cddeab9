"""Persons are judged by any number of workers, each taking the next free part of a run.

A message only says "help with this run": it comes again when its worker dies, and harms nothing
when it comes twice.
"""

from celery import group, shared_task
from django.contrib.auth import get_user_model
from django.utils import timezone

from registry.actions import law, runs, sweeps
from registry.models import Run

HANDS = 32
"""So many parts of a run are asked for at once; each part that is done asks for the next."""


def summon(run):
    """Asks whatever workers there are to help with a run."""
    hands = min(HANDS, run.parts.count())
    group(judge_part.si(run.pk) for _ in range(hands)).delay()


@shared_task
def judge_part(pk):
    """Judges the next free part of a run, and asks for one more."""
    part = runs.work_on_one(pk, law.rules(), timezone.now())
    if part is None:
        return
    run = Run.objects.get(pk=pk)
    if run.state == "writing" and part.run.state == "counting":
        summon(run)
    elif run.state in runs.AT_WORK:
        judge_part.delay(pk)


@shared_task
def judge_news(by=None):
    """Judges whoever has news, brought by a user (a key): a few at once, many by all hands."""
    at = timezone.now()
    user = by and get_user_model().objects.get(pk=by)
    run = runs.take_news(on=timezone.localdate(at), at=at, by=user)
    if run is not None:
        summon(run)


@shared_task
def sweep(pk):
    """The next range of a walk through everybody, and then the one after it."""
    if sweeps.step(pk).finished_at is None:
        sweep.delay(pk)
