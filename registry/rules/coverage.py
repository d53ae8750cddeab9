"""Who is insured on a day, until when, and why (law 405-V, art. 5, 26, 28 and 40).

The rule works on persons x months; one person is a batch of one. Days are numbers of days and
months numbers of months since 1970; an array that is not of persons says so in its name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from registry.rules import due, months
from registry.rules.law import Code, Law
from registry.rules.paid import FOREVER, RECORD
from registry.rules.workdays import Calendar

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER = FOREVER
FIRST_MONTH = months.number(date(2020, 1, 1))
"""Months before are in no window: care under the insurance begins with this one."""

OLDEST_MONTH = months.number(date(2017, 7, 1))
LOOK_BACK = 24
LOOK_AHEAD = 14


class Status(StrEnum):
    INSURED = "insured"
    GRACE = "grace"
    NOT_INSURED = "not_insured"
    NOT_IN_FORCE = "not_in_force"


class Reason(StrEnum):
    DECEASED = "deceased"
    NO_RIGHT = "no_right"
    NOT_IN_FORCE = "not_in_force"
    TRANSITION_OPEN = "transition_open"
    EXEMPT = "exempt"
    STATE_PAID = "state_paid"
    LOCAL_PAID = "local_paid"
    TWELVE_MONTHS = "twelve_months"
    PREPAID = "prepaid"
    GRACE = "grace"
    NEVER_PAID = "never_paid"
    GAP = "gap"


REASONS = tuple(Reason)
STATUS_OF = {
    Reason.DECEASED: Status.NOT_INSURED,
    Reason.NO_RIGHT: Status.NOT_INSURED,
    Reason.NOT_IN_FORCE: Status.NOT_IN_FORCE,
    Reason.TRANSITION_OPEN: Status.INSURED,
    Reason.EXEMPT: Status.INSURED,
    Reason.STATE_PAID: Status.INSURED,
    Reason.LOCAL_PAID: Status.INSURED,
    Reason.TWELVE_MONTHS: Status.INSURED,
    Reason.PREPAID: Status.INSURED,
    Reason.GRACE: Status.GRACE,
    Reason.NEVER_PAID: Status.NOT_INSURED,
    Reason.GAP: Status.NOT_INSURED,
}
WITH_MISSING = (Reason.GRACE, Reason.NEVER_PAID, Reason.GAP)


class Group(StrEnum):
    EXEMPT = "exempt"
    STATE_PAID = "state_paid"
    LOCAL_PAID = "local_paid"


GROUPS = tuple(Group)
"""The groups of categories that cover a month, in the order in which they are asked."""

SPAN = np.dtype(
    [
        ("person", "<i4"),
        ("group", "<i4"),
        ("first", "<i4"),
        ("last", "<i4"),
        ("whole", "<i4"),
        ("since", "<i4"),
        ("until", "<i4"),
    ]
)
"""Days `first` … `last` in a group, believed from day `since` until the day before `until`.

