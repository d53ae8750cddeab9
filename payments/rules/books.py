"""The entries of person-months in the order of time: what counts, and how its sums grow.

Days are numbers of days since 1970, months numbers of months, sums in tiyn, shares in
thousand-millionths of the due sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from registry.rules import due
from registry.rules.days import EPOCH
from registry.rules.due import KINDS, ROUNDING, WHOLE, Kind, code, codes
from registry.rules.law import Law
from registry.rules.timeline import NotInForce

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ITEM = np.dtype(
    [
        ("entry", "<i8"),
        ("reverses", "<i8"),
        ("person", "<i8"),
        ("message", "<i8"),
        ("payer", "<i8"),
        ("rank", "<i8"),
        ("amount", "<i8"),
        ("due", "<i8"),
        ("share", "<i8"),
        ("month", "<i4"),
        ("kind", "<i4"),
        ("credited", "<i4"),
        ("reference", "<i4"),
        ("for_self", "<i4"),
        ("dismissed", "<i4"),
    ]
)
"""An entry of the books; `reverses` is 0 for an item, flags are 0 or 1.

On its day what reverses an item has the item's rank, and comes after it.
"""


class Books:
    """Entries (ITEM, any order) of whole person-months; `exempt` are the deductions not due."""

    def __init__(self, items: NDArray[np.void], exempt: Ints, law: Law) -> None:
        time = items["reverses"] != 0, items["rank"], items["credited"]
        order = np.lexsort((*time, items["month"], items["person"]))
        self.items = items = items[order]
        self.is_item = items["reverses"] == 0
        kind = items["kind"]
        self.fixed = np.isin(kind, codes(due.FIXED))
        self.month_group = groups(items["person"], items["month"])
        per_payer = np.where(kind == code(Kind.EMPLOYER), items["payer"], 0)
        self.sum_group = groups(self.month_group, kind, per_payer)
        amount = np.where(self.is_item, items["amount"], 0)
        self._twins = groups(self.month_group, items["payer"], _purpose(kind), amount)
        self._twins_of_message = groups(self._twins, items["message"])
        self._origin = places(items["entry"], items["reverses"])
        self.most = by_kind_and_day(items, lambda kind, on: _most(kind, on, law))
        self.slack = by_kind_and_day(items, lambda _, on: _tolerance(on, law))
        self.wrong_knp = self.is_item & (kind == code(Kind.EMPLOYER)) & (items["for_self"] == 1)
        self.exempt = self.is_item & np.isin(items["entry"], exempt)
        self.duplicate = np.zeros(len(items), np.bool_)
        self.counted = np.zeros(len(items), np.bool_)
        self.left = np.where(self.is_item, items["amount"], 0)
        self.over = np.zeros(len(items), np.int64)
        self.sums = np.zeros(len(items) + 1, np.int64)
        self._walk()

    @property
    def standing(self) -> Bools:
        """Items that count, not refunded as a whole."""
        standing: Bools = self.is_item & self.counted & (self.left > 0)
        return standing

    def _walk(self) -> None:
        """Goes through all person-months side by side, one entry of each at a time."""
        live = np.zeros(len(self.items) + 1, np.int64)
        live_of_message = np.zeros(len(self.items) + 1, np.int64)
        for now in _rounds(self.month_group):
            here = now[self.is_item[now]]
            twins, own = self._twins[here], self._twins_of_message[here]
            self._decide(here, live[twins] > live_of_message[own])
            live[twins] += 1
            live_of_message[own] += 1
            back = now[~self.is_item[now]]
            back = back[self._origin[back] >= 0]
            origin = self._origin[back]
            self._reverse(back, origin)
            gone = origin[self.left[origin] <= 0]
            live[self._twins[gone]] -= 1
            live_of_message[self._twins_of_message[gone]] -= 1

    def _decide(self, now: Ints, has_twin: Bools) -> None:
        """Settles one item of each person-month, knowing all that came before it."""
        already_paid = self.sums[self.sum_group[now]] >= WHOLE - self.slack[now]
        dismissed = self.items["dismissed"][now] == 1
        self.duplicate[now] = has_twin & ~dismissed & (already_paid | ~self.fixed[now])
        self.counted[now] = ~(self.duplicate[now] | self.wrong_knp[now] | self.exempt[now])
        here = now[self.counted[now]]
        step = self._step(here)
        before = self.sums[self.sum_group[here]]
        self.over[here] = self._above(here, before + step) - self._above(here, before)
        self.sums[self.sum_group[here]] += step

    def _reverse(self, back: Ints, origin: Ints) -> None:
        self.left[origin] += self.items["amount"][back]
        here = self.counted[origin]
        self.counted[back[here]] = True
        np.add.at(self.sums, self.sum_group[origin[here]], self._step(back[here]))

    def _step(self, rows: Ints) -> Ints:
        """What an entry adds: its share of a fixed sum, its tiyn to a capped one."""
        return np.where(self.fixed[rows], self.items["share"][rows], self.items["amount"][rows])

    def _above(self, rows: Ints, total: Ints) -> Ints:
        """By how much a total exceeds the item's own limit; within its tolerance it does not."""
        fixed = self.fixed[rows]
        limit = np.where(fixed, WHOLE, self.most[rows])
        slack = np.where(fixed, self.slack[rows], 0)
        return np.where(total > limit + slack, total - limit, 0)


