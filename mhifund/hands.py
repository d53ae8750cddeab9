"""A run of the night by command, worked on by several processes."""

from multiprocessing import get_context

from django.db import connections
from django.utils import timezone

from registry.actions import runs
from registry.models import Run

FORK = get_context("fork")
"""To load everything anew would take another process longer than a small run takes."""


def work(run, *, at, hands=1, progress=lambda run: None):
    """Works on a run here and in `hands - 1` processes; one that is killed is missed by nobody.

    Nobody is called for whom there is no part.
    """
    hands = min(hands, run.parts.count())
    if hands <= 1:
        return runs.work(run, at=at, progress=progress)
    others = [FORK.Process(target=_help, args=(run.pk,)) for _ in range(hands - 1)]
    # a session with the database cannot be shared
    connections.close_all()
    for other in others:
        other.start()
    try:
        return runs.work(run, at=at, progress=progress)
    finally:
        for other in others:
            other.join()


def _help(pk):
    runs.work(Run.objects.get(pk=pk), at=timezone.now())
