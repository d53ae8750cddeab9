"""Until when the right to care lasts, by what is known today (law 405-V, art. 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from registry.rules import months
from registry.rules.batch import Batch, Ints
from registry.rules.coverage import judge, next_edge
from registry.rules.days import EPOCH, LAST, NEVER, day_number, last_day, month_of
from registry.rules.edition import next_edition
from registry.rules.law import Code, Law
from registry.rules.verdicts import REASONS, STATUS_OF, Reason, Status, Verdicts
from registry.rules.workdays import Calendar

WITHOUT_RIGHT = [
    place for place, reason in enumerate(REASONS) if STATUS_OF[reason] is Status.NOT_INSURED
]

WORTH = np.array([[*Status].index(STATUS_OF[reason]) for reason in REASONS])
"""By reason the place of its status, from the best to the worst."""

BY_CATEGORY = [
    REASONS.index(reason) for reason in (Reason.EXEMPT, Reason.STATE_PAID, Reason.LOCAL_PAID)
]
A_YEAR = 12


def rights_end(
    batch: Batch, on: date, law: Law, calendar: Calendar, *, through: int = LAST
) -> Ints:
    """By person the last day (a number) of the right to care; NEVER when it ends after `through`.

    For who has no right on the day itself, the day before. Of the batch only what had arrived by
    the day is used.
    """
    known = batch.as_of(day_number(on))
    ends = np.full(len(batch), NEVER, np.int64)
    asked = np.full(len(batch), day_number(on), np.int64)
    while (waiting := np.flatnonzero(asked <= through)).size:
        day = int(asked[waiting].min())
        who = waiting[asked[waiting] == day]
        these = known.only(who)
        verdicts = judge(these, EPOCH + timedelta(days=day), law, calendar)
        lost = np.isin(verdicts.reason, WITHOUT_RIGHT)
        ends[who[lost]] = day - 1
        asked[who] = np.where(lost, NEVER, _next_turn(these, verdicts, day, law))
    return ends


def entitled_until(batch: Batch, on: date, law: Law, calendar: Calendar) -> date | None:
    """For a batch of one: the day before the first later day on which it has no right.

    None while no such day follows, and for who has no right on the day itself.
    """
    last = int(rights_end(batch, on, law, calendar)[0])
    return None if last == NEVER or last < day_number(on) else EPOCH + timedelta(days=last)


def _next_turn(batch: Batch, verdicts: Verdicts, day: int, law: Law) -> Ints:
    """The next day on which a right that is there may end."""
    on = EPOCH + timedelta(days=day)
    if law[Code.TRANSITION_INDEPENDENT_MIN_MONTHS].get(on) is not None:
        return verdicts.changes_on  # how many months are needed may change with the month
    turns = np.minimum(verdicts.until + 1, next_edge(batch, day))
    return np.minimum(turns, next_edition(on, law))


def worse_from(batch: Batch, changed: Batch, on: date, law: Law, calendar: Calendar) -> Ints:
    """By person the first day from `on` on with a worse status as `changed`; NEVER without one.

    The same persons in both, of whom only what had arrived by the day is used.
    """
    known, other = batch.as_of(day_number(on)), changed.as_of(day_number(on))
    through = _last_turns(known, on)
    found = np.full(len(batch), NEVER, np.int64)
    asked = np.full(len(batch), day_number(on), np.int64)
    while (waiting := np.flatnonzero(asked <= through)).size:
        day = int(asked[waiting].min())
        who = waiting[asked[waiting] == day]
        both = [_judged(one.only(who), day, law, calendar) for one in (known, other)]
        worse = WORTH[both[1].reason] > WORTH[both[0].reason]
        found[who[worse]] = day
        turns = np.minimum(both[0].changes_on, both[1].changes_on)
        asked[who] = np.where(worse, NEVER, turns)
    return found


def _last_turns(batch: Batch, on: date) -> Ints:
    """Days after which nobody has a right by the months that are known."""
    last = np.full(len(batch), months.number(on), np.int64)
    np.maximum.at(last, batch.paid_by, batch.paid["month"].astype(np.int64))
    for edge in (batch.spans["first"], batch.spans["last"]):
        ends = edge < NEVER
        np.maximum.at(last, batch.spans["person"][ends], month_of(edge[ends]))
    return last_day(last + A_YEAR)


def _judged(batch: Batch, day: int, law: Law, calendar: Calendar) -> Verdicts:
    """Verdicts which, while a category gives the right, change with a category or the law only."""
    on = EPOCH + timedelta(days=day)
    verdicts = judge(batch, on, law, calendar)
    turns = np.minimum(next_edge(batch, day), next_edition(on, law))
    held = np.isin(verdicts.reason, BY_CATEGORY)
    return replace(verdicts, changes_on=np.where(held, turns, verdicts.changes_on))
