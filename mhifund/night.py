"""The verbs of the night in their order: each is safe to repeat, and after a kill to take up."""

from mhifund.receipts import count_receipts
from mhifund.reports.write import write
from payments.actions.derive import derive_rechecks
from registry.actions.judge import judge_all
from registry.models import Run


def through(on, *, at, by=None, progress=lambda done: None):
    """The whole night for a day; returns its Run.

    One that was killed before its reports gets them first: no later run knows what it changed.
    """
    before = Run.objects.filter(state="done").order_by("-id").first()
    if before:
        write(before, at=at)
    derive_rechecks(at=at)
    run = judge_all(on=on, at=at, by=by, progress=progress)
    report(run, at=at)
    return run


def judge_once(on, *, since, at):
    """Judges for a day unless a run that began at or after `since` came to its end."""
    done = last_run(on)
    if done is None or done.started_at < since:
        judge_all(on=on, at=at)


def report(run, *, at):
    """Counts what came in and leaves the reports of a run; returns how many were not there yet."""
    count_receipts()
    return write(run, at=at)


def last_run(on):
    """The latest run that came to its end for a day, or None."""
    return Run.objects.filter(on=on, state="done").order_by("-id").first()
