"""Runs: whom a day asks to be judged, in parts that any number of workers take, each once.

A run counts what it would change before it writes. Where nobody's status changes a part is written
at once; what moves more persons than the brake allows waits for somebody who lets it write.
"""

import time
from decimal import Decimal

import numpy as np
from django.db import connection, transaction
from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.functions import Now

from registry.actions import judge, law, tally
from registry.actions.gather import Among
from registry.models import Awaiting, Part, Person, Run
from registry.rules.law import Code

AT_WORK = ("counting", "writing")
UNFINISHED = (*AT_WORK, "held")
ID = np.dtype(">i8")
SMALL_PART = 10_000
LOCK = 20201203
SUMS = ("judged", "changed", "moved", "faults")
NEWS_AT_ONCE = 1_000
"""So many persons with news are judged in one transaction, without a run of their own."""

WAIT = 0.02
"""Seconds until somebody who found no free part looks whether others have done theirs."""


class NotHeld(Exception):
    """The run waits for no answer, or not any more."""


class NotAnother(Exception):
    """Who caused a run, or anybody in the same role, does not answer for it."""


@transaction.atomic
def begin(on, scope, *, at, by=None):
    """The Run of a day: the one that was cut off or is held, or a new one with its parts.

    One run is under way at a time. A night or a full run closes all others, for what they left
    undone is in need for it too; news that come while another run is at work wait: None.
    """
    _alone()
    others = Run.objects.filter(state__in=UNFINISHED).exclude(on=on, scope=scope)
    if scope == "news" and others.exists():
        return None
    for old in others.select_for_update(no_key=True):
        _close(old)
    found = Run.objects.filter(on=on, scope=scope, state__in=UNFINISHED).first()
    return found or _new(on, scope, at, by)


def _alone():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))


def _close(run):
    if run.state == "writing":
        _finish(run)
    else:
        run.state, run.finished_at = "dropped", Now()
        run.save(update_fields=["state", "finished_at"])


def _new(on, scope, at, by):
    limit = brake(on)
    parts = _everybody() if scope == "full" else _in_need(on, scope)
    run = Run.objects.create(
        on=on,
        scope=scope,
        state="counting" if limit is not None and _size(parts) > limit else "writing",
        started_at=at,
        by=by,
        by_role=", ".join(roles(by)) if by else "",
        limit=limit,
    )
    for part in parts:
        part.run = run
    Part.objects.bulk_create(parts)
    if not parts:
        _finish(run)
    return run


