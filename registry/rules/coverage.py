"""Who is insured on a day, until when, and why (law 405-V, art. 5, 26, 28 and 40).

The rules work on all persons of a batch at once. Days are numbers of days and months numbers of
months since 1970; `who` are places of persons in the batch, rising.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from registry.rules import months
from registry.rules.batch import GROUPS, Batch, Grid, PaidCounts, grid
from registry.rules.days import NEVER, day_number, last_day, month_of
from registry.rules.edition import FIRST_MONTH, Edition, edition, next_edition
from registry.rules.law import Code, Law
from registry.rules.verdicts import (
    REASONS,
    WITH_MISSING,
    Reason,
    Verdicts,
)
from registry.rules.workdays import Calendar

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ENDLESS = months.number(date.max) - 24
"""A run of months that comes so far has no end that a date could name."""


def judge(batch: Batch, on: date, law: Law, calendar: Calendar) -> Verdicts:
    """The verdict on every person of the batch on a day, by what had arrived by that day."""
    frame = Frame(batch, day_number(on))
    if law[Code.STATUS_MONTHS_REQUIRED].get(on) is None:
        frame.decide(frame.open, Reason.NOT_IN_FORCE, NEVER)
    elif law[Code.TRANSITION_OPEN_RIGHT].get(on) is not None:
        ends = law[Code.TRANSITION_OPEN_RIGHT].changes_after(on)
        frame.decide(frame.open, Reason.TRANSITION_OPEN, day_number(ends) - 1 if ends else NEVER)
    else:
        _by_category(frame)
        _by_months(frame, edition(on, law, calendar))
    _before_all_others(frame)
    return Verdicts(frame.reason, frame.until, _changes_on(frame, on, law), frame.missing)


class Frame:
    """The verdicts of a batch while they are being found; -1 is not yet found."""

    def __init__(self, batch: Batch, day: int) -> None:
        self.batch, self.day, self.spans = batch, day, batch.believed_spans(day)
        self.reason = np.full(len(batch), -1, np.int8)
        self.until = np.full(len(batch), NEVER, np.int64)
        self.missing = np.zeros(len(batch), np.int64)
        self.due_day = np.full(len(batch), NEVER, np.int64)

    @property
    def open(self) -> Ints:
        return np.flatnonzero(self.reason < 0)

    def decide(self, who: Ints, reason: Reason, until: Ints | int) -> None:
        """A rule decides only where none before it has."""
        still = self.reason[who] < 0
        self.reason[who[still]] = REASONS.index(reason)
        self.until[who[still]] = np.broadcast_to(until, who.shape)[still]


class View(NamedTuple):
    """What rules 8 to 11 look at; `needed`: how many months before the day each person needs."""

    grid: Grid
    needed: Ints
    paid: PaidCounts
    edition: Edition


def _before_all_others(frame: Frame) -> None:
    """Rules 1 and 2, which stand before whatever else was found."""
    dead = frame.batch.died <= frame.day
    gone = dead | frame.batch.temporary
    frame.reason[frame.batch.temporary] = REASONS.index(Reason.NO_RIGHT)
    frame.reason[dead] = REASONS.index(Reason.DECEASED)
    frame.until[gone], frame.missing[gone], frame.due_day[gone] = NEVER, 0, NEVER


def _by_category(frame: Frame) -> None:
    """Rules 5 to 7."""
    spans = frame.spans
    holds = (spans["first"] <= frame.day) & (frame.day <= spans["last"])
    for place, group in enumerate(GROUPS):
        of_group = spans[holds & (spans["group"] == place)]
        last = np.full(len(frame.batch), -1, np.int64)
        np.maximum.at(last, of_group["person"], of_group["whole"])
        who = np.flatnonzero(last >= 0)
        frame.decide(who, Reason(group.value), last[who])


def _by_months(frame: Frame, rules: Edition) -> None:
    batch, m = frame.batch, rules.month
    ahead = max(int(batch.paid["month"].max(initial=m)), m + (rules.prepay or 0))
    grid_ = grid(batch, rules.on, m - 2 * rules.required, ahead + 1)
    view = View(grid_, _needed(grid_, rules), PaidCounts(batch, rules.on), rules)
    _by_window(frame, view)
    if rules.prepay is not None:
        _by_prepayment(frame, view, rules.prepay)
    _by_last_months(frame, view)
    ever = view.paid.ever.copy()
    ever[frame.spans["person"]] = True
    frame.decide(np.flatnonzero(~ever), Reason.NEVER_PAID, NEVER)
    frame.decide(frame.open, Reason.GAP, NEVER)
    _mark_missing(frame, view)


def _needed(grid_: Grid, rules: Edition) -> Ints:
    """12, or 3 in the year of transition for who paid as an independent payer and no other way.

    The months looked at are all the twelve, also those before 2020.
    """
    needed = np.full(len(grid_.covered), rules.required)
    if rules.alone_required is not None:
        window = slice(rules.month - rules.required - grid_.start, rules.month - grid_.start)
        only_alone = grid_.alone[:, window].any(axis=1) & ~grid_.others[:, window].any(axis=1)
        needed[only_alone] = rules.alone_required
    return needed


def _gaps(view: View) -> Bools:
    """The uncovered months of the window; the last column is the month before the day."""
    width = int(view.needed.max(initial=1))
    last = view.edition.month - 1
    month = np.arange(last - width + 1, last + 1)
    asked = (month >= FIRST_MONTH) & (month > last - view.needed[:, None])
    return ~view.grid.between(last - width + 1, last) & asked


def _by_window(frame: Frame, view: View) -> None:
    """Rule 8."""
    whole = ~_gaps(view).any(axis=1)
    who = np.flatnonzero(whole & (frame.reason < 0))
    until = _end_of_run(frame, view, who, view.edition.month - 1)
    frame.decide(who, Reason.TWELVE_MONTHS, until)


def _by_prepayment(frame: Frame, view: View, count: int) -> None:
    """Rule 9: twelve months that were all covered before the first of them began.

    One of them was paid then; on the day asked about it is enough that all are still covered.
    """
    m = view.edition.month
    has_paid = np.zeros(len(frame.batch), np.bool_)
    has_paid[frame.batch.paid_by] = True
    who = np.flatnonzero(view.grid.at(m) & has_paid & (frame.reason < 0))
    if not who.size:
        return
    batch = frame.batch.only(who)
    found = np.zeros(len(who), np.bool_)
    for start in range(m - count + 1, m + 1):
        end = start + count - 1
        then = grid(batch, day_number(months.first(start)) - 1, start, end)
        now = view.grid.between(start, end)[who]
        found |= then.covered.all(axis=1) & then.paid.any(axis=1) & now.all(axis=1)
    until = _end_of_run(frame, view, who[found], m)
    frame.decide(who[found], Reason.PREPAID, until)


def _by_last_months(frame: Frame, view: View) -> None:
    """Rules 10 and 11: who paid until not long ago."""
    m, grace = view.edition.month, view.edition.grace
    gaps = _gaps(view)
    who = frame.open
    last = m - gaps.shape[1] + np.argmax(gaps[who], axis=1) - 1
    whole = _whole(view, who, last)
    months_of_grace = grace(last, view.paid.up_to(last, who))
    end = last_day(last + months_of_grace)
    if view.edition.on <= view.edition.due_day:
        waits = last == m - 2
        until = np.where(whole, end, view.edition.due_day)
        frame.decide(who[waits], Reason.TWELVE_MONTHS, until[waits])
        frame.due_day[who[waits]] = view.edition.due_day
    in_grace = whole & (m - last <= months_of_grace)
    frame.decide(who[in_grace], Reason.GRACE, end[in_grace])


def _whole(view: View, who: Ints, last: Ints) -> Bools:
    """Whether all needed months up to `last`, which is each person's own, are covered."""
    whole = np.ones(len(who), np.bool_)
    for back in range(int(view.needed.max(initial=0))):
        month = last - back
        asked = (back < view.needed[who]) & (month >= FIRST_MONTH)
        whole &= ~asked | view.grid.covered[who, np.maximum(month - view.grid.start, 0)]
    return whole


