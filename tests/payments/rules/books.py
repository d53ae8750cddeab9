"""Random books of one person and month, and the arrays in which the rules read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from payments.rules.books import ITEM
from payments.rules.exempt import EXEMPT, Believed, exempt_days
from payments.rules.findings import FINDINGS, find
from registry.rules import due, months
from registry.rules.days import FOREVER, day_number
from registry.rules.due import Kind, reference_day
from registry.rules.timeline import Timeline
from tests.law import CALENDAR, LAW, table
from tests.payments.rules.oracle_of_books import Entry, Found, PersonMonth
from tests.payments.rules.oracle_of_items import CAPPED, FIXED, Span, due_on, half_up, limit_on

EMPLOYER, OTHER_EMPLOYER, SELF, OTHER = 1, 2, 3, 4
PAYERS = {EMPLOYER: "000140000012", OTHER_EMPLOYER: "990140000007", SELF: "990101300003"}
PAYERS[OTHER] = "990101300409"
KNP = {
    "employer": "121",
    "employee": "122",
    "entrepreneur": "122",
    "independent": "122",
    "penalty_deduction": "123",
    "penalty_contribution": "124",
}


def groups() -> Mapping[str, Timeline[str]]:
    """Category -> who stands for it, by day."""
    rows: dict[str, list[tuple[date, str]]] = {}
    for row in table("registry/data/categories.csv"):
        since = date.fromisoformat(row["since"])
        rows.setdefault(row["code"], []).append((since, row["group"]))
    return {code: Timeline.of(series, code) for code, series in rows.items()}


GROUPS = groups()

MIXTURES = [
    ["employer"],
    ["employee"],
    ["employer", "employee"],
    ["employer", "employee"],
    ["entrepreneur"],
    ["independent"],
    ["entrepreneur", "independent"],
    ["employee", "independent"],
    sorted(KNP),
]

MONTHS = [
    months.number(date(year, month, 1))
    for year, month in (
        (2017, 7),
        (2019, 12),
        (2020, 1),
        (2021, 12),
        (2022, 1),
        (2023, 12),
        (2024, 1),
        (2025, 12),
        (2026, 1),
        (2026, 10),
        (2027, 1),
        (2027, 6),
    )
]


@dataclass(frozen=True)
class Books:
    """Everything posted for one person and month, and the person's categories."""

    month: int
    entries: tuple[Entry, ...]
    spans: tuple[Span, ...]

    def on(self, day: date = date.max) -> PersonMonth:
        return PersonMonth(self.entries, self.spans, GROUPS, LAW, CALENDAR, day)


@st.composite
def books(draw: st.DrawFn) -> Books:
    month = draw(st.sampled_from(MONTHS))
    days = draw(st.lists(days_of_crediting(month), min_size=1, max_size=3))
    kinds = draw(st.sampled_from(MIXTURES))
    items: list[Entry] = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        kind = draw(st.sampled_from(kinds))
        item = posted(
            number,
            kind,
            month,
            draw(st.sampled_from(days)),
            payer=draw(st.sampled_from(payers_of(kind))),
            message=draw(st.sampled_from("AB")),
            dismissed=draw(st.integers(0, 4)) == 0,
        )
        known = {earlier.amount for earlier in items if earlier.kind == kind}
        amount = draw(st.sampled_from(sorted(known | amounts_of(item))))
        items.append(replace(item, amount=amount))
    entries = [*items, *draw(refunds(items))]
    return Books(month, tuple(draw(st.permutations(entries))), tuple(draw(categories(month))))


def posted(number, kind, month, credited, *, payer, message, amount=1, dismissed=False, rank=None):
    """An entry as it is settled; kinds without a due in the law of the day become penalties."""
    reference = reference_day(month, credited)
    due_sum = due_on(reference, kind, LAW)
    if kind in FIXED and not due_sum:
        kind, due_sum = "penalty_contribution", None
    return Entry(
        id=number,
        payer=PAYERS[payer],
        for_self=payer == SELF,
        knp=KNP[kind],
        kind=kind,
        month=month,
        amount=amount,
        credited=credited,
        rank=number if rank is None else rank,
        message=message,
        reference=reference,
        due=due_sum,
        dismissed=dismissed,
    )


def days_of_crediting(month: int) -> st.SearchStrategy[date]:
    """Around the first day of the month, its due day, a year ahead and much later."""
    first, after = months.first(month), months.first(month + 1)
    around = [first, after.replace(day=25), months.first(month - 12), months.first(month + 14)]
    near = st.tuples(st.sampled_from(around), st.integers(-2, 4))
    return near.map(lambda drawn: drawn[0] + timedelta(drawn[1]))


def payers_of(kind: str) -> list[int]:
    if kind == "employee":
        return [EMPLOYER, OTHER_EMPLOYER, OTHER]
    if kind in FIXED:
        return [SELF, OTHER]
    return [EMPLOYER, OTHER_EMPLOYER, SELF, OTHER]


INCOMES = [10_000_000 + by for by in (0, 5_000, 10_000, 10_010, 20_000)]
"""In tiyn: alike, apart by once and twice the tolerance, and by more."""


