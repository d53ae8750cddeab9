"""What is noticed on posted items: one check, one question, one code (law, art. 14, 28-31).

The checks work on the entries of person-months as arrays. Days are numbers of days since 1970,
months numbers of months, sums in tiyn, shares in thousand-millionths of the due sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from registry.rules import due, months
from registry.rules.coverage import EPOCH, day_number
from registry.rules.due import KINDS, RATES, WHOLE, Kind, code, codes
from registry.rules.law import Law
from registry.rules.paid import FOREVER
from registry.rules.timeline import NotInForce
from registry.rules.workdays import Calendar

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Finding(StrEnum):
    WRONG_KNP = "wrong_knp"
    EXEMPT_CATEGORY = "exempt_category"
    DUPLICATE = "duplicate"
    OVER_CAP = "over_cap"
    OVER_DUE = "over_due"
    UNDER_DUE = "under_due"
    BASE_MISMATCH = "base_mismatch"
    LATE = "late"


FINDINGS = tuple(Finding)
WHOLLY_OVERPAID = (Finding.WRONG_KNP, Finding.EXEMPT_CATEGORY, Finding.DUPLICATE)
NOTES = (Finding.BASE_MISMATCH, Finding.LATE)

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
"""An entry of the books; `reverses` is 0 for an item, flags are 0 or 1."""

EXEMPT = np.dtype([("entry", "<i8"), ("since", "<i4"), ("until", "<i4")])
"""Days on which it was known that state-paid or exempt categories cover an entry's whole month."""

FOUND = np.dtype([("entry", "<i8"), ("code", "<i4"), ("amount", "<i8"), ("days", "<i4")])
"""A finding: place in FINDINGS, what was overpaid (-1: nothing), days of delay (-1: none)."""

HOLE = np.dtype([("entry", "<i8"), ("cause", "<i4"), ("since", "<i4"), ("until", "<i4")])
"""Days on which an entry counts nowhere, and the finding that is the cause."""


def find(
    items: NDArray[np.void], exempt: NDArray[np.void], law: Law, calendar: Calendar
) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """FOUND and HOLE rows for all entries (ITEM, any order) of the person-months concerned."""
    order = np.lexsort((items["rank"], items["credited"], items["month"], items["person"]))
    books = _Books(items[order], exempt, law)
    books.walk()
    found = [
        books.wholly(Finding.WRONG_KNP, books.wrong_knp),
        books.wholly(Finding.EXEMPT_CATEGORY, books.exempt),
        books.wholly(Finding.DUPLICATE, books.duplicate),
        books.excess(Finding.OVER_CAP, ~books.fixed),
        books.excess(Finding.OVER_DUE, books.fixed),
        books.note(Finding.UNDER_DUE, _short_of_due(books)),
        books.note(Finding.BASE_MISMATCH, _mismatched(books, law)),
        _late(books, law, calendar),
    ]
    return np.concatenate(found), _holes(books, exempt)


