"""The law of payments told once more, naively: one item or person-month at a time, in fractions.

Written from the text of the law alone, to be compared with the arrays of `payments.rules`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from registry.rules import months
from registry.rules.iin import is_bin, is_iin
from registry.rules.law import Code, Law
from registry.rules.names import fold

SELF_PAYING = {"entrepreneur", "private_practice", "farm_head"}
KINDS_BY_KNP = {"121": "employer", "123": "penalty_deduction", "124": "penalty_contribution"}
FIXED = {
    "entrepreneur": (Code.RATE_ENTREPRENEUR, Code.BASE_ENTREPRENEUR),
    "independent": (Code.RATE_INDEPENDENT, Code.BASE_INDEPENDENT),
}
CAPPED = {
    "employer": (Code.RATE_EMPLOYER_DEDUCTION, Code.CAP_BASE_EMPLOYER),
    "employee": (Code.RATE_EMPLOYEE_CONTRIBUTION, Code.CAP_BASE_EMPLOYEE),
}
FIRST_PERIOD = {
    "121": Code.FIRST_PERIOD_DEDUCTION,
    "122": Code.FIRST_PERIOD_CONTRIBUTION,
    "123": Code.FIRST_PERIOD_DEDUCTION,
    "124": Code.FIRST_PERIOD_CONTRIBUTION,
}

ORDER = [
    "bad_iin",
    "unknown_iin",
    "name_mismatch",
    "bad_payer",
    "deceased",
    "no_right",
    "bad_period",
    "unknown_knp",
    "bad_amount",
    "no_parameter",
]


@dataclass(frozen=True)
class Span:
    """`superseded` is the day from which a later row is believed in its place."""

    category: str
    since: date
    until: date | None
    received: date
    superseded: date | None = None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Person:
    last: str
    first: str
    born: date
    died: date | None = None
    temporary: bool = False
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Item:
    """A row of a register as it came; the amount in tiyn."""

    iin: str
    last: str
    first: str
    born: date | None
    payer: str
    knp: str
    period: str
    amount: int
    credited: date


@dataclass(frozen=True)
class Settled:
    kind: str
    reference: date
    due: int | None
    share: Fraction | None


# an item that comes in


def exceptions(item: Item, registry: Mapping[str, Person], law: Law) -> list[str]:
    """The codes, in the order of the table, for which an item is not posted."""
    person = registry.get(item.iin) if is_iin(item.iin) else None
    found = [
        *about_person(item, person),
        *about_payment(item, law),
    ]
    unsure = {"bad_iin", "unknown_iin", "bad_payer", "bad_period", "unknown_knp"}
    if unsure.isdisjoint(found) and lacks_parameter(settle(item, registry, law)):
        found.append("no_parameter")
    return sorted(found, key=ORDER.index)


def about_person(item: Item, person: Person | None) -> Iterator[str]:
    month = months.from_period(item.period)
    if not is_iin(item.iin):
        yield "bad_iin"
    elif person is None:
        yield "unknown_iin"
    else:
        if is_somebody_else(item, person):
            yield "name_mismatch"
        if person.died and month is not None and month > months.number(person.died):
            yield "deceased"
        if person.temporary:
            yield "no_right"


def about_payment(item: Item, law: Law) -> Iterator[str]:
    month = months.from_period(item.period)
    if not (is_bin(item.payer) or is_iin(item.payer)):
        yield "bad_payer"
    if month is None or is_out_of_bounds(month, item, law):
        yield "bad_period"
    if item.knp not in FIRST_PERIOD:
        yield "unknown_knp"
    if item.amount <= 0:
        yield "bad_amount"


def is_somebody_else(item: Item, person: Person) -> bool:
    last, first = fold(item.last), fold(item.first)
    if (last, first) == (fold(person.first), fold(person.last)):
        return False
    other_last = last != fold(person.last)
    other_first = first != fold(person.first)
    other_birth = item.born is not None and item.born != person.born
    return (other_last and other_first) or (other_birth and (other_last or other_first))


def is_out_of_bounds(month: int, item: Item, law: Law) -> bool:
    ahead = law[Code.PERIOD_AHEAD_MONTHS].get(item.credited)
    if ahead is None or month > months.number(item.credited) + ahead:
        return True
    if item.knp not in FIRST_PERIOD:
        return False
    first = law[FIRST_PERIOD[item.knp]].get(item.credited)
    return first is None or months.first(month) < first


def settle(item: Item, registry: Mapping[str, Person], law: Law) -> Settled:
    """By what is known when it is posted."""
    month = months.from_period(item.period)
    reference = min(months.first(month), item.credited)
    kind = kind_of(item, month, registry)
    due = due_on(reference, kind, law)
    return Settled(kind, reference, due, Fraction(item.amount, due) if due else None)


def lacks_parameter(settled: Settled) -> bool:
    return settled.kind in FIXED and not settled.due


def kind_of(item: Item, month: int, registry: Mapping[str, Person]) -> str:
    if item.knp != "122":
        return KINDS_BY_KNP[item.knp]
    if is_bin(item.payer):
        return "employee"
    pays_for_self = item.payer == item.iin
    if not pays_for_self and holds_self_paying(registry.get(item.payer), month, item.credited):
        return "employee"
    if holds_self_paying(registry[item.iin], month, item.credited):
        return "entrepreneur"
    return "independent"


def holds_self_paying(person: Person | None, month: int, credited: date) -> bool:
    ahead = months.first(month) > credited
    days = [credited] if ahead else days_of(month)
    return person is not None and any(
        span.category in SELF_PAYING and span.superseded is None and span.holds(day)
        for span in person.spans
        for day in days
    )


def days_of(month: int) -> list[date]:
    first = months.first(month)
    return [first + timedelta(at) for at in range(months.last(month).day)]


def due_on(day: date, kind: str, law: Law) -> int | None:
    """In tiyn; None for kinds without a fixed sum, or without a parameter."""
    return product(FIXED[kind], day, law) if kind in FIXED else None


def limit_on(day: date, kind: str, law: Law) -> int | None:
    return product(CAPPED[kind], day, law) if kind in CAPPED else None


def product(codes: tuple[Code, Code], day: date, law: Law) -> int | None:
    """Per cent x minimum wages x the minimum wage, in tiyn, rounded half up."""
    values = [law[code].get(day) for code in (*codes, Code.MW)]
    if None in values:
        return None
    percent, wages, minimum = map(Fraction, values)
    return half_up(percent * wages * minimum)


def half_up(value: Fraction) -> int:
    return (value + Fraction(1, 2)).__floor__()
