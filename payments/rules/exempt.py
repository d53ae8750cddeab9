"""Months in which no deductions are due: state-paid or exempt categories hold on every day."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from registry.rules import months
from registry.rules.days import day_number

EXEMPT = np.dtype([("entry", "<i8"), ("since", "<i4"), ("until", "<i4")])
"""Days (from, up to but not including) on which it was known of an entry's month."""


class Believed(NamedTuple):
    """Days `first` … `last` in a state-paid or exempt category, believed from since to until."""

    first: int
    last: int
    since: int
    until: int


def exempt_days(month: int, spans: Iterable[Believed]) -> list[tuple[int, int]]:
    """The days (from, up to but not including) on which every day of the month was covered."""
    begin, end = day_number(months.first(month)), day_number(months.last(month))
    touching = [span for span in spans if span.first <= end and span.last >= begin]
    turns = sorted({turn for span in touching for turn in (span.since, span.until)})
    days: list[tuple[int, int]] = []
    for since, until in pairwise(turns):
        held = [span for span in touching if span.since <= since < span.until]
        if _covers(begin, end, held):
            joined = days and days[-1][1] == since
            days.append((days.pop()[0] if joined else since, until))
    return days


def _covers(begin: int, end: int, spans: list[Believed]) -> bool:
    for span in sorted(spans):
        if span.first > begin:
            return False
        begin = max(begin, span.last + 1)
        if begin > end:
            return True
    return False