class _Books:
    """The entries of person-months in the order of time, and the sums as they grow."""

    def __init__(self, items: NDArray[np.void], exempt: NDArray[np.void], law: Law) -> None:
        self.items = items
        self.is_item = items["reverses"] == 0
        kind = items["kind"]
        self.fixed = np.isin(kind, codes(due.FIXED))
        self.capped = np.isin(kind, codes(due.CAPPED))
        self.month_group = _groups(items["person"], items["month"])
        per_payer = np.where(kind == code(Kind.EMPLOYER), items["payer"], 0)
        self.sum_group = _groups(self.month_group, kind, per_payer)
        amount = np.where(self.is_item, items["amount"], 0)
        self.twins = _groups(self.month_group, items["payer"], kind_of_knp(kind), amount)
        self.twins_of_message = _groups(self.twins, items["message"])
        self.origin = _places(items["entry"], items["reverses"])
        self.most = _by_kind_and_day(items, lambda kind, on: _most(kind, on, law))
        self.slack = _by_kind_and_day(items, lambda _, on: _tolerance(on, law))
        self.wrong_knp = self.is_item & (kind == code(Kind.EMPLOYER)) & (items["for_self"] == 1)
        now = exempt["entry"][exempt["until"] == FOREVER]
        self.exempt = self.is_item & np.isin(items["entry"], now)
        self.duplicate = np.zeros(len(items), np.bool_)
        self.counted = np.zeros(len(items), np.bool_)
        self.over = np.zeros(len(items), np.int64)
        self.sums = np.zeros(len(items) + 1, np.int64)

    def walk(self) -> None:
        """Goes through all person-months side by side, one entry of each at a time."""
        left = np.where(self.is_item, self.items["amount"], 0)
        live = np.zeros(len(self.items) + 1, np.int64)
        live_of_message = np.zeros(len(self.items) + 1, np.int64)
        for now in _rounds(self.month_group):
            now_items = now[self.is_item[now]]
            twins, own = self.twins[now_items], self.twins_of_message[now_items]
            self._decide(now_items, live[twins] > live_of_message[own])
            live[twins] += 1
            live_of_message[own] += 1
            back = now[~self.is_item[now]]
            back = back[self.origin[back] >= 0]
            origin = self.origin[back]
            self._reverse(back, origin)
            left[origin] += self.items["amount"][back]
            gone = origin[left[origin] <= 0]
            live[self.twins[gone]] -= 1
            live_of_message[self.twins_of_message[gone]] -= 1

    def _decide(self, now: Ints, has_twin: Bools) -> None:
        """Settles one item of each person-month, knowing all that came before it."""
        group = self.sum_group[now]
        before = self.sums[group]
        already_paid = before >= WHOLE - self.slack[now]
        dismissed = self.items["dismissed"][now] == 1
        self.duplicate[now] = has_twin & ~dismissed & (already_paid | ~self.fixed[now])
        self.counted[now] = ~(self.duplicate[now] | self.wrong_knp[now] | self.exempt[now])
        here = now[self.counted[now]]
        step = self._step(here)
        before = self.sums[self.sum_group[here]]
        self.over[here] = self._above(here, before + step) - self._above(here, before)
        self.sums[self.sum_group[here]] += step

    def _reverse(self, back: Ints, origin: Ints) -> None:
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

    def wholly(self, finding: Finding, where: Bools) -> NDArray[np.void]:
        rows = np.flatnonzero(where)
        return _found(finding, self.items["entry"][rows], amount=self.items["amount"][rows])

    def excess(self, finding: Finding, where: Bools) -> NDArray[np.void]:
        rows = np.flatnonzero(where & (self.over > 0))
        over = self.over[rows]
        if finding is Finding.OVER_DUE:
            over = _of_due(over, self.items["due"][rows])
        return _found(finding, self.items["entry"][rows], amount=over)

    def note(self, finding: Finding, rows: Ints) -> NDArray[np.void]:
        return _found(finding, self.items["entry"][rows])


def _short_of_due(books: _Books) -> Ints:
    """The last counted item of each fixed sum that is begun and not full."""
    rows = np.flatnonzero(books.fixed & books.is_item & books.counted)
    group = books.sum_group[rows]
    last = np.full(len(books.items) + 1, -1)
    last[group] = rows
    short = (books.sums[group] > 0) & (books.sums[group] < WHOLE - books.slack[rows])
    return rows[short & (last[group] == rows)]


def _mismatched(books: _Books, law: Law) -> Ints:
    """The later item of a payer's deductions and contributions that imply different incomes."""
    items = books.items
    kinds = codes(due.CAPPED)
    rows = np.flatnonzero(np.isin(items["kind"], kinds) & books.counted)
    pair = _groups(books.month_group[rows], items["payer"][rows])
    size = int(pair.max(initial=-1)) + 1
    rate = _by_kind_and_day(items, lambda kind, on: _rate(kind, on, law))
    low, high, last = [], [], []
    for kind in kinds:
        here = items["kind"][rows] == kind
        own, group = rows[here], pair[here]
        total = np.bincount(group, items["amount"][own], size)
        places = np.full(size, -1)
        items_only = books.is_item[own]
        places[group[items_only]] = own[items_only]
        percent = np.where(places >= 0, rate[places] / 1e9, 0)
        rounding = np.bincount(group, minlength=size) * 0.5
        known = (total > 0) & (percent > 0)
        safe = np.where(known, percent, 1)
        slack = books.slack[places] / 1e9
        capped = books.sums[books.sum_group[places]] >= books.most[places] * (1 - slack)
        low.append(np.where(known, (total - rounding) * (1 - slack) / safe, -np.inf))
        high.append(np.where(known & ~capped, (total + rounding) * (1 + slack) / safe, np.inf))
        last.append(np.where(known, places, -1))
    both = (last[0] >= 0) & (last[1] >= 0)
    apart = both & ((low[0] > high[1]) | (low[1] > high[0]))
    return np.sort(np.maximum(last[0], last[1])[apart])


def _late(books: _Books, law: Law, calendar: Calendar) -> NDArray[np.void]:
    """Days from the due day to the crediting."""
    items = books.items
    rows = np.flatnonzero(books.is_item & np.isin(items["kind"], codes(due.WITH_DUE_DAY)))
    month, place = np.unique(items["month"][rows], return_inverse=True)
    days = [_due_day(int(each), law, calendar) for each in month]
    late = items["credited"][rows] - np.array(days, np.int64)[place] if len(rows) else rows
    return _found(Finding.LATE, items["entry"][rows[late > 0]], days=late[late > 0])


