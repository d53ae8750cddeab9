"""What the law notices on posted items, told once more, naively: one person-month at a time.

Written from the text of the law alone, to be compared with the arrays of `payments.rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import inf

from registry.rules import months
from registry.rules.law import Code, Law
from registry.rules.timeline import Timeline
from registry.rules.workdays import Calendar
from tests.payments.rules.oracle_of_items import CAPPED, FIXED, Span, days_of, half_up, limit_on

FREE = {"state_paid", "exempt"}


@dataclass(frozen=True)
class Entry:
    """A posted item as it was settled, or with `reverses` the opposite entry of a refund."""

    id: int
    payer: str
    for_self: bool
    knp: str
    kind: str
    month: int
    amount: int
    credited: date
    rank: int
    message: str
    reference: date
    due: int | None = None
    dismissed: bool = False
    reverses: int | None = None

    @property
    def when(self) -> tuple[date, int]:
        return self.credited, self.rank


@dataclass(frozen=True)
class Found:
    code: str
    amount: int | None = None
    days: int | None = None


class PersonMonth:
    """Every entry of one person for one month, as far as it had arrived by a day."""

    def __init__(
        self,
        entries: Iterable[Entry],
        spans: Sequence[Span],
        groups: Mapping[str, Timeline[str]],
        law: Law,
        calendar: Calendar,
        on: date = date.max,
    ) -> None:
        self.law = law
        self.calendar = calendar
        self.entries = sorted((e for e in entries if e.credited <= on), key=lambda e: e.when)
        self.items = [entry for entry in self.entries if entry.reverses is None]
        self.free = bool(self.entries) and is_free(self.entries[0].month, spans, groups, on)
        self.duplicates: set[int] = set()
        for item in self.items:
            if self.is_duplicate(item) and not item.dismissed:
                self.duplicates.add(item.id)

    def findings(self) -> dict[int, list[Found]]:
        return {item.id: list(self.of(item)) for item in self.items}

    def of(self, item: Entry) -> Iterable[Found]:
        """In the order of the table."""
        if self.is_wrong_knp(item):
            yield Found("wrong_knp", item.amount)
        if self.is_exempt(item):
            yield Found("exempt_category", item.amount)
        if item.id in self.duplicates:
            yield Found("duplicate", item.amount)
        if over := self.over_cap(item):
            yield Found("over_cap", over)
        if over := self.over_due(item):
            yield Found("over_due", over)
        if self.is_under_due(item):
            yield Found("under_due")
        if self.is_base_mismatch(item):
            yield Found("base_mismatch")
        if days := self.days_late(item):
            yield Found("late", days=days)

    # which items count

    def is_wrong_knp(self, item: Entry) -> bool:
        return item.knp == "121" and item.for_self

    def is_exempt(self, item: Entry) -> bool:
        return item.knp == "121" and self.free

    def is_overpaid_whole(self, item: Entry) -> bool:
        """Overpaid as a whole; whoever settles the duplicates does it from the first item on."""
        return self.is_wrong_knp(item) or self.is_exempt(item) or item.id in self.duplicates

    def counted(self, kind: str, until: Entry | None = None) -> list[Entry]:
        """Items that count and their refunds, all of them or those up to and with an entry."""
        whole = {item.id for item in self.items if self.is_overpaid_whole(item)}
        return [
            entry
            for entry in self.entries
            if entry.kind == kind
            and (entry.reverses or entry.id) not in whole
            and (until is None or entry.when <= until.when)
        ]

    def left(self, item: Entry, before: Entry | None = None) -> int:
        """What refunds have left of it, all of them or those before an entry."""
        return item.amount + sum(
            entry.amount
            for entry in self.entries
            if entry.reverses == item.id and (before is None or entry.when < before.when)
        )

    def is_duplicate(self, item: Entry) -> bool:
        twins = [
            earlier
            for earlier in self.items
            if earlier.when < item.when
            and earlier.message != item.message
            and (earlier.payer, earlier.knp, earlier.amount) == (item.payer, item.knp, item.amount)
            and self.left(earlier, before=item)
        ]
        if item.kind in FIXED:
            before = [entry for entry in self.counted(item.kind, item) if entry is not item]
            return bool(twins) and shares(before) >= 1 - self.tolerance(item)
        return bool(twins)

    def tolerance(self, item: Entry) -> Fraction:
        return Fraction(self.law[Code.TOLERANCE_DUE].get(item.reference) or 0)

    # sums

    def over_cap(self, item: Entry) -> int:
        limit = limit_on(item.reference, item.kind, self.law)
        if limit is None or self.is_overpaid_whole(item):
            return 0
        with_it = sum(
            entry.amount
            for entry in self.counted(item.kind, item)
            if item.kind == "employee" or entry.payer == item.payer
        )
        without_it = with_it - item.amount
        return max(0, with_it - limit) - max(0, without_it - limit)

    def over_due(self, item: Entry) -> int:
        if item.kind not in FIXED or self.is_overpaid_whole(item):
            return 0
        with_it = shares(self.counted(item.kind, item))
        without_it = with_it - Fraction(item.amount, item.due)
        growth = self.above_one(item, with_it) - self.above_one(item, without_it)
        return min(half_up(growth * item.due), item.amount)

    def above_one(self, item: Entry, total: Fraction) -> Fraction:
        return total - 1 if total > 1 + self.tolerance(item) else Fraction(0)

    def is_under_due(self, item: Entry) -> bool:
        if item.kind not in FIXED:
            return False
        counted = self.counted(item.kind)
        left = [entry for entry in counted if entry.reverses is None and self.left(entry)]
        return bool(left) and left[-1] is item and shares(counted) < 1 - self.tolerance(item)

    def is_base_mismatch(self, item: Entry) -> bool:
        """Marks the later of the last deduction and the last contribution of one payer."""
        if item.kind not in CAPPED:
            return False
        incomes = [self.incomes(kind, item.payer) for kind in CAPPED]
        if None in incomes:
            return False
        (low, high, one), (other_low, other_high, other) = incomes
        return item is max(one, other, key=lambda each: each.when) and (
            low > other_high or other_low > high
        )

    def incomes(self, kind: str, payer: str) -> tuple[Fraction, Fraction | float, Entry] | None:
        """The least and greatest income that the sums of a payer may come from, and the last item.

        Each sum is right to its tolerance and half a tiyn an entry; one at its cap says "or more".
        """
        entries = [entry for entry in self.counted(kind) if entry.payer == payer]
        items = [entry for entry in entries if entry.reverses is None and self.left(entry)]
        if not items:
            return None
        rate = self.law[CAPPED[kind][0]].get(items[-1].reference)
        if not rate:
            return None
        limit = limit_on(items[-1].reference, kind, self.law)
        tolerance = self.tolerance(items[-1])
        total, rounding = sum(entry.amount for entry in entries), Fraction(len(entries), 2)
        limited = total if kind == "employer" else sum(e.amount for e in self.counted(kind))
        is_capped = limit is not None and limited >= limit * (1 - tolerance)
        low = (total - rounding) * (1 - tolerance) / (Fraction(rate) / 100)
        high = (total + rounding) * (1 + tolerance) / (Fraction(rate) / 100)
        return low, inf if is_capped else high, items[-1]

    def days_late(self, item: Entry) -> int:
        if item.kind not in ("employer", "employee", "entrepreneur"):
            return 0
        after = months.first(item.month + 1)
        day = self.law[Code.PAYMENT_DUE_DAY].get(after)
        if day is None:
            return 0
        due = self.calendar.next_working(after.replace(day=int(day)))
        return max(0, (item.credited - due).days)


def shares(entries: Iterable[Entry]) -> Fraction:
    return sum((Fraction(entry.amount, entry.due) for entry in entries), Fraction(0))


def is_free(
    month: int, spans: Sequence[Span], groups: Mapping[str, Timeline[str]], on: date
) -> bool:
    """Whether state-paid or exempt categories hold on every day of it, as believed on a day."""
    believed = [
        span
        for span in spans
        if span.received <= on and (span.superseded is None or on < span.superseded)
    ]
    return all(
        any(span.holds(day) and groups[span.category].get(day) in FREE for span in believed)
        for day in days_of(month)
    )
