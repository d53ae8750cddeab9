"""On which days a month was paid: from the entries of the books to packed records."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from registry.rules.days import FOREVER
from registry.rules.due import CAPPED, COVERING, Kind, code, codes

OTHERS, ALONE = 0, 1
"""Planes: months that an employer, employee or entrepreneur paid, and an independent payer."""

RECORD = np.dtype([("month", "<i2"), ("plane", "<i2"), ("since", "<i4"), ("until", "<i4")])
"""A month that was paid from day `since` until the day before `until`."""

ENTRY = np.dtype(
    [
        ("person", "<i8"),
        ("entry", "<i8"),
        ("month", "<i4"),
        ("kind", "<i4"),
        ("credited", "<i4"),
        ("amount", "<i8"),
        ("share", "<i8"),
        ("enough", "<i8"),
    ]
)
"""An entry of the books: tiyn; its share, and the share that is enough, in thousand-millionths."""

EXCLUDED = np.dtype([("entry", "<i8"), ("since", "<i4"), ("until", "<i4")])
"""Days on which an entry, and what reverses it, counts nowhere."""


def paid(
    entries: NDArray[np.void], excluded: NDArray[np.void]
) -> tuple[NDArray[np.int64], NDArray[np.void]]:
    """Persons and, side by side with them, their RECORDs in the order of person, month, plane, day.

    `entries` (ENTRY, any order) are all entries of the person-months concerned; `entry` of a
    reversal is the entry that it reverses.
    """
    entries = entries[np.isin(entries["kind"], codes(COVERING))]
    excluded = _joined(excluded)
    never = excluded["entry"][(excluded["until"] == FOREVER) & _from_the_start(entries, excluded)]
    entries = entries[~np.isin(entries["entry"], never)]
    day, sign, row = _events(entries, excluded)
    person, month, kind = (entries[name][row] for name in ("person", "month", "kind"))
    order = np.lexsort((day, kind, month, person))
    person, month, kind, day = person[order], month[order], kind[order], day[order]
    amount = (entries["amount"][row] * sign)[order]
    share = (entries["share"][row] * sign)[order]
    enough = entries["enough"][row][order]
    first = _changes(person, month, kind)
    capped = np.isin(kind, codes(CAPPED))
    is_paid = np.where(
        capped, _running(amount, first) > 0, _running(share, first) >= np.maximum(enough, 1)
    )
    last_of_day = np.r_[first[1:] | (day[1:] != day[:-1]), True] if len(day) else first
    keep = last_of_day
    plane = np.where(kind == code(Kind.INDEPENDENT), ALONE, OTHERS)
    return _records(person[keep], month[keep], plane[keep], kind[keep], day[keep], is_paid[keep])


def _joined(excluded: NDArray[np.void]) -> NDArray[np.void]:
    """The days of each entry once, although several findings exclude it on them."""
    excluded = excluded[np.lexsort((excluded["since"], excluded["entry"]))]
    first = _changes(excluded["entry"])
    reach = np.maximum.accumulate(np.cumsum(first) << 32 | excluded["until"])
    apart = first | np.r_[True, excluded["since"][1:] > reach[:-1] & 0xFFFFFFFF][: len(first)]
    joined: NDArray[np.void] = excluded[apart]
    last = np.r_[np.flatnonzero(apart)[1:], len(excluded)] - 1
    joined["until"] = reach[last[: len(joined)]] & 0xFFFFFFFF
    return joined


def _from_the_start(entries: NDArray[np.void], excluded: NDArray[np.void]) -> NDArray[np.bool_]:
    """Exclusions that hold from the day on which their entry was credited."""
    order = np.lexsort((entries["credited"], entries["entry"]))
    at = np.searchsorted(entries["entry"], excluded["entry"], sorter=order)
    known = at < len(entries)
    row = order[at[known]]
    found = np.zeros(len(excluded), np.bool_)
    found[known] = (entries["entry"][row] == excluded["entry"][known]) & (
        excluded["since"][known] <= entries["credited"][row]
    )
    return found


def _events(
    entries: NDArray[np.void], excluded: NDArray[np.void]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Days on which entries begin or cease to count: day, +1 or -1, row of the entry."""
    rows = np.arange(len(entries))
    if not len(excluded):
        return entries["credited"].astype(np.int64), np.ones(len(entries), np.int64), rows
    by_entry = np.argsort(entries["entry"], kind="stable")
    low = np.searchsorted(entries["entry"], excluded["entry"], "left", sorter=by_entry)
    high = np.searchsorted(entries["entry"], excluded["entry"], "right", sorter=by_entry)
    count = high - low
    hole = np.repeat(np.arange(len(excluded)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    row = by_entry[np.repeat(low, count) + offset]
    since = np.maximum(excluded["since"][hole], entries["credited"][row])
    until = np.maximum(excluded["until"][hole], since)
    back = until < FOREVER
    day = np.r_[entries["credited"], since, until[back]].astype(np.int64)
    sign = np.r_[np.ones(len(entries)), -np.ones(len(row)), np.ones(back.sum())]
    return day, sign.astype(np.int64), np.r_[rows, row, row[back]]


def _records(
    person: NDArray[np.int64],
    month: NDArray[np.int32],
    plane: NDArray[np.int64],
    kind: NDArray[np.int32],
    day: NDArray[np.int64],
    is_paid: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.void]]:
    """A month is paid in a plane while at least one kind of the plane pays it."""
    first = _changes(person, month, kind)
    before = np.r_[False, is_paid[:-1]] & ~first if len(day) else is_paid
    turn = is_paid.astype(np.int64) - before
    turned = turn != 0
    person, month, plane = person[turned], month[turned], plane[turned]
    day, turn = day[turned], turn[turned]
    order = np.lexsort((day, plane, month, person))
    person, month, plane, day = person[order], month[order], plane[order], day[order]
    first = _changes(person, month, plane)
    paying = _running(turn[order], first)
    end_of_day = np.r_[first[1:] | (day[1:] != day[:-1]), True] if len(day) else first
    person, month, plane = person[end_of_day], month[end_of_day], plane[end_of_day]
    day, on = day[end_of_day], paying[end_of_day] > 0
    first = _changes(person, month, plane)
    starts = on & (first | ~np.r_[False, on[:-1]]) if len(on) else on
    stops = ~on & ~first & np.r_[False, on[:-1]] if len(on) else on
    records = np.empty(int(starts.sum()), RECORD)
    records["month"], records["plane"] = month[starts], plane[starts]
    records["since"], records["until"] = day[starts], FOREVER
    begun = np.cumsum(starts) - 1
    records["until"][begun[stops]] = day[stops]
    return person[starts], records


def _changes(*columns: NDArray[np.generic]) -> NDArray[np.bool_]:
    """True where a row begins a new group of sorted columns."""
    first = np.ones(len(columns[0]), np.bool_)
    if len(first):
        first[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return first


def _running(values: NDArray[np.int64], first: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The sum up to each row within its group."""
    total = np.cumsum(values)
    starts = np.flatnonzero(first)
    return total - np.repeat(total[starts] - values[starts], np.diff(np.r_[starts, len(values)]))