def _holes(books: _Books, exempt: NDArray[np.void]) -> NDArray[np.void]:
    """When each wholly overpaid item counts nowhere; a privilege does so once it is known."""
    items = books.items
    always = [
        _hole(finding, items["entry"][rows], items["credited"][rows], FOREVER)
        for finding, rows in (
            (Finding.WRONG_KNP, np.flatnonzero(books.wrong_knp)),
            (Finding.DUPLICATE, np.flatnonzero(books.duplicate)),
        )
    ]
    place = _places(items["entry"], exempt["entry"])
    known = exempt[place >= 0]
    since = np.maximum(known["since"], items["credited"][place[place >= 0]])
    open_ = since < known["until"]
    privileged = _hole(
        Finding.EXEMPT_CATEGORY, known["entry"][open_], since[open_], known["until"][open_]
    )
    return np.concatenate([*always, privileged])


class Believed(NamedTuple):
    """Days `first` … `last` of a state-paid or exempt category, believed from `since` to `until`."""

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
    for since, until in zip(turns, [*turns[1:], FOREVER], strict=True):
        held = [span for span in touching if span.since <= since < span.until]
        if since < until and _covers(begin, end, held):
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


def kind_of_knp(kind: NDArray[np.int32]) -> NDArray[np.int32]:
    """Kinds with one purpose code are one: employees, entrepreneurs and independent payers."""
    return np.where(np.isin(kind, codes((Kind.ENTREPRENEUR, Kind.INDEPENDENT))), 1, kind)


def _found(
    finding: Finding, entries: Ints, *, amount: Ints | int = -1, days: Ints | int = -1
) -> NDArray[np.void]:
    rows = np.empty(len(entries), FOUND)
    rows["entry"], rows["code"] = entries, FINDINGS.index(finding)
    rows["amount"], rows["days"] = amount, days
    return rows


def _hole(finding: Finding, entries: Ints, since: Ints, until: Ints | int) -> NDArray[np.void]:
    rows = np.empty(len(entries), HOLE)
    rows["entry"], rows["cause"] = entries, FINDINGS.index(finding)
    rows["since"], rows["until"] = since, until
    return rows


def _of_due(share: Ints, due_sum: Ints) -> Ints:
    """Tiyn of a share of the due sum, rounded half up; Python integers do not overflow."""
    return np.array(
        [
            (int(part) * int(whole) * 2 + WHOLE) // (2 * WHOLE)
            for part, whole in zip(share, due_sum, strict=True)
        ],
        np.int64,
    )


def _groups(*columns: NDArray[np.integer]) -> Ints:
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


def _places(entries: Ints, wanted: Ints) -> Ints:
    """Where each wanted entry stands; -1 where it does not."""
    if not len(entries):
        return np.full(len(wanted), -1)
    order = np.argsort(entries, kind="stable")
    at = np.minimum(np.searchsorted(entries, wanted, sorter=order), len(entries) - 1)
    return np.where(entries[order[at]] == wanted, order[at], -1)


def _by_kind_and_day(items: NDArray[np.void], value: Callable[[Kind, date], int]) -> Ints:
    """A value of the law for each item, looked up once for each kind and reference day."""
    pairs, place = np.unique(
        items["kind"].astype(np.int64) << 32 | items["reference"], return_inverse=True
    )
    found = [_value(value, KINDS[int(pair) >> 32], int(pair) & 0xFFFFFFFF) for pair in pairs]
    return np.array(found, np.int64)[place] if len(found) else np.zeros(0, np.int64)


def _value(value: Callable[[Kind, date], int], kind: Kind, day: int) -> int:
    return value(kind, EPOCH + timedelta(days=day))


NO_LIMIT = int(np.iinfo(np.int64).max // 4)


def _most(kind: Kind, on: date, law: Law) -> int:
    try:
        most = due.most(kind, on, law)
    except NotInForce:
        return NO_LIMIT
    return NO_LIMIT if most is None else int(most * 100)


def _tolerance(on: date, law: Law) -> int:
    try:
        return due.tolerance(on, law)
    except NotInForce:
        return 0


def _rate(kind: Kind, on: date, law: Law) -> int:
    """In thousand-millionths; 0 for kinds without a rate of income."""
    if kind not in RATES:
        return 0
    try:
        rate: Decimal = law.rate(RATES[kind][0], on)
    except NotInForce:
        return 0
    return int(rate * WHOLE)


def _due_day(month: int, law: Law, calendar: Calendar) -> int:
    try:
        return day_number(due.due_day(month, law, calendar))
    except NotInForce:
        return FOREVER
