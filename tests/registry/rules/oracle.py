"""The status once more, for one person and one day, read off the text of the law line by line.

It is slow, and shares nothing with registry/rules/coverage.py but the names of the codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from registry.rules.due import Kind
from registry.rules.months import first, last, number
from registry.rules.verdicts import Reason, Status
from tests.law import CALENDAR

DAY = timedelta(days=1)
CARE_BEGINS = date(2020, 1, 1)
OPEN_TO_EVERYBODY_UNTIL = date(2020, 6, 30)
THREE_MONTHS_UNTIL = date(2021, 6, 30)
AHEAD_SINCE = date(2022, 9, 5)
LONG_GRACE_SINCE = date(2026, 1, 1)
TOLERANCE = Fraction(5, 10_000)

COVERING = {
    "exempt": Reason.EXEMPT,
    "state_paid": Reason.STATE_PAID,
    "local_paid": Reason.LOCAL_PAID,
}
"""The groups that cover, in the order of rules 5 to 7."""

GROUPS = {
    "military": {date(2017, 7, 1): "exempt"},
    "student": {date(2017, 7, 1): "state_paid"},
    "pensioner": {date(2017, 7, 1): "state_paid"},
    "disabled_carer": {date(2022, 3, 28): "state_paid"},
    "unemployed": {date(2017, 7, 1): "state_paid", date(2026, 1, 1): "local_paid"},
    "low_income": {date(2026, 1, 1): "local_paid"},
    "entrepreneur": {date(2017, 7, 1): "payer"},
}


class Refund(NamedTuple):
    paid_out: date
    amount: int


class Excluded(NamedTuple):
    """Days on which an item counts nowhere, the last one not included: it is wholly overpaid."""

    since: date
    until: date = date.max


class Item(NamedTuple):
    """A posted payment item, in tiyn; `due` where a fixed sum is due."""

    kind: Kind
    month: int
    amount: int
    due: int | None
    credited: date
    excluded: tuple[Excluded, ...] = ()
    refunds: tuple[Refund, ...] = ()

    def counted(self, by: date) -> int:
        """What of its sum counts on a day."""
        if self.credited > by or any(days.since <= by < days.until for days in self.excluded):
            return 0
        return self.amount - sum(refund.amount for refund in self.refunds if refund.paid_out <= by)


class Row(NamedTuple):
    """A row of a category list; endless without a last day."""

    category: str
    since: date
    until: date | None
    received: date

    def group(self, day: date) -> str | None:
        """The group that the category has on a day of the span."""
        if not self.since <= day <= (self.until or date.max):
            return None
        groups = [group for since, group in GROUPS[self.category].items() if since <= day]
        return groups[-1] if groups else None


@dataclass(frozen=True, eq=False)
class Person:
    items: tuple[Item, ...] = ()
    rows: tuple[Row, ...] = ()
    died: date | None = None
    residences: tuple[tuple[date, str], ...] = ((date(2020, 1, 1), "citizen"),)


class Verdict(NamedTuple):
    status: Status
    reason: Reason
    until: date | None = None
    missing: tuple[int, ...] = ()


# Section 4: the rows that are believed on a day


@lru_cache(maxsize=4096)
def believed(person: Person, by: date) -> tuple[Row, ...]:
    """The later received supersedes; of rows received on one day, the later row."""
    current: dict[tuple[str, date], Row] = {}
    for row in sorted(person.rows, key=lambda row: row.received):
        if row.received <= by:
            current[row.category, row.since] = row
    return tuple(row for row in current.values() if row.until is None or row.until >= row.since)


# Section 2: what a month is paid or covered by


@lru_cache(maxsize=100_000)
def paid_by(person: Person, month: int, by: date) -> frozenset[Kind]:
    """The kinds that pay a month, each by itself."""
    items = [item for item in person.items if item.month == month]
    shares = dict.fromkeys((Kind.ENTREPRENEUR, Kind.INDEPENDENT), Fraction(0))
    sums = dict.fromkeys((Kind.EMPLOYER, Kind.EMPLOYEE), 0)
    for item in items:
        if item.kind in shares and item.due is not None:
            shares[item.kind] += Fraction(item.counted(by), item.due)
        if item.kind in sums:
            sums[item.kind] += item.counted(by)
    reached = {kind for kind, share in shares.items() if share >= 1 - TOLERANCE}
    return frozenset(reached | {kind for kind, total in sums.items() if total > 0})


def days_of(month: int) -> list[date]:
    return [first(month) + at * DAY for at in range((last(month) - first(month)).days + 1)]


@lru_cache(maxsize=100_000)
def covered(person: Person, month: int, by: date) -> bool:
    if paid_by(person, month, by):
        return True
    return any(row.group(day) in COVERING for row in believed(person, by) for day in days_of(month))


def horizon(person: Person) -> int:
    """A month after which nothing begins or ends."""
    days = [date(2026, 1, 1), *(row.since for row in person.rows)]
    days += [row.until for row in person.rows if row.until]
    return max([number(day) for day in days] + [item.month for item in person.items]) + 1


def all_covered(person: Person, months: list[int], by: date) -> bool:
    return all(covered(person, month, by) for month in months)


# Section 3: the status on a day


def required(person: Person, day: date, by: date) -> int:
    """How many months: twelve, or three in the year of transition for an independent payer."""
    m = number(day)
    paid = [kinds for month in range(m - 12, m) if (kinds := paid_by(person, month, by))]
    only_independent = paid and all(kinds == {Kind.INDEPENDENT} for kinds in paid)
    return 3 if OPEN_TO_EVERYBODY_UNTIL < day <= THREE_MONTHS_UNTIL and only_independent else 12


def since_2020(months: range) -> list[int]:
    return [month for month in months if month >= number(CARE_BEGINS)]


def grace(person: Person, stopped: int, by: date) -> int:
    """Months after the last covered one, `stopped`."""
    paid = {item.month for item in person.items if item.month <= stopped}
    regular = sum(1 for month in paid if paid_by(person, month, by)) >= 60
    return 6 if regular and first(stopped + 4) >= LONG_GRACE_SINCE else 3


def end_of_grace(person: Person, stopped: int, by: date) -> date:
    return last(stopped + grace(person, stopped, by))


def end_of_run(person: Person, month: int, by: date) -> date | None:
    """For the unbroken run of covered months that goes through `month`."""
    while covered(person, month + 1, by):
        month += 1
        if month > horizon(person):
            return None
    return end_of_grace(person, month, by)


def paid_ahead(person: Person, day: date, by: date) -> bool:
    for s in range(number(day) - 11, number(day) + 1):
        run = list(range(s, s + 12))
        before = min(first(s) - DAY, by)
        if (
            all_covered(person, run, before)
            and any(paid_by(person, month, before) for month in run)
            and all_covered(person, run, by)
        ):
            return True
    return False


def residence(person: Person, by: date) -> str:
    known = [place for received, place in person.residences if received <= by]
    return known[-1] if known else person.residences[0][1]


def due_day(m: int) -> date:
    """The last day to pay for the month before m."""
    return CALENDAR.next_working(first(m).replace(day=25))


def status(person: Person, day: date, by: date | None = None) -> Verdict:
    """The verdict for a day from what had arrived by it; by an earlier day `by`, if given."""
    by = day if by is None else min(day, by)
    if person.died and person.died <= by:
        return Verdict(Status.NOT_INSURED, Reason.DECEASED)
    if residence(person, by) == "temporary":
        return Verdict(Status.NOT_INSURED, Reason.NO_RIGHT)
    if day < CARE_BEGINS:
        return Verdict(Status.NOT_IN_FORCE, Reason.NOT_IN_FORCE)
    if day <= OPEN_TO_EVERYBODY_UNTIL:
        return Verdict(Status.INSURED, Reason.TRANSITION_OPEN, OPEN_TO_EVERYBODY_UNTIL)
    for group, reason in COVERING.items():
        ends = [row.until for row in believed(person, by) if row.group(day) == group]
        if ends:
            return Verdict(
                Status.INSURED, reason, None if None in ends else max(filter(None, ends))
            )
    return by_months(person, day, by)


def by_months(person: Person, day: date, by: date) -> Verdict:
    m, count = number(day), required(person, day, by)
    window = since_2020(range(m - count, m))
    missing = tuple(month for month in window if not covered(person, month, by))
    if not missing:
        return Verdict(Status.INSURED, Reason.TWELVE_MONTHS, end_of_run(person, m - 1, by))
    if day >= AHEAD_SINCE and paid_ahead(person, day, by):
        return Verdict(Status.INSURED, Reason.PREPAID, end_of_run(person, m, by))
    if missing == (m - 1,) and day <= due_day(m):
        before = all_covered(person, since_2020(range(m - 1 - count, m - 1)), by)
        until = end_of_grace(person, m - 2, by) if before else due_day(m)
        return Verdict(Status.INSURED, Reason.TWELVE_MONTHS, until)
    stopped = missing[0] - 1
    before = all_covered(person, since_2020(range(stopped - count + 1, stopped + 1)), by)
    if before and m - stopped <= grace(person, stopped, by):
        return Verdict(Status.GRACE, Reason.GRACE, end_of_grace(person, stopped, by), missing)
    if not any(covered(person, month, by) for month in known_months(person)):
        return Verdict(Status.NOT_INSURED, Reason.NEVER_PAID, None, missing)
    return Verdict(Status.NOT_INSURED, Reason.GAP, None, missing)


def known_months(person: Person) -> list[int]:
    starts = [item.month for item in person.items] + [number(row.since) for row in person.rows]
    return list(range(min(starts), horizon(person) + 1)) if starts else []


def changes_on(person: Person, day: date, by: date | None = None) -> date:
    """The earliest later day on which the verdict can change without news."""
    by = day if by is None else min(day, by)
    days = [first(number(day) + 1), AHEAD_SINCE]
    if waits_for_due_day(person, day, by):
        days.append(due_day(number(day)) + DAY)
    for row in believed(person, by):
        turns = [row.since, *GROUPS[row.category], row.until + DAY if row.until else date.max]
        days += [
            turn for turn in turns if COVERING.keys() & {row.group(turn), row.group(turn - DAY)}
        ]
    return min(later for later in days if later > day)


def waits_for_due_day(person: Person, day: date, by: date) -> bool:
    """Rule 10: all there is but the last month, and that one may still be paid."""
    verdict = status(person, day, by)
    return verdict.reason is Reason.TWELVE_MONTHS and not covered(person, number(day) - 1, by)


def entitled_until(person: Person, day: date) -> date | None:
    """The last day before a later one that is not insured, with the data of `day`."""
    if status(person, day).status is Status.NOT_INSURED:
        return None
    later = day
    while number(later) <= horizon(person) + 24:
        later = changes_on(person, later, day)
        if status(person, later, day).status is Status.NOT_INSURED:
            return later - DAY
    return None