def _end_of_run(frame: Frame, view: View, who: Ints, start: int) -> Ints:
    """Last day of the grace after the unbroken covered run through `start`; NEVER: endless."""
    broken = ~view.grid.covered[who, start - view.grid.start :]
    length = np.where(broken.any(axis=1), np.argmax(broken, axis=1), broken.shape[1])
    last = start + length - 1
    _follow_spans(frame, last, who, view.grid.last)
    ends = last < ENDLESS
    until = np.full(len(who), NEVER)
    grace = view.edition.grace(last[ends], view.paid.up_to(last[ends], who[ends]))
    until[ends] = last_day(last[ends] + grace)
    return until


def _follow_spans(frame: Frame, last: Ints, who: Ints, edge: int) -> None:
    """Carries runs that reach the edge of the grid on through the spans that lie beyond it."""
    while (at_edge := np.flatnonzero((last >= edge) & (last < ENDLESS))).size:
        run = np.full(len(frame.batch), -1, np.int64)
        run[who[at_edge]] = last[at_edge]
        spans = frame.spans[run[frame.spans["person"]] >= 0]
        own = run[spans["person"]]
        end = np.where(spans["last"] == NEVER, NEVER, month_of(spans["last"]))
        joins = (month_of(spans["first"]) <= own + 1) & (end > own)
        np.maximum.at(run, spans["person"][joins], end[joins])
        grown = run[who[at_edge]] > last[at_edge]
        if not grown.any():
            return
        last[at_edge] = run[who[at_edge]]
        edge = int(last[at_edge[grown]].min())


def _mark_missing(frame: Frame, view: View) -> None:
    gaps = _gaps(view)
    bits = 1 << np.arange(gaps.shape[1], dtype=np.int64)[::-1]
    named = np.isin(frame.reason, [REASONS.index(reason) for reason in WITH_MISSING])
    frame.missing[named] = (gaps[named] * bits).sum(axis=1)


def _changes_on(frame: Frame, on: date, law: Law) -> Ints:
    """The earliest later day on which the verdict can change without news.

    The first of the next month is always one of them, also where nothing will change on it.
    """
    next_month = day_number(months.first(months.number(on) + 1))
    soonest = np.minimum(next_edge(frame.batch, frame.day), frame.due_day + 1)
    return np.minimum(soonest, min(next_month, next_edition(on, law)))


def next_edge(batch: Batch, day: int) -> Ints:
    """The next day on which a span that is known on the day begins or has ended."""
    soonest = np.full(len(batch), NEVER, np.int64)
    spans = batch.believed_spans(day)
    for edge in (spans["first"].astype(np.int64), spans["last"].astype(np.int64) + 1):
        later = (edge > day) & (edge <= NEVER)
        np.minimum.at(soonest, spans["person"][later], edge[later])
    return soonest