def _everybody():
    ids = Person.objects.aggregate(first=Min("id"), last=Max("id"))
    if ids["last"] is None:
        return []
    buckets = range(ids["first"] // judge.BUCKET, ids["last"] // judge.BUCKET + 1)
    return [Part(bucket=bucket) for bucket in buckets]


def _in_need(on, scope):
    """Few persons of several buckets make one part."""
    parts = []
    for bucket, ids in judge.in_need(on, news_only=scope == "news"):
        if parts and len(parts[-1].persons) + len(ids) <= SMALL_PART * ID.itemsize:
            parts[-1].persons += ids
        else:
            parts.append(Part(bucket=bucket, persons=ids))
    return parts


def _size(parts):
    """How many persons parts can move, at most."""
    return sum(judge.BUCKET if p.persons is None else len(p.persons) // ID.itemsize for p in parts)


def brake(on):
    """How many persons a run may move to another status; None without a brake in the law."""
    rules = law.law()
    share, least = (
        rules[code].get(on) for code in (Code.NIGHT_BRAKE_SHARE, Code.NIGHT_BRAKE_LEAST)
    )
    if share is None:
        return None
    return max(int(tally.persons() * Decimal(share) / 100), int(least or 0))


def work(run, *, at, progress=lambda run: None):
    """Works on a run, beside whoever else does, until it is done or held; returns it."""
    rules = law.rules()
    while True:
        progress(run)
        if work_on_one(run.pk, rules, at) is None:
            run.refresh_from_db()
            if run.state not in AT_WORK:
                return run
            time.sleep(WAIT)


def share_done(run):
    """How much of a run is done, from 0 to 1: counting a part is half of the work on it."""
    parts = dict(run.parts.values_list("state").annotate(Count("pk")))
    done = parts.get("done", 0) + parts.get("counted", 0) / 2
    return done / sum(parts.values()) if parts else 1.0


def work_on_one(pk, rules, at):
    """Counts or writes the next free part of a run and returns it; None when there is none."""
    with transaction.atomic():
        part = (
            Part.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("run")
            .filter(
                Q(state="open", run__state__in=AT_WORK) | Q(state="counted", run__state="writing")
            )
            .filter(run=pk)
            .order_by("bucket")
            .first()
        )
        if part is not None:
            _work_on(part, rules, at)
    advance(pk)
    return part


def _work_on(part, rules, at):
    """Judges a part; what moves persons while the run is counting is only foreseen."""
    run = part.run
    among, persons = _among(part)
    judge.lock(persons)
    with transaction.atomic():
        judged = judge.judge(among, run.on, *rules)
        foreseen = run.state == "counting" and bool(judged.moved.any())
        if foreseen:
            transaction.set_rollback(True)
        else:
            judge.write(run, judged, at)
    if foreseen:
        tally.shift(run, judged.fresh[judged.changed], "foreseen")
    part.state = "counted" if foreseen else "done"
    part.judged, part.changed = len(judged.fresh), int(judged.changed.sum())
    part.moved = int(judged.moved.sum())
    part.faults = int((judged.changed & ~judged.due).sum()) if run.scope == "full" else 0
    part.save()


def _among(part):
    """The persons of a part, and ids of all whose buckets it needs; a range where they are many."""
    first = part.bucket * judge.BUCKET
    everybody = Among.range(first, first + judge.BUCKET - 1)
    if part.persons is None:
        return everybody, [first]
    persons = np.frombuffer(part.persons, ID).astype(np.int64)
    many = 2 * len(persons) > judge.BUCKET and persons[-1] < first + judge.BUCKET
    return everybody if many else Among.ids(persons), persons


@transaction.atomic
def advance(pk):
    """Brings a run on whose parts are all counted, or all done; returns its state."""
    run = Run.objects.select_for_update(no_key=True).get(pk=pk)
    if run.state in AT_WORK:
        left = dict(run.parts.exclude(state="done").values_list("state").annotate(Count("pk")))
        if not left:
            _finish(run)
        elif "open" not in left and run.state == "counting":
            moved = run.parts.aggregate(moved=Sum("moved"))["moved"]
            run.state = "held" if moved > run.limit else "writing"
            _take_sums(run)
            run.save()
    return run.state


def _take_sums(run):
    for name, found in run.parts.aggregate(**{name: Sum(name) for name in SUMS}).items():
        setattr(run, name, found or 0)


def _finish(run):
    _take_sums(run)
    tally.tally(run)
    if run.scope == "full":
        run.faults += tally.recount(run)
    run.state, run.finished_at = "done", Now()
    run.save()
    run.parts.all().delete()
    run.refresh_from_db(fields=["finished_at"])


@transaction.atomic
def answer(run, *, let, by, at, note=""):
    """Lets a held run write, or drops it: NotAnother for whoever caused it and their role.

    A run that was let write is still to be worked on. What was dropped stays in need: it is
    counted anew by the next run.
    """
    run = Run.objects.select_for_update(no_key=True).get(pk=run.pk)
    if run.state != "held":
        raise NotHeld
    if not is_another(by, run):
        raise NotAnother
    run.state = "writing" if let else "dropped"
    run.answered_by, run.answered_role, run.answered_at = by, ", ".join(roles(by)), at
    run.note = note
    if not let:
        run.finished_at = at
    run.save()
    return run


def is_another(user, run):
    """Neither who caused a run, nor somebody in their role, nor somebody without any."""
    own = roles(user)
    return user != run.by and bool(own) and not {*own} & {*run.by_role.split(", ")}


def roles(user):
    """The names of a user's roles, in order."""
    return sorted(user.groups.values_list("name", flat=True))


def judge_news(*, on, at, by=None):
    """Judges whoever has news; what waits for another run, or is held by the brake, stays news."""
    run = take_news(on=on, at=at, by=by)
    if run is not None:
        work(run, at=at)


def take_news(*, on, at, by=None):
    """Judges the persons with news when they are few, else returns the Run to be worked on.

    None too while another run is under way: it, or the night after it, takes them along.
    """
    if Awaiting.objects.all()[: NEWS_AT_ONCE + 1].count() > NEWS_AT_ONCE:
        return begin(on, "news", at=at, by=by)
    judge.judge_some(NEWS_AT_ONCE, on=on, at=at)
    return None
