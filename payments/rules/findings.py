"""What is noticed on posted items: one check, one question, one code (law, art. 14, 28-31)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from payments.rules.books import Books, Bools, Ints, by_kind_and_day, groups, places
from registry.rules import due
from registry.rules.days import FOREVER, day_number
from registry.rules.due import RATES, ROUNDING, WHOLE, Kind, codes
from registry.rules.law import Law
from registry.rules.timeline import NotInForce
from registry.rules.workdays import Calendar


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

FOUND = np.dtype([("entry", "<i8"), ("code", "<i4"), ("amount", "<i8"), ("days", "<i4")])
"""A finding: place in FINDINGS, what was overpaid (-1: nothing), days of delay (-1: none)."""

HOLE = np.dtype([("entry", "<i8"), ("cause", "<i4"), ("since", "<i4"), ("until", "<i4")])
"""Days on which an entry counts nowhere, and the finding that is the cause."""


def find(
    items: NDArray[np.void], exempt: NDArray[np.void], law: Law, calendar: Calendar
) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """FOUND and HOLE rows for all entries (ITEM, any order) of the person-months concerned."""
    books = Books(items, exempt["entry"][exempt["until"] == FOREVER], law)
    found = [
        _whole(books, Finding.WRONG_KNP, books.wrong_knp),
        _whole(books, Finding.EXEMPT_CATEGORY, books.exempt),
        _whole(books, Finding.DUPLICATE, books.duplicate),
        _excess(books, Finding.OVER_CAP, ~books.fixed),
        _excess(books, Finding.OVER_DUE, books.fixed),
        _note(books, Finding.UNDER_DUE, _short_of_due(books)),
        _note(books, Finding.BASE_MISMATCH, _mismatched(books, law)),
        _late(books, law, calendar),
    ]
    return np.concatenate(found), _holes(books, exempt)


def _whole(books: Books, finding: Finding, where: Bools) -> NDArray[np.void]:
    rows = np.flatnonzero(where)
    return _found(finding, books.items["entry"][rows], amount=books.items["amount"][rows])


def _excess(books: Books, finding: Finding, where: Bools) -> NDArray[np.void]:
    """Never more than the item itself: what came before may have been within the tolerance."""
    rows = np.flatnonzero(where & (books.over > 0))
    over = books.over[rows]
    if finding is Finding.OVER_DUE:
        over = _of_due(over, books.items["due"][rows])
    over = np.minimum(over, books.items["amount"][rows])
    return _found(finding, books.items["entry"][rows], amount=over)


def _note(books: Books, finding: Finding, rows: Ints) -> NDArray[np.void]:
    return _found(finding, books.items["entry"][rows])


def _short_of_due(books: Books) -> Ints:
    """The last standing item of each fixed sum that is begun and not full."""
    rows = np.flatnonzero(books.fixed & books.standing)
    group = books.sum_group[rows]
    last = np.full(len(books.items) + 1, -1)
    last[group] = rows
    short: Bools = (books.sums[group] < WHOLE - books.slack[rows]) & (last[group] == rows)
    return rows[short]


def _mismatched(books: Books, law: Law) -> Ints:
    """The later item of a payer's deductions and contributions that imply different incomes.

    Each sum is right to its tolerance and to half a tiyn an entry; one at its cap says "or more".
    """
    items = books.items
    capped = np.isin(items["kind"], codes(due.CAPPED)) & books.counted
    pair = groups(books.month_group, items["payer"])
    rate = by_kind_and_day(items, lambda kind, on: _rate(kind, on, law))
    one, other = (
        _incomes(books, np.flatnonzero(capped & (items["kind"] == kind)), pair, rate)
        for kind in codes(due.CAPPED)
    )
    apart = (one.low > other.high) | (other.low > one.high)
    known = (one.last >= 0) & (other.last >= 0)
    return np.sort(np.maximum(one.last, other.last)[known & apart])


class _Incomes(NamedTuple):
    """By pair of payer and person-month: the bounds of an income, and the last item (-1: none)."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    last: Ints


def _incomes(books: Books, rows: Ints, pair: Ints, rate: Ints) -> _Incomes:
    size = int(pair.max(initial=-1)) + 1
    last = np.full(size, -1)
    standing = rows[books.standing[rows]]
    last[pair[standing]] = standing
    last[rate[last] == 0] = -1
    total = np.bincount(pair[rows], books.items["amount"][rows], size)
    rounding = np.bincount(pair[rows], minlength=size) / 2
    slack = (books.slack[last] - ROUNDING) / WHOLE
    percent = np.where(last >= 0, rate[last], 1) / WHOLE
    at_cap = books.sums[books.sum_group[last]] >= books.most[last] * (1 - slack)
    return _Incomes(
        (total - rounding) * (1 - slack) / percent,
        np.where(at_cap, np.inf, (total + rounding) * (1 + slack) / percent),
        last,
    )


def _rate(kind: Kind, on: date, law: Law) -> int:
    """In thousand-millionths; 0 for kinds without a rate of income."""
    if kind not in RATES:
        return 0
    try:
        rate: Decimal = law.rate(RATES[kind][0], on)
    except NotInForce:
        return 0
    return int(rate * WHOLE)


def _late(books: Books, law: Law, calendar: Calendar) -> NDArray[np.void]:
    """Days from the due day to the crediting."""
    items = books.items
    rows = np.flatnonzero(books.is_item & np.isin(items["kind"], codes(due.WITH_DUE_DAY)))
    month, place = np.unique(items["month"][rows], return_inverse=True)
    days = [_due_day(int(each), law, calendar) for each in month]
    late = items["credited"][rows] - np.array(days, np.int64)[place] if len(rows) else rows
    return _found(Finding.LATE, items["entry"][rows[late > 0]], days=late[late > 0])


def _due_day(month: int, law: Law, calendar: Calendar) -> int:
    try:
        return day_number(due.due_day(month, law, calendar))
    except NotInForce:
        return FOREVER


def _holes(books: Books, exempt: NDArray[np.void]) -> NDArray[np.void]:
    """When each wholly overpaid item counts nowhere; a privilege does so once it is known."""
    items = books.items
    always = [
        _hole(finding, items["entry"][rows], items["credited"][rows], FOREVER)
        for finding, rows in (
            (Finding.WRONG_KNP, np.flatnonzero(books.wrong_knp)),
            (Finding.DUPLICATE, np.flatnonzero(books.duplicate)),
        )
    ]
    place = places(items["entry"], exempt["entry"])
    known = exempt[place >= 0]
    since = np.maximum(known["since"], items["credited"][place[place >= 0]])
    open_ = since < known["until"]
    privileged = _hole(
        Finding.EXEMPT_CATEGORY, known["entry"][open_], since[open_], known["until"][open_]
    )
    return np.concatenate([*always, privileged])


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
    pairs = zip(share.tolist(), due_sum.tolist(), strict=True)
    return np.array([(part * whole + HALF) // WHOLE for part, whole in pairs], np.int64)


HALF = WHOLE * 502 // 1000
"""Half a tiyn, and what rounded shares may lack of it."""