NO_LIMIT = int(np.iinfo(np.int64).max // 4)


def _most(kind: Kind, on: date, law: Law) -> int:
    try:
        most = due.most(kind, on, law)
    except NotInForce:
        return NO_LIMIT
    return NO_LIMIT if most is None else int(most * 100)


def _tolerance(on: date, law: Law) -> int:
    """With what the rounding of the shares may add up to."""
    try:
        return due.tolerance(on, law) + ROUNDING
    except NotInForce:
        return ROUNDING


def _purpose(kind: NDArray[np.int32]) -> NDArray[np.int32]:
    """Kinds with one purpose code are one: employees, entrepreneurs and independent payers."""
    return np.where(np.isin(kind, codes(due.FIXED)), code(Kind.EMPLOYEE), kind)


def groups(*columns: NDArray[np.integer]) -> Ints:
    """The number of each row's group of equal values, in any order of rows."""
    if not len(columns[0]):
        return np.zeros(0, np.int64)
    order = np.lexsort(columns[::-1])
    new = np.zeros(len(order), np.int64)
    for column in columns:
        new[1:] |= column[order][1:] != column[order][:-1]
    number = np.empty(len(order), np.int64)
    number[order] = np.cumsum(new)
    return number


def _rounds(group: Ints) -> Iterable[Ints]:
    """First the first rows of all groups, then the second ones, …; a group's rows are in order."""
    if not len(group):
        return []
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    place = np.arange(len(group)) - np.repeat(starts, np.diff(np.r_[starts, len(group)]))
    order = np.argsort(place, kind="stable")
    return np.split(order, np.cumsum(np.bincount(place))[:-1])


def places(entries: Ints, wanted: Ints) -> Ints:
    """Where each wanted entry stands; -1 where it does not."""
    if not len(entries):
        return np.full(len(wanted), -1)
    order = np.argsort(entries, kind="stable")
    at = np.minimum(np.searchsorted(entries, wanted, sorter=order), len(entries) - 1)
    return np.where(entries[order[at]] == wanted, order[at], -1)


def by_kind_and_day(items: NDArray[np.void], value: Callable[[Kind, date], int]) -> Ints:
    """A value of the law for each item, looked up once for each kind and reference day."""
    pairs, place = np.unique(
        items["kind"].astype(np.int64) << 32 | items["reference"], return_inverse=True
    )
    found = [_value(value, KINDS[pair >> 32], pair & 0xFFFFFFFF) for pair in pairs.tolist()]
    return np.array(found, np.int64)[place]


def _value(value: Callable[[Kind, date], int], kind: Kind, day: int) -> int:
    return value(kind, EPOCH + timedelta(days=day))
