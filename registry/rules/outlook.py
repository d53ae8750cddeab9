"""Until when the right to care lasts, by what is known today (law 405-V, art. 5)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from registry.rules.batch import Batch, Ints
from registry.rules.coverage import judge, next_edge
from registry.rules.days import EPOCH, LAST, NEVER, day_number
from registry.rules.edition import next_edition
from registry.rules.law import Code, Law
from registry.rules.verdicts import REASONS, STATUS_OF, Status, Verdicts
from registry.rules.workdays import Calendar

WITHOUT_RIGHT = [
    place for place, reason in enumerate(REASONS) if STATUS_OF[reason] is Status.NOT_INSURED
]


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