def amounts_of(item: Entry) -> set[int]:
    """Sums on both sides of whatever decides something."""
    found = {1, 300_000}
    if item.due:
        slack = item.due * 5 // 10_000
        around = [item.due, item.due - slack, item.due + slack, item.due // 2, 2 * item.due, slack]
        around += [(item.due - slack) // 3, item.due // 3]
        found |= {sum_ + step for sum_ in around for step in (-1, 0, 1)}
    limit = limit_on(item.reference, item.kind, LAW) if item.kind in CAPPED else None
    if limit:
        percent = Fraction(LAW[CAPPED[item.kind][0]].on(item.reference))
        of_incomes = [half_up(income * percent / 100) for income in INCOMES]
        found |= {sum_ + step for sum_ in of_incomes for step in (-1, 0, 1)}
        around = [limit, limit // 2, limit * 2 // 3, 2 * limit, limit - limit * 5 // 10_000]
        found |= {sum_ + step for sum_ in around for step in (-1, 0, 1)}
    return {sum_ for sum_ in found if sum_ > 0}


@st.composite
def refunds(draw: st.DrawFn, items: list[Entry]) -> list[Entry]:
    found: list[Entry] = []
    for item in items:
        left, credited = item.amount, item.credited
        for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2)))):
            back = draw(st.sampled_from((left, left // 2, 1)))
            credited += timedelta(draw(st.sampled_from((0, 0, 1, 40, 400))))
            number = 100 + 10 * item.id + len(found)
            if 0 < back <= left:
                left -= back
                found.append(
                    replace(
                        item,
                        id=number,
                        amount=-back,
                        credited=credited,
                        rank=number,
                        reverses=item.id,
                        dismissed=False,
                    )
                )
    return found


DAY = timedelta(days=1)
CATEGORIES = ["pensioner", "pensioner", "military", "unemployed", "low_income", "employee"]


@st.composite
def categories(draw: st.DrawFn, month: int) -> list[Span]:
    """Spans whose ends lie around the month's, and around the turn of the unemployed in 2026."""
    if draw(st.booleans()):
        return []
    first, last = months.first(month), months.last(month)
    starts = [first, first - DAY, first + DAY, first + 15 * DAY, date(2026, 1, 1)]
    ends = [None, last, last + DAY, last - DAY, first + 14 * DAY, date(2025, 12, 31)]
    found = []
    for _ in range(draw(st.integers(1, 3))):
        received = first + draw(st.sampled_from((-500, 0, 20, 60, 500))) * DAY
        believed = draw(st.sampled_from((None, None, 0, 1, 30, 400)))
        span = Span(
            category=draw(st.sampled_from(CATEGORIES)),
            since=draw(st.sampled_from(starts)),
            until=draw(st.sampled_from(ends)),
            received=received,
            superseded=None if believed is None else received + believed * DAY,
        )
        found.append(span)
    return found


# what the rules make of them


def items_of(books: Books, person: int = 1) -> np.ndarray:
    rows = np.zeros(len(books.entries), ITEM)
    for row, entry in zip(rows, books.entries, strict=True):
        share = due.share(entry.amount, entry.due) if entry.due else -1
        row["entry"], row["reverses"] = entry.id, entry.reverses or 0
        row["person"], row["month"], row["rank"] = person, entry.month, entry.rank
        row["message"] = 0 if entry.reverses else ord(entry.message)
        row["payer"], row["for_self"] = int(entry.payer), entry.for_self
        row["amount"], row["due"], row["share"] = entry.amount, entry.due or -1, share
        row["kind"], row["dismissed"] = due.code(Kind(entry.kind)), entry.dismissed
        row["credited"] = day_number(entry.credited)
        row["reference"] = day_number(entry.reference)
    return rows


def exempt_of(books: Books) -> np.ndarray:
    rows = [
        (entry.id, since, until)
        for entry in books.entries
        if entry.kind == "employer" and entry.reverses is None
        for since, until in exempt_days(books.month, believed(books.spans))
    ]
    return np.array(rows, EXEMPT)


def believed(spans: tuple[Span, ...]) -> list[Believed]:
    """The pieces of days in which a category is state-paid or exempt."""
    found = []
    for span in spans:
        series = [*GROUPS[span.category], (date.max, None)]
        for (since, group), (after, _) in pairwise(series):
            first = max(span.since, since)
            last = min(span.until or date.max, after - timedelta(1))
            if group in ("state_paid", "exempt") and first <= last:
                until = FOREVER if span.superseded is None else day_number(span.superseded)
                days = (day_number(first), day_number(last))
                found.append(Believed(*days, day_number(span.received), until))
    return found


def found_in(books: Books) -> dict[int, list[Found]]:
    """What `find` says of the items, in the shape of the reference."""
    found, _ = find(items_of(books), exempt_of(books), LAW, CALENDAR)
    return named(books, found)


def named(books: Books, found: np.ndarray) -> dict[int, list[Found]]:
    said = {entry.id: [] for entry in books.entries if entry.reverses is None}
    for entry, code, amount, days in sorted(found.tolist(), key=lambda row: row[:2]):
        sums = (None if value == -1 else value for value in (amount, days))
        said[entry].append(Found(str(FINDINGS[code]), *sums))
    return said