`person` is a place in the batch; `whole` is the last day of the category's span, which may go on
in another group; open ends are FOREVER.
"""


@dataclass(frozen=True)
class Batch:
    """Persons with what is known of them.

    `paid` and `paid_by`: RECORDs and, side by side, places of their persons, in the order of
    person and month. `died` is NEVER for the living.
    """

    died: Ints
    temporary: Bools
    paid: NDArray[np.void] = field(default_factory=lambda: np.empty(0, RECORD))
    paid_by: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    spans: NDArray[np.void] = field(default_factory=lambda: np.empty(0, SPAN))

    def __len__(self) -> int:
        return len(self.died)

    def only(self, places: Ints) -> Batch:
        """The persons at these places (ascending), alone."""
        where = np.full(len(self), -1)
        where[places] = np.arange(len(places))
        paid_here, span_here = where[self.paid_by] >= 0, where[self.spans["person"]] >= 0
        spans = self.spans[span_here]
        spans["person"] = where[spans["person"]]
        return Batch(
            self.died[places],
            self.temporary[places],
            self.paid[paid_here],
            where[self.paid_by[paid_here]],
            spans,
        )


@dataclass(frozen=True)
class Verdicts:
    """`reason` is a place in REASONS; `until` NEVER: no last day; `missing`: bit k is month k of
    the twelve before the month of the day."""

    reason: NDArray[np.int8]
    until: Ints
    changes_on: Ints
    missing: Ints


class Grid(NamedTuple):
    """Months of a batch as believed on one day; column k is month `start + k`."""

    start: int
    covered: Bools
    alone: Bools
    others: Bools

    @property
    def paid(self) -> Bools:
        return self.alone | self.others

    @property
    def end(self) -> int:
        """The first month after the grid."""
        return self.start + self.covered.shape[1]

    def at(self, month: int) -> Bools:
        return self.covered[:, month - self.start]

    def between(self, first: int, last: int) -> Bools:
        """Columns of the months first … last."""
        return self.covered[:, first - self.start : last + 1 - self.start]


class Rules(NamedTuple):
    """The edition of the rules in force on a day."""

    on: int
    month: int
    required: int
    alone_required: int | None
    prepay: int | None
    grace: Callable[[Ints, Ints], Ints]
    due_day: int
    next_edition: int


def judge(batch: Batch, on: date, law: Law, calendar: Calendar) -> Verdicts:
    """The verdict on every person of the batch on a day, by what had arrived by that day."""
    day = day_number(on)
    spans = batch.spans
    believed = (spans["since"] <= day) & (day < spans["until"]) & (spans["first"] <= spans["last"])
    frame = Frame(batch, spans[believed], day)
    if law[Code.STATUS_MONTHS_REQUIRED].get(on) is None:
        _fixed(frame, Reason.NOT_IN_FORCE, NEVER)
    elif law[Code.TRANSITION_OPEN_RIGHT].get(on) is not None:
        ends = law[Code.TRANSITION_OPEN_RIGHT].changes_after(on)
        _fixed(frame, Reason.TRANSITION_OPEN, day_number(ends) - 1 if ends else NEVER)
    else:
        _by_coverage(frame, edition(on, law, calendar), law)
    _before_all_others(frame)
    return Verdicts(frame.reason, frame.until, _changes_on(frame, on, law), frame.missing)


class Frame:
    """The verdicts of a batch while they are being found; -1 is not yet found."""

    def __init__(self, batch: Batch, spans: NDArray[np.void], day: int) -> None:
        self.batch, self.spans, self.day = batch, spans, day
        self.reason = np.full(len(batch), -1, np.int8)
        self.until = np.full(len(batch), NEVER, np.int64)
        self.missing = np.zeros(len(batch), np.int64)
        self.waits_for_due_day = np.zeros(len(batch), np.bool_)
        self.due_day = NEVER

    @property
    def open(self) -> Bools:
        return self.reason < 0

    def decide(self, where: Bools, reason: Reason, until: Ints) -> None:
        where = where & self.open
        self.reason[where] = REASONS.index(reason)
        self.until[where] = until[where]


def edition(on: date, law: Law, calendar: Calendar) -> Rules:
    """The rules of a day from 2020-07-01 on."""
    alone = law[Code.TRANSITION_INDEPENDENT_MIN_MONTHS].get(on)
    prepay = law[Code.STATUS_PREPAY_MONTHS].get(on)
    month = months.number(on)
    return Rules(
        on=day_number(on),
        month=month,
        required=law.count(Code.STATUS_MONTHS_REQUIRED, on),
        alone_required=None
        if alone is None
        else law.count(Code.TRANSITION_INDEPENDENT_MIN_MONTHS, on),
        prepay=None if prepay is None else law.count(Code.STATUS_PREPAY_MONTHS, on),
        grace=lambda last, paid_months: _grace(last, paid_months, law),
        due_day=day_number(due.due_day(month - 1, law, calendar)),
        next_edition=_next_edition(on, law),
    )


def _grace(last: Ints, paid_months: Ints, law: Law) -> Ints:
    """Months of grace after the last covered month: more for who paid for many months."""
    months_of_grace = np.zeros(len(last), np.int64)
    for month in np.unique(last):
        short = law.count(Code.STATUS_GRACE_MONTHS, months.first(int(month) + 1))
        ends = months.first(int(month) + short + 1)
        here = last == month
        months_of_grace[here] = short
        if law[Code.STATUS_GRACE_MONTHS_LONG].get(ends) is not None:
            regular = paid_months >= law.count(Code.STATUS_REGULARITY_MONTHS, ends)
            months_of_grace[here & regular] = law.count(Code.STATUS_GRACE_MONTHS_LONG, ends)
    return months_of_grace


def grid(batch: Batch, day: int, first: int, last: int) -> Grid:
    """Months first … last as they were covered by what had arrived by a day."""
    width = last - first + 1
    paid = batch.paid
    here = (paid["since"] <= day) & (day < paid["until"])
    here &= (paid["month"] >= first) & (paid["month"] <= last)
    place = batch.paid_by[here] * width + (paid["month"][here].astype(np.int64) - first)
    planes = np.zeros((2, len(batch) * width), np.bool_)
    planes[paid["plane"][here], place] = True
    others, alone = planes.reshape(2, len(batch), width)
    covered = others | alone
    spans = batch.spans
    held = (spans["since"] <= day) & (day < spans["until"]) & (spans["first"] <= spans["last"])
    _cover(covered, spans[held], first, last)
    return Grid(first, covered, alone, others)


def _cover(covered: Bools, spans: NDArray[np.void], first: int, last: int) -> None:
    """Marks the months that a span touches."""
    begin = np.maximum(_month_of(spans["first"]), first)
    end = np.minimum(_month_of(spans["last"]), last)
    inside = begin <= end
    who, begin, end = spans["person"][inside], begin[inside] - first, end[inside] - first
    persons, place = np.unique(who, return_inverse=True)
    edges = np.zeros((len(persons), covered.shape[1] + 1), np.int16)
    np.add.at(edges, (place, begin), 1)
    np.add.at(edges, (place, end + 1), -1)
    covered[persons] |= np.cumsum(edges, axis=1)[:, :-1] > 0


def _fixed(frame: Frame, reason: Reason, until: int) -> None:
    everybody = np.ones(len(frame.batch), np.bool_)
    frame.decide(everybody, reason, np.full(len(frame.batch), until))


def _before_all_others(frame: Frame) -> None:
    """Rules 1 and 2, which stand before whatever else was found."""
    dead = frame.batch.died <= frame.day
    gone = dead | frame.batch.temporary
    frame.reason[frame.batch.temporary] = REASONS.index(Reason.NO_RIGHT)
    frame.reason[dead] = REASONS.index(Reason.DECEASED)
    frame.until[gone], frame.missing[gone], frame.waits_for_due_day[gone] = NEVER, 0, False


def _by_coverage(frame: Frame, rules: Rules, law: Law) -> None:
    _by_category(frame)
    m = rules.month
    ahead = int(frame.batch.paid["month"].max(initial=0)) if len(frame.batch.paid) else 0
    months_ = grid(frame.batch, rules.on, m - LOOK_BACK, max(m + LOOK_AHEAD, ahead + 1))
    paid_before = _Paid(frame.batch, rules.on)
    needed = _needed(months_, rules)
    _by_window(frame, months_, needed, paid_before, rules)
    if rules.prepay is not None:
        _by_prepayment(frame, months_, paid_before, rules, rules.prepay)
    _by_grace(frame, months_, needed, paid_before, rules)
    ever = np.zeros(len(frame.batch), np.bool_)
    ever[frame.spans["person"]] = True
    ever |= paid_before.ever
    nothing = np.full(len(frame.batch), NEVER)
    frame.decide(~ever, Reason.NEVER_PAID, nothing)
    frame.decide(ever, Reason.GAP, nothing)
    _mark_missing(frame, months_, needed, rules)


def _by_category(frame: Frame) -> None:
    """Rules 5 to 7."""
    spans = frame.spans
    holds = (spans["first"] <= frame.day) & (frame.day <= spans["last"])
    for place, group in enumerate(GROUPS):
        of_group = spans[holds & (spans["group"] == place)]
        last = np.full(len(frame.batch), -1, np.int64)
        np.maximum.at(last, of_group["person"], of_group["whole"])
        frame.decide(last >= 0, Reason(group.value), last)


class _Paid:
    """Counts of paid months, as believed on a day."""

    def __init__(self, batch: Batch, day: int) -> None:
        here = (batch.paid["since"] <= day) & (day < batch.paid["until"])
        self.by, self.month = batch.paid_by[here], batch.paid["month"][here]
        again = np.zeros(len(self.by), np.bool_)
        again[1:] = (self.by[1:] == self.by[:-1]) & (self.month[1:] == self.month[:-1])
        self.by, self.month = self.by[~again], self.month[~again]
        self.ever = np.zeros(len(batch), np.bool_)
        self.ever[self.by] = True

    def up_to(self, last: Ints, who: Ints) -> Ints:
        """How many months up to `last` each of the persons at `who` has paid."""
        bound = np.full(len(self.ever), -1, np.int64)
        bound[who] = last
        counted = self.by[self.month <= bound[self.by]]
        return np.bincount(counted, minlength=len(self.ever))[who]


def _needed(grid_: Grid, rules: Rules) -> Ints:
    """How many months before the day each person needs: 12, or 3 for who paid alone in 2020-21."""
    needed = np.full(len(grid_.covered), rules.required)
    if rules.alone_required is not None:
        window = slice(rules.month - rules.required - grid_.start, rules.month - grid_.start)
        only_alone = grid_.alone[:, window].any(axis=1) & ~grid_.others[:, window].any(axis=1)
        needed[only_alone] = rules.alone_required
    return needed


def _gaps(grid_: Grid, last: int, needed: Ints) -> Bools:
    """Uncovered months among the needed ones up to `last`; columns: the 12 months up to `last`."""
    width = int(needed.max(initial=1))
    first = last - width + 1
    month = np.arange(first, last + 1)
    asked = (month >= FIRST_MONTH) & (month > last - needed[:, None])
    return ~grid_.between(first, last) & asked


def _by_window(frame: Frame, grid_: Grid, needed: Ints, paid: _Paid, rules: Rules) -> None:
    """Rule 8."""
    full = frame.open & ~_gaps(grid_, rules.month - 1, needed).any(axis=1)
    who = np.flatnonzero(full)
    until = np.full(len(frame.batch), NEVER)
    until[who] = _end_of_run(frame, grid_, who, rules.month - 1, paid, rules)
    frame.decide(full, Reason.TWELVE_MONTHS, until)


def _by_prepayment(frame: Frame, grid_: Grid, paid: _Paid, rules: Rules, ahead: int) -> None:
    """Rule 9: twelve months that were all covered before the first of them began."""
    who = np.flatnonzero(frame.open & grid_.at(rules.month) & paid.ever)
    batch = frame.batch.only(who)
    found = np.zeros(len(who), np.bool_)
    for start in range(rules.month - ahead + 1, rules.month + 1):
        end = start + ahead - 1
        eve = day_number(months.first(start)) - 1
        then = grid(batch, eve, start, end)
        now = grid_.between(start, end)[who]
        found |= then.covered.all(axis=1) & then.paid.any(axis=1) & now.all(axis=1)
    prepaid = who[found]
    until = np.full(len(frame.batch), NEVER)
    until[prepaid] = _end_of_run(frame, grid_, prepaid, rules.month, paid, rules)
    where = np.zeros(len(frame.batch), np.bool_)
    where[prepaid] = True
    frame.decide(where, Reason.PREPAID, until)


def _by_grace(frame: Frame, grid_: Grid, needed: Ints, paid: _Paid, rules: Rules) -> None:
    """Rules 10 and 11."""
    m = rules.month
    gaps = _gaps(grid_, m - 1, needed)
    width = gaps.shape[1]
    who = np.flatnonzero(frame.open)
    first_gap = m - width + np.argmax(gaps[who], axis=1)
    last = first_gap - 1
    whole = ~_gaps_before(grid_, last, needed[who], who)
    grace = rules.grace(last, paid.up_to(last, who))
    end = _last_day(last + grace)
    if rules.on <= rules.due_day:
        only_last = first_gap == m - 1
        rule_10 = np.zeros(len(frame.batch), np.bool_)
        rule_10[who[only_last]] = True
        until = np.full(len(frame.batch), NEVER)
        until[who] = np.where(whole, end, rules.due_day)
        frame.decide(rule_10, Reason.TWELVE_MONTHS, until)
        frame.waits_for_due_day |= rule_10
        frame.due_day = rules.due_day
    rule_11 = np.zeros(len(frame.batch), np.bool_)
    rule_11[who[whole & (m - last <= grace)]] = True
    until = np.full(len(frame.batch), NEVER)
    until[who] = end
    frame.decide(rule_11, Reason.GRACE, until)


def _gaps_before(grid_: Grid, last: Ints, needed: Ints, who: Ints) -> Bools:
    """Whether one of the needed months up to `last`, which differs by person, is uncovered."""
    gap = np.zeros(len(who), np.bool_)
    for back in range(int(needed.max(initial=0))):
        month = last - back
        asked = (back < needed) & (month >= FIRST_MONTH)
        column = np.maximum(month - grid_.start, 0)
        gap |= asked & ~grid_.covered[who, column]
    return gap


def _end_of_run(
    frame: Frame, grid_: Grid, who: Ints, start: int, paid: _Paid, rules: Rules
) -> Ints:
    """Last day of the grace after the unbroken covered run through month `start`; NEVER: endless."""
    ahead = grid_.covered[who, start - grid_.start :]
    broken = ~ahead
    length = np.where(broken.any(axis=1), np.argmax(broken, axis=1), ahead.shape[1])
    last = start + length - 1
    _follow_spans(frame, last, who, grid_.end - 1)
    ends = last < NEVER
    until = np.full(len(who), NEVER)
    grace = rules.grace(last[ends], paid.up_to(last[ends], who[ends]))
    until[ends] = _last_day(last[ends] + grace)
    return until


def _follow_spans(frame: Frame, last: Ints, who: Ints, edge: int) -> None:
    """Carries runs that reach the edge of the grid on through the spans that lie beyond it."""
    while (at_edge := np.flatnonzero((last >= edge) & (last < NEVER))).size:
        run = np.full(len(frame.batch), -1, np.int64)
        run[who[at_edge]] = last[at_edge]
        spans = frame.spans
        own = run[spans["person"]]
        end = np.where(spans["last"] == FOREVER, NEVER, _month_of(spans["last"]))
        joins = (own >= 0) & (_month_of(spans["first"]) <= own + 1) & (end > own)
        np.maximum.at(run, spans["person"][joins], end[joins])
        grown = run[who[at_edge]] > last[at_edge]
        if not grown.any():
            return
        last[at_edge] = run[who[at_edge]]
        edge = int(last[at_edge[grown]].min())


def _mark_missing(frame: Frame, grid_: Grid, needed: Ints, rules: Rules) -> None:
    gaps = _gaps(grid_, rules.month - 1, needed)
    width = gaps.shape[1]
    bits = 1 << np.arange(rules.required - width, rules.required, dtype=np.int64)
    named = np.isin(frame.reason, [REASONS.index(reason) for reason in WITH_MISSING])
    frame.missing[named] = (gaps[named] * bits).sum(axis=1)


EDITIONS = (
    Code.STATUS_MONTHS_REQUIRED,
    Code.STATUS_PREPAY_MONTHS,
    Code.STATUS_GRACE_MONTHS,
    Code.STATUS_GRACE_MONTHS_LONG,
    Code.STATUS_REGULARITY_MONTHS,
    Code.TRANSITION_OPEN_RIGHT,
    Code.TRANSITION_INDEPENDENT_MIN_MONTHS,
    Code.PAYMENT_DUE_DAY,
)


def _next_edition(on: date, law: Law) -> int:
    changes = [law[code].changes_after(on) for code in EDITIONS]
    return min((day_number(change) for change in changes if change), default=NEVER)


def _changes_on(frame: Frame, on: date, law: Law) -> Ints:
    """The earliest later day on which the verdict can change without news."""
    day = frame.day
    next_month = day_number(months.first(months.number(on) + 1))
    soonest = np.full(len(frame.batch), min(next_month, _next_edition(on, law)))
    soonest[frame.waits_for_due_day] = np.minimum(
        soonest[frame.waits_for_due_day], frame.due_day + 1
    )
    spans = frame.spans
    for edge in (spans["first"].astype(np.int64), spans["last"].astype(np.int64) + 1):
        later = (edge > day) & (edge <= NEVER)
        np.minimum.at(soonest, spans["person"][later], edge[later])
    return soonest


EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    return (day - EPOCH).days


def day_of(number: int) -> date | None:
    """None for NEVER."""
    return None if number == NEVER else EPOCH + timedelta(days=int(number))


def _month_of(days: NDArray[np.integer]) -> Ints:
    return days.astype("M8[D]").astype("M8[M]").astype(np.int64)


def _last_day(month: Ints) -> Ints:
    return (month + 1).astype("M8[M]").astype("M8[D]").astype(np.int64) - 1


def missing_months(mask: int, month: int, required: int = 12) -> list[int]:
    """The months of a mask for a day in `month`, oldest first."""
    return [month - required + bit for bit in range(required) if mask >> bit & 1]


def entitled_until(batch: Batch, on: date, law: Law, calendar: Calendar) -> date | None:
    """For a batch of one: the day before the first later day without the right, with today's data.

    None while no such day follows, and for who has no right on the day itself. What is known of
    the future is used as known, so the spans and payments of the batch are asked as on `on`.
    """
    day: date | None = on
    last = None
    while day is not None:
        verdict = judge(batch, day, law, calendar)
        if STATUS_OF[REASONS[int(verdict.reason[0])]] is Status.NOT_INSURED:
            return last
        last = day_of(int(verdict.until[0]))
        day = last and last + timedelta(days=1)
    return None
