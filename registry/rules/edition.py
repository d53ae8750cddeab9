"""The edition of the rules of the status that is in force on a day (law 405-V, art. 5 and 40)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from registry.rules import due, months
from registry.rules.days import NEVER, day_number
from registry.rules.law import Code, Law
from registry.rules.workdays import Calendar

Ints = NDArray[np.int64]

FIRST_MONTH = months.number(date(2020, 1, 1))
"""Months before are in no window: care under the insurance begins with this one."""

CODES = (
    Code.STATUS_MONTHS_REQUIRED,
    Code.STATUS_PREPAY_MONTHS,
    Code.STATUS_GRACE_MONTHS,
    Code.STATUS_GRACE_MONTHS_LONG,
    Code.STATUS_REGULARITY_MONTHS,
    Code.TRANSITION_OPEN_RIGHT,
    Code.TRANSITION_INDEPENDENT_MIN_MONTHS,
    Code.PAYMENT_DUE_DAY,
)
"""Every new value of one of them begins a new edition."""


class Edition(NamedTuple):
    """`alone_required` in the year of transition, `prepay` since 2022-09-05; days and months are
    numbers."""

    on: int
    month: int
    required: int
    alone_required: int | None
    prepay: int | None
    grace: Callable[[Ints, Ints], Ints]
    due_day: int


def edition(on: date, law: Law, calendar: Calendar) -> Edition:
    """For a day from 2020-07-01 on; `due_day` is that of the month before the day's."""
    month = months.number(on)
    return Edition(
        on=day_number(on),
        month=month,
        required=law.count(Code.STATUS_MONTHS_REQUIRED, on),
        alone_required=_count(Code.TRANSITION_INDEPENDENT_MIN_MONTHS, on, law),
        prepay=_count(Code.STATUS_PREPAY_MONTHS, on, law),
        grace=lambda last, paid_months: _grace(last, paid_months, law),
        due_day=day_number(due.due_day(month - 1, law, calendar)),
    )


def _count(code: Code, on: date, law: Law) -> int | None:
    return None if law[code].get(on) is None else law.count(code, on)


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


def next_edition(on: date, law: Law) -> int:
    """The first day of the next edition; NEVER while none is known."""
    changes = [law[code].changes_after(on) for code in CODES]
    return min((day_number(change) for change in changes if change), default=NEVER)
